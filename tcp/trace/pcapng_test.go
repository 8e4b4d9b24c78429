package trace

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gopacket/gopacket/pcapgo"

	"tcptutor/tcp"
	"tcptutor/tcp/wire"
)

// captured reads a capture back: a line for each packet, with its interface, time, comments and what tcpdump says of it.
func captured(t *testing.T, capture []byte) []string {
	t.Helper()
	r, err := pcapgo.NewNgReader(bytes.NewReader(capture), pcapgo.NgReaderOptions{WantMixedLinkType: true})
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	fs := map[int]flows{}
	for {
		data, info, opts, err := r.ReadPacketDataWithOptions()
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		seg, err := wire.Decode(data)
		if err != nil {
			t.Fatal(err)
		}
		face, err := r.Interface(info.InterfaceIndex)
		if err != nil {
			t.Fatal(err)
		}
		if fs[info.InterfaceIndex] == nil {
			fs[info.InterfaceIndex] = flows{}
		}
		at := info.Timestamp.Sub(time.Unix(PcapngEpoch, 0))
		list = append(list, fmt.Sprintf("%s %s %s %q", face.Name, clock(tcp.Time(at)), fs[info.InterfaceIndex].line(&seg), opts.Comments))
	}
}

func pcapngOf(t *testing.T, run *film, opts PcapngOptions) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WritePcapng(&b, run, run.Len(), opts); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// One interface a host: a lost segment is at its sender's only, a copy at its receiver's only, comments say which.
func TestPcapng(t *testing.T) {
	run := connecting()
	run.steps[7].Facts = []tcp.Fact{{Kind: tcp.SegmentSent, Rule: tcp.RuleOf(1).ID, To: 0}}
	r := tcp.RuleOf(1)
	p6 := run.steps[8]
	p6.Packet = run.steps[7].Sent[1]
	run.steps = append(run.steps, p6) // the copy arrives, too
	all := captured(t, pcapngOf(t, run, PcapngOptions{At: Wire}))
	for i := range all { // any rule does, and which one is the first may change
		if before, _, found := strings.Cut(all[i], "rule "+r.Name+" ("); found && strings.Contains(all[i], r.English) {
			all[i] = before + "rule\"]"
		}
	}
	golden(t, "connecting.pcapng.txt", all)
	zh := strings.Join(captured(t, pcapngOf(t, run, PcapngOptions{At: Wire, Lang: Chinese})), "\n")
	for _, want := range []string{"丢失", "重传", "副本", r.Name, r.Chinese} {
		if !strings.Contains(zh, want) {
			t.Errorf("no %q in\n%s", want, zh)
		}
	}
}

// What a host's interface sees is what tcpdump shows there, and all interfaces together are what each of them sees.
func TestPcapngAtOneHost(t *testing.T) {
	run := connecting()
	var both []string
	for h, name := range []string{"client", "server"} {
		alone := captured(t, pcapngOf(t, run, PcapngOptions{At: h}))
		dump := lines(run, NewTCPDump(h))
		for i := range dump {
			if !strings.HasPrefix(alone[i], name+" "+dump[i]+" [") {
				t.Errorf("packet %d is %s, want %s", i, alone[i], dump[i])
			}
		}
		if len(alone) != len(dump) {
			t.Errorf("%d packets, want %d", len(alone), len(dump))
		}
		both = append(both, alone...)
	}
	byTime := func(a, b string) int { return cmp.Compare(strings.Fields(a)[1], strings.Fields(b)[1]) }
	all := captured(t, pcapngOf(t, run, PcapngOptions{At: Wire}))
	if !slices.IsSortedFunc(all, byTime) {
		t.Errorf("not in the order of time: %q", all)
	}
	slices.Sort(all)
	slices.Sort(both)
	if !slices.Equal(all, both) {
		t.Errorf("together %q, want %q", all, both)
	}
}

func TestPcapngSaysWhatItCannotWrite(t *testing.T) {
	run := connecting()
	if err := WritePcapng(full{}, run, run.Len(), PcapngOptions{At: Wire}); !errors.Is(err, errFull) {
		t.Errorf("error is %v, want the writer's", err)
	}
	err := WritePcapng(io.Discard, run, run.Len(), PcapngOptions{At: 7})
	if err == nil || err.Error() != "the run has no host 7" {
		t.Errorf("error is %v", err)
	}
	run.steps[0].Sent[0].Seg.Dst = server6
	err = WritePcapng(io.Discard, run, run.Len(), PcapngOptions{At: Wire})
	if err == nil || !strings.HasPrefix(err.Error(), "segment 1 of the run: one address is IPv4") {
		t.Errorf("error is %v", err)
	}
}

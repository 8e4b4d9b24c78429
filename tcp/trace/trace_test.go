package trace

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tcptutor/tcp"
	"tcptutor/tcp/sim"
)

// Every printer tells the same run; each golden file is one of them.
func TestPrinters(t *testing.T) {
	for _, test := range []struct {
		file string
		p    Printer
	}{
		{"connecting.wire.tcpdump", NewTCPDump(Wire)}, // each segment as it is sent, with its fate
		{"connecting.client.tcpdump", NewTCPDump(0)},  // the lost one is there, the copy is not: the wire made it
		{"connecting.server.tcpdump", NewTCPDump(1)},  // the lost one is not
		{"connecting.calls", NewCalls(AllHosts)},      // blocked and resumed, an error, end of file
		{"connecting.server.calls", NewCalls(1)},      // one host's
		{"connecting.en.txt", NewText(TextOptions{})}, // every step
		{"connecting.zh.txt", NewText(TextOptions{Lang: Chinese})},
		{"connecting.why.txt", NewText(TextOptions{Why: true})}, // with every variable
		{"connecting.jsonl", NewJSON()},
		{"connecting.mmd", NewMermaid()},
	} {
		t.Run(test.file, func(t *testing.T) { golden(t, test.file, lines(connecting(), test.p)) })
	}
}

func TestTextStaysWithinItsWidth(t *testing.T) {
	for _, lang := range []Lang{English, Chinese} {
		for _, l := range lines(connecting(), NewText(TextOptions{Lang: lang, Why: true, Width: 90})) {
			if width(l) > 90 {
				t.Errorf("%d columns: %s", width(l), l)
			}
		}
	}
}

// A page gives the same lines as Write, whichever way it is turned.
func TestPageForwardAndBack(t *testing.T) {
	run := connecting()
	page := NewPage(run, NewTCPDump(Wire))
	for _, n := range []int{3, 0, run.Len(), 1, 5, run.Len() + 7, -1} {
		var want bytes.Buffer
		if err := Write(&want, run, n, NewTCPDump(Wire)); err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, l := range page.UpTo(n) {
			got += l + "\n"
		}
		if got != want.String() {
			t.Errorf("UpTo(%d) = %q, want %q", n, got, want.String())
		}
	}
	if got := page.Step(0); len(got) != 1 || !strings.Contains(got[0], "[S]") {
		t.Errorf("Step(0) = %q, want the SYN", got)
	}
	for _, i := range []int{1, -1, run.Len()} {
		if got := page.Step(i); len(got) != 0 {
			t.Errorf("Step(%d) = %q, want nothing", i, got)
		}
	}
}

type full struct{}

var errFull = errors.New("no space")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestWriteGivesTheWritersError(t *testing.T) {
	if err := Write(full{}, connecting(), 99, NewJSON()); !errors.Is(err, errFull) {
		t.Errorf("error is %v, want %v", err, errFull)
	}
}

// tcpdump's own spelling, conversation by conversation.
func TestSegmentsAsTCPDump(t *testing.T) {
	reply := tcp.Segment{Src: serverEnd, Dst: clientEnd, Seq: serverISS + 1, Ack: clientISS + 1, Flags: tcp.ACK, Wnd: 63}
	reset := tcp.Segment{Src: serverEnd, Dst: clientEnd, Ack: clientISS + 1, Flags: tcp.RST | tcp.ACK}
	for _, test := range []struct {
		why  string
		segs []tcp.Segment
		want []string
	}{
		{"a SYN and its answer are absolute, what follows is relative", []tcp.Segment{syn, synack, ack, hello}, []string{
			"IP 10.0.0.1.40000 > 10.0.0.2.8080: Flags [S], seq 2927179378, win 64240, options [mss 1460,sackOK,TS val 100 ecr 0,nop,wscale 10], length 0",
			"IP 10.0.0.2.8080 > 10.0.0.1.40000: Flags [S.], seq 1161512845, ack 2927179379, win 65160, options [mss 1460,sackOK,TS val 100 ecr 0,nop,wscale 10], length 0",
			"IP 10.0.0.1.40000 > 10.0.0.2.8080: Flags [.], ack 1, win 63, options [nop,nop,TS val 120 ecr 110], length 0",
			"IP 10.0.0.1.40000 > 10.0.0.2.8080: Flags [P.], seq 1:6, ack 1, win 63, length 5",
		}},
		{"a refusal begins its conversation", []tcp.Segment{syn, reset}, []string{
			"IP 10.0.0.1.40000 > 10.0.0.2.8080: Flags [S], seq 2927179378, win 64240, options [mss 1460,sackOK,TS val 100 ecr 0,nop,wscale 10], length 0",
			"IP 10.0.0.2.8080 > 10.0.0.1.40000: Flags [R.], seq 0, ack 2927179379, win 0, length 0",
		}},
		{"a RST without ACK is absolute always", []tcp.Segment{synack, with(reply, func(s *tcp.Segment) { s.Flags = tcp.RST })}, []string{
			"IP 10.0.0.2.8080 > 10.0.0.1.40000: Flags [S.], seq 1161512845, ack 2927179379, win 65160, options [mss 1460,sackOK,TS val 100 ecr 0,nop,wscale 10], length 0",
			"IP 10.0.0.2.8080 > 10.0.0.1.40000: Flags [R], seq 1161512846, win 63, length 0",
		}},
		{"SACK blocks are relative to the other end, FIN takes a number, IPv6, urgent data",
			[]tcp.Segment{six(synack), six(with(reply, func(s *tcp.Segment) {
				s.Flags |= tcp.FIN | tcp.URG
				s.Urg = 7
				s.Opt = tcp.Options{Set: tcp.OptSACK, NSACK: 2}
				s.Opt.SACK[0] = tcp.Block{Start: clientISS + 6, End: clientISS + 7}
				s.Opt.SACK[1] = tcp.Block{Start: clientISS + 9, End: clientISS + 12}
			}))}, []string{
				"IP6 fd00::2.8080 > fd00::1.40000: Flags [S.], seq 1161512845, ack 2927179379, win 65160, options [mss 1460,sackOK,TS val 100 ecr 0,nop,wscale 10], length 0",
				"IP6 fd00::2.8080 > fd00::1.40000: Flags [F.U], seq 1, ack 1, win 63, urg 7, options [nop,nop,sack 2 {6:7}{9:12}], length 0",
			}},
		{"without timestamps SACK-permitted is padded; no flags at all", []tcp.Segment{
			with(syn, func(s *tcp.Segment) { s.Opt.Set &^= tcp.OptTS }), with(syn, func(s *tcp.Segment) { s.Flags, s.Opt.Set = 0, 0 })},
			[]string{
				"IP 10.0.0.1.40000 > 10.0.0.2.8080: Flags [S], seq 2927179378, win 64240, options [mss 1460,nop,nop,sackOK,nop,wscale 10], length 0",
				"IP 10.0.0.1.40000 > 10.0.0.2.8080: Flags [none], win 64240, length 0",
			}},
	} {
		fs := flows{}
		for i := range test.segs {
			if got := fs.line(&test.segs[i]); got != test.want[i] {
				t.Errorf("%s:\ngot  %s\nwant %s", test.why, got, test.want[i])
			}
		}
	}
}

func with(s tcp.Segment, change func(*tcp.Segment)) tcp.Segment {
	change(&s)
	return s
}

func six(s tcp.Segment) tcp.Segment {
	s.Src, s.Dst = server6, client6
	return s
}

// What is written as JSON reads back as it was.
func TestJSONRoundTrip(t *testing.T) {
	run := connecting()
	run.steps[7].Sent[0].Seg.Data = "\xff\x00" // not text
	run.steps[7].Sent[0].Seg.Opt = tcp.Options{Set: tcp.OptSACK, NSACK: 1, SACK: [tcp.MaxSACK]tcp.Block{{Start: 1, End: 2}}}
	var b bytes.Buffer
	if err := Write(&b, run, run.Len(), NewJSON()); err != nil {
		t.Fatal(err)
	}
	i := 0
	for got, err := range Decode(&b) {
		if err != nil {
			t.Fatal(err)
		}
		var c scene
		c.at(run, i)
		if want := c.record(); !cmp.Equal(*got, want) {
			t.Errorf("step %d (-want +got):\n%s", i, cmp.Diff(want, *got))
		}
		i++
	}
	if i != run.Len() {
		t.Errorf("%d records, want %d", i, run.Len())
	}
}

func TestDecodeNamesTheBrokenRecord(t *testing.T) {
	n := 0
	var last error
	for _, err := range Decode(strings.NewReader("{\"step\":0}\n{\"step\":\"one\"}\n{\"step\":2}\n")) {
		n++
		last = err
	}
	if n != 2 || last == nil || !strings.HasPrefix(last.Error(), "record 2: ") {
		t.Errorf("%d records and %v, want the second to fail", n, last)
	}
}

var _ sim.Run = (*film)(nil)

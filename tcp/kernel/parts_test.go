//go:build linux

package kernel

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
)

// The parts that need no namespace.

func channels(t *testing.T) (a, b *channel) {
	t.Helper()
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	if a, err = newChannel(pair[0]); err == nil {
		b, err = newChannel(pair[1])
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.close(); b.close() })
	return a, b
}

// A message arrives as it was sent, bytes that are no text included, and descriptors with the message that they belong to.
func TestChannelCarriesMessages(t *testing.T) {
	a, b := channels(t)
	file, err := os.Open("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	sent := call{Seq: 3, Thread: 1, Call: host.Call{Op: host.OpWrite, FD: 4}, Data: []byte("\xff\x00long" + strings.Repeat("!", 1<<20))}
	go func() {
		a.send(order{Look: true})
		a.send(order{Call: &sent}, int(file.Fd()))
		a.send(order{Begin: true})
		a.close()
	}()
	var o order
	if fds, err := b.receive(&o); err != nil || len(fds) != 0 || !o.Look {
		t.Fatalf("first: %+v, %v, %v", o, fds, err)
	}
	o = order{}
	fds, err := b.receive(&o)
	if err != nil || len(fds) != 1 || o.Call == nil || string(o.Call.Data) != string(sent.Data) || o.Call.Call != sent.Call || o.Call.Seq != 3 {
		t.Fatalf("second: %v, %v", fds, err)
	}
	copied := os.NewFile(uintptr(fds[0]), "copy")
	defer copied.Close()
	if text, err := io.ReadAll(copied); err != nil || !strings.HasPrefix(string(text), "// Package kernel") {
		t.Errorf("the descriptor reads %.20q, %v", text, err)
	}
	o = order{}
	if fds, err := b.receive(&o); err != nil || len(fds) != 0 || !o.Begin {
		t.Fatalf("third: %+v, %v, %v", o, fds, err)
	}
	if _, err := b.receive(&o); err != io.EOF {
		t.Errorf("after the end: %v, want EOF", err)
	}
}

// What is missing reaches the other side as what it is.
func TestAnswerKeepsWhatIsMissing(t *testing.T) {
	a, b := channels(t)
	go a.send(failure(&Missing{NoVeth, unix.EOPNOTSUPP}))
	var got answer
	if _, err := b.receive(&got); err != nil {
		t.Fatal(err)
	}
	m, ok := errors.AsType[*Missing](got.err())
	if !ok || m.Lack != NoVeth || m.Err.Error() != unix.EOPNOTSUPP.Error() {
		t.Errorf("it is %v", got.err())
	}
}

func TestCountersAreReadByName(t *testing.T) {
	const text = `TcpExt: SyncookiesSent ListenOverflows ListenDrops Other
TcpExt: 5 1 2 77
IpExt: InNoRoutes ListenDrops
IpExt: 3 9
`
	var got [host.NumCounters]int64
	if err := parseCounters(text, &got); err != nil {
		t.Fatal(err)
	}
	want := [host.NumCounters]int64{host.SyncookiesSent: 5, host.ListenOverflows: 1, host.ListenDrops: 2}
	if got != want {
		t.Errorf("the counters are %v, want %v", got, want)
	}
	for _, bad := range []string{"Tcp: OutRsts\nTcp: 1 2\n", "Tcp: OutRsts\nTcp: many\n", "Tcp: OutRsts\nUdp: 1\n"} {
		if parseCounters(bad, &got) == nil {
			t.Errorf("%q is read", bad)
		}
	}
}

// The numbers of a direction begin with its SYN, and go on with what has passed; an old segment does not take them back, a RST not on.
func TestNumbersOfTheWire(t *testing.T) {
	k := newKnowledge()
	f := flow{tcp.Endpoint{Port: 1}, tcp.Endpoint{Port: 2}}
	pass := func(flags tcp.Flags, seq tcp.Seq, data string) {
		k.note(&tcp.Segment{Src: f.from, Dst: f.to, Flags: flags, Seq: seq, Data: data})
	}
	pass(tcp.ACK, 50, "")
	if k.heard[f] != nil {
		t.Error("numbers without a SYN")
	}
	pass(tcp.SYN, 100, "")
	pass(tcp.ACK, 101, "hello")
	pass(tcp.SYN, 100, "")
	pass(tcp.ACK, 101, "he")
	pass(tcp.RST, 9000, "")
	if got := *k.heard[f]; got != (numbers{100, 106}) {
		t.Errorf("the numbers are %v, want 100 and 106", got)
	}
	pass(tcp.SYN, 7000, "")
	if got := *k.heard[f]; got != (numbers{7000, 7001}) {
		t.Errorf("of a new connection they are %v", got)
	}
}

//go:build linux

package kernel

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

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

// Who sends to an end that is gone hears of it as who receives does, and not of a broken pipe, which is a reader's who has seen enough.
func TestChannelTellsOfTheEnd(t *testing.T) {
	a, b := channels(t)
	b.close()
	if err := a.send(order{Look: true}); err != io.EOF {
		t.Errorf("to an end that is gone: %v, want EOF", err)
	}
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	if err := a.send(order{Look: true}, int(null.Fd())); err != io.EOF {
		t.Errorf("with a descriptor, to an end that is gone: %v, want EOF", err)
	}
}

// A packet's time is told by the clock that calls go by, also after somebody has set the other one, or the machine has slept.
func TestClocksPart(t *testing.T) {
	for _, by := range []time.Duration{0, time.Hour, -time.Hour, 10 * time.Second, 20 * time.Millisecond} {
		var c clocks
		c.measure()
		c.lead -= int64(by) // as the clocks were before
		before := monotonic()
		at := c.monotonic(time.Now().UnixNano())
		if after := monotonic(); at < before-int64(time.Millisecond) || at > after+int64(time.Millisecond) {
			t.Errorf("clocks that part by %v: %d is not between %d and %d", by, at, before, after)
		}
	}
}

// What is missing reaches the other side as what it is.
func TestAnswerKeepsWhatIsMissing(t *testing.T) {
	a, b := channels(t)
	go a.send(failure(&Missing{NoWire, unix.EOPNOTSUPP}))
	var got answer
	if _, err := b.receive(&got); err != nil {
		t.Fatal(err)
	}
	m, ok := errors.AsType[*Missing](got.err())
	if !ok || m.Lack != NoWire || m.Err.Error() != unix.EOPNOTSUPP.Error() {
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

// wired is what is known of a wire on which a host speaks with a peer.
type wired struct {
	knowledge
	host, peer tcp.Endpoint
}

func newWired() *wired {
	return &wired{newKnowledge(), tcp.Endpoint{Port: 1}, tcp.Endpoint{Port: 2}}
}

// says has the host send a segment, hears has it get one.
func (w *wired) says(seg tcp.Segment) {
	seg.Src, seg.Dst = w.host, w.peer
	w.said(&seg)
}

func (w *wired) hears(seg tcp.Segment) {
	seg.Src, seg.Dst = w.peer, w.host
	w.got(&seg)
}

// knows is the connection as a look at the host shows it.
func (w *wired) knows(state tcp.State) tcp.TCB {
	var t tcp.TCB
	t.State, t.Local, t.Remote = state, w.host, w.peer
	w.number(&t, &seen{State: state})
	return t
}

// The numbers of a direction begin with its SYN, and go on with what has passed; an old segment does not take them back, a RST not on.
func TestNumbersOfTheWire(t *testing.T) {
	w := newWired()
	next := func() tcp.Seq { c := w.knows(tcp.Established); return c.Snd.NXT }
	w.says(tcp.Segment{Flags: tcp.ACK, Seq: 50})
	if next() != 0 {
		t.Error("numbers without a SYN")
	}
	w.says(tcp.Segment{Flags: tcp.SYN, Seq: 100})
	w.says(tcp.Segment{Flags: tcp.ACK, Seq: 101, Data: "hello"})
	w.says(tcp.Segment{Flags: tcp.SYN, Seq: 100})
	w.says(tcp.Segment{Flags: tcp.ACK, Seq: 101, Data: "he"})
	w.says(tcp.Segment{Flags: tcp.RST, Seq: 9000})
	if c := w.knows(tcp.Established); c.Snd.ISS != 100 || c.Snd.NXT != 106 {
		t.Errorf("the numbers are %v and %v, want 100 and 106", c.Snd.ISS, c.Snd.NXT)
	}
	w.says(tcp.Segment{Flags: tcp.SYN, Seq: 7000})
	if c := w.knows(tcp.SynSent); c.Snd.ISS != 7000 || c.Snd.NXT != 7001 {
		t.Errorf("of a new connection they are %v and %v", c.Snd.ISS, c.Snd.NXT)
	}
}

// A socket that has connected to itself has one side only, with one SYN.
func TestNumbersOfASelfConnect(t *testing.T) {
	w := newWired()
	w.peer = w.host
	for _, seg := range []tcp.Segment{
		{Flags: tcp.SYN, Seq: 100},
		{Flags: tcp.SYN | tcp.ACK, Seq: 100, Ack: 101},
		{Flags: tcp.ACK, Seq: 101, Ack: 101, Data: "hello"},
		{Flags: tcp.ACK, Seq: 106, Ack: 106},
	} {
		w.says(seg)
		w.hears(seg)
	}
	c := w.knows(tcp.Established)
	if c.Snd.ISS != 100 || c.Rcv.IRS != 100 || c.Snd.NXT != 106 || c.Rcv.NXT != 106 || c.Snd.UNA != 106 {
		t.Errorf("the numbers are %+v and %+v, want 100 to 106 both ways", c.Snd, c.Rcv)
	}
}

// A SYN that comes to a connection begins nothing unless it is acknowledged as one: old and forged ones leave the numbers as they were.
func TestNumbersOfASynThatIsRefused(t *testing.T) {
	w := newWired()
	irs := func() tcp.Seq { c := w.knows(tcp.Established); return c.Rcv.IRS }
	w.hears(tcp.Segment{Flags: tcp.SYN, Seq: 500})
	w.says(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: 100, Ack: 501})
	w.hears(tcp.Segment{Flags: tcp.ACK, Seq: 501, Ack: 101, Data: "hello"})
	w.hears(tcp.Segment{Flags: tcp.SYN, Seq: 505})
	w.says(tcp.Segment{Flags: tcp.ACK, Seq: 101, Ack: 506}) // the challenge ACK, which happens to be the SYN's number and 1
	if irs() != 500 {
		t.Errorf("after a SYN that was refused, the peer's numbers begin at %v, want 500", irs())
	}
	w.hears(tcp.Segment{Flags: tcp.SYN, Seq: 8000})
	w.says(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: 90_000, Ack: 8001})
	if irs() != 8000 {
		t.Errorf("after a SYN that was taken, they begin at %v, want 8000", irs())
	}
	w.says(tcp.Segment{Flags: tcp.SYN, Seq: 200_000})
	w.hears(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: 3, Ack: 77})
	w.says(tcp.Segment{Flags: tcp.RST, Seq: 77})
	w.hears(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: 40, Ack: 200_001})
	w.says(tcp.Segment{Flags: tcp.ACK, Seq: 200_001, Ack: 41})
	if irs() != 40 {
		t.Errorf("after a SYN,ACK that was wrong and one that was right, they begin at %v, want 40", irs())
	}
}

// Which timestamp a host echoes is what passed on the wire: the SYN's, then that of each segment that begins no
// later than what was acknowledged (RFC 7323 §4.3), and what the host itself echoes above all.
func TestStampsOfTheWire(t *testing.T) {
	stamp := func(val, ecr uint32) tcp.Options { return tcp.Options{Set: tcp.OptTS, TSVal: val, TSEcr: ecr} }
	w := newWired()
	want := func(when string, state tcp.State, on bool, recent uint32) {
		t.Helper()
		if c := w.knows(state); c.SndTS != on || c.TSRecent != recent {
			t.Errorf("%s: SndTS %v, TS.Recent %d; want %v, %d", when, c.SndTS, c.TSRecent, on, recent)
		}
	}
	w.hears(tcp.Segment{Flags: tcp.SYN, Seq: 500, Opt: stamp(1000, 0)})
	w.says(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: 100, Ack: 501, Opt: stamp(70_020, 1000)})
	want("a half-open connection", tcp.SynRcvd, true, 1000)
	w.hears(tcp.Segment{Flags: tcp.ACK, Seq: 501, Ack: 101, Opt: stamp(1010, 70_020)})
	want("its ACK", tcp.Established, true, 1010)
	w.hears(tcp.Segment{Flags: tcp.ACK, Seq: 511, Ack: 101, Data: "later", Opt: stamp(1030, 70_020)})
	want("data with a gap before it", tcp.Established, true, 1010)
	w.hears(tcp.Segment{Flags: tcp.ACK, Seq: 501, Ack: 101, Data: "hello", Opt: stamp(1005, 70_020)})
	want("an older stamp", tcp.Established, true, 1010)
	w.hears(tcp.Segment{Flags: tcp.RST, Seq: 501, Opt: stamp(9999, 0)})
	want("a RST", tcp.Established, true, 1010)
	w.hears(tcp.Segment{Flags: tcp.ACK, Seq: 501, Ack: 102, Opt: stamp(1040, 70_020)})
	want("an ACK of what was not sent", tcp.Established, true, 1010)
	w.hears(tcp.Segment{Flags: tcp.ACK, Seq: 501, Ack: 100, Opt: stamp(1040, 70_020)})
	want("an old ACK", tcp.Established, true, 1010)
	w.says(tcp.Segment{Flags: tcp.ACK, Seq: 101, Ack: 506, Opt: stamp(70_051, 1007)})
	want("what the host echoes", tcp.TimeWait, true, 1007)

	w = newWired()
	w.says(tcp.Segment{Flags: tcp.SYN, Seq: 100, Opt: stamp(5, 0)})
	want("a SYN without an answer", tcp.SynSent, false, 0)
	w.hears(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: 500, Ack: 101})
	w.says(tcp.Segment{Flags: tcp.ACK, Seq: 101, Ack: 501})
	want("a peer without timestamps", tcp.Established, false, 0)
}

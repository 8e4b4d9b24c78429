package sim_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
	"tcptutor/tcp/sim"
	"tcptutor/tcp/trace"
)

// bench is a host of the engine that stands apart, and a peer that is only segments.
type bench struct {
	*testing.T
	s    *sim.Simulated
	host tcp.Endpoint
	peer tcp.Endpoint
	iss  tcp.Seq
}

func newBench(t *testing.T) *bench {
	t.Helper()
	spec := sim.HostSpec{Name: "server", Addr: tcp.IPv4(10, 0, 0, 2), Book: "linux"}
	s, err := sim.NewSimulated(spec, 1)
	if err != nil {
		t.Fatal(err)
	}
	return &bench{T: t, s: s, host: tcp.Endpoint{Addr: spec.Addr, Port: 8080}, peer: tcp.Endpoint{Addr: tcp.IPv4(10, 0, 0, 1), Port: 9}}
}

func (b *bench) start(thread int, c host.Call) {
	b.Helper()
	if err := b.s.Start(thread, c); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) inject(fl tcp.Flags, seq tcp.Seq) {
	b.Helper()
	seg := tcp.Segment{Src: b.peer, Dst: b.host, Seq: seq, Flags: fl, Wnd: 1000}
	if fl.Has(tcp.ACK) {
		seg.Ack = b.iss + 1
	}
	if err := b.s.Inject(seg); err != nil {
		b.Fatal(err)
	}
}

// wait tells what happens next, as one line: "0.010 SYN,ACK", "1.000 accept 4"; "" when nothing does.
func (b *bench) wait(until time.Duration) string {
	b.Helper()
	events, err := b.s.Wait(tcp.Time(until), nil)
	if err != nil {
		b.Fatal(err)
	}
	var words []string
	for _, e := range events {
		what := e.Seg.Flags.String()
		if e.Sent {
			b.iss = e.Seg.Seq
		} else {
			what = fmt.Sprintf("%v %d", e.Call.Op, e.Result.Value)
			if e.Result.Errno != tcp.OK {
				what = fmt.Sprintf("%v %v", e.Call.Op, e.Result.Errno)
			}
		}
		words = append(words, fmt.Sprintf("%.3f %s", time.Duration(e.At).Seconds(), what))
	}
	return strings.Join(words, ", ")
}

func (b *bench) wants(what, got, want string) {
	b.Helper()
	if got != want {
		b.Errorf("%s: %q, want %q", what, got, want)
	}
}

func (b *bench) listen() {
	b.Helper()
	b.start(0, host.Call{Op: host.OpSocket, A: host.AFInet, B: host.SockStream})
	b.start(0, host.Call{Op: host.OpBind, FD: 3, Addr: tcp.Endpoint{Port: 8080}})
	b.start(0, host.Call{Op: host.OpListen, FD: 3, A: 1})
	b.wants("three calls", b.wait(0), "0.000 socket 3, 0.000 bind 0, 0.000 listen 0")
}

// Time passes only in Wait, and no further than to what happens.
func TestSimulatedWaits(t *testing.T) {
	b := newBench(t)
	b.listen()
	b.start(0, host.Call{Op: host.OpAccept, FD: 3})
	b.wants("accept() blocks", b.wait(time.Second), "")
	b.inject(tcp.SYN, 100)
	b.wants("a SYN", b.wait(time.Hour), "1.000 SYN,ACK")
	b.wants("its timer", b.wait(time.Hour), "2.000 SYN,ACK")
	b.inject(tcp.ACK, 101)
	b.wants("the last ACK", b.wait(time.Hour), "2.000 accept 4")
	b.wants("nothing more", b.wait(time.Duration(tcp.Never)), "")
	if at := b.s.Now(); at != tcp.Time(2*time.Second) {
		t.Errorf("with nothing to wait for, the time is %d", at)
	}
}

// What the caller does in an order happens in that order, at one instant too: a FIN that comes after the close() finds FIN_WAIT_1.
func TestSimulatedKeepsTheCallersOrder(t *testing.T) {
	for _, closeFirst := range []bool{true, false} {
		b := newBench(t)
		b.listen()
		b.inject(tcp.SYN, 100)
		b.wants("a SYN", b.wait(0), "0.000 SYN,ACK")
		b.inject(tcp.ACK, 101)
		b.start(0, host.Call{Op: host.OpAccept, FD: 3})
		b.wants("accept()", b.wait(0), "0.000 accept 4")
		want := "0.000 close 0, 0.000 FIN,ACK"
		if closeFirst {
			b.start(1, host.Call{Op: host.OpClose, FD: 4})
			b.inject(tcp.FIN|tcp.ACK, 101)
			want = "0.000 FIN,ACK, 0.000 close 0, 0.000 ACK"
		} else {
			b.inject(tcp.FIN|tcp.ACK, 101)
			b.start(1, host.Call{Op: host.OpClose, FD: 4})
			want = "0.000 FIN,ACK, 0.000 close 0"
		}
		b.wants("both", b.wait(0), want)
		var h host.Host
		if err := b.s.Look(&h); err != nil {
			t.Fatal(err)
		}
		state := map[bool]tcp.State{true: tcp.Closing, false: tcp.LastAck}[closeFirst]
		if c := h.Peer(b.host, b.peer); c == nil || c.State != state {
			t.Errorf("close first %v: the connection is %+v, want %v", closeFirst, c, state)
		}
	}
}

// What is wrong with a request is said, and nothing happens.
func TestSimulatedRefuses(t *testing.T) {
	b := newBench(t)
	b.listen()
	b.start(1, host.Call{Op: host.OpAccept, FD: 3})
	for what, err := range map[string]error{
		"thread 1 begins close() inside accept()": b.s.Start(1, host.Call{Op: host.OpClose, FD: 3}),
		"thread 64: there can be 64":              b.s.Start(64, host.Call{Op: host.OpClose, FD: 3}),
		"the segment is addressed to 10.0.0.3":    b.s.Inject(tcp.Segment{Dst: tcp.Endpoint{Addr: tcp.IPv4(10, 0, 0, 3)}}),
		"there is no sysctl 200":                  b.s.Set(200, 1),
	} {
		if err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("error is %v, want %q", err, what)
		}
	}
	if _, err := sim.NewSimulated(sim.HostSpec{Book: "cobol"}, 1); err == nil {
		t.Error("a host by a book that does not exist")
	}
}

// A sysctl counts from then on.
func TestSimulatedSysctl(t *testing.T) {
	b := newBench(t)
	if err := b.s.Set(tcp.SynackRetries, 0); err != nil {
		t.Fatal(err)
	}
	b.listen()
	b.inject(tcp.SYN, 100)
	b.wants("a SYN", b.wait(time.Hour), "0.000 SYN,ACK")
	b.wants("is not answered again", b.wait(time.Hour), "")
}

// A recording is a run like any other: every view holds, facts and all, and what printers need is there, for a thread that came later too.
func TestSimulatedRecording(t *testing.T) {
	b := newBench(t)
	b.listen()
	b.inject(tcp.SYN, 100)
	b.start(1, host.Call{Op: host.OpAccept, FD: 3})
	b.wait(0)
	b.inject(tcp.ACK, 101)
	b.wait(0)
	run := b.s.Recording()
	for i := range run.Len() {
		w := run.View(i + 1)
		if err := w.Check(run.Program()); err != nil {
			t.Errorf("after step %d: %v", i, err)
		}
		if err := w.CheckStep(run.Step(i)); err != nil {
			t.Errorf("step %d: %v", i, err)
		}
	}
	if n, views := len(run.View(0).Threads), len(run.Program().Threads); n != views {
		t.Errorf("at first there are %d threads, and %d in the end", n, views)
	}
	var out bytes.Buffer
	if err := trace.Write(&out, run, run.Len(), trace.NewText(trace.TextOptions{})); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"bind(3, 8080)", "server/2  accept(3) blocks", "child1  SYN_RCVD -> ESTABLISHED"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}

// What goes on for ever is stopped: by its steps, and sooner where every step has many sockets to remember.
func TestSimulatedEnds(t *testing.T) {
	for domain, most := range map[int64]int{host.AFUnix: 20_000, host.AFInet: 1_000} {
		b := newBench(t)
		n := 0
		var err error
		for ; n < 30_000 && err == nil; n++ {
			err = b.s.Start(0, host.Call{Op: host.OpSocket, A: domain, B: host.SockStream})
		}
		if n > most+1 || err == nil || err.Error() != "too much happens: it was stopped" {
			t.Errorf("domain %d: %v after %d steps", domain, err, n)
		}
	}
}

package sim

import (
	"strings"
	"testing"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
)

// both are the books that every behaviour of this file holds in.
var both = []string{"linux", "rfc9293"}

func eachBook(t *testing.T, f func(t *testing.T, book string)) {
	for _, b := range both {
		t.Run(b, func(t *testing.T) { f(t, b) })
	}
}

// states lists the states a host's connections go through.
func states(r Run, h int) string {
	var out []string
	for i := range r.Len() {
		for _, f := range r.Step(i).Facts {
			if int(f.Host) == h && f.Kind == tcp.Changed && f.Field == tcp.FieldState {
				out = append(out, tcp.State(f.To).String())
			}
		}
	}
	return strings.Join(out, " ")
}

// crossing is two programs that each bind and connect to the other at once.
func crossing(book string) *Program {
	p := textbook(book, 0)
	client := p.Threads[0].Lines
	a, b := tcp.Endpoint{Addr: p.Hosts[0].Addr, Port: 1000}, tcp.Endpoint{Addr: p.Hosts[1].Addr, Port: 2000}
	lines := func(v int, local, remote tcp.Endpoint) []Line {
		at := func(l Line, c host.Call) Line {
			c.Op = l.Call.Op
			l.Call, l.FDVar = c, v
			return l
		}
		open := client[0]
		open.Assign = v
		bind := at(client[4], host.Call{Addr: local})
		bind.Call.Op = host.OpBind
		return []Line{open, bind, at(client[2], host.Call{Addr: remote}), {Kind: LineWait, Wait: time.Second, When: -1}, at(client[4], host.Call{})}
	}
	p.Threads[0].Lines = lines(2, a, b)
	p.Threads[1].Lines = lines(0, b, a)
	return p
}

// RFC 9293 MUST-10, figure 7: both SYNs cross, both ends go through SYN_RCVD, one connection comes of it.
// MUST-13, figure 14: both FINs cross, both ends go through CLOSING to TIME_WAIT.
func TestSimultaneousOpenAndClose(t *testing.T) {
	eachBook(t, func(t *testing.T, book string) {
		r := checked(t, crossing(book))
		for h := range 2 {
			expect(t, "states", states(r, h), "SYN_SENT SYN_RCVD ESTABLISHED FIN_WAIT_1 CLOSING TIME_WAIT CLOSED")
			if got := when(r, h, host.OpConnect, tcp.KindSYN); got != "0 0.02" {
				t.Errorf("connect() of host %d: %s", h, got)
			}
		}
	})
}

// KERNEL §8: the ACKs that end a simultaneous open name the duplicate SYN.
func TestKernel8SimultaneousOpenSACK(t *testing.T) {
	r := checked(t, crossing("linux"))
	i, ok := Find(r, Moment{Host: 0, Var: -1, Event: Sends, Seg: tcp.KindACK})
	if !ok {
		t.Fatal("no ACK")
	}
	pk := r.Step(i).Sent[0]
	iss := r.View(i + 1).Hosts[1].Socks[0].TCB.Snd.ISS
	if o := pk.Seg.Opt; o.NSACK != 1 || o.SACK[0] != (tcp.Block{Start: iss, End: iss + 1}) {
		t.Errorf("SACK %v, want the SYN at %d", o.SACK[:o.NSACK], iss)
	}
}

// RFC 9293 §3.10.7.1, KERNEL §7: a closed port answers a SYN with RST,ACK, seq 0, ack ISN+1, no window.
func TestClosedPortRefuses(t *testing.T) {
	eachBook(t, func(t *testing.T, book string) {
		p := textbook(book, 0)
		p.Threads[1].Lines = nil
		r := checked(t, p)
		expect(t, "connect()", when(r, 0, host.OpConnect, tcp.KindSYN), "ECONNREFUSED 0.02")
		i, _ := Find(r, Moment{Host: 1, Var: -1, Event: Sends, Seg: tcp.KindRST})
		j, _ := Find(r, Moment{Host: 0, Var: -1, Event: Sends, Seg: tcp.KindSYN})
		isn := r.Step(j).Sent[0].Seg.Seq
		s := r.Step(i).Sent[0].Seg
		if s.Flags != tcp.RST|tcp.ACK || s.Seq != 0 || s.Ack != isn+1 || s.Wnd != 0 || s.Opt.Set != 0 {
			t.Errorf("the answer is %+v", s)
		}
	})
}

// RFC 9293 §3.10.4: after CLOSE one can still receive: half-close, with data coming back.
// RFC 9293 §3.6, §3.6.1.
func TestHalfClose(t *testing.T) {
	eachBook(t, func(t *testing.T, book string) {
		p := textbook(book, 0)
		c, s := p.Threads[0].Lines, p.Threads[1].Lines
		shut := c[4]
		shut.Call = host.Call{Op: host.OpShutdown, A: host.ShutWR}
		read := s[4]
		read.FDVar = c[4].FDVar
		p.Threads[0].Lines = []Line{c[0], c[1], c[2], c[3], shut, read, c[4]}
		answer := s[6]
		answer.Call = host.Call{Op: host.OpWrite, Data: "and back"}
		p.Threads[1].Lines = append(s[:5:5], answer, s[6])
		r := checked(t, p)
		expect(t, "client", states(r, 0), "SYN_SENT ESTABLISHED FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT CLOSED")
		expect(t, "server", states(r, 1), "LISTEN SYN_RCVD ESTABLISHED CLOSE_WAIT LAST_ACK CLOSED")
		got := ""
		for i := range r.Len() {
			if st := r.Step(i); st.Returned && st.Host == 0 && st.Call.Op == host.OpRead {
				got += st.Result.Data + "|"
			}
		}
		expect(t, "the client reads", got, "and back||")
	})
}

// RFC 9293 §3.10.4 from either side: the one that closes first has TIME_WAIT, and only that one.
func TestServerClosesFirst(t *testing.T) {
	eachBook(t, func(t *testing.T, book string) {
		p := textbook(book, 0)
		c, s := p.Threads[0].Lines, p.Threads[1].Lines
		read := s[4]
		read.FDVar = c[4].FDVar
		p.Threads[0].Lines = []Line{c[0], c[1], c[2], read, {Kind: LineWait, Wait: time.Second, When: -1}, c[4]}
		p.Threads[1].Lines = []Line{s[0], s[1], s[2], s[3], s[6]}
		r := checked(t, p)
		expect(t, "client", states(r, 0), "SYN_SENT ESTABLISHED CLOSE_WAIT LAST_ACK CLOSED")
		expect(t, "server", states(r, 1), "LISTEN SYN_RCVD ESTABLISHED FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT CLOSED")
	})
}

// KERNEL §3, §4: connections are made before anyone accepts; listen(1) holds two; the next SYN is dropped and counted.
func TestKernel4AcceptQueueHoldsOneMore(t *testing.T) {
	p := textbook("linux", 0)
	c, s := p.Threads[0].Lines, p.Threads[1].Lines
	s[2].Call.A = 1
	p.Threads[1].Lines = s[:3]
	p.Vars = append(p.Vars, VarSpec{0, "b"}, VarSpec{0, "d"})
	p.Threads[0].Lines = nil
	for _, v := range []int{2, 3, 4} {
		open, connect := c[0], c[2]
		open.Assign, connect.FDVar = v, v
		p.Threads = append(p.Threads, ThreadSpec{Host: 0, Name: "client", Lines: []Line{open, c[1], connect}})
		c[1].Wait += 100 * time.Millisecond
	}
	p.Limits.Time = tcp.Time(2 * time.Second)
	r := checked(t, p)
	w := r.View(r.Len())
	l := p.FindSock(w, 1, "s")
	if len(l.Accept) != 2 {
		t.Errorf("%d wait to be accepted", len(l.Accept))
	}
	if n := w.Hosts[1].Counters[host.ListenOverflows]; n != 2 { // the SYN at 0.2 s and its repeat at 1.2 s
		t.Errorf("ListenOverflows is %d", n)
	}
	if b := p.FindSock(w, 0, "d"); b.TCB.State != tcp.SynSent {
		t.Errorf("the third client is in %s", b.TCB.State)
	}
}

// DESIGN: a world can be copied, gone back to and gone on from: the same steps follow.
func TestTimelineGoesBackAndForks(t *testing.T) {
	p := textbook("linux", time.Second)
	r := NewTimeline(p)
	want := Record(r)
	for i := r.Len(); i >= 0; i-- {
		if r.View(i).Key() != want.View(i).Key() {
			t.Fatalf("after %d steps the world is another one", i)
		}
	}
	i, _ := Find(r, Moment{Host: 0, Var: -1, Event: CallReturns, Op: host.OpConnect})
	f := r.Fork(i+1, p)
	if f.Len() != r.Len() || f.View(f.Len()).Key() != r.View(r.Len()).Key() {
		t.Error("a fork by the same program goes another way")
	}
	// Faults that have not met anything before the fork, or have counted there only, make it the run that has them from the beginning.
	for _, n := range []int{0, 2} {
		q := *p
		lose(&q, 0, tcp.KindFIN, 0)
		lose(&q, 0, tcp.KindACK, n)
		last, _ := Find(r, Moment{Host: 0, Var: -1, Event: CallReturns, Op: host.OpWrite})
		if n == 0 {
			last = 3
		}
		f, whole := r.Fork(last+1, &q), NewTimeline(&q)
		if f.Len() != whole.Len() || f.View(f.Len()).Key() != whole.View(whole.Len()).Key() {
			t.Errorf("ACK @%d lost: a fork has %d steps, the whole run %d", n, f.Len(), whole.Len())
		}
	}
}

// The open end: a segment from outside arrives, and what it draws leaves through Outside.
func TestOpenEnd(t *testing.T) {
	p := textbook("linux", 0)
	p.Threads[0].Lines = nil
	w := NewWorld(p)
	var s Step
	for w.Next() == 0 && w.Step(p, &s) {
	}
	stranger := tcp.Endpoint{Addr: tcp.IPv4(192, 0, 2, 1), Port: 7}
	if !w.Advance(tcp.Time(time.Second)) {
		t.Fatal("time does not pass")
	}
	w.Inject(tcp.Segment{Src: stranger, Dst: tcp.Endpoint{Addr: p.Hosts[1].Addr, Port: 8080}, Seq: 100, Flags: tcp.SYN, Wnd: 1000})
	w.Step(p, &s)
	if len(w.Outside) != 1 || w.Outside[0].Seg.Flags != tcp.SYN|tcp.ACK || w.Outside[0].Seg.Ack != 101 {
		t.Errorf("what left: %+v", w.Outside)
	}
	if err := w.Check(p); err != nil {
		t.Error(err)
	}
}

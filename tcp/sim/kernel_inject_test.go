package sim_test

import (
	"strconv"
	"testing"
	"time"

	"tcptutor/tcp"
)

// Measured facts about segments that no simulated peer would send, each test named by its fact.

const (
	syn    = tcp.SYN
	ack    = tcp.ACK
	fin    = tcp.FIN
	rst    = tcp.RST
	synAck = tcp.SYN | tcp.ACK
	finAck = tcp.FIN | tcp.ACK
	rstAck = tcp.RST | tcp.ACK
)

// KERNEL/2.6, 2.7: the same SYN again gets the same SYN,ACK, at most once in 500 ms, and re-arms the timer; only expiries count.
func TestKernel2DuplicateSyn(t *testing.T) {
	l := newLab(t, serving)
	l.wants("SYN", l.get(syn, 0, 0, ""), "SYN,ACK 0:1", tcp.SynRcvd)
	for i, want := range []string{"SYN,ACK 0:1", "", "", "SYN,ACK 0:1"} {
		l.run([]time.Duration{100, 100, 100, 400}[i] * time.Millisecond)
		l.wants("again", l.get(syn, 0, 0, ""), want, tcp.SynRcvd)
	}
	l.run(999 * time.Millisecond)
	l.wants("the timer was put off", l.answers(), "", tcp.SynRcvd)
	l.run(time.Millisecond)
	l.wants("the first expiry", l.answers(), "SYN,ACK 0:1", tcp.SynRcvd)
	l.run(62*time.Second - 1)
	l.wants("the last wait", l.answers(), "SYN,ACK 0:1 SYN,ACK 0:1 SYN,ACK 0:1 SYN,ACK 0:1", tcp.SynRcvd)
	l.run(1)
	l.wants("after it", l.answers(), "", tcp.Closed)
}

// KERNEL/2.8: a SYN with another number in the window: RST,ACK, and the request is gone.
func TestKernel2OtherSynInWindow(t *testing.T) {
	l := newLab(t, serving)
	l.get(syn, 0, 0, "")
	l.wants("other SYN", l.get(syn, 10, 0, ""), "RST,ACK 0:11", tcp.Closed)
	if n := l.w.Hosts[0].Counters; n[6] != 1 {
		t.Errorf("EmbryonicRsts is %d", n[6])
	}
}

// KERNEL/5.24, 7.4: what RST means to the user by state.
// RFC 9293 MUST-12: the user learns that the connection was aborted.
func TestKernel7ResetErrnoByState(t *testing.T) {
	for _, c := range []struct {
		s                  tcp.State
		read, write, after string
	}{
		{tcp.Established, "ECONNRESET", "EPIPE", "0"},
		{tcp.FinWait1, "ECONNRESET", "EPIPE", "0"},
		{tcp.FinWait2, "ECONNRESET", "EPIPE", "0"},
		{tcp.CloseWait, "0", "EPIPE", "0"},
		{tcp.Closing, "0", "ECONNRESET", "0"}, // KERNEL/7.18
		{tcp.LastAck, "0", "ECONNRESET", "0"},
	} {
		l := in(t, c.s, "h wait 1s\nh read(c)\nh wait 1s\nh write(c, \"x\")\nh wait 1s\nh read(c)\nh wait 1s\nh write(c, \"x\")\n")
		next := 1
		if c.s == tcp.CloseWait || c.s == tcp.Closing || c.s == tcp.LastAck {
			next = 2
		}
		l.wants(c.s.String(), l.get(rst, next, 0, ""), "", tcp.Closed)
		for i, want := range []string{c.read, c.write, c.after, "EPIPE"} {
			l.run(time.Second)
			if got := l.last(); got != want {
				t.Errorf("%s: call %d gives %s, want %s", c.s, i, got, want)
			}
		}
	}
}

// KERNEL/7.8, 7.19: RST in ESTABLISHED: exact, in the window, at its right edge, beyond, before.
func TestKernel7ResetInEstablished(t *testing.T) {
	edge := func(l *lab) int {
		c := l.w.Hosts[0].Peer(l.host, l.peer)
		return c.Rcv.Edge.Since(irs)
	}
	for what, c := range map[string]struct {
		at   func(*lab) int
		want string
		s    tcp.State
	}{
		"exact":         {func(*lab) int { return 1 }, "", tcp.Closed},
		"in the window": {func(*lab) int { return 2 }, "ACK 1:1", tcp.Established},
		"the edge":      {edge, "ACK 1:1", tcp.Established},
		"past the edge": {func(l *lab) int { return edge(l) + 1 }, "", tcp.Established},
		"one below":     {func(*lab) int { return 0 }, "", tcp.Established},
	} {
		l := established(t, "")
		l.wants(what, l.get(rst, c.at(l), 0, ""), c.want, c.s)
	}
	l := established(t, "")
	l.get(rst, 2, 0, "")
	l.run(499 * time.Millisecond)
	l.wants("a second one within 500 ms", l.get(rst, 2, 0, ""), "", tcp.Established)
	l.run(time.Millisecond)
	l.wants("after 500 ms", l.get(rst, 2, 0, ""), "ACK 1:1", tcp.Established)
}

// KERNEL/7.9: SYN in ESTABLISHED draws a challenge ACK, wherever its number is.
func TestKernel7SynInEstablished(t *testing.T) {
	for _, seq := range []int{0, 1, 5, -70000, 1 << 24} {
		l := established(t, "")
		l.wants("SYN", l.get(syn, seq, 0, ""), "ACK 1:1", tcp.Established)
	}
}

// KERNEL/7.10, 7.11, 7.22: what a listener answers and what it ignores.
func TestKernel7Listen(t *testing.T) {
	for _, c := range []struct {
		fl   tcp.Flags
		data string
		want string
	}{
		{ack, "", "RST 77"}, {finAck, "", "RST 77"}, {ack, "x", "RST 77"}, {synAck, "", "RST 77"},
		{rst, "", ""}, {fin, "", ""}, {syn | fin, "", ""}, {syn | rst, "", ""}, {0, "x", ""},
	} {
		l := newLab(t, serving)
		l.wants(c.fl.String()+c.data, l.get(c.fl, 0, 77, c.data), c.want, tcp.Closed)
	}
}

// KERNEL/7.12, 7.13: nobody listens: a segment without ACK gets RST,ACK past its end, a SYN,ACK nobody asked for gets a RST.
func TestKernel7ClosedPort(t *testing.T) {
	for _, c := range []struct {
		fl   tcp.Flags
		data string
		want string
	}{
		{syn, "", "RST,ACK 0:1"}, {fin, "", "RST,ACK 0:1"}, {0, "xyz", "RST,ACK 0:3"}, {syn | fin, "x", "RST,ACK 0:3"},
		{synAck, "", "RST 77"}, {rst, "", ""}, {rstAck, "", ""},
	} {
		l := newLab(t, "h s = socket()\n")
		l.wants(c.fl.String()+c.data, l.get(c.fl, 0, 77, c.data), c.want, tcp.Closed)
	}
}

// KERNEL/7.14, 7.15: RST,ACK of our SYN refuses; a plain RST, the right bare ACK and a FIN are ignored.
func TestKernel7SynSent(t *testing.T) {
	l := newLab(t, dialling)
	l.wants("RST,ACK", l.get(rstAck, 0, 1, ""), "", tcp.Closed)
	if l.last() != "ECONNREFUSED" {
		t.Errorf("connect() gives %s", l.last())
	}
	l = newLab(t, dialling)
	l.wants("RST", l.get(rst, 0, 0, ""), "", tcp.SynSent)
	l.wants("ACK", l.get(ack, 0, 1, ""), "", tcp.SynSent)
	l.wants("FIN", l.get(fin, 0, 0, ""), "", tcp.SynSent)
	l.wants("FIN,ACK", l.get(finAck, 0, 1, ""), "", tcp.SynSent)
}

// KERNEL/7.16: a wrong ACK gets a RST, and, before the first timeout, the SYN goes again at once.
func TestKernel7SynSentWrongAck(t *testing.T) {
	for _, fl := range []tcp.Flags{ack, synAck} {
		l := newLab(t, dialling)
		l.wants("wrong ACK", l.get(fl, 0, 5, ""), "RST 5", tcp.SynSent)
		l.run(8 * time.Millisecond)
		l.wants("soon", l.answers(), "SYN 0", tcp.SynSent)
		l.wants("wrong ACK after a timeout", l.get(fl, 0, 5, ""), "RST 5", tcp.SynSent)
		l.run(900 * time.Millisecond)
		l.wants("no sooner than usual", l.answers(), "", tcp.SynSent)
	}
	l := newLab(t, dialling)
	l.wants("wrong RST,ACK", l.get(rstAck, 0, 5, ""), "", tcp.SynSent)
}

// KERNEL/7.17: RST at RCV.NXT-1 kills in CLOSE_WAIT, LAST_ACK and CLOSING.
func TestKernel7ResetOneBelow(t *testing.T) {
	for _, s := range []tcp.State{tcp.CloseWait, tcp.LastAck, tcp.Closing} {
		l := in(t, s, "")
		l.wants(s.String(), l.get(rst, 1, 0, ""), "", tcp.Closed)
	}
	for _, s := range []tcp.State{tcp.Established, tcp.FinWait1, tcp.FinWait2} {
		l := in(t, s, "")
		l.wants(s.String(), l.get(rst, 0, 0, ""), "", s)
	}
}

// KERNEL/7.20: RST in SYN_RCVD after a simultaneous open: ECONNRESET.
func TestKernel7ResetAfterSimultaneousOpen(t *testing.T) {
	l := newLab(t, dialling)
	l.wants("SYN", l.get(syn, 0, 0, ""), "SYN,ACK 0:1", tcp.SynRcvd)
	l.wants("RST", l.get(rst, 1, 0, ""), "", tcp.Closed)
	if l.last() != "ECONNRESET" {
		t.Errorf("connect() gives %s", l.last())
	}
}

// KERNEL/8.2: a bare ACK or the peer's SYN,ACK finishes a simultaneous open.
func TestKernel8FinishedBy(t *testing.T) {
	l := newLab(t, dialling)
	l.get(syn, 0, 0, "")
	l.wants("ACK", l.get(ack, 1, 1, ""), "", tcp.Established)
	l = newLab(t, dialling)
	l.get(syn, 0, 0, "")
	l.wants("SYN,ACK", l.get(synAck, 0, 1, ""), "ACK 1:1", tcp.Established)
}

// Measured on Linux 6.18 for this table: what a half-open connection answers.
func TestKernelHalfOpenAnswers(t *testing.T) {
	for what, c := range map[string]struct {
		fl       tcp.Flags
		seq, ack int
		want     string
		s        tcp.State
	}{
		"RST in the window":     {rst, 10, 0, "ACK 1:1", tcp.SynRcvd},
		"RST exact":             {rst, 1, 0, "", tcp.Closed},
		"RST one below":         {rst, 0, 0, "", tcp.SynRcvd},
		"RST,ACK in the window": {rstAck, 10, 1, "ACK 1:1", tcp.SynRcvd},
		"FIN without ACK":       {fin, 1, 0, "", tcp.SynRcvd},
		"an old bare ACK":       {ack, -5, 1, "ACK 1:1", tcp.SynRcvd},
		"an ACK of nothing":     {ack, 1, 77, "RST 77", tcp.SynRcvd},
		"SYN,ACK":               {synAck, 0, 1, "ACK 1:1", tcp.SynRcvd},
		"an ACK far beyond":     {ack, 1 << 20, 1, "ACK 1:1", tcp.SynRcvd},
		"FIN,ACK":               {finAck, 1, 1, "", tcp.CloseWait},
	} {
		l := newLab(t, serving)
		l.run(time.Millisecond)
		l.get(syn, 0, 0, "")
		l.wants(what, l.get(c.fl, c.seq, c.ack, ""), c.want, c.s)
	}
}

// Measured on Linux 6.18 for this table: what a connection answers to segments that are out of place, the same in each of these
// states: an ACK that says where it is, and nothing to a segment that should have carried an ACK.
func TestKernelOutOfPlaceAnswers(t *testing.T) {
	for _, c := range []struct {
		s            tcp.State
		una, nxt, at int // SND.UNA, SND.NXT, RCV.NXT
	}{
		{tcp.Established, 1, 1, 1}, {tcp.FinWait1, 1, 2, 1}, {tcp.FinWait2, 2, 2, 1},
		{tcp.CloseWait, 1, 1, 2}, {tcp.LastAck, 1, 2, 2}, {tcp.Closing, 1, 2, 2},
	} {
		here := "ACK " + strconv.Itoa(c.nxt) + ":" + strconv.Itoa(c.at)
		for what, seg := range map[string]struct {
			fl       tcp.Flags
			seq, ack int
			data     string
			want     string
		}{
			"SYN":                  {syn, c.at, 0, "", here},
			"SYN,ACK":              {synAck, c.at, c.una, "", here},
			"an old SYN":           {syn, c.at - 100, 0, "", here},
			"an old FIN":           {finAck, c.at - 1, c.una, "", here},
			"an old number":        {ack, c.at - 5, c.una, "", here},
			"an ACK of the future": {ack, c.at, c.una + 50, "", here},
			"a very old ACK":       {ack, c.at, c.una - 70000, "", here},
			"no flags":             {0, c.at, 0, "", ""},
			"FIN without ACK":      {fin, c.at, 0, "", ""},
			"old data":             {ack, c.at - 3, c.una, "ab", here},
			"data beyond":          {ack, c.at + 200000, c.una, "ab", here},
			"FIN, future ACK":      {finAck, c.at, c.una + 50, "", here},
		} {
			l := in(t, c.s, "")
			l.wants(c.s.String()+": "+what, l.get(seg.fl, seg.seq, seg.ack, seg.data), seg.want, c.s)
		}
	}
}

// RFC 9293 MUST-57, §3.9.2.3: a SYN to a broadcast or multicast address is for nobody, even if it gets here.
func TestSynToAGroupIsForNobody(t *testing.T) {
	l := newLab(t, serving)
	for _, a := range []tcp.Addr{tcp.IPv4(224, 0, 0, 1), tcp.IPv4(255, 255, 255, 255)} {
		if l.w.Inject(tcp.Segment{Src: l.peer, Dst: tcp.Endpoint{Addr: a, Port: 8080}, Seq: irs, Flags: syn, Wnd: 8000}) {
			t.Errorf("somebody takes a SYN to %s", a)
		}
	}
	l.run(time.Second)
	l.wants("afterwards", l.answers(), "", tcp.Closed)
}

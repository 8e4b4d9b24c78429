package sim_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/scenario"
	"tcptutor/tcp/sim"
	"tcptutor/tcp/trace"
)

// hands is a live host and a peer that is only segments.
type hands struct {
	*testing.T
	*sim.Live
	p          *sim.Program
	host, peer tcp.Endpoint
	iss        tcp.Seq
}

func newHands(t *testing.T, program string) *hands {
	t.Helper()
	p, errs := scenario.Parse("live", []byte(program))
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	l, err := sim.NewLive(p)
	if err != nil {
		t.Fatal(err)
	}
	return &hands{T: t, Live: l, p: p,
		host: tcp.Endpoint{Addr: p.Hosts[0].Addr, Port: 8080}, peer: tcp.Endpoint{Addr: tcp.IPv4(10, 9, 9, 9), Port: 9}}
}

func (h *hands) hear(at time.Duration, flags tcp.Flags, seq, ack tcp.Seq) {
	h.Hear(tcp.Time(at), tcp.Segment{Src: h.peer, Dst: h.host, Flags: flags, Seq: seq, Ack: ack, Wnd: 1000})
}

// let lets one thing happen and says what it was and what left: "3.5s arrive: SYN,ACK"; "" when nothing waits.
func (h *hands) let(now time.Duration) string {
	h.Helper()
	sent, ok, err := h.Let(tcp.Time(now))
	if err != nil {
		h.Fatal(err)
	}
	if !ok {
		return ""
	}
	s := h.Step(h.Len() - 1)
	text := fmt.Sprintf("%v %v", time.Duration(s.At), s.Cause)
	if s.Cause == sim.CauseCall || s.Cause == sim.CauseReturn {
		text += fmt.Sprintf(" %v", s.Call.Op)
	}
	for _, seg := range sent {
		if seg.Flags.Has(tcp.SYN) {
			h.iss = seg.Seq
		}
		text += fmt.Sprintf(" > %v", seg.Flags)
	}
	w := h.View(h.Len())
	if err := w.Check(h.p); err != nil {
		h.Error(err)
	}
	if err := w.CheckStep(s); err != nil {
		h.Error(err)
	}
	return text
}

// letAll lets happen all that waits.
func (h *hands) letAll(now time.Duration) string {
	h.Helper()
	var all []string
	for text := h.let(now); text != ""; text = h.let(now) {
		all = append(all, text)
	}
	return strings.Join(all, "; ")
}

// waits says what waits, in order.
func (h *hands) waits() string {
	var all []string
	for _, p := range h.Waits() {
		text := fmt.Sprintf("%v %v", time.Duration(p.At), p.Cause)
		switch p.Cause {
		case sim.CauseArrive:
			text += fmt.Sprintf(" %v", p.Packet.Seg.Flags)
		case sim.CauseCall, sim.CauseReturn:
			text += fmt.Sprintf(" %v", p.Call.Op)
		case sim.CauseTimer:
			text += fmt.Sprintf(" %v", p.Timer)
		}
		all = append(all, text)
	}
	return strings.Join(all, "; ")
}

func (h *hands) want(what, got, want string) {
	h.Helper()
	if got != want {
		h.Errorf("%s: %s\nwant %s", what, got, want)
	}
}

// A SYN waits until it is let in; the SYN,ACK leaves then and not before. What arrived meanwhile waits behind it, in its order.
func TestLiveWaitsForHands(t *testing.T) {
	h := newHands(t, serving)
	h.want("before anything", h.waits(), "0s call socket")
	h.want("the program", h.letAll(0), "0s call socket; 0s call bind; 0s call listen; 0s call accept")
	h.want("nothing waits", h.let(time.Second), "")
	h.hear(2*time.Second, tcp.SYN, irs, 0)
	h.hear(time.Second, tcp.SYN, irs, 0)
	h.want("two SYNs wait", h.waits(), "1s arrive SYN; 2s arrive SYN")
	if n := h.Len(); n != 4 {
		t.Errorf("%d steps are recorded before anything is let happen, want 4", n)
	}
	h.want("not before it has arrived", h.let(900*time.Millisecond), "")
	h.want("the first", h.let(3500*time.Millisecond), "3.5s arrive > SYN,ACK")
	h.want("the second is a duplicate", h.let(3600*time.Millisecond), "3.6s arrive > SYN,ACK")
	h.want("the timer counts from when the SYN,ACK left", h.waits(), "4.6s timer synack")
	h.want("a timer fires late", h.let(6*time.Second), "6s timer > SYN,ACK")
	h.hear(6100*time.Millisecond, tcp.ACK, irs+1, h.iss+1)
	h.want("the handshake's end", h.letAll(7*time.Second), "7s arrive; 7s return accept")
	if got := h.View(h.Len()).Hosts[0].Socks[1].TCB.State; got != tcp.Established {
		t.Errorf("the connection is %v", got)
	}
}

// A timer that was due before a segment came goes first, however late both are let happen; the clock never goes back.
func TestLiveKeepsTheOrder(t *testing.T) {
	h := newHands(t, serving)
	h.letAll(0)
	h.hear(0, tcp.SYN, irs, 0)
	h.want("the SYN", h.letAll(0), "0s arrive > SYN,ACK")
	h.hear(1500*time.Millisecond, tcp.ACK, irs+1, h.iss+1)
	h.want("both wait", h.waits(), "1s timer synack; 1.5s arrive ACK")
	h.want("the timer goes first", h.let(5*time.Second), "5s timer > SYN,ACK")
	h.want("at an instant that is past", h.letAll(4*time.Second), "5s arrive; 5s return accept")
}

// A live run is read like any other, back and forth, and what formats make of it is all there.
func TestLiveIsARun(t *testing.T) {
	h := newHands(t, serving)
	h.letAll(0)
	h.hear(time.Second, tcp.SYN, irs, 0)
	h.letAll(2 * time.Second)
	h.hear(3*time.Second, tcp.RST, irs+1, 0)
	h.letAll(4 * time.Second)
	if n := h.View(4).Hosts[0].Socks; len(n) != 1 {
		t.Errorf("before the SYN there are %d sockets, want the listener", len(n))
	}
	var flags []string
	for _, text := range trace.NewPage(h.Live, trace.NewTCPDump(trace.Wire)).UpTo(h.Len()) {
		flags = append(flags, text[strings.Index(text, "Flags"):strings.Index(text, "],")+1])
	}
	h.want("tcpdump shows", strings.Join(flags, " "), "Flags [S] Flags [S.] Flags [R]")
}

// What a live run cannot do is refused, not left out.
func TestLiveRefuses(t *testing.T) {
	for text, want := range map[string]error{
		"client s = socket()\nserver s = socket()\n":          sim.ErrLiveHosts,
		"hosts h\nh s = socket()\ndrop h sends SYN\n":         sim.ErrLiveWire,
		"hosts h\nh s = socket()\nh connect(s, 10.9.9.9:9)\n": nil,
	} {
		p, errs := scenario.Parse("refused", []byte(text))
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		if _, err := sim.NewLive(p); err != want {
			t.Errorf("%v, want %v, for: %s", err, want, text)
		}
	}
}

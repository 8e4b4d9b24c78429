package tui

import (
	"errors"
	"strings"
	"testing"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/scenario"
	"tcptutor/tcp/sim"
	"tcptutor/tui/look"
)

// hands is a live run whose clock and whose other side are the test's.
type hands struct {
	run  *sim.Live
	now  time.Duration
	sent []tcp.Segment
	fail error
}

var (
	handsHost = tcp.Endpoint{Addr: tcp.IPv4(10, 0, 0, 2), Port: 8080}
	handsPeer = tcp.Endpoint{Addr: tcp.IPv4(10, 0, 0, 1), Port: 40001}
)

func (*hands) Title() Text { return Text{"Live", "现场"} }
func (*hands) Try() string { return "curl http://10.0.0.2:8080/" }
func (h *hands) Story() Story {
	return Story{Run: h.run, Book: "linux", Outside: Text{"kernel", "内核"}}
}
func (h *hands) Now() tcp.Time {
	return tcp.Time(h.now)
}
func (h *hands) Waits() []sim.Pending  { return h.run.Waits() }
func (*hands) Listen() (func(), error) { return nil, nil }
func (h *hands) Let() (bool, error) {
	if h.fail != nil {
		return false, h.fail
	}
	sent, happened, err := h.run.Let(h.Now())
	h.sent = append(h.sent, sent...)
	return happened, err
}

// openHands opens a live run on the screen, with a server that waits in accept().
func openHands(t *testing.T, w, h int, lang Lang) (*screenOf, *hands) {
	t.Helper()
	p, errs := scenario.Parse("live", []byte("hosts server\nserver addr 10.0.0.2\n"+
		"server s = socket()\nserver bind(s, 8080)\nserver listen(s, 10)\nserver c = accept(s)\nserver read(c)\n"))
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	run, err := sim.NewLive(p)
	if err != nil {
		t.Fatal(err)
	}
	live := &hands{run: run}
	for happened := true; happened; {
		happened, _ = live.Let()
	}
	s := &screenOf{t: t, store: newMemory()}
	s.m = New(Options{
		Library: shelf{}, Quizzer: asker{}, Texts: Tools(), Lang: lang, LangFixed: true, Live: live,
		Look:      look.Choose(func(string) string { return "" }, false),
		OpenStore: func() (Store, Text) { return s.store, Text{} },
	})
	s.m.later = s.aside
	s.send(sizeMsg(w, h))
	return s, live
}

// arrives brings a segment from the other side.
func (s *screenOf) arrives(live *hands, flags tcp.Flags, seq, ack tcp.Seq) {
	at := tcp.Time(live.now)
	seg := tcp.Segment{Src: handsPeer, Dst: handsHost, Flags: flags, Seq: seq, Ack: ack, Wnd: 1000}
	s.send(heardMsg{take: func() { live.run.Hear(at, seg) }})
}

// At first the screen says what to do; then what has arrived waits, and l lets it happen on the wire.
func TestLiveStepsByHand(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 32}} {
		s, live := openHands(t, size[0], size[1], English)
		s.mustShow("tcptutor live run curl")
		s.mustShow("Nothing waits.")
		s.press("l")
		if live.run.Len() != 4 {
			t.Error("something happened where nothing waited")
		}
		live.now = time.Second
		s.arrives(live, tcp.SYN, 99, 0)
		s.mustShow("1.00 s  SYN from 10.0.0.1:40001")
		if len(live.sent) > 0 || live.run.Len() != 4 {
			t.Fatal("a segment was let in by nobody")
		}
		live.now = 3 * time.Second
		s.press("l")
		if len(live.sent) != 1 || live.sent[0].Flags != tcp.SYN|tcp.ACK {
			t.Fatalf("l sent %v, want the SYN,ACK", live.sent)
		}
		s.mustShow("step 5 of 5")
		s.mustShow("-SYN")
		s.mustShow("SYN_RCVD")
		s.mustShow("4.00 s  synack timer")
		s.mustShow("tcptutor live run curl") // nothing is due: another may come
		s.mustShow("tcptutor live run ss -tano")
		s.arrives(live, tcp.SYN, 99, 0)
		if s.shows("tcptutor live run curl") {
			t.Error("what to do is said where something waits to be done")
		}
	}
}

// What has happened is read back and forth while more arrives; only at the present does l let things happen.
func TestLiveIsReadBackAndForth(t *testing.T) {
	s, live := openHands(t, 120, 32, English)
	s.arrives(live, tcp.SYN, 99, 0)
	s.press("l", "h", "h")
	s.mustShow("step 3 of 5")
	s.mustShow("You look back")
	s.arrives(live, tcp.SYN, 99, 0)
	s.mustShow("step 3 of 5")
	s.press("l", "l")
	s.mustShow("step 5 of 5")
	if live.run.Len() != 5 {
		t.Fatal("reading forward let something happen")
	}
	s.press("l")
	s.mustShow("step 6 of 6")
}

// Space lets everything happen by itself, as it comes and as it is due; space again, or l, stops that. Who looks back stays there.
func TestLiveByItself(t *testing.T) {
	s, live := openHands(t, 120, 32, English)
	s.arrives(live, tcp.SYN, 99, 0)
	s.press("space")
	if len(live.sent) != 1 {
		t.Fatalf("space sent %v, want the SYN,ACK that waited", live.sent)
	}
	s.mustShow("Everything happens by itself")
	live.now = 1200 * time.Millisecond
	for range len(s.ticks) {
		s.clock()
	}
	if len(live.sent) != 2 {
		t.Errorf("at its time the timer sent %v, want a second SYN,ACK", live.sent[1:])
	}
	s.press("g")
	s.arrives(live, tcp.ACK, 100, live.sent[0].Seq+1)
	s.mustShow("step 1 of 9")
	s.press("G", "space")
	n := live.run.Len()
	s.arrives(live, tcp.ACK|tcp.FIN, 100, live.sent[0].Seq+1)
	if live.run.Len() != n {
		t.Error("it goes on by itself after the second space")
	}
	s.press("space", "l")
	s.arrives(live, tcp.RST, 101, 0)
	s.mustShow("RST from")
}

// A segment from outside shows its numbers, also the one that ends its connection; the way to do something stands below what waits.
func TestLiveShowsNumbersFromOutside(t *testing.T) {
	s, live := openHands(t, 80, 24, English)
	s.arrives(live, tcp.SYN, 99, 0)
	s.press("space")
	s.arrives(live, tcp.ACK, 100, live.sent[0].Seq+1)
	s.arrives(live, tcp.RST|tcp.ACK, 100, live.sent[0].Seq+1)
	s.mustShow("RST,ACK seq 1 ack 1")
	s.arrives(live, tcp.ACK|tcp.PSH, 1_000_000_000, 2_000_000_000)
	s.mustShow("seq 999999901 ack")
}

// A live run is not left for a lesson, and not found again: the keys and commands that would lead away say so.
func TestLiveIsNotLeft(t *testing.T) {
	s, _ := openHands(t, 120, 32, English)
	for _, do := range []Intent{{Kind: Home}, openHandshake, {Kind: StartQuiz}, {Kind: Escape}} {
		s.send(intentMsg(do))
		s.mustShow("step 4 of 4")
		s.mustShow("q ends it")
	}
	s.press(":")
	if strings.Contains(strip(s.frame()), "three-way") {
		t.Error("the commands lead to lessons")
	}
	s.press("esc", "q")
	if !s.quit {
		t.Error("q does not end it")
	}
}

// What goes wrong on the wire is said.
func TestLiveSaysWhatGoesWrong(t *testing.T) {
	s, live := openHands(t, 80, 24, English)
	s.send(heardMsg{err: errors.New("the wire is cut")})
	s.mustShow("the wire is cut")
	live.fail = errors.New("no room on the wire")
	s.press("l")
	s.mustShow("no room on the wire")
}

func TestLiveInChinese(t *testing.T) {
	s, live := openHands(t, 80, 24, Chinese)
	s.mustShow("没有等待中的事。")
	s.mustShow("内核")
	s.arrives(live, tcp.SYN, 99, 0)
	s.mustShow("按 l，第一件就发生。")
	s.mustShow("SYN，来自 10.0.0.1:40001")
}

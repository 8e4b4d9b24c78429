package sim_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
	"tcptutor/tcp/observe"
	"tcptutor/tcp/scenario"
	"tcptutor/tcp/sim"
)

// RFC 9293's own figures of connections that open and close, drawn by runs under the book rfc9293. A file of testdata/figures is a
// scenario of hosts a and b; its first comments are the figure:
//
//	# numbers a 100, b 300 400     what the initial numbers are called, in the order in which they appear
//	# from a sends FIN             the first line shown; without it the run's first segment
//	#   A state --> <segment> --> B state
//
// A state is the one after the departure or the arrival. Where something else happens between the two, each has its own line, and "..."
// stands where the segment is under way.
// RFC 9293 §3.5, §3.5.1, §3.6.
func TestFigures(t *testing.T) {
	files, err := filepath.Glob("testdata/figures/*.tcp")
	if err != nil || len(files) == 0 {
		t.Fatalf("no figures: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".tcp"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			f := newFigure(t, file, string(text))
			f.run()
			if got := strings.Join(f.lines, "\n"); got != strings.Join(f.want, "\n") {
				t.Errorf("the run draws\n%s\nthe figure is\n%s", got, strings.Join(f.want, "\n"))
			}
		})
	}
}

// figure is what has been drawn of a run.
type figure struct {
	p     *sim.Program
	w     *sim.World
	names [2][]int     // by host: what its initial numbers are called
	iss   [2][]tcp.Seq // the initial numbers that have appeared
	from  *sim.Moment
	want  []string
	lines []string
	was   [2]tcp.State // where each end stood when it was last drawn
	last  uint32       // the packet whose departure is the last line; 0 when another thing was
	cut   [3]string    // that line's parts: the sender's state, the segment, and which way it goes
}

func newFigure(t *testing.T, file, text string) *figure {
	t.Helper()
	p, errs := scenario.Parse(file, []byte(text))
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	f := &figure{p: p, w: sim.NewWorld(p)}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(strings.TrimPrefix(line, "#"))
		if rest, ok := strings.CutPrefix(line, "numbers "); ok {
			for i, one := range strings.SplitN(rest, ",", 2) {
				for _, n := range strings.Fields(one)[1:] {
					v, err := strconv.Atoi(n)
					if err != nil {
						t.Fatal(err)
					}
					f.names[i] = append(f.names[i], v)
				}
			}
		}
		if rest, ok := strings.CutPrefix(line, "from "); ok {
			m, err := observe.ParseMoment(p, rest)
			if err != nil {
				t.Fatal(err)
			}
			f.from = &m
		}
		if strings.Contains(line, "<SEQ=") {
			f.want = append(f.want, line)
		}
	}
	return f
}

func (f *figure) run() {
	var s sim.Step
	for f.w.Next() <= f.p.Limits.Time && f.w.Step(f.p, &s) {
		for i := range s.Sent {
			f.learn(&s.Sent[i].Seg)
		}
		if f.from != nil && f.from.Matches(f.p, f.w, &s) > 0 {
			f.from = nil
		}
		if f.from != nil {
			continue
		}
		if s.Cause == sim.CauseArrive {
			f.arrival(&s.Packet)
		}
		for i := range s.Sent {
			f.departure(&s.Sent[i])
		}
	}
}

// learn notes an initial number that is new.
func (f *figure) learn(seg *tcp.Segment) {
	h := f.side(seg.Src)
	if known := f.iss[h]; seg.Flags.Has(tcp.SYN) && (len(known) == 0 || known[len(known)-1] != seg.Seq) {
		f.iss[h] = append(f.iss[h], seg.Seq)
	}
}

// side is whose address it is: a's or b's.
func (f *figure) side(e tcp.Endpoint) int {
	if f.p.Hosts[0].Addr == e.Addr {
		return 0
	}
	return 1
}

// number is a sequence number as the figure calls it: counted from the initial number that it is near to.
func (f *figure) number(side int, n tcp.Seq) string {
	for i := len(f.iss[side]) - 1; i >= 0; i-- {
		if d := n.Since(f.iss[side][i]); d > -1000 && d < 1000 {
			return strconv.Itoa(f.names[side][i] + d)
		}
	}
	return strconv.FormatUint(uint64(n), 10)
}

func (f *figure) segment(seg *tcp.Segment) string {
	me := f.side(seg.Src)
	text := "<SEQ=" + f.number(me, seg.Seq) + ">"
	if seg.Flags.Has(tcp.ACK) {
		text += "<ACK=" + f.number(1-me, seg.Ack) + ">"
	}
	if n := len(seg.Data); n > 0 {
		text += fmt.Sprintf("<DATA=%d>", n)
	}
	return text + "<CTL=" + (seg.Flags &^ tcp.PSH).String() + ">"
}

// state is where an end stands: its connection's state; where there is none, the listener's, unless a connection has just ended.
func (f *figure) state(at, peer tcp.Endpoint) string {
	side := f.side(at)
	h := &f.w.Hosts[side]
	s := tcp.Closed
	if t := h.Peer(at, peer); t != nil {
		s = t.State
	} else if f.was[side] <= tcp.SynRcvd {
		h.Live(func(k *host.Sock) bool {
			if k.TCB.State == tcp.Listen && k.TCB.Local.Port == at.Port {
				s = tcp.Listen
			}
			return true
		})
	}
	f.was[side] = s
	return strings.ReplaceAll(strings.Replace(s.String(), "RCVD", "RECEIVED", 1), "_", "-")
}

// departure draws a segment that leaves; an arrival that follows at once completes the line.
func (f *figure) departure(pk *sim.Packet) {
	f.cut = [3]string{f.state(pk.Seg.Src, pk.Seg.Dst), f.segment(&pk.Seg), "-->"}
	f.last = pk.ID
	f.draw(f.side(pk.Seg.Src) == 0, f.cut[0], "-->", f.cut[1], "...", "")
}

func (f *figure) arrival(pk *sim.Packet) {
	state, text := f.state(pk.Seg.Dst, pk.Seg.Src), f.segment(&pk.Seg)
	toB := f.side(pk.Seg.Src) == 0
	if f.last == pk.ID && pk.ID != 0 {
		f.lines = f.lines[:len(f.lines)-1]
		f.draw(toB, f.cut[0], "-->", f.cut[1], "-->", state)
	} else {
		f.draw(toB, "", "...", text, "-->", state)
	}
	f.last = 0
}

// draw writes a line: from A on the left to B on the right, or the other way about.
func (f *figure) draw(toB bool, from, leaves, segment, arrives, to string) {
	parts := []string{from, leaves, segment, arrives, to}
	if !toB {
		turn := map[string]string{"-->": "<--", "...": "..."}
		parts = []string{to, turn[arrives], segment, turn[leaves], from}
	}
	f.lines = append(f.lines, strings.TrimSpace(strings.Join(strings.Fields(strings.Join(parts, " ")), " ")))
}

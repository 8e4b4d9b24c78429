package tui

import (
	"testing"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
	"tcptutor/tcp/sim"
)

// showing is the fixture's lesson screen with another run on it.
func showing(t *testing.T, p *sim.Program) *screenOf {
	s := open(t, 80, 24, English, openHandshake)
	s.m.lesson.show(Story{Run: sim.NewTimeline(p), Book: "linux"})
	s.m.lesson.seek(0)
	return s
}

// everywhere looks at every step in every view, at two sizes.
func (s *screenOf) everywhere() {
	s.t.Helper()
	for range s.m.lesson.steps() + 1 {
		for range s.m.lesson.views {
			s.press("tab")
			s.mustFit(80, 24)
			s.mustFit(120, 40)
		}
		s.press("l")
	}
}

// A run in which nothing happens can be looked at.
func TestEmptyRun(t *testing.T) {
	s := showing(t, &sim.Program{Hosts: []sim.HostSpec{{Name: "alone", Book: "linux"}}, Limits: sim.Limits{Steps: 9, Time: tcp.Time(time.Hour)}})
	s.mustShow("Nothing happens in this run.")
	s.everywhere()
	s.press("g", "G", "]", "[", "space", "w", "u")
}

// One host that talks to nobody: its peer's column is the outside.
func TestOneHost(t *testing.T) {
	p := textbook()
	p.Hosts, p.Threads, p.Vars = p.Hosts[:1], p.Threads[1:], p.Vars[2:]
	for i := range p.Threads[0].Lines {
		line := &p.Threads[0].Lines[i]
		line.Assign = min(line.Assign, 0)
		line.FDVar = min(line.FDVar, 0)
	}
	s := showing(t, p)
	s.mustShow("outside")
	s.everywhere()
}

// With three hosts the ladder shows the two that the step is about.
func TestThreeHosts(t *testing.T) {
	p := textbook()
	p.Hosts = append(p.Hosts, sim.HostSpec{Name: "third", Addr: tcp.IPv4(10, 0, 0, 3), Book: "linux"})
	p.Vars = append(p.Vars, sim.VarSpec{Host: 2, Name: "s"})
	lines := append([]sim.Line(nil), p.Threads[1].Lines...)
	for i := range lines {
		if lines[i].Call.Op == host.OpSocket {
			lines[i].Assign = 3
		} else {
			lines[i].FDVar = 3
		}
	}
	p.Threads = append(p.Threads, sim.ThreadSpec{Host: 2, Name: "third", Lines: lines})
	s := showing(t, p)
	s.everywhere()
	seen := map[[2]int]bool{}
	for i := range s.m.lesson.steps() {
		seen[ladderHosts(s.m.lesson.story.Run, i)] = true
	}
	if !seen[[2]int{0, 1}] || !seen[[2]int{1, 2}] {
		t.Errorf("the pairs of hosts shown are %v", seen)
	}
}

// A segment that was lost is shown lost, and the one sent in its place as sent again.
func TestLostAndAgainAreSaid(t *testing.T) {
	for _, kind := range []struct {
		host int
		kind tcp.Kind
	}{{0, tcp.KindSYN}, {1, tcp.KindSYNACK}} {
		s := showing(t, lossy(kind.host, kind.kind))
		lost, again := false, false
		for range s.m.lesson.steps() {
			lost = lost || s.shows("lost")
			again = again || s.shows(kind.kind.String()+" again")
			s.press("l")
		}
		if !lost || !again {
			t.Errorf("%s: lost shown %v, again shown %v", kind.kind, lost, again)
		}
	}
}

// While a segment is under way its arrow has not arrived: no head, no state.
func TestArrowOnlyGoesAsFarAsTheSegment(t *testing.T) {
	s := open(t, 80, 24, English, openHandshake)
	s.press("g", "]")
	if s.shows("▶ SYN_RCVD") || s.shows("╮") {
		t.Error("the SYN arrived as it left")
	}
	s.press("]")
	s.mustShow("▶ SYN_RCVD")
}

// A long run costs no more rungs than the screen shows.
func TestLadderLooksAtTheStepsItShows(t *testing.T) {
	run := &counting{Run: sim.Record(sim.NewTimeline(textbook()))}
	l := ladder{run: run}
	l.upTo(run.Len()-1, 8)
	if run.looked > 10 {
		t.Errorf("the ladder looked at %d steps for 8 lines", run.looked)
	}
	before := run.looked
	l.upTo(run.Len()-1, 8)
	if run.looked != before {
		t.Error("the ladder looked again at what it had made")
	}
}

type counting struct {
	sim.Run
	looked int
}

func (c *counting) Step(i int) *sim.Step {
	c.looked++
	return c.Run.Step(i)
}

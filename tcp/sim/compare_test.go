package sim

import (
	"testing"
	"time"

	"tcptutor/tcp"
)

// changed is the textbook with a change.
func changed(change func(p *Program)) *Timeline {
	p := textbook("linux", time.Second)
	change(p)
	return NewTimeline(p)
}

func book(name string) func(*Program) {
	return func(p *Program) {
		for i := range p.Hosts {
			p.Hosts[i].Book = name
		}
	}
}

// A run is not different from itself.
func TestARunComparedWithItself(t *testing.T) {
	a, b := changed(book("linux")), changed(book("linux"))
	c := Compare(a, b)
	if c.First != -1 || len(c.Rows) != a.Len() || FirstDifference(a, b) != a.Len() {
		t.Fatalf("%d rows for %d steps, first difference at %d", len(c.Rows), a.Len(), c.First)
	}
	for i, r := range c.Rows {
		if r.Diff != Same || r.Step != [2]int{i, i} || r.Done != [2]int{i + 1, i + 1} {
			t.Errorf("row %d is %+v", i, r)
		}
	}
}

// Without TIME_WAIT the runs part where the peer's FIN arrives: the same segment, another state.
func TestFirstDifferenceOfABookWithoutTimeWait(t *testing.T) {
	a := changed(book("linux"))
	b := changed(book("linux+no-time-wait"))
	c := Compare(a, b)
	want, ok := a.Find(Moment{Host: 0, Var: -1, Event: Enters, State: tcp.TimeWait})
	if !ok || c.First != want || c.Rows[c.First].Diff != Outcome || c.Rows[c.First].Step != [2]int{want, want} {
		t.Fatalf("the runs part at %d (%+v), want %d", c.First, c.Rows[c.First], want)
	}
	last := c.Rows[len(c.Rows)-1]
	if last.Diff != Alone || last.Step[1] >= 0 || a.Step(last.Step[0]).Timer != tcp.TimeWaitTimer {
		t.Errorf("the last row is %+v, want the end of TIME_WAIT in the first run alone", last)
	}
}

// A segment that is lost in one run stands in the row in which it arrives in the other.
func TestALostSegmentStandsBesideItsTwin(t *testing.T) {
	lost := changed(func(p *Program) {
		p.Moments = []Moment{{Host: 0, Var: -1, Event: Sends, Seg: tcp.KindSYN, N: 1}}
		p.Faults = []Fault{{Kind: Drop}}
	})
	c := Compare(changed(book("linux")), lost)
	arrives, _ := lost.Find(Moment{Host: 0, Var: -1, Event: Loses, Seg: tcp.KindSYN})
	r := c.Rows[c.Row(1, arrives)]
	if r.Diff != Outcome || r.Step[0] < 0 || c.Runs[0].Step(r.Step[0]).Cause != CauseArrive {
		t.Errorf("beside the loss stands %+v", r)
	}
}

// A smaller window is a detail: nothing else comes of it here.
func TestAnotherNumberIsADetail(t *testing.T) {
	c := Compare(changed(book("linux")), changed(func(p *Program) {
		knob, _ := tcp.ParseSysctl("net.ipv4.tcp_window_scaling")
		p.Hosts[1].Sysctl = []Setting{{Knob: knob, Value: 0}}
	}))
	if c.First < 0 || c.Rows[c.First].Diff != Detail {
		t.Fatalf("the first difference is row %d", c.First)
	}
	for i, r := range c.Rows {
		if r.Diff > Detail {
			t.Errorf("row %d is %+v", i, r)
		}
	}
}

// A rule's name makes no difference by itself.
func TestARuleByAnotherNameIsTheSame(t *testing.T) {
	a := Step{Facts: []tcp.Fact{{Kind: tcp.RuleApplied, Rule: 1}, {Kind: tcp.Changed, Rule: 1, To: 2}}}
	b := Step{Facts: []tcp.Fact{{Kind: tcp.RuleApplied, Rule: 3}, {Kind: tcp.RuleApplied, Rule: 2}, {Kind: tcp.Changed, Rule: 2, To: 2}}}
	if difference(&a, &b) != Same {
		t.Error("another rule with the same effect is a difference")
	}
	b.Facts[2].To = 3
	if difference(&a, &b) != Outcome {
		t.Error("another effect is none")
	}
	b.Facts = b.Facts[:2]
	if difference(&a, &b) != Outcome {
		t.Error("a missing effect is none")
	}
}

// Whatever the two runs are: every step of each has one row, rows go forward in time, a pair shares its instant, and before the first
// difference the runs go step by step together.
func TestEveryStepHasItsRow(t *testing.T) {
	for seed := range uint64(60) {
		p := randomProgram(seed)
		q := *p
		q.Hosts = append([]HostSpec(nil), p.Hosts...)
		switch seed % 3 {
		case 0:
			q.Hosts[0].Book, q.Hosts[1].Book = "linux+no-delayed-ack", "linux+no-delayed-ack"
		case 1:
			q.Faults = nil
		default:
			q = *randomProgram(seed + 1000)
		}
		aligned(t, Compare(NewTimeline(p), NewTimeline(&q)))
	}
}

func aligned(t *testing.T, c *Comparison) {
	t.Helper()
	next := [2]int{}
	at := tcp.Time(0)
	for i, r := range c.Rows {
		if r.At < at || r.Step == [2]int{-1, -1} {
			t.Fatalf("row %d is %+v after one at %v", i, r, at)
		}
		at = r.At
		for side, step := range r.Step {
			if step < 0 {
				continue
			}
			if step != next[side] || c.Runs[side].Step(step).At != at || c.Row(side, step) != i {
				t.Fatalf("row %d: step %d of run %d, want %d", i, step, side, next[side])
			}
			next[side]++
		}
		if r.Done != next {
			t.Fatalf("row %d: done %v, want %v", i, r.Done, next)
		}
		if before := c.First < 0 || i < c.First; before != (r.Diff == Same && r.Step == [2]int{i, i}) && before {
			t.Fatalf("row %d lies before the first difference and is %+v", i, r)
		}
	}
	if next != [2]int{c.Runs[0].Len(), c.Runs[1].Len()} {
		t.Fatalf("%v steps have rows of %d and %d", next, c.Runs[0].Len(), c.Runs[1].Len())
	}
	if first := FirstDifference(c.Runs[0], c.Runs[1]); c.First >= 0 && (first != c.First || c.Rows[first].Diff == Same) {
		t.Fatalf("the first difference is step %d and row %d", first, c.First)
	}
}

// Many steps at one instant that have nothing in common still end.
func TestAnInstantWithoutATwin(t *testing.T) {
	c := Compare(changed(func(p *Program) {
		for range 100 {
			p.Threads[0].Lines = append(p.Threads[0].Lines, p.Threads[0].Lines[0])
		}
	}), changed(func(p *Program) { p.Threads = p.Threads[1:] }))
	aligned(t, c)
}

// Changes tells what was changed and nothing else.
func TestChangesOfAProgram(t *testing.T) {
	p := textbook("linux", time.Second)
	for _, test := range []struct {
		change func(p *Program)
		want   Change
	}{
		{func(*Program) {}, 0},
		{book("rfc9293"), ChangedBook},
		{func(p *Program) { p.Hosts[1].Sysctl = []Setting{{}} }, ChangedSysctl},
		{func(p *Program) { p.Links[0].Delay++ }, ChangedLink},
		{func(p *Program) { p.Moments, p.Faults = []Moment{{}}, []Fault{{}} }, ChangedFault},
		{func(p *Program) { p.Threads[0].Lines = p.Threads[0].Lines[1:] }, ChangedProgram},
		{func(p *Program) { p.Threads[0].Lines[0].Pos++ }, 0},
		{func(p *Program) { p.Seed++ }, ChangedOther},
		{func(p *Program) { book("rfc9293")(p); p.Links[0].Delay++ }, ChangedBook | ChangedLink},
	} {
		q := textbook("linux", time.Second)
		test.change(q)
		if got := Changes(p, q); got != test.want {
			t.Errorf("Changes is %b, want %b", got, test.want)
		}
	}
}

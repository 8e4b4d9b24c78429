package sim

import "tcptutor/tcp"

// stride is how many steps lie between two checkpoints: going anywhere costs a copy and at most so many steps.
const stride = 256

// Stop says why a timeline ends.
type Stop uint8

// The ends.
const (
	StopQuiet Stop = iota // nothing is left to happen
	StopSteps             // the limit of steps
	StopTime              // the limit of simulated time
)

// Timeline is a run that can be run again: a program and the worlds it goes through. It goes forward, back, anywhere, and
// can be forked. It keeps a checkpoint every stride steps and replays between them; the stretch being read is kept
// as steps, so neighbours are cheap. It is not safe for use by several goroutines.
type Timeline struct {
	program *Program
	parent  *Timeline // where the first steps are to be read; nil for a run from the beginning
	base    int       // how many steps are the parent's

	checkpoints []*World // [i] is the world after base + i*stride steps
	frontier    *World   // the furthest world reached
	reached     int      // steps taken to get there
	ended       bool
	stop        Stop

	cursor   *World // a world for View
	cursorAt int    // steps it has taken; -1 when it holds none
	chunk    []Step // steps [chunkAt, chunkAt+chunkLen)
	chunkAt  int
	chunkLen int
	scratch  Step
}

// NewTimeline makes the run of a program. Nothing is run before it is asked for.
func NewTimeline(p *Program) *Timeline {
	return startTimeline(p, NewWorld(p), nil, 0)
}

func startTimeline(p *Program, w *World, parent *Timeline, base int) *Timeline {
	t := &Timeline{program: p, parent: parent, base: base, reached: base, frontier: w, cursorAt: -1, chunkAt: -1}
	t.checkpoints = []*World{w.clone()}
	return t
}

func (w *World) clone() *World {
	c := new(World)
	w.CopyInto(c)
	return c
}

// Fork makes a timeline that shares the first n steps of t and goes on by program p, which must have the same hosts,
// threads and variables: a what-if. Faults and moments may be others: they count what the first n steps have brought.
func (t *Timeline) Fork(n int, p *Program) *Timeline {
	w := t.View(n).clone()
	if p != t.program {
		w.recount(t, n, p)
	}
	return startTimeline(p, w, t, n)
}

// recount makes the counts of moments and faults those of another program, as if the first n steps had been run by it.
func (w *World) recount(t *Timeline, n int, p *Program) {
	w.Hits = make([]int32, len(p.Moments))
	for i := range p.Moments {
		w.Hits[i] = int32(t.Count(p.Moments[i], n))
	}
	w.Seen = make([]int32, len(p.Faults))
	for i := range p.Faults {
		if p.Faults[i].Chance == 0 {
			w.Seen[i] = w.Hits[p.Faults[i].Moment]
		}
	}
}

// Program is the text the run goes by.
func (t *Timeline) Program() *Program { return t.program }

// Len runs to the end, if it has not yet, and returns the number of steps.
func (t *Timeline) Len() int {
	for t.extend() {
	}
	return t.reached
}

// Stopped runs to the end and says why it is one.
func (t *Timeline) Stopped() Stop {
	t.Len()
	return t.stop
}

// extend takes one more step at the frontier; false at the end.
func (t *Timeline) extend() bool {
	if t.ended {
		return false
	}
	next := t.frontier.Next(t.program)
	switch {
	case next == tcp.Never:
		t.ended, t.stop = true, StopQuiet
	case t.reached >= t.program.Limits.Steps:
		t.ended, t.stop = true, StopSteps
	case next > t.program.Limits.Time:
		t.ended, t.stop = true, StopTime
	}
	if t.ended {
		return false
	}
	t.frontier.Step(t.program, &t.scratch)
	t.reached++
	if (t.reached-t.base)%stride == 0 {
		t.checkpoints = append(t.checkpoints, t.frontier.clone())
	}
	return true
}

// Has reports whether there is a step i, running no further than it needs to know.
func (t *Timeline) Has(i int) bool {
	for t.reached <= i {
		if !t.extend() {
			return false
		}
	}
	return i >= 0
}

// Step is step i. See Run.
func (t *Timeline) Step(i int) *Step {
	if i < t.base {
		return t.parent.Step(i)
	}
	if t.chunkAt < 0 || i < t.chunkAt || i >= t.chunkAt+t.chunkLen {
		t.load(i)
	}
	return &t.chunk[i-t.chunkAt]
}

// load replays the stretch between two checkpoints that step i lies in.
func (t *Timeline) load(i int) {
	if !t.Has(i) {
		panic("sim: step beyond the end of the run")
	}
	c := (i - t.base) / stride
	t.chunkAt = t.base + c*stride
	t.Has(t.chunkAt + stride - 1)
	t.chunkLen = min(stride, t.reached-t.chunkAt)
	for len(t.chunk) < t.chunkLen {
		t.chunk = append(t.chunk, Step{})
	}
	var w World
	t.checkpoints[c].CopyInto(&w)
	for k := range t.chunkLen {
		w.Step(t.program, &t.scratch)
		t.scratch.copyInto(&t.chunk[k])
	}
}

// copyInto makes dst the same step, with its own memory and without the engine's buffers.
func (s *Step) copyInto(dst *Step) {
	sent, facts := dst.Sent[:0], dst.Facts[:0]
	*dst = *s
	dst.turn = tcp.Turn{}
	dst.Sent = append(sent, s.Sent...)
	dst.Facts = append(facts, s.Facts...)
}

// View is the world after i steps. See Run.
func (t *Timeline) View(i int) *World {
	if i < t.base {
		return t.parent.View(i)
	}
	if i > t.base && !t.Has(i-1) {
		panic("sim: view beyond the end of the run")
	}
	if t.cursor == nil {
		t.cursor = new(World)
	}
	c := (i - t.base) / stride
	if at := t.base + c*stride; t.cursorAt < at || t.cursorAt > i {
		t.checkpoints[c].CopyInto(t.cursor)
		t.cursorAt = at
	}
	for t.cursorAt < i {
		t.cursor.Step(t.program, &t.scratch)
		t.cursorAt++
	}
	return t.cursor
}

// Find returns the step in which the moment happens for the N-th time (N = 0: the first).
func (t *Timeline) Find(m Moment) (int, bool) { return Find(t, m) }

// Count returns how often the moment happens in steps [0, upTo).
func (t *Timeline) Count(m Moment, upTo int) int { return Count(t, m, upTo) }

// Find looks through a run for the step in which the moment happens for the N-th time (N = 0: the first).
func Find(r Run, m Moment) (int, bool) {
	left := max(m.N, 1)
	for i, n := 0, r.Len(); i < n; i++ {
		if left -= m.in(r, i); left <= 0 {
			return i, true
		}
	}
	return 0, false
}

// Count counts how often the moment happens in steps [0, upTo) of a run.
func Count(r Run, m Moment, upTo int) int {
	n := 0
	for i := range upTo {
		n += m.in(r, i)
	}
	return n
}

// CountIn counts how often the moment happens in step i of a run.
func CountIn(r Run, m Moment, i int) int { return m.in(r, i) }

// in counts the moment in step i. The world is looked at only where WHO needs it.
func (m *Moment) in(r Run, i int) int {
	if m.Var < 0 && m.Child == 0 {
		return m.Matches(r.Program(), nil, r.Step(i))
	}
	return m.Matches(r.Program(), r.View(i+1), r.Step(i))
}

// Recording is a run that can't be run again: of a real kernel, of a live peer. Views[i] is what was known after i steps.
type Recording struct {
	Text  *Program
	Steps []Step
	Views []World
}

// Program is the text that names the recording's hosts and variables.
func (r *Recording) Program() *Program { return r.Text }

// Len is the number of steps recorded.
func (r *Recording) Len() int { return len(r.Steps) }

// Step is step i. See Run.
func (r *Recording) Step(i int) *Step { return &r.Steps[i] }

// View is what was known after i steps. See Run.
func (r *Recording) View(i int) *World { return &r.Views[i] }

// Record takes down a run as a Recording.
func Record(r Run) *Recording {
	n := r.Len()
	rec := &Recording{Text: r.Program(), Steps: make([]Step, n), Views: make([]World, n+1)}
	for i := range n {
		r.Step(i).copyInto(&rec.Steps[i])
	}
	for i := range n + 1 {
		r.View(i).CopyInto(&rec.Views[i])
	}
	return rec
}

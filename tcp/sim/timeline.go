package sim

import (
	"slices"

	"time"

	"tcptutor/tcp"
)

// stride is how many steps lie between two checkpoints, and how many are kept as steps: going anywhere costs two copies and at most twice
// so many steps.
const stride = 128

// mostRemembered is how many bytes all checkpoints of a timeline may take. Where they would take more, every other one is forgotten, and
// going anywhere costs more steps.
const mostRemembered = 32 << 20

// Stop says why a timeline ends.
type Stop uint8

// The ends.
const (
	StopQuiet Stop = iota // nothing is left to happen
	StopSteps             // the limit of steps
	StopTime              // the limit of simulated time
)

// Timeline is a run that can be run again: a program and the worlds it goes through. It goes forward, back, anywhere, and
// can be forked. It keeps a checkpoint every so many steps and replays between them; the stretch being read is kept
// as steps, so neighbours are cheap. It is not safe for use by several goroutines.
type Timeline struct {
	program *Program
	parent  *Timeline // where the first steps are to be read; nil for a run from the beginning
	base    int       // how many steps are the parent's

	checkpoints []*World // [i] is the world after base + i*apart steps
	apart       int      // a multiple of stride
	remembered  int      // bytes that they take
	frontier    *World   // the furthest world reached
	reached     int      // steps taken to get there
	ended       bool
	stop        Stop

	cursor   place    // for View
	replay   place    // for Step
	chunk    []Step   // steps [chunkAt, chunkAt+chunkLen)
	sent     []Packet // of all of them
	facts    []tcp.Fact
	chunkAt  int
	chunkLen int
	scratch  Step
}

// place is a world on its way through the run.
type place struct {
	world *World
	at    int // steps it has taken; -1 when it holds none
}

// NewTimeline makes the run of a program. Nothing is run before it is asked for.
func NewTimeline(p *Program) *Timeline {
	return startTimeline(p, NewWorld(p), nil, 0)
}

func startTimeline(p *Program, w *World, parent *Timeline, base int) *Timeline {
	t := &Timeline{program: p, parent: parent, base: base, reached: base, frontier: w, apart: stride, chunkAt: -1}
	t.cursor, t.replay = place{new(World), -1}, place{new(World), -1}
	t.remember()
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
	next := t.frontier.Next()
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
	if (t.reached-t.base)%t.apart == 0 {
		t.remember()
	}
	return true
}

// remember makes the frontier a checkpoint.
func (t *Timeline) remember() {
	t.checkpoints = append(t.checkpoints, t.frontier.clone())
	t.remembered += t.frontier.size()
	for t.remembered > mostRemembered && len(t.checkpoints) > 2 {
		t.apart *= 2
		kept := t.checkpoints[:0]
		t.remembered = 0
		for i := 0; i < len(t.checkpoints); i += 2 {
			kept = append(kept, t.checkpoints[i])
			t.remembered += t.checkpoints[i].size()
		}
		clear(t.checkpoints[len(kept):])
		t.checkpoints = kept
	}
}

// bring takes a place to the world after i steps.
func (t *Timeline) bring(p *place, i int) {
	c := (i - t.base) / t.apart
	if at := t.base + c*t.apart; p.at < at || p.at > i {
		t.checkpoints[c].CopyInto(p.world)
		p.at = at
	}
	for ; p.at < i; p.at++ {
		p.world.Step(t.program, &t.scratch)
	}
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

// load replays the stretch that step i lies in.
func (t *Timeline) load(i int) {
	if !t.Has(i) {
		panic("sim: step beyond the end of the run")
	}
	t.chunkAt = i - (i-t.base)%stride
	t.Has(t.chunkAt + stride - 1)
	t.chunkLen = min(stride, t.reached-t.chunkAt)
	t.chunk = append(t.chunk, make([]Step, max(t.chunkLen-len(t.chunk), 0))...)
	t.sent, t.facts = t.sent[:0], slices.Grow(t.facts[:0], 8*t.chunkLen) // about as many as there will be
	t.bring(&t.replay, t.chunkAt)
	for k := range t.chunkLen {
		t.replay.world.Step(t.program, &t.scratch)
		t.replay.at++
		s := &t.chunk[k]
		*s = t.scratch
		s.turn = nil
		s.Sent = keep(&t.sent, s.Sent)
		s.Facts = keep(&t.facts, s.Facts)
	}
}

// keep copies s to the end of what is kept, and returns the copy.
func keep[T any](kept *[]T, s []T) []T {
	n := len(*kept)
	*kept = append(*kept, s...)
	return (*kept)[n:len(*kept):len(*kept)]
}

// copyInto makes dst the same step, with its own memory and without the engine's buffers.
func (s *Step) copyInto(dst *Step) {
	sent, facts := dst.Sent[:0], dst.Facts[:0]
	*dst = *s
	dst.turn = nil
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
	t.bring(&t.cursor, i)
	return t.cursor.world
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
	Late  []time.Duration // by step: how long after Step.At it was done in truth, by a machine that had other things to do; nil: never
	Left  []Departure     // of segments of what stood in for a host, in order
}

// Departure is when a segment left in truth.
type Departure struct {
	At     tcp.Time
	Answer bool // as something was done to its sender
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

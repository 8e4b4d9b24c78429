package sim

import (
	"errors"
	"fmt"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
)

// Limits of a Simulated: what it does is kept, step by step.
const (
	simulatedSteps   = 20_000 // a script of a thousand lines makes some thousand steps
	simulatedThreads = 64
	simulatedSocks   = 200_000 // sockets in all the worlds that are kept: some hundred megabytes
)

// Simulated is a host of the engine as a Subject: a world with one host, whose wire is the world's open end. All that it does is
// recorded. Its program is written while it runs: each call that is started is one more line of its thread.
type Simulated struct {
	program Program
	world   World
	scratch Step
	steps   []Step
	views   []World
	pending []SubjectEvent // happened, and not yet told by Wait
	kept    int            // sockets in views
	pace    *pace          // what a Paced keeps pace with; nil: things happen when they are due
}

var _ Subject = (*Simulated)(nil)

// NewSimulated makes a host by its specification: its book, its address, its settings. The seed is what its initial numbers, ports and
// timestamps are made from.
func NewSimulated(spec HostSpec, seed uint64) (*Simulated, error) {
	if _, err := tcp.FindBook(spec.Book); err != nil {
		return nil, err
	}
	s := &Simulated{program: Program{
		Seed: seed, Hosts: []HostSpec{spec}, Limits: Limits{Steps: simulatedSteps, Time: tcp.Never - 1},
	}}
	s.world = *NewWorld(&s.program)
	s.keep()
	return s, nil
}

// Now is the present instant. See Subject.
func (s *Simulated) Now() tcp.Time { return s.world.Now }

// Set gives a sysctl a value; the engine takes it at any time. See Subject.
func (s *Simulated) Set(knob tcp.Sysctl, value int64) error {
	if knob >= tcp.NumSysctls {
		return fmt.Errorf("there is no sysctl %d", knob)
	}
	s.world.Hosts[0].Sysctl[knob] = value
	return nil
}

// Start begins a system call of a thread, here and now. See Subject.
func (s *Simulated) Start(thread int, c host.Call) error {
	last := int64(thread)
	if c.Op == host.OpFork { // the child's thread has to be there
		last = max(last, c.A)
	}
	if last >= simulatedThreads {
		return fmt.Errorf("thread %d: there can be %d", last, simulatedThreads)
	}
	for int64(len(s.program.Threads)) <= last {
		s.addThread()
	}
	t := &s.world.Threads[thread]
	if !t.Over {
		return fmt.Errorf("thread %d begins %v() inside %v()", thread, c.Op, s.world.task(&s.program, thread).Call.Op)
	}
	spec := &s.program.Threads[thread]
	line := len(spec.Lines)
	spec.Lines = append(spec.Lines, Line{Call: c, FDVar: -1, Assign: -1, When: -1})
	t.Over = false
	s.world.schedule(&s.program)
	t.order, s.world.first = 0, int32(thread) // before calls of other threads that are ready to return
	return s.until(func() bool { return t.Inside || int(t.Line) > line || t.Over })
}

func (s *Simulated) addThread() {
	name := s.program.Hosts[0].Name
	if n := len(s.program.Threads); n > 0 {
		name = fmt.Sprintf("%s/%d", name, n+1)
	}
	s.program.Threads = append(s.program.Threads, ThreadSpec{Name: name})
	h := &s.world.Hosts[0]
	s.world.Threads = append(s.world.Threads, Thread{Task: int32(len(h.Tasks)), Over: true, at: tcp.Never})
	h.Tasks = append(h.Tasks, host.Task{})
}

// Inject lets a segment arrive, here and now. See Subject.
func (s *Simulated) Inject(seg tcp.Segment) error {
	if !s.world.Inject(seg) {
		return fmt.Errorf("the segment is addressed to %v, and the host is %v", seg.Dst.Addr, s.program.Hosts[0].Addr)
	}
	id := s.world.packets
	return s.until(func() bool { return s.scratch.Packet.ID == id })
}

// Unreachable lets the host hear by ICMP, here and now, that a segment of its could not be delivered. See Subject.
func (s *Simulated) Unreachable(seg tcp.Segment, code tcp.Unreachable) error {
	if seg.Src.Addr != s.program.Hosts[0].Addr {
		return fmt.Errorf("the segment came from %v, and the host is %v", seg.Src.Addr, s.program.Hosts[0].Addr)
	}
	w := &s.world
	w.packets++
	id := w.packets
	w.push(&Packet{ID: id, Seg: seg, From: OpenEnd, SentAt: w.Now, ArriveAt: w.Now, notice: true, code: code})
	return s.until(func() bool { return s.scratch.Packet.ID == id })
}

// until takes steps, all of them of the present instant, until done says that the one that mattered has been taken.
func (s *Simulated) until(done func() bool) error {
	for {
		if err := s.step(); err != nil {
			return err
		}
		if done() {
			return nil
		}
	}
}

// Wait lets time pass until something can be told. See Subject.
func (s *Simulated) Wait(until tcp.Time, events []SubjectEvent) ([]SubjectEvent, error) {
	return s.wait(until, until, events)
}

// WaitBefore is Wait that leaves undone what would happen by itself at the instant, so that what the caller does then comes first.
func (s *Simulated) WaitBefore(until tcp.Time, events []SubjectEvent) ([]SubjectEvent, error) {
	return s.wait(until, until-1, events)
}

// wait lets happen what happens up to last, and time pass until `until`.
func (s *Simulated) wait(until, last tcp.Time, events []SubjectEvent) ([]SubjectEvent, error) {
	for len(s.pending) == 0 {
		if next := s.next().at; next == tcp.Never || next > last {
			break
		}
		if err := s.step(); err != nil {
			return events, err
		}
	}
	if len(s.pending) == 0 && until != tcp.Never {
		s.pass(until)
	}
	events = append(events, s.pending...)
	s.pending = s.pending[:0]
	return events, nil
}

// reach lets time pass to an instant before which nothing happens. See punctual.
func (s *Simulated) reach(at tcp.Time) { s.pass(at) }

// once lets one thing happen that is due. See punctual.
func (s *Simulated) once() error {
	if s.next().at > s.world.Now {
		return nil
	}
	return s.step()
}

// errLong ends a subject that goes on and on.
var errLong = errors.New("too much happens: it was stopped")

// next is what happens next.
func (s *Simulated) next() event {
	if s.pace != nil {
		return s.keepPace()
	}
	return s.world.next()
}

// pass lets time pass to an instant before which nothing happens.
func (s *Simulated) pass(to tcp.Time) {
	if to > s.world.Now && s.next().at >= to {
		s.world.Now = to
	}
}

// step takes the world's next step, keeps it, and notes what can be told of it.
func (s *Simulated) step() error {
	if len(s.steps) >= simulatedSteps || s.kept >= simulatedSocks {
		return errLong
	}
	e := s.next()
	if e.at == tcp.Never {
		return errors.New("nothing is left to happen")
	}
	st := &s.scratch
	s.world.take(&s.program, st, e)
	if s.pace != nil {
		s.pace.look(&s.world.Hosts[0], s.world.Now)
	}
	s.steps = append(s.steps, Step{})
	st.copyInto(&s.steps[len(s.steps)-1])
	s.keep()
	for i := range st.Sent {
		s.pending = append(s.pending, SubjectEvent{At: st.At, Sent: true, Seg: st.Sent[i].Seg})
	}
	if st.Returned {
		s.pending = append(s.pending, SubjectEvent{At: st.At, Thread: int(st.Thread), Call: st.Call, Result: st.Result})
	}
	return nil
}

func (s *Simulated) keep() {
	s.views = append(s.views, World{})
	s.world.CopyInto(&s.views[len(s.views)-1])
	s.kept += len(s.world.Hosts[0].Socks)
}

// Look copies the host. See Subject.
func (s *Simulated) Look(h *host.Host) error {
	s.world.Hosts[0].CopyInto(h)
	return nil
}

// Close has nothing to give back. See Subject.
func (s *Simulated) Close() error { return nil }

// Steps is how many steps were taken so far: the length of the recording.
func (s *Simulated) Steps() int { return len(s.steps) }

// Recording is all that happened so far, to be read as any run: the host's name, its calls and its facts.
func (s *Simulated) Recording() *Recording {
	p := s.program
	r := &Recording{Text: &p, Steps: s.steps, Views: s.views}
	for i := range r.Views { // a thread that came later has always been there, and had nothing to do
		w := &r.Views[i]
		for k := len(w.Threads); k < len(p.Threads); k++ {
			w.Threads = append(w.Threads, Thread{Task: s.world.Threads[k].Task, Over: true, at: tcp.Never})
			w.Hosts[0].Tasks = append(w.Hosts[0].Tasks, host.Task{})
		}
	}
	return r
}

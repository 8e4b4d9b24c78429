package sim

import (
	"slices"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
)

// Paced is a host of the engine that keeps pace with a recording of another subject, in whose place it stands in: what was done late to
// that one is done as late to this one, in the same order.
//
//	                 recorded                     here
//	its calls        really begun, of a thread    the same call of the thread, no sooner
//	its arrivals     really heard, from a sender  the same arrival from the sender, no sooner
//	a call's return  seen, after it had waited    the same return, no sooner, within a machine's lateness
//	its timers       seen to fire                 at such an instant, within a timer's coarseness
//
// What it does then is its own affair. A run with it is a function of the program and the recording.
type Paced struct{ subject Simulated }

var _ Subject = (*Paced)(nil)

// NewPaced makes a host by its specification, as NewSimulated does, that keeps pace with what stood in for a host in a recording.
func NewPaced(rec *Recording, h int) (*Paced, error) {
	s, err := NewSimulated(rec.Text.Hosts[h], rec.Text.Seed)
	if err != nil {
		return nil, err
	}
	s.pace = newPace(rec, h)
	return &Paced{*s}, nil
}

// Now is the present instant. See Subject.
func (p *Paced) Now() tcp.Time { return p.subject.Now() }

// Set gives a sysctl a value. See Subject.
func (p *Paced) Set(knob tcp.Sysctl, value int64) error { return p.subject.Set(knob, value) }

// Start begins a system call of a thread when the other subject's began. See Subject.
func (p *Paced) Start(thread int, c host.Call) error {
	if err := p.subject.late(p.subject.pace.call(thread)); err != nil {
		return err
	}
	return p.subject.Start(thread, c)
}

// Inject lets a segment arrive when the other subject heard it. See Subject.
func (p *Paced) Inject(seg tcp.Segment) error {
	if err := p.subject.late(p.subject.pace.arrival(seg.Src.Addr)); err != nil {
		return err
	}
	return p.subject.Inject(seg)
}

// Wait lets time pass until something can be told. See Subject.
func (p *Paced) Wait(until tcp.Time, events []SubjectEvent) ([]SubjectEvent, error) {
	return p.subject.Wait(until, events)
}

// Look copies the host. See Subject.
func (p *Paced) Look(h *host.Host) error { return p.subject.Look(h) }

// Close has nothing to give back. See Subject.
func (p *Paced) Close() error { return nil }

// late lets time pass to an instant, and what happens before it happen.
func (s *Simulated) late(at tcp.Time) error {
	for s.next().at < at {
		if err := s.step(); err != nil {
			return err
		}
	}
	s.pass(at)
	return nil
}

// pace is when things were really done to a subject, and when it did things by itself.
type pace struct {
	calls   []record // by thread of the subject's
	senders []sender
	alone   []tcp.Time // it sent something that was no answer, in order
}

// record is what is known of a thread's calls.
type record struct {
	begun    []tcp.Time // by call
	returned []tcp.Time // by call: 0 for one that did not wait, or waits still
	n        int        // calls begun here
}

// sender is an address that segments come from, and when they were heard.
type sender struct {
	addr  tcp.Addr
	heard []tcp.Time
	n     int // heard here
}

// newPace reads a recording.
func newPace(rec *Recording, h int) *pace {
	p := new(pace)
	for i := range rec.Steps {
		s := &rec.Steps[i]
		if int(s.Host) != h {
			continue
		}
		done := s.At
		if rec.Late != nil {
			done = done.Add(rec.Late[i])
		}
		switch s.Cause {
		case CauseArrive:
			from := p.sender(s.Packet.Seg.Src.Addr)
			from.heard = append(from.heard, done)
		case CauseCall:
			of := p.thread(int(rec.Views[i].Threads[s.Thread].Task))
			of.begun, of.returned = append(of.begun, done), append(of.returned, 0)
		case CauseReturn:
			of := p.thread(int(rec.Views[i].Threads[s.Thread].Task))
			of.returned[len(of.returned)-1] = done
		}
		if s.Cause == CauseTimer && len(s.Sent) > 0 {
			p.alone = append(p.alone, s.At)
		}
	}
	return p
}

func (p *pace) thread(n int) *record {
	for len(p.calls) <= n {
		p.calls = append(p.calls, record{})
	}
	return &p.calls[n]
}

func (p *pace) sender(a tcp.Addr) *sender {
	i := slices.IndexFunc(p.senders, func(s sender) bool { return s.addr == a })
	if i < 0 {
		i = len(p.senders)
		p.senders = append(p.senders, sender{addr: a})
	}
	return &p.senders[i]
}

// call is when the next call of a thread is to begin; 0 when nothing is known.
func (p *pace) call(thread int) tcp.Time {
	of := p.thread(thread)
	of.n++
	return nth(of.begun, of.n)
}

// arrival is when the next segment of a sender is to be heard; 0 when nothing is known.
func (p *pace) arrival(from tcp.Addr) tcp.Time {
	s := p.sender(from)
	s.n++
	return nth(s.heard, s.n)
}

func nth(list []tcp.Time, n int) tcp.Time {
	if n > len(list) {
		return 0
	}
	return list[n-1]
}

// awake is how much later than it could a thread may come back from a call: a machine's lateness.
const awake = 25 * time.Millisecond

// resume is when a thread that could come back from its call now does so.
func (p *pace) resume(thread int, now tcp.Time) tcp.Time {
	of := p.thread(thread)
	if at := nth(of.returned, max(of.n, 1)); at > now && at <= now.Add(awake) {
		return at
	}
	return now
}

// Kernels' timers are late by up to two ticks, and by an eighth of their time: their wheel has a coarser cog the longer they run
// (kernel/time/timer.c).
const (
	ticks  = 8 * time.Millisecond
	coarse = 8
)

// fire is when a timer that is due at an instant, and has run at least since another, fires.
func (p *pace) fire(due, since tcp.Time) tcp.Time {
	i, _ := slices.BinarySearch(p.alone, due)
	if i < len(p.alone) && p.alone[i] <= due.Add(max(ticks, due.Since(since)/coarse)) {
		return p.alone[i]
	}
	return due
}

// keepPace makes what is to happen by itself happen when it did at the other subject.
func (s *Simulated) keepPace() event {
	w := &s.world
	for i := range w.Threads {
		if t := &w.Threads[i]; t.Inside && t.at <= w.Now {
			t.Wake = max(t.Wake, s.pace.resume(i, w.Now))
		}
	}
	w.schedule(&s.program)
	e := w.nextBut(0)
	if due := w.Hosts[0].Next(); due < e.at {
		if at := max(s.pace.fire(due, s.since), w.Now); at < e.at {
			return event{at, timers, 0}
		}
	}
	return e
}

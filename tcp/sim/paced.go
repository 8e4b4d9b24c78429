package sim

import (
	"cmp"
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
//	its timers       a segment is seen to leave   then, or as late as a kernel's may fire
//
// What it does then is its own affair. A run with it is a function of the program and the recording.
type Paced struct{ subject Simulated }

var _ Subject = (*Paced)(nil)

// NewPaced makes a host by its specification, as NewSimulated does, that keeps pace with what stood in for a host in a recording. What left
// that one as something was done to it may have been the answer, or a timer's; alone says that it was the answer, and no timer fired then.
func NewPaced(rec *Recording, h int, alone bool) (*Paced, error) {
	s, err := NewSimulated(rec.Text.Hosts[h], rec.Text.Seed)
	if err != nil {
		return nil, err
	}
	s.pace = newPace(rec, h, alone)
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

// Unreachable lets ICMP arrive when the other subject heard it. See Subject.
func (p *Paced) Unreachable(seg tcp.Segment, code tcp.Unreachable) error {
	if err := p.subject.late(p.subject.pace.arrival(router)); err != nil {
		return err
	}
	return p.subject.Unreachable(seg, code)
}

// Wait lets time pass until something can be told. See Subject.
func (p *Paced) Wait(until tcp.Time, events []SubjectEvent) ([]SubjectEvent, error) {
	return p.subject.Wait(until, events)
}

// reach lets time pass to an instant before which nothing happens. See led.
func (p *Paced) reach(at tcp.Time) { p.subject.pass(at) }

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
	left    []tcp.Time // a segment left, in order
	running []clock    // by socket, then by timer
}

// clock is a timer that runs.
type clock struct {
	conn       int32
	timer      tcp.Timer
	since, due tcp.Time
}

func (c clock) compare(d clock) int {
	return cmp.Or(cmp.Compare(c.conn, d.conn), cmp.Compare(c.timer, d.timer))
}

// record is what is known of a thread's calls.
type record struct {
	begun    []tcp.Time // by call
	returned []tcp.Time // by call: 0 for one that did not wait, or waits still
	n        int        // calls begun here
}

// router is whoever sends ICMP.
var router tcp.Addr

// sender is an address that segments come from, and when they were heard.
type sender struct {
	addr  tcp.Addr
	heard []tcp.Time
	n     int // heard here
}

// newPace reads a recording.
func newPace(rec *Recording, h int, alone bool) *pace {
	p := new(pace)
	for _, d := range rec.Left {
		if !alone || !d.Answer {
			p.left = append(p.left, d.At)
		}
	}
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
		case CauseUnreachable:
			from := p.sender(router)
			from.heard = append(from.heard, done)
		case CauseCall:
			of := p.thread(int(rec.Views[i].Threads[s.Thread].Task))
			of.begun, of.returned = append(of.begun, done), append(of.returned, 0)
		case CauseReturn:
			of := p.thread(int(rec.Views[i].Threads[s.Thread].Task))
			of.returned[len(of.returned)-1] = done
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

// jiffy is the tick of a kernel's clock, as most are built (CONFIG_HZ=250).
const jiffy = 4 * time.Millisecond

// Lateness is how late a kernel's timer may be that has run so long: its wheel has cogs of one tick for 63 of them, of eight times that for
// eight times as long, and so on (kernel/time/timer.c), and a timer is put before the next one.
func Lateness(ran time.Duration) time.Duration {
	cog := jiffy
	for span := 63 * jiffy; ran > span; span *= 8 {
		cog *= 8
	}
	return cog + jiffy
}

// look notes since when timers run.
func (p *pace) look(h *host.Host, now tcp.Time) {
	var running []clock
	for s := range h.Live {
		for timer, due := range s.TCB.Timer {
			if due == 0 {
				continue
			}
			c := clock{s.ID, tcp.Timer(timer), now, due}
			if i, known := slices.BinarySearchFunc(p.running, c, clock.compare); known && p.running[i].due == due {
				c.since = p.running[i].since
			}
			running = append(running, c)
		}
	}
	slices.SortFunc(running, clock.compare)
	p.running = running
}

// fire is when the timer fires that is due first: when something left the other subject, or as late as a kernel's may. There it may have
// been put off meanwhile. An acknowledgement that waits for the next tick does not wait a whole one.
func (p *pace) fire(due tcp.Time) tcp.Time {
	late, early := time.Duration(0), time.Duration(0)
	for i := range p.running {
		if c := &p.running[i]; c.due == due {
			late = max(late, Lateness(due.Since(c.since)))
			if wait := due.Since(c.since); c.timer == tcp.DelayedAckTimer && wait <= jiffy {
				early = wait
			}
		}
	}
	at := due.Add(late)
	if i, _ := slices.BinarySearch(p.left, due.Add(-max(early, jiffy))); i < len(p.left) {
		at = min(at, p.left[i])
	}
	return max(at, due.Add(-early))
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
	if due := w.Hosts[0].Next(); due != tcp.Never {
		if at := max(s.pace.fire(due), w.Now); at < e.at {
			return event{at, timers, 0}
		}
	}
	return e
}

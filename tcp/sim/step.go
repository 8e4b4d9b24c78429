package sim

import (
	"tcptutor/tcp"
	"tcptutor/tcp/host"
)

// class orders what happens at one instant: arrivals, then calls, then timers.
type class uint8

const (
	arrivals class = iota
	calls
	timers
)

// event is a candidate for the next step.
type event struct {
	at    tcp.Time
	class class
	host  int
	order uint32
	index int // thread, for calls
}

func (e event) before(f event) bool {
	switch {
	case e.at != f.at:
		return e.at < f.at
	case e.class != f.class:
		return e.class < f.class
	case e.host != f.host:
		return e.host < f.host
	}
	return e.order < f.order
}

// next finds what happens next: the earliest by time, class, host and order of scheduling. Its time is tcp.Never when
// nothing is left to happen.
func (w *World) next(p *Program) event { return w.nextBut(p, AnyHost) }

// nextBut is next, but for the timers of one host that are not this world's to fire; AnyHost when all are.
func (w *World) nextBut(p *Program, but int) event {
	best := event{at: tcp.Never, class: timers}
	if len(w.Wire) > 0 {
		best = event{at: w.Wire[0].ArriveAt, class: arrivals, host: int(w.Wire[0].To)}
	}
	for i := range w.Threads {
		t := &w.Threads[i]
		if t.at > best.at || t.at == best.at && best.class == arrivals {
			continue
		}
		if e := (event{t.at, calls, p.Threads[i].Host, t.order, i}); e.before(best) {
			best = e
		}
	}
	for i := range w.Hosts {
		if at := w.Hosts[i].Next(); at < best.at && i != but {
			best = event{at: at, class: timers, host: i}
		}
	}
	return best
}

// threadTime is when thread i goes on; tcp.Never while something holds it.
func (w *World) threadTime(p *Program, i int) tcp.Time {
	t := &w.Threads[i]
	if t.Over || t.Unborn {
		return tcp.Never
	}
	if t.Inside {
		if w.task(p, i).Ready {
			return w.Now
		}
		return tcp.Never
	}
	line := &p.Threads[i].Lines[t.Line]
	if line.When >= 0 && int(w.Hits[line.When]) < max(p.Moments[line.When].N, 1) {
		return tcp.Never
	}
	return max(t.Wake, w.Now)
}

func (w *World) task(p *Program, thread int) *host.Task {
	return &w.Hosts[p.Threads[thread].Host].Tasks[w.Threads[thread].Task]
}

// Next is the instant of the next step; tcp.Never when nothing is left to happen.
func (w *World) Next(p *Program) tcp.Time { return w.next(p).at }

// Step lets the next thing happen and writes it down in s, whose memory it uses again. It reports false, and changes
// nothing, when nothing is left to happen.
func (w *World) Step(p *Program, s *Step) bool {
	e := w.next(p)
	if e.at == tcp.Never {
		return false
	}
	w.take(p, s, e)
	return true
}

// take lets an event happen.
func (w *World) take(p *Program, s *Step, e event) {
	w.begin(s, e.at)
	switch e.class {
	case arrivals:
		w.stepArrive(s)
	case calls:
		w.stepThread(p, s, e.index)
	case timers:
		s.Cause, s.Host = CauseTimer, uint8(e.host)
		s.Conn, s.Timer = w.Hosts[e.host].Expire(&s.turn, w.Now)
	}
	w.collect(p, s)
}

// begin makes a step ready to be written, at an instant.
func (w *World) begin(s *Step, at tcp.Time) {
	w.Now = at
	w.Steps++
	w.Outside = w.Outside[:0]
	s.clear(at)
}

// clear makes the step ready to be written. The engine's buffers are large and stay as they are.
func (s *Step) clear(now tcp.Time) {
	called := s.Thread >= 0
	s.At, s.Cause, s.Host, s.Conn, s.Thread, s.Line, s.Timer, s.Returned = now, 0, 0, 0, -1, -1, 0, false
	if s.Packet.ID != 0 {
		s.Packet = Packet{}
	}
	if called {
		s.Call, s.Result = host.Call{}, host.Result{}
	}
	s.Sent, s.Facts = s.Sent[:0], s.Facts[:0]
	s.turn.Facts = s.Facts
	s.turn.Reset(now, nil, nil)
}

func (w *World) stepArrive(s *Step) {
	pk := w.pop()
	s.Packet = pk
	if pk.Lost {
		s.Cause, s.Host, s.Conn = CauseLost, pk.From, pk.Conn
		return
	}
	if pk.notice {
		s.Cause, s.Host = CauseUnreachable, pk.To
		s.Conn = w.Hosts[pk.To].Unreachable(&s.turn, w.Now, &pk.Seg, tcp.HostUnreachable)
		return
	}
	s.Cause, s.Host = CauseArrive, pk.To
	s.Conn = w.Hosts[pk.To].Arrive(&s.turn, w.Now, &pk.Seg)
}

// collect takes what the turn has sent and said into the step, puts the segments on the wire, and counts the moments
// that the program waits for.
func (w *World) collect(p *Program, s *Step) {
	x := &s.turn
	s.Facts = x.Facts
	for i := 0; i < len(s.Facts) && len(x.Out) > 0; i++ {
		if f := &s.Facts[i]; f.Kind == tcp.SegmentSent {
			w.send(p, s, x.Out[f.To], f.Conn, x.Again[f.To])
			f.To = int64(len(s.Sent) - 1)
		}
	}
	w.duplicate(s, 0)
	for i := range p.Moments {
		if n := p.Moments[i].Matches(p, w, s); n > 0 {
			w.hit(p, i, int32(n))
		}
	}
	w.schedule(p)
}

// schedule works out when each thread goes on, and gives one that has just become able to its place in the order of
// scheduling.
func (w *World) schedule(p *Program) {
	for i := range w.Threads {
		t := &w.Threads[i]
		t.at = w.threadTime(p, i)
		can := t.at <= w.Now
		if can && !t.runnable {
			w.orders++
			t.order = w.orders
		}
		t.runnable = can
	}
}

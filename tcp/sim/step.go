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
	index int // the thread that goes on; or the host where a segment arrives, or whose timer it is
}

// next finds what happens next: the earliest by time, class, host and order of scheduling. Its time is tcp.Never when
// nothing is left to happen.
func (w *World) next() event { return w.nextBut(AnyHost) }

// nextBut is next, but for the timers of one host that are not this world's to fire; AnyHost when all are.
func (w *World) nextBut(but int) event {
	e := event{at: tcp.Never, class: timers}
	if len(w.Wire) > 0 {
		e = event{w.Wire[0].ArriveAt, arrivals, int(w.Wire[0].To)}
	}
	if len(w.Threads) > 0 && w.Threads[w.first].at < e.at {
		e = event{w.Threads[w.first].at, calls, int(w.first)}
	}
	for i := range w.Hosts {
		if at := w.Hosts[i].Next(); at < e.at && i != but {
			e = event{at, timers, i}
		}
	}
	return e
}

// ahead says whether thread i goes on before thread j.
func (w *World) ahead(p *Program, i, j int) bool {
	a, b := &w.Threads[i], &w.Threads[j]
	if a.at != b.at {
		return a.at < b.at
	}
	if h, k := p.Threads[i].Host, p.Threads[j].Host; h != k {
		return h < k
	}
	return a.order < b.order
}

// threadTime is when a thread goes on; tcp.Never while something holds it.
func (w *World) threadTime(p *Program, t *Thread, spec *ThreadSpec) tcp.Time {
	if t.Over || t.Unborn {
		return tcp.Never
	}
	if t.Inside {
		if w.Hosts[spec.Host].Tasks[t.Task].Ready {
			return max(t.Wake, w.Now)
		}
		return tcp.Never
	}
	if when := spec.Lines[t.Line].When; when >= 0 && int(w.Hits[when]) < max(p.Moments[when].N, 1) {
		return tcp.Never
	}
	return max(t.Wake, w.Now)
}

func (w *World) task(p *Program, thread int) *host.Task {
	return &w.Hosts[p.Threads[thread].Host].Tasks[w.Threads[thread].Task]
}

// Next is the instant of the next step; tcp.Never when nothing is left to happen.
func (w *World) Next() tcp.Time { return w.next().at }

// Step lets the next thing happen and writes it down in s, whose memory it uses again. It reports false, and changes
// nothing, when nothing is left to happen.
func (w *World) Step(p *Program, s *Step) bool {
	e := w.next()
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
		s.Cause, s.Host = CauseTimer, uint8(e.index)
		s.Conn, s.Timer = w.Hosts[e.index].Expire(s.turn, w.Now)
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
		s.Call = host.Call{}
		s.Result = host.Result{}
	}
	s.Sent, s.Facts = s.Sent[:0], s.Facts[:0]
	if s.turn == nil {
		s.turn = new(tcp.Turn)
	}
	s.turn.Facts = s.Facts
	s.turn.Reset(now, nil, nil)
}

func (w *World) stepArrive(s *Step) {
	pk := &s.Packet
	w.pop(pk)
	if pk.Lost {
		s.Cause, s.Host, s.Conn = CauseLost, pk.From, pk.Conn
		return
	}
	if pk.notice {
		s.Cause, s.Host = CauseUnreachable, pk.To
		s.Conn = w.Hosts[pk.To].Unreachable(s.turn, w.Now, &pk.Seg, pk.code)
		return
	}
	s.Cause, s.Host = CauseArrive, pk.To
	s.Conn = w.Hosts[pk.To].Arrive(s.turn, w.Now, &pk.Seg)
}

// collect takes what the turn has sent and said into the step, puts the segments on the wire, and counts the moments
// that the program waits for.
func (w *World) collect(p *Program, s *Step) {
	x := s.turn
	s.Facts = x.Facts
	for i, fact := range x.Told {
		w.send(p, s, &x.Out[i], s.Facts[fact].Conn, x.Again[i])
	}
	w.duplicate(s, 0)
	for i := range p.Moments {
		if n := p.Moments[i].Matches(p, w, s); n > 0 {
			w.hit(p, i, int32(n))
		}
	}
	w.schedule(p)
}

// schedule works out when each thread goes on and which does first, and gives one that has just become able to its place in
// the order of scheduling.
func (w *World) schedule(p *Program) {
	w.first = 0
	for i := range w.Threads {
		t := &w.Threads[i]
		t.at = w.threadTime(p, t, &p.Threads[i])
		can := t.at <= w.Now
		if can && !t.runnable {
			w.orders++
			t.order = w.orders
		}
		t.runnable = can
		if i > 0 && w.ahead(p, i, int(w.first)) {
			w.first = int32(i)
		}
	}
}

package sim

import (
	"fmt"
	"slices"

	"tcptutor/tcp"
)

// Check tells what is wrong with a world that no sequence of events may bring about; nil when nothing is.
func (w *World) Check(p *Program) error {
	for i := range w.Hosts {
		if err := w.Hosts[i].Check(); err != nil {
			return fmt.Errorf("%s: %w", p.Hosts[i].Name, err)
		}
	}
	for i := range w.Wire {
		if pk := &w.Wire[i]; pk.ArriveAt < w.Now {
			return fmt.Errorf("packet %d should have arrived before now", pk.ID)
		}
	}
	return w.checkStreams()
}

// checkStreams: what a connection has in store for its reader is what the other end has sent, as far as that one still remembers.
func (w *World) checkStreams() error {
	for i := range w.Hosts {
		for s := range w.Hosts[i].Live {
			from := w.hostOf(uint8(i), s.TCB.Remote.Addr)
			if s.TCB.Unread == 0 || from == OpenEnd {
				continue
			}
			sender := w.Hosts[from].Peer(s.TCB.Remote, s.TCB.Local)
			if sender == nil {
				continue
			}
			if at, ok := sender.Unlike(&s.TCB); ok {
				return fmt.Errorf("socket #%d of host %d has another byte at %d than was sent", s.ID, i, at)
			}
		}
	}
	return nil
}

// CheckRun plays a program to its end and tells the first thing that is wrong with a step or with the world after it.
func CheckRun(p *Program) error {
	w := NewWorld(p)
	var s Step
	for w.Next() <= p.Limits.Time && w.Steps < p.Limits.Steps && w.Step(p, &s) {
		if err := w.Check(p); err != nil {
			return fmt.Errorf("after step %d: %w", w.Steps, err)
		}
		if err := w.CheckStep(&s); err != nil {
			return fmt.Errorf("step %d: %w", w.Steps, err)
		}
	}
	return nil
}

// CheckTouched is for worlds too large to be looked at whole after every step: the step, and the connection that it touched.
func (w *World) CheckTouched(s *Step) error {
	if sock := w.Hosts[s.Host].Sock(s.Conn); sock != nil {
		if err := sock.TCB.Check(); err != nil {
			return err
		}
	}
	return w.CheckStep(s)
}

// CheckStep tells what is wrong with a step: a segment that no rule sent, a queue that has grown past its cap, a variable that moved
// where it can't, or a fact that its world contradicts.
func (w *World) CheckStep(s *Step) error {
	named := make([]bool, len(s.Sent))
	for i := range s.Facts {
		f := &s.Facts[i]
		switch f.Kind {
		case tcp.SegmentSent:
			if f.Rule == 0 {
				return fmt.Errorf("segment %d was sent by no rule", f.To)
			}
			named[f.To] = true
		case tcp.QueueChanged:
			if err := w.Hosts[f.Host].CheckGrown(f.Conn, f.Field); f.To > f.From && err != nil {
				return err
			}
		case tcp.Changed:
			if err := checkChange(f); err != nil {
				return fmt.Errorf("socket #%d: %w", f.Conn, err)
			}
		}
	}
	for i := range s.Sent {
		if !named[i] && !s.Sent[i].Copy {
			return fmt.Errorf("segment %d has no reason", i)
		}
	}
	if err := checkDelivery(s); err != nil {
		return err
	}
	return w.checkStates(s)
}

// arrows are the state diagram (RFC 9293 §3.3.2, figure 5), and CLOSED from everywhere. A cookie that has come back makes a SYN_RCVD
// like a SYN does.
var arrows = [tcp.NumStates][]tcp.State{
	tcp.Closed:      {tcp.Listen, tcp.SynSent, tcp.SynRcvd},
	tcp.SynSent:     {tcp.SynRcvd, tcp.Established},
	tcp.SynRcvd:     {tcp.Established, tcp.FinWait1},
	tcp.Established: {tcp.FinWait1, tcp.CloseWait},
	tcp.FinWait1:    {tcp.FinWait2, tcp.Closing},
	tcp.FinWait2:    {tcp.TimeWait},
	tcp.CloseWait:   {tcp.LastAck},
	tcp.Closing:     {tcp.TimeWait},
}

// checkChange: states change along the arrows, and numbers that have been given away are not taken back.
func checkChange(f *tcp.Fact) error {
	switch f.Field {
	case tcp.FieldState:
		from, to := tcp.State(f.From), tcp.State(f.To)
		if to != tcp.Closed && !slices.Contains(arrows[from], to) {
			return fmt.Errorf("%s -> %s is no arrow of the state diagram", from, to)
		}
	case tcp.FieldSndUNA, tcp.FieldSndNXT, tcp.FieldRcvNXT, tcp.FieldRcvEdge:
		if f.From != 0 && tcp.Seq(f.To).Before(tcp.Seq(f.From)) { // from 0: the connection's first number
			return fmt.Errorf("%s moves back from %d to %d", f.Field, f.From, f.To)
		}
	}
	return nil
}

// checkDelivery: RCV.NXT moves over each byte that is taken in, once, and besides over a SYN and a FIN.
func checkDelivery(s *Step) error {
	moved, bytes := 0, 0
	for i := range s.Facts {
		switch f := &s.Facts[i]; {
		case f.Kind == tcp.BytesIn:
			bytes += int(f.To)
		case f.Kind == tcp.Changed && f.Field == tcp.FieldState && tcp.State(f.From) <= tcp.SynSent:
			return nil // the connection's first number
		case f.Kind == tcp.Changed && f.Field == tcp.FieldRcvNXT:
			moved += tcp.Seq(f.To).Since(tcp.Seq(f.From))
		}
	}
	if moved != bytes && moved != bytes+1 {
		return fmt.Errorf("%d bytes were taken in, and RCV.NXT has moved by %d", bytes, moved)
	}
	return nil
}

// checkStates holds the last change of state that the facts tell of against the world.
func (w *World) checkStates(s *Step) error {
	for i := len(s.Facts) - 1; i >= 0; i-- {
		f := &s.Facts[i]
		if f.Kind != tcp.Changed || f.Field != tcp.FieldState {
			continue
		}
		sock := w.Hosts[f.Host].Sock(f.Conn)
		if sock != nil && int64(sock.TCB.State) != f.To {
			return fmt.Errorf("socket #%d: the facts say %s, the world %s", f.Conn, tcp.State(f.To), sock.TCB.State)
		}
		return nil
	}
	return nil
}

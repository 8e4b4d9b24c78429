package sim

import (
	"fmt"

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
	return nil
}

// CheckStep tells what is wrong with a step: a segment that no rule sent, or a fact that its world contradicts.
func (w *World) CheckStep(s *Step) error {
	named := make([]bool, len(s.Sent))
	for i := range s.Facts {
		f := &s.Facts[i]
		if f.Kind == tcp.SegmentSent {
			if f.Rule == 0 {
				return fmt.Errorf("segment %d was sent by no rule", f.To)
			}
			named[f.To] = true
		}
		if f.Kind == tcp.QueueChanged && f.To > f.From {
			if err := w.Hosts[f.Host].CheckGrown(f.Conn); err != nil {
				return err
			}
		}
	}
	for i := range s.Sent {
		if !named[i] && !s.Sent[i].Copy {
			return fmt.Errorf("segment %d has no reason", i)
		}
	}
	return w.checkStates(s)
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

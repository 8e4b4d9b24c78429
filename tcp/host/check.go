package host

import (
	"fmt"

	"tcptutor/tcp"
)

// Check tells what is wrong with a host that no sequence of events may bring about; nil when nothing is.
func (h *Host) Check() error {
	for i := range h.Socks {
		s := &h.Socks[i]
		if s.Dead {
			continue
		}
		if err := h.checkSock(int32(i)); err != nil {
			return fmt.Errorf("socket #%d %s: %w", s.ID, s.TCB.State, err)
		}
	}
	for i := range h.Tasks {
		t := &h.Tasks[i]
		if !t.Blocked || t.Ready {
			continue
		}
		if h.ready(t) {
			return fmt.Errorf("task %d waits in %s() though the call could return", i, t.Call.Op)
		}
		if due, _ := h.Socks[t.slot].TCB.Next(); t.Call.Op == OpConnect && due == tcp.Never {
			return fmt.Errorf("task %d waits in connect() for ever: no timer will end it", i)
		}
	}
	return nil
}

func (h *Host) checkSock(slot int32) error {
	s := &h.Socks[slot]
	if err := s.TCB.Check(); err != nil {
		return err
	}
	open := s.TCB.State != tcp.Closed && s.TCB.State != tcp.Listen
	if open != s.inTable {
		return fmt.Errorf("in the table: %t", s.inTable)
	}
	if open && h.lookup(s.TCB.Local, s.TCB.Remote) != slot {
		return fmt.Errorf("not found by its 4-tuple")
	}
	due := s.TCB.Deadline()
	if due != tcp.Never && (s.heapAt == 0 || s.due != due) {
		return fmt.Errorf("its timer is not among the host's")
	}
	if due == tcp.Never && s.heapAt != 0 {
		return fmt.Errorf("the host keeps a timer that it has no more")
	}
	if s.claims && !h.claimed(s.TCB.Local.Port) {
		return fmt.Errorf("its port is not among the bound ones")
	}
	if s.Refs == 0 && !s.Waiting && !open {
		return fmt.Errorf("nobody needs it any more")
	}
	if s.Role != Listener {
		return nil
	}
	half := int32(0)
	for i := range h.Socks {
		if c := &h.Socks[i]; !c.Dead && c.Half && c.Parent == s.ID {
			half++
		}
	}
	if half != s.HalfN {
		return fmt.Errorf("%d in the SYN queue, counted as %d", half, s.HalfN)
	}
	return nil
}

// CheckGrown tells whether a listener's queue (0 SYN, 1 accept) that has just grown is past its cap: the backlog, and as many more as its
// book holds.
func (h *Host) CheckGrown(conn int32, queue tcp.Field) error {
	l := h.Sock(conn)
	if l == nil {
		return nil
	}
	most, n := h.cap(l), &tcp.BookOf(h.Book).Numbers
	if queue == 1 && len(l.Accept) > most+n.AcceptExtra {
		return fmt.Errorf("%d in the accept queue of socket #%d, more than its cap", len(l.Accept), conn)
	}
	if queue == 0 && int(l.HalfN) > most+n.HalfExtra {
		return fmt.Errorf("%d in the SYN queue of socket #%d, more than its cap", l.HalfN, conn)
	}
	return nil
}

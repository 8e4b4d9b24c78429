package host

import "tcptutor/tcp"

// Start begins a system call of a task, at that instant. The call may return at once; if not, the task is blocked until
// Host makes it Ready, and Resume finishes the call. It reports whether the call has returned.
func (h *Host) Start(x *tcp.Turn, now tcp.Time, task int, c *Call) bool {
	h.enter(x, now)
	t := &h.Tasks[task]
	t.Busy, t.Blocked, t.Ready = true, false, false
	t.Since, t.Sock, t.slot = now, 0, 0
	t.Call = *c
	t.Result = Result{}
	slot := h.slotOf(t.Proc, c.FD)
	if slot >= 0 && c.Op != OpSocket {
		t.Sock, t.slot = h.Socks[slot].ID, slot
	}
	f := x.Note(tcp.CallStarted, t.Sock)
	f.From, f.To = int64(c.Op), int64(task)
	x.Conn = t.Sock
	r, done := h.begin(x, t, slot)
	if done {
		h.finish(x, task, r)
		return true
	}
	t.Blocked = true
	h.Socks[slot].Refs++ // a call in progress holds the socket, whoever closes the descriptor
	f = x.Note(tcp.CallBlocked, t.Sock)
	f.From, f.To = int64(c.Op), int64(task)
	return false
}

// Resume finishes a blocked call whose wait is over. It reports false when somebody else was faster (another thread took
// the connection or the bytes) and the call goes on waiting.
func (h *Host) Resume(x *tcp.Turn, now tcp.Time, task int) bool {
	h.enter(x, now)
	t := &h.Tasks[task]
	x.Conn = t.Sock
	slot := t.slot
	r, done := h.again(x, t, slot)
	t.Ready = false
	if !done {
		return false
	}
	t.Blocked = false
	h.finish(x, task, r)
	h.release(x, slot)
	return true
}

func (h *Host) finish(x *tcp.Turn, task int, r Result) {
	t := &h.Tasks[task]
	if r.Errno != tcp.OK {
		r.Value = -1
	}
	t.Busy = false
	t.Result = r
	f := x.Note(tcp.CallReturned, t.Sock)
	f.Errno, f.From, f.To = r.Errno, int64(t.Call.Op), r.Value
	h.countResets(x, 0)
}

// slotOf finds the socket of a descriptor; -1 when it is none.
func (h *Host) slotOf(proc, fd int32) int32 {
	fds := h.Procs[proc].FDs
	if fd < 0 || int(fd) >= len(fds) || fds[fd].Sock == 0 {
		return -1
	}
	return fds[fd].slot
}

// newFD gives a socket the lowest free descriptor, as POSIX wants; -1 when the table is full.
func (h *Host) newFD(proc, slot int32, nonblock bool) int32 {
	p := &h.Procs[proc]
	fd := 3
	for fd < len(p.FDs) && p.FDs[fd].Sock != 0 {
		fd++
	}
	if fd >= MaxFDs {
		return -1
	}
	if fd == len(p.FDs) {
		p.FDs = append(p.FDs, FD{})
	}
	s := &h.Socks[slot]
	p.FDs[fd] = FD{Sock: s.ID, slot: slot, Nonblock: nonblock}
	s.Refs++
	s.HadFD = true
	return int32(fd)
}

// MaxFDs is how many descriptors a process may have: the usual soft limit of RLIMIT_NOFILE.
const MaxFDs = 1024

// release gives up one reference to a socket. The last one closes it.
func (h *Host) release(x *tcp.Turn, slot int32) {
	s := &h.Socks[slot]
	s.Refs--
	if s.Refs > 0 {
		return
	}
	x.Conn = s.ID
	x.Events = 0
	switch s.Role {
	case Listener:
		h.stopListening(x, slot)
		h.settle(x, slot)
	case Connection:
		s.WriteShut = true
		if s.Opt[SoLinger] == 1 { // {1, 0}: on, no time to linger
			tcp.Call(x, &s.TCB, tcp.DoorAbort)
		} else {
			tcp.Call(x, &s.TCB, tcp.DoorOrphan)
		}
		h.after(x, slot)
	default:
		h.settle(x, slot)
	}
}

// stopListening ends a listener: those who wait to be accepted are reset (KERNEL §9); half-open ones find out by
// themselves.
func (h *Host) stopListening(x *tcp.Turn, slot int32) {
	l := &h.Socks[slot]
	h.setState(x, l, tcp.Closed)
	h.dropListener(slot)
	waiting := l.Accept
	for _, c := range waiting {
		s := &h.Socks[c.slot]
		s.Waiting = false
		x.Conn = s.ID
		tcp.Call(x, &s.TCB, tcp.DoorAbort)
		h.after(x, c.slot)
	}
	l = &h.Socks[slot]
	if n := len(waiting); n > 0 {
		h.queueFact(x, l, 1, int64(n), 0)
	}
	l.Accept = l.Accept[:0]
}

// setState opens or closes a listener: the one change of state that is no connection's.
func (h *Host) setState(x *tcp.Turn, s *Sock, to tcp.State) {
	f := x.Note(tcp.Changed, s.ID)
	f.Field, f.From, f.To = tcp.FieldState, int64(s.TCB.State), int64(to)
	s.TCB.State = to
}

// wake marks the blocked calls on a socket whose wait is over.
func (h *Host) wake(id int32) {
	for i := range h.Tasks {
		if t := &h.Tasks[i]; t.Blocked && !t.Ready && t.Sock == id {
			t.Ready = h.ready(t)
		}
	}
}

// ready says whether a blocked call could return now.
func (h *Host) ready(t *Task) bool {
	s := &h.Socks[t.slot]
	switch t.Call.Op {
	case OpAccept:
		return len(s.Accept) > 0 || s.TCB.State != tcp.Listen
	case OpConnect:
		return s.TCB.State != tcp.SynSent && s.TCB.State != tcp.SynRcvd
	case OpRead:
		return h.readable(s)
	case OpWrite:
		return s.Err != tcp.OK || s.WriteShut || s.TCB.State == tcp.Closed || h.writable(s) && s.TCB.State >= tcp.Established
	case OpPoll:
		return h.pollMask(s)&(t.Call.A|PollErr|PollHup) != 0
	}
	return false
}

func (h *Host) readable(s *Sock) bool {
	return s.TCB.Readable(tcp.BookOf(h.Book)) || s.TCB.PeerClosed || s.TCB.RcvShut || s.Err != tcp.OK || s.TCB.State == tcp.Closed
}

// room is how many bytes a write may add now.
func (h *Host) room(s *Sock) int {
	held := int64(s.TCB.Unsent)
	for i := range s.TCB.Sent {
		held += int64(len(s.TCB.Sent[i].Data))
	}
	return int(max(h.Sysctl[tcp.WmemMax]-held, 0))
}

// writable says whether a waiting writer is woken: a third of the buffer must be free, or each ACK would wake it for a few
// bytes (sock.h sk_stream_is_writeable).
func (h *Host) writable(s *Sock) bool {
	room := int64(h.room(s))
	return room > 0 && 3*room >= h.Sysctl[tcp.WmemMax]
}

// pollMask is what poll(2) would report of a socket (tcp.c tcp_poll).
func (h *Host) pollMask(s *Sock) int64 {
	var m int64
	if s.Role == Listener {
		if len(s.Accept) > 0 {
			m = PollIn
		}
		return m
	}
	if s.TCB.State == tcp.SynSent || s.TCB.State == tcp.SynRcvd {
		return 0
	}
	if s.Role == Fresh { // no connection: nothing to wait for
		if s.TCB.RcvShut {
			return PollIn | PollOut | PollHup
		}
		return PollOut | PollHup
	}
	if h.readable(s) {
		m |= PollIn
	}
	if s.TCB.UrgentCame(tcp.BookOf(h.Book)) {
		m |= PollPri
	}
	if s.TCB.State == tcp.Closed || s.WriteShut || h.writable(s) {
		m |= PollOut
	}
	if s.TCB.State == tcp.Closed || (s.TCB.PeerClosed || s.TCB.RcvShut) && s.WriteShut {
		m |= PollHup
	}
	if s.Err != tcp.OK {
		m |= PollErr
	}
	return m
}

package host

import "tcptutor/tcp"

// begin does a call's work; done is false when it has to wait. slot is its descriptor's socket, -1 for none.
func (h *Host) begin(x *tcp.Turn, t *Task, slot int32) (Result, bool) {
	c := &t.Call
	switch c.Op {
	case OpSocket:
		return h.socket(x, t), true
	case OpExit, OpKill:
		h.endProcess(x, t.Proc)
		return Result{}, true
	case OpFork:
		return h.fork(t), true
	case OpReboot:
		return h.reboot(x, t), true
	}
	if slot < 0 {
		if c.FD >= 0 && c.FD < 3 {
			return fail(tcp.ENOTSOCK), true
		}
		return fail(tcp.EBADF), true
	}
	s := &h.Socks[slot]
	switch c.Op {
	case OpBind:
		return h.bind(slot, c.Addr), true
	case OpListen:
		return h.listen(x, slot, c.A), true
	case OpConnect:
		return h.connect(x, t, slot)
	case OpAccept, OpRead, OpWrite, OpPoll:
		r, done := h.again(x, t, slot)
		switch {
		case done:
		case c.Op == OpPoll: // its own timeout decides, not the descriptor's O_NONBLOCK
			done = c.B == 0 && c.C == 1
		case h.Procs[t.Proc].FDs[c.FD].Nonblock:
			return fail(tcp.EAGAIN), true
		}
		return r, done
	case OpShutdown:
		return h.shutdown(x, slot, c.A), true
	case OpClose:
		h.Procs[t.Proc].FDs[c.FD] = FD{}
		h.release(x, slot)
		return Result{}, true
	case OpDup:
		return h.dup(t, slot), true
	case OpSetsockopt:
		return h.setOption(x, slot, Option(c.A), c.B), true
	case OpGetsockopt:
		return h.getOption(s, Option(c.A)), true
	case OpGetsockname:
		return Result{Addr: s.TCB.Local}, true
	case OpGetpeername:
		if s.Role != Connection || s.TCB.State <= tcp.SynSent || s.TCB.State == tcp.TimeWait {
			return fail(tcp.ENOTCONN), true
		}
		return Result{Addr: s.TCB.Remote}, true
	case OpFcntl:
		return h.fcntl(t), true
	}
	return fail(tcp.EINVAL), true
}

// again tries a call that can wait.
func (h *Host) again(x *tcp.Turn, t *Task, slot int32) (Result, bool) {
	switch t.Call.Op {
	case OpAccept:
		return h.accept(x, t, slot)
	case OpConnect:
		return h.connected(slot)
	case OpRead:
		return h.read(x, t, slot)
	case OpWrite:
		return h.write(x, t, slot)
	}
	m := h.pollMask(&h.Socks[slot]) & (t.Call.A | PollErr | PollHup)
	return Result{Value: m}, m != 0
}

func fail(e tcp.Errno) Result { return Result{Value: -1, Errno: e} }

// socket refuses what Linux refuses (SYLLABUS: sockets): the family first, then the type, then the protocol.
func (h *Host) socket(x *tcp.Turn, t *Task) Result {
	c := &t.Call
	kind := c.B &^ SockNonblock
	switch {
	case c.A != AFInet && c.A != AFInet6:
		return fail(tcp.EAFNOSUPPORT)
	case kind != SockStream && kind != SockDgram && kind != SockRaw:
		return fail(tcp.ESOCKTNOSUPPORT)
	case kind == SockStream && c.C != IPProtoIP && c.C != IPProtoTCP, kind == SockDgram && c.C != IPProtoIP && c.C != IPProtoUDP:
		return fail(tcp.EPROTONOSUPPORT)
	case kind != SockStream:
		return fail(tcp.EPROTONOSUPPORT) // the simulator has TCP and nothing else
	}
	slot := h.newSock(x, Fresh)
	fd := h.newFD(t.Proc, slot, c.B&SockNonblock != 0)
	if fd < 0 {
		h.settle(x, slot)
		return fail(tcp.EMFILE)
	}
	s := &h.Socks[slot]
	t.Sock, t.slot = s.ID, slot
	return Result{Value: int64(fd)}
}

// bind gives a socket its local endpoint (RFC 9293 MUST-44: an address of this host's).
func (h *Host) bind(slot int32, at tcp.Endpoint) Result {
	s := &h.Socks[slot]
	if s.Role == Listener || s.Bound || s.Role == Connection && s.TCB.State != tcp.Closed {
		return fail(tcp.EINVAL)
	}
	if !at.Addr.IsUnspecified() && !at.Addr.IsLoopback() && at.Addr != h.Addr {
		return fail(tcp.EADDRNOTAVAIL)
	}
	if at.Port == 0 {
		p := h.freePort(slot, at.Addr)
		if p == 0 {
			return fail(tcp.EADDRINUSE)
		}
		at.Port = p
	} else {
		if h.conflict(slot, at, false) {
			return fail(tcp.EADDRINUSE)
		}
		s.UserPort = true
	}
	if at.Addr.IsUnspecified() {
		at.Addr = tcp.Addr{}
	}
	s.TCB.Local, s.Bound = at, true
	h.claim(slot)
	return Result{}
}

// conflict says whether another socket stands in the way of binding (inet_connection_sock.c inet_bind_conflict; KERNEL §6,
// §10): same port, overlapping address, and not both willing to share. Sharing by SO_REUSEADDR ends where one listens.
func (h *Host) conflict(slot int32, at tcp.Endpoint, listening bool) bool {
	s := &h.Socks[slot]
	for i := range h.Socks {
		o := &h.Socks[i]
		if int32(i) == slot || o.Dead || !o.Bound || o.TCB.Local.Port != at.Port {
			continue
		}
		a, b := o.TCB.Local.Addr, at.Addr
		if a != b && !a.IsUnspecified() && !b.IsUnspecified() {
			continue
		}
		if s.Opt[SoReuseport] != 0 && o.Opt[SoReuseport] != 0 {
			continue
		}
		if s.Opt[SoReuseaddr] != 0 && o.Opt[SoReuseaddr] != 0 && o.TCB.State != tcp.Listen {
			continue
		}
		if listening && o.TCB.State != tcp.Listen {
			continue // bound before: that question was settled by bind()
		}
		return true
	}
	return false
}

// freePort picks a port for bind(0): an odd one, at random (KERNEL §10).
func (h *Host) freePort(slot int32, addr tcp.Addr) uint16 {
	first, last := h.portRange()
	n := (last - first + 1) / 2
	h.portSeq++
	start := int(mix(h.Secret^uint64(h.portSeq)) % uint64(max(n, 1)))
	for i := range n {
		p := uint16(first + 1 - first%2 + 2*((start+i)%n))
		if !h.conflict(slot, tcp.Endpoint{Addr: addr, Port: p}, false) {
			return p
		}
	}
	return 0
}

func (h *Host) portRange() (int, int) {
	first := int(min(max(h.Sysctl[tcp.PortFirst], 1), 65535))
	last := int(min(max(h.Sysctl[tcp.PortLast], int64(first)), 65535))
	return first, last
}

func (h *Host) listen(x *tcp.Turn, slot int32, backlog int64) Result {
	s := &h.Socks[slot]
	if s.Role == Connection {
		return fail(tcp.EINVAL)
	}
	if s.Role == Fresh || s.TCB.State != tcp.Listen {
		if !s.Bound {
			s.TCB.Local = tcp.Endpoint{Port: h.freePort(slot, tcp.Addr{})}
			s.Bound = true
			h.claim(slot)
		} else if h.conflict(slot, s.TCB.Local, true) {
			return fail(tcp.EADDRINUSE)
		}
		s.Role = Listener
		h.setState(x, s, tcp.Listen)
		h.listeners = append(h.listeners, slot)
	}
	s.Backlog = int32(backlog)
	return Result{}
}

// accept takes the oldest connection of the accept queue.
func (h *Host) accept(x *tcp.Turn, t *Task, slot int32) (Result, bool) {
	l := &h.Socks[slot]
	if l.Role != Listener || l.TCB.State != tcp.Listen {
		return fail(tcp.EINVAL), true
	}
	if len(l.Accept) == 0 {
		return Result{}, false
	}
	child := l.Accept[0]
	fd := h.newFD(t.Proc, child.slot, false)
	if fd < 0 {
		return fail(tcp.EMFILE), true
	}
	h.queueFact(x, l, 1, int64(len(l.Accept)), int64(len(l.Accept))-1)
	l.Accept = l.Accept[:copy(l.Accept, l.Accept[1:])]
	c := &h.Socks[child.slot]
	c.Waiting = false
	return Result{Value: int64(fd), Addr: c.TCB.Remote}, true
}

// shutdown closes one direction or both (RFC 9293 §3.10.4; KERNEL §9: SHUT_RD sends nothing).
func (h *Host) shutdown(x *tcp.Turn, slot int32, how int64) Result {
	s := &h.Socks[slot]
	if how < ShutRD || how > ShutRDWR {
		return fail(tcp.EINVAL)
	}
	if s.Role == Listener && s.TCB.State == tcp.Listen {
		if how != ShutWR {
			h.stopListening(x, slot)
			h.wake(s.ID)
		}
		return Result{}
	}
	if s.Role != Connection || s.TCB.State == tcp.Closed || s.TCB.State == tcp.TimeWait {
		s.TCB.RcvShut = s.TCB.RcvShut || how != ShutWR // noted all the same (af_inet.c inet_shutdown), also for a later connect()
		s.WriteShut = s.WriteShut || how != ShutRD
		h.wake(s.ID)
		return fail(tcp.ENOTCONN)
	}
	if s.TCB.State == tcp.SynSent { // KERNEL/16.9
		tcp.Call(x, &s.TCB, tcp.DoorClose)
		s.Role, s.Connecting, s.Err = Fresh, false, tcp.ECONNRESET
		h.after(x, slot)
		return Result{}
	}
	if how != ShutWR {
		s.TCB.RcvShut = true
	}
	if how != ShutRD && !s.WriteShut {
		s.WriteShut = true
		tcp.Call(x, &s.TCB, tcp.DoorClose)
		h.after(x, slot)
		return Result{}
	}
	h.wake(s.ID)
	return Result{}
}

func (h *Host) dup(t *Task, slot int32) Result {
	fd := h.newFD(t.Proc, slot, h.Procs[t.Proc].FDs[t.Call.FD].Nonblock)
	if fd < 0 {
		return fail(tcp.EMFILE)
	}
	return Result{Value: int64(fd)}
}

func (h *Host) getOption(s *Sock, o Option) Result {
	if o >= NumOptions {
		return fail(tcp.ENOPROTOOPT)
	}
	if o == SoError {
		v := s.Err
		if v == tcp.OK {
			v, s.Soft = s.Soft, tcp.OK
		}
		s.Err = tcp.OK
		return Result{Value: int64(v)}
	}
	switch {
	case o == TCPKeepidle && s.Opt[o] == 0:
		return Result{Value: h.Sysctl[tcp.KeepaliveTime]}
	case o == TCPKeepintvl && s.Opt[o] == 0:
		return Result{Value: h.Sysctl[tcp.KeepaliveIntvl]}
	case o == TCPKeepcnt && s.Opt[o] == 0:
		return Result{Value: h.Sysctl[tcp.KeepaliveProbes]}
	}
	return Result{Value: s.Opt[o]}
}

func (h *Host) fcntl(t *Task) Result {
	fd := &h.Procs[t.Proc].FDs[t.Call.FD]
	switch t.Call.A {
	case FGetFL:
		v := int64(2) // O_RDWR
		if fd.Nonblock {
			v |= ONonblock
		}
		return Result{Value: v}
	case FSetFL:
		fd.Nonblock = t.Call.B&ONonblock != 0
		return Result{}
	}
	return fail(tcp.EINVAL)
}

package host

import "tcptutor/tcp"

// connect, read and write: the calls that carry a connection.

// connect is the active OPEN (RFC 9293 §3.10.1).
func (h *Host) connect(x *tcp.Turn, t *Task, slot int32) (Result, bool) {
	s := &h.Socks[slot]
	switch {
	case s.Role == Listener:
		return fail(tcp.EISCONN), true
	case s.TCB.State == tcp.SynSent || s.TCB.State == tcp.SynRcvd:
		return fail(tcp.EALREADY), true
	case s.Connecting: // the connect() that gave EINPROGRESS is over: this one tells (af_inet.c SS_CONNECTING)
		return h.connected(slot)
	case s.Role == Connection: // also when it is over: once connected, for ever connected (SS_CONNECTED)
		return fail(tcp.EISCONN), true
	}
	peer := t.Call.Addr
	if peer.Addr.IsUnspecified() {
		peer.Addr = tcp.IPv4(127, 0, 0, 1) // Linux: connect() to the wildcard is connect() to oneself
	}
	if peer.Addr.IsGroup() {
		return fail(tcp.ENETUNREACH), true // RFC 9293 MUST-46; tcp_ipv4.c tcp_v4_connect
	}
	local := s.TCB.Local
	if local.Addr.IsUnspecified() {
		local.Addr = h.Addr // RFC 9293 MUST-44: chosen now, and kept
		if peer.Addr.IsLoopback() {
			local.Addr = peer.Addr
		}
	}
	if !s.Bound {
		if local.Port = h.ephemeral(x.Now, local.Addr, peer); local.Port == 0 {
			return fail(tcp.EADDRNOTAVAIL), true
		}
	} else if !h.vacant(x.Now, local, peer, false) {
		return fail(tcp.EADDRNOTAVAIL), true
	}
	last, reused := h.replace(x, local, peer)
	if !reused {
		x.ISS = h.isn(x.Now, local, peer)
	}
	s = &h.Socks[slot]
	deaf := s.TCB.RcvShut
	s.TCB.Reset() // of an earlier attempt's numbers
	s.inherit()
	s.TCB.RcvShut = deaf
	s.TCB.Local, s.TCB.Remote, s.Bound = local, peer, true
	s.Role = Connection
	s.Failed, s.Connecting = false, true
	h.prepare(&s.TCB)
	s.TCB.TSRecent, s.TCB.TSRecentAt, s.TCB.TSBase = last.TSRecent, last.TSRecentAt, last.TSBase
	tcp.Call(x, &s.TCB, tcp.DoorOpen)
	h.after(x, slot)
	if h.Procs[t.Proc].FDs[t.Call.FD].Nonblock {
		return fail(tcp.EINPROGRESS), true
	}
	return Result{}, false
}

// connected is how a connect() ends.
func (h *Host) connected(slot int32) (Result, bool) {
	s := &h.Socks[slot]
	switch s.TCB.State {
	case tcp.SynSent, tcp.SynRcvd:
		return Result{}, false
	case tcp.Closed:
		e := s.Err
		if e == tcp.OK {
			e = tcp.ECONNABORTED
		}
		h.unconnected(slot)
		return fail(e), true
	}
	s.Connecting = false
	return Result{}, true
}

// unconnected makes a socket whose connect() has failed one that can try again; a port that the kernel chose goes back.
func (h *Host) unconnected(slot int32) {
	s := &h.Socks[slot]
	if !s.UserPort {
		h.unclaim(slot)
		s.Bound, s.TCB.Local = false, tcp.Endpoint{}
	}
	s.Role, s.Err, s.Connecting = Fresh, tcp.OK, false
	s.TCB.RcvShut, s.WriteShut = false, false
}

// read takes bytes from a connection (RFC 9293 §3.10.3): what there is, then a pending error, then end of file (tcp.c
// tcp_recvmsg_locked; KERNEL §7).
func (h *Host) read(x *tcp.Turn, t *Task, slot int32) (Result, bool) {
	s := &h.Socks[slot]
	c := &s.TCB
	if s.Role != Connection && s.Err == tcp.OK && !c.RcvShut {
		return fail(tcp.ENOTCONN), true
	}
	if c.Unread > 0 {
		x.Want, x.Events = t.Call.A, 0
		tcp.Call(x, c, tcp.DoorRecv)
		h.after(x, slot)
		if x.Data != "" { // else it was an urgent byte, passed over
			return Result{Value: int64(len(x.Data)), Data: x.Data}, true
		}
	}
	switch {
	case c.PeerClosed:
		s.SawEOF = true
		return Result{}, true
	case s.Err != tcp.OK:
		e := s.Err
		s.Err = tcp.OK
		return fail(e), true
	case c.RcvShut || s.Failed:
		return Result{}, true
	case c.State == tcp.Closed:
		return fail(tcp.ENOTCONN), true
	}
	return Result{}, false
}

// write gives bytes to a connection (RFC 9293 §3.10.2). A pending error comes first, then EPIPE (stream.c
// sk_stream_error).
func (h *Host) write(x *tcp.Turn, t *Task, slot int32) (Result, bool) {
	s := &h.Socks[slot]
	c := &s.TCB
	if s.Err != tcp.OK {
		e := s.Err
		s.Err = tcp.OK
		return fail(e), true
	}
	if s.Role != Connection || s.WriteShut || c.State == tcp.Closed {
		return fail(tcp.EPIPE), true
	}
	if c.State == tcp.SynSent || c.State == tcp.SynRcvd {
		return Result{}, false
	}
	room := h.room(s)
	if room == 0 {
		return Result{}, false
	}
	n := min(room, len(t.Call.Data))
	x.Data, x.Events, x.Urgent = t.Call.Data[:n], 0, t.Call.B&MsgOOB != 0
	tcp.Call(x, c, tcp.DoorSend)
	h.after(x, slot)
	if n < len(t.Call.Data) && !h.Procs[t.Proc].FDs[t.Call.FD].Nonblock {
		t.Call.Data = t.Call.Data[n:]
		t.Call.C += int64(n)
		return Result{}, false
	}
	return Result{Value: t.Call.C + int64(n)}, true
}

package host

import (
	"time"

	"tcptutor/tcp"
)

// Socket options that the connection itself goes by: the socket keeps the number, the connection a copy in its own units.

func (h *Host) setOption(x *tcp.Turn, slot int32, o Option, v int64) Result {
	s := &h.Socks[slot]
	switch {
	case o >= NumOptions || o == SoError:
		return fail(tcp.ENOPROTOOPT)
	case v < least(o) || v > most(o):
		return fail(tcp.EINVAL)
	}
	s.Opt[o] = v
	s.inherit()
	if s.Role == Connection && s.TCB.State != tcp.Closed {
		x.Events = 0
		tcp.Call(x, &s.TCB, tcp.DoorOption) // what waited for the option may leave, a timer may start
		h.after(x, slot)
	}
	return Result{}
}

// least and most bound an option's value as Linux does (tcp.h MAX_TCP_KEEPIDLE, MAX_TCP_KEEPINTVL, MAX_TCP_KEEPCNT).
func least(o Option) int64 {
	switch o {
	case TCPKeepidle, TCPKeepintvl, TCPKeepcnt:
		return 1
	}
	return 0
}

func most(o Option) int64 {
	switch o {
	case TCPKeepidle, TCPKeepintvl:
		return 32767
	case TCPKeepcnt:
		return 127
	}
	return 1<<31 - 1
}

// inherit gives the connection what its socket's options say.
func (s *Sock) inherit() {
	t, o := &s.TCB, &s.Opt
	t.NoDelay, t.Cork, t.KeepAlive = o[TCPNodelay] != 0, o[TCPCork] != 0, o[SoKeepalive] != 0
	t.UrgentInline = o[SoOobinline] != 0
	t.KeepIdle = time.Duration(o[TCPKeepidle]) * time.Second
	t.KeepIntvl = time.Duration(o[TCPKeepintvl]) * time.Second
	t.KeepCnt = uint8(o[TCPKeepcnt])
	t.UserTimeout = time.Duration(o[TCPUserTimeout]) * time.Millisecond
	t.RcvLimit = uint32(o[SoRcvbuf])
}

package host

import (
	"encoding/binary"
	"slices"

	"tcptutor/tcp"
)

// AppendKey appends what names this host at that instant: settings, sockets, descriptors and the calls under way, but no
// statistics, no serial numbers and no results of calls that are over. Sockets go by their slots.
func (h *Host) AppendKey(b []byte, now tcp.Time) []byte {
	b = append(b, h.Addr[:]...)
	b = word(b, int64(h.Book), int64(h.MTU), int64(h.portSeq), int64(h.stride))
	b = word(b, h.Sysctl[:]...)
	for i := range h.Socks {
		if s := &h.Socks[i]; s.Dead {
			b = append(b, 0)
		} else {
			b = s.appendKey(append(b, 1), now, &h.Sysctl)
		}
	}
	b = word(b, int64(len(h.listeners)))
	for _, l := range h.listeners {
		b = word(b, int64(l))
	}
	if h.Sysctl[tcp.Syncookies] == 0 { // nobody asks otherwise
		for i := range h.proven {
			b = append(b, h.proven[i][:]...)
		}
	}
	for i := range h.Procs {
		p := &h.Procs[i]
		b = append(b, flags(p.Alive))
		b = word(b, int64(len(p.FDs)))
		for _, fd := range p.FDs {
			if fd.Sock != 0 {
				b = word(b, int64(fd.slot))
			}
			b = append(b, flags(fd.Sock != 0, fd.Nonblock))
		}
	}
	for i := range h.Tasks {
		b = h.Tasks[i].appendKey(b)
	}
	return b
}

func (s *Sock) appendKey(b []byte, now tcp.Time, knobs *tcp.Sysctls) []byte {
	b = append(b, byte(s.Role), flags(s.WriteShut, s.Half, s.Waiting, s.Failed, s.Bound, s.UserPort, s.SawEOF, s.Connecting))
	b = word(b, int64(s.Refs)<<32|int64(s.Err)<<16|int64(s.Soft), int64(s.Backlog), int64(s.HalfN)<<32|int64(s.Born),
		int64(s.Child)<<32|int64(len(s.Accept)))
	b = word(b, s.Opt[:]...)
	if s.Half || s.Waiting {
		b = word(b, int64(s.parent))
	}
	if s.Role == Listener && s.CookieAt != 0 && now.Since(s.CookieAt) < cookieValid {
		b = word(b, int64(s.CookieAt-now))
	}
	for _, r := range s.Accept {
		b = word(b, int64(r.slot))
	}
	return s.TCB.AppendKey(b, now, knobs)
}

func (t *Task) appendKey(b []byte) []byte {
	b = append(b, flags(t.Busy, t.Blocked, t.Ready))
	b = word(b, int64(t.Proc))
	if !t.Busy {
		return b
	}
	c := &t.Call
	b = word(b, int64(c.Op), int64(c.FD), c.A, c.B, c.C, int64(t.slot))
	b = c.Addr.AppendKey(b)
	return tcp.PutString(b, c.Data)
}

func word(b []byte, vs ...int64) []byte {
	b = slices.Grow(b, 8*len(vs))
	room := b[len(b) : len(b)+8*len(vs)]
	for _, v := range vs {
		binary.LittleEndian.PutUint64(room, uint64(v))
		room = room[8:]
	}
	return b[:len(b)+8*len(vs)]
}

func flags(on ...bool) byte {
	v := byte(0)
	for i, f := range on {
		if f {
			v |= 1 << i
		}
	}
	return v
}

// Peer finds the connection with that 4-tuple; nil when there is none.
func (h *Host) Peer(local, remote tcp.Endpoint) *tcp.TCB {
	if slot := h.lookup(local, remote); slot >= 0 {
		return &h.Socks[slot].TCB
	}
	return nil
}

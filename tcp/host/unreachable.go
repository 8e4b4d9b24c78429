package host

import "tcptutor/tcp"

// Unreachable takes in an ICMP error about a segment that this host has sent. It returns the ID of the socket concerned; 0 when it
// is nobody's any more.
func (h *Host) Unreachable(x *tcp.Turn, now tcp.Time, seg *tcp.Segment, code tcp.Unreachable) int32 {
	h.enter(x, now)
	x.Seg, x.Code = *seg, code
	slot := h.lookup(seg.Src, seg.Dst)
	if slot < 0 {
		return 0
	}
	s := &h.Socks[slot]
	id := s.ID
	x.Conn = id
	h.fillQueues(x, slot)
	tcp.ArriveUnreachable(x, &s.TCB)
	if x.Events&tcp.EvSoftError != 0 {
		s.Soft = x.Err
	}
	h.after(x, slot)
	return id
}

package sim

import "tcptutor/tcp"

// Unreachable lets an ICMP "destination unreachable" about a segment reach the host that sent it, now, and writes down in s what
// comes of it: what a router outside of the world has to say. It reports false when no host has sent from that address.
func (w *World) Unreachable(p *Program, s *Step, seg *tcp.Segment, code tcp.Unreachable) bool {
	to := w.hostOf(OpenEnd, seg.Src.Addr)
	if to == OpenEnd {
		return false
	}
	w.begin(s, w.Now)
	s.Cause, s.Host = CauseUnreachable, to
	s.Packet = Packet{Seg: *seg, From: to, To: OpenEnd, Lost: true}
	s.Conn = w.Hosts[to].Unreachable(s.turn, w.Now, seg, code)
	w.collect(p, s)
	return true
}

package sim

import (
	"strconv"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
)

// Matches counts how often the moment happens in step s; w is the world that s left behind.
func (m *Moment) Matches(p *Program, w *World, s *Step) int {
	n := 0
	switch m.Event {
	case Sends:
		for i := range s.Sent {
			if pk := &s.Sent[i]; !pk.Copy && pk.Seg.Is(m.Seg) && m.isSender(p, w, int(pk.From), pk.Conn) {
				n++
			}
		}
	case Gets:
		if s.Cause == CauseArrive && s.Packet.Seg.Is(m.Seg) && m.isSender(p, w, int(s.Host), s.Conn) {
			n++
		}
	case Loses:
		if s.Cause == CauseLost && s.Packet.Seg.Is(m.Seg) && m.isSender(p, w, int(s.Host), s.Conn) {
			n++
		}
	default:
		for i := range s.Facts {
			if f := &s.Facts[i]; m.isFact(f) && m.isSender(p, w, int(f.Host), f.Conn) {
				n++
			}
		}
	}
	return n
}

// isFact says whether a fact is the moment's event, whoever it is about.
func (m *Moment) isFact(f *tcp.Fact) bool {
	switch m.Event {
	case Enters:
		return f.Kind == tcp.Changed && f.Field == tcp.FieldState && f.To == int64(m.State)
	case CallBlocks:
		return f.Kind == tcp.CallBlocked && f.From == int64(m.Op)
	case CallReturns:
		return f.Kind == tcp.CallReturned && f.From == int64(m.Op)
	case TimerFires:
		return f.Kind == tcp.TimerFired && f.Field == tcp.FieldTimer+tcp.Field(m.Timer)
	case RuleApplies:
		return f.Kind == tcp.RuleApplied && f.Rule == m.Rule
	}
	return false
}

// isSender says whether a socket of a host is the moment's WHO.
func (m *Moment) isSender(p *Program, w *World, h int, conn int32) bool {
	if h != m.Host {
		return false
	}
	switch {
	case m.Var >= 0:
		return conn != 0 && w.Vars[m.Var].Sock == conn
	case m.Child > 0:
		s := w.Hosts[h].Remembered(conn)
		return s != nil && int(s.Child) == m.Child
	}
	return true
}

// SockName is what a socket is called: the first variable that names it, "childN" for the N-th child of a listener, else
// "#" and its serial number.
func (p *Program) SockName(w *World, h int, id int32) string {
	for i, v := range p.Vars {
		if v.Host == h && w.Vars[i].Sock == id && id != 0 {
			return v.Name
		}
	}
	if s := w.Hosts[h].Remembered(id); s != nil && s.Child > 0 {
		return "child" + strconv.Itoa(int(s.Child))
	}
	return "#" + strconv.Itoa(int(id))
}

// FindSock finds a socket of a host by the name SockName gives it; nil when there is none now.
func (p *Program) FindSock(w *World, h int, name string) *host.Sock {
	for i, v := range p.Vars {
		if v.Host == h && v.Name == name {
			if w.Vars[i].Sock == 0 {
				return nil
			}
			return w.Hosts[h].Sock(w.Vars[i].Sock)
		}
	}
	for s := range w.Hosts[h].Live {
		if s.Child > 0 && name == "child"+strconv.Itoa(int(s.Child)) || name == "#"+strconv.Itoa(int(s.ID)) {
			return s
		}
	}
	return nil
}

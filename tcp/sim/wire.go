package sim

import (
	"time"

	"tcptutor/tcp"
)

// send puts a segment on the wire, where faults may meet it, and notes it in the step.
func (w *World) send(p *Program, s *Step, seg *tcp.Segment, conn int32, again bool) {
	w.packets++
	s.Sent = append(s.Sent, Packet{})
	pk := &s.Sent[len(s.Sent)-1] // written where it stands: a packet is large
	pk.ID, pk.Seg, pk.Conn, pk.Again = w.packets, *seg, conn, again
	pk.From, pk.To = s.Host, w.hostOf(s.Host, seg.Dst.Addr)
	pk.SentAt, pk.ArriveAt = w.Now, w.Now.Add(p.delay(pk.From, pk.To))
	if pk.To == OpenEnd {
		w.Outside = append(w.Outside, *pk)
		return
	}
	at := pk.ArriveAt
	for i := range p.Faults {
		w.meet(p, i, pk)
	}
	w.push(pk)
	w.passHeld(pk, at)
}

// reorderPatience is how much later a reordered segment arrives when no other of its direction follows it.
const reorderPatience = time.Second

// meet lets a fault have its way with a segment that is its.
func (w *World) meet(p *Program, fault int, pk *Packet) {
	f, seen := &p.Faults[fault], &w.Seen[fault]
	m := &p.Moments[f.Moment]
	if !m.isSender(p, w, int(pk.From), pk.Conn) || !pk.Seg.Is(m.Seg) {
		return
	}
	*seen++
	if f.Chance > 0 {
		if !w.chance(f.Chance, fault, *seen) {
			return
		}
	} else if !f.Always && int(*seen) != max(m.N, 1) {
		return
	}
	switch f.Kind {
	case Drop:
		pk.Lost = true
	case Unreachable:
		pk.Lost = true
		w.packets++
		w.push(&Packet{ID: w.packets, Seg: pk.Seg, From: OpenEnd, To: pk.From, SentAt: pk.ArriveAt,
			ArriveAt: pk.ArriveAt.Add(p.delay(pk.To, pk.From) + f.Extra), notice: true, code: f.Code})
	case Delay:
		pk.ArriveAt = pk.ArriveAt.Add(f.Extra)
	case Duplicate:
		pk.twice, pk.extra = true, f.Extra
	case Reorder:
		pk.behind, pk.extra = true, f.Extra
		pk.ArriveAt = pk.ArriveAt.Add(reorderPatience)
	}
}

// chance throws the world's dice for the n-th segment that a fault may meet: true so often of a million times. Whatever else is sent
// meanwhile does not matter.
func (w *World) chance(million uint32, fault int, n int32) bool {
	v := w.Dice + uint64(fault)<<32 + uint64(n)*0x9e3779b97f4a7c15 // SplitMix64
	v = (v ^ v>>30) * 0xbf58476d1ce4e5b9
	v = (v ^ v>>27) * 0x94d049bb133111eb
	return (v^v>>31)%1_000_000 < uint64(million)
}

// passHeld lets a segment that arrives at that instant overtake one of its direction that a fault holds back: the other is scheduled
// after it.
func (w *World) passHeld(pk *Packet, at tcp.Time) {
	for i := range w.Wire {
		q := &w.Wire[i]
		if q.behind && q.From == pk.From && q.To == pk.To && q.ID != pk.ID {
			q.behind = false
			q.ArriveAt = at.Add(q.extra)
			w.packetOrder(q)
			w.fix(i)
			return
		}
	}
}

// packetOrder gives a packet its place in the order of scheduling: the next one.
func (w *World) packetOrder(pk *Packet) {
	w.orders++
	pk.order = w.orders
}

// duplicate sends the second copies that faults asked for, of the step's segments from number `from` on.
func (w *World) duplicate(s *Step, from int) {
	for i, n := from, len(s.Sent); i < n; i++ {
		if s.Sent[i].twice {
			pk := s.Sent[i]
			w.packets++
			pk.ID, pk.Copy, pk.twice, pk.Lost = w.packets, true, false, false
			pk.ArriveAt = pk.ArriveAt.Add(pk.extra)
			s.Sent = append(s.Sent, pk)
			w.push(&pk)
		}
	}
}

// hostOf finds which host has an address: the sender itself for its own and for loopback; OpenEnd when none has.
func (w *World) hostOf(from uint8, a tcp.Addr) uint8 {
	if a.IsLoopback() {
		return from
	}
	for i := range w.Hosts {
		if w.Hosts[i].Addr == a {
			return uint8(i)
		}
	}
	return OpenEnd
}

// delay is how long a segment travels; nothing within a host.
func (p *Program) delay(from, to uint8) time.Duration {
	if from == to {
		return 0
	}
	for _, l := range p.Links {
		if (l.From == AnyHost || l.From == int(from)) && (l.To == AnyHost || l.To == int(to)) {
			return l.Delay
		}
	}
	return 0
}

// Inject puts a segment from outside the world on its way to whoever has its destination address: it arrives at the
// present instant. It reports false when no host has that address.
func (w *World) Inject(seg tcp.Segment) bool {
	to := w.hostOf(OpenEnd, seg.Dst.Addr)
	if to == OpenEnd {
		return false
	}
	w.packets++
	w.push(&Packet{ID: w.packets, Seg: seg, From: OpenEnd, To: to, SentAt: w.Now, ArriveAt: w.Now})
	return true
}

// Advance lets time pass to an instant before which nothing happens.
func (w *World) Advance(to tcp.Time) bool {
	if to < w.Now || w.Next() < to {
		return false
	}
	w.Now = to
	return true
}

// The wire is a heap by arrival, then host, then order of scheduling.

func (w *World) sooner(i, j int) bool {
	a, b := &w.Wire[i], &w.Wire[j]
	if a.ArriveAt != b.ArriveAt {
		return a.ArriveAt < b.ArriveAt
	}
	if a.To != b.To {
		return a.To < b.To
	}
	return a.order < b.order
}

func (w *World) push(pk *Packet) {
	last := len(w.Wire)
	w.Wire = append(w.Wire, *pk)
	w.packetOrder(&w.Wire[last])
	w.fix(last)
}

// pop takes the next packet off the wire into pk.
func (w *World) pop(pk *Packet) {
	last := len(w.Wire) - 1
	*pk = w.Wire[0]
	if last > 0 {
		w.Wire[0] = w.Wire[last]
	}
	w.Wire[last] = Packet{}
	w.Wire = w.Wire[:last]
	w.fix(0)
}

// fix moves the packet at i to where it belongs in the heap.
func (w *World) fix(i int) {
	for i > 0 && w.sooner(i, (i-1)/2) {
		w.Wire[i], w.Wire[(i-1)/2] = w.Wire[(i-1)/2], w.Wire[i]
		i = (i - 1) / 2
	}
	for {
		c := 2*i + 1
		if c+1 < len(w.Wire) && w.sooner(c+1, c) {
			c++
		}
		if c >= len(w.Wire) || !w.sooner(c, i) {
			return
		}
		w.Wire[i], w.Wire[c] = w.Wire[c], w.Wire[i]
		i = c
	}
}

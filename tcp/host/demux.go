package host

import (
	"encoding/binary"

	"tcptutor/tcp"
)

// Which socket a segment belongs to: first a connection by its 4-tuple, then a listener by port (inet_hashtables.c
// __inet_lookup). The table is open addressing with linear probing over slots; it grows at half full.

// entry is a place in the table. The hash tells other connections apart without a look at them: among many, each look is a wait for
// memory.
type entry struct {
	hash uint32
	slot int32 // from 1; 0 when the place is free
}

// hash scrambles what tells connections of one host apart: both ports and the end of the peer's address. It is asked for
// with every segment, so it is cheaper than the hash that makes initial sequence numbers.
func (h *Host) hash(local, remote tcp.Endpoint) uint32 {
	peer := binary.LittleEndian.Uint64(remote.Addr[8:])
	return uint32(mix(h.Secret ^ peer ^ uint64(local.Port)<<16 ^ uint64(remote.Port)))
}

// lookup finds the connection with that 4-tuple; -1 when there is none.
func (h *Host) lookup(local, remote tcp.Endpoint) int32 {
	if h.tuples == 0 {
		return -1
	}
	hash, mask := h.hash(local, remote), uint32(len(h.table)-1)
	for i := hash & mask; ; i = (i + 1) & mask {
		e := h.table[i]
		if e.slot == 0 {
			return -1
		}
		if e.hash != hash {
			continue
		}
		if t := &h.Socks[e.slot-1].TCB; t.Local == local && t.Remote == remote {
			return e.slot - 1
		}
	}
}

func (h *Host) link(slot int32) {
	if 2*(int(h.tuples)+1) > len(h.table) {
		h.rehash(max(2*len(h.table), 16))
	}
	s := &h.Socks[slot]
	h.place(entry{h.hash(s.TCB.Local, s.TCB.Remote), slot + 1})
	h.tuples++
	s.inTable = true
}

// Relink makes connections be found that were put into Socks from outside.
func (h *Host) Relink() {
	clear(h.table)
	h.tuples = 0
	for i := range h.Socks {
		s := &h.Socks[i]
		if s.inTable = false; !s.Dead && s.TCB.State > tcp.Listen {
			h.link(int32(i))
		}
	}
}

func (h *Host) place(e entry) {
	mask := uint32(len(h.table) - 1)
	i := e.hash & mask
	for h.table[i].slot != 0 {
		i = (i + 1) & mask
	}
	h.table[i] = e
}

func (h *Host) rehash(size int) {
	old := h.table
	h.table = make([]entry, size)
	for _, e := range old {
		if e.slot != 0 {
			h.place(e)
		}
	}
}

// unlink takes a connection out of the table and closes the gap it leaves in its run of probes.
func (h *Host) unlink(slot int32) {
	s := &h.Socks[slot]
	if !s.inTable {
		return
	}
	s.inTable = false
	h.tuples--
	mask := uint32(len(h.table) - 1)
	i := h.hash(s.TCB.Local, s.TCB.Remote) & mask
	for h.table[i].slot != slot+1 {
		i = (i + 1) & mask
	}
	h.table[i] = entry{}
	for j := (i + 1) & mask; h.table[j].slot != 0; j = (j + 1) & mask {
		if home := h.table[j].hash & mask; (j-home)&mask >= (j-i)&mask {
			h.table[i], h.table[j] = h.table[j], entry{}
			i = j
		}
	}
}

// listener finds who listens on that endpoint: the exact address before the wildcard; -1 when nobody.
func (h *Host) listener(local tcp.Endpoint) int32 {
	found := int32(-1)
	for _, slot := range h.listeners {
		t := &h.Socks[slot].TCB
		if t.State != tcp.Listen || t.Local.Port != local.Port {
			continue
		}
		if t.Local.Addr == local.Addr {
			return slot
		}
		if t.Local.Addr.IsUnspecified() {
			found = slot
		}
	}
	return found
}

func (h *Host) dropListener(slot int32) {
	for i, l := range h.listeners {
		if l == slot {
			h.listeners = append(h.listeners[:i], h.listeners[i+1:]...)
			return
		}
	}
}

// The timers are a heap of slots, ordered by deadline and then by slot: no two orders give the same heap top.

func (h *Host) earlier(a, b int32) bool {
	x, y := &h.Socks[a], &h.Socks[b]
	return x.due < y.due || x.due == y.due && a < b
}

// setTimer brings the heap up to date with a socket's earliest deadline.
func (h *Host) setTimer(slot int32) {
	s := &h.Socks[slot]
	due := s.TCB.Deadline()
	if due == s.due && s.heapAt != 0 {
		return
	}
	s.due = due
	if due == tcp.Never {
		h.dropTimer(slot)
		return
	}
	if s.heapAt == 0 {
		h.timers = append(h.timers, slot)
		s.heapAt = int32(len(h.timers))
	}
	h.sift(int(s.heapAt) - 1)
}

func (h *Host) dropTimer(slot int32) {
	s := &h.Socks[slot]
	if s.heapAt == 0 {
		return
	}
	i, last := int(s.heapAt)-1, len(h.timers)-1
	s.heapAt = 0
	moved := h.timers[last]
	h.timers = h.timers[:last]
	if i < last {
		h.timers[i] = moved
		h.Socks[moved].heapAt = int32(i + 1)
		h.sift(i)
	}
}

// sift moves the entry at i to where it belongs, up or down.
func (h *Host) sift(i int) {
	for i > 0 && h.earlier(h.timers[i], h.timers[(i-1)/2]) {
		h.swap(i, (i-1)/2)
		i = (i - 1) / 2
	}
	for {
		c := 2*i + 1
		if c+1 < len(h.timers) && h.earlier(h.timers[c+1], h.timers[c]) {
			c++
		}
		if c >= len(h.timers) || !h.earlier(h.timers[c], h.timers[i]) {
			return
		}
		h.swap(i, c)
		i = c
	}
}

func (h *Host) swap(i, j int) {
	h.timers[i], h.timers[j] = h.timers[j], h.timers[i]
	h.Socks[h.timers[i]].heapAt, h.Socks[h.timers[j]].heapAt = int32(i+1), int32(j+1)
}

// Next is the host's earliest deadline; tcp.Never when no timer runs.
func (h *Host) Next() tcp.Time {
	if len(h.timers) == 0 {
		return tcp.Never
	}
	return h.Socks[h.timers[0]].due
}

package host

import (
	"encoding/binary"

	"tcptutor/tcp"
)

// New makes a host with one process and no thread yet. Its settings are its book's; secret is what its initial
// sequence numbers, ports and timestamp clocks are made from.
func New(index uint8, addr tcp.Addr, book *tcp.Book, secret uint64) Host {
	return Host{
		Machine: Machine{Index: index, Addr: addr, Book: book.ID, Secret: secret, Sysctl: book.Sysctls},
		Procs:   []Process{{Alive: true, FDs: make([]FD, 3, 8)}},
	}
}

// CopyInto makes dst the same host as h, reusing dst's memory.
func (h *Host) CopyInto(dst *Host) {
	dst.Machine = h.Machine
	dst.Socks = grow(dst.Socks, len(h.Socks))
	for i := range h.Socks {
		h.Socks[i].copyInto(&dst.Socks[i])
	}
	dst.Procs = grow(dst.Procs, len(h.Procs))
	for i := range h.Procs {
		dst.Procs[i].Alive = h.Procs[i].Alive
		tcp.Reuse(&dst.Procs[i].FDs, h.Procs[i].FDs)
	}
	tcp.Reuse(&dst.Tasks, h.Tasks)
	tcp.Reuse(&dst.bound, h.bound)
	tcp.Reuse(&dst.proven, h.proven)
	tcp.Reuse(&dst.free, h.free)
	tcp.Reuse(&dst.table, h.table)
	tcp.Reuse(&dst.timers, h.timers)
	tcp.Reuse(&dst.listeners, h.listeners)
}

// Bytes is how much memory the host's slices take; payload is shared and does not count.
func (h *Host) Bytes() int {
	n := tcp.Bytes(h.Socks) + tcp.Bytes(h.Procs) + tcp.Bytes(h.Tasks) + tcp.Bytes(h.bound) + tcp.Bytes(h.proven) +
		tcp.Bytes(h.free) + tcp.Bytes(h.table) + tcp.Bytes(h.timers) + tcp.Bytes(h.listeners)
	for i := range h.Socks {
		n += h.Socks[i].TCB.QueueBytes() + tcp.Bytes(h.Socks[i].Accept)
	}
	for i := range h.Procs {
		n += tcp.Bytes(h.Procs[i].FDs)
	}
	return n
}

// grow returns a slice of n elements that keeps what memory s and its elements have.
func grow[T any](s []T, n int) []T {
	if n <= cap(s) {
		return s[:n]
	}
	return append(s[:cap(s)], make([]T, n-cap(s))...)
}

func (s *Sock) copyInto(dst *Sock) {
	dst.Face = s.Face
	s.TCB.CopyInto(&dst.TCB)
	tcp.Reuse(&dst.Accept, s.Accept)
}

// Sock finds a socket by its serial number; nil when it is gone.
func (h *Host) Sock(id int32) *Sock {
	if s := h.Remembered(id); s != nil && !s.Dead {
		return s
	}
	return nil
}

// Remembered finds a socket by its serial number, even one that was forgotten a moment ago and whose slot nobody has taken.
func (h *Host) Remembered(id int32) *Sock {
	for i := range h.Socks {
		if h.Socks[i].ID == id {
			return &h.Socks[i]
		}
	}
	return nil
}

// Live visits the sockets there are, oldest slot first.
func (h *Host) Live(yield func(*Sock) bool) {
	for i := range h.Socks {
		if !h.Socks[i].Dead && !yield(&h.Socks[i]) {
			return
		}
	}
}

// newSock takes a free slot. The memory of the slot's last owner is kept.
func (h *Host) newSock(x *tcp.Turn, role Role) int32 {
	var slot int32
	if n := len(h.free); n > 0 {
		slot, h.free = h.free[n-1], h.free[:n-1]
	} else {
		slot = int32(len(h.Socks))
		h.Socks = append(h.Socks, Sock{})
	}
	s := &h.Socks[slot]
	h.serial++
	s.reset(h.serial, role)
	x.Note(tcp.Created, s.ID)
	return slot
}

// reset makes the slot one of a new socket, keeping its memory.
func (s *Sock) reset(id int32, role Role) {
	s.Face = Face{ID: id, Role: role}
	s.TCB.Reset()
	s.Accept = s.Accept[:0]
}

// settle looks after a socket whose connection has just had a turn: table, timers, waiting calls; and forgets it
// when neither the network nor a program has any use for it.
func (h *Host) settle(x *tcp.Turn, slot int32) {
	s := &h.Socks[slot]
	if s.TCB.State == tcp.Closed || s.TCB.State == tcp.Listen {
		h.unlink(slot)
	} else if !s.inTable {
		h.link(slot)
	}
	if x.Events&tcp.EvTimers != 0 {
		h.setTimer(slot)
	}
	h.wake(s.ID)
	if s.Refs == 0 && !s.Waiting && s.TCB.State == tcp.Closed {
		h.forget(x, slot)
	}
}

func (h *Host) forget(x *tcp.Turn, slot int32) {
	s := &h.Socks[slot]
	if s.Role == Listener {
		h.dropListener(slot)
	}
	h.unclaim(slot)
	x.Note(tcp.Forgotten, s.ID)
	s.Dead = true
	h.free = append(h.free, slot)
}

// mix is a good scrambler of 64 bits (the finalizer of SplitMix64).
func mix(v uint64) uint64 {
	v += 0x9e3779b97f4a7c15
	v = (v ^ v>>30) * 0xbf58476d1ce4e5b9
	v = (v ^ v>>27) * 0x94d049bb133111eb
	return v ^ v>>31
}

func hashAddr(h uint64, a tcp.Addr) uint64 {
	h = mix(h ^ binary.BigEndian.Uint64(a[:8]))
	return mix(h ^ binary.BigEndian.Uint64(a[8:]))
}

func hashTuple(h uint64, local, remote tcp.Endpoint) uint64 {
	h = hashAddr(h, local.Addr)
	h = hashAddr(h, remote.Addr)
	return mix(h ^ uint64(local.Port)<<16 ^ uint64(remote.Port))
}

// isn is an initial sequence number: a keyed hash of the connection's endpoints plus a clock (RFC 9293 MUST-8, MUST-9;
// 64 ns a number as in secure_seq.c), each as often as the host's book says.
func (h *Host) isn(now tcp.Time, local, remote tcp.Endpoint) tcp.Seq {
	n := &tcp.BookOf(h.Book).Numbers
	return tcp.Seq(uint32(hashTuple(h.Secret, local, remote))*n.ISNHash + uint32(now>>6)*n.ISNClock)
}

// prepare gives a connection what its host decides: segment size and where its timestamp clock starts.
func (h *Host) prepare(t *tcp.TCB) {
	t.MSSLocal = h.mss(t.Remote.Addr)
	t.TSOffset = h.tsOffset(t.Local, t.Remote)
}

// tsOffset is where the timestamp clock between two endpoints starts (RFC 7323 §5.4).
func (h *Host) tsOffset(local, remote tcp.Endpoint) uint32 {
	return uint32(hashTuple(^h.Secret, local, remote))
}

// mss is the largest segment this host takes from a peer: usually 1500 bytes a packet on the wire, 65,535 on loopback, less the
// headers (RFC 9293 MUST-67; KERNEL §15).
func (h *Host) mss(peer tcp.Addr) uint16 {
	mtu, headers := 1500, 40
	if h.MTU != 0 {
		mtu = int(h.MTU)
	}
	if peer == h.Addr || peer.IsLoopback() {
		mtu = 65535
	}
	if !peer.Is4() {
		headers = 60
	}
	return uint16(mtu - headers)
}

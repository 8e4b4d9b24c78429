package sim

import (
	"encoding/binary"
	"slices"

	"github.com/cespare/xxhash/v2"

	"tcptutor/tcp"
)

// Key names the world by what it can still do: two worlds with the same key go on in the same way. Times are relative to
// now, initial sequence numbers and timestamps to themselves; statistics and history are left out.
func (w *World) Key() uint64 {
	w.scratch = w.AppendKey(w.scratch[:0])
	return xxhash.Sum64(w.scratch)
}

// AppendKey appends what Key is the digest of.
func (w *World) AppendKey(b []byte) []byte {
	for i := range w.Hosts {
		b = w.Hosts[i].AppendKey(b, w.Now)
	}
	for i := range w.Threads {
		b = w.appendThread(b, i)
	}
	b = binary.LittleEndian.AppendUint64(b, w.Dice)
	for i, v := range w.Vars {
		b = key32(b, v.FD)
		b = append(b, w.varSlot(i))
	}
	b = key32(b, w.Hits...)
	b = key32(b, w.Seen...)
	return w.appendWire(b)
}

func key32(b []byte, vs ...int32) []byte {
	for _, v := range vs {
		b = binary.LittleEndian.AppendUint32(b, uint32(v))
	}
	return b
}

// varSlot tells whether a variable's socket still lives: its descriptor says which it is.
func (w *World) varSlot(v int) byte {
	for i := range w.Hosts {
		if s := w.Hosts[i].Sock(w.Vars[v].Sock); s != nil && s.HadFD {
			return 1
		}
	}
	return 0
}

// appendThread appends where a thread is; its place in the order of scheduling counts only among those that can run.
func (w *World) appendThread(b []byte, i int) []byte {
	t := &w.Threads[i]
	rank := int32(-1)
	if t.runnable {
		for k := range w.Threads {
			if o := &w.Threads[k]; o.runnable && o.order <= t.order {
				rank++
			}
		}
	}
	b = key32(b, t.Line, rank)
	wake := tcp.Time(0)
	if t.Wake > w.Now {
		wake = t.Wake - w.Now
	}
	b = binary.LittleEndian.AppendUint64(b, uint64(wake))
	b = binary.LittleEndian.AppendUint64(b, uint64(t.Got))
	flags := byte(0)
	if t.Inside {
		flags |= 1
	}
	if t.Over {
		flags |= 2
	}
	if t.Unborn {
		flags |= 4
	}
	return append(b, flags)
}

// appendWire appends what is in flight in the order in which it will arrive.
func (w *World) appendWire(b []byte) []byte {
	w.sorted = w.sorted[:0]
	for i := range w.Wire {
		w.sorted = append(w.sorted, int32(i))
	}
	slices.SortFunc(w.sorted, func(i, j int32) int {
		if w.sooner(int(i), int(j)) {
			return -1
		}
		return 1
	})
	for _, i := range w.sorted {
		pk := &w.Wire[i]
		var iss, irs tcp.Seq
		var offset, base uint32
		if int(pk.From) < len(w.Hosts) {
			if t := w.Hosts[pk.From].Peer(pk.Seg.Src, pk.Seg.Dst); t != nil {
				iss, irs, offset, base = t.Snd.ISS, t.Rcv.IRS, t.TSOffset, t.TSBase
			}
		} else if t := w.Hosts[pk.To].Peer(pk.Seg.Dst, pk.Seg.Src); t != nil { // injected: the receiver's are all there is
			iss, irs, offset, base = t.Rcv.IRS, t.Snd.ISS, t.TSBase, t.TSOffset
		}
		flags := byte(pk.code) << 3
		if pk.Lost {
			flags |= 1
		}
		if pk.behind {
			flags |= 2
		}
		if pk.notice {
			flags |= 4
		}
		b = append(b, pk.From, pk.To, flags)
		b = binary.LittleEndian.AppendUint64(b, uint64(pk.ArriveAt-w.Now))
		b = binary.LittleEndian.AppendUint64(b, uint64(pk.extra))
		b = pk.Seg.AppendKey(b, iss, irs, offset, base, w.Now)
	}
	return b
}

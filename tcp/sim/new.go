package sim

import (
	"slices"
	"unsafe"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
)

// NewWorld makes the world that a program begins with. Its books must exist (tcp.FindBook).
func NewWorld(p *Program) *World {
	w := &World{Clockwork: Clockwork{Seed: p.Seed}}
	for i, spec := range p.Hosts {
		book, err := tcp.FindBook(spec.Book)
		if err != nil {
			panic("sim: " + err.Error()) // the scenario's check has let a wrong name through
		}
		h := host.New(uint8(i), spec.Addr, book, scramble(p.Seed, i))
		h.MTU = int32(spec.MTU)
		for _, s := range spec.Sysctl {
			h.Sysctl[s.Knob] = s.Value
		}
		w.Hosts = append(w.Hosts, h)
	}
	for i := range p.Faults {
		if p.Faults[i].Chance > 0 {
			w.Dice = scramble(p.Seed, OpenEnd)
		}
	}
	w.Threads = make([]Thread, len(p.Threads))
	for i := range p.Threads {
		h := &w.Hosts[p.Threads[i].Host]
		w.Threads[i].Task = int32(len(h.Tasks))
		h.Tasks = append(h.Tasks, host.Task{})
		w.Threads[i].Unborn = p.Threads[i].Child
		w.Threads[i].Over = len(p.Threads[i].Lines) == 0
	}
	w.Vars = slices.Repeat([]Var{{FD: -1}}, len(p.Vars))
	w.Hits = make([]int32, len(p.Moments))
	w.Seen = make([]int32, len(p.Faults))
	w.injectAtOnce(p)
	w.schedule(p)
	return w
}

// scramble makes a host's secret out of the seed.
func scramble(seed uint64, host int) uint64 {
	v := (seed + 1) * 0x9e3779b97f4a7c15
	v ^= uint64(host+1) * 0xd6e8feb86659fd93
	v ^= v >> 32
	v *= 0xd6e8feb86659fd93
	return v ^ v>>32
}

// CopyInto makes dst the same world as w, reusing dst's memory.
func (w *World) CopyInto(dst *World) {
	dst.Clockwork = w.Clockwork
	for len(dst.Hosts) < len(w.Hosts) {
		dst.Hosts = append(dst.Hosts, host.Host{})
	}
	dst.Hosts = dst.Hosts[:len(w.Hosts)]
	for i := range w.Hosts {
		w.Hosts[i].CopyInto(&dst.Hosts[i])
	}
	tcp.Reuse(&dst.Threads, w.Threads)
	tcp.Reuse(&dst.Wire, w.Wire)
	tcp.Reuse(&dst.Vars, w.Vars)
	tcp.Reuse(&dst.Hits, w.Hits)
	tcp.Reuse(&dst.Seen, w.Seen)
	tcp.Reuse(&dst.Outside, w.Outside)
}

// size is how much memory a world takes, its slices' included; payload is shared and does not count.
func (w *World) size() int {
	n := int(unsafe.Sizeof(*w)) + tcp.Bytes(w.Hosts) + tcp.Bytes(w.Threads) + tcp.Bytes(w.Wire) + tcp.Bytes(w.Vars) + tcp.Bytes(w.Hits) +
		tcp.Bytes(w.Seen) + tcp.Bytes(w.Outside)
	for i := range w.Hosts {
		n += w.Hosts[i].Bytes()
	}
	return n
}

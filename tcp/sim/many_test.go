package sim

import (
	"math/bits"
	"testing"

	"github.com/cespare/xxhash/v2"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
)

// crowd is one host that serves very many peers outside of the world. It has sent each of them a few bytes that none has acknowledged yet.
type crowd struct {
	w     *World
	s     Step
	local tcp.Endpoint
	peers []tcp.Endpoint
	una   []tcp.Seq // what each peer has acknowledged
	heard []uint16  // the window each peer has last said
	dice  uint64
}

// perProcess is how many connections a process of a crowd's host holds: its descriptor table is no longer than a thousand.
const perProcess = 1000

func newCrowd(b testing.TB, n int) *crowd {
	c := &crowd{local: tcp.Endpoint{Addr: tcp.IPv4(10, 0, 0, 1), Port: 8080}, una: make([]tcp.Seq, n), heard: make([]uint16, n)}
	p := &Program{Hosts: []HostSpec{{Name: "h", Addr: c.local.Addr, Book: "linux"}}}
	c.w = NewWorld(p)
	h, x := &c.w.Hosts[0], new(tcp.Turn)
	h.Tasks = append(h.Tasks, host.Task{})
	call := func(op host.Op, fd int64, with host.Call) int64 {
		with.Op, with.FD = op, int32(fd)
		if !h.Start(x, c.w.Now, 0, &with) || h.Tasks[0].Result.Errno != tcp.OK {
			b.Fatalf("%v: %v", op, h.Tasks[0].Result.Errno)
		}
		return h.Tasks[0].Result.Value
	}
	listener := call(host.OpSocket, -1, host.Call{A: host.AFInet, B: host.SockStream})
	call(host.OpBind, listener, host.Call{Addr: c.local})
	call(host.OpListen, listener, host.Call{A: perProcess})
	for i := range n {
		if i%perProcess == 0 {
			h.Adopt(0, 1)
			h.Adopt(0, int(call(host.OpFork, -1, host.Call{})))
		}
		c.peers = append(c.peers, tcp.Endpoint{Addr: tcp.IPv4(100, byte(i>>16), byte(i>>8), byte(i)), Port: 9})
		c.get(i, tcp.SYN, 0, 0)
		c.una[i] = c.s.Sent[0].Seg.Seq + 1
		c.get(i, tcp.ACK, 1, c.una[i])
		call(host.OpWrite, call(host.OpAccept, listener, host.Call{}), host.Call{Data: "hello"})
	}
	return c
}

// get lets a segment of peer i arrive.
func (c *crowd) get(i int, fl tcp.Flags, seq, ack tcp.Seq) {
	c.heard[i] ^= 1
	c.w.Inject(tcp.Segment{Src: c.peers[i], Dst: c.local, Seq: seq, Ack: ack, Flags: fl, Wnd: 8000 + c.heard[i]})
	c.w.Step(crowdProgram, &c.s)
}

var crowdProgram = &Program{}

// any is some peer.
func (c *crowd) any() int {
	c.dice = c.dice*6364136223846793005 + 1442695040888963407
	return int(c.dice >> 33 % uint64(len(c.peers)))
}

// step lets some peer say that its window has changed.
func (c *crowd) step() {
	i := c.any()
	c.get(i, tcp.ACK, 1, c.una[i])
}

// index is the least that finds a connection among many: open addressing at a third full, and in an entry enough of the hash to know
// the right one by.
type index []struct {
	hash uint32
	slot int32 // from 1; 0 is an empty entry
}

func (c *crowd) index() index {
	x := make(index, 1<<bits.Len(uint(2*len(c.peers))))
	for slot := range c.w.Hosts[0].Socks {
		h := hashPeer(c.w.Hosts[0].Socks[slot].TCB.Remote)
		i := h % uint64(len(x))
		for x[i].slot != 0 {
			i = (i + 1) % uint64(len(x))
		}
		x[i].hash, x[i].slot = uint32(h>>32), int32(slot)+1
	}
	return x
}

func (x index) find(peer tcp.Endpoint) int32 {
	h := hashPeer(peer)
	for i := h % uint64(len(x)); ; i = (i + 1) % uint64(len(x)) {
		if x[i].hash == uint32(h>>32) {
			return x[i].slot - 1
		}
	}
}

func hashPeer(e tcp.Endpoint) uint64 { return xxhash.Sum64(e.Addr[8:]) ^ uint64(e.Port) }

// walk finds some peer's connection, reads it and its retransmission queue and writes them: memory that a step can't do without.
func (c *crowd) walk(x index) {
	t := &c.w.Hosts[0].Socks[x.find(c.peers[c.any()])].TCB
	copied := struct {
		tcp.Vars
		tcp.Traits
	}{t.Vars, t.Traits}
	t.Vars = copied.Vars
	t.Traits = copied.Traits
	t.Sent[0].Again = t.Sent[0].SACKed
}

// BenchmarkManyConnections is a step of a host with a hundred thousand connections, of which any may be next, facts on. Goal: twice the
// walk through memory that it takes: a probe of a hash table, and two cold blocks.
func BenchmarkManyConnections(b *testing.B) {
	c := newCrowd(b, 100_000)
	x := c.index()
	ours, reference := against(40, 10_000, c.step, func() { c.walk(x) })
	b.ReportAllocs()
	for b.Loop() {
		c.step()
	}
	report(b, ours, reference, 2)
	b.ReportMetric(ours, "ns/step")
	b.ReportMetric(reference, "ns/walk")
}

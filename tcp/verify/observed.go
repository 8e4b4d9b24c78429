package verify

import (
	"bytes"
	"cmp"
	"slices"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
	"tcptutor/tcp/sim"
)

// observed is what can be seen of a run from outside: which segments left each host, what each call returned, and how long each
// connection was in which state.
type observed struct {
	run      sim.Run
	end      tcp.Time // of the observation
	conns    []conn
	segments []segment
	results  []result
	stays    []stay
	inputs   []input
	late     time.Duration // how late something was done, at worst
}

// input is something that was done to a host: a segment arrived, a program began a line. What the host does is timed from there.
type input struct {
	place
	conn, from int // of a segment; -1 for a line
	thread     int // of a line; -1 for a segment
	line       int32
}

// conn is a connection, or a conversation of that form, as its first segment had it.
type conn struct {
	ends [2]tcp.Endpoint
	isn  [2][]tcp.Seq // where each end's numbers begin: its SYNs
	tick [2][]uint32  // and those SYNs' timestamps; 0 without one
	fed  [2]int       // segments with data that have reached it
	syns [2]tcp.Options
}

// other is the end that an end talks to: itself, where a socket has connected to itself.
func (c *conn) other(end int) int {
	if c.ends[0] == c.ends[1] {
		return end
	}
	return 1 - end
}

// segment is one that a host sent.
type segment struct {
	place
	from     int // which end of the connection sent it
	conn     int
	seq, ack number
	flags    tcp.Flags
	wnd      uint16
	data     string
	opt      tcp.Options // SACK blocks left out
	sack     []number
	echo     int64 // the timestamp it echoes, ms after that of the peer's SYN; 0 without one
	lost     bool
	fed      int   // how many segments with data its sender has got before
	offer    int64 // the window in bytes
}

// place is where in a run something was observed.
type place struct {
	step int
	at   tcp.Time
	host int
}

// number is a sequence number counted from the nearest of its side's initial ones; epoch says from which, -1 where none is known.
type number struct {
	epoch int
	off   int32
}

// result is what the calls of a program's line returned: several only for a line that reads until something.
type result struct {
	place
	thread int
	line   int32
	op     host.Op
	errno  tcp.Errno
	made   bool  // a descriptor or a process, whose number is the kernel's own
	value  int64 // 0 for such
	data   string
	addr   string // with "host" for a port that the kernel chose
}

// stay is the time that a connection's end spent in a state.
type stay struct {
	place
	conn  int
	end   int
	state tcp.State
	left  place // when it ended
}

func (s *stay) long() time.Duration { return s.left.at.Since(s.at) }

// observe reads a run up to an instant.
func observe(run sim.Run, until tcp.Time) *observed {
	o := &observed{run: run}
	n := run.Len()
	var late []time.Duration
	if rec, ok := run.(*sim.Recording); ok {
		late = rec.Late
	}
	for i := range n {
		s := run.Step(i)
		here := place{i, s.At, int(s.Host)}
		if late != nil {
			here.at = here.at.Add(late[i])
			o.late = max(o.late, late[i])
		}
		in := input{place: here, conn: -1, thread: int(s.Thread), line: s.Line}
		switch s.Cause {
		case sim.CauseArrive:
			if s.Packet.From == sim.OpenEnd && s.Packet.Seg.Flags.Has(tcp.SYN) {
				o.number(&s.Packet.Seg, true)
			}
			in.conn, in.from = o.find(s.Packet.Seg.Src, s.Packet.Seg.Dst)
			if in.conn >= 0 && s.Packet.Seg.Data != "" {
				c := &o.conns[in.conn]
				c.fed[c.other(in.from)]++
			}
			o.inputs = append(o.inputs, in)
		case sim.CauseCall, sim.CauseWait:
			o.inputs = append(o.inputs, in)
		}
		for k := range s.Sent {
			if p := &s.Sent[k]; !p.Copy {
				o.number(&p.Seg, false)
				o.segment(here, p)
			}
		}
		if s.Returned {
			o.result(here, s)
		}
		o.end = here.at
	}
	o.end = max(o.end, until)
	o.states(n)
	return o
}

// find is the connection between two ends, and which end the first of them is; -1 when there is none.
func (o *observed) find(src, dst tcp.Endpoint) (int, int) {
	for i := range o.conns {
		switch o.conns[i].ends {
		case [2]tcp.Endpoint{src, dst}:
			return i, 0
		case [2]tcp.Endpoint{dst, src}:
			return i, 1
		}
	}
	return -1, 0
}

// number notes what a segment says about where numbers begin; whose it is or, forged, who is said to have sent it.
func (o *observed) number(seg *tcp.Segment, forged bool) {
	i, end := o.find(seg.Src, seg.Dst)
	if i < 0 {
		ends := [2]tcp.Endpoint{seg.Src, seg.Dst}
		if bytes.Compare(ends[0].Addr[:], ends[1].Addr[:]) > 0 { // not by who was first: when both open, that is chance
			ends[0], ends[1] = ends[1], ends[0]
		}
		o.conns = append(o.conns, conn{ends: ends})
		i = len(o.conns) - 1
		_, end = o.find(seg.Src, seg.Dst)
	}
	c := &o.conns[i]
	if isn := &c.isn[end]; seg.Flags.Has(tcp.SYN) && !slices.Contains(*isn, seg.Seq) {
		*isn = append(*isn, seg.Seq)
		tick := seg.Opt.TSVal
		if n := len(c.tick[end]); n > 0 && !seg.Opt.Has(tcp.OptTS) { // it brings none to echo
			tick = c.tick[end][n-1]
		}
		c.tick[end] = append(c.tick[end], tick)
	}
	if seg.Flags.Has(tcp.SYN) && !forged {
		c.syns[end] = seg.Opt
	}
}

// segment takes down one that has been numbered.
func (o *observed) segment(at place, p *sim.Packet) {
	i, end := o.find(p.Seg.Src, p.Seg.Dst)
	c, g := &o.conns[i], &p.Seg
	peer := c.other(end)
	s := segment{
		place: at, conn: i, from: end,
		flags: g.Flags, wnd: g.Wnd, data: g.Data, opt: g.Opt, lost: p.Lost, fed: c.fed[end],
		seq: c.count(end, g.Seq),
	}
	s.offer = int64(g.Wnd)
	if !g.Flags.Has(tcp.SYN) && c.syns[end].Has(tcp.OptWScale) && c.syns[peer].Has(tcp.OptWScale) {
		s.offer <<= c.syns[end].WScale
	}
	if g.Flags.Has(tcp.RST) && g.Seq == 0 { // the answer to a segment without ACK: no number of a connection's
		s.seq = number{-1, 0}
	}
	if g.Flags.Has(tcp.ACK) {
		s.ack = c.count(peer, g.Ack)
	}
	for _, b := range g.Opt.SACK[:g.Opt.NSACK] {
		s.sack = append(s.sack, c.count(peer, b.Start), c.count(peer, b.End))
	}
	s.opt.SACK, s.opt.TSVal, s.opt.TSEcr = [tcp.MaxSACK]tcp.Block{}, 0, 0
	// An end that was rebooted has another clock: its SYN, from which what it acknowledges is counted, shows it.
	if g.Opt.Has(tcp.OptTS) && g.Opt.TSEcr != 0 && g.Flags.Has(tcp.ACK) && s.ack.epoch >= 0 {
		s.echo = int64(int32(g.Opt.TSEcr - c.tick[peer][s.ack.epoch]))
	}
	o.segments = append(o.segments, s)
}

// near is how far from an initial number a number may be and still be counted from there.
const near = 1 << 30

// count is a sequence number of one end, relative.
func (c *conn) count(end int, n tcp.Seq) number {
	best := number{-1, int32(n)}
	for i, isn := range c.isn[end] {
		if off := int32(n - isn); abs(off) < near && (best.epoch < 0 || abs(off) < abs(best.off)) {
			best = number{i, off}
		}
	}
	return best
}

func abs(v int32) int64 { return max(int64(v), -int64(v)) }

// result takes down what a call returned.
func (o *observed) result(at place, s *sim.Step) {
	r := result{
		place: at, thread: int(s.Thread), line: s.Line, op: s.Call.Op,
		errno: s.Result.Errno, value: s.Result.Value, data: s.Result.Data, addr: o.address(s),
	}
	switch s.Call.Op {
	case host.OpSocket, host.OpAccept, host.OpDup, host.OpFork: // numbers of the kernel's own
		r.made, r.value = r.value >= 0, min(r.value, 0)
	}
	until := s.Thread >= 0 && s.Line >= 0 && o.run.Program().Threads[s.Thread].Lines[s.Line].Kind == sim.LineReadUntil
	if k := o.lastOf(r.thread); until && k >= 0 && o.results[k].line == r.line && o.results[k].value > 0 {
		last := &o.results[k] // how bytes are cut up is the moment's affair
		last.step, last.at, last.errno = r.step, r.at, r.errno
		last.value += max(r.value, 0)
		last.data += r.data
		return
	}
	o.results = append(o.results, r)
}

// lastOf is the last result of a thread; -1 for none.
func (o *observed) lastOf(thread int) int {
	for i := len(o.results) - 1; i >= 0; i-- {
		if o.results[i].thread == thread {
			return i
		}
	}
	return -1
}

// address is the address that a call returned, its port only where a program asked for it.
func (o *observed) address(s *sim.Step) string {
	at := s.Result.Addr
	if at == (tcp.Endpoint{}) {
		return ""
	}
	if asked(o.run.Program(), at.Port) {
		return at.String()
	}
	return at.Addr.String()
}

// asked tells whether a program names a port; else it is a machine's own choice.
func asked(p *sim.Program, port uint16) bool {
	for i := range p.Threads {
		for _, l := range p.Threads[i].Lines {
			if l.Call.Addr.Port == port {
				return true
			}
		}
	}
	return false
}

// states takes down who was how long in which state, as the world stood after each step.
func (o *observed) states(n int) {
	type side struct{ conn, end int }
	open := map[side]int{} // the stay under way
	for i := range n + 1 {
		at := tcp.Time(0)
		if i > 0 {
			at = o.run.Step(i - 1).At
		}
		present := map[side]bool{}
		w := o.run.View(i)
		for h := range w.Hosts {
			for s := range w.Hosts[h].Live {
				c, end := o.find(s.TCB.Local, s.TCB.Remote)
				if c < 0 || s.TCB.State == tcp.Closed || s.TCB.State == tcp.Listen {
					continue
				}
				who := side{c, end}
				present[who] = true
				k, known := open[who]
				if known && o.stays[k].state == s.TCB.State {
					continue
				}
				here := place{max(i-1, 0), at, h}
				if known {
					o.stays[k].left = here
				}
				open[who] = len(o.stays)
				o.stays = append(o.stays, stay{place: here, conn: c, end: end, state: s.TCB.State})
			}
		}
		for who, k := range open {
			if !present[who] {
				o.stays[k].left = place{max(i-1, 0), at, o.stays[k].host}
				delete(open, who)
			}
		}
	}
	for _, k := range open {
		o.stays[k].left = place{n - 1, o.end, o.stays[k].host}
	}
	slices.SortStableFunc(o.stays, func(a, b stay) int {
		return cmp.Or(cmp.Compare(a.conn, b.conn), cmp.Compare(a.end, b.end), cmp.Compare(a.at, b.at))
	})
}

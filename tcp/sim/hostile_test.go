package sim

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
)

// tape is where a hostile world comes from: each byte decides something; after its end everything is 0.
type tape struct {
	bytes []byte
	at    int
}

func (t *tape) next() int {
	if t.at >= len(t.bytes) {
		return 0
	}
	t.at++
	return int(t.bytes[t.at-1])
}

func (t *tape) roll(n int) int { return t.next() % n }

func choose[T any](t *tape, list ...T) T { return list[t.roll(len(list))] }

// near is a number close to n, mostly n itself or a neighbour, sometimes a window or more away.
func (t *tape) near(n tcp.Seq) tcp.Seq {
	return n.Add(choose(t, 0, 0, 0, 1, -1, 2, 100, -100, 1448, 64240, 65536, -70000, 1<<24, 1<<30, -1<<30))
}

// hostileProgram is two machines whose programs make any calls with any arguments, over a wire with faults.
func hostileProgram(t *tape) *Program {
	p := textbook("linux", 0)
	p.Vars, p.Limits = nil, Limits{Steps: 800, Time: tcp.Time(3 * time.Hour)}
	p.Links[0].Delay = choose(t, 0, time.Microsecond, 10*time.Millisecond, 300*time.Millisecond)
	for h := range p.Hosts {
		p.Hosts[h].Book = choose(t, "linux", "linux", "rfc9293", "linux6.4", "linux+no-time-wait", "linux+cookies-always", "rfc9293+cookies-always",
			"linux+infinite-window", "linux+no-nagle", "rfc9293+no-delayed-ack", "linux+rst-in-window", "rfc9293+no-challenge-ack",
			"linux+close-sends-rst", "rfc9293+endless-accept-queue", "linux+constant-isn", "linux+no-rst-for-unknown")
		for range t.roll(4) {
			p.Hosts[h].Sysctl = append(p.Hosts[h].Sysctl, Setting{tcp.Sysctl(t.roll(int(tcp.NumSysctls))), int64(choose(t, 0, 1, 2, 3, 5, 100, 70000))})
		}
	}
	usual := [][]Line{p.Threads[0].Lines[:3], p.Threads[1].Lines[:4], nil, nil}
	p.Threads = nil
	for i := range 4 {
		spec := ThreadSpec{Host: i % 2, Name: p.Hosts[i%2].Name}
		if t.roll(8) > 0 { // mostly a client that dials a server, and then what they like
			for _, l := range usual[i] {
				l.FDVar, l.Assign, l.Call.FD = -1, -1, 3
				spec.Lines = append(spec.Lines, l)
			}
		}
		for range 3 + t.roll(12) {
			spec.Lines = append(spec.Lines, hostileLine(t, p))
		}
		p.Threads = append(p.Threads, spec)
	}
	for range t.roll(5) {
		p.Moments = append(p.Moments, Moment{Host: t.roll(2), Var: -1, Event: Sends, Seg: tcp.Kind(t.roll(int(tcp.KindAny) + 1)), N: t.roll(4)})
		p.Faults = append(p.Faults, Fault{Kind: FaultKind(t.roll(5)), Moment: len(p.Moments) - 1, Always: t.roll(8) == 0,
			Extra: time.Duration(t.next()*t.next()) * time.Millisecond, Code: choose(t, tcp.HostUnreachable, tcp.PortUnreachable)})
	}
	return p
}

func hostileLine(t *tape, p *Program) Line {
	l := Line{FDVar: -1, Assign: -1, When: -1}
	at := tcp.Endpoint{Addr: choose(t, tcp.Addr{}, p.Hosts[0].Addr, p.Hosts[1].Addr, tcp.IPv4(127, 0, 0, 1), tcp.IPv4(10, 9, 9, 9)), Port: choose(t, uint16(8080), 8080, 8081, 0, 40000)}
	c := host.Call{FD: int32(choose(t, 3, 3, 3, 4, 4, 5, 6, -1)), Addr: at}
	switch k := t.roll(30); {
	case k < 4:
		c.Op, c.A, c.B = host.OpSocket, host.AFInet, int64(choose(t, host.SockStream, host.SockStream, host.SockStream|host.SockNonblock))
	case k < 7:
		c.Op = host.OpBind
	case k < 9:
		c.Op, c.A = host.OpListen, int64(choose(t, 0, 1, 5, -1))
	case k < 11:
		c.Op = host.OpAccept
	case k < 15:
		c.Op = host.OpConnect
		c.Addr.Port = choose(t, uint16(8080), 8080, 8081)
	case k < 18:
		c.Op, c.A = host.OpRead, int64(choose(t, 0, 0, 1, 1000))
	case k < 21:
		c.Op, c.Data = host.OpWrite, strings.Repeat("byte", 1+t.next()*t.next()/8)
		c.B = int64(choose(t, 0, 0, 0, host.MsgOOB))
	case k < 23:
		c.Op, c.A, c.B = host.OpSetsockopt, int64(t.roll(int(host.NumOptions))), int64(choose(t, 0, 1, 2, 5, 1000, 4000, 100000))
	case k < 26:
		l.Kind, l.Wait = LineWait, time.Duration(t.next()*t.next()*choose(t, 1, 1, 60))*time.Millisecond
		return l
	default:
		c.Op, c.A, c.B = choose(t, host.OpShutdown, host.OpClose, host.OpClose, host.OpDup, host.OpPoll, host.OpFcntl, host.OpGetsockopt, host.OpGetsockname,
			host.OpGetpeername), int64(t.roll(4)), int64(choose(t, 0, host.ONonblock))
	}
	if t.next() > 250 {
		c.Op = choose(t, host.OpExit, host.OpKill, host.OpReboot)
	}
	l.Call = c
	return l
}

// hostileSegment is a stranger's: out of nowhere, or forged in the name of a connection's other end.
func hostileSegment(t *tape, w *World) tcp.Segment {
	h := t.roll(2)
	seg := tcp.Segment{
		Src: tcp.Endpoint{Addr: tcp.IPv4(10, 9, 9, 9), Port: 9}, Dst: tcp.Endpoint{Addr: w.Hosts[h].Addr, Port: choose(t, uint16(8080), 8081, 40000)},
		Seq: tcp.Seq(t.next()) << 24, Ack: tcp.Seq(t.next()) << 24, Flags: tcp.Flags(t.next() & 0x3f), Wnd: uint16(t.next() * choose(t, 0, 1, 250)), Urg: uint16(t.next()),
	}
	stranger := true
	for s := range w.Hosts[h].Live {
		if k := &s.TCB; k.State != tcp.Listen && k.State != tcp.Closed && t.roll(2) == 1 {
			seg.Src, seg.Dst, seg.Seq, seg.Ack = k.Remote, k.Local, t.near(k.Rcv.NXT), t.near(choose(t, k.Snd.NXT, k.Snd.UNA))
			stranger = w.hostOf(OpenEnd, k.Remote.Addr) == OpenEnd
		}
	}
	if stranger { // bytes in the name of a peer that is there would be others than it sent, and rightly reported
		seg.Data = strings.Repeat("evil", t.next()*t.next()/64)
	}
	if o := t.next(); o != 0 {
		seg.Opt = tcp.Options{Set: tcp.OptionSet(o) & (tcp.OptMSS | tcp.OptWScale | tcp.OptSACKPerm | tcp.OptTS | tcp.OptSACK), MSS: uint16(t.next() * t.next()),
			WScale: uint8(t.roll(16)), TSVal: uint32(t.next()) << 20, TSEcr: uint32(t.next()) << 20}
		for seg.Opt.Has(tcp.OptSACK) && seg.Opt.NSACK < uint8(1+t.roll(tcp.MaxSACK)) {
			start := t.near(seg.Ack)
			seg.Opt.SACK[seg.Opt.NSACK] = tcp.Block{Start: start, End: t.near(start)}
			seg.Opt.NSACK++
		}
	}
	return seg
}

// playHostile holds that the invariants hold after every step, that a copy of the world goes the same way, and that there is an end.
func playHostile(bytes []byte) error {
	t := &tape{bytes: bytes}
	p := hostileProgram(t)
	w, twin := NewWorld(p), new(World)
	var s, again Step
	calm := choose(t, 5, 30, 256) // how many steps there are to a hostile segment
	for w.Steps < p.Limits.Steps && w.Next() <= p.Limits.Time {
		if t.roll(calm) == 1 && w.Inject(hostileSegment(t, w)) {
			continue
		}
		w.CopyInto(twin)
		if !w.Step(p, &s) {
			break
		}
		if err := w.Check(p); err != nil {
			return fmt.Errorf("after step %d at %v: %w", w.Steps, time.Duration(w.Now), err)
		}
		if err := w.CheckStep(&s); err != nil {
			return fmt.Errorf("step %d at %v: %w", w.Steps, time.Duration(w.Now), err)
		}
		if twin.Step(p, &again); twin.Steps%16 == 0 && twin.Key() != w.Key() {
			return fmt.Errorf("step %d: a copy has gone another way", w.Steps)
		}
	}
	return nil
}

// Whatever programs call, the wire does and strangers send, the invariants hold after every step.
func TestHostileWorldsKeepTheInvariants(t *testing.T) {
	for seed := range uint64(1000) {
		if err := playHostile(hostileBytes(seed)); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
	}
}

func hostileBytes(seed uint64) []byte {
	d := dice(seed)
	b := make([]byte, 1500)
	for i := range b {
		b[i] = byte(d.roll(256))
	}
	return b
}

func FuzzHostile(f *testing.F) {
	for seed := range uint64(20) {
		f.Add(hostileBytes(seed))
	}
	f.Fuzz(func(t *testing.T, bytes []byte) {
		if err := playHostile(bytes); err != nil {
			t.Error(err)
		}
	})
}

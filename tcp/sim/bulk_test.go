package sim

import (
	"fmt"
	"testing"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
)

// bulkText is n bytes in which each place can be told from its neighbours.
func bulkText(n int) string {
	b := make([]byte, 0, n+12)
	for i := 0; len(b) < n; i++ {
		b = fmt.Appendf(b, "%d,", i)
	}
	return string(b[:n])
}

// long is how many bytes are too many to write in small pieces, or to lose many segments of.
const long = 50_000

// wild is a transfer of text over a wire that loses, repeats, delays and reorders segments of both directions by chance.
func wild(seed uint64, text string) *Program {
	d := dice(seed)
	p := textbook(pick(&d, both...), 0)
	p.Hosts[1].Book = pick(&d, both...)
	p.Seed = seed
	p.Links[0].Delay = time.Duration(pick(&d, 1, 5, 40)) * time.Millisecond
	p.Limits = Limits{Steps: 1 << 20, Time: tcp.Time(100 * time.Hour)}
	for h := range p.Hosts {
		for _, k := range []tcp.Sysctl{tcp.SACK, tcp.Timestamps, tcp.WindowScaling} {
			p.Hosts[h].Sysctl = append(p.Hosts[h].Sysctl, Setting{k, int64(d.roll(2))})
		}
	}
	most := 25_000 // in a million
	if len(text) <= long {
		most = pick(&d, most, 120_000)
	}
	for kind := Drop; kind <= Reorder; kind++ {
		for h := range 2 {
			p.Moments = append(p.Moments, Moment{Host: h, Var: -1, Event: Sends, Seg: tcp.KindAny})
			p.Faults = append(p.Faults, Fault{
				Kind: kind, Moment: len(p.Moments) - 1, Chance: uint32(d.roll(3) * d.roll(most)),
				Extra: time.Duration(d.roll(60)) * time.Millisecond,
			})
		}
	}
	p.Threads[0].Lines = writes(&d, p.Threads[0].Lines, text)
	p.Threads[1].Lines[4].Call.A = int64(pick(&d, 0, 0, 1000, 9000))
	if d.roll(3) == 0 {
		p.Threads[1].Lines[4].Call.A = int64(4000 + d.roll(9000))
		buffer := p.Threads[1].Lines[2]
		buffer.Call = host.Call{Op: host.OpSetsockopt, A: int64(host.SoRcvbuf), B: int64(2000 + d.roll(60_000))}
		l := p.Threads[1].Lines
		p.Threads[1].Lines = append(l[:2:2], append([]Line{buffer}, l[2:]...)...)
	}
	return p
}

// writes are a program's lines with the write, the fourth, made several where the text is not long: small ones that may leave at once and
// one after the other, so that segments are of all sizes.
func writes(d *dice, lines []Line, text string) []Line {
	write := lines[3]
	if len(text) > long || d.roll(2) == 0 {
		write.Call.Data = text
		return append(append(lines[:3:3], write), lines[4:]...)
	}
	out := lines[:3:3]
	if d.roll(3) > 0 {
		nodelay := write
		nodelay.Call = host.Call{Op: host.OpSetsockopt, A: int64(host.TCPNodelay), B: 1}
		out = append(out, nodelay)
	}
	most, pause := pick(d, 300, 1500, 4000), Line{Kind: LineWait, Wait: pick(d, 0, time.Millisecond, 15*time.Millisecond), When: -1}
	for text != "" {
		n := min(1+d.roll(most), len(text))
		write.Call.Data, text = text[:n], text[n:]
		out = append(out, write, pause)
	}
	return append(out, lines[4:]...)
}

// Bytes over a wire that loses, repeats, delays and reorders by chance arrive whole, in order and once; the connections
// touched are checked after every step, the whole world now and then. RFC 9293 §3.8.
func TestChanceWiresDeliverTheSameBytes(t *testing.T) {
	sizes := []int{1, 1000, 30_000, 200_000}
	text := bulkText(10 << 20)
	for seed := range uint64(1000) {
		n := sizes[seed%4]
		if seed == 3 && !testing.Short() {
			n = len(text) // 10 MB once
		}
		if err := playWild(wild(seed, text[:n]), text[:n]); err != nil {
			t.Errorf("seed %d, %d bytes: %v", seed, n, err)
		}
	}
}

func playWild(p *Program, text string) error {
	w := NewWorld(p)
	var s Step
	got := 0
	for w.Next() <= p.Limits.Time && w.Steps < p.Limits.Steps && w.Step(p, &s) {
		if w.Steps%64 == 0 {
			if err := w.Check(p); err != nil {
				return fmt.Errorf("step %d at %d: %w", w.Steps, w.Now, err)
			}
		}
		if err := w.CheckTouched(&s); err != nil {
			return fmt.Errorf("step %d at %d: %w", w.Steps, w.Now, err)
		}
		if s.Returned && s.Host == 1 && s.Call.Op == host.OpRead {
			n := len(s.Result.Data)
			if got+n > len(text) || text[got:got+n] != s.Result.Data {
				return fmt.Errorf("at byte %d something else was read", got)
			}
			got += n
		}
	}
	if got != len(text) {
		return fmt.Errorf("%d bytes read at %v, the client's connection is %s after %d steps", got, time.Duration(w.Now), w.Hosts[0].Socks[0].TCB.State, w.Steps)
	}
	return nil
}

package sim

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
)

// dice is a small generator of its own, so that a seed names a run for ever.
type dice uint64

func (d *dice) roll(n int) int {
	*d += 0x9e3779b97f4a7c15
	v := uint64(*d)
	v = (v ^ v>>30) * 0xbf58476d1ce4e5b9
	v = (v ^ v>>27) * 0x94d049bb133111eb
	return int((v ^ v>>31) >> 33 % uint64(n))
}

func pick[T any](d *dice, list ...T) T { return list[d.roll(len(list))] }

// randomProgram is a server and a client that exchange data over a wire that loses, delays and repeats segments, and that
// call, close and shut down as they please.
func randomProgram(seed uint64) *Program {
	d := dice(seed)
	p := textbook(pick(&d, "linux", "linux", "rfc9293"), 0)
	p.Hosts[1].Book = pick(&d, "linux", "rfc9293")
	p.Seed = seed
	p.Links[0].Delay = time.Duration(pick(&d, 0, 1, 10, 150)) * time.Millisecond
	p.Limits = Limits{Steps: 3000, Time: tcp.Time(2 * time.Hour)}
	kinds := []tcp.Kind{tcp.KindSYN, tcp.KindSYNACK, tcp.KindACK, tcp.KindFIN, tcp.KindDATA, tcp.KindRST}
	for range d.roll(5) {
		p.Moments = append(p.Moments, Moment{Host: d.roll(2), Var: -1, Event: Sends, Seg: kinds[d.roll(len(kinds))], N: 1 + d.roll(3)})
		p.Faults = append(p.Faults, Fault{
			Kind: FaultKind(d.roll(4)), Moment: len(p.Moments) - 1, Always: d.roll(12) == 0,
			Extra: time.Duration(d.roll(400)) * time.Millisecond,
		})
	}
	client, server := p.Threads[0].Lines, p.Threads[1].Lines
	p.Threads[0].Lines = append(client[:3:3], randomTalk(&d, 2, client[4], server[4])...)
	p.Threads[1].Lines = append(server[:4:4], randomTalk(&d, 1, client[4], server[4])...)
	return p
}

func randomTalk(d *dice, fd int, call, read Line) []Line {
	at := func(c host.Call) Line {
		l := call
		l.Call, l.FDVar = c, fd
		return l
	}
	var out []Line
	for range d.roll(7) {
		switch d.roll(7) {
		case 0, 1:
			out = append(out, at(host.Call{Op: host.OpWrite, Data: strings.Repeat("data ", 1+d.roll(900))}))
		case 2:
			out = append(out, at(host.Call{Op: host.OpRead, A: int64(d.roll(3) * 100)}))
		case 3:
			r := read
			r.FDVar = fd
			out = append(out, r)
		case 4:
			out = append(out, Line{Kind: LineWait, Wait: time.Duration(d.roll(3000)) * time.Millisecond, When: -1})
		case 5:
			out = append(out, at(host.Call{Op: host.OpShutdown, A: int64(d.roll(3))}))
		case 6:
			out = append(out, at(host.Call{Op: host.OpClose}))
		}
	}
	return out
}

// Whatever programs do and the wire does to them, the invariants hold after every step, and the same seed gives the same run.
func TestRandomWorldsKeepTheInvariants(t *testing.T) {
	n := uint64(1500)
	if testing.Short() {
		n = 150
	}
	for seed := range n {
		if err := playRandom(seed); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
	}
}

func playRandom(seed uint64) error {
	p := randomProgram(seed)
	w := NewWorld(p)
	var s Step
	for i := 0; i < p.Limits.Steps && w.Next() <= p.Limits.Time && w.Step(p, &s); i++ {
		if err := w.Check(p); err != nil {
			return fmt.Errorf("after step %d at %d: %w", i, w.Now, err)
		}
		if err := w.CheckStep(&s); err != nil {
			return fmt.Errorf("step %d at %d: %w", i, w.Now, err)
		}
	}
	if w.Steps >= p.Limits.Steps {
		return fmt.Errorf("no end after %d steps", w.Steps)
	}
	return nil
}

func FuzzWorld(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) {
		if err := playRandom(seed); err != nil {
			t.Error(err)
		}
	})
}

// Data over a wire that loses, repeats, delays and reorders arrives whole, in order and once.
func TestRandomWiresDeliverTheSameBytes(t *testing.T) {
	for seed := range uint64(300) {
		d := dice(seed)
		p := textbook(pick(&d, both...), 0)
		p.Limits = Limits{Steps: 20000, Time: tcp.Time(2 * time.Hour)}
		for range 1 + d.roll(6) {
			p.Moments = append(p.Moments, Moment{Host: d.roll(2), Var: -1, Event: Sends, Seg: pick(&d, tcp.KindDATA, tcp.KindACK, tcp.KindFIN), N: 1 + d.roll(20)})
			p.Faults = append(p.Faults, Fault{Kind: FaultKind(d.roll(4)), Moment: len(p.Moments) - 1, Extra: time.Duration(d.roll(300)) * time.Millisecond})
		}
		var b strings.Builder
		for i := range 200 + d.roll(20000) {
			fmt.Fprintf(&b, "%d,", i)
		}
		p.Threads[0].Lines[3].Call.Data = b.String()
		p.Threads[1].Lines[4].Call.A = int64(pick(&d, 0, 1000, 5000))
		got := delivered(t, p)
		if got != b.String() {
			t.Errorf("seed %d: %d bytes sent, %d received, or not the same", seed, b.Len(), len(got))
		}
	}
}

// delivered plays a run and returns what the server has read.
func delivered(t *testing.T, p *Program) string {
	t.Helper()
	w := NewWorld(p)
	var s Step
	var got strings.Builder
	for w.Next() <= p.Limits.Time && w.Steps < p.Limits.Steps && w.Step(p, &s) {
		if err := w.Check(p); err != nil {
			t.Fatal(err)
		}
		if s.Returned && s.Host == 1 && s.Call.Op == host.OpRead {
			got.WriteString(s.Result.Data)
		}
	}
	return got.String()
}

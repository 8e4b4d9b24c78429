package sim

import (
	"io"
	"net"
	"testing"
	"time"

	"github.com/cespare/xxhash/v2"

	"tcptutor/tcp"
)

// Each benchmark measures its reference in the same run and reports the ratio; x-of-goal is how many times the goal it
// takes: 1 or less is what we promise.

// against measures ours and its reference in turns, so that a busy moment hits both, and takes the best of each: ns a call.
func against(rounds, calls int, ours, reference func()) (float64, float64) {
	best := [2]time.Duration{1 << 62, 1 << 62}
	for range rounds {
		for i, f := range [2]func(){ours, reference} {
			start := time.Now()
			for range calls {
				f()
			}
			best[i] = min(best[i], time.Since(start))
		}
	}
	return float64(best[0]) / float64(calls), float64(best[1]) / float64(calls)
}

// lifeLoop is a client that opens and closes a connection again and again, and a server that accepts and closes.
func lifeLoop(rounds int) *Program {
	p := textbook("linux", 0)
	p.Links[0].Delay = 10 * time.Microsecond
	client, server := p.Threads[0].Lines, p.Threads[1].Lines
	p.Threads[0].Lines, p.Threads[1].Lines = client[1:2], server[:3]
	for range rounds {
		p.Threads[0].Lines = append(p.Threads[0].Lines, client[0], client[2], client[4],
			Line{Kind: LineWait, Wait: 61 * time.Second, When: -1})
		p.Threads[1].Lines = append(p.Threads[1].Lines, server[3], server[4], server[6])
	}
	p.Limits = Limits{Steps: 1 << 30, Time: tcp.Never - 1}
	return p
}

// BenchmarkLife is one connection's whole life: opened, closed, TIME_WAIT waited out; facts on. Goal: 25 times faster than
// the same life on this machine's loopback.
func BenchmarkLife(b *testing.B) {
	const rounds = 512
	p := lifeLoop(rounds)
	start := NewWorld(p)
	var w World
	var s Step
	run := func() {
		start.CopyInto(&w)
		for w.Step(p, &s) {
		}
	}
	run()
	ours, reference := against(25, 1, run, repeat(rounds, loopbackLife(b)))
	ours, reference = ours/rounds, reference/rounds
	b.ReportAllocs()
	b.ResetTimer()
	lives := 0
	for lives < b.N {
		run()
		lives += rounds
	}
	b.StopTimer()
	b.ReportMetric(ours, "ns/life")
	b.ReportMetric(reference, "ns/loopback-life")
	b.ReportMetric(reference/ours, "times-faster")
	b.ReportMetric(25/(reference/ours), "x-of-goal")
	if n := testing.AllocsPerRun(3, run); n > 0 {
		b.ReportMetric(n/rounds, "allocs/life")
	}
}

// loopbackLife opens and closes a connection on the kernel's loopback.
func loopbackLife(b *testing.B) func() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Skip("no loopback to compare with: ", err)
	}
	b.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			io.Copy(io.Discard, c)
			c.Close()
		}
	}()
	return func() {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			b.Fatal(err)
		}
		c.(*net.TCPConn).CloseWrite()
		io.Copy(io.Discard, c)
		c.Close()
	}
}

// BenchmarkClone copies a lesson's world into one that is used again. Goal: 3 times a memmove of the same bytes.
func BenchmarkClone(b *testing.B) {
	tl := NewTimeline(textbook("linux", time.Second))
	w := tl.View(12).clone()
	var dst World
	n := w.size()
	from, to := make([]byte, n), make([]byte, n)
	ours, reference := against(25, 5000, func() { w.CopyInto(&dst) }, func() { copy(to, from) })
	b.ReportAllocs()
	for b.Loop() {
		w.CopyInto(&dst)
	}
	report(b, ours, reference, 3)
	b.ReportMetric(float64(n), "bytes")
}

// BenchmarkKey names a lesson's world. Goal: 3 times hashing the bytes of the world.
func BenchmarkKey(b *testing.B) {
	tl := NewTimeline(textbook("linux", time.Second))
	w := tl.View(12).clone()
	bytes := make([]byte, w.size())
	sum := uint64(0)
	ours, reference := against(25, 5000, func() { sum += w.Key() }, func() { sum += xxhash.Sum64(bytes) })
	b.ReportAllocs()
	for b.Loop() {
		sum += w.Key()
	}
	report(b, ours, reference, 3)
	b.ReportMetric(float64(len(bytes)), "bytes")
}

// BenchmarkSeek goes to distant places of a timeline of over 100,000 steps: the step there and the world before it. Goal: twice
// replaying 256 steps.
func BenchmarkSeek(b *testing.B) {
	p := lifeLoop(6400)
	before := Heap()
	tl := NewTimeline(p)
	n := tl.Len()
	grown := int64(Heap()) - int64(before)
	if n < 100_000 {
		b.Fatalf("only %d steps", n)
	}
	at, start := 0, tl.checkpoints[7]
	var w World
	var s Step
	seek := func() {
		at = (at + 79_193) % n
		tl.View(at)
		tl.Step(at)
	}
	ours, reference := against(10, 20, seek, func() {
		start.CopyInto(&w)
		for range 256 {
			w.Step(p, &s)
		}
	})
	b.ReportAllocs()
	for b.Loop() {
		seek()
	}
	report(b, ours, reference, 2)
	b.ReportMetric(float64(n), "steps")
	b.ReportMetric(float64(grown)/1e6, "MB")
}

func report(b *testing.B, ours, reference, goal float64) {
	b.ReportMetric(ours/reference, "x-of-reference")
	b.ReportMetric(ours/reference/goal, "x-of-goal")
}

func repeat(n int, f func()) func() {
	return func() {
		for range n {
			f()
		}
	}
}

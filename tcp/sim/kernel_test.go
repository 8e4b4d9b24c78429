package sim

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
)

// Measured facts of Linux as runs, at nominal times. Each test names the fact it holds.

// checked plays a run to its end and holds every step against the invariants.
func checked(t *testing.T, p *Program) *Timeline {
	t.Helper()
	if err := CheckRun(p); err != nil {
		t.Fatal(err)
	}
	return NewTimeline(p)
}

// sends lists when a host sends segments of a kind, in seconds after the first one.
func sends(r Run, host int, k tcp.Kind) string {
	var out []string
	first := tcp.Time(-1)
	for i := range r.Len() {
		s := r.Step(i)
		for _, pk := range s.Sent {
			if int(pk.From) == host && pk.Seg.Is(k) {
				if first < 0 {
					first = s.At
				}
				out = append(out, seconds(s.At-first))
			}
		}
	}
	return strings.Join(out, " ")
}

func seconds(t tcp.Time) string {
	return strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.3f", float64(t)/1e9), "0"), ".")
}

// when finds when a call of a host returns, and with what, counted from the first segment of kind k that the host sends.
func when(r Run, h int, op host.Op, k tcp.Kind) string {
	first := tcp.Time(-1)
	for i := range r.Len() {
		s := r.Step(i)
		for _, pk := range s.Sent {
			if first < 0 && int(pk.From) == h && pk.Seg.Is(k) {
				first = s.At
			}
		}
		if s.Returned && int(s.Host) == h && s.Call.Op == op {
			return s.Result.Errno.String() + " " + seconds(s.At-first)
		}
	}
	return "never"
}

// gone finds when a host's connection becomes CLOSED, counted likewise.
func gone(r Run, h int, k tcp.Kind) string {
	first := tcp.Time(-1)
	for i := range r.Len() {
		s := r.Step(i)
		for _, pk := range s.Sent {
			if first < 0 && int(pk.From) == h && pk.Seg.Is(k) {
				first = s.At
			}
		}
		for _, f := range s.Facts {
			if int(f.Host) == h && f.Kind == tcp.Changed && f.Field == tcp.FieldState && tcp.State(f.To) == tcp.Closed {
				return seconds(s.At - first)
			}
		}
	}
	return "never"
}

// lose makes the wire lose segments of a kind that a host sends: the n-th, or, with n 0, every one.
func lose(p *Program, h int, k tcp.Kind, n int) *Program {
	p.Moments = append(p.Moments, Moment{Host: h, Var: -1, Event: Sends, Seg: k, N: n})
	p.Faults = append(p.Faults, Fault{Kind: Drop, Moment: len(p.Moments) - 1, Always: n == 0})
	return p
}

func sysctl(p *Program, k tcp.Sysctl, v int64) *Program {
	for i := range p.Hosts {
		p.Hosts[i].Sysctl = append(p.Hosts[i].Sysctl, Setting{k, v})
	}
	return p
}

func expect(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\n got %s\nwant %s", what, got, want)
	}
}

func TestKernel1SynToBlackHole(t *testing.T) {
	for _, c := range []struct {
		retries, linear int64
		at, gives       string
	}{
		{6, 4, "0 1 2 3 4 5 7 11 19 35 67", "ETIMEDOUT 131"},
		{1, 4, "0 1 2", "ETIMEDOUT 3"},
		{2, 4, "0 1 2 3 4 5", "ETIMEDOUT 7"},
		{3, 4, "0 1 2 3 4 5 7 11", "ETIMEDOUT 19"},
		{6, 0, "0 1 3 7 15 31 63", "ETIMEDOUT 127"},
	} {
		t.Run(fmt.Sprintf("%d-%d", c.retries, c.linear), func(t *testing.T) {
			p := lose(textbook("linux", 0), 0, tcp.KindSYN, 0)
			sysctl(sysctl(p, tcp.SynRetries, c.retries), tcp.SynLinearTimeouts, c.linear)
			r := checked(t, p)
			expect(t, "SYNs", sends(r, 0, tcp.KindSYN), c.at)
			expect(t, "connect()", when(r, 0, host.OpConnect, tcp.KindSYN), c.gives)
		})
	}
}

// idle is the textbook whose client says and closes nothing once it is connected.
func idle(book string) *Program {
	p := textbook(book, 0)
	p.Threads[0].Lines = p.Threads[0].Lines[:3]
	return p
}

func TestKernel2FinalAckNeverComes(t *testing.T) {
	r := checked(t, lose(idle("linux"), 0, tcp.KindACK, 0))
	expect(t, "SYN,ACKs", sends(r, 1, tcp.KindSYNACK), "0 1 3 7 15 31")
	expect(t, "half-open connection gone", gone(r, 1, tcp.KindSYNACK), "63")
	expect(t, "ACKs of the client", sends(r, 0, tcp.KindACK), "0 1 3 7 15 31")
}

func TestKernel2FirstAckLostIdleClient(t *testing.T) {
	r := checked(t, lose(idle("linux"), 0, tcp.KindACK, 1))
	expect(t, "SYN,ACKs", sends(r, 1, tcp.KindSYNACK), "0 1")
	expect(t, "accept()", when(r, 1, host.OpAccept, tcp.KindSYNACK), "0 1.02")
}

func TestKernel2DataCompletesTheHandshake(t *testing.T) {
	r := checked(t, lose(textbook("linux", 0), 0, tcp.KindACK, 1))
	expect(t, "SYN,ACKs", sends(r, 1, tcp.KindSYNACK), "0")
	expect(t, "accept()", when(r, 1, host.OpAccept, tcp.KindSYNACK), "0 0.02")
}

func TestKernel2SynAckLostOnceIsResentTwice(t *testing.T) {
	r := checked(t, lose(idle("linux"), 1, tcp.KindSYNACK, 1))
	expect(t, "SYN,ACKs", sends(r, 1, tcp.KindSYNACK), "0 1 1")
	expect(t, "connect()", when(r, 0, host.OpConnect, tcp.KindSYN), "0 1.02")
}

func TestKernel3AcceptReturnsLater(t *testing.T) {
	p := idle("linux")
	p.Links[0].Delay = 50 * time.Millisecond
	r := checked(t, p)
	expect(t, "connect()", when(r, 0, host.OpConnect, tcp.KindSYN), "0 0.1")
	expect(t, "accept()", when(r, 1, host.OpAccept, tcp.KindSYNACK), "0 0.1")
}

func withDelay(p *Program, d time.Duration) *Program {
	p.Links[0].Delay = d
	return p
}

// quiet is the textbook whose client closes without having said anything.
func quiet(book string, pause time.Duration) *Program {
	p := textbook(book, pause)
	l := p.Threads[0].Lines
	p.Threads[0].Lines = append(l[:3:3], l[4])
	return p
}

func TestKernel5ClientFinLostForEver(t *testing.T) {
	r := checked(t, withDelay(lose(quiet("linux", 0), 0, tcp.KindFIN, 0), 0))
	expect(t, "FINs", sends(r, 0, tcp.KindFIN), "0 0.204 0.408 0.816 1.632 3.264 6.528 13.056 26.112 52.224")
	expect(t, "orphan", gone(r, 0, tcp.KindFIN), "104.448")

	r = checked(t, withDelay(lose(quiet("linux", 0), 0, tcp.KindFIN, 0), 150*time.Millisecond))
	expect(t, "FINs at RTT 300 ms", sends(r, 0, tcp.KindFIN), "0 0.8 1.7 3.5 7.1 14.3 28.7 57.5")
	r = checked(t, withDelay(lose(quiet("linux", 0), 0, tcp.KindFIN, 0), 500*time.Millisecond))
	expect(t, "FINs at RTT 1 s", sends(r, 0, tcp.KindFIN), "0 2.2 5.2 11.2 23.2 47.2 95.2")

	r = checked(t, sysctl(lose(quiet("linux", 0), 0, tcp.KindFIN, 0), tcp.OrphanRetries, 3))
	expect(t, "tcp_orphan_retries=3", gone(r, 0, tcp.KindFIN), "3.52")

	p := sysctl(withDelay(lose(quiet("linux", 0), 0, tcp.KindFIN, 0), 0), tcp.SACK, 0)
	r = checked(t, p)
	if got := sends(r, 0, tcp.KindFIN); !strings.HasPrefix(got, "0 0.204 0.612 1.428 3.06 6.324") {
		t.Errorf("without SACK there is no probe: FINs at %s", got)
	}
}

func TestKernel5ShutdownFinLostForEver(t *testing.T) {
	p := lose(quiet("linux", 0), 0, tcp.KindFIN, 0)
	l := p.Threads[0].Lines
	l[3].Call = host.Call{Op: host.OpShutdown, A: host.ShutWR}
	read := p.Threads[1].Lines[4]
	read.FDVar = l[3].FDVar
	p.Threads[0].Lines = append(l, read)
	r := checked(t, p)
	expect(t, "FINs", sends(r, 0, tcp.KindFIN),
		"0 0.22 0.44 0.88 1.76 3.52 7.04 14.08 28.16 56.32 112.64 225.28 345.28 465.28 585.28 705.28 825.28")
	expect(t, "read()", when(r, 0, host.OpRead, tcp.KindFIN), "ETIMEDOUT 945.28")
}

func TestKernel5FinLostOnce(t *testing.T) {
	r := checked(t, lose(quiet("linux", 0), 0, tcp.KindFIN, 1))
	expect(t, "client's FIN", sends(r, 0, tcp.KindFIN), "0 0.22")
	r = checked(t, lose(quiet("linux", time.Second), 1, tcp.KindFIN, 1))
	expect(t, "server's FIN", sends(r, 1, tcp.KindFIN), "0 0.22")
}

func TestKernel5SecondFinLostForEver(t *testing.T) {
	r := checked(t, lose(quiet("linux", time.Second), 1, tcp.KindFIN, 0))
	expect(t, "server leaves LAST_ACK", gone(r, 1, tcp.KindFIN), "112.64")
	expect(t, "client leaves FIN_WAIT_2 without TIME_WAIT", gone(r, 0, tcp.KindFIN), "60.024")
	if _, ok := Find(r, Moment{Host: 0, Var: -1, Event: Enters, State: tcp.TimeWait}); ok {
		t.Error("the client was in TIME_WAIT")
	}
}

func TestKernel5LastAckLost(t *testing.T) {
	p := lose(quiet("linux", time.Second), 0, tcp.KindACK, 2)
	r := checked(t, p)
	expect(t, "server's FINs", sends(r, 1, tcp.KindFIN), "0 0.22")
	// The last ACK goes again 0.22 s later, and TIME_WAIT starts anew: 60 s from there.
	expect(t, "client's TIME_WAIT ends", gone(r, 0, tcp.KindFIN), "61.24")
}

func TestKernel5AckOfFinLostIsSaidAgainWithSACK(t *testing.T) {
	r := checked(t, lose(quiet("linux", time.Second), 1, tcp.KindACK, 1))
	expect(t, "client's FINs", sends(r, 0, tcp.KindFIN), "0 0.22")
	i, ok := Find(r, Moment{Host: 1, Var: -1, Event: Sends, Seg: tcp.KindACK, N: 2})
	if !ok {
		t.Fatal("the server does not say it again")
	}
	o := r.Step(i).Sent[0].Seg.Opt
	if o.NSACK != 1 || o.SACK[0].End-o.SACK[0].Start != 1 {
		t.Errorf("its answer names %v", o.SACK[:o.NSACK])
	}
}

func TestKernel5ThreeSegmentsOrFour(t *testing.T) {
	bare := func(pause time.Duration) string {
		return sends(checked(t, quiet("linux", pause)), 1, tcp.KindACK)
	}
	expect(t, "a server that closes at once sends no bare ACK", bare(0), "")
	expect(t, "one that waits does", bare(time.Second), "0")
}

func TestKernel6TimeWaitLasts60s(t *testing.T) {
	r := checked(t, quiet("linux", 0))
	i, _ := Find(r, Moment{Host: 0, Var: -1, Event: Enters, State: tcp.TimeWait})
	j, _ := Find(r, Moment{Host: 0, Var: -1, Event: TimerFires, Timer: tcp.TimeWaitTimer})
	from := r.Step(i).At
	to := r.Step(j).At
	if d := to.Since(from); d != time.Minute {
		t.Errorf("TIME_WAIT lasts %v", d)
	}
	if _, ok := Find(r, Moment{Host: 1, Var: -1, Event: Enters, State: tcp.TimeWait}); ok {
		t.Error("the second closer has TIME_WAIT")
	}
}

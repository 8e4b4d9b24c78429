package sim_test

import (
	"fmt"
	"testing"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
	"tcptutor/tcp/scenario"
	"tcptutor/tcp/sim"
)

// floodGap is the time between two SYNs of a flood: a hundred thousand a second.
const floodGap = 10 * time.Microsecond

// flood is a listener under SYNs from ever new sources that never answer.
type flood struct {
	p    *sim.Program
	w    *sim.World
	s    sim.Step
	sent int // SYNs so far
	err  error
	hold bool // look at what each step touches, and now and then at everything; err is the first complaint
}

func newFlood(t testing.TB, cookies int) *flood {
	t.Helper()
	text := fmt.Sprintf("h sysctl net.ipv4.tcp_syncookies %d\nh s = socket()\nh bind(s, 8080)\nh listen(s, 511)\n", cookies)
	p, errs := scenario.Parse("flood", []byte(text))
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	f := &flood{p: p, w: sim.NewWorld(p)}
	f.run(time.Second)
	return f
}

// run lets time pass and returns the last segment that left.
func (f *flood) run(d time.Duration) (last tcp.Segment) {
	end := f.w.Now.Add(d)
	for f.w.Next() <= end && f.w.Step(f.p, &f.s) {
		if f.hold && f.err == nil {
			f.err = f.w.CheckTouched(&f.s)
		}
		if f.hold && f.err == nil && f.w.Steps%8192 == 0 {
			f.err = f.w.Check(f.p)
		}
		for i := range f.s.Sent {
			last = f.s.Sent[i].Seg
		}
	}
	f.w.Advance(end)
	return last
}

// syn lets the next SYN arrive and returns the answer.
func (f *flood) syn() tcp.Segment {
	n := f.sent
	f.sent++
	f.w.Inject(tcp.Segment{
		Src: tcp.Endpoint{Addr: tcp.IPv4(100+byte(n>>16&0x3f), byte(n>>8), byte(n), 1), Port: uint16(1024 + n>>22)},
		Dst: tcp.Endpoint{Addr: f.w.Hosts[0].Addr, Port: 8080},
		Seq: tcp.Seq(n * 7919), Flags: tcp.SYN, Wnd: 64240, Opt: tcp.Options{Set: tcp.OptMSS, MSS: 1460},
	})
	return f.run(floodGap)
}

func (f *flood) counter(c host.Counter) int64 { return f.w.Hosts[0].Counters[c] }

// A million SYNs take no more memory than the SYN queue does, and with cookies the one honest client among them gets through.
func TestFloodTakesBoundedMemory(t *testing.T) {
	total := 1_000_000
	if testing.Short() || raced {
		total = 50_000
	}
	for cookies, total := range []int{total, total, total / 10} {
		f := newFlood(t, cookies)
		f.hold = true
		for range 2000 {
			f.syn()
		}
		before := sim.Heap()
		answer := tcp.Segment{}
		for f.sent < total {
			answer = f.syn()
		}
		if grown := int64(sim.Heap()) - int64(before); grown > 1<<20 {
			t.Errorf("cookies %d: the heap has grown by %d bytes", cookies, grown)
		}
		if f.err != nil {
			t.Errorf("after %d SYNs: %v", f.sent, f.err)
		}
		f.holds(t, cookies, answer)
	}
}

// holds checks what is kept of a flood, and that a cookie which comes back makes a connection.
func (f *flood) holds(t *testing.T, cookies int, answer tcp.Segment) {
	t.Helper()
	kept := 0
	for s := range f.w.Hosts[0].Live {
		if s.Half {
			kept++
		}
	}
	want := []int{512, 512, 0}[cookies]
	drops, sent := f.counter(host.ListenDrops), f.counter(host.SyncookiesSent)
	if kept != want || cookies == 0 && (drops == 0 || sent != 0) || cookies > 0 && (drops != 0 || sent == 0) {
		t.Errorf("cookies %d: %d half-open, %d dropped, %d cookies", cookies, kept, drops, sent)
	}
	if cookies == 0 {
		return
	}
	if answer.Flags != tcp.SYN|tcp.ACK {
		t.Fatalf("cookies %d: the last SYN is answered by %s", cookies, answer.Flags)
	}
	f.w.Inject(tcp.Segment{Src: answer.Dst, Dst: answer.Src, Seq: answer.Ack, Ack: answer.Seq + 1, Flags: tcp.ACK, Wnd: 64240})
	f.run(0)
	if c := f.w.Hosts[0].Peer(answer.Src, answer.Dst); c == nil || c.State != tcp.Established || f.counter(host.SyncookiesRecv) != 1 {
		t.Errorf("cookies %d: the cookie that came back made no connection", cookies)
	}
	f.w.Inject(tcp.Segment{Src: answer.Dst, Dst: answer.Src, Seq: answer.Ack, Ack: answer.Seq + 2, Flags: tcp.ACK, Wnd: 64240})
	f.run(0)
	if f.counter(host.SyncookiesRecv) != 1 {
		t.Errorf("cookies %d: a wrong cookie was taken", cookies)
	}
}

// BenchmarkFlood is one SYN of a flood at a full SYN queue, the retransmission of what is in it included.
func BenchmarkFlood(b *testing.B) {
	for cookies := range 3 {
		b.Run(fmt.Sprintf("cookies-%d", cookies), func(b *testing.B) {
			f := newFlood(b, cookies)
			for range 2000 {
				f.syn()
			}
			b.ReportAllocs()
			for b.Loop() {
				f.syn()
			}
		})
	}
}

package tcp

import (
	"strings"
	"testing"
	"time"
)

// Requirements of RFC 9293 on the stream of bytes, one test a sentence, in both books.

// wide makes a connection with room for n segments of 100 bytes and nothing out.
func wide(f *fixture) {
	f.t.Snd.MSS, f.t.Snd.WND, f.t.Snd.MaxWND = 100, 60000, 60000
	f.t.SRTT, f.t.MinRTT, f.t.RTO = 40*time.Millisecond, 40*time.Millisecond, time.Second
}

// ack lets a bare ACK arrive that covers n bytes and offers a window.
func (f *fixture) ack(n int, wnd uint16) {
	f.clear()
	f.x.Seg = Segment{Src: f.t.Remote, Dst: f.t.Local, Seq: f.t.Rcv.NXT, Ack: (iss + 1).Add(n), Flags: ACK, Wnd: wnd}
	Arrive(&f.x, &f.t)
	if err := f.t.Check(); err != nil {
		f.Error(err)
	}
}

// RFC 9293 MUST-15, MUST-16, MUST-67: without an MSS option the peer takes 536 bytes (1220 over IPv6), with one what it
// says, but never more than we could take ourselves, and the timestamp's bytes come off.
// RFC 9293 §3.7.1.
func TestEffectiveSendMSS(t *testing.T) {
	for _, c := range []struct {
		v6   bool
		opt  Options
		want uint16
	}{
		{false, Options{}, 536}, {true, Options{}, 1220},
		{false, Options{Set: OptMSS, MSS: 1000}, 1000},
		{false, Options{Set: OptMSS, MSS: 9000}, 1460},
		{false, Options{Set: OptMSS | OptTS, MSS: 1460, TSVal: 1}, 1448},
	} {
		f := in(t, "linux", Closed)
		if c.v6 {
			f.t.Local.Addr, f.t.Remote.Addr = Addr{0: 0xfd, 15: 1}, Addr{0: 0xfd, 15: 2}
		}
		f.x.ISS = iss
		Call(&f.x, &f.t, DoorOpen)
		if o := f.x.Out[0].Opt; o.MSS != 1460 { // MUST-14, SHLD-5, MAY-3
			t.Errorf("our SYN says MSS %d", o.MSS)
		}
		f.clear()
		f.x.Seg = Segment{Src: f.t.Remote, Dst: f.t.Local, Seq: irs, Ack: iss + 1, Flags: SYN | ACK, Wnd: 8000, Opt: c.opt}
		Arrive(&f.x, &f.t)
		if f.t.Snd.MSS != c.want {
			t.Errorf("%+v: MSS %d, want %d", c.opt, f.t.Snd.MSS, c.want)
		}
		if f.x.Out[0].Opt.Has(OptMSS) { // MUST-65
			t.Error("an ACK carries the MSS option")
		}
	}
}

// RFC 9293 MUST-18, RFC 6298 §3 (Karn): an ACK of what was sent twice gives no sample; §5.7: after a SYN that had to go
// again, and gave none, the RTO is 3 s.
// RFC 9293 §3.8.1.
func TestNoSampleFromARetransmission(t *testing.T) {
	eachBook(t, SynSent, func(f *fixture) {
		f.x.Now = f.x.Now.Add(time.Second)
		Expire(&f.x, &f.t, RetransmitTimer)
		f.get(irs, iss+1, SYN|ACK, "")
		if f.t.SRTT != 0 || f.t.RTO != 3*time.Second {
			f.Errorf("SRTT %v, RTO %v", f.t.SRTT, f.t.RTO)
		}
	})
}

// RFC 9293 MUST-60, MUST-61, SHLD-28, MAY-16: segments are as large as they may be, what was written piecemeal goes together,
// and the last one buffered says PSH.
// RFC 9293 §3.7, SHLD-27: what is pushed twice is pushed once, on the larger segment.
func TestSegmentsAreFullAndTheLastIsPushed(t *testing.T) {
	eachBook(t, Established, func(f *fixture) {
		wide(f)
		f.send("first", false)
		for range 5 {
			f.send(strings.Repeat("y", 50), false)
		}
		f.ack(5+100*2, 60000)
		f.ack(5+100*2, 60000)
		all := f.t.Sent
		if n := f.t.Snd.NXT.Since(iss + 1); n != 255 || f.t.Unsent != 0 {
			f.Errorf("%d sent, %d unsent", n, f.t.Unsent)
		}
		if last := all[len(all)-1]; len(last.Data) != 50 || !last.Flags.Has(PSH) {
			f.Errorf("the last segment has %d bytes, %s", len(last.Data), last.Flags)
		}
	})
}

// RFC 9293 MUST-34, SHLD-15, SHLD-17: a window that shrinks below what is out is survived: nothing new goes, nothing is given up.
// RFC 9293 §3.8.6.
func TestShrunkWindowIsSurvived(t *testing.T) {
	eachBook(t, Established, func(f *fixture) {
		wide(f)
		f.send(strings.Repeat("x", 1000), false)
		f.ack(0, 300)
		f.send("more", false)
		f.wants(Established)
		f.ack(0, 0)
		for range 20 {
			f.x.Now = f.t.Timer[RetransmitTimer]
			f.clear()
			Expire(&f.x, &f.t, RetransmitTimer)
			f.ack(0, 0)
		}
		if f.t.State != Established {
			f.Errorf("%s after %v of answered retransmissions", f.t.State, time.Duration(f.x.Now))
		}
		f.ack(1000, 60000)
		if f.t.Snd.NXT.Since(iss+1) != 1004 {
			f.Error("what waited does not go when the window opens")
		}
	})
}

// RFC 9293 SHLD-29, SHLD-30, MAY-8: the first probe of a closed window after one RTO, the next after twice as long.
func TestProbesBackOff(t *testing.T) {
	eachBook(t, Established, func(f *fixture) {
		wide(f)
		f.ack(0, 0)
		f.send("waits", false)
		for k := range 4 {
			if left := f.t.Timer[PersistTimer].Since(f.x.Now); left != time.Second<<k {
				f.Errorf("probe %d after %v", k+1, left)
			}
			f.x.Now = f.t.Timer[PersistTimer]
			f.clear()
			Expire(&f.x, &f.t, PersistTimer)
			f.wants(Established, ACK)
		}
	})
}

// RFC 9293 MUST-35: what is asked at a closed window is answered, with the window as it is; MUST-66: a RST counts there too.
func TestClosedWindowStillAnswers(t *testing.T) {
	eachBook(t, Established, func(f *fixture) {
		f.t.Rcv.Edge, f.t.Rcv.WND, f.t.Unread, f.t.In = f.t.Rcv.NXT, 0, f.t.RcvBuf, []string{strings.Repeat("u", int(f.t.RcvBuf))}
		f.get(f.t.Rcv.NXT-1, iss+1, ACK, "")
		f.wants(Established, ACK)
		if f.x.Out[0].Wnd != 0 {
			f.Errorf("window %d", f.x.Out[0].Wnd)
		}
		f.get(f.t.Rcv.NXT, iss+1, ACK, "x")
		if f.t.Rcv.NXT != irs+1 {
			f.Error("a byte was taken in without room")
		}
		f.get(f.t.Rcv.NXT, 0, RST, "")
		f.wants(Closed)
	})
}

// RFC 9293 MUST-38: a sender waits for room for a whole segment, or half the largest window seen. Linux cuts what leaves together at the
// window's edge all the same (KERNEL/16.25).
// RFC 9293 §3.8.6.2.
func TestSenderAvoidsSillyWindows(t *testing.T) {
	eachBook(t, Established, func(f *fixture) {
		wide(f)
		f.send(strings.Repeat("x", 100), false)
		f.ack(100, 40)
		f.send(strings.Repeat("x", 500), false)
		f.wants(Established)
		f.ack(100, 120)
		if !f.x.Book.Numbers.Bursts {
			f.wants(Established, ACK)
			return
		}
		f.wants(Established, ACK, ACK|PSH)
		if n := len(f.x.Out[1].Data); n != 20 {
			f.Errorf("%d bytes at the window's edge", n)
		}
	})
}

// RFC 9293 SHLD-14: the right edge of the window never moves left, whatever the user leaves unread.
func TestWindowNeverShrinks(t *testing.T) {
	eachBook(t, Established, func(f *fixture) {
		for i := range 30 {
			edge := f.t.Rcv.Edge
			f.get(f.t.Rcv.NXT, iss+1, ACK, strings.Repeat("x", 700+i))
			if f.t.Rcv.Edge.Before(edge) {
				f.Errorf("the edge moved from %d to %d", edge, f.t.Rcv.Edge)
			}
		}
	})
}

// RFC 9293 MUST-40, SHLD-18, SHLD-19, MUST-58: an ACK waits less than half a second; the second full segment draws it at once.
// RFC 9293 §3.8.6.3.
func TestAcknowledgementsWaitForASecondSegment(t *testing.T) {
	eachBook(t, Established, func(f *fixture) {
		f.t.QuickAcks, f.t.RcvdAt, f.t.Snd.MSS = 0, f.x.Now, 100
		f.t.RcvBuf = f.t.Rcv.WND
		full := strings.Repeat("x", 100)
		f.get(irs+1, iss+1, ACK, full)
		f.wants(Established)
		if d := f.t.Timer[DelayedAckTimer]; d == 0 || d.Since(f.x.Now) >= 500*time.Millisecond {
			f.Errorf("it waits %v", d.Since(f.x.Now))
		}
		f.get(irs+101, iss+1, ACK, full)
		f.wants(Established, ACK)
		if f.x.Out[0].Ack != irs+201 {
			f.Errorf("ack %d", f.x.Out[0].Ack)
		}
	})
}

// RFC 9293 MUST-59, MAY-13, SHLD-31, RFC 5681 §4.2: a segment out of order draws an ACK at once, and so does one that fills a gap.
func TestGapsAreAcknowledgedAtOnce(t *testing.T) {
	eachBook(t, Established, func(f *fixture) {
		f.t.QuickAcks, f.t.RcvdAt = 0, f.x.Now
		f.get(irs+11, iss+1, ACK, "later")
		f.wants(Established, ACK)
		f.get(irs+1, iss+1, ACK, "0123456789")
		f.wants(Established, ACK)
		if f.x.Out[0].Ack != irs+16 {
			f.Errorf("ack %d", f.x.Out[0].Ack)
		}
	})
}

// RFC 9293 MUST-25, MUST-27, MUST-28: keep-alives are off; asked for, they begin after two hours, or when the user says.
// RFC 9293 MAY-5.
func TestKeepAliveIsOffAndTakesTwoHours(t *testing.T) {
	eachBook(t, Established, func(f *fixture) {
		f.get(irs+1, iss+1, ACK, "hi")
		if f.t.Timer[KeepaliveTimer] != 0 {
			f.Error("nobody asked for it")
		}
		f.t.KeepAlive = true
		Call(&f.x, &f.t, DoorOption)
		if d := f.t.Timer[KeepaliveTimer].Since(f.x.Now); d != 2*time.Hour {
			f.Errorf("after %v", d)
		}
		f.t.KeepIdle = time.Minute
		f.get(irs+3, iss+1, ACK, "hi")
		if d := f.t.Timer[KeepaliveTimer].Since(f.x.Now); d != time.Minute {
			f.Errorf("after %v", d)
		}
		f.t.KeepAlive = false
		Call(&f.x, &f.t, DoorOption)
		if f.t.Timer[KeepaliveTimer] != 0 {
			f.Error("it cannot be switched off")
		}
	})
}

// RFC 9293 MUST-31: urgent data of any length: a pointer that does not fit says as much as it can.
func TestUrgentDataOfAnyLength(t *testing.T) {
	eachBook(t, Established, func(f *fixture) {
		wide(f)
		f.send(strings.Repeat("u", 70_000), true)
		if o := f.x.Out[0]; o.Urg != 0xffff || !o.Flags.Has(URG) {
			f.Errorf("%s, urgent pointer %d", o.Flags, o.Urg)
		}
	})
}

// RFC 9293 SHLD-10, SHLD-11, MUST-20: R1 is at least three retransmissions, R2 at least 100 s.
func TestDataIsRepeatedForLong(t *testing.T) {
	eachBook(t, Established, func(f *fixture) {
		wide(f)
		f.send("hello", false)
		begin, n := f.x.Now, 0
		for f.t.State == Established && n < 100 {
			at, timer := f.t.Next()
			f.x.Now = at
			f.clear()
			Expire(&f.x, &f.t, timer)
			n += len(f.x.Out)
		}
		if spent := f.x.Now.Since(begin); n < 3 || spent < 100*time.Second || f.x.Err != ETIMEDOUT {
			f.Errorf("%d retransmissions in %v, then %s", n, spent, f.x.Err)
		}
	})
}

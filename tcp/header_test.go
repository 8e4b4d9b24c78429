package tcp

import (
	"slices"
	"testing"
	"time"
)

// Requirements of RFC 9293 on the header, one test a sentence, in both books.

// RFC 9293 §3.3.1: facts name the connection's variables as the RFC does.
func TestVariablesHaveTheRFCsNames(t *testing.T) {
	for _, name := range []string{"SND.UNA", "SND.NXT", "SND.WND", "SND.UP", "SND.WL1", "SND.WL2", "ISS", "RCV.NXT", "RCV.WND", "RCV.UP", "IRS"} {
		if !slices.Contains(fieldNames[:], name) {
			t.Errorf("no variable is called %s", name)
		}
	}
}

// RFC 9293 MUST-1, REC-1: a window is unsigned, and kept in 32 bits when it is scaled.
func TestWindowIsUnsigned(t *testing.T) {
	eachBook(t, Established, func(f *fixture) {
		f.ack(0, 0xffff)
		if f.t.Snd.WND != 0xffff {
			f.Errorf("SND.WND is %d", f.t.Snd.WND)
		}
		f.t.Snd.Scaling, f.t.Snd.WScale = true, 14
		f.ack(0, 0xfffe)
		if f.t.Snd.WND != 0xfffe<<14 {
			f.Errorf("scaled, SND.WND is %d", f.t.Snd.WND)
		}
	})
}

// RFC 9293 MUST-14, MUST-65, SHLD-5, MAY-3: a SYN and a SYN,ACK say what segments this end takes; no other segment does.
func TestOnlySYNsAnnounceAnMSS(t *testing.T) {
	for _, s := range []State{SynSent, SynRcvd} {
		eachBook(t, Closed, func(f *fixture) {
			f.bring(s)
			if o := f.x.Out[0].Opt; !o.Has(OptMSS) || o.MSS != f.t.MSSLocal {
				f.Errorf("%s: the options are %+v", s, o)
			}
		})
	}
	eachBook(t, Established, func(f *fixture) {
		f.send("hello", false)
		sent := slices.Clone(f.x.Out)
		f.get(f.t.Rcv.NXT+5, f.t.Snd.NXT, ACK, "early") // draws an ACK
		Call(&f.x, &f.t, DoorClose)
		if sent = append(sent, f.x.Out...); len(sent) != 3 {
			f.Errorf("%d segments were sent, want data, ACK and FIN", len(sent))
		}
		for _, s := range sent {
			if s.Opt.Has(OptMSS) {
				f.Errorf("%s announces an MSS", s.Flags)
			}
		}
	})
}

// RFC 9293 SHLD-2: a RST that carries data, such as the reason in words, is a RST.
func TestResetMayCarryData(t *testing.T) {
	eachBook(t, Established, func(f *fixture) {
		f.get(f.t.Rcv.NXT, 0, RST, "out of memory")
		f.wants(Closed)
		if f.x.Err != ECONNRESET || f.t.Unread != 0 {
			f.Errorf("the user is told %s and can read %d bytes", f.x.Err, f.t.Unread)
		}
	})
}

// RFC 9293 MUST-66: a closed window does not keep an urgent pointer out.
func TestUrgentPointerAtAClosedWindow(t *testing.T) {
	eachBook(t, Established, func(f *fixture) {
		f.t.Rcv.Edge, f.t.Rcv.WND = f.t.Rcv.NXT, 0
		f.clear()
		f.x.Seg = Segment{Src: f.t.Remote, Dst: f.t.Local, Seq: f.t.Rcv.NXT, Ack: f.t.Snd.NXT, Flags: ACK | URG, Wnd: 8000, Urg: 7}
		Arrive(&f.x, &f.t)
		if f.t.Urgent() != 7 || f.x.Events&EvUrgent == 0 {
			f.Errorf("%d bytes are urgent", f.t.Urgent())
		}
	})
}

// RFC 9293 SHLD-12: a keep-alive asks with an old number and no data.
func TestKeepAliveCarriesNoData(t *testing.T) {
	eachBook(t, Established, func(f *fixture) {
		f.t.KeepAlive = true
		Call(&f.x, &f.t, DoorOption)
		f.clear()
		f.x.Now = f.t.Timer[KeepaliveTimer]
		Expire(&f.x, &f.t, KeepaliveTimer)
		if len(f.x.Out) != 1 || f.x.Out[0].Len() != 0 || f.x.Out[0].Seq != f.t.Snd.NXT-1 {
			f.Errorf("sent %+v", f.x.Out)
		}
	})
}

// RFC 9293 MUST-22: a SYN is repeated and given up as anything else is: it goes again and again, with longer waits, and then the user is
// told that it timed out.
func TestSYNsAreRepeatedAndGivenUp(t *testing.T) {
	eachBook(t, SynSent, func(f *fixture) {
		first := f.x.Now
		again := 0
		for f.t.State == SynSent && again < 100 {
			at, timer := f.t.Next()
			f.clear()
			f.x.Now = at
			Expire(&f.x, &f.t, timer)
			if len(f.x.Out) == 1 && f.x.Out[0].Is(KindSYN) {
				again++
			}
		}
		if again < 3 || f.x.Err != ETIMEDOUT || f.x.Now.Since(first) < 2*time.Minute {
			f.Errorf("%d repeats, then %s after %v", again, f.x.Err, f.x.Now.Since(first))
		}
	})
}

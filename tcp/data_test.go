package tcp

import (
	"strings"
	"testing"
	"time"
)

// eachBook runs a test in ESTABLISHED of both books.
func eachBook(t *testing.T, s State, f func(*fixture)) {
	t.Helper()
	for _, b := range []string{"linux", "rfc9293"} {
		t.Run(b, func(t *testing.T) { f(in(t, b, s)) })
	}
}

// send writes bytes as the user does.
func (f *fixture) send(data string, urgent bool) {
	f.clear()
	f.x.Data, f.x.Urgent = data, urgent
	Call(&f.x, &f.t, DoorSend)
}

// RFC 9293 MUST-30, MUST-62: a segment before the end of urgent data says where that is: after the last urgent byte.
func TestUrgentDataIsAnnounced(t *testing.T) {
	eachBook(t, Established, func(f *fixture) {
		f.t.NoDelay = true
		f.send("now!", true)
		f.wants(Established, ACK|PSH|URG)
		if f.x.Out[0].Urg != 4 || f.t.Snd.UP != iss+5 {
			f.Errorf("urgent pointer %d, SND.UP %d", f.x.Out[0].Urg, f.t.Snd.UP)
		}
		f.send("later", false)
		f.wants(Established, ACK|PSH)
	})
}

// RFC 9293 MUST-32, MUST-33: the user is told of urgent data, once for each place it ends, and can ask how much is left.
func TestUrgentDataIsTold(t *testing.T) {
	eachBook(t, Established, func(f *fixture) {
		urgent := func(seq Seq, up uint16, data string) {
			f.clear()
			f.x.Seg = Segment{Src: f.t.Remote, Dst: f.t.Local, Seq: seq, Ack: iss + 1, Flags: ACK | URG, Wnd: 8000, Urg: up, Data: data}
			Arrive(&f.x, &f.t)
		}
		urgent(irs+1, 10, "help")
		if f.x.Events&EvUrgent == 0 || f.t.Urgent() != 10 || f.t.Rcv.UP != irs+11 {
			f.Errorf("events %b, %d bytes left, RCV.UP %d", f.x.Events, f.t.Urgent(), f.t.Rcv.UP)
		}
		urgent(irs+5, 6, "me out")
		if f.x.Events&EvUrgent != 0 {
			f.Error("told twice")
		}
		Call(&f.x, &f.t, DoorRecv)
		Call(&f.x, &f.t, DoorRecv) // Linux ends the first one before the last urgent byte
		if f.t.Urgent() != 0 {
			f.Errorf("%d bytes left after all was read", f.t.Urgent())
		}
	})
}

// timestamped makes the connection one that agreed on timestamps, the peer's last one being 5000.
func timestamped(f *fixture) {
	f.t.SndTS, f.t.TSRecent, f.t.TSRecentAt = true, 5000, f.x.Now
	f.t.TSBase = 5000 - millis(f.x.Now)
}

func (f *fixture) getTS(seq Seq, ts uint32, data string) {
	f.clear()
	f.x.Seg = Segment{Src: f.t.Remote, Dst: f.t.Local, Seq: seq, Ack: iss + 1, Flags: ACK, Wnd: 8000, Data: data}
	f.x.Seg.Opt = Options{Set: OptTS, TSVal: ts}
	Arrive(&f.x, &f.t)
}

// RFC 7323 §5.3 (PAWS): an older timestamp is acknowledged and dropped; §5.5: after 24 idle days any is good.
func TestOlderTimestampIsDropped(t *testing.T) {
	eachBook(t, Established, func(f *fixture) {
		timestamped(f)
		f.getTS(irs+1, 4999, "old")
		f.wants(Established, ACK)
		if f.t.Rcv.NXT != irs+1 {
			f.Error("it was taken in")
		}
		f.x.Now = f.x.Now.Add(25 * 24 * time.Hour)
		f.getTS(irs+1, 4999, "new")
		if f.t.Rcv.NXT != irs+4 {
			f.Error("after 25 days it is still refused")
		}
	})
}

// RFC 7323 §4.3: what is echoed is the timestamp of the segment that the last ACK sent was waiting for, not the latest.
func TestTimestampEchoedIsOfTheFirstUnacknowledged(t *testing.T) {
	eachBook(t, Established, func(f *fixture) {
		timestamped(f)
		f.t.QuickAcks, f.t.RcvdAt = 0, f.x.Now
		f.getTS(irs+1, 5010, "a")
		f.getTS(irs+2, 5020, "b")
		if f.t.TSRecent != 5010 {
			f.Errorf("TS.Recent is %d", f.t.TSRecent)
		}
	})
}

// RFC 2018 §4: the first block is of the segment that drew the ACK; the others follow, latest first.
func TestSACKNamesTheLatestRunFirst(t *testing.T) {
	eachBook(t, Established, func(f *fixture) {
		f.t.SACKOK = true
		for _, at := range []Seq{10, 30, 50, 20} {
			f.get(irs+at, iss+1, ACK, "0123456789"[:5])
		}
		f.get(irs+15, iss+1, ACK, "01234")
		o := f.x.Out[0].Opt
		want := [MaxSACK]Block{{irs + 10, irs + 25}, {irs + 50, irs + 55}, {irs + 30, irs + 35}}
		if o.NSACK != 3 || o.SACK != want {
			f.Errorf("SACK names %v", o.SACK[:o.NSACK])
		}
		f.get(irs+1, iss+1, ACK, "123456789")
		if o := f.x.Out[0].Opt; o.NSACK != 2 || f.x.Out[0].Ack != irs+25 {
			f.Errorf("once the gap is closed SACK names %v", o.SACK[:o.NSACK])
		}
	})
}

// sack lets a bare ACK arrive that names runs by offsets from ISS.
func (f *fixture) sack(ack Seq, blocks ...Block) {
	f.clear()
	f.x.Seg = Segment{Src: f.t.Remote, Dst: f.t.Local, Seq: f.t.Rcv.NXT, Ack: iss + ack, Flags: ACK, Wnd: 60000}
	f.x.Seg.Opt.Set = OptSACK
	for i, b := range blocks {
		f.x.Seg.Opt.SACK[i], f.x.Seg.Opt.NSACK = Block{iss + b.Start, iss + b.End}, uint8(i+1)
	}
	Arrive(&f.x, &f.t)
	if err := f.t.Check(); err != nil {
		f.Error(err)
	}
}

// inFlight brings a connection that has sent n segments of 100 bytes.
func inFlight(f *fixture, n int) {
	f.t.SACKOK, f.t.NoDelay, f.t.Snd.MSS, f.t.Snd.WND, f.t.Snd.MaxWND = true, true, 100, 60000, 60000
	f.t.SRTT, f.t.MinRTT, f.t.RTO = 40*time.Millisecond, 40*time.Millisecond, time.Second
	f.send(strings.Repeat("x", 100*n), false)
	f.x.Now = f.x.Now.Add(40 * time.Millisecond)
}

// Hostile SACK: blocks of what was never sent, below the ACK, or upside down mark nothing.
func TestNonsenseSACKMarksNothing(t *testing.T) {
	eachBook(t, Established, func(f *fixture) {
		inFlight(f, 5)
		f.sack(101, Block{1, 101}, Block{401, 9001}, Block{301, 201}, Block{1, 301})
		for i := range f.t.Sent {
			if f.t.Sent[i].SACKed || f.t.Sent[i].Lost {
				f.Errorf("segment %d is marked", i)
			}
		}
	})
}

// RFC 8985 §6.2 for Linux, RFC 6675 §4 in the RFC's book: three segments beyond a gap make it a loss at once.
func TestThreeBeyondAGapMakeALoss(t *testing.T) {
	eachBook(t, Established, func(f *fixture) {
		inFlight(f, 6)
		f.sack(1, Block{101, 301})
		if f.t.Recovery != RecoveryNone {
			f.Errorf("two beyond are enough")
		}
		f.sack(1, Block{101, 401})
		if f.t.Recovery != RecoveryFast || len(f.x.Out) == 0 || f.x.Out[0].Seq != iss+1 || !f.x.Again[0] {
			f.Errorf("recovery %s, sent %v", f.t.Recovery, f.x.Out)
		}
		f.sack(601)
		if f.t.Recovery != RecoveryNone || f.t.Cwnd < f.t.Ssthresh {
			f.Errorf("recovery %s after all is acknowledged", f.t.Recovery)
		}
	})
}

// RFC 8985 §6.2: a path that has reordered gets time; a late segment is then no loss.
func TestReorderedSegmentIsNoLoss(t *testing.T) {
	f := in(t, "linux", Established)
	inFlight(f, 6)
	f.sack(1, Block{101, 201})
	f.sack(201)
	if !f.t.Reordered {
		t.Fatal("the overtaken segment is not noticed")
	}
	f.sack(201, Block{301, 601})
	if f.t.Recovery != RecoveryNone || f.t.Timer[ReorderTimer] != f.x.Now.Add(10*time.Millisecond) {
		t.Errorf("recovery %s, %v to wait", f.t.Recovery, f.t.Timer[ReorderTimer].Since(f.x.Now))
	}
	f.sack(601)
	if f.t.Timer[ReorderTimer] != 0 {
		t.Error("nothing is missing, and the timer runs")
	}
}

// RFC 5681 §3.1: a timeout brings the congestion window down to one segment and ssthresh to half of what was outstanding.
// RFC 9293 §3.8.2, MUST-19.
func TestTimeoutStartsSlowly(t *testing.T) {
	eachBook(t, Established, func(f *fixture) {
		inFlight(f, 8)
		f.clear()
		Expire(&f.x, &f.t, RetransmitTimer)
		want := uint32(4)
		if f.x.Book.Numbers.HalveCwnd {
			want = 5 // of the window of 10
		}
		if f.t.Cwnd != 1 || f.t.Ssthresh != want || f.t.Recovery != RecoveryLoss || len(f.x.Out) != 1 {
			f.Errorf("cwnd %d, ssthresh %d, recovery %s, %d sent", f.t.Cwnd, f.t.Ssthresh, f.t.Recovery, len(f.x.Out))
		}
		f.sack(101)
		if f.t.Cwnd < 2 || len(f.x.Out) < 1 || f.x.Out[0].Seq != iss+101 {
			f.Errorf("cwnd %d after the first ACK, sent %v", f.t.Cwnd, f.x.Out)
		}
	})
}

// RFC 5681 §3.2: duplicates before an ACK of new data were only reordering: they count no longer.
func TestDuplicatesAreForgotten(t *testing.T) {
	eachBook(t, Established, func(f *fixture) {
		inFlight(f, 6)
		f.t.SACKOK = false
		f.t.Snd.WND = 60000
		for range 2 {
			f.clear()
			f.x.Seg = Segment{Src: f.t.Remote, Dst: f.t.Local, Seq: f.t.Rcv.NXT, Ack: iss + 1, Flags: ACK, Wnd: 60000}
			Arrive(&f.x, &f.t)
		}
		if f.t.DupAcks != 2 || f.t.RenoSacked != 2 {
			f.Errorf("%d duplicates, %d counted out", f.t.DupAcks, f.t.RenoSacked)
		}
		f.sack(201)
		if f.t.DupAcks != 0 || f.t.RenoSacked != 0 || f.t.Recovery != RecoveryNone {
			f.Errorf("%d duplicates, %d counted out, recovery %s", f.t.DupAcks, f.t.RenoSacked, f.t.Recovery)
		}
	})
}

// RFC 9293 SHLD-16: what lies outside a window that has shrunk is not sent again, but for the first.
// RFC 9293 MAY-7.
func TestShrunkWindowHoldsRetransmissions(t *testing.T) {
	eachBook(t, Established, func(f *fixture) {
		inFlight(f, 8)
		Expire(&f.x, &f.t, RetransmitTimer)
		f.t.Cwnd, f.t.Snd.WND = 10, 300
		f.clear()
		Call(&f.x, &f.t, DoorOption)
		if len(f.x.Out) != 2 {
			f.Errorf("%d segments sent into a window of three, one of which is out already", len(f.x.Out))
		}
	})
}

package tcp

import (
	"strings"
	"testing"
	"time"
)

// The first segments of a connection are acknowledged at once, as many as fill half the window, and again after a pause longer than the RTO
// (KERNEL §14; tcp_input.c tcp_incr_quickack).
func TestHurryGoesByTheWindow(t *testing.T) {
	for wnd, most := range map[uint32]int{64240: 16, 8000: 7} {
		f := in(t, "linux", Established)
		f.t.RcvBuf, f.t.Rcv.WND, f.t.Rcv.Edge, f.t.Space = wnd, wnd, f.t.Rcv.NXT.Add(int(wnd)), 2*wnd
		f.t.startSizes()
		for pause := range 2 {
			n := 0
			f.t.Rcv.WND = wnd
			for ; f.t.Ack == AckNone && n < 30; n++ {
				f.get(f.t.Rcv.NXT, iss+1, ACK|PSH, "x")
			}
			if got := n - 1; got != most {
				t.Errorf("window %d, pause %d: %d segments acknowledged at once, want %d", wnd, pause, got, most)
			}
			f.x.Now = f.x.Now.Add(f.t.RTO + time.Second)
			f.clear()
			Expire(&f.x, &f.t, DelayedAckTimer)
			f.x.Want = 0
			Call(&f.x, &f.t, DoorRecv)
		}
	}
}

// The second full segment draws an ACK at once, unless the window would have to shrink for what is unread: then the ACK waits for a read.
func TestSecondSegmentWaitsWhereTheWindowShrinks(t *testing.T) {
	f := in(t, "linux", Established)
	f.t.RcvBuf, f.t.Space = 40000, 80000
	f.t.Rcv.WND, f.t.Rcv.Edge = 40000, f.t.Rcv.NXT.Add(40000)
	f.t.startSizes()
	full := strings.Repeat("x", 1460)
	f.get(f.t.Rcv.NXT, iss+1, ACK, full)
	acks := 0
	for range 8 {
		f.t.QuickAcks = 0
		f.get(f.t.Rcv.NXT, iss+1, ACK, full)
		acks += len(f.x.Out)
	}
	if acks == 0 || f.t.Ack != AckDelay {
		t.Errorf("%d ACKs while the window grew, then the debt is %d", acks, f.t.Ack)
	}
	f.clear()
	f.x.Want = 0
	Call(&f.x, &f.t, DoorRecv)
	f.wants(Established, ACK)
}

// One ACK for several segments is no sign of reordering: none of them was overtaken (RFC 8985 §6.2).
func TestOneAckForSeveralSegments(t *testing.T) {
	eachBook(t, Established, func(f *fixture) {
		wide(f)
		f.send(strings.Repeat("x", 300), false)
		f.ack(300, 8000)
		if f.t.Reordered {
			f.Error("the path counts as one that reorders")
		}
	})
}

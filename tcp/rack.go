package tcp

import "time"

// Loss by time, RFC 8985: a segment is lost when one sent later has arrived and a moment has passed.

// delivered notes that a segment has arrived. The one sent last of all that have is what the others are compared with
// (RFC 8985 §6.2); highest is the furthest that was known to have arrived before.
func (t *TCB) delivered(x *Turn, f *Flight, highest Seq) {
	if !f.Again && f.End().Before(highest) {
		t.Reordered = true // it was overtaken: not lost, only late
	}
	rtt := x.Now.Since(f.SentAt)
	if f.Again && rtt < t.MinRTT {
		return // an answer to an earlier copy
	}
	if f.SentAt > t.RackAt || f.SentAt == t.RackAt && f.End().After(t.RackEnd) {
		t.RackAt, t.RackEnd, t.RackRTT = f.SentAt, f.End(), rtt
	}
}

// patience is how long a segment that was overtaken may be late (RFC 8985 §6.2 step 4; tcp_recovery.c tcp_rack_reo_wnd):
// not at all when three others have arrived and the path has not reordered so far.
func (t *TCB) reorderWindow() time.Duration {
	if !t.Reordered {
		sacked := 0
		for i := range t.Sent {
			if t.Sent[i].SACKed {
				sacked++
			}
		}
		if t.Recovery != RecoveryNone || sacked >= dupThresh {
			return 0
		}
	}
	return min(t.MinRTT/4, t.SRTT)
}

var ruleRackLoss = define("rack-marks-lost", "RFC8985/6.2",
	"A segment sent later has arrived, and the time in which this one might still have come is over: it counts as lost.",
	"更晚发出的报文段已经到达，而这一个还能到的时间已过：算作丢失。",
	func(x *Turn, t *TCB) Verdict {
		old := t.Timer[ReorderTimer]
		t.Timer[ReorderTimer] = 0
		if !t.SACKOK || len(t.Sent) == 0 || t.RackEnd == t.Snd.ISS {
			return unless(old == 0)
		}
		lost, wait, window := false, time.Duration(0), t.reorderWindow()
		for i := range t.Sent {
			f := &t.Sent[i]
			// At one instant numbers tell the order of sending, but not that of a copy.
			later := t.RackAt > f.SentAt || t.RackAt == f.SentAt && !f.Again && t.RackEnd.After(f.End())
			if f.SACKed || f.Lost || !later {
				continue
			}
			if left := t.RackRTT + window - x.Now.Since(f.SentAt); left > 0 {
				wait = max(wait, left)
				continue
			}
			f.Lost, lost, x.lost = true, true, true
		}
		if wait > 0 {
			t.Timer[ReorderTimer] = x.Now.Add(wait)
		}
		return unless(!lost && t.Timer[ReorderTimer] == old)
	})

// unless is Pass when nothing was done, else Applied.
func unless(nothing bool) Verdict {
	if nothing {
		return Pass
	}
	return Applied
}

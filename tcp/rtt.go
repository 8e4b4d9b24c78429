package tcp

import "time"

// backedOff is the retransmission timeout in force: RTO doubled Backoff times, up to the book's ceiling (RFC 6298 §5.5).
func (t *TCB) backedOff(x *Turn) time.Duration {
	rto := t.RTO
	for range t.Backoff {
		rto *= 2
		if rto >= x.Book.Numbers.MaxRTO {
			break
		}
	}
	return min(rto, x.Book.Numbers.MaxRTO)
}

// sample takes a round-trip measurement into SRTT, RTTVAR and RTO (RFC 6298 §2).
func (t *TCB) sample(x *Turn, r time.Duration) {
	n := &x.Book.Numbers
	r = max(r, n.Tick)
	t.Backoff = 0 // not before: RFC 6298 §5, Karn's algorithm
	if t.MinRTT == 0 || r < t.MinRTT {
		t.MinRTT = r
	}
	if n.VarByRound {
		more := t.estimate(n, r)
		t.RTO = min(max(t.SRTT+more, n.MinRTO), n.MaxRTO)
		return
	}
	if t.SRTT == 0 {
		t.SRTT, t.RTTVar = r, r/2
	} else {
		t.RTTVar += ((t.SRTT - r).Abs() - t.RTTVar) / 4
		t.SRTT += (r - t.SRTT) / 8
	}
	t.RTO = min(max(t.SRTT+max(4*t.RTTVar, n.MinVar, n.Tick), n.MinRTO), n.MaxRTO)
}

// estimate is sample's arithmetic as Linux does it: the variance grows at once, but comes down once in a round trip only, and less for a round
// trip that was shorter than for one that was longer. It returns what is added to SRTT (tcp_input.c tcp_rtt_estimator).
func (t *TCB) estimate(n *Numbers, r time.Duration) time.Duration {
	if t.SRTT == 0 {
		t.SRTT, t.RTTVar = r, r/2
		t.Var4 = max(2*r, n.MinVar)
		t.Var4Max, t.RTTEnd = t.Var4, t.Snd.NXT
		return t.Var4
	}
	m := r - t.SRTT
	t.SRTT += m / 8
	more := m.Abs() - t.RTTVar
	if m < 0 && more > 0 {
		more /= 8
	}
	t.RTTVar += more / 4
	t.Var4Max = max(t.Var4Max, 4*t.RTTVar)
	t.Var4 = max(t.Var4, t.Var4Max)
	if t.Snd.UNA.After(t.RTTEnd) {
		t.Var4 -= (t.Var4 - t.Var4Max) / 4
		t.Var4Max, t.RTTEnd = n.MinVar, t.Snd.NXT
	}
	return t.Var4
}

// armRetransmit starts the retransmission timer if it does not run (RFC 6298 §5.1).
func (x *Turn) armRetransmit(t *TCB) {
	if t.Timer[RetransmitTimer] == 0 && t.Timer[ProbeTimer] == 0 && t.Timer[SynackTimer] == 0 {
		t.Timer[RetransmitTimer] = x.Now.Add(x.clamped(t, t.backedOff(x)))
	}
}

var ruleProbeFirst = define("probe-before-rto", "RFC8985/7.2",
	"For the last segments in flight a probe is planned, two round trips and a little ahead: it may find a loss before the RTO does.",
	"为在途的最后几个报文段安排探测：约两个往返时间后先试一次，往往早于 RTO 发现丢失。",
	func(x *Turn, t *TCB) Verdict {
		if !x.probeFits(t) {
			return Pass
		}
		wait := 2 * t.SRTT
		switch {
		case t.SRTT == 0:
			wait = x.Book.Numbers.InitialRTO // no sample yet: whatever the RTO has fallen back to
		case len(t.Sent) == 1:
			wait += x.Book.Numbers.MinVar // the peer may delay the only ACK there is
		default:
			wait += 2 * time.Millisecond // tcp.h TCP_TIMEOUT_MIN_US
		}
		// The probe stands in the RTO's place and never later than it (tcp_output.c tcp_schedule_loss_probe).
		rto := t.Timer[RetransmitTimer]
		if rto == 0 { // a probe stands there already
			rto = t.Sent[0].SentAt.Add(t.RTO)
		}
		at := min(t.lastSent().Add(wait), rto)
		t.Timer[ProbeTimer], t.Timer[RetransmitTimer] = max(at, x.Now), 0
		return Applied
	})

// probeFits says whether a tail-loss probe can be planned, or planned anew because more has been sent: SACK in use, all well so far, none
// sent since the last acknowledgement.
func (x *Turn) probeFits(t *TCB) bool {
	waits := t.Timer[RetransmitTimer] != 0 || t.Timer[ProbeTimer] != 0 && t.lastSent() == x.Now
	return waits && t.SACKOK && !t.Probed && t.Backoff == 0 && t.Retries == 0 &&
		len(t.Sent) > 0 && t.State >= Established && t.Recovery == RecoveryNone && t.highestSACKed() == t.Snd.UNA
}

func (t *TCB) lastSent() Time {
	at := Time(0)
	for i := range t.Sent {
		at = max(at, t.Sent[i].SentAt)
	}
	return at
}

// acked removes what ack covers from the retransmission queue, takes a round-trip sample, and restarts or stops the timer
// (RFC 6298 §5.2, §5.3; §3: no sample from what was sent twice, unless a timestamp tells which copy was answered).
func (x *Turn) acked(t *TCB, ack Seq) {
	n, clean, first, highest := 0, true, Time(0), t.highestSACKed()
	t.Snd.UNA = ack
	x.clocked = true
	for n < len(t.Sent) && t.Sent[n].End().AtOrBefore(ack) {
		if n == 0 {
			first = t.Sent[0].SentAt
		}
		clean = clean && !t.Sent[n].Again
		if !t.Sent[n].SACKed {
			t.delivered(x, &t.Sent[n], highest)
			x.fresh++
		}
		n++
	}
	if n > 0 {
		if clean {
			t.sample(x, x.Now.Since(first))
		} else if echo := x.Seg.Opt.TSEcr; t.SndTS && x.Seg.Opt.Has(OptTS) && echo != 0 {
			t.sample(x, time.Duration(t.tsClock(x.Now)-echo)*time.Millisecond)
		}
		if t.Sent[0].Flags.Has(SYN) {
			t.Backoff = 0 // RFC 6298 §5.7 has its own number for after it
		} else { // the handshake opens no window
			x.newly = uint32(n)
			if t.RenoSacked > 0 { // tcp_input.c tcp_remove_reno_sacks
				x.fresh = max(x.newly-min(t.RenoSacked, x.newly), 1)
			}
		}
	}
	t.Sent = dropFirst(t.Sent, n)
	t.trimFirst(ack)
	t.Retries, t.StallAt, t.Probed = 0, 0, false
	t.Timer[RetransmitTimer], t.Timer[ProbeTimer], t.Timer[SynackTimer], t.Timer[ReorderTimer] = 0, 0, 0, 0
	if len(t.Sent) > 0 {
		x.armRetransmit(t)
	}
}

// trimFirst cuts off what ack covers of a segment that it covers in part.
func (t *TCB) trimFirst(ack Seq) {
	if len(t.Sent) == 0 {
		return
	}
	if n := ack.Since(t.Sent[0].Seq); n > 0 {
		t.Sent[0].Data = t.Sent[0].Data[n:]
		t.Sent[0].Seq = ack
	}
}

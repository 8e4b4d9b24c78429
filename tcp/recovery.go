package tcp

// Loss recovery: fast retransmit and fast recovery (RFC 5681 §3.2), NewReno (RFC 6582), SACK (RFC 6675).

// dupThresh is how many segments beyond a gap make it a loss (RFC 5681 §3.2, RFC 6675 DupThresh).
const dupThresh = 3

var ruleDuplicateAck = define("duplicate-ack", "RFC5681/3.2",
	"The same ACK again, without data and with the same window, while something is outstanding: a segment has arrived out of order.",
	"同样的 ACK 又来一次，没有数据、窗口不变，而且还有未确认的数据：说明有报文段乱序到达。",
	func(x *Turn, t *TCB) Verdict {
		in := &x.Seg
		if in.Ack != t.Snd.UNA || len(t.Sent) == 0 || in.Data != "" || in.Flags.Any(SYN|FIN) ||
			uint32(in.Wnd)<<t.sndShift() != t.Snd.WND {
			return Pass
		}
		x.dup, x.clocked = true, true
		t.DupAcks = uint8(min(int(t.DupAcks)+1, 255))
		return Applied
	})

var ruleLimitedTransmit = define("limited-transmit", "RFC3042/2",
	"The first two duplicate ACKs each let one new segment out: something has left the network.",
	"头两个重复 ACK 各放行一个新报文段：说明有报文段已离开网络。",
	func(x *Turn, t *TCB) Verdict {
		if !x.dup || t.SACKOK || t.Recovery != RecoveryNone || t.DupAcks >= dupThresh {
			return Pass
		}
		t.RenoSacked = uint32(t.DupAcks)
		return Applied
	})

var ruleLeftNetwork = define("duplicate-ack-counts-out", "RFC6582/3.2",
	"Without SACK each duplicate ACK counts one segment out of the network, whichever it was.",
	"没有 SACK 时，每个重复 ACK 都意味着有一个报文段离开了网络，不论是哪一个。",
	func(x *Turn, t *TCB) Verdict {
		if !x.dup || t.SACKOK || int(t.RenoSacked) >= len(t.Sent)-1 || t.Recovery == RecoveryLoss && t.Snd.NXT == t.Recover {
			return Pass // of what was sent before the timer ran out nothing is in the network (tcp_input.c tcp_process_loss)
		}
		t.RenoSacked++ // tcp_input.c tcp_add_reno_sack
		x.fresh++
		return Applied
	})

var ruleSACKLoss = define("sack-marks-lost", "RFC6675/4",
	"Three segments beyond it have arrived (SACK): it counts as lost.",
	"它之后已有三个报文段到达（SACK）：算作丢失。",
	func(x *Turn, t *TCB) Verdict {
		if !t.SACKOK {
			return Pass
		}
		v, beyond := Pass, 0
		for i := len(t.Sent) - 1; i >= 0; i-- {
			f := &t.Sent[i]
			switch {
			case f.SACKed:
				beyond++
			case beyond >= dupThresh && !f.Lost && !f.Again:
				f.Lost, v = true, Applied
			}
		}
		return v
	})

var ruleFastRetransmit = define("fast-retransmit", "RFC5681/3.2",
	"A loss is found without waiting for the timer: the segment goes again at once, and the congestion window halves.",
	"不必等定时器就发现了丢失：立刻重发，拥塞窗口减半。",
	func(x *Turn, t *TCB) Verdict {
		if t.Recovery != RecoveryNone || len(t.Sent) == 0 || !t.SACKOK && (x.beyond(t) < dupThresh || !t.Snd.UNA.After(t.Recover)) {
			return Pass // without SACK, what the last recovery has sent twice draws duplicate ACKs too (RFC 6582 §3.2 step 2)
		}
		if !t.SACKOK {
			t.Sent[0].Lost, x.lost = true, true
		}
		first := t.firstLost()
		if first < 0 {
			return Pass
		}
		t.Recovery, t.Recover = RecoveryFast, t.Snd.NXT
		t.Before = t.Cwnd
		t.Ssthresh = x.halved(t)
		t.CwndCredit, t.Arrived, t.Repaired = 0, 0, 0
		t.Cwnd = t.Ssthresh
		x.fresh = max(x.fresh, 1) // when time has told, too (tcp_recovery.c tcp_rack_reo_timeout)
		x.resendNow(t, first)
		return Applied
	})

// beyond is how many segments the duplicate ACKs say have arrived beyond a gap.
func (x *Turn) beyond(t *TCB) int {
	if x.Book.Numbers.CountOut {
		return int(t.RenoSacked)
	}
	return int(t.DupAcks)
}

// halved is the slow start threshold after a loss: half of what was outstanding (RFC 5681 equation 4), or of the congestion
// window, as the book has it.
func (x *Turn) halved(t *TCB) uint32 {
	if x.Book.Numbers.HalveCwnd {
		return max(t.Cwnd/2, 2)
	}
	return max(uint32(len(t.Sent))/2, 2)
}

var ruleProportional = define("proportional-rate-reduction", "RFC6937/3",
	"In fast recovery as many segments leave as have arrived, in proportion: in the end half as many are in flight as before; from then on, as in slow start.",
	"快速恢复期间，按比例地到多少、发多少：最终在途的只有原来的一半；降到之后，则像慢启动那样。",
	func(x *Turn, t *TCB) Verdict {
		if t.Recovery != RecoveryFast || x.fresh == 0 { // tcp_input.c tcp_cwnd_reduction
			return Pass
		}
		t.Arrived += x.fresh
		pipe, sent, out := int(t.inFlight())-int(x.resent), int(t.Repaired-x.resent), 0
		if over := int(t.Ssthresh) - pipe; over < 0 {
			before := max(t.Before, 1)
			out = int((t.Ssthresh*t.Arrived+before-1)/before) - sent
		} else {
			out = max(int(t.Arrived)-sent, int(x.fresh))
			if x.newly > 0 && !x.lost {
				out++
			}
			out = min(out, over)
		}
		if sent == 0 {
			out = max(out, 1) // the loss that began it goes again in any case
		}
		t.Cwnd = uint32(max(pipe+max(out, 0), 1))
		return Applied
	})

func (t *TCB) firstLost() int {
	for i := range t.Sent {
		if t.Sent[i].Lost && !t.Sent[i].SACKed {
			return i
		}
	}
	return -1
}

// resendNow sends entry i again and gives the timer its whole time (RFC 6582 §3.2 step 3).
func (x *Turn) resendNow(t *TCB, i int) {
	x.retransmit(t, i)
	x.resent++
	t.Timer[ProbeTimer] = 0
	t.Timer[RetransmitTimer] = x.Now.Add(x.clamped(t, t.backedOff(x)))
}

var ruleInflate = define("fast-recovery-inflates", "RFC5681/3.2",
	"Each duplicate ACK in fast recovery widens the congestion window by the segment that has left the network.",
	"快速恢复期间，每个重复 ACK 都把拥塞窗口放宽一个已离开网络的报文段。",
	func(x *Turn, t *TCB) Verdict {
		if !x.dup || t.SACKOK || t.Recovery != RecoveryFast {
			return Pass
		}
		if t.DupAcks == dupThresh {
			t.RenoSacked = 0
			t.Cwnd += dupThresh
			return Applied
		}
		t.Cwnd++
		return Applied
	})

var ruleRecoveryOver = define("recovery-over", "RFC6582/3.2",
	"All that was outstanding when the loss was found is acknowledged: recovery is over.",
	"发现丢失时在途的数据已全部确认：恢复结束。",
	func(x *Turn, t *TCB) Verdict {
		if t.Recovery == RecoveryNone || x.newly == 0 || t.Snd.UNA.Before(t.Recover) {
			return Pass
		}
		t.recovered()
		return Applied
	})

func (t *TCB) recovered() {
	if t.Recovery == RecoveryFast {
		t.Cwnd = t.Ssthresh
	}
	t.Recovery, t.RenoSacked = RecoveryNone, 0
}

var ruleRecoveryOverLinux = define("recovery-over-linux", "RFC6582/3.2",
	"All that was outstanding when the loss was found is acknowledged. Without SACK Linux waits for one ACK more: duplicates still on their way must not look like another loss.",
	"发现丢失时在途的数据已全部确认。没有 SACK 时 Linux 还要再等一个 ACK：路上剩下的重复 ACK 不能被当成又一次丢失。",
	func(x *Turn, t *TCB) Verdict {
		if t.Recovery == RecoveryNone || x.newly == 0 || t.Snd.UNA.Before(t.Recover) {
			return Pass
		}
		if t.Snd.UNA == t.Recover && !t.SACKOK { // tcp_input.c tcp_try_undo_recovery
			t.RenoSacked = 0
			return Applied
		}
		t.recovered()
		return Applied
	})

// partial says whether this turn's ACK is a partial one in fast recovery without SACK (RFC 6582): the gap it shows is
// another loss.
func (x *Turn) partial(t *TCB) bool {
	return t.Recovery == RecoveryFast && !t.SACKOK && x.newly > 0 && t.Snd.UNA.Before(t.Recover)
}

var rulePartialAck = define("partial-ack", "RFC6582/3.2",
	"A partial ACK: another segment is missing, so it goes again at once; the window shrinks by what was acknowledged.",
	"部分确认：还缺一个报文段，立刻重发它；窗口减去已确认的部分。",
	func(x *Turn, t *TCB) Verdict {
		if !x.partial(t) {
			return Pass
		}
		t.Cwnd = max(t.Cwnd-min(x.newly, t.Cwnd)+1, 1)
		x.resendNow(t, 0)
		return Applied
	})

var rulePartialAckLinux = define("partial-ack-linux", "RFC6582/3.2",
	"A partial ACK: another segment is missing, so it goes again at once.",
	"部分确认：还缺一个报文段，立刻重发它。",
	func(x *Turn, t *TCB) Verdict {
		if !x.partial(t) {
			return Pass
		}
		t.RenoSacked = min(t.RenoSacked-min(t.RenoSacked, x.newly-1), uint32(len(t.Sent))-1) // tcp_input.c tcp_remove_reno_sacks
		x.lost = true
		x.resendNow(t, 0)
		return Applied
	})

var ruleForgetDuplicates = define("duplicates-forgotten", "RFC5681/3.2",
	"New data is acknowledged and no loss was found: the duplicate ACKs before it were only reordering.",
	"确认了新数据，也没有发现丢失：之前的重复 ACK 只是乱序所致。",
	func(x *Turn, t *TCB) Verdict {
		if x.newly == 0 || t.Recovery == RecoveryFast || t.RenoSacked == 0 {
			return Pass
		}
		t.RenoSacked = 0
		return Applied
	})

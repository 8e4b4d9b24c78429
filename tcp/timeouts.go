package tcp

import "time"

// Timeouts, RFC 9293 §3.10.8.

var ruleSynGiveUp = define("syn-give-up", "KERNEL/1.9",
	"SYN_SENT, and SYN_RCVD of who has called connect(): enough repeats or enough time: connect() fails with ETIMEDOUT.",
	"SYN_SENT，以及调用过 connect() 的一方的 SYN_RCVD：重传次数够多或时间够久：connect() 以 ETIMEDOUT 失败。",
	func(x *Turn, t *TCB) Verdict {
		if t.State != SynSent && (t.State != SynRcvd || t.Passive) {
			return Pass
		}
		most := x.Sysctl[SynRetries]
		if t.State == SynSent {
			most += x.Sysctl[SynLinearTimeouts] // KERNEL/16.12: the other has no linear phase
		}
		if int64(t.Retries) < most && x.Now.Since(t.FirstSent) < synPatience(x.Sysctl[SynRetries]) {
			return Pass
		}
		x.fail(t, ETIMEDOUT)
		return Done
	})

// synPatience is 2^(n+1)-1 seconds for n repeats of the doubling kind; past 6 each adds the ceiling, 120 s (KERNEL §1).
func synPatience(n int64) time.Duration {
	more := max(n-6, 0)
	n = min(max(n, 0), 6)
	return time.Duration(int64(1)<<(n+1)-1)*time.Second + time.Duration(more)*120*time.Second
}

var ruleSynAgain = define("syn-again", "KERNEL/1.1",
	"SYN_SENT: no answer: the same SYN again. The first waits are one second each, then they double.",
	"SYN_SENT：没有应答：重发同一个 SYN。前几次各等一秒，之后每次加倍。",
	func(x *Turn, t *TCB) Verdict {
		if t.State != SynSent {
			return Pass
		}
		t.Retries++
		if int64(t.Retries) > x.Sysctl[SynLinearTimeouts] {
			t.Backoff++
		}
		x.retransmit(t, 0)
		x.armRetransmit(t)
		return Done
	})

var ruleSynackGiveUp = define("half-open-forgotten", "KERNEL/2.1",
	"SYN_RCVD: after tcp_synack_retries repeats without an answer the half-open connection is forgotten, without a word.",
	"SYN_RCVD：重发 tcp_synack_retries 次仍无应答，半连接悄悄被忘掉。",
	func(x *Turn, t *TCB) Verdict {
		if x.Queues.Listening && int64(t.Retries) < x.Sysctl[SynackRetries] {
			return Pass
		}
		x.end(t)
		return Done
	})

var ruleSynackAgain = define("syn-ack-again", "KERNEL/2.1",
	"SYN_RCVD: the last ACK has not come: SYN,ACK again, each wait twice as long as the one before.",
	"SYN_RCVD：最后的 ACK 没来：重发 SYN,ACK，每次等待是上次的两倍。",
	func(x *Turn, t *TCB) Verdict {
		t.Retries++
		t.Backoff++
		x.retransmit(t, 0)
		t.Timer[SynackTimer] = x.Now.Add(t.backedOff(x))
		return Done
	})

var ruleGiveUp = define("retransmission-give-up", "KERNEL/5.4",
	"So long without an acknowledgement that the peer must be gone: the connection ends, with ETIMEDOUT for whoever still holds it.",
	"太久没有确认，对方必定不在了：连接结束，仍持有它的进程得到 ETIMEDOUT。",
	func(x *Turn, t *TCB) Verdict {
		n := x.Sysctl[Retries2]
		if t.Orphan {
			n = x.orphanRetries()
		}
		if t.UserTimeout != 0 || t.StallAt == 0 || x.Now.Since(t.StallAt) < stallPatience(n, x.Book.Numbers.MinVar, x.Book.Numbers.MaxRTO) {
			return Pass
		}
		x.fail(t, ETIMEDOUT)
		return Done
	})

// stallPatience is how long n doublings of the least RTO take, none longer than the ceiling (tcp_timer.c
// tcp_model_timeout): 924.6 s for 15, 102.2 s for 8 (KERNEL §5, §12).
func stallPatience(n int64, rto, ceiling time.Duration) time.Duration {
	sum := time.Duration(0)
	for range min(n, 255) + 1 {
		sum += rto
		rto = min(2*rto, ceiling)
	}
	return sum
}

var ruleGiveUpRFC = define("user-timeout", "RFC9293/3.10.8",
	"R2 has passed without an acknowledgement: the connection is aborted and the user told that it timed out.",
	"R2 已过仍无确认：连接放弃，并告诉使用者超时。",
	func(x *Turn, t *TCB) Verdict {
		patience, since := x.Book.Numbers.DataGiveUp, t.StallAt
		if t.State == SynSent || t.State == SynRcvd {
			patience, since = x.Book.Numbers.SynGiveUp, t.FirstSent
		}
		if t.UserTimeout != 0 {
			patience = t.UserTimeout // RFC 9293 MUST-21
		}
		if t.Retries == 0 || x.Now.Since(since) < patience {
			return Pass
		}
		if t.State == SynRcvd && t.Passive {
			x.end(t)
			return Done
		}
		x.fail(t, ETIMEDOUT)
		return Done
	})

var ruleRetransmit = define("retransmission-timeout", "RFC9293/3.10.8",
	"The oldest unacknowledged segment goes again and the timeout doubles; what was in flight counts as lost.",
	"重发最早未确认的报文段，超时加倍；此前在途的都算丢失。",
	func(x *Turn, t *TCB) Verdict {
		if len(t.Sent) == 0 {
			return Done
		}
		if t.StallAt == 0 {
			t.StallAt = x.Now
		}
		reduced := x.Book.Numbers.HalveCwnd && t.Recovery == RecoveryFast && t.Recover.After(t.Snd.UNA) // tcp_input.c tcp_enter_loss
		if t.State >= Established && t.Retries == 0 && !reduced {                                       // RFC 5681 §3.1, equation 4
			t.Ssthresh = x.halved(t)
		}
		if t.Sent[0].SACKed { // the receiver has let go of what it had (RFC 2018 §8): nothing it said counts
			for i := range t.Sent {
				t.Sent[i].SACKed = false
			}
		}
		t.Doubted = x.Book.Numbers.DoubtsTimer && t.State >= Established && (t.Recovery == RecoveryNone || t.Retries > 0)
		t.Retries = uint8(min(int(t.Retries)+1, 255))
		t.Backoff = uint8(min(int(t.Backoff)+1, 30))
		if t.State >= Established {
			t.Recovery, t.Recover = RecoveryLoss, t.Snd.NXT
		}
		t.Cwnd, t.RenoSacked = 1, 0
		t.Timer[ReorderTimer] = 0
		for i := range t.Sent {
			t.Sent[i].Lost = !t.Sent[i].SACKed
		}
		x.retransmit(t, 0)
		t.Timer[RetransmitTimer] = x.Now.Add(x.clamped(t, t.backedOff(x)))
		return Done
	})

var ruleProbe = define("tail-loss-probe", "RFC8985/7.3",
	"Nothing has come back for two round trips: new data goes out as a probe, else the last segment again; the RTO runs from here.",
	"两个往返时间没有回音：发新数据作为探测，没有新数据就重发最后一个报文段；RTO 从现在起算。",
	func(x *Turn, t *TCB) Verdict {
		if len(t.Sent) == 0 {
			return Done
		}
		t.Probed = true
		if n := min(int(t.Unsent), t.segmentSize()); n > 0 && n <= t.usable() && t.canSendData() {
			x.sendData(t, n) // whatever Nagle and the congestion window say (tcp_output.c tcp_send_loss_probe)
		} else {
			x.retransmit(t, len(t.Sent)-1)
		}
		t.Timer[RetransmitTimer] = x.Now.Add(t.backedOff(x))
		return Done
	})

var ruleDelayedAck = define("delayed-ack", "RFC9293/MUST-40",
	"Nothing came along to carry the acknowledgement: it goes by itself.",
	"没有等到可以捎带的报文段：确认单独发出。",
	func(x *Turn, t *TCB) Verdict {
		if t.Ack == AckNone {
			return Pass
		}
		t.PingPong = false // no answer came in time: the next ACK does not wait for one (tcp_timer.c tcp_delack_timer_handler)
		t.Ack = AckNow
		return Applied
	})

var ruleFinWait2Over = define("fin-wait-2-timeout", "KERNEL/5.20",
	"FIN_WAIT_2 has waited long enough for a FIN with nobody left to read: forgotten, without TIME_WAIT.",
	"FIN_WAIT_2 等 FIN 等得够久了，也没人要读：直接忘掉，不经过 TIME_WAIT。",
	func(x *Turn, t *TCB) Verdict {
		if t.State != FinWait2 {
			return Pass
		}
		x.end(t)
		return Done
	})

var ruleTimeWaitOver = define("time-wait-over", "RFC9293/3.10.8",
	"TIME_WAIT is over: every old segment has died by now, and the connection is forgotten.",
	"TIME_WAIT 结束：旧报文段都已消亡，连接可以忘掉了。",
	func(x *Turn, t *TCB) Verdict {
		x.end(t)
		return Done
	})

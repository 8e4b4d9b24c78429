package tcp

// Segment arrives in TIME-WAIT, RFC 9293 §3.10.7.4 and the kernel's own order of asking
// (tcp_minisocks.c tcp_timewait_state_process).

// enterTimeWait starts TIME-WAIT and turns the other timers off (RFC 9293 §3.10.7.4, MUST-13).
func (x *Turn) enterTimeWait(t *TCB) {
	x.endsWell(t)
	t.State = TimeWait
	t.WaitSince = x.Now
	if !t.inBucket() {
		t.ChallengeAt = 0 // what is kept of the connection begins anew (tcp_minisocks.c tcp_time_wait)
	}
	t.Timer = [NumTimers]Time{}
	x.restartTimeWait(t)
}

// endsWell tells that a connection whose round trip was measured is over as it should be (tcp_metrics.c tcp_update_metrics).
func (x *Turn) endsWell(t *TCB) {
	if t.SRTT != 0 {
		x.Events |= EvProven
	}
}

func (x *Turn) restartTimeWait(t *TCB) {
	t.Timer[TimeWaitTimer] = x.Now.Add(x.Book.Numbers.TimeWaitLen)
}

var ruleTimeWaitSyn = define("time-wait-new-syn", "RFC9293/MAY-2",
	"TIME_WAIT: a SYN that is surely newer than the old connection may begin the next one at once.",
	"TIME_WAIT：能确定比旧连接新的 SYN，可以立刻开始下一条连接。",
	func(x *Turn, t *TCB) Verdict {
		in := &x.Seg
		if in.Flags&(SYN|ACK|RST) != SYN || !x.Queues.Listening || x.timestampOlder(t) {
			return Pass
		}
		newer := t.SndTS && in.Opt.Has(OptTS) && in.Opt.TSVal != t.TSRecent
		if !in.Seq.After(t.Rcv.NXT) && !newer {
			return Pass
		}
		x.ISS = t.Snd.NXT + 65537 // KERNEL §6: beyond all the old connection used
		x.Events |= EvReopen
		x.end(t)
		return Done
	})

// timestampOlder is PAWS's question (RFC 7323 §5.3): does the segment come from before the last one?
func (x *Turn) timestampOlder(t *TCB) bool {
	return t.SndTS && x.Seg.Opt.Has(OptTS) && int32(x.Seg.Opt.TSVal-t.TSRecent) < 0 && !x.outdated(t)
}

var ruleTimeWaitFin = define("time-wait-fin-again", "RFC9293/3.10.7.4",
	"TIME_WAIT: the peer's FIN again means that our last ACK was lost: acknowledge it and start the wait anew.",
	"TIME_WAIT：对方的 FIN 又来了，说明我们最后的 ACK 丢了：再确认一次，重新开始等待。",
	func(x *Turn, t *TCB) Verdict {
		in := &x.Seg
		again := in.End() == t.Rcv.NXT || in.Flags.Has(ACK) && t.acceptable(in) // the latter: fifth check
		if !in.Flags.Has(FIN) || in.Flags.Any(RST|SYN) || !again {
			return Pass
		}
		t.Ack = AckNow
		x.restartTimeWait(t)
		return Done
	})

var ruleTimeWaitBareAck = define("time-wait-bare-ack", "KERNEL/6.14",
	"TIME_WAIT: a bare ACK at the number expected needs no answer; it starts the wait anew.",
	"TIME_WAIT：序号正好的纯 ACK 无需应答；等待重新开始。",
	func(x *Turn, t *TCB) Verdict {
		in := &x.Seg
		if in.Len() > 0 || in.Seq != t.Rcv.NXT || in.Flags.Has(RST) || x.timestampOlder(t) {
			return Pass
		}
		x.stampAlways(t)
		x.restartTimeWait(t)
		return Done
	})

var ruleTimeWaitRst = define("time-wait-rst", "KERNEL/6.13",
	"TIME_WAIT: a RST with exactly the number expected ends it, unless tcp_rfc1337 is set; any other RST is ignored.",
	"TIME_WAIT：序号正好的 RST 使其结束，除非设置了 tcp_rfc1337；其他 RST 忽略。",
	func(x *Turn, t *TCB) Verdict {
		if !x.Seg.Flags.Has(RST) {
			return Pass
		}
		if x.Seg.Seq == t.Rcv.NXT && !x.timestampOlder(t) && x.Sysctl[RFC1337] == 0 {
			x.end(t)
		}
		return Done
	})

var ruleTimeWaitOther = define("time-wait-acks-the-rest", "KERNEL/6.15",
	"TIME_WAIT: anything else is acknowledged again, what is empty at most twice a second; if it carried an ACK, or an older timestamp, the wait starts anew.",
	"TIME_WAIT：其他报文段都再确认一次，不带数据的每秒最多两次；带 ACK 或时间戳更旧的，还会让等待重新开始。",
	func(x *Turn, t *TCB) Verdict {
		if x.Seg.Flags.Has(ACK) || x.timestampOlder(t) {
			x.restartTimeWait(t)
		}
		if x.Seg.Flags.Has(SYN) {
			x.challenge(t)
		} else {
			x.throttled(t) // without SACK: what Linux keeps of the connection has no memory of it (tcp_ipv4.c tcp_v4_timewait_ack)
		}
		return Done
	})

// FIN_WAIT_2 that no process holds is kept by Linux as TIME_WAIT is, in a small block that knows no send variables: it asks its own
// questions, and never about the ACK (tcp_minisocks.c tcp_timewait_state_process, "Just repeat all the checks").

// inBucket says whether that block is what is left of the connection: its timer is the block's.
func (t *TCB) inBucket() bool { return t.Orphan && t.Timer[FinWait2Timer] != 0 }

var ruleBucketOutside = define("fin-wait-2-bucket-outside", "KERNEL/16.13",
	"FIN_WAIT_2 without a process: what brings nothing from inside the window is answered with an ACK, even a RST.",
	"没有进程的 FIN_WAIT_2：没有带来窗口内任何内容的报文段，回一个 ACK，RST 也不例外。",
	func(x *Turn, t *TCB) Verdict {
		if !t.inBucket() || t.touchesWindow(&x.Seg) && !x.timestampOlder(t) {
			return Pass
		}
		x.throttled(t)
		return Done
	})

var ruleBucketReset = define("fin-wait-2-bucket-rst", "KERNEL/16.13",
	"FIN_WAIT_2 without a process: any RST in the window ends it.",
	"没有进程的 FIN_WAIT_2：窗口内的任何 RST 都使其结束。",
	func(x *Turn, t *TCB) Verdict {
		if !t.inBucket() || !x.Seg.Flags.Has(RST) {
			return Pass
		}
		x.end(t)
		return Done
	})

var ruleBucketSyn = define("fin-wait-2-bucket-syn", "KERNEL/16.13",
	"FIN_WAIT_2 without a process: a SYN in the window gets a RST, and the connection is forgotten.",
	"没有进程的 FIN_WAIT_2：窗口内的 SYN 得到 RST，连接也就此忘掉。",
	func(x *Turn, t *TCB) Verdict {
		if !t.inBucket() || !x.Seg.Flags.Has(SYN) || x.Seg.Seq.Before(t.Rcv.NXT) {
			return Pass
		}
		x.sendReset()
		x.end(t)
		return Done
	})

var ruleBucketNothing = define("fin-wait-2-bucket-nothing-new", "KERNEL/16.13",
	"FIN_WAIT_2 without a process: a segment without ACK, or without anything new, is dropped, whatever it acknowledges.",
	"没有进程的 FIN_WAIT_2：不带 ACK，或没有新内容的报文段，不论确认了什么都丢弃。",
	func(x *Turn, t *TCB) Verdict {
		if !t.inBucket() || x.Seg.Flags.Has(ACK) && x.Seg.Len() > 0 && x.Seg.End().After(t.Rcv.NXT) {
			return Pass
		}
		return Done
	})

var ruleBucketData = define("fin-wait-2-bucket-data", "KERNEL/16.13",
	"FIN_WAIT_2 without a process: new data, or a FIN with something missing before it, gets its RST even with an ACK of what was never sent.",
	"没有进程的 FIN_WAIT_2：新数据，或前面还缺内容的 FIN，即使确认了从未发送的序号，也得到 RST。",
	func(x *Turn, t *TCB) Verdict {
		if !t.inBucket() || t.ackInRange(x.Seg.Ack) || x.Seg.Flags.Has(FIN) && x.Seg.End() == t.Rcv.NXT+1 {
			return Pass
		}
		x.sendReset()
		x.end(t)
		return Done
	})

var ruleBucketWindow = define("fin-wait-2-bucket-window", "KERNEL/16.20",
	"FIN_WAIT_2 without a process: what is left of it has noted how large the window is, not where it ends, and so the FIN that is due moves its edge on.",
	"没有进程的 FIN_WAIT_2：残留的记录只记窗口多大，不记右边界在哪里，所以轮到的 FIN 会把右边界往前推。",
	func(x *Turn, t *TCB) Verdict {
		if !t.inBucket() || !x.Seg.Flags.Has(FIN) || x.Seg.End() != t.Rcv.NXT+1 {
			return Pass
		}
		t.Rcv.Edge++
		return Applied
	})

var ruleBucketFin = define("fin-wait-2-bucket-fin", "KERNEL/16.13",
	"FIN_WAIT_2 without a process: the peer's FIN leads to TIME_WAIT even with an ACK of what was never sent.",
	"没有进程的 FIN_WAIT_2：对方的 FIN 即使确认了从未发送的序号，也会进入 TIME_WAIT。",
	func(x *Turn, t *TCB) Verdict {
		if !t.inBucket() || t.ackInRange(x.Seg.Ack) {
			return Pass
		}
		x.stampAlways(t)
		t.Rcv.NXT = x.Seg.End()
		t.PeerClosed = true
		x.sendAck(t)
		x.enterTimeWait(t)
		return Done
	})

// stampAlways takes the segment's timestamp as the one to echo.
func (x *Turn) stampAlways(t *TCB) {
	if t.SndTS && x.Seg.Opt.Has(OptTS) {
		t.TSRecent, t.TSRecentAt = x.Seg.Opt.TSVal, x.Now
	}
}

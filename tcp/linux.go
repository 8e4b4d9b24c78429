package tcp

import "slices"

// What Linux does otherwise than the RFC around a connection: queues, resets, TIME_WAIT, FIN_WAIT_2. Each function puts the
// kernel's rules into their places in a book.

// linuxListening is tcp_conn_request's order of questions, and the cookies.
func linuxListening(b *Book) {
	b.Arrives[Listen] = []*Rule{ruleGroupSource, ruleListenRst, ruleCookieBack, ruleListenAck, ruleListenSynFin, ruleSynQueueFull, ruleCookieWanted,
		ruleListenFull, ruleSynBacklog, ruleListenSyn, ruleListenOther}
	b.replaceIn(SynRcvd, ruleUnacceptableLinux, ruleUnacceptableRequest)
	b.insertBefore(SynRcvd, ruleUnacceptableRequest, ruleRequestBadAck)
	b.Doors[DoorCookie] = []*Rule{ruleCookieAnswer}
	b.Doors[DoorCookieBack] = []*Rule{ruleCookieSpawn}
}

// linuxStamp takes a peer's timestamp only with an ACK that counts (tcp_input.c tcp_ack), and of a half-open connection with the one that completes
// it: of a segment that is dropped nothing is kept (tcp_minisocks.c tcp_check_req, since kernel commit 8d52da23b6c6).
func linuxStamp(b *Book) {
	for s := SynRcvd; s < TimeWait; s++ {
		b.Arrives[s] = slices.DeleteFunc(b.Arrives[s], func(r *Rule) bool { return r == ruleTimestamp })
		if s != SynRcvd {
			i := slices.Index(b.Arrives[s], ruleAckRangeLinux)
			b.Arrives[s] = slices.Insert(b.Arrives[s], i+1, ruleTimestampLinux)
		}
	}
	b.insertBefore(SynRcvd, ruleSynRcvdAck, ruleTimestamp)
}

// linuxSyn asks about a SYN before anything else: wherever its number lies, it draws a challenge ACK (tcp_input.c
// tcp_validate_incoming).
func linuxSyn(b *Book) {
	for s := Established; s < TimeWait; s++ {
		b.Arrives[s] = slices.DeleteFunc(b.Arrives[s], func(r *Rule) bool { return r == ruleSynChallenge })
		b.Arrives[s] = join([]*Rule{ruleSynChallenge}, b.Arrives[s])
	}
}

// linuxPAWS is the kernel's idea of a segment whose timestamps are not right (tcp_input.c tcp_validate_incoming, tcp_minisocks.c tcp_check_req).
func linuxPAWS(b *Book) {
	b.insertBefore(SynRcvd, rulePAWS, ruleHalfOpenEcho)
	for s := Established; s < TimeWait; s++ {
		b.replaceIn(s, rulePAWS, rulePAWSLinux)
		b.insertBefore(s, rulePAWSLinux, rulePAWSOldAck)
	}
}

// linuxAck asks whether there is an ACK at all before anything else, and has its own idea of one that is too old.
func linuxAck(b *Book) {
	b.replace(ruleAckRange, ruleAckRangeLinux)
	b.replace(ruleSynRcvdBadAck, ruleSynRcvdBadAckLinux)
	b.insertBefore(SynRcvd, ruleText, ruleOldDuplicate)
	for s := SynRcvd; s < TimeWait; s++ {
		if s != SynRcvd { // a half-open connection asks for it late, as the RFC does
			b.Arrives[s] = slices.DeleteFunc(b.Arrives[s], func(r *Rule) bool { return r == ruleNoAck })
		}
		b.Arrives[s] = join([]*Rule{ruleNoAckFirst}, b.Arrives[s])
	}
}

// linuxClosing is what it does in states that end.
func linuxClosing(b *Book) {
	b.replace(ruleSynSentBadAck, ruleSynSentBadAckLinux)
	for _, s := range []State{CloseWait, Closing, LastAck} {
		b.Arrives[s] = join([]*Rule{ruleResetOneBelow}, b.Arrives[s])
	}
	b.replace(ruleDataAfterClose, ruleDataAfterClose, ruleDataAfterCloseLinux)
	for _, s := range []State{CloseWait, Closing, LastAck} {
		b.insertBefore(s, ruleOldDuplicate, ruleDataOverFin)
	}
	b.Timeouts[KeepaliveTimer] = append(b.Timeouts[KeepaliveTimer], ruleFinWait2Half)
	b.Timeouts[RetransmitTimer] = join([]*Rule{ruleR1}, b.Timeouts[RetransmitTimer])
	b.Doors[DoorUnreachable] = []*Rule{ruleUnreachableStray, ruleUnreachableOpening, ruleUnreachableReverts, ruleUnreachableNoted}
	b.Doors[DoorClose] = join([]*Rule{ruleCloseSynRcvd}, b.Doors[DoorClose])
	b.Doors[DoorAbort] = join([]*Rule{ruleUnreadAtLast, ruleAbortTimeWait}, b.Doors[DoorAbort])
	orphan := b.Doors[DoorOrphan]
	b.Doors[DoorOrphan] = slices.Insert(slices.Clone(orphan), slices.Index(orphan, ruleOrphanUnread), ruleUnreadAtLast)
	b.Doors[DoorReuse] = []*Rule{ruleTimeWaitReused}
}

// linux64 is Linux 6.4: before linear SYN timeouts (6.5), with the smaller SYN queue (before 6.14) and the receive buffer of
// before 6.16 (KERNEL §1, §4, §15), and without the limit of 6.7 on old ACKs (KERNEL/16.5).
func linux64() *Book {
	b := linux().clone()
	b.Name = "linux6.4"
	b.Sysctls[SynLinearTimeouts] = 0
	b.Sysctls[RmemMax] = 6291456
	b.Numbers.HalfExtra = 0
	b.replace(ruleAckRangeLinux, ruleAckRange)
	b.replace(rulePAWSOldAck)
	b.replace(ruleHalfOpenEcho)
	return b
}

var ruleUnacceptableRequest = define("half-open-unacceptable", "KERNEL/2.8",
	"SYN_RCVD: what brings nothing from inside the window is answered with an ACK; a half-open connection is stricter here than one that is made.",
	"SYN_RCVD：没有带来窗口内任何内容的报文段，回一个 ACK；半连接在这一点上比已建立的连接更严格。",
	sequenceCheck((*TCB).acceptableRequest, (*Turn).throttled))

// acceptableRequest is the test of a half-open connection that a listener made (tcp_minisocks.c tcp_in_window).
func (t *TCB) acceptableRequest(s *Segment) bool {
	if !t.Passive {
		return t.acceptableLinux(s)
	}
	return t.touchesWindow(s)
}

// touchesWindow is the test of what Linux keeps in a small block of its own: a half-open connection, or one that no process holds and that is
// nearly over (tcp_minisocks.c tcp_in_window).
func (t *TCB) touchesWindow(s *Segment) bool {
	edge := maxSeq(t.Rcv.Edge, t.Rcv.NXT)
	return s.Seq == t.Rcv.NXT || s.End().After(t.Rcv.NXT) && s.Seq.Before(edge) || s.Seq == edge && s.Len() == 0
}

var ruleRequestBadAck = define("half-open-bad-ack", "KERNEL/16.1",
	"SYN_RCVD: an ACK that does not cover our SYN gets a RST, wherever its segment's number lies.",
	"SYN_RCVD：没有确认我们 SYN 的 ACK，不论报文段序号在哪里，都得到 RST。",
	func(x *Turn, t *TCB) Verdict {
		if !t.Passive || !x.Seg.Flags.Has(ACK) || x.Seg.Flags.Has(RST) || t.ackOfSyn(x.Seg.Ack) {
			return Pass
		}
		x.sendReset()
		return Done
	})

var ruleSynRcvdBadAckLinux = define("syn-rcvd-bad-ack-linux", "KERNEL/16.4",
	"SYN_RCVD: an ACK from outside of SND.UNA to SND.NXT gets a RST. SND.UNA itself will do, though it does not cover our SYN.",
	"SYN_RCVD：不在 SND.UNA 到 SND.NXT 之间的 ACK 得到 RST。等于 SND.UNA 也算数，尽管它没有确认我们的 SYN。",
	func(x *Turn, t *TCB) Verdict {
		if x.Seg.Ack.AtOrAfter(t.Snd.UNA) && x.Seg.Ack.AtOrBefore(t.Snd.NXT) {
			return Pass
		}
		x.sendReset()
		return Done
	})

var ruleNoAckFirst = define("no-ack-dropped-first", "KERNEL/16.3",
	"A segment without ACK, RST and SYN is dropped before anybody looks at its number.",
	"不带 ACK、RST、SYN 的报文段，在查看序号之前就被丢弃。",
	func(x *Turn, t *TCB) Verdict {
		if x.Seg.Flags.Any(ACK|RST|SYN) || t.State == SynRcvd && t.Passive {
			return Pass
		}
		return Done
	})

var ruleAckRangeLinux = define("ack-out-of-range-linux", "KERNEL/16.5",
	"An ACK of something not yet sent, or further below SND.UNA than the largest window or than all that was ever acknowledged, is answered with an ACK and dropped.",
	"确认了尚未发送的序号，或比 SND.UNA 低得超过最大窗口、超过至今确认过的全部：回 ACK，丢弃。",
	func(x *Turn, t *TCB) Verdict {
		if t.ackInRange(x.Seg.Ack) {
			return Pass
		}
		x.challenge(t)
		return Done
	})

// ackInRange is the kernel's test of an ACK's age (tcp_input.c tcp_ack). What has been acknowledged is counted from ISS, so anew after 4 GiB;
// the kernel's bytes_acked has 64 bits.
func (t *TCB) ackInRange(ack Seq) bool {
	acked := uint32(t.Snd.UNA - t.Snd.ISS)
	if t.Passive {
		acked-- // a half-open connection's SYN is not counted
	}
	return ack.AtOrBefore(t.Snd.NXT) && ack.AtOrAfter(t.Snd.UNA-Seq(min(t.Snd.MaxWND, acked)))
}

var ruleSynSentBadAckLinux = define("syn-sent-bad-ack-hurries", "KERNEL/7.16",
	"SYN_SENT: an ACK of something never sent gets a RST; before the first timeout the SYN goes again a moment later, for that RST may clear the way.",
	"SYN_SENT：确认了从未发送的序号，回 RST；若还没有超时过，稍后立刻重发 SYN，因为这个 RST 可能已经扫清障碍。",
	func(x *Turn, t *TCB) Verdict {
		if ruleSynSentBadAck.Do(x, t) == Pass {
			return Pass
		}
		if t.Retries == 0 {
			t.Timer[RetransmitTimer] = x.Now.Add(2 * x.Book.Numbers.Tick) // TCP_TIMEOUT_MIN
		}
		return Done
	})

var ruleDataAfterCloseLinux = define("data-after-close-linux", "KERNEL/16.14",
	"FIN_WAIT_1 or FIN_WAIT_2: data after shutdown() of both directions gets a RST too, and so does a FIN with something missing before it.",
	"FIN_WAIT_1 或 FIN_WAIT_2：双向 shutdown() 之后到的数据也得到 RST，前面还缺内容的 FIN 同样如此。",
	func(x *Turn, t *TCB) Verdict {
		unread := t.RcvShut && !t.Orphan || t.Orphan && x.Seg.Data == "" // data for an orphan: data-after-close
		if !unread || !x.Seg.brings(t.Rcv.NXT) {
			return Pass
		}
		x.sendReset()
		x.wasReset(t)
		return Done
	})

// brings reports whether the segment has something past a number; a FIN that stands just there is nothing.
func (s *Segment) brings(nxt Seq) bool {
	end := s.End()
	if s.Flags.Has(FIN) {
		end--
	}
	return s.Len() > 0 && end.After(nxt)
}

var ruleDataOverFin = define("data-over-fin", "KERNEL/16.15",
	"The peer has sent its FIN, and now a segment that begins before it and goes beyond: one of the two was a lie: RST.",
	"对方已经发过 FIN，现在却来了一个从 FIN 之前开始、延伸到它之后的报文段：两者必有一假：回 RST。",
	func(x *Turn, t *TCB) Verdict {
		if !x.Seg.Seq.Before(t.Rcv.NXT) || !x.Seg.brings(t.Rcv.NXT) {
			return Pass
		}
		x.sendReset()
		x.wasReset(t)
		return Done
	})

var ruleResetOneBelow = define("rst-one-below", "KERNEL/7.17",
	"After the peer's FIN a RST one below RCV.NXT counts too: some peers number it as if the FIN took no number.",
	"收到对方 FIN 之后，序号比 RCV.NXT 小一的 RST 也算数：有些对端发 RST 时没把 FIN 占的序号算进去。",
	func(x *Turn, t *TCB) Verdict {
		if !x.Seg.Flags.Has(RST) || x.Seg.Seq != t.Rcv.NXT-1 {
			return Pass
		}
		x.wasReset(t)
		return Done
	})

var ruleCloseSynRcvd = define("close-waits-for-handshake", "KERNEL/16.10",
	"CLOSE in SYN_RCVD: the FIN has to wait until the handshake is complete.",
	"在 SYN_RCVD 关闭：FIN 要等握手完成才发。",
	func(x *Turn, t *TCB) Verdict {
		if t.State != SynRcvd {
			return Pass
		}
		return Done
	})

var ruleUnreadAtLast = define("unread-at-last", "KERNEL/16.30",
	"CLOSING, LAST_ACK: close() with data unread sends a RST, though our FIN has gone. In TIME_WAIT the data is thrown away, and the wait goes on.",
	"CLOSING、LAST_ACK：close() 时还有数据没读，虽然我们的 FIN 已发出，仍发 RST。在 TIME_WAIT 只丢弃数据，等待照旧。",
	func(x *Turn, t *TCB) Verdict {
		if t.Unread == 0 || t.State < Closing {
			return Pass
		}
		t.In, t.Unread = t.In[:0], 0
		t.Orphan = true
		if t.State != TimeWait {
			x.sendAbort(t)
			x.end(t)
		}
		return Done
	})

var ruleAbortTimeWait = define("time-wait-outlives-abort", "KERNEL/16.11",
	"ABORT in TIME_WAIT: the process is rid of it, the wait goes on.",
	"在 TIME_WAIT 中止：进程不再持有它，等待照旧。",
	func(x *Turn, t *TCB) Verdict {
		if t.State != TimeWait {
			return Pass
		}
		t.Orphan = true
		return Done
	})

var ruleFinWait2Clock = define("fin-wait-2-timeout-starts", "KERNEL/5.22",
	"FIN_WAIT_2 with no process left: tcp_fin_timeout runs. Above 60 s Linux counts only what exceeds 60, and that twice.",
	"FIN_WAIT_2 且已没有进程持有：tcp_fin_timeout 开始计时。超过 60 秒时 Linux 只数超出的部分，而且数两遍。",
	func(x *Turn, t *TCB) Verdict {
		if t.State != FinWait2 || !t.Orphan || t.Patience {
			return Pass
		}
		t.Patience = true
		timeout := x.Sysctl.Duration(FinTimeout)
		if over := timeout - x.Book.Numbers.TimeWaitLen; over > 0 {
			t.Timer[KeepaliveTimer] = x.Now.Add(over)
		} else {
			t.Timer[FinWait2Timer], t.Timer[KeepaliveTimer] = x.Now.Add(timeout), 0
			t.ChallengeAt = 0 // the block that is left knows of no answer yet
		}
		return Applied
	})

var ruleFinWait2Half = define("fin-wait-2-second-half", "KERNEL/5.22",
	"A closed FIN_WAIT_2 whose tcp_fin_timeout is above 60 s: the keep-alive timer has counted what exceeds 60, now a stand-in counts it again.",
	"tcp_fin_timeout 大于 60 秒的已关闭 FIN_WAIT_2：keep-alive 定时器数完超出 60 秒的部分，再由替身数一遍。",
	func(x *Turn, t *TCB) Verdict {
		if t.State != FinWait2 || !t.Orphan {
			return Pass
		}
		t.Timer[FinWait2Timer] = x.Now.Add(x.Sysctl.Duration(FinTimeout) - x.Book.Numbers.TimeWaitLen)
		t.ChallengeAt = 0
		return Done
	})

var ruleR1 = define("route-doubted", "RFC9293/MUST-20",
	"R1, tcp_retries1, is reached: so many repeats without an answer that the route is looked up again before going on.",
	"达到 R1（tcp_retries1）：重发这么多次仍无应答，继续之前先重新查一次路由。",
	func(x *Turn, t *TCB) Verdict {
		if t.State < Established || int64(t.Retries) != x.Sysctl[Retries1] {
			return Pass
		}
		return Applied
	})

var ruleTimeWaitReused = define("time-wait-reused", "RFC6191/2",
	"TIME_WAIT: connect() may begin the next connection here: timestamps will tell old segments from new ones.",
	"TIME_WAIT：connect() 可以在此开始下一条连接：时间戳能区分新旧报文段。",
	func(x *Turn, t *TCB) Verdict {
		x.ISS = t.Snd.NXT + 65537 // tcp_ipv4.c tcp_twsk_unique
		x.end(t)
		return Done
	})

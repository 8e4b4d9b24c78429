package tcp

// Segment arrives, RFC 9293 §3.10.7.1 to §3.10.7.3: CLOSED, LISTEN and SYN-SENT.

var ruleGroupSource = define("impossible-source", "RFC9293/MUST-63",
	"A segment that claims to come from a multicast or broadcast address comes from nobody: it is dropped, and not answered.",
	"声称来自组播或广播地址的报文段不可能有发送者：丢弃，不应答。",
	func(x *Turn, t *TCB) Verdict {
		if !x.Seg.Src.Addr.IsGroup() {
			return Pass
		}
		return Done
	})

var ruleClosedRst = define("closed-ignores-rst", "RFC9293/3.10.7.1",
	"No connection: an arriving RST is dropped. A RST is never answered.",
	"没有连接：收到的 RST 直接丢弃。RST 从不被应答。",
	func(x *Turn, t *TCB) Verdict {
		if !x.Seg.Flags.Has(RST) {
			return Pass
		}
		return Done
	})

var ruleClosedReset = define("closed-answers-rst", "RFC9293/3.10.7.1",
	"No connection: anything but a RST is answered with a RST that the sender will believe.",
	"没有连接：除 RST 外的任何报文段都用 RST 应答，序号取得让对方会相信。",
	func(x *Turn, t *TCB) Verdict {
		x.sendReset()
		return Done
	})

var ruleListenRst = define("listen-ignores-rst", "RFC9293/3.10.7.2",
	"LISTEN: a RST can't be about anything this listener sent; it is dropped.",
	"LISTEN：RST 不可能针对监听者发过的任何东西，丢弃。",
	func(x *Turn, t *TCB) Verdict {
		if !x.Seg.Flags.Has(RST) {
			return Pass
		}
		return Done
	})

var ruleListenAck = define("listen-resets-ack", "RFC9293/3.10.7.2",
	"LISTEN: an ACK for something never sent is answered with a RST.",
	"LISTEN：对从未发送过的东西的确认，用 RST 应答。",
	func(x *Turn, t *TCB) Verdict {
		if !x.Seg.Flags.Has(ACK) {
			return Pass
		}
		x.sendReset()
		return Done
	})

var ruleListenSynFin = define("listen-drops-syn-fin", "KERNEL/7.22",
	"LISTEN: a SYN that also says FIN is dropped.",
	"LISTEN：同时带 FIN 的 SYN 被丢弃。",
	func(x *Turn, t *TCB) Verdict {
		if !x.Seg.Flags.Has(SYN | FIN) {
			return Pass
		}
		return Done
	})

var ruleListenFull = define("syn-dropped-accept-queue-full", "KERNEL/4.4",
	"LISTEN: while the accept queue is full a new SYN is dropped without a word; the client will try again.",
	"LISTEN：全连接队列已满时，新来的 SYN 被悄悄丢弃；客户端会再试。",
	func(x *Turn, t *TCB) Verdict {
		if !x.Seg.Flags.Has(SYN) || !x.acceptFull() {
			return Pass
		}
		x.Events |= EvSynDropped | EvRefused
		return Done
	})

// acceptFull asks Linux's question: is the queue longer than the backlog? So it holds one more (KERNEL §4).
func (x *Turn) acceptFull() bool {
	return x.Queues.Ready >= x.Queues.Backlog+x.Book.Numbers.AcceptExtra
}

var ruleListenHalfFull = define("syn-dropped-syn-queue-full", "KERNEL/4.21",
	"LISTEN: the SYN queue holds no more than the backlog allows; one more SYN is dropped.",
	"LISTEN：半连接队列最多只能有 backlog 允许的那么多；再来的 SYN 被丢弃。",
	func(x *Turn, t *TCB) Verdict {
		if !x.Seg.Flags.Has(SYN) || !x.halfFull() {
			return Pass
		}
		x.Events |= EvSynDropped
		return Done
	})

var ruleListenSyn = define("listen-syn", "RFC9293/3.10.7.2",
	"LISTEN: a SYN makes a new connection in SYN_RCVD; it is answered with SYN,ACK.",
	"LISTEN：SYN 带来一个处于 SYN_RCVD 的新连接，用 SYN,ACK 应答。",
	func(x *Turn, t *TCB) Verdict {
		if !x.Seg.Flags.Has(SYN) {
			return Pass
		}
		x.Events |= EvSpawn
		return Done
	})

var ruleListenOther = define("listen-drops-rest", "RFC9293/3.10.7.2",
	"LISTEN: a segment that is no SYN, ACK or RST can't be valid here; it is dropped.",
	"LISTEN：既非 SYN、ACK 也非 RST 的报文段在这里不可能有效，丢弃。",
	func(x *Turn, t *TCB) Verdict { return Done })

var ruleSpawn = define("syn-received", "RFC9293/3.10.7.2",
	"The SYN's number is noted (IRS), the next one is expected (RCV.NXT), an initial number is chosen (ISS), and SYN,ACK is sent.",
	"记下 SYN 的序号（IRS），期待下一个（RCV.NXT），选定自己的初始序号（ISS），发送 SYN,ACK。",
	func(x *Turn, t *TCB) Verdict {
		t.receiveSYN(x)
		t.Timer[x.Book.SynackTimer()] = x.Now.Add(t.RTO)
		x.transmit(t, SYN|ACK, "")
		return Done
	})

// receiveSYN begins a passive connection: SYN_RCVD, the peer's numbers noted and our own chosen.
func (t *TCB) receiveSYN(x *Turn) {
	t.Passive = true
	t.State = SynRcvd
	t.takeSYN(x)
	t.Snd.ISS, t.Snd.UNA, t.Snd.NXT = x.ISS, x.ISS, x.ISS
	t.Recover = x.ISS
	t.RTO = x.Book.Numbers.InitialRTO
	t.FirstSent = x.Now
}

// SynackTimer is the timer that repeats a SYN,ACK: the retransmission timer as for anything else, or the half-open
// connection's own where the book has rules for one (KERNEL §2).
func (b *Book) SynackTimer() Timer {
	if len(b.Timeouts[SynackTimer]) > 0 {
		return SynackTimer
	}
	return RetransmitTimer
}

// takeSYN notes the peer's SYN: its number, window and options (RFC 9293 §3.10.7.2, §3.7.1; RFC 7323 §2.2, §3.2).
func (t *TCB) takeSYN(x *Turn) {
	in := &x.Seg
	t.Rcv.IRS, t.Rcv.NXT = in.Seq, in.Seq+1
	t.Rcv.UP = in.Seq
	t.Snd.WND, t.Snd.MaxWND = uint32(in.Wnd), uint32(in.Wnd)
	t.Snd.WL1, t.Snd.WL2 = in.Seq, in.Ack

	mss := uint16(536) // RFC 9293 MUST-15
	if !t.Remote.Addr.Is4() {
		mss = 1220
	}
	if in.Opt.Has(OptMSS) {
		mss = in.Opt.MSS
	}
	mss = max(min(mss, t.MSSLocal), 48) // the kernel's floor, net.ipv4.tcp_min_snd_mss
	t.SndTS = in.Opt.Has(OptTS) && x.Sysctl[Timestamps] != 0
	if t.SndTS {
		t.TSRecent, t.TSRecentAt = in.Opt.TSVal, x.Now
		t.TSBase = in.Opt.TSVal - millis(x.Now)
		mss -= tsOptionLen
	}
	t.Snd.MSS = mss
	t.Rcv.WScale = t.offeredScale(x.Sysctl)
	t.SACKOK = in.Opt.Has(OptSACKPerm) && x.Sysctl[SACK] != 0
	t.Snd.Scaling = x.Sysctl[WindowScaling] != 0 && (in.Opt.Has(OptWScale) ||
		x.Book.Numbers.OfferAgain && !t.Passive && !in.Flags.Has(ACK)) // Linux asks for the option only in a SYN,ACK
	if t.Snd.Scaling {
		t.Snd.WScale = min(in.Opt.WScale, 14) // RFC 7323 §2.3
	}
	if t.Passive {
		t.RcvBuf = t.firstWindow(x.Sysctl, t.MSSLocal-t.tsLen())
	}
	t.offerAll()
}

// offerAll opens the receive window as wide as the buffer is.
func (t *TCB) offerAll() {
	t.Rcv.Edge = t.Rcv.NXT.Add(int(t.RcvBuf))
	t.Rcv.WND = t.RcvBuf
}

func (t *TCB) tsLen() uint16 {
	if t.SndTS {
		return tsOptionLen
	}
	return 0
}

// ackOfSyn says whether the arriving ACK covers our SYN and nothing we never sent.
func (t *TCB) ackOfSyn(ack Seq) bool {
	return ack.After(t.Snd.ISS) && ack.AtOrBefore(t.Snd.NXT)
}

var ruleSynSentBadAck = define("syn-sent-bad-ack", "RFC9293/3.10.7.3",
	"SYN_SENT: an ACK of something never sent belongs to another life of this connection; a RST tells its sender so.",
	"SYN_SENT：确认了从未发送过的序号，说明它属于这条连接的另一段历史；用 RST 告诉对方。",
	func(x *Turn, t *TCB) Verdict {
		if !x.Seg.Flags.Has(ACK) || t.ackOfSyn(x.Seg.Ack) {
			return Pass
		}
		if !x.Seg.Flags.Has(RST) {
			x.sendReset()
		}
		return Done
	})

var ruleSynSentRefused = define("syn-sent-refused", "RFC9293/3.10.7.3",
	"SYN_SENT: a RST that acknowledges our SYN is a refusal: the connection is over. Any other RST is dropped.",
	"SYN_SENT：确认了我们 SYN 的 RST 就是拒绝，连接结束；其他 RST 丢弃。",
	func(x *Turn, t *TCB) Verdict {
		if !x.Seg.Flags.Has(RST) {
			return Pass
		}
		if x.Seg.Flags.Has(ACK) {
			x.fail(t, ECONNREFUSED)
		}
		return Done
	})

var ruleSynSentSynAck = define("syn-sent-syn-ack", "RFC9293/3.10.7.3",
	"SYN_SENT: the SYN,ACK acknowledges our SYN and brings the peer's number: ESTABLISHED, and an ACK goes back.",
	"SYN_SENT：SYN,ACK 确认了我们的 SYN，并带来对方的序号：进入 ESTABLISHED，并回 ACK。",
	synAckCheck(AckNow))

// synAckCheck is what SYN_SENT does with a SYN,ACK; owed is how it is acknowledged.
func synAckCheck(owed AckNeed) func(*Turn, *TCB) Verdict {
	return func(x *Turn, t *TCB) Verdict {
		if !x.Seg.Flags.Has(SYN | ACK) {
			return Pass
		}
		t.takeSYN(x)
		x.acked(t, x.Seg.Ack)
		x.establish(t)
		x.Events |= EvDialled
		t.Ack = owed
		return Done
	}
}

var ruleSynSentSyn = define("syn-sent-syn", "RFC9293/MUST-10",
	"SYN_SENT: a SYN without an ACK: both ends are opening at once. SYN_RCVD, and our SYN goes again as SYN,ACK; its timer runs on.",
	"SYN_SENT：收到不带 ACK 的 SYN，说明双方同时打开：进入 SYN_RCVD，我们的 SYN 作为 SYN,ACK 再发一次，定时器继续走。",
	func(x *Turn, t *TCB) Verdict {
		if !x.Seg.Flags.Has(SYN) {
			return Pass
		}
		t.takeSYN(x)
		t.State = SynRcvd
		t.Sent[0].Flags = SYN | ACK
		t.Sent[0].SentAt = x.Now
		x.emit(t, SYN|ACK, t.Snd.ISS, false)
		return Done
	})

var ruleSynSentOther = define("syn-sent-drops-rest", "RFC9293/3.10.7.3",
	"SYN_SENT: a segment with neither SYN nor RST says nothing yet; it is dropped.",
	"SYN_SENT：既无 SYN 也无 RST 的报文段此时没有意义，丢弃。",
	func(x *Turn, t *TCB) Verdict { return Done })

// establish enters ESTABLISHED and starts the send window and congestion control (RFC 9293 §3.10.7.4; RFC 6928).
func (x *Turn) establish(t *TCB) {
	t.State = Established
	x.startSlowly(t)
	t.startSizes()
	if x.Book.Numbers.QuickAcks > 0 {
		t.startSpace(x.Sysctl)
	}
	t.Pushed, t.UsageEnd = t.Snd.NXT, t.Snd.NXT
	t.pace()
	if t.SRTT == 0 {
		t.RTO = x.Book.Numbers.FallbackRTO
	}
	x.Events |= EvEstablished | EvWritable
}

// startSlowly gives the congestion window its first size (RFC 6928); a lost SYN or SYN,ACK makes that one segment (RFC 5681 §3.1).
func (x *Turn) startSlowly(t *TCB) {
	t.Cwnd, t.Ssthresh, t.CwndCredit = x.Book.Numbers.InitialCwnd, 1<<30, 0
	if t.SynAgain > x.Book.Numbers.SynLosses && !x.answersFirstSYN(t) {
		t.Cwnd = 1
	}
}

// answersFirstSYN says whether the arriving timestamp shows that the first SYN or SYN,ACK was only late (tcp_input.c tcp_try_undo_spurious_syn).
func (x *Turn) answersFirstSYN(t *TCB) bool {
	return t.SndTS && x.Seg.Opt.Has(OptTS) && x.Seg.Opt.TSEcr == t.tsClock(t.FirstSent)
}

// fail ends the connection with an error for its user (RFC 9293 MUST-12): CLOSED, queues emptied, timers off.
func (x *Turn) fail(t *TCB, e Errno) {
	x.Err = e
	x.Events |= EvError
	x.end(t)
}

// end deletes the TCB, as the RFC says: CLOSED, nothing queued, no timer. What was received and not yet read stays
// for its reader.
func (x *Turn) end(t *TCB) {
	t.State = Closed
	t.Sent, t.Out, t.Pieces, t.Held = t.Sent[:0], t.Out[:0], t.Pieces[:0], t.Held[:0]
	t.Unsent, t.FinQueue, t.Ack = 0, false, AckNone
	t.Retries, t.Backoff, t.Probes, t.Recovery, t.RenoSacked = 0, 0, 0, RecoveryNone, 0
	t.setBlocks(0)
	t.Timer = [NumTimers]Time{}
	x.Events |= EvClosed
}

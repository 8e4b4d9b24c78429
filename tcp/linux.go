package tcp

import "slices"

// What Linux does otherwise than the RFC around a connection: queues, resets, TIME_WAIT, FIN_WAIT_2. Each function puts the
// kernel's rules into their places in a book.

// linuxListening is tcp_conn_request's order of questions, and the cookies.
func linuxListening(b *Book) {
	b.Arrives[Listen] = []*Rule{ruleListenRst, ruleCookieBack, ruleListenAck, ruleListenSynFin, ruleSynQueueFull, ruleCookieWanted,
		ruleListenFull, ruleSynBacklog, ruleListenSyn, ruleListenOther}
	b.replaceIn(SynRcvd, ruleUnacceptableLinux, ruleUnacceptableRequest)
	b.Doors[DoorCookie] = []*Rule{ruleCookieAnswer}
	b.Doors[DoorCookieBack] = []*Rule{ruleCookieSpawn}
}

// linuxSyn asks about a SYN before anything else: wherever its number lies, it draws a challenge ACK (tcp_input.c
// tcp_validate_incoming).
func linuxSyn(b *Book) {
	for s := Established; s < TimeWait; s++ {
		b.Arrives[s] = slices.DeleteFunc(b.Arrives[s], func(r *Rule) bool { return r == ruleSynChallenge })
		b.Arrives[s] = join([]*Rule{ruleSynChallenge}, b.Arrives[s])
	}
}

// linuxClosing is what it does in states that end.
func linuxClosing(b *Book) {
	b.replace(ruleSynSentBadAck, ruleSynSentBadAckLinux)
	for _, s := range []State{CloseWait, Closing, LastAck} {
		b.Arrives[s] = join([]*Rule{ruleResetOneBelow}, b.Arrives[s])
	}
	b.Timeouts[KeepaliveTimer] = append(b.Timeouts[KeepaliveTimer], ruleFinWait2Half)
	b.Timeouts[RetransmitTimer] = join([]*Rule{ruleR1}, b.Timeouts[RetransmitTimer])
	b.Doors[DoorUnreachable] = []*Rule{ruleUnreachableStray, ruleUnreachableOpening, ruleUnreachableNoted}
	b.Doors[DoorReuse] = []*Rule{ruleTimeWaitReused}
}

// linux64 is Linux 6.4: before linear SYN timeouts (6.5), with the smaller SYN queue (before 6.14) and the receive buffer of
// before 6.16 (KERNEL §1, §4, §15).
func linux64() *Book {
	b := linux().clone()
	b.Name = "linux6.4"
	b.Sysctls[SynLinearTimeouts] = 0
	b.Sysctls[RmemMax] = 6291456
	b.Numbers.HalfExtra = 0
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
	edge := maxSeq(t.Rcv.Edge, t.Rcv.NXT)
	return s.Seq == t.Rcv.NXT || s.End().After(t.Rcv.NXT) && s.Seq.Before(edge) || s.Seq == edge && s.Len() == 0
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

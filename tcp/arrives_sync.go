package tcp

import "time"

// Segment arrives, RFC 9293 §3.10.7.4: SYN-RECEIVED and all later states. First to third: sequence number, RST, SYN.

// acceptable is the four-case test of RFC 9293 §3.10.7.4 (table 6), with the window last offered.
func (t *TCB) acceptable(s *Segment) bool {
	wnd := max(t.Rcv.Edge.Since(t.Rcv.NXT), 0)
	n := s.Len()
	if wnd == 0 {
		return n == 0 && s.Seq == t.Rcv.NXT
	}
	edge := t.Rcv.NXT.Add(wnd)
	in := func(q Seq) bool { return q.AtOrAfter(t.Rcv.NXT) && q.Before(edge) }
	return in(s.Seq) || n > 0 && in(s.Seq.Add(n-1))
}

// acceptableLinux is the kernel's test: the segment must not lie wholly before RCV.NXT nor begin past the right
// edge, and the edge itself is inside (tcp_input.c tcp_sequence; KERNEL §7).
func (t *TCB) acceptableLinux(s *Segment) bool {
	edge := maxSeq(t.Rcv.Edge, t.Rcv.NXT)
	return s.End().AtOrAfter(t.Rcv.NXT) && s.Seq.AtOrBefore(edge)
}

var rulePAWS = define("paws", "RFC7323/5.3",
	"A timestamp older than the last one seen belongs to an old duplicate: it is acknowledged and dropped.",
	"时间戳比上次见到的还旧，说明是旧的重复报文段：回确认，丢弃。",
	func(x *Turn, t *TCB) Verdict {
		if x.Seg.Flags.Has(RST) || !x.timestampOlder(t) {
			return Pass
		}
		x.throttled(t)
		return Done
	})

var rulePAWSOldAck = define("paws-old-ack", "KERNEL/16.16",
	"A bare ACK whose number and timestamp are both old was overtaken on its way, which is common: it is dropped in silence.",
	"序号和时间戳都旧的纯 ACK 只是在路上被超过了，这很常见：悄悄丢弃。",
	func(x *Turn, t *TCB) Verdict {
		if !x.Seg.Is(KindACK) || !x.Seg.Seq.Before(t.Rcv.NXT) || !x.timestampOlder(t) {
			return Pass
		}
		return Done
	})

var rulePAWSLinux = define("paws-linux", "KERNEL/16.17",
	"A timestamp older than the last one seen belongs to an old duplicate: it is acknowledged and dropped. A bare ACK that says nothing new may be a little older.",
	"时间戳比上次见到的还旧，说明是旧的重复报文段：回确认，丢弃。不带新内容的纯 ACK 可以稍旧一点。",
	func(x *Turn, t *TCB) Verdict {
		if x.Seg.Flags.Has(RST) || !x.timestampOlder(t) || x.disordered(t) {
			return Pass
		}
		t.noteDuplicate(&x.Seg) // KERNEL/16.18
		x.throttled(t)
		return Done
	})

// disordered reports whether the segment is a bare ACK that changes nothing and may have been overtaken by a later one, for its timestamp is
// older by no more than a peer's clock of up to 1200 Hz counts in an RTO (tcp_input.c tcp_disordered_ack).
func (x *Turn) disordered(t *TCB) bool {
	in := &x.Seg
	if !in.Is(KindACK) || in.Seq != t.Rcv.NXT || in.Ack != t.Snd.UNA {
		return false
	}
	wnd := uint32(in.Wnd) << t.sndShift()
	moves := t.Snd.WL1.Before(in.Seq) || t.Snd.WL1 == in.Seq && (wnd > t.Snd.WND || wnd == 0)
	late := time.Duration(int32(t.TSRecent-in.Opt.TSVal)) * time.Millisecond
	return !moves && late <= t.backedOff(x)*1200/1000
}

var ruleHalfOpenEcho = define("half-open-echo", "KERNEL/16.21",
	"SYN_RCVD: a timestamp echoed that no SYN,ACK has carried is a guess: an ACK, and the connection stays half-open.",
	"SYN_RCVD：回显的时间戳没有任何 SYN,ACK 带过，只能是猜的：回一个 ACK，连接仍是半连接。",
	func(x *Turn, t *TCB) Verdict {
		echo := x.Seg.Opt.TSEcr
		if !t.Passive || !t.SndTS || !x.Seg.Opt.Has(OptTS) || echo == 0 || len(t.Sent) == 0 {
			return Pass
		}
		first, last := t.tsClock(t.FirstSent), t.tsClock(t.Sent[0].SentAt)
		if echo-first <= last-first {
			return Pass
		}
		if !x.Seg.Flags.Has(RST) {
			x.throttled(t)
		}
		return Done
	})

// outdated says whether the last timestamp is so old that it says nothing any more (RFC 7323 §5.5).
func (x *Turn) outdated(t *TCB) bool { return x.Now.Since(t.TSRecentAt) > 24*24*time.Hour }

var ruleSimultaneousSynAck = define("simultaneous-syn-ack", "RFC9293/MUST-10",
	"SYN_RCVD after opening at once: the peer's SYN,ACK repeats its SYN, and its ACK of ours completes the handshake.",
	"同时打开后的 SYN_RCVD：对方的 SYN,ACK 重复了它的 SYN，其中对我们 SYN 的确认完成握手。",
	func(x *Turn, t *TCB) Verdict {
		in := &x.Seg
		if t.Passive || in.Flags&(SYN|ACK|RST) != SYN|ACK || in.Seq != t.Rcv.IRS || !t.ackOfSyn(in.Ack) {
			return Pass
		}
		t.noteDuplicate(in)
		x.takeStamp(t)
		x.acked(t, in.Ack)
		t.updateWindow(in)
		x.establish(t)
		t.Ack = AckNow
		return Done
	})

// noteDuplicate remembers old numbers to report with the next ACK (RFC 2883).
func (t *TCB) noteDuplicate(s *Segment) {
	if t.SACKOK && s.Len() > 0 && s.Seq.Before(t.Rcv.NXT) {
		end := s.End()
		if end.After(t.Rcv.NXT) {
			end = t.Rcv.NXT
		}
		t.DSACK = Block{s.Seq, end}
	}
}

func sequenceCheck(ok func(*TCB, *Segment) bool, answer func(*Turn, *TCB)) func(*Turn, *TCB) Verdict {
	return func(x *Turn, t *TCB) Verdict {
		in := &x.Seg
		if ok(t, in) {
			return Pass
		}
		if in.Flags.Has(RST) {
			return Done
		}
		t.noteDuplicate(in)
		answer(x, t)
		return Done
	}
}

// atOnce owes an ACK without further question, as the RFC says.
func (x *Turn) atOnce(t *TCB) { t.Ack = AckNow }

// throttled owes an ACK too; but two stacks that disagree could answer each other's bare ACKs for ever, so those are answered
// only now and then (RFC 5961 §7; tcp_input.c tcp_oow_rate_limited).
func (x *Turn) throttled(t *TCB) {
	if x.Seg.Len() > 0 {
		t.Ack = AckNow
		return
	}
	x.challenge(t)
}

var ruleUnacceptable = define("unacceptable-segment", "RFC9293/3.10.7.4",
	"Not one of its numbers lies in the receive window: an ACK says what is expected, and the segment is dropped.",
	"它的序号全都不在接收窗口内：回一个 ACK 说明期待什么，报文段丢弃。",
	sequenceCheck((*TCB).acceptable, (*Turn).atOnce))

var ruleUnacceptableLinux = define("unacceptable-segment-linux", "KERNEL/7.19",
	"Wholly old, or past the window's right edge (the edge itself counts as inside): an ACK says what is expected.",
	"整段都是旧的，或超出窗口右边界（边界本身算在内）：回一个 ACK 说明期待什么。",
	sequenceCheck((*TCB).acceptableLinux, (*Turn).throttled))

var ruleDuplicateSyn = define("duplicate-syn-gets-syn-ack", "KERNEL/2.6",
	"SYN_RCVD: the same SYN again, with no older timestamp, gets the same SYN,ACK at once, at most one in half a second.",
	"SYN_RCVD：同样的 SYN 再来，时间戳又不更旧，就立刻回同样的 SYN,ACK，半秒内最多一次。",
	func(x *Turn, t *TCB) Verdict {
		in := &x.Seg
		if !t.Passive || in.Flags&(SYN|ACK|RST) != SYN || in.Seq != t.Rcv.IRS || x.timestampOlder(t) {
			return Pass
		}
		if t.SynackAt != 0 && x.Now.Since(t.SynackAt) < x.Sysctl.Duration(InvalidRatelimit) {
			return Done
		}
		t.SynackAt = x.instant()
		x.retransmit(t, 0)
		// mod_timer_pending: a timer that runs out at this very instant is not put off (KERNEL/2.9: both copies leave).
		if at := t.Timer[SynackTimer]; at != 0 && at != x.Now {
			t.Timer[SynackTimer] = x.Now.Add(t.backedOff(x))
		}
		return Done
	})

var ruleResetExact = define("rst-exact", "RFC5961/3.2",
	"A RST with exactly the number expected next ends the connection.",
	"序号正好等于下一个期待值的 RST 终止连接。",
	func(x *Turn, t *TCB) Verdict {
		if !x.Seg.Flags.Has(RST) || x.Seg.Seq != t.Rcv.NXT {
			return Pass
		}
		x.wasReset(t)
		return Done
	})

// wasReset closes the connection and tells its user as the book has it for that state (RFC 9293 §3.10.7.4, second check).
func (x *Turn) wasReset(t *TCB) {
	e := x.Book.Numbers.Resets[t.State]
	switch {
	case t.State == SynRcvd && t.Passive: // back to LISTEN: the listener never left it
		x.Events |= EvEmbryonicRst
		x.end(t)
	case e == OK, t.Orphan && t.State >= Closing: // nobody asks any more
		x.end(t)
	default:
		x.fail(t, e)
	}
}

var ruleResetChallenge = define("rst-challenge", "RFC5961/3.2",
	"A RST in the window with any other number may be a guess: a challenge ACK asks the peer to say it exactly.",
	"窗口内但序号不完全相符的 RST 可能是猜的：回一个 challenge ACK，请对方准确地再说一次。",
	func(x *Turn, t *TCB) Verdict {
		if !x.Seg.Flags.Has(RST) {
			return Pass
		}
		x.challenge(t)
		return Done
	})

// challenge owes an ACK, unless one was sent for the same cause a moment ago (RFC 5961 §7; KERNEL §7).
func (x *Turn) challenge(t *TCB) {
	if t.ChallengeAt != 0 && x.Now.Since(t.ChallengeAt) < x.Sysctl.Duration(InvalidRatelimit) {
		return
	}
	t.ChallengeAt = x.instant()
	t.Ack = AckNow
}

var ruleSynRcvdTrimmed = define("syn-rcvd-syn-trimmed", "RFC9293/3.10.7.4",
	"SYN_RCVD: the SYN that made this connection lies before the window; of a segment that brings more, the rest is looked at.",
	"SYN_RCVD：带来这条连接的 SYN 在窗口之前；报文段若还带了别的，只看其余部分。",
	func(x *Turn, t *TCB) Verdict {
		if !t.Passive || !x.Seg.Flags.Has(SYN) || x.Seg.Flags.Has(RST) || !x.Seg.Seq.Before(t.Rcv.NXT) {
			return Pass
		}
		x.Seg.Flags &^= SYN
		x.Seg.Seq++
		return Applied
	})

var ruleSynRcvdSyn = define("syn-rcvd-syn", "RFC9293/3.10.7.4",
	"SYN_RCVD: another SYN in the window of a passive open: back to LISTEN.",
	"SYN_RCVD：被动打开时窗口内又来一个 SYN：回到 LISTEN。",
	func(x *Turn, t *TCB) Verdict {
		if !x.Seg.Flags.Has(SYN) || !t.Passive {
			return Pass
		}
		x.end(t)
		return Done
	})

var ruleSynRcvdSynLinux = define("syn-rcvd-other-syn-reset", "KERNEL/2.8",
	"SYN_RCVD: a SYN with another number in the window gets a RST that its sender will believe, and the request is forgotten.",
	"SYN_RCVD：窗口内换了序号的 SYN 得到一个对方会相信的 RST，这个请求也随之忘掉。",
	func(x *Turn, t *TCB) Verdict {
		if !x.Seg.Flags.Has(SYN) || !t.Passive || x.Seg.Seq.Before(t.Rcv.NXT) {
			return Pass
		}
		x.sendReset()
		x.Events |= EvEmbryonicRst
		x.end(t)
		return Done
	})

var ruleSynChallenge = define("syn-challenge", "RFC5961/4.2",
	"A SYN on a connection that exists: a challenge ACK with our own numbers; a peer that has restarted will answer it with a RST.",
	"已有连接上又来 SYN：回一个带我们自己序号的 challenge ACK；真的重启过的对方会回 RST。",
	func(x *Turn, t *TCB) Verdict {
		if !x.Seg.Flags.Has(SYN) || x.Seg.Flags.Has(RST) {
			return Pass
		}
		x.challenge(t)
		return Done
	})

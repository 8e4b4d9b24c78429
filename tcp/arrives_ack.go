package tcp

// Segment arrives, RFC 9293 §3.10.7.4, fifth to eighth: ACK, URG, text, FIN.

var ruleNoAck = define("no-ack-dropped", "RFC9293/3.10.7.4",
	"Once a connection exists every segment acknowledges; one without ACK is dropped.",
	"连接建立过程开始之后，每个报文段都应带 ACK；不带的丢弃。",
	func(x *Turn, t *TCB) Verdict {
		if x.Seg.Flags.Has(ACK) {
			return Pass
		}
		return Done
	})

var ruleSynRcvdBadAck = define("syn-rcvd-bad-ack", "RFC9293/3.10.7.4",
	"SYN_RCVD: an ACK that does not cover our SYN gets a RST.",
	"SYN_RCVD：没有确认我们 SYN 的 ACK 得到 RST。",
	func(x *Turn, t *TCB) Verdict {
		if t.ackOfSyn(x.Seg.Ack) {
			return Pass
		}
		x.sendReset()
		return Done
	})

var ruleListenerGone = define("half-open-listener-gone", "KERNEL/9.3",
	"SYN_RCVD: the listener has closed meanwhile, so nobody could ever accept this connection: RST.",
	"SYN_RCVD：监听者已经关闭，这条连接再也没有人能 accept：回 RST。",
	func(x *Turn, t *TCB) Verdict {
		if !t.Passive || x.Queues.Listening {
			return Pass
		}
		x.sendReset()
		x.end(t)
		return Done
	})

var ruleAcceptFull = define("accept-queue-full", "KERNEL/4.7",
	"SYN_RCVD: the handshake's last ACK finds the accept queue full and is dropped; the connection stays half-open.",
	"SYN_RCVD：握手的最后一个 ACK 遇到全连接队列已满，被丢弃；连接仍是半连接。",
	func(x *Turn, t *TCB) Verdict {
		if !t.Passive || !x.acceptFull() {
			return Pass
		}
		x.Events |= EvRefused
		if x.Sysctl[AbortOnOverflow] != 0 { // KERNEL/4.13
			x.sendReset()
			x.Events |= EvEmbryonicRst
			x.end(t)
		}
		return Done
	})

var ruleSynRcvdAck = define("syn-rcvd-ack", "RFC9293/3.10.7.4",
	"SYN_RCVD: our SYN is acknowledged: ESTABLISHED.",
	"SYN_RCVD：我们的 SYN 得到确认：进入 ESTABLISHED。",
	func(x *Turn, t *TCB) Verdict {
		x.establish(t)
		t.Snd.WL1, t.Snd.WL2 = x.Seg.Seq, x.Seg.Ack
		t.Snd.WND = uint32(x.Seg.Wnd) << t.sndShift()
		t.Snd.MaxWND = max(t.Snd.MaxWND, t.Snd.WND)
		return Applied
	})

func (t *TCB) sndShift() uint8 {
	if t.Snd.Scaling {
		return t.Snd.WScale
	}
	return 0
}

var ruleAckRange = define("ack-out-of-range", "RFC9293/MAY-12",
	"An ACK of something not yet sent, or older than any window ever offered, is answered with an ACK and dropped.",
	"确认了尚未发送的序号，或比对方给过的任何窗口都旧：回 ACK，丢弃。",
	func(x *Turn, t *TCB) Verdict {
		ack := x.Seg.Ack
		if ack.AtOrBefore(t.Snd.NXT) && ack.AtOrAfter(t.Snd.UNA-Seq(t.Snd.MaxWND)) {
			return Pass
		}
		x.challenge(t)
		return Done
	})

var ruleAckNew = define("ack-new", "RFC9293/3.10.7.4",
	"The ACK covers more than before: SND.UNA moves on, and what is covered leaves the retransmission queue.",
	"这个 ACK 覆盖了更多：SND.UNA 前移，被覆盖的部分离开重传队列。",
	func(x *Turn, t *TCB) Verdict {
		if !x.Seg.Ack.After(t.Snd.UNA) {
			return Pass
		}
		t.DupAcks = 0
		x.acked(t, x.Seg.Ack)
		x.Events |= EvWritable
		return Applied
	})

var ruleWindow = define("window-update", "RFC9293/3.10.7.4",
	"The newest segment says how much the peer can take: SND.WND.",
	"最新的报文段说明对方还能收多少：SND.WND。",
	func(x *Turn, t *TCB) Verdict {
		if !t.updateWindow(&x.Seg) {
			return Pass
		}
		if t.Timer[PersistTimer] != 0 && len(t.Sent) == 0 && t.usable() > 0 { // it has opened: probing is over
			t.Backoff, t.StallAt = 0, 0
		}
		t.Timer[PersistTimer] = 0
		return Applied
	})

// updateWindow takes the segment's window if the segment is not older than the one that set it last; it reports
// whether anything changed.
func (t *TCB) updateWindow(s *Segment) bool {
	if !t.Snd.UNA.AtOrBefore(s.Ack) || !(t.Snd.WL1.Before(s.Seq) || t.Snd.WL1 == s.Seq && t.Snd.WL2.AtOrBefore(s.Ack)) {
		return false
	}
	old := t.Snd
	shift := t.sndShift()
	if s.Flags.Has(SYN) {
		shift = 0 // RFC 7323 §2.2: never scaled on a SYN
	}
	t.Snd.WND = uint32(s.Wnd) << shift
	t.Snd.WL1, t.Snd.WL2 = s.Seq, s.Ack
	t.Snd.MaxWND = max(t.Snd.MaxWND, t.Snd.WND)
	return t.Snd != old
}

var ruleTimestamp = define("timestamp-recent", "RFC7323/4.3",
	"A segment that begins no later than what was last acknowledged brings the timestamp to echo.",
	"起点不晚于上次确认位置的报文段，带来下次要回显的时间戳。",
	func(x *Turn, t *TCB) Verdict {
		if !x.takeStamp(t) {
			return Pass
		}
		return Applied
	})

var ruleTimestampLinux = define("timestamp-recent-linux", "KERNEL/16.19",
	"A segment that begins no later than what was last acknowledged, and whose own ACK is neither old nor of something unsent, brings the timestamp to echo.",
	"起点不晚于上次确认位置，且自身的确认号既不旧、也没有确认未发内容的报文段，带来下次要回显的时间戳。",
	func(x *Turn, t *TCB) Verdict {
		old := x.Seg.Ack.Before(t.Snd.UNA) && !t.inBucket() // of something unsent: see ack-out-of-range-linux
		if old || !x.takeStamp(t) {
			return Pass
		}
		return Applied
	})

// takeStamp remembers the segment's timestamp as the one to echo, if it is.
func (x *Turn) takeStamp(t *TCB) bool {
	in := &x.Seg
	if !t.SndTS || !in.Opt.Has(OptTS) || in.Seq.After(t.lastAck()) || int32(in.Opt.TSVal-t.TSRecent) <= 0 && !x.outdated(t) {
		return false
	}
	t.TSRecent, t.TSRecentAt = in.Opt.TSVal, x.Now
	return true
}

// finAcked says whether our FIN was sent and is acknowledged: nothing is queued, and nothing outstanding.
func (t *TCB) finAcked() bool {
	return !t.FinQueue && t.Unsent == 0 && t.Snd.UNA == t.Snd.NXT
}

var ruleFinAcked = define("fin-acked", "RFC9293/3.10.7.4",
	"FIN_WAIT_1: our FIN is acknowledged: FIN_WAIT_2. The peer may still send.",
	"FIN_WAIT_1：我们的 FIN 得到确认：进入 FIN_WAIT_2。对方仍可继续发送。",
	func(x *Turn, t *TCB) Verdict {
		if !t.finAcked() {
			return Pass
		}
		t.State = FinWait2
		return Applied
	})

var ruleClosingAcked = define("closing-fin-acked", "RFC9293/3.10.7.4",
	"CLOSING: our FIN is acknowledged: TIME_WAIT.",
	"CLOSING：我们的 FIN 得到确认：进入 TIME_WAIT。",
	closingCheck((*Turn).enterTimeWait))

func closingCheck(last func(*Turn, *TCB)) func(*Turn, *TCB) Verdict {
	return func(x *Turn, t *TCB) Verdict {
		if !t.finAcked() {
			return Pass
		}
		last(x, t)
		return Done // also with the FIN again: no answer (KERNEL/16.6)
	}
}

var ruleLastAckAcked = define("last-ack-acked", "RFC9293/3.10.7.4",
	"LAST_ACK: our FIN is acknowledged: the connection is CLOSED.",
	"LAST_ACK：我们的 FIN 得到确认：连接关闭，回到 CLOSED。",
	func(x *Turn, t *TCB) Verdict {
		if !t.finAcked() {
			return Pass
		}
		x.endsWell(t)
		x.end(t)
		return Done
	})

var ruleOldDuplicate = define("old-duplicate", "KERNEL/5.15",
	"All of it was received before: our ACK must have been lost, so it goes again and names the duplicate (SACK).",
	"整段以前都收过：我们的 ACK 想必丢了，再发一次，并（用 SACK）指出重复的部分。",
	func(x *Turn, t *TCB) Verdict {
		in := &x.Seg
		if in.Len() == 0 || in.End().After(t.Rcv.NXT) {
			return Pass
		}
		t.noteDuplicate(in)
		if x.Book.Numbers.QuickAcks > 0 && in.Data != "" { // tcp_input.c tcp_data_queue
			t.hurry(x)
			t.PingPong = false
		}
		t.Ack = AckNow
		return Done
	})

var ruleDataAfterClose = define("data-after-close", "RFC9293/SHLD-3",
	"Data for a user who has closed can never be read: RST, so that the sender learns of it.",
	"使用者已经关闭，数据永远没人读：回 RST，让发送方知道。",
	func(x *Turn, t *TCB) Verdict {
		in := &x.Seg
		if !t.Orphan || in.Data == "" || in.Seq.Add(len(in.Data)).AtOrBefore(t.Rcv.NXT) {
			return Pass
		}
		x.sendReset()
		x.end(t)
		return Done
	})

var ruleText = define("segment-text", "RFC9293/3.10.7.4",
	"In-order bytes go to the user's queue and RCV.NXT moves over them; what comes early is held.",
	"按序到达的字节进入用户队列，RCV.NXT 越过它们；提前到的先存着。",
	func(x *Turn, t *TCB) Verdict {
		in := &x.Seg
		if in.Data == "" || t.PeerClosed {
			return Pass
		}
		data, seq := in.Data, in.Seq
		if in.Flags.Has(SYN) {
			seq++
		}
		t.noteDuplicate(in)
		if old := t.Rcv.NXT.Since(seq); old > 0 {
			data = data[min(old, len(data)):]
			seq = t.Rcv.NXT
		}
		if room := t.Rcv.Edge.Since(seq); len(data) > room {
			data = data[:max(room, 0)]
		}
		switch {
		case data == "":
			t.Ack = AckNow // all of it is old: the ACK must have been lost
		case seq != t.Rcv.NXT:
			if x.Book.Numbers.QuickAcks > 0 {
				t.early(x)
			}
			t.hold(Held{Seq: seq, Data: data})
			t.report(seq)
			t.Ack = AckNow
		default:
			t.takeIn(x, data)
		}
		return Applied
	})

// takeIn appends in-order bytes, and owes an acknowledgement: at once for the first segments of a connection, for every
// second full one, and when a gap has closed; else after a delay (RFC 9293 MUST-58, MUST-59; KERNEL §14).
func (t *TCB) takeIn(x *Turn, data string) {
	t.deliver(x, data)
	full, quick := int(t.Snd.MSS), x.Book.Numbers.QuickAcks > 0
	if quick {
		t.takeSize(&x.Seg)
		full = int(t.RcvMSS)
		if t.RcvdAt == 0 || x.Now.Since(t.RcvdAt) > t.RTO { // it begins, or begins again (tcp_input.c tcp_event_data_recv)
			t.hurry(x)
		}
	}
	t.RcvdAt = x.instant()
	gap := len(t.Held) > 0 && !(quick && x.Seg.Flags.Has(FIN)) // a FIN throws away what was held before the gap is seen to close
	if quick && len(x.Seg.Data) >= 128 {                       // tcp_input.c tcp_event_data_recv
		t.grow(x, len(x.Seg.Data))
	}
	t.unhold(x)
	switch {
	case gap, t.unacknowledged() > full && !(quick && t.shrinks()):
		t.Ack = AckNow
	case t.QuickAcks > 0 && !t.PingPong && !x.Seg.Flags.Has(FIN): // with a FIN the program is expected to close soon (tcp_input.c tcp_fin)
		t.Ack = AckNow
	default:
		t.Ack = AckDelay
	}
}

// lastAck is RCV.NXT as we last told it: Last.ACK.sent of RFC 7323 §4.3.
func (t *TCB) lastAck() Seq { return t.Rcv.NXT.Add(-max(t.unacknowledged(), 0)) }

// unacknowledged is how many numbers have come in since we last said how far we are.
func (t *TCB) unacknowledged() int {
	return int(t.Rcv.WND) - t.Rcv.Edge.Since(t.Rcv.NXT)
}

func (t *TCB) deliver(x *Turn, data string) {
	t.In = append(t.In, data)
	t.Unread += uint32(len(data))
	t.Rcv.NXT = t.Rcv.NXT.Add(len(data))
	x.Events |= EvReadable
	x.Note(BytesIn, x.Conn).To = int64(len(data))
}

// hold keeps a run that came early, in order and without overlap.
func (t *TCB) hold(h Held) {
	i := 0
	for i < len(t.Held) && t.Held[i].Seq.Before(h.Seq) {
		i++
	}
	if i > 0 {
		if over := t.Held[i-1].Seq.Add(len(t.Held[i-1].Data)).Since(h.Seq); over > 0 {
			h.Data = h.Data[min(over, len(h.Data)):]
			h.Seq = h.Seq.Add(over)
		}
	}
	for i < len(t.Held) && h.end().AtOrAfter(t.Held[i].end()) {
		t.Held = append(t.Held[:i], t.Held[i+1:]...)
	}
	if i < len(t.Held) {
		if over := h.Seq.Add(len(h.Data)).Since(t.Held[i].Seq); over > 0 {
			h.Data = h.Data[:len(h.Data)-over]
		}
	}
	if h.Data == "" && !h.FIN {
		return
	}
	t.Held = append(t.Held, Held{})
	copy(t.Held[i+1:], t.Held[i:])
	t.Held[i] = h
}

// unhold delivers what is no longer early, but for what has come by another way meanwhile. A held FIN becomes the arriving
// segment's.
func (t *TCB) unhold(x *Turn) {
	high, fin := t.Rcv.NXT, x.Seg.Flags.Has(FIN) // a FIN throws away what was held (tcp_input.c tcp_fin)
	for len(t.Held) > 0 && t.Held[0].Seq.AtOrBefore(t.Rcv.NXT) {
		h := t.Held[0]
		t.Held = dropFirst(t.Held, 1)
		if t.SACKOK && !fin && h.Seq.Before(high) {
			t.noteCovered(&h, high)
		}
		if h.end().AtOrBefore(t.Rcv.NXT) { // tcp_input.c tcp_ofo_queue
			continue
		}
		if data := h.Data[min(t.Rcv.NXT.Since(h.Seq), len(h.Data)):]; data != "" {
			t.deliver(x, data)
		}
		if h.FIN {
			x.Seg.Flags |= FIN
			x.Seg.Seq, x.Seg.Data = t.Rcv.NXT, ""
		}
	}
	t.unreport()
}

// noteCovered remembers what a held run has of the bytes up to high, which have come once more: with the next ACK they are reported as
// duplicates (RFC 2883 §4.1; tcp_input.c tcp_ofo_queue).
func (t *TCB) noteCovered(h *Held, high Seq) {
	end := h.end()
	if end.After(high) {
		end = high
	}
	if t.DSACK.Start != t.DSACK.End && t.DSACK.End == h.Seq {
		t.DSACK.End = end
		return
	}
	t.DSACK = Block{h.Seq, end}
}

var ruleFin = define("fin", "RFC9293/3.10.7.4",
	"A FIN whose turn has come: RCV.NXT moves over it, the user will read end of file, and the state moves on.",
	"轮到这个 FIN 了：RCV.NXT 越过它，使用者会读到 EOF，状态随之前进。",
	finCheck((*Turn).enterTimeWait))

// finCheck is the eighth check; last is what a stack does when it has seen both FINs.
func finCheck(last func(*Turn, *TCB)) func(*Turn, *TCB) Verdict {
	return func(x *Turn, t *TCB) Verdict {
		in := &x.Seg
		if !in.Flags.Has(FIN) || t.PeerClosed {
			return Pass
		}
		if at := in.Seq.Add(len(in.Data)); at != t.Rcv.NXT {
			if at.After(t.Rcv.NXT) && at.AtOrBefore(t.Rcv.Edge) { // what lies beyond the window is cut off, a FIN too
				t.hold(Held{Seq: at, FIN: true})
				t.report(at)
				t.Ack = AckNow
			}
			return Applied
		}
		t.Rcv.NXT++
		t.PeerClosed = true
		t.Held = t.Held[:0] // nothing can come after it (tcp_input.c tcp_fin)
		t.setBlocks(0)
		x.Events |= EvReadable
		switch t.State {
		case SynRcvd, Established:
			t.State = CloseWait
			if t.Ack != AckNow {
				t.Ack = AckDelay // KERNEL §5: a close() soon enough carries it
			}
			return Applied
		case FinWait1:
			t.State = Closing // had our FIN been acknowledged, the state would be FIN_WAIT_2 by now
		case FinWait2:
			x.sendAck(t)
			last(x, t)
			return Applied
		}
		t.Ack = AckNow
		return Applied
	}
}

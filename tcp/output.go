package tcp

import (
	"slices"
	"time"
)

// Window scale, timestamps and SACK make up the options; headers are 20 bytes and these follow.
const tsOptionLen = 12 // a timestamp option with its padding (RFC 7323 appendix A)

// emit sends the segment that is this connection's now, with those bits at seq: addresses, acknowledgement, window and options
// filled in. Whatever carries an ACK pays the debt of one. It returns the segment, to which more can be added.
func (x *Turn) emit(t *TCB, fl Flags, seq Seq, again bool) *Segment {
	s := x.put(again)
	s.Src, s.Dst, s.Seq, s.Flags = t.Local, t.Remote, seq, fl
	if fl.Has(ACK) {
		s.Ack = t.Rcv.NXT
		if t.Ack != AckNone && t.QuickAcks > 0 {
			t.QuickAcks--
		}
		if t.Space > 0 && t.QuickAcks > 0 && t.crowded() {
			t.QuickAcks = 0
		}
		t.Ack, t.Pushes = AckNone, 0
		t.Timer[DelayedAckTimer] = 0
	}
	if fl.Has(SYN) {
		s.Opt = t.synOptions(x, fl)
		s.Wnd = uint16(min(t.RcvBuf, 0xffff))
		return s
	}
	if t.SndTS {
		s.Opt.Set |= OptTS
		s.Opt.TSVal, s.Opt.TSEcr = t.tsClock(x.Now), t.TSRecent
	}
	if fl.Has(ACK) && t.SACKOK {
		t.addSACK(s)
	}
	t.markUrgent(s)
	s.Wnd = uint16(min(t.Rcv.WND>>t.rcvShift(), 0xffff))
	return s
}

// put appends an empty segment to what leaves, and returns it to be filled in: it is too large to be made elsewhere and copied.
func (x *Turn) put(again bool) *Segment {
	x.Out = append(x.Out, Segment{})
	x.Again = append(x.Again, again)
	return &x.Out[len(x.Out)-1]
}

// tsClock is the connection's timestamp clock: milliseconds from an offset of its own (RFC 7323 §5.4).
func (t *TCB) tsClock(now Time) uint32 {
	return t.TSOffset + millis(now)
}

func millis(now Time) uint32 { return uint32(time.Duration(now) / time.Millisecond) }

func (t *TCB) rcvShift() uint8 {
	if t.Snd.Scaling {
		return t.Rcv.WScale
	}
	return 0
}

// synOptions are what a SYN offers, or what a SYN,ACK accepts of what was offered (RFC 7323 §2.2, §3.2; RFC 2018 §2). Where both ends have
// opened, Linux's SYN,ACK is its SYN with an ACK, and offers again.
func (t *TCB) synOptions(x *Turn, fl Flags) Options {
	o := Options{Set: OptMSS, MSS: t.MSSLocal}
	offer := !fl.Has(ACK) || !t.Passive && x.Book.Numbers.OfferAgain
	if offer && x.Sysctl[SACK] != 0 || !offer && t.SACKOK {
		o.Set |= OptSACKPerm
	}
	if offer && x.Sysctl[Timestamps] != 0 || !offer && t.SndTS {
		o.Set |= OptTS
		o.TSVal, o.TSEcr = t.tsClock(x.Now), t.TSRecent
	}
	if offer && x.Sysctl[WindowScaling] != 0 || !offer && t.Snd.Scaling {
		o.Set |= OptWScale
		o.WScale = t.Rcv.WScale
	}
	return o
}

// addSACK reports a duplicate first (RFC 2883 §4), then what is held out of order, the latest first (RFC 2018 §4).
func (t *TCB) addSACK(s *Segment) {
	most := t.mostSACK()
	if t.DSACK.Start != t.DSACK.End {
		s.Opt.SACK[0], s.Opt.NSACK = t.DSACK, 1
		t.DSACK = Block{}
	}
	for _, b := range t.Blocks[:t.NBlocks] {
		if int(s.Opt.NSACK) < most {
			s.Opt.SACK[s.Opt.NSACK] = b
			s.Opt.NSACK++
		}
	}
	if s.Opt.NSACK > 0 {
		s.Opt.Set |= OptSACK
	}
}

// openWindow works out how much may be offered now. The right edge never moves left (RFC 9293 §3.8.6), and moves
// right only by a worthwhile step (MUST-39).
func (t *TCB) openWindow() {
	if t.Space > 0 && t.RcvdAt != 0 {
		t.widen()
		return
	}
	used := t.Unread
	if t.PeerClosed {
		used++ // a FIN takes a place like a byte (PACKETDRILL: seen when the window is not scaled)
	}
	free := uint32(0)
	if used < t.RcvBuf {
		free = t.RcvBuf - used
	}
	edge := t.Rcv.NXT.Add(int(free))
	if edge.Since(t.Rcv.Edge) < t.step() {
		edge = t.Rcv.Edge
	}
	wnd := uint32(max(edge.Since(t.Rcv.NXT), 0))
	switch shift := t.rcvShift(); {
	case shift == 0:
		wnd = min(wnd, 0xffff)
	case t.State != SynRcvd || !t.Passive: // a half-open connection's is cut off instead (tcp_ipv4.c tcp_v4_reqsk_send_ack)
		wnd = (wnd + 1<<shift - 1) >> shift << shift
	}
	t.Rcv.WND = wnd
	t.Rcv.Edge = maxSeq(t.Rcv.Edge, t.Rcv.NXT.Add(int(wnd)))
}

// sendAck sends a bare acknowledgement.
func (x *Turn) sendAck(t *TCB) {
	t.openWindow()
	x.emit(t, ACK, t.Snd.NXT, false)
}

// sendReset answers the arriving segment the way a stack without a connection does (RFC 9293 §3.5.2 group 1, §3.10.7.1):
// no window, no options (KERNEL §15).
func (x *Turn) sendReset() {
	in, out := &x.Seg, x.put(false)
	out.Src, out.Dst, out.Flags = in.Dst, in.Src, RST
	if in.Flags.Has(ACK) {
		out.Seq = in.Ack
	} else {
		out.Flags |= ACK
		out.Ack = in.End()
	}
}

// sendAbort tells the peer that the connection is over (RFC 9293 §3.10.5): it keeps window and timestamp (KERNEL §15).
func (x *Turn) sendAbort(t *TCB) {
	t.openWindow()
	x.emit(t, RST|ACK, t.Snd.NXT, false)
}

// transmit sends new sequence numbers: it appends to the retransmission queue and starts the timer.
func (x *Turn) transmit(t *TCB, fl Flags, data string) {
	x.emit(t, fl, t.Snd.NXT, false).Data = data
	t.Sent = append(t.Sent, Flight{Seq: t.Snd.NXT, Flags: fl, Data: data, SentAt: x.Now})
	if fl.Has(SYN) {
		t.RackEnd = t.Snd.NXT
	}
	t.Snd.NXT = t.Sent[len(t.Sent)-1].End()
	if data != "" {
		t.DataAt = x.instant()
	}
	t.Repaired++
	x.armRetransmit(t)
}

// retransmit sends queue entry i again, with what acknowledgement and window are now.
func (x *Turn) retransmit(t *TCB, i int) {
	if x.Book.Numbers.Collapses {
		t.collapse(i)
	}
	t.part(i + 1)
	x.resend(t, i)
}

// part says that segment i, if there is one, stands by itself from now on: what it left together with goes again without it (tcp_output.c
// tcp_fragment).
func (t *TCB) part(i int) {
	if i < len(t.Sent) {
		t.Sent[i].Joined = false
	}
}

// joined says whether segment i left in one buffer with the one before it.
func (t *TCB) joined(i int) bool { return i < len(t.Sent) && t.Sent[i].Joined }

// resend sends segment i again as it is.
func (x *Turn) resend(t *TCB, i int) {
	t.fit(i)
	f := &t.Sent[i]
	f.SentAt, f.Again, f.Lost = x.Now, true, false
	t.Repaired++
	if f.Flags.Has(SYN) {
		t.SynAgain = uint8(min(int(t.SynAgain)+1, 255))
	} else {
		t.openWindow()
	}
	if f.Data != "" {
		x.answers(t)
	}
	x.emit(t, f.Flags, f.Seq, true).Data = f.Data
}

// fit cuts in two what no longer fits into one segment.
func (t *TCB) fit(i int) {
	f, size := t.Sent[i], t.segmentSize()
	if len(f.Data) <= size || len(f.Data) <= int(t.Snd.MSS)-t.sackLen() {
		return
	}
	rest := f
	rest.Seq, rest.Data, rest.Joined = f.Seq.Add(size), f.Data[size:], false
	t.Sent[i].Data, t.Sent[i].Flags = f.Data[:size], f.Flags&^(FIN|PSH)
	t.Sent = slices.Insert(t.Sent, i+1, rest)
}

// collapse makes one segment of one that goes again and those that follow it, as far as they fit into a full one (tcp_output.c
// tcp_retrans_try_collapse; tcp_retrans_collapse is on).
func (t *TCB) collapse(i int) {
	edge := t.Snd.UNA.Add(int(t.Snd.WND))
	room := min(int(t.Snd.MSS)-t.sackLen(), edge.Since(t.Sent[i].Seq)) - len(t.Sent[i].Data)
	if room <= 0 || t.Sent[i].Flags.Has(SYN) || t.joined(i+1) {
		return
	}
	n := i + 1
	for ; n < len(t.Sent); n++ {
		next := &t.Sent[n]
		if room -= len(next.Data); room < 0 || next.SACKed || next.End().After(edge) || t.joined(n+1) { // tcp_can_collapse
			break
		}
		t.Sent[i].Data += next.Data
		t.Sent[i].Flags |= next.Flags
	}
	t.Sent = append(t.Sent[:i+1], t.Sent[n:]...)
	t.RenoSacked -= min(t.RenoSacked, uint32(n-i-1)) // tcp_output.c tcp_adjust_pcount
}

// inFlight counts the segments believed to be in the network (RFC 6675's pipe; tcp.h tcp_packets_in_flight).
func (t *TCB) inFlight() uint32 {
	n := uint32(0)
	for i := range t.Sent {
		if !t.Sent[i].Lost && !t.Sent[i].SACKed {
			n++
		}
	}
	return n - min(n, t.RenoSacked)
}

// usable is how many bytes of new data the peer's window still takes.
func (t *TCB) usable() int {
	return max(t.Snd.UNA.Add(int(t.Snd.WND)).Since(t.Snd.NXT), 0)
}

// take removes the first n unsent bytes. They are shared, not copied, unless they span two writes.
func (t *TCB) take(n int) string {
	t.Unsent -= uint32(n)
	first := t.Out[0]
	if len(first) > n {
		t.Out[0] = first[n:]
		return first[:n]
	}
	if len(first) == n {
		t.Out = dropFirst(t.Out, 1)
		return first
	}
	joined := make([]byte, 0, n)
	used := 0
	for len(joined) < n {
		w := t.Out[used]
		if rest := n - len(joined); len(w) > rest {
			joined = append(joined, w[:rest]...)
			t.Out[used] = w[rest:]
			break
		}
		joined = append(joined, w...)
		used++
	}
	t.Out = dropFirst(t.Out, used)
	return string(joined)
}

// dropFirst removes the first n elements, keeping the slice's memory.
func dropFirst[T any](s []T, n int) []T {
	if n == 0 {
		return s
	}
	m := copy(s, s[n:])
	clear(s[m:])
	return s[:m]
}

// canSendData says in which states the RFC lets data out (RFC 9293 §3.10.2): FIN_WAIT_1, CLOSING and LAST_ACK still
// empty the queue ahead of the FIN.
func (t *TCB) canSendData() bool {
	switch t.State {
	case Established, CloseWait, FinWait1, Closing, LastAck:
		return true
	}
	return false
}

var ruleSendLost = define("send-lost-again", "RFC6298/5.4",
	"What is believed lost goes out again before anything new, as far as the congestion window allows.",
	"认为已丢失的报文段先于新数据重发，以拥塞窗口为限。",
	func(x *Turn, t *TCB) Verdict {
		if x.forward {
			return Pass
		}
		v := Pass
		pipe := t.inFlight()
		for i := 0; i < len(t.Sent); i++ { // they become fewer, or more, on the way
			if pipe >= t.Cwnd || i > 0 && !t.inWindow(&t.Sent[i]) {
				break
			}
			if t.Sent[i].Lost && !t.Sent[i].SACKed {
				n := t.together(i, int(t.Cwnd-pipe))
				x.retransmitTogether(t, i, n)
				i, pipe, v = i+n-1, pipe+uint32(n), Applied
			}
		}
		return v
	})

// together is how many segments from the i-th on go again in one burst, at most so many: those that left in one buffer, as far as all of
// them are lost (tcp_output.c tcp_xmit_retransmit_queue).
func (t *TCB) together(i, most int) int {
	n := 1
	for n < most && t.joined(i+n) && t.Sent[i+n].Lost && !t.Sent[i+n].SACKed && t.inWindow(&t.Sent[i+n]) {
		n++
	}
	return n
}

// retransmitTogether sends n segments from the i-th on again; the last of a burst is marked PSH, as at first.
func (x *Turn) retransmitTogether(t *TCB, i, n int) {
	if n == 1 {
		x.retransmit(t, i)
		return
	}
	t.part(i + n)
	for k := range n {
		x.resend(t, i+k)
	}
	x.Out[len(x.Out)-1].Flags |= PSH
}

// inWindow says whether the peer's window still covers a segment (RFC 9293 SHLD-16: a window may have shrunk).
func (t *TCB) inWindow(f *Flight) bool {
	return f.End().AtOrBefore(t.Snd.UNA.Add(int(t.Snd.WND)))
}

// segmentSize is how much a segment carries now: MSS, but no more than half the largest window the peer ever offered (RFC
// 9293 §3.8.6.2.1, Fs; tcp.h tcp_bound_to_half_wnd), and room for the SACK option where there is something to report (RFC 9293 §3.7.1;
// tcp_output.c tcp_current_mss).
func (t *TCB) segmentSize() int {
	half := t.Snd.MaxWND
	if half > 536 {
		half /= 2
	}
	return max(min(int(t.Snd.MSS), int(half))-t.sackLen(), 1)
}

// sackLen is how many bytes of a segment the SACK option takes now.
func (t *TCB) sackLen() int {
	n := int(t.NBlocks)
	if t.DSACK.Start != t.DSACK.End {
		n++
	}
	if n = min(n, t.mostSACK()); n == 0 || !t.SACKOK {
		return 0
	}
	return 4 + 8*n
}

// mostSACK is how many blocks there is room for: one less with timestamps.
func (t *TCB) mostSACK() int {
	if t.SndTS {
		return MaxSACK - 1
	}
	return MaxSACK
}

// tail is how many unsent bytes are left over when the rest has filled segments.
func (t *TCB) tail() int { return int(t.Unsent) % t.segmentSize() }

var ruleSendData = define("send-data", "RFC9293/3.10.2",
	"Data leaves in segments of at most MSS bytes, as far as the peer's window and the congestion window allow; the last one is marked PSH.",
	"数据按不超过 MSS 的报文段发出，以对方的窗口和拥塞窗口为限；最后一段带 PSH。",
	sendCheck((*TCB).usable))

// sendCheck sends what there is; room is how many bytes the sender thinks that its peer can take.
func sendCheck(room func(*TCB) int) func(*Turn, *TCB) Verdict {
	return func(x *Turn, t *TCB) Verdict {
		if t.Unsent == 0 || !t.canSendData() {
			return Pass
		}
		b := burst{x: x, t: t, room: room}
		if x.Book.Numbers.Bursts {
			b.write()
		}
		b.send(false, false)
		if x.Book.Numbers.Bursts && (b.any || b.limited) {
			t.validate(b.limited || b.pipe >= t.Cwnd)
		}
		return unless(!b.any)
	}
}

// sendData sends the next n bytes, with a FIN when they are the last ones (KERNEL §14: a FIN rides on data that had to wait).
func (x *Turn) sendData(t *TCB, n int) {
	fl := ACK
	last := int(t.Unsent) == n
	if last && t.FinQueue {
		fl |= FIN
		t.FinQueue = false
	}
	if t.pushes(n) || last {
		fl |= PSH // RFC 9293 MUST-61
	}
	x.answers(t)
	t.openWindow()
	x.transmit(t, fl, t.take(n))
}

// answers notes that data leaves, again or for the first time, soon after some has come: an answer to a question, and from now on ACKs may wait
// for the next one (tcp_output.c tcp_event_data_sent).
func (x *Turn) answers(t *TCB) {
	if t.RcvdAt != 0 && x.Now.Since(t.RcvdAt) < x.Book.Numbers.DelayedAck {
		t.PingPong = true
	}
}

var ruleSendFin = define("send-fin", "RFC9293/3.10.4",
	"Once everything written has been sent, the FIN goes out: it takes one sequence number, after the last byte.",
	"写入的数据全部发出后发送 FIN：它占用一个序号，排在最后一个字节之后。",
	func(x *Turn, t *TCB) Verdict {
		if !t.FinQueue || t.Unsent > 0 || !t.canSendData() || t.usable() == 0 { // its number needs a place in the window
			return Pass
		}
		t.FinQueue = false
		t.openWindow()
		x.transmit(t, FIN|ACK, "")
		return Applied
	})

var ruleAckNow = define("ack-now", "RFC9293/3.10.7.4",
	"An acknowledgement that must not wait, and that nothing carried, goes out by itself.",
	"不能等待、又没有报文段捎带的确认单独发出。",
	func(x *Turn, t *TCB) Verdict {
		if t.Ack != AckNow {
			return Pass
		}
		x.sendAck(t)
		return Applied
	})

var ruleAckLater = define("ack-later", "RFC9293/MUST-40",
	"An acknowledgement may wait a little for a segment that can carry it; a timer bounds the wait.",
	"确认可以稍等，看有没有报文段能捎带它；等待的上限由定时器保证。",
	func(x *Turn, t *TCB) Verdict {
		if t.Ack != AckDelay || t.Timer[DelayedAckTimer] != 0 {
			return Pass
		}
		wait := x.Book.Numbers.DelayedAck
		if t.Rcv.NXT.Since(t.Rcv.IRS) <= 2 { // nothing but SYN and FIN has come
			wait = x.Book.Numbers.FreshAck
		}
		t.Timer[DelayedAckTimer] = x.Now.Add(wait)
		return Applied
	})

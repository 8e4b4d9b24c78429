package tcp

// Urgent data, RFC 9293 §3.8.5. The bytes stay in the stream; the pointer says up to where the user should hurry.

// markUrgent sets the urgent pointer of a segment that begins before the end of urgent data (RFC 9293 MUST-62: it points
// after the last urgent byte; tcp_output.c for a pointer that does not fit).
func (t *TCB) markUrgent(s *Segment) {
	if left := t.Snd.UP.Since(s.Seq); t.Snd.UP != 0 && left > 0 && t.Snd.UP.After(t.Snd.UNA) {
		s.Flags |= URG
		s.Urg = uint16(min(left, 0xffff))
	}
}

var ruleSendUrgent = define("send-urgent", "RFC9293/MUST-30",
	"SEND of urgent data: SND.UP points after the last byte, and segments say so until it is acknowledged.",
	"SEND 紧急数据：SND.UP 指向最后一个字节之后，报文段会一直带上它，直到被确认。",
	func(x *Turn, t *TCB) Verdict {
		if !x.Urgent || x.Data == "" {
			return Pass
		}
		t.Snd.UP = t.Snd.NXT.Add(int(t.Unsent))
		return Applied
	})

var ruleUrgent = define("urgent-pointer", "RFC9293/MUST-32",
	"A segment with URG points ahead: RCV.UP moves there, and the user is told that urgent data is on its way.",
	"带 URG 的报文段指向前方：RCV.UP 移到那里，并告诉使用者有紧急数据。",
	func(x *Turn, t *TCB) Verdict {
		in := &x.Seg
		up := in.Seq.Add(int(in.Urg))
		if !in.Flags.Has(URG) || !up.After(maxSeq(t.Rcv.UP, t.Rcv.NXT-Seq(t.Unread))) {
			return Pass
		}
		t.Rcv.UP = up
		x.Events |= EvUrgent
		return Applied
	})

// Linux sees in urgent data one byte, the last, which it takes out of the stream (tcp_input.c tcp_check_urg, tcp.c tcp_recvmsg_locked). RFC
// 6093 tells programs to leave it in by SO_OOBINLINE.

var ruleUrgentApart = define("urgent-byte-apart", "KERNEL/16.27",
	"RECEIVE: the next byte is the last urgent one. Without SO_OOBINLINE it is no part of the stream: it is passed over.",
	"RECEIVE：下一个字节是最后一个紧急字节。没有设置 SO_OOBINLINE 时它不属于字节流，跳过。",
	func(x *Turn, t *TCB) Verdict {
		if t.Urgent() != 1 || t.Unread == 0 || t.UrgentInline {
			return Pass
		}
		t.takeUnread(1)
		return Applied
	})

var ruleUrgentMark = define("read-ends-at-urgent-byte", "KERNEL/16.28",
	"RECEIVE ends before the last urgent byte, so that the user notices where it is.",
	"RECEIVE 到最后一个紧急字节之前为止，好让使用者知道它在哪里。",
	func(x *Turn, t *TCB) Verdict {
		before := int64(t.Urgent()) - 1
		if before <= 0 || before >= int64(t.Unread) || x.Want > 0 && x.Want <= before {
			return Pass
		}
		x.Want = before
		return Applied
	})

// Readable reports whether a RECEIVE has something to give: there are bytes, and not just one that the book keeps apart.
func (t *TCB) Readable(b *Book) bool {
	return t.Unread > 1 || t.Unread == 1 && (t.Urgent() != 1 || t.UrgentInline || !b.Has(ruleUrgentApart))
}

// UrgentCame reports whether urgent data is there for the user: as soon as it is announced, or, where it is one byte, once that has come.
func (t *TCB) UrgentCame(b *Book) bool {
	n := t.Urgent()
	return n > 0 && (n <= int(t.Unread) || !b.Has(ruleUrgentApart))
}

// Urgent is how many bytes the user has still to read until the end of urgent data (RFC 9293 MUST-33); 0 for none.
func (t *TCB) Urgent() int {
	if t.State < Established {
		return 0
	}
	return max(t.Rcv.UP.Since(t.Rcv.NXT-Seq(t.Unread)), 0)
}

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

// Urgent is how many bytes the user has still to read until the end of urgent data (RFC 9293 MUST-33); 0 for none.
func (t *TCB) Urgent() int {
	if t.State < Established {
		return 0
	}
	return max(t.Rcv.UP.Since(t.Rcv.NXT-Seq(t.Unread)), 0)
}

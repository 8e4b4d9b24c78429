package tcp

// Small segments: who asks that they wait (RFC 9293 §3.7.4). These rules stand before send-data; each may hold back what
// does not fill a segment, in this turn.

var ruleCork = define("cork-waits", "KERNEL/14.4",
	"TCP_CORK is set: what does not fill a segment waits for more, for close(), or for the persist timer.",
	"设置了 TCP_CORK：不满一个报文段的数据等待更多数据、close() 或持续定时器。",
	func(x *Turn, t *TCB) Verdict {
		if !t.Cork || t.FinQueue || !t.canSendData() || t.tail() == 0 {
			return Pass
		}
		x.hold = true
		return Applied
	})

var ruleNagle = define("nagle-waits", "RFC9293/SHLD-7",
	"Nagle: while anything is unacknowledged, what does not fill a segment waits; the next ACK lets it go.",
	"Nagle：还有数据未被确认时，不满一个报文段的数据先等着；下一个 ACK 到来时放行。",
	func(x *Turn, t *TCB) Verdict {
		idle := len(t.Sent) == 0 && int(t.Unsent) < t.segmentSize()
		if t.mayGo() || idle {
			return Pass
		}
		x.hold = true
		return Applied
	})

var ruleNagleLinux = define("nagle-waits-for-small", "RFC9293/MUST-17",
	"Nagle as Linux has it: a segment that is not full waits only while another one that was not full is unacknowledged.",
	"Linux 的 Nagle：只有当另一个不满的报文段还没被确认时，不满的报文段才等待。",
	func(x *Turn, t *TCB) Verdict {
		if t.mayGo() || !t.smallInFlight() { // tcp_output.c tcp_nagle_check, tcp_minshall_check
			return Pass
		}
		x.hold = true
		return Applied
	})

// mayGo says whether Nagle has nothing to ask: nothing small waits, or the user has switched it off (MUST-17) or closed.
func (t *TCB) mayGo() bool {
	return t.NoDelay || t.FinQueue || !t.canSendData() || t.tail() == 0
}

func (t *TCB) smallInFlight() bool {
	for i := range t.Sent {
		if n := len(t.Sent[i].Data); n > 0 && n < int(t.Snd.MSS) {
			return true
		}
	}
	return false
}

package tcp

// ICMP destination unreachable, RFC 9293 §3.9.2.2: what a router or host has to say about a segment of ours.

// Unreachable is the code of an ICMP "destination unreachable" message (RFC 792): why a segment could not be delivered.
type Unreachable uint8

// The codes.
const (
	NetUnreachable      Unreachable = 0
	HostUnreachable     Unreachable = 1
	ProtocolUnreachable Unreachable = 2
	PortUnreachable     Unreachable = 3
	SourceRouteFailed   Unreachable = 5
)

// Errno is the error that a code means to a program (icmp.c icmp_err_convert; KERNEL §7).
func (u Unreachable) Errno() Errno {
	switch u {
	case NetUnreachable:
		return ENETUNREACH
	case ProtocolUnreachable:
		return ENOPROTOOPT
	case PortUnreachable:
		return ECONNREFUSED
	case SourceRouteFailed:
		return EOPNOTSUPP
	}
	return EHOSTUNREACH
}

// ArriveUnreachable is the door for ICMP errors: x.Seg is the segment of connection t that could not be delivered, x.Code why.
func ArriveUnreachable(x *Turn, t *TCB) {
	x.begin(t)
	x.run(x.Book.Doors[DoorUnreachable], t)
	x.output(t)
}

var ruleUnreachableStray = define("unreachable-stray", "RFC9293/MUST-54",
	"An ICMP error about a number that is not in flight is not about this connection, or forged: ignored.",
	"ICMP 错误所指的序号不在途中：与这条连接无关，或是伪造的：忽略。",
	func(x *Turn, t *TCB) Verdict {
		if t.State >= SynSent && x.Seg.Seq.AtOrAfter(t.Snd.UNA) && x.Seg.Seq.AtOrBefore(t.Snd.NXT) {
			return Pass
		}
		return Done
	})

var ruleUnreachableOpening = define("unreachable-ends-opening", "KERNEL/7.23",
	"SYN_SENT: any ICMP unreachable ends the attempt, even one the RFC calls soft: connect() fails at once instead of after two minutes.",
	"SYN_SENT：任何 ICMP 不可达都会结束这次尝试，包括 RFC 称为软错误的：connect() 立刻失败，而不是两分钟后。",
	func(x *Turn, t *TCB) Verdict {
		if t.State != SynSent && (t.State != SynRcvd || t.Passive) {
			return Pass
		}
		x.fail(t, x.Code.Errno())
		return Done
	})

var ruleUnreachableHard = define("unreachable-hard-error", "RFC9293/SHLD-26",
	"Protocol or port unreachable are hard errors: the connection is aborted.",
	"协议不可达和端口不可达是硬错误：连接放弃。",
	func(x *Turn, t *TCB) Verdict {
		if x.Code != ProtocolUnreachable && x.Code != PortUnreachable {
			return Pass
		}
		x.fail(t, x.Code.Errno())
		return Done
	})

var ruleUnreachableReverts = define("unreachable-reverts-backoff", "KERNEL/16.29",
	"No way there, says a router about the oldest segment, which has gone again: it was not congestion that lost it, so the RTO is halved (RFC 6069).",
	"路由器说最早的报文段无路可达，而它已经重发过：丢失不是因为拥塞，所以 RTO 减半（RFC 6069）。",
	func(x *Turn, t *TCB) Verdict {
		if x.Code != NetUnreachable && x.Code != HostUnreachable || x.Seg.Seq != t.Snd.UNA || t.Backoff == 0 || len(t.Sent) == 0 {
			return Pass
		}
		t.Backoff--
		t.Timer[RetransmitTimer] = max(t.Sent[0].SentAt.Add(t.backedOff(x)), x.Now) // tcp_ipv4.c tcp_ld_RTO_revert
		return Applied
	})

var ruleUnreachableNoted = define("unreachable-noted", "RFC9293/MUST-56",
	"A soft error: the connection goes on, for the network may mend itself; who asks by SO_ERROR is told.",
	"软错误：连接继续，网络可能会自己恢复；用 SO_ERROR 查询的程序会得知。",
	func(x *Turn, t *TCB) Verdict {
		x.Err = x.Code.Errno()
		x.Events |= EvSoftError
		return Done
	})

package tcp

// Forward RTO-Recovery (RFC 5682; tcp_input.c tcp_process_loss). When the retransmission timer has run out, the sender cannot know yet
// whether anything is lost: so what follows the first ACK is new data, and only the ACK after that decides. What is not here: that the
// timer is found to have run out too early, and the congestion window given back (RFC 5682 §3.1, Eifel).

var ruleForward = define("new-data-first", "RFC5682/2.1",
	"The first ACK after the timer ran out: new data goes out before what is thought lost. Duplicate ACKs then show that it is lost.",
	"定时器到期后的第一个 ACK：先发新数据，再发被认为丢失的数据。之后若来重复 ACK，就说明确实丢了。",
	func(x *Turn, t *TCB) Verdict {
		switch {
		case !t.Doubted || t.Recovery != RecoveryLoss:
			return Pass
		case t.Snd.NXT.After(t.Recover):
			if !x.dup && !x.sacked {
				return Pass
			}
			t.Doubted = false
		case x.newly == 0 || !t.Snd.UNA.Before(t.Recover):
			return Pass
		case t.Unsent == 0 || t.usable() == 0:
			t.Doubted = false
		default:
			x.forward = true
		}
		return Applied
	})

var ruleSendForward = define("send-new-data-first", "RFC5682/2.1",
	"New data leaves, small or not; where none may, what is lost goes again at once.",
	"新数据发出，不满一段也发；如果发不了，就立刻重发丢失的数据。",
	func(x *Turn, t *TCB) Verdict {
		if !x.forward {
			return Pass
		}
		b := burst{x: x, t: t, room: (*TCB).usable}
		b.send(false, false)
		x.forward = t.Snd.NXT.After(t.Recover)
		t.Doubted = x.forward
		return Applied
	})

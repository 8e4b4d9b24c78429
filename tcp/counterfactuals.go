package tcp

import "math"

// Counterfactuals about what is sent: once, at once, and without a memory of who asked.

var ruleSynFinOnce = define("syn-fin-sent-once", "RFC9293/MUST-22",
	"Without repeats of SYN and FIN: nobody has acknowledged it, and it is not sent again; whoever waits for the answer waits for ever.",
	"不重发 SYN 和 FIN：没有人确认它，也不再发送；等待应答的一方会永远等下去。",
	func(x *Turn, t *TCB) Verdict {
		if len(t.Sent) == 0 || t.Sent[0].Data != "" || !t.Sent[0].Flags.Any(SYN|FIN) {
			return Pass
		}
		return Done
	})

// sendOnce asks it ahead of everything that a timer of the sender's does.
func sendOnce(b *Book) {
	for _, i := range []Timer{RetransmitTimer, SynackTimer, ProbeTimer} {
		if len(b.Timeouts[i]) > 0 {
			b.Timeouts[i] = join([]*Rule{ruleSynFinOnce}, b.Timeouts[i])
		}
	}
}

var ruleSmallAtOnce = define("small-segments-at-once", "RFC9293/SHLD-7",
	"Without Nagle: what does not fill a segment leaves although earlier data is unacknowledged; each few bytes pay for a header.",
	"没有 Nagle：前面的数据还没被确认，不满一个报文段的数据照样发出；每几个字节就要付一个首部的代价。",
	func(x *Turn, t *TCB) Verdict {
		if t.mayGo() || len(t.Sent) == 0 {
			return Pass
		}
		return Applied
	})

func noNagle(b *Book) {
	if b.Has(ruleNagleLinux) {
		b.replace(ruleNagleLinux, ruleSmallAtOnce)
		return
	}
	b.replace(ruleNagle, ruleSmallAtOnce)
}

var ruleWindowIgnored = define("window-ignored", "RFC9293/3.8.6",
	"As if the peer's window were infinite: data leaves whether or not there is room for it; what finds none is thrown away and sent again.",
	"当作对方的窗口无穷大：不管对方有没有空间，数据照发；放不下的被丢弃，只好重发。",
	sendCheck(func(*TCB) int { return math.MaxInt }))

var ruleCookieAlways = define("cookie-for-every-syn", "RFC4987/3.6",
	"Cookies always: even with room in the SYN queue the SYN is answered and forgotten, so nobody can repeat a SYN,ACK.",
	"总是用 cookie：半连接队列有空位也应答后就忘掉 SYN，所以没人能重发 SYN,ACK。",
	func(x *Turn, t *TCB) Verdict { return ruleCookieWanted.Do(x, t) })

// cookiesAlways sets the sysctl, and gives a book without cookies the means to make them and to know them again.
func cookiesAlways(b *Book) {
	b.Sysctls[Syncookies] = 2
	if b.Has(ruleCookieWanted) {
		b.replace(ruleCookieWanted, ruleCookieAlways)
		return
	}
	b.insertBefore(Listen, ruleListenAck, ruleCookieBack)
	b.insertBefore(Listen, ruleListenFull, ruleCookieAlways)
	b.Doors[DoorCookie] = []*Rule{ruleCookieAnswer}
	b.Doors[DoorCookieBack] = []*Rule{ruleCookieSpawn}
}

package tcp

import "time"

// Counterfactuals: what a stack without one of TCP's ideas would do. Each cites the sentence that it breaks.

var ruleFinNoTimeWait = define("fin-without-time-wait", "RFC9293/MUST-13",
	"Without TIME_WAIT: after the peer's FIN the connection is forgotten at once.",
	"没有 TIME_WAIT：收到对方的 FIN 后立刻忘掉连接。",
	finCheck((*Turn).end))

var ruleClosingNoTimeWait = define("closing-without-time-wait", "RFC9293/MUST-13",
	"Without TIME_WAIT: once both FINs are acknowledged the connection is forgotten at once.",
	"没有 TIME_WAIT：双方的 FIN 都确认后立刻忘掉连接。",
	closingCheck((*Turn).end))

var ruleSilentClosed = define("closed-stays-silent", "RFC9293/3.10.7.1",
	"Without RST for the unknown: a segment of no connection is dropped without a word.",
	"对未知报文段不回 RST：不属于任何连接的报文段被悄悄丢弃。",
	func(x *Turn, t *TCB) Verdict { return Done })

var ruleSilentListen = define("listen-stays-silent", "RFC9293/3.10.7.2",
	"Without RST for the unknown: an ACK that reaches a listener is dropped without a word.",
	"对未知报文段不回 RST：到达监听者的 ACK 被悄悄丢弃。",
	func(x *Turn, t *TCB) Verdict {
		if !x.Seg.Flags.Has(ACK) {
			return Pass
		}
		return Done
	})

var ruleResetInWindow = define("rst-anywhere-in-window", "RFC5961/3.2",
	"Without challenge: any RST in the window ends the connection, so a guess is easy.",
	"不做质询：窗口内任意 RST 都终止连接，所以很容易猜中。",
	func(x *Turn, t *TCB) Verdict {
		if !x.Seg.Flags.Has(RST) {
			return Pass
		}
		x.wasReset(t)
		return Done
	})

var ruleResetIgnored = define("rst-unproven-ignored", "RFC5961/3.2",
	"Without challenge ACK: a RST in the window that is not exact is dropped, and the peer is not asked.",
	"不发 challenge ACK：窗口内不完全相符的 RST 被丢弃，也不询问对方。",
	func(x *Turn, t *TCB) Verdict {
		if !x.Seg.Flags.Has(RST) {
			return Pass
		}
		return Done
	})

var ruleSynIgnored = define("syn-ignored", "RFC5961/4.2",
	"Without challenge ACK: a SYN on a connection that exists is dropped in silence, and a peer that restarted can't get through.",
	"不发 challenge ACK：已有连接上的 SYN 被悄悄丢弃，重启过的对方无法连上。",
	func(x *Turn, t *TCB) Verdict {
		if !x.Seg.Flags.Has(SYN) {
			return Pass
		}
		return Done
	})

var ruleAckAtOnce = define("ack-at-once", "RFC9293/SHLD-18",
	"Without delayed ACK: every acknowledgement leaves at once and by itself.",
	"没有延迟确认：每个确认都立刻单独发出。",
	func(x *Turn, t *TCB) Verdict {
		if t.Ack == AckNone {
			return Pass
		}
		x.sendAck(t)
		return Applied
	})

var ruleCloseAborts = define("close-sends-rst", "RFC9293/3.10.4",
	"close() as a RST: what was sent may never be read, and the peer sees an error instead of the end.",
	"close() 发 RST：已发出的数据可能再也读不到，对方看到的是错误而不是结束。",
	func(x *Turn, t *TCB) Verdict {
		switch t.State {
		case SynRcvd, Established, CloseWait:
			x.sendAbort(t)
			x.end(t)
			return Done
		}
		return Pass
	})

// patches are the counterfactuals, in the order in which help lists them.
var patches = []*Patch{
	{"no-time-wait", "Nobody waits in TIME_WAIT: who closes first forgets the connection at once.",
		"没有人在 TIME_WAIT 等待：先关闭的一方立刻忘掉连接。",
		func(b *Book) {
			b.replace(ruleFin, ruleFinNoTimeWait)
			if b.Has(ruleBucketFin) {
				b.replace(ruleBucketFin)
			}
			b.replace(ruleClosingAcked, ruleClosingNoTimeWait)
		}},
	{"short-time-wait", "TIME_WAIT lasts one second.", "TIME_WAIT 只有一秒。",
		func(b *Book) { b.Numbers.TimeWaitLen = time.Second }},
	{"two-way-handshake", "A handshake of two segments: whoever gets a SYN is ESTABLISHED at once.",
		"两次握手：收到 SYN 的一方立刻 ESTABLISHED。", twoWay},
	{"four-way-handshake", "A handshake of four segments: ACK and SYN go back one by one.",
		"四次握手：ACK 和 SYN 分两个报文段发回。", fourWay},
	{"no-rst-for-unknown", "Segments of no connection are dropped without a RST.", "不属于任何连接的报文段被丢弃，不回 RST。",
		func(b *Book) {
			b.replace(ruleClosedReset, ruleSilentClosed)
			b.replace(ruleListenAck, ruleSilentListen)
		}},
	{"rst-in-window", "Any RST in the receive window ends a connection.", "接收窗口内任意 RST 都会终止连接。",
		func(b *Book) { b.replace(ruleResetChallenge, ruleResetInWindow) }},
	{"no-challenge-ack", "In-window RSTs and SYNs are dropped instead of challenged.", "窗口内的 RST 和 SYN 直接丢弃，不发 challenge ACK。",
		func(b *Book) {
			b.replace(ruleResetChallenge, ruleResetIgnored)
			b.replace(ruleSynChallenge, ruleSynIgnored)
		}},
	{"no-delayed-ack", "Every acknowledgement leaves at once.", "每个确认都立刻发出。",
		func(b *Book) { b.replace(ruleAckLater, ruleAckAtOnce) }},
	{"close-sends-rst", "close() sends a RST instead of a FIN.", "close() 发 RST 而不是 FIN。",
		func(b *Book) {
			b.Doors[DoorOrphan] = []*Rule{ruleOrphan, ruleCloseAborts, ruleOrphanUnread, ruleCloseSynSent, ruleClose}
		}},
	{"endless-accept-queue", "The accept queue has no limit.", "全连接队列没有上限。",
		func(b *Book) { b.Numbers.AcceptExtra = 1 << 30 }},
	{"predictable-isn", "Initial sequence numbers are the clock alone, without a secret: anyone can work them out.",
		"初始序号只取时钟，不含秘密：谁都能算出来。", func(b *Book) { b.Numbers.ISNHash = 0 }},
	{"constant-isn", "Every connection begins with the same sequence number.", "每条连接都从同一个序号开始。",
		func(b *Book) { b.Numbers.ISNHash, b.Numbers.ISNClock = 0, 0 }},
	{"no-syn-fin-again", "A SYN or FIN that gets lost is not sent again.", "丢失的 SYN 或 FIN 不再重发。", sendOnce},
	{"cookies-always", "Every SYN is answered with a cookie and forgotten.", "每个 SYN 都用 cookie 应答，然后忘掉。", cookiesAlways},
	{"no-nagle", "Small segments leave at once, however many are unacknowledged.", "小报文段立刻发出，不管还有多少未被确认。", noNagle},
	{"infinite-window", "Data leaves as if the peer's window were infinite.", "发送时当作对方的窗口无穷大。",
		func(b *Book) { b.replace(ruleSendData, ruleWindowIgnored) }},
}

package tcp

// Counterfactual handshakes: with one segment fewer, and with one more. Each cites the sentence that it breaks.

var ruleSpawnTwoWay = define("two-way-syn-received", "RFC9293/3.5",
	"Two-way handshake: a SYN is enough; the connection is ESTABLISHED before anyone has shown that our answer arrives.",
	"两次握手：有 SYN 就够了；没人证明我们的应答能到达，连接就已经 ESTABLISHED。",
	func(x *Turn, t *TCB) Verdict {
		t.receiveSYN(x)
		x.transmit(t, SYN|ACK, "")
		t.Sent = dropFirst(t.Sent, 1) // nobody will acknowledge it
		t.Snd.UNA = t.Snd.NXT
		t.Timer = [NumTimers]Time{}
		x.establish(t)
		return Done
	})

var ruleSynSentTwoWay = define("two-way-syn-ack", "RFC9293/3.5",
	"Two-way handshake: the SYN,ACK completes it, and nothing goes back.",
	"两次握手：收到 SYN,ACK 就完成，不再回任何报文段。",
	synAckCheck(AckNone))

var ruleSpawnFourWay = define("four-way-syn-received", "RFC9293/3.5",
	"Four-way handshake: the SYN is acknowledged by itself, and our own SYN follows in a segment of its own.",
	"四次握手：先单独确认对方的 SYN，再用另一个报文段发自己的 SYN。",
	func(x *Turn, t *TCB) Verdict {
		t.receiveSYN(x)
		t.Timer[x.Book.SynackTimer()] = x.Now.Add(t.RTO)
		x.emit(t, ACK, t.Snd.NXT, false)
		x.transmit(t, SYN, "")
		return Done
	})

var ruleSynSentHalf = define("four-way-ack", "RFC9293/3.5",
	"Four-way handshake: our SYN is acknowledged; the peer's own is still to come.",
	"四次握手：我们的 SYN 得到了确认；对方自己的 SYN 还没来。",
	func(x *Turn, t *TCB) Verdict {
		if x.Seg.Flags&(SYN|ACK|RST) != ACK || len(t.Sent) == 0 {
			return Pass
		}
		x.acked(t, x.Seg.Ack)
		return Done
	})

var ruleSynSentOwnSyn = define("four-way-syn", "RFC9293/3.5",
	"Four-way handshake: the peer's SYN comes after the ACK of ours: ESTABLISHED, and a fourth segment acknowledges it.",
	"四次握手：对方的 SYN 在确认之后到来：进入 ESTABLISHED，再用第四个报文段确认它。",
	func(x *Turn, t *TCB) Verdict {
		if x.Seg.Flags&(SYN|ACK|RST) != SYN || len(t.Sent) > 0 {
			return Pass
		}
		t.takeSYN(x)
		x.establish(t)
		t.Ack = AckNow
		return Done
	})

func twoWay(b *Book) {
	b.replace(ruleSpawn, ruleSpawnTwoWay)
	b.replace(ruleSynSentSynAck, ruleSynSentTwoWay)
}

func fourWay(b *Book) {
	b.replace(ruleSpawn, ruleSpawnFourWay)
	b.insertBefore(SynSent, ruleSynSentSyn, ruleSynSentHalf)
	b.insertBefore(SynSent, ruleSynSentSyn, ruleSynSentOwnSyn)
}

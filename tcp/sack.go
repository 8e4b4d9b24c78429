package tcp

// Selective acknowledgement, RFC 2018: what the receiver reports, and what the sender notes of it.

// report notes a run that came early as the first that the next ACKs name, with what it joins (RFC 2018 §4; tcp_input.c
// tcp_sack_new_ofo_skb).
func (t *TCB) report(seq Seq) {
	b := t.runAround(seq)
	n := 0
	for _, o := range t.Blocks[:t.NBlocks] {
		if (o.End.Before(b.Start) || o.Start.After(b.End)) && n < MaxSACK-1 {
			t.Blocks[n] = o
			n++
		}
	}
	copy(t.Blocks[1:], t.Blocks[:n])
	t.Blocks[0] = b
	t.setBlocks(n + 1)
}

// runAround is the unbroken run held that has seq in it.
func (t *TCB) runAround(seq Seq) Block {
	b := Block{seq, seq}
	for i := range t.Held {
		h := &t.Held[i]
		switch {
		case h.Seq.After(b.End):
			if b.End.After(seq) {
				return b
			}
			b = Block{h.Seq, h.end()}
		case h.Seq == b.End:
			b.End = h.end()
		default:
			b = Block{h.Seq, h.end()}
		}
	}
	return b
}

// unreport forgets the runs that are no longer early.
func (t *TCB) unreport() {
	n := 0
	for _, o := range t.Blocks[:t.NBlocks] {
		if o.Start.After(t.Rcv.NXT) {
			t.Blocks[n] = o
			n++
		}
	}
	t.setBlocks(n)
}

func (t *TCB) setBlocks(n int) {
	clear(t.Blocks[n:])
	t.NBlocks = uint8(n)
}

var ruleSACKed = define("sack-marks", "RFC2018/5",
	"The ACK names runs that have arrived beyond a gap (SACK): those segments need not be sent again.",
	"ACK 指出了缺口之后已到达的部分（SACK）：那些报文段不必重发。",
	func(x *Turn, t *TCB) Verdict {
		in := &x.Seg
		if !t.SACKOK || !in.Opt.Has(OptSACK) || len(t.Sent) == 0 {
			return Pass
		}
		v, highest := Pass, t.highestSACKed()
		for _, b := range in.Opt.SACK[:in.Opt.NSACK] {
			if !b.End.After(in.Ack) || b.End.After(t.Snd.NXT) || b.Start.Before(in.Ack) {
				continue // a duplicate reported (RFC 2883), or nonsense
			}
			for i := range t.Sent {
				f := &t.Sent[i]
				if f.SACKed || f.Seq.Before(b.Start) || f.End().After(b.End) {
					continue
				}
				f.SACKed, f.Lost = true, false
				t.delivered(x, f, highest)
				x.fresh++
				x.sacked, v = true, Applied
			}
		}
		return v
	})

// highestSACKed is the end of the furthest segment known to have arrived; SND.UNA when none is.
func (t *TCB) highestSACKed() Seq {
	for i := len(t.Sent) - 1; i >= 0; i-- {
		if t.Sent[i].SACKed {
			return t.Sent[i].End()
		}
	}
	return t.Snd.UNA
}

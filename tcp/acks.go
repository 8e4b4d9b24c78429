package tcp

// When Linux acknowledges data: at once while it is in a hurry, when two full segments have come and the window need not shrink for them, and
// when the user has read what there was; else after a delay (tcp_input.c __tcp_ack_snd_check, tcp.c __tcp_cleanup_rbuf).

// takeSize takes down how large the segments are that come, and that one came which more need not follow soon (tcp_input.c
// tcp_measure_rcv_mss).
func (t *TCB) takeSize(s *Segment) {
	n, last := uint16(len(s.Data)), t.LastSize
	t.LastSize = 0
	if n >= t.RcvMSS {
		old := t.window(int(t.Space))
		t.RcvMSS = min(n, t.MSSLocal-t.tsLen())
		t.clamp(old)
		if s.Flags.Has(PSH) {
			t.Pushes = max(t.Pushes, 1)
		}
		return
	}
	if n >= 536-t.tsLen() || n >= 88-t.tsLen() && !s.Flags.Any(PSH|FIN|URG|SYN) {
		t.LastSize = n
		if n == last {
			t.RcvMSS = n
			return
		}
	}
	t.Pushes = min(t.Pushes+1, 2)
}

// clamp fits the window to what the receive buffer is worth now, when that is not what it was (tcp.c tcp_set_window_clamp).
func (t *TCB) clamp(was int) {
	switch most := t.window(int(t.Space)); {
	case most < was:
		t.RcvBuf = min(t.RcvBuf, uint32(most))
	case most > was:
		t.RcvBuf = max(t.RcvBuf, min(t.Rcv.WND, uint32(most)))
	}
}

// startSizes guesses how large the segments will be (tcp_input.c tcp_initialize_rcv_mss).
func (t *TCB) startSizes() {
	t.RcvMSS = uint16(max(min(uint32(t.MSSLocal-t.tsLen()), t.Rcv.WND/2, 536), 88))
}

// hurry has the next segments acknowledged at once: as many as fill half the window, at most the book's number (tcp_input.c
// tcp_incr_quickack).
func (t *TCB) hurry(x *Turn) {
	n := t.Rcv.WND / (2 * uint32(max(t.RcvMSS, 1)))
	if n == 0 {
		n = 2
	}
	t.QuickAcks = max(t.QuickAcks, uint8(min(n, uint32(x.Book.Numbers.QuickAcks))))
}

// The receive buffer of Linux is larger than its first window: how much of it may be offered hangs on how much of the memory that segments
// take is data, and it offers more by and by (tcp_input.c tcp_measure_rcv_mss, tcp_grow_window; tcp_output.c __tcp_select_window). That
// memory is the network card's affair; here it is what a segment takes that came through a pair of veths.

// startSpace gives the connection its receive buffer, of which one segment is kept back (tcp_input.c tcp_init_buffer_space).
func (t *TCB) startSpace(s *Sysctls) {
	t.Space = uint32(s[RmemDefault])
	if t.RcvLimit > 0 {
		t.Space = 2 * max(t.RcvLimit, minRcvbuf)
	}
	mss := uint32(t.MSSLocal - t.tsLen())
	if half := t.Space / 2; half > 2*mss {
		t.RcvBuf = min(t.RcvBuf, max(half-mss, 2*mss))
	}
}

// memory is what a segment of n bytes takes, headers and bookkeeping with it: one of three sizes of block, or whole pages (skbuff.c
// __alloc_skb; measured).
func memory(n int) int {
	const headers, bookkeeping, page = 82, 576, 4096
	for _, block := range [...]int{256, 704, 1728} {
		if n+headers <= block {
			return block + bookkeeping
		}
	}
	return (n+headers+page-1)/page*page + bookkeeping
}

// could is the window that Linux would offer now, had it offered none before.
func (t *TCB) could() int {
	all := t.window(int(t.Space))
	room, mss := t.window(int(t.Space)-t.kept()), min(int(t.RcvMSS), max(all, 1))
	if room < all/2 && (room < all/16 || room < mss) {
		return 0
	}
	room = min(room, int(t.RcvBuf))
	if shift := t.rcvShift(); shift > 0 {
		return (room + 1<<shift - 1) >> shift << shift
	}
	if last := int(t.Rcv.WND); last > room-mss && last <= room { // whole segments, when it is worth it
		return last
	}
	return room / mss * mss
}

// widen offers that window: never less than was offered before.
func (t *TCB) widen() {
	n, shift := max(t.could(), t.Rcv.Edge.Since(t.Rcv.NXT)), t.rcvShift()
	n = (n + 1<<shift - 1) >> shift << shift
	if shift == 0 {
		n = min(n, 0xffff)
	}
	t.Rcv.WND = uint32(max(n, 0))
	t.Rcv.Edge = maxSeq(t.Rcv.Edge, t.Rcv.NXT.Add(n))
}

// kept is how much memory the receive buffer holds: unread segments, and those that came early.
func (t *TCB) kept() int {
	n := 0
	for _, part := range t.In {
		n += memory(len(part))
	}
	for i := range t.Held {
		n += memory(len(t.Held[i].Data))
	}
	return n
}

// window is how much data a part of the receive buffer counts as: half of it, until segments have shown how much of their memory is data.
func (t *TCB) window(memoryBytes int) int {
	ratio := 128
	if t.RcvMSS > 536 {
		ratio = int(t.RcvMSS) * 256 / memory(int(t.RcvMSS))
	}
	return max(memoryBytes, 0) * ratio / 256
}

// grow lets the window grow for a segment of n bytes, and with it the hurry.
func (t *TCB) grow(x *Turn, n int) {
	step := t.growth(x.Sysctl, n)
	if room := t.window(int(t.Space)-t.kept()) - int(t.RcvBuf); room > 0 && step > 0 {
		t.RcvBuf += uint32(min(room, max(step, 2*n)))
		t.QuickAcks |= 1
	}
}

// growth is by how much the window may grow for a segment of n bytes: the less of its memory is data, the smaller the window has to be for
// that (tcp_input.c __tcp_grow_window).
func (t *TCB) growth(s *Sysctls, n int) int {
	size, most := t.window(memory(n)), t.window(int(s[RmemMax]))
	if size <= n {
		return 2 * int(t.MSSLocal-t.tsLen())
	}
	for ; int(t.RcvBuf) <= most/2; most /= 2 {
		if size /= 2; size <= n {
			return 2 * int(t.RcvMSS)
		}
	}
	return 0
}

// early does for data that comes too early what takeIn does for the rest: it counts for the segments' size, and the window may grow. A
// connection that begins so has had its hurry with that one ACK (tcp_input.c tcp_data_queue_ofo; tcp.h tcp_dec_quickack_mode).
func (t *TCB) early(x *Turn) {
	t.takeSize(&x.Seg)
	if t.SACKOK && t.RcvMSS > 536 {
		t.grow(x, len(x.Seg.Data))
	}
	if t.RcvdAt == 0 && t.QuickAcks == 1 {
		t.RcvdAt = x.instant()
	}
}

// shrinks says whether the window would be smaller than it was with the last ACK: then the next one waits for the user to read.
func (t *TCB) shrinks() bool { return t.could() < int(t.Rcv.WND) }

// crowded says whether more than half of the receive buffer is taken: then there is no hurry.
func (t *TCB) crowded() bool { return t.window(int(t.Space)-t.kept()) < t.window(int(t.Space))/2 }

var ruleReadAcks = define("read-acknowledges", "KERNEL/16.23",
	"The user has read all there was, and the last segment was not full or was marked PSH: its ACK need not wait. Nor need that of more than a full segment.",
	"使用者已读完全部数据，而最后一个报文段不满或带 PSH：它的 ACK 不必再等。欠下的确认超过一个满长报文段时也不必再等。",
	func(x *Turn, t *TCB) Verdict {
		read := t.Unread == 0 && !t.PeerClosed && (t.Pushes > 1 || t.Pushes == 1 && !t.PingPong)
		if t.Ack != AckDelay || !read && t.unacknowledged() <= int(t.RcvMSS) {
			return Pass
		}
		t.Ack = AckNow
		return Applied
	})

package tcp

// When Linux acknowledges data: at once while it is in a hurry, when two full segments have come and the window need not shrink for them, and
// when the user has read what there was; else after a delay (tcp_input.c __tcp_ack_snd_check, tcp.c __tcp_cleanup_rbuf).

// takeSize takes down how large the segments are that come, and that one came which more need not follow soon (tcp_input.c
// tcp_measure_rcv_mss).
func (t *TCB) takeSize(s *Segment) {
	n, last := uint16(len(s.Data)), t.LastSize
	t.LastSize = 0
	if n >= t.RcvMSS {
		t.RcvMSS = min(n, t.MSSLocal-t.tsLen())
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

// startSizes guesses how large the segments will be (tcp_input.c tcp_initialize_rcv_mss).
func (t *TCB) startSizes() {
	t.RcvMSS = uint16(max(min(uint32(t.MSSLocal-t.tsLen()), t.Rcv.WND/2, 536), 88))
	t.Could, t.CouldEdge = t.RcvBuf, t.Rcv.NXT.Add(int(t.RcvBuf))
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
// memory is the network card's affair, so the window offered here stays what it was; but when ACKs go hangs on the larger one.

// memory is what a segment of n bytes takes where it was received into memory of its own, with 1500 bytes of it on the wire at most
// (skbuff.c __alloc_skb: powers of two, and 576 bytes of bookkeeping).
func memory(n int) int {
	size := 512
	for size < n+400 {
		size *= 2
	}
	return size + 256
}

// could is the window that Linux could offer now.
func (t *TCB) could(s *Sysctls) int {
	all := t.capacity(s)
	room, mss := max(all-t.kept(), 0), min(int(t.RcvMSS), max(all, 1))
	if room < all/2 && (room < all/16 || room < mss) {
		return 0
	}
	room = min(room, int(t.RcvBuf+t.Grown))
	if shift := t.rcvShift(); shift > 0 {
		return (room + 1<<shift - 1) >> shift << shift
	}
	if last := int(t.Could); last > room-mss && last <= room { // whole segments, when it is worth it
		return last
	}
	return room / mss * mss
}

// kept is how many bytes the receive buffer has: unread ones, and those that came early.
func (t *TCB) kept() int {
	n := int(t.Unread)
	for i := range t.Held {
		n += len(t.Held[i].Data)
	}
	return n
}

// capacity is how many bytes the receive buffer has room for, by the segments that came.
func (t *TCB) capacity(s *Sysctls) int {
	space := int(s[RmemDefault])
	if t.RcvLimit > 0 {
		space = 2 * int(max(t.RcvLimit, minRcvbuf))
	}
	if t.RcvMSS <= 536 {
		return space / 2
	}
	return space * (int(t.RcvMSS) * 256 / memory(int(t.RcvMSS))) / 256
}

// grow lets the larger window grow for a segment of n bytes, and with it the hurry.
func (t *TCB) grow(x *Turn, n int) {
	if room := t.capacity(x.Sysctl) - t.kept() - int(t.RcvBuf+t.Grown); room > 0 && n >= 128 {
		t.Grown += uint32(min(room, 2*max(n, int(t.MSSLocal-t.tsLen()))))
		t.QuickAcks |= 1
	}
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

// told notes, with an ACK, the larger window: it does not shrink either. With more than half of the buffer unread there is no hurry.
func (t *TCB) told(s *Sysctls) {
	if room := t.capacity(s); room-t.kept() < room/2 {
		t.QuickAcks = 0
	}
	t.Could = uint32(max(t.could(s), t.CouldEdge.Since(t.Rcv.NXT)))
	t.CouldEdge = t.Rcv.NXT.Add(int(t.Could))
}

// shrinks says whether the window would be smaller than it was with the last ACK: then the next one waits for the user to read.
func (t *TCB) shrinks(s *Sysctls) bool { return t.could(s) < int(t.Could) }

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

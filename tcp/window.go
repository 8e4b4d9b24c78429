package tcp

// firstWindow is the window a new connection offers: half its receive buffer, or what SO_RCVBUF allows, in whole segments (KERNEL §15). A
// SYN, whose window is never scaled, can say 65,535 of it.
func (t *TCB) firstWindow(s *Sysctls, mss uint16) uint32 {
	space := uint32(s[RmemDefault] / 2)
	if t.RcvLimit > 0 {
		space = max(t.RcvLimit, minRcvbuf)
	}
	if space < uint32(mss) {
		return space
	}
	return space / uint32(mss) * uint32(mss)
}

// minRcvbuf is the least that SO_RCVBUF can ask for (sock.h SOCK_MIN_RCVBUF, of which half is window).
const minRcvbuf = 1152

// offeredScale is the window scale a SYN offers: enough for the largest receive buffer there may be (tcp_output.c
// tcp_select_initial_window; KERNEL §15).
func (t *TCB) offeredScale(s *Sysctls) uint8 {
	space := s[RmemMax]
	if t.RcvLimit > 0 {
		space = min(space, int64(max(t.RcvLimit, minRcvbuf)))
	}
	shift := uint8(0)
	for ; space > 0xffff && shift < 14; space >>= 1 {
		shift++
	}
	return shift
}

// What the receiver says of its window when its user has read (RFC 9293 §3.8.6.2.2): the second rule of RECEIVE.

// reopened works out how far the window would open now, without saying so yet: from how much, to how much. It reports false
// where nobody is to be told.
func (t *TCB) reopened() (before, after int, ok bool) {
	if t.State < Established || t.State > FinWait2 {
		return 0, 0, false
	}
	edge, wnd := t.Rcv.Edge, t.Rcv.WND
	before = max(edge.Since(t.Rcv.NXT), 0)
	t.openWindow()
	after = t.Rcv.Edge.Since(t.Rcv.NXT)
	t.Rcv.Edge, t.Rcv.WND = edge, wnd
	return before, after, true
}

// step is the least that a window opens by: half the buffer or a segment, whichever is less (RFC 9293 MUST-39).
func (t *TCB) step() int { return int(min(t.RcvBuf/2, uint32(t.MSSLocal))) }

var ruleWindowWorthwhile = define("window-opens-worthwhile", "RFC9293/MUST-39",
	"Reading has opened the window by a segment or half the buffer: the peer is told. Less is not worth a segment.",
	"读取使窗口增大了一个报文段或半个缓冲区：通知对方。再小就不值得发一个报文段。",
	func(x *Turn, t *TCB) Verdict {
		before, after, ok := t.reopened()
		if !ok || after-before < t.step() {
			return Pass
		}
		t.Ack = AckNow
		return Applied
	})

var ruleWindowDoubled = define("window-opens-doubled", "KERNEL/13.3",
	"Reading has opened the window to twice what it was, or more: the peer is told at once.",
	"读取使窗口至少增大到原来的两倍：立刻通知对方。",
	func(x *Turn, t *TCB) Verdict {
		before, after, ok := t.reopened()
		if !ok || after < 2*max(before, 1) { // tcp.c __tcp_cleanup_rbuf
			return Pass
		}
		t.Ack = AckNow
		return Applied
	})

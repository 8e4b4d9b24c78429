package tcp

import (
	"slices"
	"time"
)

// Linux keeps what waits to be sent in buffers, and hands segments to the network card several at a time. Both show in the PSH bit: the end
// of a write is marked, and a place in a long one now and then (tcp.c tcp_sendmsg_locked, tcp_push); and the last segment of what leaves
// together is, so that the receiver does not wait for more to merge (tcp_output.c __tcp_transmit_skb: "Force a PSH flag on all (GSO)
// packets"). A segment sent again is by itself.

// Piece is a buffer of bytes that wait to be sent. It begins where the one before it ends.
type Piece struct {
	End  Seq
	Push bool // its last segment is marked PSH
}

// pieceLen is how many unsent bytes a buffer has.
func (t *TCB) pieceLen(i int) int {
	if i == 0 {
		return t.Pieces[0].End.Since(t.Snd.NXT)
	}
	return t.Pieces[i].End.Since(t.Pieces[i-1].End)
}

// The most bytes that a network card takes at a time.
const burstBytes = 65536

// pieceSize is how many bytes a buffer takes: whole segments, as many as leave at a time at most, no more than half of the largest window
// (tcp.c tcp_xmit_size_goal).
func (t *TCB) pieceSize() int {
	size := burstBytes
	if half := int(t.Snd.MaxWND); half > 536 {
		size = min(size, half/2)
	} else if half > 0 {
		size = half
	}
	mss := t.segmentSize()
	return max(size/mss*mss, mss)
}

// burst is the segments that leave together, while they are being sent.
type burst struct {
	x       *Turn
	t       *TCB
	room    func(*TCB) int // bytes that the peer can take, as the sender thinks
	pipe    uint32         // segments in flight
	sent    uint32         // in this burst
	most    uint32         // how many there may be; 0 before the first
	until   Seq            // where its buffer ends
	any     bool           // something was sent, in whichever burst
	limited bool           // the congestion window has held something back
}

// write puts what the user has just written into buffers. A full one leaves before the next is filled, as far as it may, and has room again
// (tcp.c tcp_sendmsg_locked).
func (b *burst) write() {
	t := b.t
	size, at, end := t.pieceSize(), t.Snd.NXT.Add(t.pieced()), t.Snd.NXT.Add(int(t.Unsent))
	if last := len(t.Pieces) - 1; last >= 0 && at != end && t.pieceLen(last) < size {
		t.Pieces[last].Push = false
	}
	for at != end {
		if last := len(t.Pieces) - 1; last < 0 || t.pieceLen(last) >= size {
			t.Pieces = append(t.Pieces, Piece{End: at})
		}
		last := len(t.Pieces) - 1
		at = at.Add(min(size-t.pieceLen(last), end.Since(at)))
		t.Pieces[last].End = at
		forced := at.Since(t.Pushed) > int(t.Snd.MaxWND/2)
		if at == end || forced {
			t.Pieces[last].Push, t.Pushed = true, at
		}
		if at != end && (forced || last == 0) {
			b.send(true, !forced)
		}
	}
}

// pieced is how many bytes are in buffers: all that is unsent, but for what is being written just now.
func (t *TCB) pieced() int {
	if last := len(t.Pieces) - 1; last >= 0 {
		return t.Pieces[last].End.Since(t.Snd.NXT)
	}
	return 0
}

// send sends what may leave now. What a long write has filled is pushed: Nagle is not asked; and it leaves in one burst or in many.
func (b *burst) send(push, one bool) {
	x, t, size := b.x, b.t, b.t.segmentSize()
	for b.pipe = t.inFlight(); ; b.pipe++ {
		left := int(t.Unsent)
		if x.Book.Numbers.Bursts {
			left = t.pieced()
		}
		if left == 0 {
			break
		}
		if b.pipe >= t.Cwnd {
			b.limited = true
			break
		}
		if x.Book.Numbers.Bursts && (b.sent == b.most || b.until == t.Snd.NXT) {
			if b.most > 0 && one || !one && b.defers() {
				break
			}
			b.next()
		}
		n, room := min(left, size), b.room(t)
		if n > room && b.sent > 0 && b.sent < b.most && (push || t.NoDelay || !t.Cork && !t.smallInFlight()) {
			n = room // what leaves together is cut at the window's edge, not before (tcp_output.c tcp_mss_split_point)
		}
		// RFC 9293 MUST-38: what does not fit the window waits whole; no silly small segment.
		if n == 0 || n > room || n < size && x.hold && !push {
			break
		}
		b.sent++
		x.sendData(t, n)
		t.Sent[len(t.Sent)-1].Joined = b.sent > 1 && x.Book.Numbers.Bursts
		b.any = true
	}
	b.end()
	b.most = 0
}

// next begins a burst: it ends with its buffer, which is made as long as what may leave at the expense of the one behind it (tcp_output.c
// tcp_grow_skb).
func (b *burst) next() {
	t := b.t
	b.end()
	b.most = min(t.burstSize(), max(t.Cwnd/2, 1), t.Cwnd-b.pipe)
	t.fillPiece(int(b.most) * t.segmentSize())
	b.until = t.Pieces[0].End
}

// defers says whether Linux waits with a burst that is not as long as it could be: something has just left, and the next ACK, which lets
// out more, should be there within a millisecond (tcp_output.c tcp_tso_should_defer).
func (b *burst) defers() bool {
	t, mss := b.t, b.t.segmentSize()
	if t.Recovery != RecoveryNone || len(t.Sent) == 0 || t.pieceLen(0) <= mss || b.x.Now.Since(t.DataAt) > time.Millisecond {
		return false
	}
	cong, send := int(t.Cwnd-b.pipe)*mss, b.room(t)
	limit := min(cong, send)
	switch {
	case limit < mss, limit >= int(t.burstSize())*mss, len(t.Pieces) > 1 && limit >= t.pieceLen(0),
		limit >= min(int(t.Snd.WND), int(t.Cwnd)*mss)/3: // net.ipv4.tcp_tso_win_divisor
		return false
	case t.Sent[0].SentAt.Add(t.SRTT).Since(b.x.Now) > min(t.SRTT/2, time.Millisecond):
		return false
	}
	whole := limit > t.pieceLen(0)
	b.limited = b.limited || cong < send && !whole
	return !whole || !t.FinQueue
}

// fillPiece makes the first buffer as long as what may leave now, at the expense of the next one (tcp_output.c tcp_grow_skb).
func (t *TCB) fillPiece(most int) {
	for len(t.Pieces) > 1 && t.pieceLen(0) < most {
		t.Pieces[0].End = t.Pieces[0].End.Add(min(most-t.pieceLen(0), t.pieceLen(1)))
		if t.pieceLen(1) > 0 {
			return
		}
		t.Pieces[0].Push = t.Pieces[0].Push || t.Pieces[1].Push
		t.Pieces = slices.Delete(t.Pieces, 1, 2)
	}
}

// pushes says whether the next n bytes end where PSH belongs, and forgets the buffers that are sent with them.
func (t *TCB) pushes(n int) bool {
	end, push := t.Snd.NXT.Add(n), false
	for len(t.Pieces) > 0 && t.Pieces[0].End.AtOrBefore(end) {
		push = t.Pieces[0].Push && t.Pieces[0].End == end
		t.Pieces = dropFirst(t.Pieces, 1)
	}
	return push
}

// end is said after the last segment.
func (b *burst) end() {
	if b.sent > 1 && b.x.Book.Numbers.Bursts {
		b.x.Out[len(b.x.Out)-1].Flags |= PSH
	}
	b.sent = 0
}

// pace takes down what the connection's pace is worked out of: the pace stays what it was at the last ACK (tcp_input.c
// tcp_update_pacing_rate).
func (t *TCB) pace() {
	ratio := uint32(120) // percent: net.ipv4.tcp_pacing_ca_ratio
	if t.Cwnd < t.Ssthresh/2 {
		ratio = 200 // tcp_pacing_ss_ratio
	}
	t.PaceSegs, t.PaceRTT = max(t.Cwnd, uint32(len(t.Sent)))*ratio, t.SRTT
}

// burstSize is how many segments may leave together: what the connection's pace lets out in about a millisecond, more where the peer is
// near, at least two (tcp_output.c tcp_tso_autosize).
func (t *TCB) burstSize() uint32 {
	bytes := int64(burstBytes)
	if t.PaceRTT > 0 {
		bytes = int64(t.Snd.MSS) * int64(t.PaceSegs) / 100 * int64(time.Second) / int64(t.PaceRTT) >> 10
	}
	if near := t.MinRTT.Microseconds() >> 9; near < 32 {
		bytes += burstBytes >> near
	}
	return uint32(max(min(bytes, burstBytes)/int64(max(t.Snd.MSS, 1)), 2))
}

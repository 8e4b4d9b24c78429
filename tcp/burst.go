package tcp

import "time"

// Linux hands segments to the network card several at a time, and marks the last one of such a burst PSH so that the receiver does not wait
// for more to merge (tcp_output.c __tcp_transmit_skb: "Force a PSH flag on all (GSO) packets"). A segment sent again is by itself.

// burst is the segments that leave together, while they are being sent.
type burst struct {
	x    *Turn
	t    *TCB
	sent uint32 // in this burst
	most uint32 // how many there may be; 0 before the first
}

// next is said before each segment, with how many are in flight.
func (b *burst) next(pipe uint32) {
	if !b.x.Book.Numbers.Bursts {
		return
	}
	if b.sent == b.most {
		b.end()
		b.most = min(b.t.burstSize(), max(b.t.Cwnd/2, 1), b.t.Cwnd-pipe)
	}
	b.sent++
}

// end is said after the last segment.
func (b *burst) end() {
	if b.sent > 1 {
		b.x.Out[len(b.x.Out)-1].Flags |= PSH
	}
	b.sent = 0
}

// The most bytes that a network card takes at a time.
const burstBytes = 65536

// burstSize is how many segments may leave together: what the connection's pace lets out in about a millisecond, more where the peer is
// near, at least two (tcp_output.c tcp_tso_autosize; tcp_input.c tcp_update_pacing_rate).
func (t *TCB) burstSize() uint32 {
	bytes := int64(burstBytes)
	if t.SRTT > 0 {
		ratio := int64(120) // percent: net.ipv4.tcp_pacing_ca_ratio
		if t.Cwnd < t.Ssthresh/2 {
			ratio = 200 // tcp_pacing_ss_ratio
		}
		bytes = int64(t.Snd.MSS) * int64(t.Cwnd) * ratio / 100 * int64(time.Second) / int64(t.SRTT) >> 10
	}
	if near := t.MinRTT.Microseconds() >> 9; near < 32 {
		bytes += burstBytes >> near
	}
	return uint32(max(min(bytes, burstBytes)/int64(t.Snd.MSS), 2))
}

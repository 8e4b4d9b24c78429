package tcp

import (
	"encoding/binary"
	"slices"
	"time"
)

// A key names a state by what it can still do: times relative to now, numbers relative to where they began. What only
// tells of the past (when a call began, how many segments were counted) is left out.

// answerTime is how long after data something sent may still count as the answer, in any book: an ACK never waits longer (RFC 9293 MUST-40).
const answerTime = 500 * time.Millisecond

// AppendKey appends what names this connection at that instant.
func (t *TCB) AppendKey(b []byte, now Time, s *Sysctls) []byte {
	b = append(b, byte(t.State), byte(t.Ack), t.Retries, t.Backoff, t.DupAcks, t.QuickAcks, t.Snd.WScale, t.Rcv.WScale,
		t.Probes, byte(t.Recovery), t.NBlocks, t.KeepCnt, t.Pushes, t.SynAgain)
	b = append(b, bits(t.FinQueue, t.Passive, t.Orphan, t.RcvShut, t.NoDelay, t.SndTS, t.SACKOK, t.PingPong),
		bits(t.PeerClosed, t.Probed, t.Snd.Scaling, t.Cork, t.KeepAlive, t.Reordered, t.Patience, t.CwndLimited), bits(t.UrgentInline, t.Doubted))
	b = appendTuple(b, &t.Local, &t.Remote)

	snd, rcv := &t.Snd, &t.Rcv
	dsack := t.DSACK
	if dsack.Start != dsack.End {
		dsack.Start, dsack.End = dsack.Start-rcv.IRS, dsack.End-rcv.IRS
	}
	b = put64(b,
		pair(snd.UNA-snd.ISS, snd.NXT-snd.ISS), pair(snd.WL1-rcv.IRS, snd.WL2-snd.ISS), pair(snd.WND, snd.MaxWND),
		pair(uint32(snd.MSS), uint32(t.MSSLocal)), pair(uint32(t.RcvMSS), uint32(t.LastSize)), uint64(t.Space), pair(rcv.NXT-rcv.IRS, rcv.UP-rcv.IRS), pair(rcv.Edge-rcv.IRS, rcv.WND),
		pair(t.Cwnd, t.Ssthresh), pair(t.CwndCredit, t.Unsent), pair(t.MostOut, t.UsageEnd-snd.ISS), uint64(t.PaceSegs), uint64(t.PaceRTT), pair(t.Unread, t.RcvBuf), pair(t.RcvLimit, t.RenoSacked),
		pair(t.RackEnd-snd.ISS, t.TSRecent-t.TSBase-millis(now)), pair(uint32(dsack.Start), uint32(dsack.End)),
		uint64(t.RTO), uint64(t.SRTT), uint64(t.RTTVar), uint64(t.MinRTT), uint64(t.Var4), uint64(t.Var4Max), uint64(t.RTTEnd-snd.ISS), uint64(t.RackRTT),
		uint64(t.KeepIdle), uint64(t.KeepIntvl), uint64(t.UserTimeout),
		ago(t.DataAt, now, 32*t.RTO)) // 32 halvings bring any window down
	if t.SndTS {
		b = put64(b, ago(t.TSRecentAt, now, 0))
	}
	if t.Recovery != RecoveryNone {
		b = put64(b, uint64(t.Recover-snd.ISS), pair(t.Before, t.Arrived), uint64(t.Repaired))
	}
	if snd.UP != 0 {
		b = put64(b, uint64(snd.UP-snd.ISS))
	}
	for i, k := range t.Blocks {
		if i < int(t.NBlocks) {
			k.Start, k.End = k.Start-rcv.IRS, k.End-rcv.IRS
		}
		b = put64(b, pair(k.Start, k.End))
	}
	var timers [NumTimers]uint64
	for i, at := range t.Timer {
		timers[i] = ago(at, now, 0)
	}
	b = put64(b, timers[:]...)
	if t.State == SynSent || t.State == SynRcvd {
		b = put64(b, ago(t.FirstSent, now, 0))
	}
	if t.State == TimeWait {
		b = put64(b, ago(t.WaitSince, now, s.Duration(TwReuseDelay)))
	}
	limit := s.Duration(InvalidRatelimit)
	b = put64(b, ago(t.RcvdAt, now, answerTime), ago(t.StallAt, now, 0), ago(t.ChallengeAt, now, limit), ago(t.SynackAt, now, limit))
	return t.appendQueues(b, now)
}

// appendQueues appends how long the queues are and what is in them. How a stream was cut into chunks counts: a copy reads
// it back in the same chunks.
func (t *TCB) appendQueues(b []byte, now Time) []byte {
	b = put64(b, pair(uint32(len(t.Sent)), uint32(len(t.Out))), pair(uint32(len(t.In)), uint32(len(t.Held))),
		pair(uint32(len(t.Pieces)), t.Pushed-t.Snd.ISS))
	if len(t.Sent) > 0 {
		b = put64(b, ago(t.RackAt, now, 0)) // compared with when these were sent
	}
	for i := range t.Sent {
		f := &t.Sent[i]
		b = put64(b, uint64(f.Seq-t.Snd.ISS), ago(f.SentAt, now, 0))
		b = append(b, byte(f.Flags), bits(f.Again, f.SACKed, f.Lost, f.Joined))
		b = PutString(b, f.Data)
	}
	for _, d := range t.Out {
		b = PutString(b, d)
	}
	for _, p := range t.Pieces {
		b = put64(b, uint64(p.End-t.Snd.ISS))
		b = append(b, bits(p.Push))
	}
	for _, d := range t.In {
		b = PutString(b, d)
	}
	for i := range t.Held {
		h := &t.Held[i]
		b = put64(b, uint64(h.Seq-t.Rcv.IRS))
		b = append(b, bits(h.FIN))
		b = PutString(b, h.Data)
	}
	return b
}

// AppendKey appends the endpoint.
func (e *Endpoint) AppendKey(b []byte) []byte {
	b = append(b, e.Addr[:]...)
	return binary.LittleEndian.AppendUint16(b, e.Port)
}

// appendTuple appends both endpoints at once.
func appendTuple(b []byte, x, y *Endpoint) []byte {
	var a [36]byte
	copy(a[:16], x.Addr[:])
	copy(a[16:32], y.Addr[:])
	binary.LittleEndian.PutUint16(a[32:], x.Port)
	binary.LittleEndian.PutUint16(a[34:], y.Port)
	return append(b, a[:]...)
}

// AppendKey appends what names a segment on its way, its numbers relative to those its sender's connection began with.
func (s *Segment) AppendKey(b []byte, iss, irs Seq, tsOffset, tsBase uint32, now Time) []byte {
	b = appendTuple(b, &s.Src, &s.Dst)
	o := &s.Opt
	b = append(b, byte(s.Flags), byte(o.Set), o.WScale, o.NSACK)
	b = put64(b, pair(s.Seq-iss, s.Ack-irs), uint64(s.Wnd)<<32|uint64(s.Urg)<<16|uint64(o.MSS))
	if o.Has(OptTS) {
		b = put64(b, pair(o.TSVal-tsOffset-millis(now), o.TSEcr-tsBase-millis(now)))
	}
	for _, k := range o.SACK[:o.NSACK] {
		b = put64(b, pair(k.Start-irs, k.End-irs))
	}
	return PutString(b, s.Data)
}

// PutString appends a string so that no two lists of strings look alike.
func PutString(b []byte, s string) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(len(s)))
	return append(b, s...)
}

// ago is an instant relative to now, or a mark of its own for one that is not set, or so long ago that it no longer
// matters.
func ago(at, now Time, matters time.Duration) uint64 {
	if at == 0 || matters > 0 && now.Since(at) >= matters {
		return 1 << 63
	}
	return uint64(at - now)
}

// put64 appends words. It makes room once: a key is mostly words, and looking for room before each took a third of the time.
func put64(b []byte, vs ...uint64) []byte {
	b = slices.Grow(b, 8*len(vs))
	room := b[len(b) : len(b)+8*len(vs)]
	for _, v := range vs {
		binary.LittleEndian.PutUint64(room, v)
		room = room[8:]
	}
	return b[:len(b)+8*len(vs)]
}

// pair makes one word of two numbers.
func pair[T, U ~uint32](a T, b U) uint64 { return uint64(a)<<32 | uint64(b) }

func bits(flags ...bool) byte {
	v := byte(0)
	for i, f := range flags {
		if f {
			v |= 1 << i
		}
	}
	return v
}

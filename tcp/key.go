package tcp

import (
	"encoding/binary"
	"time"
)

// A key names a state by what it can still do: times relative to now, numbers relative to where they began. What only
// tells of the past (when a call began, how many segments were counted) is left out.

// AppendKey appends what names this connection at that instant.
func (t *TCB) AppendKey(b []byte, now Time, s *Sysctls) []byte {
	b = append(b, byte(t.State), byte(t.Ack), t.Retries, t.Backoff, t.DupAcks, t.QuickAcks, t.Snd.WScale, t.Rcv.WScale,
		t.Probes, byte(t.Recovery), t.NBlocks, t.KeepCnt)
	b = append(b, bits(t.FinQueue, t.Passive, t.Orphan, t.RcvShut, t.NoDelay, t.SndTS, t.SACKOK, t.PingPong),
		bits(t.PeerClosed, t.Probed, t.Snd.Scaling, t.Cork, t.KeepAlive, t.Reordered, t.Patience))
	b = t.Local.AppendKey(b)
	b = t.Remote.AppendKey(b)

	snd, rcv := &t.Snd, &t.Rcv
	b = put32(b, uint32(snd.UNA-snd.ISS), uint32(snd.NXT-snd.ISS), uint32(snd.WL1-rcv.IRS), uint32(snd.WL2-snd.ISS),
		snd.WND, snd.MaxWND, uint32(snd.MSS)<<16|uint32(t.MSSLocal),
		uint32(rcv.NXT-rcv.IRS), uint32(rcv.UP-rcv.IRS), uint32(rcv.Edge-rcv.IRS), rcv.WND,
		t.Cwnd, t.Ssthresh, t.CwndCredit, t.Unsent, t.Unread, t.RcvBuf,
		t.RcvLimit, t.RenoSacked, uint32(t.RackEnd-snd.ISS),
		t.TSRecent-t.TSBase-millis(now), uint32(t.DSACK.Start-rcv.IRS), uint32(t.DSACK.End-rcv.IRS))
	b = put64(b, uint64(t.RTO), uint64(t.SRTT), uint64(t.RTTVar), uint64(t.MinRTT), uint64(t.RackRTT),
		uint64(t.KeepIdle), uint64(t.KeepIntvl), uint64(t.UserTimeout))
	b = put64(b, ago(t.DataAt, now, 32*t.RTO)) // 32 halvings bring any window down
	if t.SndTS {
		b = put64(b, ago(t.TSRecentAt, now, 0))
	}
	if t.Recovery != RecoveryNone {
		b = put32(b, uint32(t.Recover-snd.ISS))
	}
	if snd.UP != 0 {
		b = put32(b, uint32(snd.UP-snd.ISS))
	}
	for i, k := range t.Blocks {
		if i < int(t.NBlocks) {
			k.Start, k.End = k.Start-rcv.IRS, k.End-rcv.IRS
		}
		b = put32(b, uint32(k.Start), uint32(k.End))
	}
	for _, at := range t.Timer {
		b = put64(b, ago(at, now, 0))
	}
	if t.State == SynSent || t.State == SynRcvd {
		b = put64(b, ago(t.FirstSent, now, 0))
	}
	if t.State == TimeWait {
		b = put64(b, ago(t.WaitSince, now, s.Duration(TwReuseDelay)))
	}
	limit := s.Duration(InvalidRatelimit)
	b = put64(b, ago(t.StallAt, now, 0), ago(t.ChallengeAt, now, limit), ago(t.SynackAt, now, limit))
	return t.appendQueues(b, now)
}

func (t *TCB) appendQueues(b []byte, now Time) []byte {
	b = put32(b, uint32(len(t.Sent)))
	if len(t.Sent) > 0 {
		b = put64(b, ago(t.RackAt, now, 0)) // compared with when these were sent
	}
	for i := range t.Sent {
		f := &t.Sent[i]
		b = put32(b, uint32(f.Seq-t.Snd.ISS))
		b = put64(b, ago(f.SentAt, now, 0))
		b = append(b, byte(f.Flags), bits(f.Again, f.SACKed, f.Lost))
		b = PutString(b, f.Data)
	}
	b = put32(b, uint32(len(t.Out)))
	for _, d := range t.Out {
		b = PutString(b, d)
	}
	b = put32(b, uint32(len(t.In)))
	for _, d := range t.In {
		b = PutString(b, d)
	}
	b = put32(b, uint32(len(t.Held)))
	for i := range t.Held {
		h := &t.Held[i]
		b = put32(b, uint32(h.Seq-t.Rcv.IRS))
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

// AppendKey appends what names a segment on its way, its numbers relative to those its sender's connection began with.
func (s *Segment) AppendKey(b []byte, iss, irs Seq, tsOffset, tsBase uint32, now Time) []byte {
	b = s.Src.AppendKey(b)
	b = s.Dst.AppendKey(b)
	o := &s.Opt
	b = append(b, byte(s.Flags), byte(o.Set), o.WScale, o.NSACK)
	b = put32(b, uint32(s.Seq-iss), uint32(s.Ack-irs), uint32(s.Wnd)<<16|uint32(s.Urg), uint32(o.MSS))
	if o.Has(OptTS) {
		b = put32(b, o.TSVal-tsOffset-millis(now), o.TSEcr-tsBase-millis(now))
	}
	for _, k := range o.SACK[:o.NSACK] {
		b = put32(b, uint32(k.Start-irs), uint32(k.End-irs))
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

func put32(b []byte, vs ...uint32) []byte {
	for _, v := range vs {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return b
}

func put64(b []byte, vs ...uint64) []byte {
	for _, v := range vs {
		b = binary.LittleEndian.AppendUint64(b, v)
	}
	return b
}

func bits(flags ...bool) byte {
	v := byte(0)
	for i, f := range flags {
		if f {
			v |= 1 << i
		}
	}
	return v
}

package tcp

import "fmt"

// Check tells what is wrong with a connection that no sequence of events may bring about; nil when nothing is. It is run
// after every step of every test.
func (t *TCB) Check() error {
	if t.State == Closed || t.State == Listen {
		return t.checkIdle()
	}
	if err := t.checkNumbers(); err != nil {
		return err
	}
	if err := t.checkQueues(); err != nil {
		return err
	}
	if err := t.checkDebts(); err != nil {
		return err
	}
	return t.checkTimers()
}

// checkDebts: what is owed to the peer, or still to be sent, has something that will see to it.
func (t *TCB) checkDebts() error {
	switch {
	case t.Ack == AckNow:
		return fmt.Errorf("%s with an ACK that must not wait and has not been sent", t.State)
	case t.Ack == AckDelay && t.Timer[DelayedAckTimer] == 0:
		return fmt.Errorf("%s with an ACK that waits for no timer", t.State)
	case t.waits() && t.canSendData() && len(t.Sent) == 0 && t.Timer[PersistTimer] == 0:
		return fmt.Errorf("%s with something to send and nothing that will send it", t.State)
	case t.State >= Established && t.Cwnd == 0:
		return fmt.Errorf("%s with a congestion window of nothing", t.State)
	}
	return nil
}

func (t *TCB) checkIdle() error {
	if len(t.Sent)+len(t.Out)+len(t.Pieces)+len(t.Held) > 0 {
		return fmt.Errorf("%s with segments queued", t.State)
	}
	if t.Timer != [NumTimers]Time{} {
		return fmt.Errorf("%s with a timer running", t.State)
	}
	return nil
}

// checkNumbers holds RFC 9293 §3.3.1's order of the sequence variables.
func (t *TCB) checkNumbers() error {
	s, r := &t.Snd, &t.Rcv
	switch {
	case s.UNA.After(s.NXT):
		return fmt.Errorf("SND.UNA %d is past SND.NXT %d", s.UNA, s.NXT)
	case s.UNA.Before(s.ISS):
		return fmt.Errorf("SND.UNA %d is before ISS %d", s.UNA, s.ISS)
	case t.State == SynSent:
		return nil
	case r.NXT.Before(r.IRS + 1):
		return fmt.Errorf("RCV.NXT %d is not past IRS %d", r.NXT, r.IRS)
	case t.State >= Established && s.UNA == s.ISS && !t.openedAtOnce():
		return fmt.Errorf("%s though our SYN is not acknowledged", t.State)
	case r.NXT.After(r.Edge + 1): // a FIN may come at the very edge
		return fmt.Errorf("RCV.NXT %d is past the window's edge %d", r.NXT, r.Edge)
	}
	return nil
}

// openedAtOnce says whether the SYN of a simultaneous open is still outstanding: Linux takes an ACK that does not cover it for
// the end of the handshake (KERNEL/16.4).
func (t *TCB) openedAtOnce() bool {
	return !t.Passive && len(t.Sent) > 0 && t.Sent[0].Flags.Has(SYN|ACK)
}

func (t *TCB) checkQueues() error {
	at := t.Snd.UNA
	for i := range t.Sent {
		if t.Sent[i].Seq != at {
			return fmt.Errorf("the retransmission queue has a gap at %d: %d", at, t.Sent[i].Seq)
		}
		at = t.Sent[i].End()
	}
	if at != t.Snd.NXT {
		return fmt.Errorf("the retransmission queue ends at %d, SND.NXT is %d", at, t.Snd.NXT)
	}
	if n := total(t.Out); n != int(t.Unsent) {
		return fmt.Errorf("%d bytes wait to be sent, not %d", n, t.Unsent)
	}
	if n := len(t.Pieces); n > 0 && t.Pieces[n-1].End != t.Snd.NXT.Add(int(t.Unsent)) {
		return fmt.Errorf("the buffers of what waits to be sent end at %d, and %d bytes from %d do", t.Pieces[n-1].End, t.Unsent, t.Snd.NXT)
	}
	if n := total(t.In); n != int(t.Unread) {
		return fmt.Errorf("%d bytes wait to be read, not %d", n, t.Unread)
	}
	for i := range t.Held {
		if h := &t.Held[i]; h.Seq.AtOrBefore(t.Rcv.NXT) || i > 0 && h.Seq.Before(t.Held[i-1].end()) {
			return fmt.Errorf("held run %d at %d is out of place", i, h.Seq)
		} else if h.end().After(t.Rcv.Edge + 1) {
			return fmt.Errorf("held run %d ends at %d, past the window's edge %d", i, h.end(), t.Rcv.Edge)
		}
	}
	return nil
}

func total(list []string) int {
	n := 0
	for _, s := range list {
		n += len(s)
	}
	return n
}

// timerStates says in which states a timer may run.
var timerStates = [NumTimers][]State{
	RetransmitTimer: {SynSent, SynRcvd, Established, FinWait1, CloseWait, Closing, LastAck},
	SynackTimer:     {SynRcvd},
	ProbeTimer:      {Established, FinWait1, CloseWait, Closing, LastAck},
	DelayedAckTimer: {Established, FinWait1, FinWait2, CloseWait, Closing, LastAck},
	PersistTimer:    {Established, FinWait1, CloseWait, Closing, LastAck},
	KeepaliveTimer:  {Established, FinWait1, FinWait2, CloseWait, Closing, LastAck},
	ReorderTimer:    {Established, FinWait1, CloseWait, Closing, LastAck},
	FinWait2Timer:   {FinWait2},
	TimeWaitTimer:   {TimeWait},
}

// checkTimers: timers only where the state has them; something unacknowledged always has one that will see to it.
func (t *TCB) checkTimers() error {
	for i, at := range t.Timer {
		if at == 0 {
			continue
		}
		ok := false
		for _, s := range timerStates[i] {
			ok = ok || s == t.State
		}
		if !ok {
			return fmt.Errorf("%s with the %s timer running", t.State, Timer(i))
		}
	}
	if len(t.Sent) > 0 && t.Timer[RetransmitTimer] == 0 && t.Timer[ProbeTimer] == 0 && t.Timer[SynackTimer] == 0 {
		return fmt.Errorf("%s with segments in flight and no timer for them", t.State)
	}
	if t.State == TimeWait && t.Timer[TimeWaitTimer] == 0 {
		return fmt.Errorf("TIME_WAIT for ever")
	}
	return nil
}

// Unlike finds a byte that r has taken in, or holds, as another one than t, the other end, has sent and not yet forgotten.
func (t *TCB) Unlike(r *TCB) (at Seq, ok bool) {
	start := r.Rcv.NXT - Seq(r.Unread)
	if r.PeerClosed {
		start--
	}
	for _, part := range r.In {
		if at, ok := t.unlike(start, part); ok {
			return at, ok
		}
		start = start.Add(len(part))
	}
	for i := range r.Held {
		if at, ok := t.unlike(r.Held[i].Seq, r.Held[i].Data); ok {
			return at, ok
		}
	}
	return 0, false
}

func (t *TCB) unlike(start Seq, data string) (at Seq, ok bool) {
	for i := range t.Sent {
		f := &t.Sent[i]
		from := maxSeq(f.Seq, start)
		n := min(f.Seq.Add(len(f.Data)).Since(from), start.Add(len(data)).Since(from))
		if n > 0 && f.Data[from.Since(f.Seq):][:n] != data[from.Since(start):][:n] {
			return from, true
		}
	}
	return 0, false
}

package tcp

import "slices"

// Where the rules about data stand in a book.

// withData puts the RFCs' rules about the stream of bytes into their places: acknowledgements, losses, windows, keep-alive.
func withData(b *Book) {
	for s := SynRcvd; s <= LastAck; s++ {
		b.insertBefore(s, ruleNoAck, ruleTimestamp)
		b.insertBefore(s, ruleUnacceptable, rulePAWS)
		if s == SynRcvd {
			continue // only the SYN is outstanding: nothing to find lost, and no congestion to control
		}
		l := &b.Arrives[s]
		i := slices.Index(*l, ruleAckNew)
		*l = slices.Insert(*l, i+1, rulePartialAck, ruleRecoveryOver, ruleForgetDuplicates, ruleSACKLoss, ruleFastRetransmit,
			ruleInflate, ruleSlowStart, ruleAvoidance)
		*l = slices.Insert(*l, i, ruleHeard, ruleSACKed, ruleDuplicateAck, ruleLimitedTransmit)
		if s == Established || s == FinWait1 || s == FinWait2 {
			b.insertBefore(s, ruleText, ruleUrgent)
		}
	}
	b.Doors[DoorSend] = []*Rule{ruleSend, ruleSendUrgent}
	b.Doors[DoorRecv] = []*Rule{ruleReceive, ruleWindowWorthwhile}
	b.Doors[DoorOutput] = []*Rule{ruleRestart, ruleSendLost, ruleCork, ruleNagle, ruleSendData, ruleSendFin, rulePersist, ruleKeepaliveSwitch,
		ruleAckNow, ruleAckLater}
	b.Doors[DoorAnswer] = []*Rule{ruleAckNow, ruleAckLater}
	b.Timeouts[PersistTimer] = []*Rule{ruleWindowProbesVain, ruleUserTimeout, ruleForceSmall, ruleZeroProbe}
	b.Timeouts[KeepaliveTimer] = []*Rule{ruleKeepaliveBusy, ruleKeepaliveGiveUp, ruleKeepalive}
}

// linuxData replaces what Linux does otherwise.
func linuxData(b *Book) {
	b.Numbers.HalveCwnd = true
	b.Numbers.CountOut = true
	b.Numbers.Bursts = true
	b.Numbers.Collapses = true
	b.Numbers.VarByRound = true
	b.Numbers.DoubtsTimer = true
	b.replace(ruleLimitedTransmit, ruleLeftNetwork)
	b.replace(rulePartialAck, rulePartialAckLinux)
	b.replace(ruleSACKLoss, ruleRackLoss)
	b.replace(ruleInflate, ruleProportional)
	b.replace(ruleSlowStart, ruleSlowStartLinux)
	b.replace(ruleAvoidance, ruleAvoidanceLinux)
	b.replace(ruleRestart, ruleRestartLinux)
	b.replace(ruleNagle, ruleNagleLinux)
	b.replace(ruleWindow, ruleWindow, ruleProbeAnswered)
	b.replace(ruleWindowWorthwhile, ruleReadAcks, ruleWindowDoubled)
	b.Doors[DoorRecv] = join([]*Rule{ruleUrgentApart, ruleUrgentMark}, b.Doors[DoorRecv])
	b.Timeouts[KeepaliveTimer] = []*Rule{ruleFinWait2Half, ruleKeepaliveBusy, ruleKeepaliveGiveUpLinux, ruleKeepalive}
	b.replace(ruleSendFin, ruleSendFin, ruleProbeFirst)
	b.Doors[DoorOutput] = append(b.Doors[DoorOutput], ruleFinWait2Clock)
	b.Timeouts[ReorderTimer] = []*Rule{ruleRackLoss, ruleFastRetransmit, ruleProportional}
	b.Timeouts[RetransmitTimer] = join([]*Rule{ruleUserTimeout}, b.Timeouts[RetransmitTimer])
	b.replace(ruleRecoveryOver, ruleForward, ruleRecoveryOverLinux)
	b.replace(ruleSendLost, ruleSendForward, ruleSendLost)
}

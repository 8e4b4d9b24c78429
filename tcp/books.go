package tcp

import "time"

// rfc9293 is RFC 9293 by the letter, with RFC 6298 for its timeouts and RFC 5961 as §3.10.7.4 takes it up.
func rfc9293() *Book {
	b := &Book{Name: "rfc9293", Sysctls: DefaultSysctls()}
	// The RFC's own options: a maximum segment size and nothing else (§3.1, §3.7.1).
	b.Sysctls[Timestamps], b.Sysctls[WindowScaling], b.Sysctls[SACK] = 0, 0, 0
	b.Numbers = Numbers{
		TimeWaitLen: 4 * time.Minute, // 2 MSL, MSL = 2 minutes (§3.4.2)
		InitialRTO:  time.Second,     // RFC 6298 §2.1
		FallbackRTO: 3 * time.Second, // RFC 6298 §5.7
		MinRTO:      time.Second,     // RFC 6298 §2.4
		MaxRTO:      60 * time.Second,
		Tick:        time.Millisecond,
		DelayedAck:  200 * time.Millisecond, // MUST-40 asks for less than 500 ms
		FreshAck:    200 * time.Millisecond,
		SynGiveUp:   3 * time.Minute,   // MUST-23
		DataGiveUp:  100 * time.Second, // SHLD-11
		InitialCwnd: 10,                // RFC 6928
		ISNHash:     1,
		ISNClock:    1,
		// §3.10.7.4, second check: in SYN-RECEIVED after an active open "connection refused"; later "reset". In CLOSING and LAST-ACK it
		// is MUST-12 that wants the user told; in TIME-WAIT all has ended well.
		Resets: Resets{SynRcvd: ECONNREFUSED, Established: ECONNRESET, FinWait1: ECONNRESET, FinWait2: ECONNRESET, CloseWait: ECONNRESET,
			Closing: ECONNRESET, LastAck: ECONNRESET},
	}

	b.Arrives[Closed] = []*Rule{ruleGroupSource, ruleClosedRst, ruleClosedReset}
	b.Arrives[Listen] = []*Rule{ruleGroupSource, ruleListenRst, ruleListenAck, ruleListenFull, ruleListenHalfFull, ruleListenSyn, ruleListenOther}
	b.Arrives[SynSent] = []*Rule{ruleSynSentBadAck, ruleSynSentRefused, ruleSynSentSynAck, ruleSynSentSyn, ruleSynSentOther}

	// First to fourth check: sequence number, RST, SYN. They are the same in all later states.
	first := []*Rule{ruleUnacceptable, ruleResetExact, ruleResetChallenge}
	b.Arrives[SynRcvd] = join([]*Rule{ruleSimultaneousSynAck}, first, []*Rule{ruleSynRcvdTrimmed, ruleSynRcvdSyn, ruleSynChallenge,
		ruleNoAck, ruleSynRcvdBadAck, ruleListenerGone, ruleAcceptFull, ruleSynRcvdAck, ruleAckNew, ruleText, ruleFin})
	// Fifth: ACK; the rules after ack-new are each state's "in addition to the processing for ESTABLISHED".
	ack := []*Rule{ruleSynChallenge, ruleNoAck, ruleAckRange, ruleAckNew, ruleWindow}
	text := []*Rule{ruleText, ruleFin}
	b.Arrives[Established] = join(first, ack, text)
	b.Arrives[FinWait1] = join(first, []*Rule{ruleSynChallenge, ruleNoAck, ruleAckRange, ruleDataAfterClose, ruleAckNew, ruleWindow, ruleFinAcked, ruleText}, []*Rule{ruleFin})
	b.Arrives[FinWait2] = join(first, []*Rule{ruleSynChallenge, ruleNoAck, ruleAckRange, ruleDataAfterClose, ruleAckNew, ruleWindow}, text)
	b.Arrives[CloseWait] = join(first, ack)
	b.Arrives[Closing] = join(first, ack, []*Rule{ruleClosingAcked})
	b.Arrives[LastAck] = join(first, ack, []*Rule{ruleLastAckAcked})
	b.Arrives[TimeWait] = join([]*Rule{ruleTimeWaitSyn, ruleTimeWaitFin}, first, []*Rule{ruleSynChallenge, ruleNoAck})

	b.Doors[DoorOpen] = []*Rule{ruleOpen}
	b.Doors[DoorSpawn] = []*Rule{ruleSpawn}
	b.Doors[DoorClose] = []*Rule{ruleCloseSynSent, ruleClose}
	b.Doors[DoorAbort] = []*Rule{ruleAbort}
	b.Doors[DoorOrphan] = []*Rule{ruleOrphan, ruleOrphanUnread, ruleCloseSynSent, ruleClose}

	b.Doors[DoorUnreachable] = []*Rule{ruleUnreachableStray, ruleUnreachableHard, ruleUnreachableNoted}

	b.Timeouts[RetransmitTimer] = []*Rule{ruleGiveUpRFC, ruleRetransmit}
	b.Timeouts[DelayedAckTimer] = []*Rule{ruleDelayedAck}
	b.Timeouts[TimeWaitTimer] = []*Rule{ruleTimeWaitOver}
	withData(b)
	return b
}

// linux is Linux 6.18 as measured (KERNEL): the RFC's checks with the kernel's own in their places.
func linux() *Book {
	b := rfc9293().clone()
	b.Name = "linux"
	b.Sysctls = DefaultSysctls()
	b.Numbers = Numbers{
		TimeWaitLen: 60 * time.Second, // TCP_TIMEWAIT_LEN, KERNEL/6.1
		InitialRTO:  time.Second,
		FallbackRTO: 3 * time.Second, // TCP_TIMEOUT_FALLBACK
		MinRTO:      200 * time.Millisecond,
		MinVar:      200 * time.Millisecond, // TCP_RTO_MIN, KERNEL/12
		MaxRTO:      120 * time.Second,
		Tick:        4 * time.Millisecond, // a jiffy at HZ=250
		DelayedAck:  40 * time.Millisecond,
		FreshAck:    4 * time.Millisecond,
		AcceptExtra: 1,
		OfferAgain:  true,
		HalfExtra:   1, // kernel commit 3479c7549fb1, KERNEL/4.21
		InitialCwnd: 10,
		SynLosses:   1, // KERNEL/16.34
		ISNHash:     1,
		ISNClock:    1,
		QuickAcks:   16,
		// KERNEL/7.20, 5.24, 7.4, 7.18.
		Resets: Resets{SynRcvd: ECONNRESET, Established: ECONNRESET, FinWait1: ECONNRESET, FinWait2: ECONNRESET, CloseWait: EPIPE,
			Closing: ECONNRESET, LastAck: ECONNRESET},
	}

	b.insertBefore(Listen, ruleListenFull, ruleListenSynFin)
	b.replace(ruleUnacceptable, ruleUnacceptableLinux)
	b.Arrives[SynRcvd] = join([]*Rule{ruleSimultaneousSynAck, ruleDuplicateSyn}, b.Arrives[SynRcvd][1:])
	b.replace(ruleSynRcvdTrimmed)
	b.replace(ruleSynRcvdSyn, ruleSynRcvdSynLinux)
	for _, s := range []State{Established, FinWait1, FinWait2} {
		b.insertBefore(s, ruleText, ruleOldDuplicate)
	}
	for _, s := range []State{CloseWait, Closing, LastAck} {
		b.Arrives[s] = append(b.Arrives[s], ruleOldDuplicate)
	}
	b.Arrives[TimeWait] = []*Rule{ruleTimeWaitBareAck, ruleTimeWaitRst, ruleTimeWaitSyn, ruleTimeWaitOther}
	b.Timeouts[RetransmitTimer] = []*Rule{ruleSynGiveUp, ruleSynAgain, ruleGiveUp, ruleRetransmit}
	b.Timeouts[SynackTimer] = []*Rule{ruleSynackGiveUp, ruleSynackAgain}
	b.Timeouts[ProbeTimer] = []*Rule{ruleProbe}
	b.Timeouts[FinWait2Timer] = []*Rule{ruleFinWait2Over}
	linuxListening(b)
	linuxClosing(b)
	linuxSyn(b)
	linuxAck(b)
	linuxData(b)
	linuxPAWS(b)
	linuxStamp(b)
	b.Arrives[FinWait2] = join([]*Rule{ruleBucketOutside, ruleBucketReset, ruleBucketSyn, ruleBucketNothing, ruleBucketData, ruleBucketWindow,
		ruleBucketFin},
		b.Arrives[FinWait2])
	return b
}

func init() {
	register(linux())
	register(linux64())
	register(rfc9293())
}

func join(lists ...[]*Rule) []*Rule {
	var all []*Rule
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

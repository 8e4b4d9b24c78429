package tcp

// Which rules a plain event cannot concern. Most segments of a connection's life bring an acknowledgement and nothing else, or a FIN with it,
// and most events find nothing that waits to be sent. For those a book keeps its lists once more, in their order, but without the rules that are
// about something else: asking these took a twentieth of a connection's life (measured). A rule that is left out would have said Pass, so it
// never shows which list was taken.

// cue is something about which a rule is, and without which it has no say.
type cue uint8

const (
	cueSYN    cue = 1 << iota
	cueRST        //
	cueFIN        //
	cueURG        //
	cueText       // the segment carries bytes
	cueSACK       // it carries SACK blocks
	cueNoACK      // it acknowledges nothing
	cueUnsent     // bytes or a FIN wait to be sent
)

// about are the rules that are about something, and about what: one of these must be there.
var about = []struct {
	cue   cue
	rules []*Rule
}{
	{cueSYN, []*Rule{ruleSimultaneousSynAck, ruleDuplicateSyn, ruleSynRcvdTrimmed, ruleSynRcvdSyn, ruleSynRcvdSynLinux, ruleSynChallenge, ruleSynIgnored}},
	{cueRST, []*Rule{ruleListenRst, ruleResetOneBelow, ruleResetExact, ruleResetChallenge, ruleResetInWindow, ruleResetIgnored}},
	{cueFIN, []*Rule{ruleFin, ruleFinNoTimeWait}},
	{cueURG, []*Rule{ruleUrgent}},
	{cueText, []*Rule{ruleText, ruleDataAfterClose}},
	{cueText | cueSYN | cueFIN, []*Rule{ruleOldDuplicate, ruleDataAfterCloseLinux, ruleDataOverFin}},
	{cueSACK, []*Rule{ruleSACKed}},
	{cueNoACK, []*Rule{ruleNoAckFirst, ruleNoAck}},
	{cueUnsent, []*Rule{ruleRestart, ruleRestartLinux, ruleCork, ruleNagle, ruleNagleLinux, ruleSmallAtOnce, ruleSendData, ruleWindowIgnored, ruleSendFin, rulePersist}},
}

// brief are a book's lists for plain events.
type brief struct {
	ack, fin [NumStates][]*Rule // checks of a bare acknowledgement, and of a FIN with one
	idle     []*Rule            // what follows while nothing waits to be sent
}

func (b *Book) abridge() {
	for s := range b.Arrives {
		b.brief.ack[s] = concerned(b.Arrives[s], 0)
		b.brief.fin[s] = concerned(b.Arrives[s], cueFIN)
	}
	b.brief.idle = concerned(b.Doors[DoorOutput], 0)
}

// concerned are the rules of a list that may have a say where there are only those cues.
func concerned(list []*Rule, there cue) []*Rule {
	var some []*Rule
	for _, r := range list {
		if needs := r.needs(); needs == 0 || needs&there != 0 {
			some = append(some, r)
		}
	}
	return some
}

// needs are the cues of which a rule must have one; none for most.
func (r *Rule) needs() cue {
	for _, a := range about {
		for _, q := range a.rules {
			if q == r {
				return a.cue
			}
		}
	}
	return 0
}

// checks are the checks for a segment that arrives in a state.
func (b *Book) checks(s State, seg *Segment) []*Rule {
	switch {
	case seg.Flags&^PSH&^FIN != ACK || seg.Data != "" || seg.Opt.Has(OptSACK):
		return b.Arrives[s]
	case seg.Flags.Has(FIN):
		return b.brief.fin[s]
	}
	return b.brief.ack[s]
}

// follows are the rules that follow every event in a state: CLOSED and LISTEN have nothing to send.
func (b *Book) follows(t *TCB) []*Rule {
	switch {
	case t.State <= Listen:
		return nil
	case t.State < Established || t.State == TimeWait:
		return b.Doors[DoorAnswer]
	case !t.waits():
		return b.brief.idle
	}
	return b.Doors[DoorOutput]
}

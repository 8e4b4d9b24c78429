package lessons

import (
	"fmt"
	"slices"

	"tcptutor/tcp"
	"tcptutor/tcp/sim"
)

func whatIfField(i int) string { return fmt.Sprintf("$.whatifs[%d]", i) }

// openWhatIf makes the run of what-if i and finds where it leaves the lesson's own.
func (src *source) openWhatIf(i int) (Story, int, mistakes) {
	w := &src.spec.WhatIfs[i]
	p, ps := src.patched(i)
	if p == nil {
		return Story{}, 0, ps
	}
	run := sim.NewTimeline(p)
	story, problems := src.story(run, w.ID)
	return story, firstDifference(src.run, run), append(ps, problems...)
}

// firstDifference is the first step of b that is not as in a; the number of steps of the shorter run when one merely goes on.
func firstDifference(a, b sim.Run) int {
	n := min(a.Len(), b.Len())
	for i := range n {
		if !sameStep(a.Step(i), b.Step(i)) {
			return i
		}
	}
	return n
}

// sameStep reports whether the same thing happened with the same outcome. Where in the text a call stands does not count: a what-if may
// have taken out a line above it.
func sameStep(a, b *sim.Step) bool {
	return a.At == b.At && a.Cause == b.Cause && a.Host == b.Host && a.Conn == b.Conn && a.Thread == b.Thread && a.Timer == b.Timer &&
		a.Call == b.Call && a.Result == b.Result && a.Returned == b.Returned && samePacket(&a.Packet, &b.Packet) &&
		slices.EqualFunc(a.Sent, b.Sent, func(p, q sim.Packet) bool { return samePacket(&p, &q) }) && slices.EqualFunc(a.Facts, b.Facts, sameFact)
}

func samePacket(p, q *sim.Packet) bool {
	return p.Seg == q.Seg && p.From == q.From && p.To == q.To && p.SentAt == q.SentAt && p.ArriveAt == q.ArriveAt && p.Lost == q.Lost &&
		p.Copy == q.Copy && p.Again == q.Again
}

func sameFact(p, q tcp.Fact) bool { return p == q }

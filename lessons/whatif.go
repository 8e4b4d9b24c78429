package lessons

import (
	"fmt"

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
	return story, sim.FirstDifference(src.run, run), append(ps, problems...)
}

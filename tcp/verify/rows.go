package verify

import (
	"cmp"
	"slices"

	"tcptutor/tcp/sim"
)

// Comparison is the two runs aligned step by step for who shows them: what is the same thing in both stands in one row, whatever instant it
// was at. A row differs where a difference was found, and not because one run cut the same thing into more steps.
func (v *Verdict) Comparison() *sim.Comparison {
	c := &sim.Comparison{Runs: v.Runs, First: -1}
	var done [2]int
	add := func(a, b int) {
		r := sim.Row{Step: [2]int{a, b}}
		for side, step := range r.Step {
			if step >= 0 {
				done[side] = step + 1
			}
		}
		r.Done = done
		if a >= 0 {
			r.At = v.Runs[0].Step(a).At
		} else {
			r.At = v.Runs[1].Step(b).At
		}
		r.Diff = v.diff(a, b)
		c.Rows = append(c.Rows, r)
	}
	for _, p := range append(v.judge.pairs(), [2]int{v.Runs[0].Len(), v.Runs[1].Len()}) {
		for done[0] < p[0] {
			add(done[0], -1)
		}
		for done[1] < p[1] {
			add(-1, done[1])
		}
		if p[0] < v.Runs[0].Len() && p[1] < v.Runs[1].Len() {
			add(p[0], p[1])
		}
	}
	if len(v.Differences) > 0 {
		first := &v.Differences[0]
		c.First = max(slices.IndexFunc(c.Rows, func(r sim.Row) bool {
			return first.Step[0] >= 0 && r.Step[0] == first.Step[0] || first.Step[1] >= 0 && r.Step[1] == first.Step[1]
		}), 0)
	}
	return c
}

// pairs are the steps of both runs in which the same thing happens, in their order in both.
func (j *judge) pairs() [][2]int {
	var list [][2]int
	for _, e := range j.events() {
		list = append(list, [2]int{e.a.step, e.b.step})
	}
	slices.SortFunc(list, func(a, b [2]int) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	last := [2]int{-1, -1}
	return slices.DeleteFunc(list, func(p [2]int) bool {
		if p[0] <= last[0] || p[1] <= last[1] {
			return true
		}
		last = p
		return false
	})
}

// diff is how far a row's steps differ.
func (v *Verdict) diff(a, b int) sim.Diff {
	d := sim.Same
	for i := range v.Differences {
		f := &v.Differences[i]
		if f.Step[0] != a && f.Step[1] != b || f.Trait == Queue || f.Trait == Count {
			continue
		}
		switch {
		case f.Step[0] >= 0 && f.Step[0] == a && f.Step[1] < 0, f.Step[1] >= 0 && f.Step[1] == b && f.Step[0] < 0:
			d = max(d, sim.Alone)
		case f.Step[0] == a && a >= 0 || f.Step[1] == b && b >= 0:
			d = max(d, sim.Outcome)
		}
	}
	if d == sim.Alone && a >= 0 && b >= 0 { // something in it is
		d = sim.Outcome
	}
	return d
}

package lessons

import (
	"slices"
	"strings"
	"testing"

	"tcptutor/tcp/sim"
)

// byNature says of a host that its book violates an invariant by its nature: tcp/trace/testdata/broken holds which.
func byNature(h sim.HostSpec) bool {
	_, patches, _ := strings.Cut(h.Book, "+")
	return slices.ContainsFunc(strings.Split(patches, "+"), func(p string) bool {
		return slices.Contains([]string{"two-way-handshake", "four-way-handshake", "no-syn-fin-again"}, p)
	})
}

// Whatever a learner is shown keeps the invariants after every step: each lesson's run, each what-if, the run of each question.
func TestRunsKeepTheInvariants(t *testing.T) {
	hold := func(what string, run sim.Run) {
		if slices.ContainsFunc(run.Program().Hosts, byNature) {
			return
		}
		if err := sim.CheckRun(run.Program()); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	for _, info := range List() {
		l, err := Load(info.ID)
		if err != nil {
			t.Fatal(err)
		}
		hold(l.ID, l.Run)
		for _, w := range l.WhatIfs {
			story, _, err := w.Open()
			if err != nil {
				t.Fatal(err)
			}
			hold(l.ID+" "+w.ID, story.Run)
		}
		for _, item := range l.Quiz.Items {
			for seed := range uint64(2) {
				q, err := item.Make(seed)
				if err != nil {
					t.Fatal(err)
				}
				if run, _ := q.Run(); run != nil {
					hold(l.ID+" "+item.ID, run)
				}
			}
		}
	}
}

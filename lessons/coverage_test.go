package lessons

import (
	"testing"

	"tcptutor/tcp"
	"tcptutor/tcp/sim"
)

// rulesOfBooks is every rule there is, by name.
func rulesOfBooks(*testing.T) []string {
	var names []string
	for _, r := range tcp.Rules() {
		names = append(names, r.Name)
	}
	return names
}

// rulesTaught is the rules that apply in a lesson's run or in that of a what-if.
func rulesTaught(t *testing.T) map[string]bool {
	t.Helper()
	taught := map[string]bool{}
	for _, info := range List() {
		l, err := Load(info.ID)
		if err != nil {
			t.Fatal(err)
		}
		rulesOf(l.Run, taught)
		for _, w := range l.WhatIfs {
			story, _, err := w.Open()
			if err != nil {
				t.Fatal(err)
			}
			rulesOf(story.Run, taught)
		}
	}
	return taught
}

func rulesOf(run sim.Run, into map[string]bool) {
	for i := range run.Len() {
		for _, f := range run.Step(i).Facts {
			if f.Kind == tcp.RuleApplied && f.Rule != 0 {
				into[tcp.RuleOf(f.Rule).Name] = true
			}
		}
	}
}

package lessons

import (
	"tcptutor/tcp/observe"
	"tcptutor/tcp/scenario"
	"tcptutor/tcp/sim"
)

// compile reads scenario.tcp.
func (src *source) compile() mistakes {
	p, errs := scenario.Parse(src.scenario.name, src.scenario.text)
	src.program = p
	return mistakes(errs)
}

// patched is the program of what-if i; nil when its patch cannot be applied.
func (src *source) patched(i int) (*sim.Program, mistakes) {
	p, errs := scenario.Apply(src.program, src.spec.WhatIfs[i].Patch)
	field := whatIfField(i) + ".patch"
	var ps mistakes
	for _, e := range errs {
		at := src.spec.problem(field, e.Expected, "%s", e.Problem)
		if e.Line > 0 {
			at = src.spec.within(field, at.Line, &e)
		}
		ps = append(ps, at)
	}
	return p, ps
}

// evaluate gives a value as prose shows it, after step i of a run.
func evaluate(run *sim.Timeline, i int, expr string) (string, error) {
	v, err := observe.Eval(run, i+1, expr)
	return v.String(), err
}

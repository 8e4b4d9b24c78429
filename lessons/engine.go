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

// patched is the program of what-if i.
func (src *source) patched(i int) (*sim.Program, mistakes) {
	return nil, mistakes{src.spec.problem(whatIfField(i)+".patch", "", "changes cannot be applied yet")}
}

// evaluate gives a value as prose shows it, after step i of a run.
func evaluate(run *sim.Timeline, i int, expr string) (string, error) {
	v, err := observe.Eval(run, i+1, expr)
	return v.String(), err
}

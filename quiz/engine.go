package quiz

import (
	"errors"
	"fmt"
	"time"

	"github.com/expr-lang/expr/vm"

	"tcptutor/tcp/observe"
	"tcptutor/tcp/scenario"
	"tcptutor/tcp/sim"
)

// cache is what an item remembers between its questions.
type cache struct {
	when     *vm.Program
	programs map[string]*sim.Program // by text and patch
}

// maxPrograms bounds the scenarios that an item keeps compiled.
const maxPrograms = 128

// compile makes a scenario's text, changed by a patch if there is one, a program.
func (it *Item) compile(text, patch string) (*sim.Program, error) {
	key := text + "\x00" + patch
	if p := it.cache.programs[key]; p != nil {
		return p, nil
	}
	p, mistakes := scenario.Parse(it.ID, []byte(text))
	if len(mistakes) == 0 && patch != "" {
		p, mistakes = scenario.Apply(p, patch)
	}
	if len(mistakes) > 0 {
		return nil, it.wrap(fmt.Errorf("its scenario: %w", mistakes))
	}
	if it.cache.programs == nil || len(it.cache.programs) >= maxPrograms {
		it.cache.programs = map[string]*sim.Program{}
	}
	it.cache.programs[key] = p
	return p, nil
}

// run is a run of a scenario with an item's parameters given. It goes no further than it is looked at.
type run struct {
	bound *binding
	line  *sim.Timeline
	steps map[string]int // of moments that have been looked for and found
}

// run makes the run of the item's scenario. The seed decides initial sequence numbers and ephemeral ports, too.
func (b *binding) run() (*run, error) {
	text, err := b.text(b.item.scenario)
	if err != nil {
		return nil, err
	}
	patch, err := b.text(b.item.patch)
	if err != nil {
		return nil, err
	}
	p, err := b.item.compile(text, patch)
	if err != nil {
		return nil, err
	}
	seeded := *p
	seeded.Seed = stream(b.seed, b.item.ID, "world").next()
	return &run{b, sim.NewTimeline(&seeded), map[string]int{}}, nil
}

// end is the moment after the last step.
const end = "end"

// step is the index of the step in which a moment happens.
func (r *run) step(moment string) (int, error) {
	if moment == end {
		return r.line.Len() - 1, nil
	}
	if at, ok := r.steps[moment]; ok {
		return at, nil
	}
	text, err := r.bound.text(moment)
	if err != nil {
		return 0, err
	}
	m, err := observe.ParseMoment(r.line.Program(), text)
	if err != nil {
		return 0, r.bound.item.wrap(err)
	}
	at, ok := r.line.Find(m)
	if !ok {
		return 0, r.bound.item.wrap(&observe.NeverError{Moment: text})
	}
	r.steps[moment] = at
	return at, nil
}

// value evaluates an expression at a moment of the run.
func (r *run) value(expr, moment string) (any, error) {
	at, err := r.step(moment)
	if err != nil {
		return nil, err
	}
	text, err := r.bound.text(expr)
	if err != nil {
		return nil, err
	}
	v, err := observe.Eval(r.line, at+1, text)
	return v.Any, r.bound.item.wrap(err)
}

// never reports whether an error says that a moment does not happen in a run.
func never(err error) bool {
	var n *observe.NeverError
	return errors.As(err, &n)
}

// show is a value of an expression as prose has it.
func show(v any) Text {
	if d, ok := v.(time.Duration); ok {
		return Value{Time, int64(d)}.Text()
	}
	s := observe.Value{Any: v}.String()
	return Text{s, s}
}

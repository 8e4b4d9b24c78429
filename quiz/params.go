package quiz

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// option is a value that a parameter may have.
type option struct {
	name  string // what conditions and `set` compare
	text  string // what ${param} puts into scenario and expressions
	prose Text   // what {{param}} puts into prose
	value any    // for conditions: an int, a float64 of milliseconds, or the name
	more  []more // what ${param.field} and {{param.field}} stand for
}

// more is a further field of an option: a text, or a prose in two languages.
type more struct {
	name string
	text Text
}

// field is the option's further field of that name.
func (o *option) field(name string) (Text, bool) {
	for _, m := range o.more {
		if m.name == name {
			return m.text, true
		}
	}
	return Text{}, false
}

// param is something that varies by seed.
type param struct {
	name    string
	at      place
	options []option // nil for a range
	from    int64
	step    int64
	count   int64 // how many values a range has
	time    bool  // a range of times, in nanoseconds
}

// draw takes one of the parameter's values.
func (p *param) draw(r *random) option {
	if p.options != nil {
		return p.options[r.below(int64(len(p.options)))]
	}
	n := p.from + r.below(p.count)*p.step
	if p.time {
		return timeOption(time.Duration(n))
	}
	return plainOption(strconv.FormatInt(n, 10))
}

// pick is the value that a misconception's `set` asks for: one of the parameter's own by its name, or a new one.
func (p *param) pick(name string) option {
	for _, o := range p.options {
		if o.name == name {
			return o
		}
	}
	return plainOption(name)
}

func timeOption(d time.Duration) option {
	text := strconv.FormatInt(int64(d/time.Millisecond), 10) + "ms"
	switch {
	case d%time.Millisecond != 0:
		text = strconv.FormatInt(int64(d/time.Microsecond), 10) + "us"
	case d%time.Second == 0:
		text = strconv.FormatInt(int64(d/time.Second), 10) + "s"
	}
	prose := clock(d)
	return option{name: text, text: text, prose: Text{prose, prose}, value: milliseconds(d)}
}

func milliseconds(d time.Duration) any {
	if d%time.Millisecond == 0 {
		return int(d / time.Millisecond)
	}
	return float64(d) / float64(time.Millisecond)
}

// plainOption is a value written as a bare text: a number, a time or a name.
func plainOption(s string) option {
	if n, err := strconv.Atoi(s); err == nil {
		return option{name: s, text: s, prose: Text{s, s}, value: n}
	}
	if d, ok := duration(s); ok {
		return timeOption(d)
	}
	return option{name: s, text: s, prose: Text{s, s}, value: s}
}

// duration reads a time as quiz.yaml and scenarios write it: 10ms, 2s.
func duration(s string) (time.Duration, bool) {
	d, err := time.ParseDuration(s)
	return d, err == nil && strings.TrimLeft(s, "0123456789") != s && d >= 0 && d <= 1000*time.Hour
}

// params reads the parameters of an item.
func (r *reader) params(n ast.Node, of string) []param {
	if n == nil {
		return nil
	}
	f, ok := r.mapping(n, "params of "+of)
	if !ok {
		return nil
	}
	var all []param
	for i, name := range f.names {
		p := param{name: name, at: placeOf(f.nodes[i])}
		switch {
		case !word.MatchString(name) || name == "book" || name == "answer" || name == "this":
			r.complain(p.at, "letters, and none of book, answer, this", "%s is no name of a parameter", name)
			continue
		case isList(f.nodes[i]):
			p.options = r.options(&f, name)
		default:
			r.span(f.nodes[i], &p)
		}
		all = append(all, p)
	}
	return all
}

func isList(n ast.Node) bool {
	_, ok := n.(*ast.SequenceNode)
	return ok
}

// options reads a list of values.
func (r *reader) options(f *fields, name string) []option {
	var all []option
	for _, n := range f.list(name) {
		if s, ok := scalar(n); ok {
			all = append(all, plainOption(s))
			continue
		}
		if o, ok := r.option(n, name); ok {
			all = append(all, o)
		}
	}
	if all == nil {
		r.complain(f.where(name), "values", "%s has no value", name)
	}
	return all
}

// option reads a value that is written out: a name, and what it is in scenario and prose.
func (r *reader) option(n ast.Node, param string) (option, bool) {
	g, ok := r.mapping(n, "a value of "+param)
	if !ok {
		return option{}, false
	}
	o := plainOption(g.text("name"))
	o.value = o.name
	if g.has("en") || g.has("zh") {
		o.prose = g.both()
	}
	for i, name := range g.names {
		switch s, plain := scalar(g.nodes[i]); {
		case name == "name" || name == "en" || name == "zh":
		case name == "text" && (plain || kindOf(g.nodes[i]) == "empty"):
			o.text = strings.TrimRight(s, "\n")
			r.refer(s, g.where(name))
		case !word.MatchString(name):
			r.complain(g.where(name), "letters", "%q is no name of a field", name)
		case plain:
			r.refer(s, g.where(name))
			o.more = append(o.more, more{name, Text{s, s}})
		default:
			o.more = append(o.more, more{name, g.texts(name)})
		}
	}
	return o, true
}

// span reads a range.
func (r *reader) span(n ast.Node, p *param) {
	g, ok := r.mapping(n, "the range of "+p.name, "from", "to", "step")
	if !ok {
		return
	}
	from, fromTime, ok1 := quantity(g.text("from"))
	to, toTime, ok2 := quantity(g.text("to"))
	step, stepTime := int64(1), fromTime
	ok3 := true
	if g.has("step") {
		step, stepTime, ok3 = quantity(g.text("step"))
	} else if fromTime {
		step = int64(time.Millisecond)
	}
	if !ok1 || !ok2 || !ok3 || fromTime != toTime || fromTime != stepTime || step <= 0 || from > to || to-from > math.MaxInt64/2 {
		r.complain(g.at, "{from: 10ms, to: 50ms, step: 5ms} or {from: 1, to: 9}", "%s is no range", p.name)
		return
	}
	p.from, p.step, p.count, p.time = from, step, (to-from)/step+1, fromTime
}

// quantity reads a whole number or a time, in nanoseconds.
func quantity(s string) (n int64, isTime, ok bool) {
	if n, err := strconv.ParseInt(s, 10, 53); err == nil && n >= 0 {
		return n, false, true
	}
	d, ok := duration(s)
	return int64(d), true, ok
}

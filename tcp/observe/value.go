package observe

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/expr-lang/expr"

	"tcptutor/tcp/sim"
)

// Value is what an expression gives: Any holds an int, a float64, a bool, a string, a time.Duration, or a list of them ([]any).
type Value struct {
	Any any
}

// String is the value as prose shows it: durations as Duration does, whole floats without a point, lists joined by commas.
func (v Value) String() string {
	switch x := v.Any.(type) {
	case time.Duration:
		return Duration(x)
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	case []any:
		parts := make([]string, len(x))
		for i := range x {
			parts[i] = Value{x[i]}.String()
		}
		return strings.Join(parts, ", ")
	}
	return fmt.Sprint(v.Any)
}

// NeverError says that a moment a value asks about does not happen in the run.
type NeverError struct {
	Moment string
}

// Error is one line.
func (e *NeverError) Error() string { return "in this run, " + e.Moment + " never happens" }

// maxDepth bounds value_at inside value_at.
const maxDepth = 4

// Eval evaluates an expression on the world after i steps of a run. The error is an *Error when the text is at fault, and wraps a
// *NeverError when a moment in it does not happen.
func Eval(run sim.Run, i int, text string) (Value, error) {
	return (&evaluation{run: run, at: i}).value(text)
}

// Check reports what is wrong with an expression about a program, types and moments included, without running anything.
func Check(p *sim.Program, text string) error {
	_, err := compile(p, text, 0)
	return err
}

// evaluation is one evaluation under way.
type evaluation struct {
	run   sim.Run
	at    int
	depth int
}

func (e *evaluation) value(text string) (Value, error) {
	c, err := compile(e.run.Program(), text, e.depth)
	if err != nil {
		return Value{}, err
	}
	out, err := expr.Run(c.program, e.environment(c))
	if err != nil {
		if never := (*NeverError)(nil); errors.As(err, &never) {
			return Value{}, never
		}
		return Value{}, c.located(err)
	}
	return Value{out}, nil
}

// environment holds the values that the expression asks for, and the functions.
func (e *evaluation) environment(c *compiled) map[string]any {
	env := map[string]any{
		"count": e.count, "total": e.total, "at": e.when, "step": e.step, "between": e.between, "seg": e.segment, "value_at": e.valueAt,
		"sysctl": e.sysctl, "book": findBook, "seconds": time.Duration.Seconds, "milliseconds": milliseconds,
		"now": time.Duration(e.run.View(e.at).Now),
	}
	for _, u := range c.uses {
		put(env, strings.Split(u.path, "."), u.get(e))
	}
	return env
}

// put sets a value deep in nested maps.
func put(m map[string]any, path []string, v any) {
	for _, step := range path[:len(path)-1] {
		next, ok := m[step].(map[string]any)
		if !ok {
			next = map[string]any{}
			m[step] = next
		}
		m = next
	}
	m[path[len(path)-1]] = v
}

// use is a value that an expression asks for.
type use struct {
	path  string // from the host on: "client.s.snd.nxt"
	host  int
	sock  string // "" for a value of the host
	field *Field
}

// get looks the value up in a fresh view: fields may use a view up.
func (u *use) get(e *evaluation) any {
	l := &look{w: e.run.View(e.at), p: e.run.Program(), host: u.host, fd: -1, run: e.run, at: e.at}
	if u.sock != "" {
		l.sock = l.p.FindSock(l.w, u.host, u.sock)
		for i, v := range l.p.Vars {
			if v.Host == u.host && v.Name == u.sock {
				l.fd = int(l.w.Vars[i].FD)
			}
		}
	}
	return u.field.get(l)
}

package quiz

import (
	"fmt"
	"regexp"
	"strings"
)

var (
	// hole is a parameter's place in a scenario or an expression.
	hole = regexp.MustCompile(`\$\{([^{}]*)\}`)
	// slot is an expression's place in prose.
	slot = regexp.MustCompile(`\{\{(.*?)\}\}`)
	// identifier is a name in a condition.
	identifier = regexp.MustCompile(`[a-z_]+`)
)

// expand fills the ${holes} of a scenario or an expression.
func expand(s string, look func(name string) (string, bool)) (string, error) {
	var unknown string
	s = hole.ReplaceAllStringFunc(s, func(h string) string {
		name := h[2 : len(h)-1]
		text, ok := look(name)
		if !ok {
			unknown = h
		}
		return text
	})
	if unknown != "" {
		return "", fmt.Errorf("nothing is called %s", unknown)
	}
	return s, nil
}

// fill fills the {{slots}} of a prose.
func fill(s string, value func(expr string) (string, error)) (string, error) {
	var first error
	s = slot.ReplaceAllStringFunc(s, func(h string) string {
		text, err := value(strings.TrimSpace(h[2 : len(h)-2]))
		if err != nil && first == nil {
			first = err
		}
		return text
	})
	return s, first
}

// splitAt takes a slot's expression apart from the moment after its last " at ", outside of quotes.
func splitAt(expr string) (value, moment string) {
	quote := byte(0)
	at := -1
	for i := range len(expr) {
		switch c := expr[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case strings.HasPrefix(expr[i:], " at "):
			at = i
		}
	}
	if at < 0 {
		return expr, ""
	}
	return strings.TrimSpace(expr[:at]), strings.TrimSpace(expr[at+4:])
}

// ref is a use of a name that a parameter must have.
type ref struct {
	name string
	hole bool // in a scenario or an expression; in prose a name with a dot may be the engine's
	at   place
}

// named is a name with or without a field.
var named = regexp.MustCompile(`^[a-z][a-z_]*(\.[a-z_]+)?$`)

// refer notes the names that a text uses, so that they can be checked once the parameters are known.
func (r *reader) refer(s string, at place) {
	for _, m := range hole.FindAllStringSubmatch(s, -1) {
		r.refs = append(r.refs, ref{m[1], true, at})
	}
	for _, m := range slot.FindAllStringSubmatch(s, -1) {
		if name := strings.TrimSpace(m[1]); named.MatchString(name) && name != "this" {
			r.refs = append(r.refs, ref{name, false, at})
		}
	}
}

// names checks that whatever the item names is one of its parameters, and that each of these is of use.
func (r *reader) names(it *Item) {
	used := map[string]bool{}
	for _, name := range identifier.FindAllString(it.when, -1) {
		used[name] = true
	}
	for _, use := range r.refs {
		name, field, dotted := strings.Cut(use.name, ".")
		used[name] = true
		p := it.param(name)
		switch {
		case p == nil && (name == "book" || name == "answer") && !dotted:
		case p == nil && (!dotted || use.hole):
			r.complain(use.at, it.paramNames(), "nothing is called %s in item %s", name, it.ID)
		case p != nil && dotted && !p.hasField(field):
			r.complain(use.at, field+": …", "not every value of %s has a %s", name, field)
		}
	}
	for i := range it.params {
		if p := &it.params[i]; !used[p.name] {
			r.complain(p.at, "", "item %s never uses its parameter %s", it.ID, p.name)
		}
	}
}

// hasField reports whether each of the parameter's values has that field.
func (p *param) hasField(name string) bool {
	for i := range p.options {
		if _, ok := p.options[i].field(name); !ok {
			return false
		}
	}
	return p.options != nil
}

// prose checks a text that learners read.
func (r *reader) prose(s string, at place) {
	for _, typed := range TypedNumbers(s) {
		line := at
		if n := strings.Count(s[:typed.Offset], "\n"); n > 0 {
			line = place{at.line + n, 1}
		}
		r.complain(line, "{{an expression}}, or words", "%q is a number that somebody typed", typed.Text)
	}
	if open := strings.Count(s, "{{"); open != strings.Count(s, "}}") || open != len(slot.FindAllString(s, -1)) {
		r.complain(at, "{{…}}", "a {{ and a }} do not match")
	}
}

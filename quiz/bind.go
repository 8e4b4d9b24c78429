package quiz

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr"
)

// binding is an item with its parameters given.
type binding struct {
	item  *Item
	seed  uint64 // below variants
	book  string
	given []option // by Item.params
}

// tries is how many draws an item's condition may turn down.
const tries = 1000

// bind draws the parameters of an item for a seed.
func (it *Item) bind(seed uint64) (*binding, error) {
	b := &binding{item: it, seed: seed, given: make([]option, len(it.params))}
	streams := make([]*random, len(it.params))
	for i := range it.params {
		streams[i] = stream(seed, it.ID, it.params[i].name)
	}
	for range tries {
		for i := range it.params {
			b.given[i] = it.params[i].draw(streams[i])
		}
		if ok, err := b.wanted(); err != nil {
			return nil, err
		} else if ok {
			b.book, err = b.text(it.Book)
			return b, err
		}
	}
	return nil, it.wrap(fmt.Errorf("its condition %q turns down whatever is drawn", it.when))
}

// wanted evaluates the item's condition.
func (b *binding) wanted() (bool, error) {
	it := b.item
	if it.when == "" {
		return true, nil
	}
	env := make(map[string]any, len(it.params))
	for i := range it.params {
		env[it.params[i].name] = b.given[i].value
	}
	if it.cache.when == nil {
		compiled, err := expr.Compile(it.when, expr.AsBool())
		if err != nil {
			return false, it.wrap(fmt.Errorf("its condition: %s", firstLine(err.Error())))
		}
		it.cache.when = compiled
	}
	got, err := expr.Run(it.cache.when, env)
	if err != nil {
		return false, it.wrap(fmt.Errorf("its condition: %s", firstLine(err.Error())))
	}
	ok, _ := got.(bool)
	return ok, nil
}

// with is the binding as a misconception sees it.
func (b *binding) with(m *mistake) (*binding, error) {
	c := *b
	c.given = slices.Clone(b.given)
	for _, s := range m.set {
		for i := range b.item.params {
			if p := &b.item.params[i]; p.name == s.param {
				c.given[i] = p.pick(s.value)
			}
		}
	}
	book := m.book
	if book == "" {
		book = b.item.Book
	}
	var err error
	c.book, err = c.text(book)
	return &c, err
}

// text fills the holes of a scenario or an expression; the texts of parameters may have holes of their own.
func (b *binding) text(s string) (string, error) {
	for range 4 {
		t, err := expand(s, b.look)
		if err != nil {
			return "", b.item.wrap(err)
		}
		if t == s {
			return s, nil
		}
		s = t
	}
	return "", b.item.wrap(errors.New("its parameters name one another in a circle"))
}

func (b *binding) look(name string) (string, bool) {
	switch name {
	case "book":
		return b.book, true
	case "answer":
		return "(" + b.item.answer.text + ")", true
	}
	name, field, dotted := strings.Cut(name, ".")
	o := b.option(name)
	switch {
	case o == nil:
		return "", false
	case !dotted:
		return o.text, true
	}
	t, ok := o.field(field)
	return t.English, ok
}

// option is what a parameter is given; nil when there is no parameter of that name.
func (b *binding) option(name string) *option {
	for i := range b.item.params {
		if b.item.params[i].name == name {
			return &b.given[i]
		}
	}
	return nil
}

// prose fills the slots of a text; values come from a run at a moment. What a parameter puts in may have slots of its own.
func (b *binding) prose(t Text, r *run, named map[string]Text) (Text, error) {
	chinese := false
	return t.each(func(s string) (string, error) {
		for depth := 0; depth < 3 && slot.MatchString(s); depth++ {
			var err error
			s, err = fill(s, func(e string) (string, error) {
				v, err := b.slot(e, r, named)
				if chinese {
					return v.Chinese, err
				}
				return v.English, err
			})
			if err != nil {
				return "", err
			}
		}
		chinese = true
		return s, nil
	})
}

func (b *binding) slot(e string, r *run, named map[string]Text) (Text, error) {
	if v, ok := named[e]; ok {
		return v, nil
	}
	name, field, dotted := strings.Cut(e, ".")
	if o := b.option(name); o != nil && !dotted {
		return o.prose, nil
	} else if o != nil {
		if t, ok := o.field(field); ok {
			return t, nil
		}
	}
	if word.MatchString(e) {
		return Text{}, b.item.wrap(fmt.Errorf("nothing is called {{%s}} here", e))
	}
	value, moment := splitAt(e)
	if moment == "" {
		moment = b.item.moment
	}
	v, err := r.value(value, moment)
	if err != nil {
		return Text{}, err
	}
	return show(v), nil
}

// Fault is what is wrong with an item that only a run shows.
type Fault struct {
	File      string
	Line, Col int // where the item begins, from 1
	Item      string
	Err       error
}

// Error is one line.
func (f *Fault) Error() string {
	return fmt.Sprintf("%s:%d:%d: item %s: %v", f.File, f.Line, f.Col, f.Item, f.Err)
}

// Unwrap is the error itself.
func (f *Fault) Unwrap() error { return f.Err }

// wrap says which item an error is about.
func (it *Item) wrap(err error) error {
	if err == nil {
		return nil
	}
	return &Fault{it.file, it.at.line, it.at.col, it.ID, err}
}

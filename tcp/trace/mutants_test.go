package trace_test

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"tcptutor/tcp"
	"tcptutor/tcp/sim"
)

// A rule is worth something when its absence shows. So each rule of each book is taken out, one at a time, and each number of
// each book is changed; some fact has then to be false, or an invariant broken. Facts that say no more than that a rule applies are
// no witnesses. What nothing holds is listed in testdata/survivors.txt, with the reason.
//
// go test ./tcp/trace -run Mutants -v prints which fact holds which rule.

// mutant is a book with one thing changed.
type mutant struct {
	name string // BOOK without RULE, BOOK other NUMBER
	book *tcp.Book
	rule tcp.RuleID // the rule that is gone; 0 where a number has changed
}

// mutants are all books that differ from b in one rule that it has, or in one number.
func mutants(b *tcp.Book) []mutant { return append(withoutOne(b, nil), otherNumbers(b)...) }

// withoutOne are the books that lack one rule of b; where b is another book patched, one that the patch has brought.
func withoutOne(b, patched *tcp.Book) []mutant {
	var out []mutant
	for _, r := range tcp.Rules() {
		if b.Has(r) && (patched == nil || !patched.Has(r)) {
			out = append(out, mutant{b.Name + " without " + r.Name, b.Without(r), r.ID})
			tcp.Register(out[len(out)-1].book)
		}
	}
	return out
}

func otherNumbers(b *tcp.Book) []mutant {
	var out []mutant
	for i := range reflect.TypeFor[tcp.Numbers]().NumField() {
		c := *b
		field := reflect.TypeFor[tcp.Numbers]().Field(i).Name
		c.Name += "-other-" + field
		if other(reflect.ValueOf(&c.Numbers).Elem().Field(i)) {
			out = append(out, mutant{b.Name + " other " + field, &c, 0})
			tcp.Register(&c)
		}
	}
	return out
}

// other changes a number to another one that makes sense in its place. A zero that is no truth means that the book does not have
// the thing, and stays.
func other(v reflect.Value) bool {
	switch {
	case v.Kind() == reflect.Bool:
		v.SetBool(!v.Bool())
	case v.IsZero():
		return false
	case v.Kind() == reflect.Array:
		for i := range v.Len() {
			other(v.Index(i))
		}
	case v.CanInt():
		v.SetInt(v.Int() / 2)
	default:
		v.SetUint(v.Uint() / 2)
	}
	return true
}

// witness is a fact that is true of a book, and the rules that apply in its run.
type witness struct {
	fact
	fired map[tcp.RuleID]bool
}

// witnesses are the facts that are true when their hosts go by that book.
func witnesses(facts []fact, book string) []witness {
	var out []witness
	for _, f := range facts {
		f.program = rebound(f.program, book)
		f.claims = aboutBehaviour(f.claims)
		if f.wrong() != nil || len(f.claims) == 0 {
			continue
		}
		w := witness{f, map[tcp.RuleID]bool{}}
		run := sim.NewTimeline(f.program)
		for i := range run.Len() {
			for _, fact := range run.Step(i).Facts {
				w.fired[fact.Rule] = true
			}
		}
		out = append(out, w)
	}
	return out
}

// aboutBehaviour takes claims apart and leaves out what says only that a rule applies: without the rule that is false of itself.
func aboutBehaviour(claims []claim) []claim {
	var out []claim
	for _, c := range claims {
		for _, part := range strings.Split(c.text, " and ") {
			if !strings.Contains(part, " applies") {
				out = append(out, claim{c.kind, part})
			}
		}
	}
	return out
}

// rebound is the program with another base book; what a host's book is patched with stays.
func rebound(p *sim.Program, base string) *sim.Program {
	c := *p
	c.Hosts = slices.Clone(p.Hosts)
	for i := range c.Hosts {
		_, patches, patched := strings.Cut(c.Hosts[i].Book, "+")
		c.Hosts[i].Book = base
		if patched {
			c.Hosts[i].Book += "+" + patches
		}
	}
	return &c
}

// wrong tells the first thing that is not as the fact says; nil when all is.
func (f *fact) wrong() (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the run ends in a panic: %v", r)
		}
	}()
	run := sim.NewTimeline(f.program)
	for _, c := range f.claims {
		if err := c.holds(run); err != nil {
			return err
		}
	}
	err = sim.CheckRun(f.program)
	switch {
	case f.violates == "":
		return err
	case err == nil || !strings.Contains(err.Error(), f.violates):
		return fmt.Errorf("the invariants: %w, want %s", err, f.violates)
	}
	return nil
}

// holder finds the fact that is false of a mutant; "" when all are as true as before.
func (m *mutant) holder(witnesses []witness) string {
	for _, w := range witnesses {
		if m.rule != 0 && !w.fired[m.rule] {
			continue
		}
		f := w.fact
		f.program = rebound(f.program, m.book.Name)
		if f.wrong() != nil {
			return f.name
		}
	}
	return ""
}

func TestMutantsAreFound(t *testing.T) {
	if raced {
		t.Skip("thousands of runs of one goroutine: nothing for the race detector")
	}
	facts, known, broken := readFacts(t), survivors(t), map[string][]fact{}
	for _, b := range readBroken(t) {
		facts = append(facts, b.sound)
		broken[b.patch] = append(broken[b.patch], b.broken)
	}
	for _, base := range []string{"linux", "linux6.4", "rfc9293"} {
		book := findBook(t, base)
		holdMutants(t, known, mutants(book), witnesses(facts, base))
		for _, p := range tcp.Patches() {
			patched := findBook(t, base+"+"+p.Name)
			holdMutants(t, known, withoutOne(patched, book), witnesses(broken[p.Name], patched.Name))
		}
	}
	for s := range known {
		t.Errorf("testdata/survivors.txt lists %q, which is no mutant", s)
	}
}

func findBook(t *testing.T, name string) *tcp.Book {
	t.Helper()
	b, err := tcp.FindBook(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// holdMutants wants of each mutant a fact that is false of it, or a place among the known survivors, which are struck off as they are met.
func holdMutants(t *testing.T, known map[string]string, all []mutant, witnesses []witness) {
	for _, m := range all {
		t.Run(strings.ReplaceAll(m.name, " ", "/"), func(t *testing.T) {
			holder := m.holder(witnesses)
			switch _, listed := known[m.name]; {
			case holder == "" && !listed:
				t.Errorf("no fact is false of %s", m.name)
			case holder != "" && listed:
				t.Errorf("%s holds it: it survives no longer, take it off the list", holder)
			default:
				t.Log("held by", holder)
			}
			delete(known, m.name)
		})
	}
}

// survivors reads the mutants that no fact holds: BOOK without RULE: REASON.
func survivors(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("testdata/survivors.txt")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") || strings.TrimSpace(line) == "" {
			continue
		}
		who, why, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok || why == "" {
			t.Fatalf("testdata/survivors.txt: no reason is given in %q", line)
		}
		out[who] = why
	}
	return out
}

package sim_test

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"tcptutor/tcp"
)

// probe is a test of a mutant: what would fail it ends it.
type probe struct{ testing.TB }

// wrong is what a probe ends with.
type wrong string

func (probe) Errorf(format string, args ...any) { panic(wrong(fmt.Sprintf(format, args...))) }
func (probe) Fatalf(format string, args ...any) { panic(wrong(fmt.Sprintf(format, args...))) }
func (probe) Error(args ...any)                 { panic(wrong(fmt.Sprint(args...))) }
func (probe) Fatal(args ...any)                 { panic(wrong(fmt.Sprint(args...))) }

// tries is play, with whatever ends it early as the outcome.
func (p *place) tries(t testing.TB, book string, e *kind, seq, ackNo int) (o outcome) {
	defer func() {
		if r := recover(); r != nil {
			o = outcome{reply: fmt.Sprint(r)}
		}
	}()
	return p.play(probe{t}, book, e, seq, ackNo)
}

// The checks of a state are each worth something: one that decides about some cell of TestArrives changes a cell of that state when it is
// taken out of that state alone. Those that change none are listed in testdata/arrives-survivors.txt, with the reason. The rules about data
// have their witnesses among the facts (package trace). linux6.4 is linux but for what TestLinux64DiffersOnlyWhereMeasured (package tcp) says.
func TestEveryCheckOfEveryStateShows(t *testing.T) {
	if raced {
		t.Skip("thousands of runs of one goroutine: nothing for the race detector")
	}
	known := survivors(t)
	for _, name := range books[:linuxOld] {
		book, err := tcp.FindBook(name)
		if err != nil {
			t.Fatal(err)
		}
		for i := range places {
			p := &places[i]
			decides := p.decides(t, name)
			for _, r := range book.Arrives[p.state] {
				if !decides[r.Name] {
					continue
				}
				mutant := name + " " + p.name + " without " + r.Name
				t.Run(strings.ReplaceAll(mutant, " ", "/"), func(t *testing.T) {
					b := *book
					b.Name = strings.ReplaceAll(mutant, " ", "-")
					b.Arrives[p.state] = slices.DeleteFunc(slices.Clone(b.Arrives[p.state]), func(q *tcp.Rule) bool { return q == r })
					tcp.Register(&b)
					cell := p.changed(t, name, b.Name)
					if _, listed := known[mutant]; listed == (cell != "") {
						t.Errorf("%s: changes %q, listed as a survivor: %t", mutant, cell, listed)
					}
					t.Log("held by", cell)
				})
				delete(known, mutant)
			}
		}
	}
	for s := range known {
		t.Errorf("testdata/arrives-survivors.txt lists %q, which is no mutant", s)
	}
}

// decides are the rules that apply in some cell of a place.
func (p *place) decides(t *testing.T, book string) map[string]bool {
	out := map[string]bool{}
	for i := range arriving {
		e := &arriving[i]
		variations(e.flags, func(_ key, seq, ackNo int) {
			for _, name := range p.play(t, book, e, seq, ackNo).rules {
				out[name] = true
			}
		})
	}
	return out
}

// changed is the first cell in which two books do otherwise; "" for none.
func (p *place) changed(t *testing.T, one, other string) (cell string) {
	for i := range arriving {
		e := &arriving[i]
		variations(e.flags, func(k key, seq, ackNo int) {
			if cell != "" {
				return
			}
			a, b := p.play(t, one, e, seq, ackNo), p.tries(t, other, e, seq, ackNo)
			if !a.same(&b) {
				cell = fmt.Sprintf("%s, %s, %s", e.name, k.seq, k.ack)
			}
		})
	}
	return cell
}

// survivors reads MUTANT: REASON lines.
func survivors(t *testing.T) map[string]string {
	t.Helper()
	file, err := os.Open("testdata/arrives-survivors.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	out := map[string]string{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if line := lines.Text(); line != "" && !strings.HasPrefix(line, "#") {
			who, why, ok := strings.Cut(line, ": ")
			if !ok {
				t.Fatalf("no reason is given in %q", line)
			}
			out[who] = why
		}
	}
	return out
}

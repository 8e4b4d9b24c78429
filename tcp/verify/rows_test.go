package verify_test

import (
	"testing"

	"tcptutor/tcp/scenario"
	"tcptutor/tcp/sim"
	"tcptutor/tcp/trace"
	"tcptutor/tcp/verify"
)

// against runs talk, and once more with a host of the engine in the server's place whose program and rules a patch has changed.
func against(t *testing.T, book string) *verify.Verdict {
	t.Helper()
	p := parse(t, "talk", talk)
	spec := p.Hosts[1]
	spec.Book = book
	sub, err := sim.NewSimulated(spec, 77)
	if err != nil {
		t.Fatal(err)
	}
	v, err := verify.With(sub, p, 1, verify.Tolerance{Slack: verify.Slack})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Every step of both runs stands in one row, in its order, and only what differs is marked.
func TestRowsHoldEveryStep(t *testing.T) {
	for _, book := range []string{"linux", "rfc9293"} {
		v := against(t, book)
		c := v.Comparison()
		var next [2]int
		marked := 0
		for i := range c.Rows {
			r := &c.Rows[i]
			for side, step := range r.Step {
				if step >= 0 && step != next[side] {
					t.Fatalf("%s: row %d has step %d of run %d, want %d", book, i, step, side, next[side])
				}
				if step >= 0 {
					next[side]++
				}
			}
			if r.Done != next {
				t.Errorf("%s: row %d: done %v, want %v", book, i, r.Done, next)
			}
			if r.Diff != sim.Same {
				marked++
			}
		}
		if want := [2]int{v.Runs[0].Len(), v.Runs[1].Len()}; next != want {
			t.Errorf("%s: the rows end at %v, the runs at %v", book, next, want)
		}
		if agrees := book == "linux"; agrees != (marked == 0) || agrees != (c.First < 0) || agrees != (v.Explanation(trace.English) == "") {
			t.Errorf("%s: %d rows marked, the first is %d, %q", book, marked, c.First, v.Explanation(trace.English))
		}
	}
}

// A patch that changes nothing but the wire's pace leaves the rows together.
func TestRowsPairWhatComesLater(t *testing.T) {
	p := parse(t, "talk", talk)
	q, errs := scenario.Apply(p, "link delay 12ms")
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	if d := verify.Compare(sim.NewTimeline(p), sim.NewTimeline(q), verify.Tolerance{Until: 1e10, Slack: verify.Slack}); len(d) > 0 {
		t.Errorf("%+v", d[0])
	}
}

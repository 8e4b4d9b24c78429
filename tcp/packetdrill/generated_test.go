package packetdrill_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"tcptutor/tcp/packetdrill"
	"tcptutor/tcp/scenario"
	"tcptutor/tcp/scenario/generate"
	"tcptutor/tcp/sim"
)

// generated is what was written of one host of a run that nobody wrote.
type generated struct {
	name, book string
	script     *packetdrill.Script
	text       string
	refused    string // why there is no script
}

// eachGenerated writes the hosts of runs that nobody wrote, by their seeds, until yield has enough.
func eachGenerated(t *testing.T, yield func(generated) bool) {
	t.Helper()
	for seed := uint64(0); ; seed++ {
		p, mistakes := scenario.Parse("generated", []byte(generate.New(seed, generate.Options{Single: true})))
		if len(mistakes) > 0 {
			t.Fatal(mistakes)
		}
		run := sim.NewTimeline(p)
		for h := range p.Hosts {
			g := generated{name: fmt.Sprintf("seed %d, %s", seed, p.Hosts[h].Name), book: p.Hosts[h].Book}
			var b bytes.Buffer
			err := packetdrill.Write(&b, run, run.Len(), h)
			if r, ok := errors.AsType[*packetdrill.Refusal](err); ok {
				g.refused = r.Reason
			} else if err != nil {
				t.Fatal(err)
			}
			g.text = b.String()
			if g.refused == "" {
				g.script, mistakes = packetdrill.Parse("generated", b.Bytes())
			}
			if len(mistakes) > 0 {
				t.Fatalf("%s: %s\n%s", g.name, mistakes.Format(), g.text)
			}
			if !yield(g) {
				return
			}
		}
	}
}

// What is written of either host of a run that nobody wrote passes when it is read back: a thousand runs, and few of them are refused.
func TestGeneratedRunsReadBack(t *testing.T) {
	const runs = 1000
	hosts, written := 0, 0
	reasons := map[string]int{}
	eachGenerated(t, func(g generated) bool {
		hosts++
		if g.refused != "" {
			reasons[g.refused]++
			return hosts < 2*runs
		}
		written++
		result, err := packetdrill.Simulate(g.script, g.book)
		if err != nil {
			t.Fatal(err)
		}
		if result.Err != nil {
			t.Errorf("%s: %v", g.name, result.Err)
		}
		return hosts < 2*runs
	})
	t.Logf("%d scripts pass, %d hosts were refused: %v", written, hosts-written, reasons)
	if written < runs {
		t.Errorf("%d scripts of %d runs", written, runs)
	}
}

package packetdrill_test

import (
	"bytes"
	"errors"
	"testing"

	"tcptutor/tcp/packetdrill"
	"tcptutor/tcp/scenario"
	"tcptutor/tcp/scenario/generate"
	"tcptutor/tcp/sim"
)

// What is written of either host of a run that nobody wrote passes when it is read back: a thousand runs, and few of them are refused.
func TestGeneratedRunsReadBack(t *testing.T) {
	const runs = 1000
	written, refused := 0, 0
	reasons := map[string]int{}
	for seed := range uint64(runs) {
		text := generate.New(seed, generate.Options{Single: true})
		p, mistakes := scenario.Parse("generated", []byte(text))
		if len(mistakes) > 0 {
			t.Fatal(mistakes)
		}
		run := sim.NewTimeline(p)
		for h := range p.Hosts {
			var b bytes.Buffer
			err := packetdrill.Write(&b, run, run.Len(), h)
			if r, ok := errors.AsType[*packetdrill.Refusal](err); ok {
				refused++
				reasons[r.Reason]++
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			written++
			s, mistakes := packetdrill.Parse("generated", b.Bytes())
			if len(mistakes) > 0 {
				t.Fatalf("seed %d: %s\n%s", seed, mistakes.Format(), b.String())
			}
			result, err := packetdrill.Simulate(s, p.Hosts[h].Book)
			if err != nil {
				t.Fatal(err)
			}
			if result.Err != nil {
				t.Errorf("seed %d, %s: %v", seed, p.Hosts[h].Name, result.Err)
			}
		}
	}
	t.Logf("%d scripts pass, %d runs were refused: %v", written, refused, reasons)
	if written < runs {
		t.Errorf("%d scripts of %d runs", written, runs)
	}
}

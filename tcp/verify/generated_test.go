package verify_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/scenario"
	"tcptutor/tcp/scenario/generate"
	"tcptutor/tcp/sim"
	"tcptutor/tcp/trace"
	"tcptutor/tcp/verify"
)

// How many scenarios are made up and how much of each is compared; of how many that differ a smaller one is sought, with how many of them.
const (
	generated = 300
	transfers = 90
	beginning = tcp.Time(6 * time.Second)
	shrunk    = 3
	smaller   = 60
)

// ask compares the engine with what stands in for a trial's host.
type ask func(*trial) answer

// madeUp is the scenario of a seed, with its first or its second host for the kernel.
func madeUp(t *testing.T, seed uint64) trial {
	t.Helper()
	return trialOf(t, fmt.Sprintf("seed %d", seed), generate.New(seed, generate.Options{}), int(seed%2))
}

// trialOf is a made-up scenario with the kernel in the place of a host.
func trialOf(t *testing.T, name, text string, host int) trial {
	t.Helper()
	x := trial{name: name, text: text, host: host}
	x.p = parse(t, "generated", x.text)
	x.until = min(verify.Horizon(sim.NewTimeline(x.p)), beginning)
	return x
}

// smallest leaves lines of a trial out for which it still differs, in the same way at first, and gives its answer.
func smallest(x trial, a answer, differ ask) (trial, answer) {
	left, host := smaller, x.p.Hosts[x.host].Name
	generate.Shrink(x.text, func(text string) bool {
		p, mistakes := scenario.Parse("generated", []byte(text))
		if left == 0 || len(mistakes) > 0 || len(p.Hosts) <= x.host || p.Hosts[x.host].Name != host {
			return false
		}
		left--
		y := trial{x.name, text, p, x.host, min(verify.Horizon(sim.NewTimeline(p)), beginning)}
		b := differ(&y)
		if !b.differs() || b.Differences[0].Trait != a.Differences[0].Trait {
			return false
		}
		x, a = y, b
		return true
	})
	return x, a
}

// told is a trial that differs: its seed, the first difference, both runs and the text.
func told(x *trial, a answer) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%v: %s\n", x, a.Explanation(trace.English))
	_ = a.Write(&b, trace.English, 150)
	return b.String() + "\n" + x.text
}

// The engine and the real kernel agree about scenarios that nobody wrote: every one of them.
func TestKernelAgreesWithGeneratedScenarios(t *testing.T) {
	differential(t)
	var list []trial
	for seed := range uint64(generated) {
		list = append(list, madeUp(t, seed))
	}
	allAgree(t, list)
}

// And about transfers of data that lose some of it, with the kernel as the sender: what it makes of losses.
func TestKernelAgreesWithGeneratedTransfers(t *testing.T) {
	differential(t)
	var list []trial
	for seed := range uint64(transfers) {
		list = append(list, trialOf(t, fmt.Sprintf("transfer %d", seed), generate.Transfer(seed), 0))
	}
	allAgree(t, list)
}

// allAgree wants every made-up trial to agree; the first that do not are made small.
func allAgree(t *testing.T, list []trial) {
	t.Helper()
	agreed, differ := 0, 0
	for i, a := range askAll(list) {
		x := &list[i]
		switch {
		case a.err != nil:
			t.Errorf("%v: %v", x, a.err)
		case !a.differs():
			agreed++
		case differ < shrunk:
			differ++
			y, b := smallest(*x, a, func(x *trial) answer { return askKernel(x, tries) })
			t.Error(told(&y, b))
		default:
			t.Error(told(x, a))
		}
	}
	t.Logf("%d of %d agree with the kernel", agreed, len(list))
}

// What differs is told by its seed, and made so small that it can be read: here from a stack that acknowledges everything at once.
func TestWhatDiffersIsMadeSmall(t *testing.T) {
	other := func(x *trial) answer {
		spec := x.p.Hosts[x.host]
		spec.Book = "linux+no-delayed-ack"
		s, err := sim.NewSimulated(spec, 77)
		if err != nil {
			return answer{err: err}
		}
		v, err := verify.With(s, x.p, x.host, verify.Tolerance{Until: x.until, Slack: verify.Slack})
		return answer{v, err}
	}
	tried := 0
	for seed := range uint64(generated) {
		x := madeUp(t, seed)
		a := other(&x)
		if _, ok := errors.AsType[*sim.CannotStandIn](a.err); !ok && a.err != nil {
			t.Fatal(a.err)
		}
		if !a.differs() {
			continue
		}
		tried++
		y, b := smallest(x, a, other)
		lines, before := strings.Count(y.text, "\n"), strings.Count(x.text, "\n")
		if !b.differs() || lines > before/2 {
			t.Errorf("%v: of %d lines %d are left:\n%s", &x, before, lines, y.text)
		}
		if said := told(&y, b); !strings.HasPrefix(said, x.String()+": ") || !strings.HasSuffix(said, "\n"+y.text) {
			t.Errorf("it is told as\n%s", said)
		}
		if tried == 5 {
			return
		}
	}
	t.Errorf("only %d scenarios differ", tried)
}

package verify_test

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/sim"
	"tcptutor/tcp/trace"
	"tcptutor/tcp/verify"
)

// How many namespaces stand side by side, how long a scenario may last, how late something may be done for a difference to count, and how
// often a machine that was busier than that may try again.
const (
	besides     = 16
	short       = tcp.Time(20 * time.Second)
	longest     = tcp.Time(16 * time.Minute) // what comes later is more of the same
	undisturbed = 3 * time.Millisecond       // less than a jiffy: a close() that comes a jiffy after read() makes a segment more (KERNEL §5)
	tries       = 6
	triesLong   = 2 // of one that takes more than a minute
)

// differential skips where the kernel is not to be asked.
func differential(t *testing.T) {
	t.Helper()
	if runtime.GOOS != "linux" || os.Getenv("TCPTUTOR_E2E") != "1" {
		t.Skip("takes the real Linux kernel: set TCPTUTOR_E2E=1")
	}
}

// trial is a scenario with the kernel in the place of one host.
type trial struct {
	name  string
	text  string
	p     *sim.Program
	host  int
	until tcp.Time
}

func (x *trial) String() string { return x.name + " " + x.p.Hosts[x.host].Name }

// trials are the lessons' and the facts' scenarios with each host in turn, whose horizon lies between two instants. Only a host that goes by
// linux is held to it.
func trials(t *testing.T, from, to tcp.Time) []trial {
	t.Helper()
	var list []trial
	for _, pattern := range []string{"../../lessons/*/scenario.tcp", "../trace/testdata/facts/*.tcp"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no scenarios: %v", pattern, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			name := strings.TrimSuffix(filepath.Base(file), ".tcp")
			if name == "scenario" {
				name = filepath.Base(filepath.Dir(file))
			}
			p := parse(t, file, string(text))
			until := verify.Horizon(sim.NewTimeline(p))
			for h := range p.Hosts {
				if until >= from && until < to && p.Hosts[h].Book == "linux" && !acknowledges(p) {
					list = append(list, trial{name, string(text), p, h, until})
				}
			}
		}
	}
	return list
}

// agree runs trials side by side. Those that have been seen to agree with the kernel have to; of the others it tells. With
// UPDATE_AGREEING=1 those that agree now are added to the list.
func agree(t *testing.T, list []trial) {
	t.Helper()
	known, must := exceptions(t), agreeing(t)
	defer func() { keepAgreeing(t, must) }()
	var group sync.WaitGroup
	places := make(chan struct{}, besides)
	var mu sync.Mutex
	agreed, cannot, excepted, again := 0, 0, 0, 0
	var busy, open []string
	for _, x := range list {
		places <- struct{}{}
		group.Add(1)
		go func() {
			defer group.Done()
			defer func() { <-places }()
			v, runs, err := settle(&x)
			mu.Lock()
			defer mu.Unlock()
			again += runs - 1
			switch {
			case err != nil:
				if _, ok := errors.AsType[*sim.CannotStandIn](err); ok {
					cannot++
					return
				}
				t.Errorf("%v: %v", &x, err)
			case len(v.Differences) == 0:
				agreed++
				must[x.String()] = true
			case known[x.String()] != "":
				excepted++
			case !must[x.String()]:
				open = append(open, fmt.Sprintf("%v: %s", &x, v.Explanation(trace.English)))
			case v.Late > undisturbed:
				busy = append(busy, fmt.Sprintf("%v: %s", &x, v.Explanation(trace.English)))
			default:
				var b strings.Builder
				_ = v.Write(&b, trace.English, 150)
				t.Errorf("%v: %s\n%s\n%s", &x, v.Explanation(trace.English), b.String(), x.text)
			}
		}()
	}
	group.Wait()
	t.Logf("%d agree with the kernel, %d are exceptions, %d need what a kernel does not have; %d were run again", agreed, excepted, cannot, again)
	if len(open) > 0 {
		t.Logf("%d have not been seen to agree:\n%s", len(open), strings.Join(open, "\n"))
	}
	if len(busy) > 0 {
		t.Logf("the machine was too busy to judge %d:\n%s", len(busy), strings.Join(busy, "\n"))
	}
	if len(busy) > len(list)/10 {
		t.Errorf("the machine was too busy: %d of %d could not be judged", len(busy), len(list))
	}
}

// settle runs a trial until it agrees, or differs for the third time on a machine that had time for it.
func settle(x *trial) (*verify.Verdict, int, error) {
	most := tries
	if x.until > tcp.Time(time.Minute) {
		most = triesLong
	}
	for n := 1; ; n++ {
		v, err := verify.Kernel(x.p, x.host, verify.Tolerance{Until: x.until, Slack: verify.Slack})
		if err != nil || len(v.Differences) == 0 || n == most || v.Late <= undisturbed && n > 2 {
			return v, n, err
		}
	}
}

// agreeing are the trials that have been seen to agree.
func agreeing(t *testing.T) map[string]bool {
	t.Helper()
	text, err := os.ReadFile(agreeingFile)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			names[line] = true
		}
	}
	return names
}

const agreeingFile = "testdata/agreeing.txt"

// keepAgreeing writes the list anew where that is asked for.
func keepAgreeing(t *testing.T, names map[string]bool) {
	t.Helper()
	if os.Getenv("UPDATE_AGREEING") != "1" {
		return
	}
	text := "# Scenarios and hosts that have been seen to agree with the real kernel, Linux 6.18, and have to from then on.\n"
	for _, name := range slices.Sorted(maps.Keys(names)) {
		text += name + "\n"
	}
	if err := os.WriteFile(agreeingFile, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// exceptions are the trials that are known not to agree: their names, and why.
func exceptions(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("testdata/exceptions.txt")
	if err != nil {
		t.Fatal(err)
	}
	list := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		name, reason, ok := strings.Cut(line, ": ")
		if !ok || reason == "" {
			t.Errorf("no reason: %s", line)
		}
		list[name] = reason
	}
	if len(list) > 10 {
		t.Errorf("%d exceptions: ten are enough", len(list))
	}
	return list
}

// Every exception names a trial that there is, and says why.
func TestExceptionsAreFew(t *testing.T) {
	names := map[string]bool{}
	for _, x := range trials(t, 0, tcp.Never) {
		names[x.String()] = true
	}
	for name := range exceptions(t) {
		if !names[name] {
			t.Errorf("no trial is called %s", name)
		}
	}
}

// The engine and the real kernel agree about every lesson and every measured fact that lasts under 20 seconds.
func TestKernelAgreesWithLessonsAndFacts(t *testing.T) {
	differential(t)
	agree(t, trials(t, 0, short))
}

// And about those that last longer, TIME_WAIT and whole schedules of retransmission among them, the longest first; this takes a quarter of an
// hour, or two.
func TestKernelAgreesAtLength(t *testing.T) {
	differential(t)
	if os.Getenv("TCPTUTOR_LONG") != "1" {
		t.Skip("takes long: set TCPTUTOR_LONG=1")
	}
	list := trials(t, short, tcp.Never)
	for i := range list {
		list[i].until = min(list[i].until, longest)
	}
	slices.SortStableFunc(list, func(a, b trial) int { return cmp.Compare(b.until, a.until) })
	agree(t, list)
}

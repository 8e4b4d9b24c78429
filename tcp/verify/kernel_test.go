package verify_test

import (
	"cmp"
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
	"tcptutor/tcp/verify"
)

// How many namespaces stand side by side, how long a scenario may last, and how often one that differs is run: first among the others, then
// alone.
const (
	besides   = 16
	short     = tcp.Time(20 * time.Second)
	longest   = tcp.Time(16 * time.Minute) // what comes later is more of the same
	tries     = 3
	alone     = 15 // on a slow machine some that depend on when a program reads agree once in three or four times
	triesLong = 2  // of one that takes more than a minute
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

// An answer is what the kernel had to say to a trial.
type answer struct {
	*verify.Verdict
	err error
}

// differs tells that the kernel could be asked and did something else.
func (a answer) differs() bool { return a.err == nil && len(a.Differences) > 0 }

// askAll asks the kernel about each trial, with several at a time. What differs then is run again alone: a machine that is busy with the
// others, or with something else, does things late.
func askAll(list []trial) []answer {
	answers := make([]answer, len(list))
	var group sync.WaitGroup
	places := make(chan struct{}, besides)
	for i := range list {
		places <- struct{}{}
		group.Go(func() {
			defer func() { <-places }()
			answers[i] = askKernel(&list[i], tries)
		})
	}
	group.Wait()
	for i := range list {
		if answers[i].differs() && list[i].until < short {
			answers[i] = askKernel(&list[i], alone)
		}
	}
	return answers
}

// askKernel runs a trial until it agrees, at most a few times. What hangs on where in a tick of the kernel's clock something falls is
// thrown anew each time; what the engine does otherwise stays.
func askKernel(x *trial, most int) answer {
	if x.until > tcp.Time(time.Minute) {
		most = triesLong
	}
	for n := 1; ; n++ {
		v, err := verify.Kernel(x.p, x.host, verify.Tolerance{Until: x.until, Slack: verify.Slack})
		if a := (answer{v, err}); !a.differs() || n == most {
			return a
		}
	}
}

// agree holds every trial to the kernel that is no exception. An exception that agrees is none any more.
func agree(t *testing.T, list []trial) {
	t.Helper()
	known := exceptions(t)
	agreed, excepted := 0, 0
	for i, a := range askAll(list) {
		x := &list[i]
		switch {
		case a.err != nil:
			t.Errorf("%v: %v", x, a.err)
		case known[x.String()] != "" && !a.differs():
			t.Errorf("%v agrees: strike it off the exceptions", x)
		case known[x.String()] != "":
			excepted++
		case !a.differs():
			agreed++
		default:
			t.Error(told(x, a))
		}
	}
	t.Logf("%d agree with the kernel, %d are exceptions", agreed, excepted)
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

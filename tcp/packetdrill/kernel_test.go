//go:build linux

package packetdrill_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/kernel"
	"tcptutor/tcp/packetdrill"
)

// mark has the scripts tried on the kernel that do not say yet whether they pass there, and written down that they do.
var mark = flag.Bool("mark", false, "try every script on the kernel, and mark those that pass")

// long lets scripts run that take the kernel more than a few seconds.
var long = flag.Bool("long", false, "run long scripts on the kernel, too")

const (
	passesThere = "// on Linux 6.18: passes\n" // the second line of a script that passes on the kernel
	short       = tcp.Time(5 * time.Second)    // how long a script may take there
	scheduling  = 25 * time.Millisecond        // what a busy machine takes to do things
	side        = 8                            // scripts that run side by side: they mostly wait
)

// crowd runs scripts on the kernel side by side, since they mostly wait. For some the machine may be too busy then: those run again by
// themselves.
type crowd struct {
	running sync.WaitGroup
	places  chan struct{}
	mu      sync.Mutex
	late    []func()
}

// newCrowd makes a crowd of none yet.
func newCrowd() *crowd { return &crowd{places: make(chan struct{}, side)} }

// add runs a script of this text, and tells what became of it.
func (c *crowd) add(s *packetdrill.Script, text string, told func(error)) {
	c.places <- struct{}{}
	c.running.Go(func() {
		defer func() { <-c.places }()
		err := onKernel(s, text)
		if !chance(err, text) {
			told(err)
			return
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.late = append(c.late, func() { told(onKernel(s, text)) })
	})
}

// wait waits until every script has run.
func (c *crowd) wait() {
	c.running.Wait()
	for _, again := range c.late {
		again()
	}
}

// chance tells whether it can have been chance that a script failed: nothing was wrong but the time, or what it says hangs on where in the
// kernel's jiffy it happens.
func chance(err error, text string) bool {
	f, ok := errors.AsType[*packetdrill.Failure](err)
	return ok && (f.Time || hurried(text))
}

// onKernel runs a script of this text against the kernel, a few times where it fails by chance.
func onKernel(s *packetdrill.Script, text string) (err error) {
	for range 5 {
		if err = onceOnKernel(s); !chance(err, text) {
			break
		}
	}
	return err
}

func onceOnKernel(s *packetdrill.Script) error {
	local, remote := s.IP.Addresses()
	k, err := kernel.New(local)
	if err != nil {
		return err
	}
	defer k.Close()
	return packetdrill.Run(s, k, packetdrill.Options{Local: local, Remote: remote, Patience: time.Minute, Slack: scheduling})
}

// What a script of ours says that Linux does, the real one does: every script that says so passes on it.
func TestScriptsPassOnTheKernel(t *testing.T) {
	needKernel(t)
	scripts, ran := newCrowd(), 0
	names, err := filepath.Glob("testdata/*/*.pkt")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		marked := strings.Contains(string(text), passesThere)
		s, mistakes := packetdrill.Parse(name, text)
		if len(mistakes) > 0 {
			t.Fatal(mistakes)
		}
		if !marked && !*mark || s.MTU != 1500 || length(t, s) > short && !*long {
			continue
		}
		ran++
		scripts.add(s, string(text), func(err error) {
			if err == nil && !marked {
				head, rest, _ := strings.Cut(string(text), "\n")
				err = os.WriteFile(name, []byte(head+"\n"+passesThere+rest), 0o644)
			}
			if err != nil {
				t.Errorf("%s:%v", name, err)
			}
		})
	}
	scripts.wait()
	if ran == 0 {
		t.Error("no script says that it passes")
	}
}

func needKernel(t *testing.T) {
	t.Helper()
	if os.Getenv("TCPTUTOR_E2E") != "1" {
		t.Skip("needs the kernel's namespaces: set TCPTUTOR_E2E=1")
	}
}

// What is written of a lesson's host that goes by Linux's rules passes on Linux.
func TestLessonsReadBackOnTheKernel(t *testing.T) {
	needKernel(t)
	scripts := newCrowd()
	eachScript(t, func(name, script, book string) {
		s, mistakes := packetdrill.Parse(name, []byte(script))
		if len(mistakes) > 0 {
			t.Fatal(mistakes)
		}
		if book != "linux" || length(t, s) > short && !*long {
			return
		}
		scripts.add(s, script, func(err error) {
			if err != nil {
				t.Errorf("%s:%v\n%s", name, err, script)
			}
		})
	})
	scripts.wait()
}

// And so does what is written of runs that nobody wrote.
func TestGeneratedRunsReadBackOnTheKernel(t *testing.T) {
	needKernel(t)
	const enough = 30
	scripts, ran, last := newCrowd(), 0, ""
	eachGenerated(t, func(g generated) bool {
		if g.refused != "" || g.book != "linux" || hurried(g.text) || length(t, g.script) > short {
			return true
		}
		ran, last = ran+1, g.name
		scripts.add(g.script, g.text, func(err error) {
			if err != nil {
				t.Errorf("%s:%v\n%s", g.name, err, g.text)
			}
		})
		return ran < enough
	})
	scripts.wait()
	t.Logf("%d scripts, from seed 0 to %s", ran, last)
}

// hurried tells whether a program acts at the instant at which a FIN comes. The kernel acknowledges it at its next jiffy: whether by a
// segment of its own hangs on where in the jiffy that is (KERNEL §5, three segments or four).
func hurried(script string) bool {
	came := false // a FIN, at this instant
	for line := range strings.Lines(script) {
		at, what, _ := strings.Cut(line, " ")
		at, _, _ = strings.Cut(at, "...")
		came = came && at == "+0"
		switch {
		case strings.HasPrefix(what, "< F"):
			came = true
		case came && what[0] != '<' && what[0] != '>':
			return true
		}
	}
	return false
}

// length is how long a script takes.
func length(t *testing.T, s *packetdrill.Script) tcp.Time {
	t.Helper()
	engine, err := packetdrill.Simulate(s, "linux")
	if err != nil {
		t.Fatal(err)
	}
	return engine.Run.View(engine.Run.Len()).Now
}

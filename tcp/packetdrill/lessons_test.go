package packetdrill_test

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
	"testing"

	"tcptutor/lessons"
	"tcptutor/tcp/packetdrill"
)

var (
	event = regexp.MustCompile(`^(\+?)\d+(?:\.\d{1,6})?(?:\.\.\.\d+(?:\.\d{1,6})?)? (.*)$`)
	stamp = regexp.MustCompile(`TS val (\d+) ecr (\d+)`)
)

// eachScript gives the script of every lesson's every host that has one, with its host's book.
func eachScript(t *testing.T, yield func(name, script, book string)) {
	t.Helper()
	for _, info := range lessons.List() {
		l, err := lessons.Load(info.ID)
		if err != nil {
			t.Fatal(err)
		}
		for h, spec := range l.Run.Program().Hosts {
			var b bytes.Buffer
			err := packetdrill.Write(&b, l.Run, l.Run.Len(), h)
			if r, ok := errors.AsType[*packetdrill.Refusal](err); ok && r.Reason != "" {
				t.Logf("%s, %s: %v", info.ID, spec.Name, err)
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			yield(info.ID+"."+spec.Name, b.String(), spec.Book)
		}
	}
}

// Every lesson's hosts have a script, or a reason why not: the first event at its time, every other so long after the one before; and each
// echoed timestamp is one that the other side has sent before, without which the real tool stops.
func TestLessonsAsScripts(t *testing.T) {
	scripts := 0
	eachScript(t, func(name, script, _ string) {
		scripts++
		checkScript(t, name, script)
	})
	if scripts == 0 {
		t.Error("no lesson has a script")
	}
}

// What is written of a lesson's host passes when it is read back, under that host's book.
func TestLessonsReadBack(t *testing.T) {
	eachScript(t, func(name, script, book string) { readBack(t, name, script, book) })
}

// readBack runs a script that was written of a host under that host's book.
func readBack(t *testing.T, name, script, book string) {
	t.Helper()
	s, mistakes := packetdrill.Parse(name, []byte(script))
	if len(mistakes) > 0 || len(s.Skipped) > 0 {
		t.Fatalf("%s\n%s", mistakes.Format(), script)
	}
	result, err := packetdrill.Simulate(s, book)
	if err != nil {
		t.Fatal(err)
	}
	if result.Err != nil {
		t.Errorf("%s: %v\n%s", name, result.Err, script)
	}
}

func checkScript(t *testing.T, name, script string) {
	t.Helper()
	events, segments := 0, 0
	vals := map[string]map[string]bool{"<": {"0": true}, ">": {"0": true}}
	for line := range strings.Lines(script) {
		if strings.HasPrefix(line, "//") || strings.HasPrefix(line, "`") || strings.HasPrefix(line, "--") {
			continue
		}
		m := event.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		if m == nil {
			t.Errorf("%s: no event: %s", name, line)
			continue
		}
		if (m[1] == "+") != (events > 0) {
			t.Errorf("%s: event %d: %s", name, events, line)
		}
		events++
		way, other := m[2][:1], map[string]string{"<": ">", ">": "<"}[m[2][:1]]
		if other == "" {
			continue
		}
		segments++
		if ts := stamp.FindStringSubmatch(m[2]); ts != nil {
			if vals[way][ts[1]] = true; !vals[other][ts[2]] {
				t.Errorf("%s: nobody has sent the timestamp %s: %s", name, ts[2], line)
			}
		}
	}
	if segments == 0 {
		t.Errorf("%s: no segment in\n%s", name, script)
	}
}

package trace_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tcptutor/tcp"
	"tcptutor/tcp/observe"
	"tcptutor/tcp/scenario"
	"tcptutor/tcp/sim"
	"tcptutor/tcp/source"
	"tcptutor/tcp/trace"
)

// factName is a fact's file: the source's ID with dashes and the source's name, and a suffix where one fact takes several runs.
var factName = regexp.MustCompile(`^([A-Z]+[0-9]*)-([A-Z]{3,4}-[0-9]+|[0-9A-Za-z.]+?)-([a-z0-9-]+?)(_[a-z0-9.-]+)?$`)

// Each measured fact is a scenario whose claims are true of its run, at nominal times: lines `# holds EXPRESSION`, and
// `# times MOMENT [since MOMENT] = SECONDS ...` for when something happens, each time that it does, and `# ss HOST [after MOMENT]: WORDS`
// for how a line of ss begins then, or at the end.
func TestFacts(t *testing.T) {
	for _, f := range readFacts(t) {
		t.Run(f.name, func(t *testing.T) {
			if err := f.named(); err != nil {
				t.Fatal(err)
			}
			if len(f.claims) == 0 {
				t.Fatal("the file claims nothing: it has no `# holds` line")
			}
			playChecked(t, f.program)
			run := sim.NewTimeline(f.program)
			for _, c := range f.claims {
				if err := c.holds(run); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// Everything measured on Linux is held: there is no fact of the list without a scenario of its name.
func TestEveryMeasuredFactHasAScenario(t *testing.T) {
	has := map[string]bool{}
	for _, f := range readFacts(t) {
		name, _, _ := strings.Cut(f.name, "_")
		has[name] = true
	}
	for _, e := range source.All() {
		section, ok := strings.CutPrefix(string(e.ID), "KERNEL/")
		if name := "KERNEL-" + section + "-" + e.Name; ok && e.Scope == source.InScope && !has[name] {
			t.Errorf("testdata/facts/%s.tcp is missing", name)
		}
	}
}

// fact is a file of facts: a scenario and what is true of its run.
type fact struct {
	name     string
	program  *sim.Program
	claims   []claim
	violates string // words of the invariant that the run breaks; none usually
}

// claim is one line about a run: a word that says of what kind it is, and the rest.
type claim struct{ kind, text string }

func readFacts(t *testing.T) []fact {
	t.Helper()
	var out []fact
	eachScenario(t, "testdata/facts/*.tcp", func(name, text string, p *sim.Program) {
		out = append(out, fact{name: name, program: p, claims: readClaims(text, "holds", "times", "ss")})
	})
	return out
}

// eachScenario reads the scenarios of a pattern; their names are the files', without the ending.
func eachScenario(t *testing.T, pattern string, visit func(name, text string, p *sim.Program)) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: no scenarios: %v", pattern, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		p, errs := scenario.Parse(file, text)
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		visit(strings.TrimSuffix(filepath.Base(file), ".tcp"), string(text), p)
	}
}

// readClaims finds the comments that begin with one of those words.
func readClaims(text string, kinds ...string) []claim {
	var out []claim
	for line := range strings.Lines(text) {
		comment, ok := strings.CutPrefix(strings.TrimSpace(line), "# ")
		kind, rest, _ := strings.Cut(comment, " ")
		if ok && slices.Contains(kinds, kind) {
			out = append(out, claim{kind, rest})
		}
	}
	return out
}

// named holds that a source is cited by its ID and its name.
func (f *fact) named() error {
	name := factName.FindStringSubmatch(f.name)
	if name == nil {
		return errors.New("the file is not named by a source: KERNEL-4.7-third-ack-dropped-when-queue-full.tcp")
	}
	if cited, ok := source.Lookup(source.ID(name[1] + "/" + name[2])); !ok || cited.Name != name[3] {
		return fmt.Errorf("no source is called %s/%s %s", name[1], name[2], name[3])
	}
	return nil
}

// holds tells how a claim is not true of a run; nil when it is.
func (c claim) holds(run sim.Run) error {
	switch c.kind {
	case "times":
		return c.holdsTimes(run)
	case "ss":
		return c.holdsSS(run)
	}
	v, err := observe.Eval(run, run.Len(), c.text)
	if err == nil && v.Any != true {
		err = fmt.Errorf("does not hold%s", leftSide(run, c.text))
	}
	if err != nil {
		return fmt.Errorf("%s: %w", c.text, err)
	}
	return nil
}

// holdsTimes is for `MOMENT [since MOMENT] = SECONDS ...`: when a moment happens, each time that it does.
func (c claim) holdsTimes(run sim.Run) error {
	what, want, _ := strings.Cut(c.text, "=")
	what, since, counted := strings.Cut(what, " since ")
	m, err := observe.ParseMoment(run.Program(), strings.TrimSpace(what))
	if err != nil {
		return err
	}
	from := tcp.Time(0)
	if counted {
		start, err := observe.ParseMoment(run.Program(), strings.TrimSpace(since))
		i, ok := observe.FindMoment(run, start)
		if err != nil || !ok {
			return fmt.Errorf("%s: no such moment: %w", since, err)
		}
		from = run.Step(i).At
	}
	var got []string
	for _, i := range observe.Occurrences(run, m) {
		got = append(got, strconv.FormatFloat(float64(run.Step(i).At.Since(from))/1e9, 'f', -1, 64))
	}
	if have, want := strings.Join(got, " "), strings.Join(strings.Fields(want), " "); have != want {
		return fmt.Errorf("%s:\n got %s\nwant %s", what, have, want)
	}
	return nil
}

// holdsSS is for `HOST [after MOMENT]: WORDS`: then, or at the end, ss prints a line on that host that begins with those words.
func (c claim) holdsSS(run sim.Run) error {
	who, want, _ := strings.Cut(c.text, ": ")
	who, when, early := strings.Cut(who, " after ")
	at := run.Len()
	if early {
		m, err := observe.ParseMoment(run.Program(), when)
		i, ok := observe.FindMoment(run, m)
		if err != nil || !ok {
			return fmt.Errorf("%s: no such moment: %w", when, err)
		}
		at = i + 1
	}
	h := slices.IndexFunc(run.Program().Hosts, func(h sim.HostSpec) bool { return h.Name == who })
	lines := trace.SS(run.View(at), h)
	if !slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(strings.Join(strings.Fields(l), " "), want) }) {
		return fmt.Errorf("ss on %s has no line %q:\n%s", who, want, strings.Join(lines, "\n"))
	}
	return nil
}

// leftSide says what the value left of an == is, for the failure's message.
func leftSide(run sim.Run, claim string) string {
	left, _, ok := strings.Cut(claim, " == ")
	if !ok {
		return ""
	}
	v, err := observe.Eval(run, run.Len(), left)
	if err != nil {
		return ""
	}
	return "; it is " + v.String()
}

// playChecked plays a program to its end and holds every step against the invariants.
func playChecked(t *testing.T, p *sim.Program) {
	t.Helper()
	if err := sim.CheckRun(p); err != nil {
		t.Fatal(err)
	}
}

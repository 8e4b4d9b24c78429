package trace_test

import (
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
var factName = regexp.MustCompile(`^([A-Z]+[0-9]*)-([0-9A-Za-z.]+?)-([a-z0-9-]+?)(_[a-z0-9.-]+)?\.tcp$`)

// Each measured fact is a scenario whose claims are true of its run, at nominal times: lines `# holds EXPRESSION`, and
// `# times MOMENT [since MOMENT] = SECONDS ...` for when something happens, each time that it does, and `# ss HOST: WORDS` for how a line
// of ss begins then.
func TestFacts(t *testing.T) {
	files, err := filepath.Glob("testdata/facts/*.tcp")
	if err != nil || len(files) == 0 {
		t.Fatalf("no facts: %v", err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		t.Run(strings.TrimSuffix(name, ".tcp"), func(t *testing.T) { holdFact(t, file) })
	}
}

func holdFact(t *testing.T, file string) {
	name := factName.FindStringSubmatch(filepath.Base(file))
	if name == nil {
		t.Fatal("the file is not named by a source: KERNEL-4.7-third-ack-dropped-when-queue-full.tcp")
	}
	if cited, ok := source.Lookup(source.ID(name[1] + "/" + name[2])); !ok || cited.Name != name[3] {
		t.Fatalf("no source is called %s/%s %s", name[1], name[2], name[3])
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p, errs := scenario.Parse(file, text)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	playChecked(t, p)
	claims := 0
	run := sim.NewTimeline(p)
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if claim, ok := strings.CutPrefix(line, "# times "); ok {
			claims++
			holdTimes(t, run, claim)
		}
		if claim, ok := strings.CutPrefix(line, "# ss "); ok {
			claims++
			holdSS(t, run, claim)
		}
		claim, ok := strings.CutPrefix(line, "# holds ")
		if !ok {
			continue
		}
		claims++
		v, err := observe.Eval(run, run.Len(), claim)
		switch {
		case err != nil:
			t.Errorf("%s: %v", claim, err)
		case v.Any != true:
			t.Errorf("does not hold: %s%s", claim, leftSide(run, claim))
		}
	}
	if claims == 0 {
		t.Error("the file claims nothing: it has no `# holds` line")
	}
}

// holdTimes holds a claim `MOMENT [since MOMENT] = SECONDS ...`: when a moment happens, each time that it does.
func holdTimes(t *testing.T, run sim.Run, claim string) {
	what, want, _ := strings.Cut(claim, "=")
	what, since, counted := strings.Cut(what, " since ")
	m, err := observe.ParseMoment(run.Program(), strings.TrimSpace(what))
	if err != nil {
		t.Error(err)
		return
	}
	from := tcp.Time(0)
	if counted {
		start, err := observe.ParseMoment(run.Program(), strings.TrimSpace(since))
		i, ok := observe.FindMoment(run, start)
		if err != nil || !ok {
			t.Errorf("%s: no such moment: %v", since, err)
			return
		}
		from = run.Step(i).At
	}
	var got []string
	for _, i := range observe.Occurrences(run, m) {
		got = append(got, strconv.FormatFloat(float64(run.Step(i).At.Since(from))/1e9, 'f', -1, 64))
	}
	if have, want := strings.Join(got, " "), strings.Join(strings.Fields(want), " "); have != want {
		t.Errorf("%s:\n got %s\nwant %s", what, have, want)
	}
}

// holdSS holds a claim `HOST: WORDS`: at the end, ss prints a line on that host that begins with those words.
func holdSS(t *testing.T, run sim.Run, claim string) {
	who, want, _ := strings.Cut(claim, ": ")
	h := slices.IndexFunc(run.Program().Hosts, func(h sim.HostSpec) bool { return h.Name == who })
	lines := trace.SS(run.View(run.Len()), h)
	if !slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(strings.Join(strings.Fields(l), " "), want) }) {
		t.Errorf("ss on %s has no line %q:\n%s", who, want, strings.Join(lines, "\n"))
	}
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
	w := sim.NewWorld(p)
	var s sim.Step
	for n := 0; w.Next(p) <= p.Limits.Time && n < p.Limits.Steps && w.Step(p, &s); n++ {
		if err := w.Check(p); err != nil {
			t.Fatalf("after step %d: %v", n, err)
		}
		if err := w.CheckStep(&s); err != nil {
			t.Fatalf("step %d: %v", n, err)
		}
	}
}

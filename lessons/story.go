package lessons

import (
	"cmp"
	"errors"
	"slices"

	"tcptutor/tcp/observe"
	"tcptutor/tcp/scenario"
	"tcptutor/tcp/sim"
)

// ownRun in a heading's whatif is a step that is for the lesson's own run alone: what it says holds in no other.
const ownRun = "none"

// story tells a run: the lesson's own, or that of a what-if.
//
// A what-if's run is told by the lesson's steps whose moments happen in it too, with its own values, and by the what-if's own steps. Where
// both have one for the same moment, the what-if's stands. The lesson's predictions are not asked again.
func (src *source) story(run *sim.Timeline, whatIf string) (Story, mistakes) {
	t := teller{src: src, run: run, whatIf: whatIf}
	own := map[string]bool{}
	for _, s := range src.prose[English].sections {
		if s.whatIf == whatIf {
			own[s.at] = true
		}
	}
	for i := range src.prose[English].sections {
		s := &src.prose[English].sections[i]
		switch {
		case s.whatIf == whatIf, whatIf == "" && s.whatIf == ownRun:
			t.tell(i, true)
		case s.whatIf == "" && !own[s.at]:
			t.tell(i, false)
		}
	}
	slices.SortStableFunc(t.notes, func(a, b Note) int { return cmp.Compare(a.Step, b.Step) })
	return Story{Run: run, Book: run.Program().Books(), Notes: t.notes, Find: finder(run)}, t.problems
}

// teller collects the notes of a run.
type teller struct {
	src      *source
	run      *sim.Timeline
	whatIf   string
	notes    []Note
	problems mistakes
}

// tell adds section i. One that is not the run's own may be missing from it.
func (t *teller) tell(i int, own bool) {
	en, zh := &t.src.prose[English].sections[i], &t.src.prose[Chinese].sections[i]
	if en.at == "" {
		return // told as a problem when the heading was read
	}
	m, err := observe.ParseMoment(t.run.Program(), en.at)
	if err != nil {
		t.notation(t.src.prose[English].file, en.atPos, err)
		return
	}
	where := occurrences(t.run, m)
	n := max(m.N, 1)
	switch {
	case len(where) < n && !own:
		return
	case len(where) < n:
		t.complain(English, en.atPos, "a moment of the run", "%q happens %s in the run", en.at, times(len(where)))
		return
	case own && t.whatIf == "" && m.N == 0 && len(where) > 1:
		t.complain(English, en.atPos, en.at+"@N", "%q happens %s in the run", en.at, times(len(where)))
	}
	step := where[n-1]
	if last := len(t.notes) - 1; own && last >= 0 && t.whatIf == "" && t.notes[last].Step > step {
		t.complain(English, en.atPos, "the steps in the order of the run", "%q comes before %q", en.at, t.notes[last].At)
	}
	note := Note{Step: step, At: en.at, Title: Text{en.title, zh.title}, section: i}
	for l := range NumLangs {
		note.Body[l] = t.fill(l, &t.src.prose[l].sections[i], step)
	}
	if own {
		for _, a := range en.ask {
			item, _ := t.src.asked(a.text)
			note.Ask = append(note.Ask, item)
		}
	}
	t.notes = append(t.notes, note)
}

// fill fills a section's values in, as they are after a step.
func (t *teller) fill(l Lang, s *section, step int) []Block {
	f := filler{
		eval:   func(expr string) (string, error) { return evaluate(t.run, step, expr) },
		failed: func(offset int, err error) { t.notation(t.src.prose[l].file, offset, err) },
	}
	return f.blocks(s.body)
}

func (t *teller) complain(l Lang, offset int, want, format string, args ...any) {
	t.problems = append(t.problems, t.src.prose[l].file.problem(offset, want, format, args...))
}

// notation words a mistake in a moment or a value that stands at an offset of a file.
func (t *teller) notation(f file, offset int, err error) {
	t.problems = append(t.problems, notation(f, offset, err, t.whatIf))
}

func notation(f file, offset int, err error, whatIf string) scenario.Error {
	run := ""
	if whatIf != "" {
		run = " (in the run of what-if " + whatIf + ")"
	}
	var e *observe.Error
	if errors.As(err, &e) {
		return f.problem(offset, e.Expected, "%q: %s%s", e.Text, e.Problem, run)
	}
	return f.problem(offset, "", "%s%s", err, run)
}

// finder is a Story's Find.
func finder(run *sim.Timeline) func(string) (int, error) {
	return func(moment string) (int, error) {
		m, err := observe.ParseMoment(run.Program(), moment)
		if err != nil {
			return 0, err
		}
		step, ok := sim.Find(run, m)
		if !ok {
			return 0, errNever
		}
		return step, nil
	}
}

// told is an error in both languages.
type told Text

// Error is the error in English.
func (t told) Error() string { return t.English }

// In is the error in a language.
func (t told) In(l Lang) string { return Text(t).In(l) }

var errNever = told{"that does not happen in this run", "这次运行里没有发生这件事"}

// times counts in words.
func times(n int) string {
	switch n {
	case 0:
		return "never"
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return "more than twice"
}

// occurrences are the steps in which a moment happens, whatever its N; one in which it happens twice is there twice.
func occurrences(run sim.Run, m sim.Moment) []int {
	var steps []int
	for i := range run.Len() {
		for range sim.CountIn(run, m, i) {
			steps = append(steps, i)
		}
	}
	return steps
}

package cli

import (
	"fmt"
	"strings"

	"tcptutor/tcp/observe"
	"tcptutor/tcp/scenario"
	"tcptutor/tcp/sim"
	"tcptutor/tcp/trace"
)

// mistaken makes one problem of a file's mistakes: each with its place and its line, and how many there are.
func (a *app) mistaken(name string, mistakes scenario.Errors) error {
	var b strings.Builder
	if len(mistakes) == 1 {
		fmt.Fprintf(&b, a.w.oneMistake, name)
	} else {
		fmt.Fprintf(&b, a.w.manyMistakes, len(mistakes), name)
	}
	text := mistakes.Format()
	if a.lang == trace.Chinese {
		text = mistakes.FormatChinese()
	}
	b.WriteString("\n" + strings.TrimRight(text, "\n"))
	return &problem{b.String(), a.w.mendNext, failed}
}

// inWords is what an error of a scenario, a moment or a book says, in the learner's language.
func (a *app) inWords(err error) string {
	if a.lang == trace.Chinese {
		return scenario.Chinese(err)
	}
	return err.Error()
}

// tellDeadLines says which lines of a whole run never began, because the moment they wait for never came.
func (a *app) tellDeadLines(name string, run *sim.Timeline) {
	p, w := run.Program(), run.View(run.Len())
	for i := range p.Threads {
		t := &w.Threads[i]
		if t.Over || t.Unborn || t.Inside {
			continue
		}
		line := &p.Threads[i].Lines[t.Line]
		if m := line.When; m >= 0 && int(w.Hits[m]) < max(p.Moments[m].N, 1) {
			fmt.Fprintf(a.err, a.w.deadLine, name, line.Pos, p.Threads[i].Name, line.Text, observe.FormatMoment(p, p.Moments[m]))
		}
	}
}

// stepsUntil is how many steps there are up to and with the moment that until names.
func (a *app) stepsUntil(run *sim.Timeline, until string) (int, error) {
	m, err := observe.ParseMoment(run.Program(), until)
	if err != nil {
		return 0, a.wrong(a.w.badMoment, until, a.inWords(err))
	}
	i, ok := run.Find(m)
	if !ok {
		return 0, &problem{fmt.Sprintf(a.w.noMoment, until), a.w.noMomentNext, failed}
	}
	return i + 1, nil
}

package cli

import (
	"fmt"
	"strings"

	"tcptutor/tcp/observe"
	"tcptutor/tcp/scenario"
	"tcptutor/tcp/sim"
)

// mistaken makes one problem of a file's mistakes: each with its place and its line, and how many there are.
func (a *app) mistaken(name string, mistakes scenario.Errors) error {
	var b strings.Builder
	if len(mistakes) == 1 {
		fmt.Fprintf(&b, a.w.oneMistake, name)
	} else {
		fmt.Fprintf(&b, a.w.manyMistakes, len(mistakes), name)
	}
	b.WriteString("\n" + strings.TrimRight(mistakes.Format(), "\n"))
	return &problem{b.String(), a.w.mendNext, failed}
}

// stepsUntil is how many steps there are up to and with the moment that until names.
func (a *app) stepsUntil(run *sim.Timeline, until string) (int, error) {
	m, err := observe.ParseMoment(run.Program(), until)
	if err != nil {
		return 0, a.wrong(a.w.badMoment, until, err)
	}
	i, ok := run.Find(m)
	if !ok {
		return 0, &problem{fmt.Sprintf(a.w.noMoment, until), a.w.noMomentNext, failed}
	}
	return i + 1, nil
}

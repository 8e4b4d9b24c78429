package cli

import (
	"os"
	"slices"
	"strings"

	"github.com/charmbracelet/x/term"

	"tcptutor/tcp"
	"tcptutor/tcp/sim"
	"tcptutor/tcp/trace"
)

// besideWidth is how wide two runs are printed where there is no terminal to ask, besideMost how wide at most.
const (
	besideWidth = 120
	besideMost  = 200
)

// runAgainst prints the run of a program beside that of the same program with other books or settings.
func (a *app) runAgainst(p *sim.Program, f *runFlags) error {
	if f.format != formats[0] {
		return a.wrong(a.w.againstText, f.format)
	}
	q := *p
	q.Hosts = slices.Clone(p.Hosts)
	for i := range q.Hosts {
		q.Hosts[i].Sysctl = slices.Clip(q.Hosts[i].Sysctl)
	}
	for _, word := range f.against {
		var err error
		if setting(p, word) {
			err = a.changeSysctls(&q, "--against", []string{word})
		} else {
			err = a.changeBooks(&q, "--against", []string{word})
		}
		if err != nil {
			return err
		}
	}
	one, other := sim.NewTimeline(p), sim.NewTimeline(&q)
	rows, c, err := a.rowsUntil(one, other, f.until)
	if err != nil {
		return err
	}
	titles := [2]string{p.Books(), strings.Join(f.against, " ")}
	if sim.Changes(p, &q)&sim.ChangedBook == 0 {
		titles[0] = a.w.againstFile
	}
	d := trace.NewCompared(c, trace.TextOptions{Lang: a.lang, Why: f.why})
	return trace.WriteBeside(a.out, d, titles, a.columns(), rows)
}

// setting reports whether a word of --against is a setting: it gives something that is no host a value that is no book. Else it names a book.
func setting(p *sim.Program, word string) bool {
	name, value, found := strings.Cut(word, "=")
	_, err := tcp.FindBook(value)
	return found && err != nil && hostIndex(p, name) < 0
}

// rowsUntil compares two runs and says how many rows are to be shown: to the end of both, or to the moment of --until in the first run. A
// moment that never happens there is looked for in the other.
func (a *app) rowsUntil(one, other *sim.Timeline, until string) (int, *sim.Comparison, error) {
	if until == "" {
		for _, run := range [...]*sim.Timeline{one, other} {
			if _, err := a.steps(run, ""); err != nil {
				return 0, nil, err
			}
		}
		c := sim.Compare(one, other)
		return len(c.Rows), c, nil
	}
	n, err := a.stepsUntil(one, until)
	side := 0
	if err != nil {
		m, second := a.stepsUntil(other, until)
		if second != nil {
			return 0, nil, err
		}
		n, side = m, 1
	}
	c := sim.Compare(one, other)
	return c.Row(side, n-1) + 1, c, nil
}

// columns is how wide the output may be.
func (a *app) columns() int {
	if f, ok := a.out.(*os.File); ok && term.IsTerminal(f.Fd()) {
		if w, _, err := term.GetSize(f.Fd()); err == nil {
			return min(w, besideMost)
		}
	}
	return besideWidth
}

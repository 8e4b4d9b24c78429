package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"tcptutor/lessons"
	"tcptutor/tcp"
	"tcptutor/tcp/packetdrill"
	"tcptutor/tcp/scenario"
	"tcptutor/tcp/trace"
	"tcptutor/tui"
	"tcptutor/tui/study"
)

// drillFlags are what `tcptutor packetdrill` can be told.
type drillFlags struct {
	book               string
	json, strict, step bool
	names              []string // --define's
	defined            []packetdrill.Definition
	ascii              bool
}

func (a *app) packetdrill() *cobra.Command {
	var f drillFlags
	cmd := &cobra.Command{
		Use:     "packetdrill FILE...",
		Short:   a.w.drillShort,
		Long:    a.w.drillLong,
		Example: drillExample,
		Args:    cobra.MinimumNArgs(1),
	}
	cmd.Flags().StringVar(&f.book, "book", tcp.BaseBooks()[0], a.w.drillBookFlag)
	cmd.Flags().BoolVar(&f.json, "json", false, a.w.jsonFlag)
	cmd.Flags().BoolVar(&f.strict, "strict", false, a.w.strictFlag)
	cmd.Flags().BoolVar(&f.step, "step", false, a.w.stepFlag)
	cmd.Flags().StringArrayVarP(&f.names, "define", "D", nil, a.w.defineFlag)
	_ = cmd.RegisterFlagCompletionFunc("book", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return tcp.BaseBooks(), cobra.ShellCompDirectiveNoFileComp
	})
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		f.ascii, _ = cmd.Flags().GetBool("ascii")
		return a.do(func(names []string) error { return a.drill(names, &f) })(cmd, args)
	}
	return cmd
}

// drill runs scripts, each for itself, or opens one on the screen.
func (a *app) drill(names []string, f *drillFlags) error {
	if _, err := tcp.FindBook(f.book); err != nil {
		return a.wrong(a.w.badBook, "--book", f.book, a.inWords(err))
	}
	for _, name := range f.names {
		d, ok := packetdrill.ParseDefinition(name)
		if !ok {
			return a.wrong(a.w.badDefine, name)
		}
		f.defined = append(f.defined, d)
	}
	if f.step && len(names) > 1 {
		return a.wrong(a.w.stepOne, len(names))
	}
	for _, name := range names {
		d, err := a.drillOne(name, f)
		if err != nil {
			return err
		}
		if f.step && d.result != nil {
			return a.stepDrill(d, f)
		}
		if !d.passed() {
			a.status = max(a.status, failed)
		}
		if f.json {
			err = a.tellJSON(d)
		} else {
			err = a.tellDrill(d)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// drilled is what became of one script.
type drilled struct {
	name     string
	problem  *problem // the file could not be read
	mistakes scenario.Errors
	script   *packetdrill.Script
	result   *packetdrill.Simulation // nil when the script was not run
	refused  bool                    // with --strict: something would have been skipped
	failure  *packetdrill.Failure
	broken   error // the subject's
}

func (d *drilled) passed() bool {
	return d.result != nil && d.failure == nil && d.broken == nil
}

// drillOne reads and runs one script. Its error is one that no other script can do anything about.
func (a *app) drillOne(name string, f *drillFlags) (*drilled, error) {
	d := &drilled{name: name}
	text, err := a.readFile(name)
	if p, ok := errors.AsType[*problem](err); ok {
		if p.next == a.w.notScenarioNext {
			p.next = a.w.notScriptNext
		}
		d.problem = p
		return d, nil
	}
	if err != nil {
		return nil, err
	}
	if d.script, d.mistakes = packetdrill.Parse(name, text, f.defined...); len(d.mistakes) > 0 {
		return d, nil
	}
	if d.refused = f.strict && len(d.script.Skipped) > 0; d.refused {
		return d, nil
	}
	if d.result, err = packetdrill.Simulate(d.script, f.book); err != nil {
		return nil, err
	}
	if failure, ok := errors.AsType[*packetdrill.Failure](d.result.Err); ok {
		d.failure = failure
	} else {
		d.broken = d.result.Err
	}
	return d, nil
}

// tellDrill prints a script's summary line and, where it did not pass, why.
func (a *app) tellDrill(d *drilled) error {
	var b strings.Builder
	switch {
	case d.problem != nil:
		a.report(d.problem)
		fmt.Fprintf(&b, a.w.drillUnread, d.name)
	case len(d.mistakes) > 0:
		a.report(a.mistaken(d.name, d.mistakes))
		fmt.Fprintf(&b, a.w.drillUnread, d.name)
	case d.refused:
		fmt.Fprintf(&b, a.w.drillRefused, d.name, len(d.script.Skipped))
	case d.broken != nil:
		fmt.Fprintf(&b, a.w.drillFails, d.name, a.inWords(d.broken))
	case d.failure != nil:
		e := d.failure.Event
		fmt.Fprintf(&b, a.w.drillFails, fmt.Sprintf("%s:%d:%d", d.name, e.Line, e.Col), d.failure.Problem[a.lang])
		fmt.Fprintf(&b, "  %s\n    %s\n", a.w.drillLine, e.Text)
		if d.failure.Came != "" {
			fmt.Fprintf(&b, "  %s\n    %s\n", a.w.drillCame, strings.ReplaceAll(d.failure.Came, "\n", "\n    "))
		}
		fmt.Fprintf(&b, "  %s\n", a.w.drillSteps)
		for _, l := range a.lastSteps(d) {
			b.WriteString("  " + l + "\n")
		}
	default:
		fmt.Fprintf(&b, a.w.drillPasses, d.name, len(d.script.Events))
	}
	if d.script != nil {
		for _, k := range d.script.Skipped {
			fmt.Fprintf(&b, a.w.drillSkipped, k.Line, k.Text)
		}
	}
	_, err := io.WriteString(a.out, b.String())
	return err
}

// shownSteps is how many of a run's last steps stand below a failure.
const shownSteps = 4

// lastSteps are the last steps before a failure, with the rules that applied.
func (a *app) lastSteps(d *drilled) (lines []string) {
	run := d.result.Run
	page := trace.NewPage(run, trace.NewText(trace.TextOptions{Lang: a.lang, Why: true, Width: a.columns() - 2}))
	for i := max(0, run.Len()-shownSteps); i < run.Len(); i++ {
		lines = append(lines, page.Step(i)...)
	}
	return lines
}

// The objects of --json, one line a script.
type (
	drillJSON struct {
		File     string        `json:"file"`
		Result   string        `json:"result"` // pass, fail, skip (--strict), unread
		Events   int           `json:"events"`
		Line     int           `json:"line,omitempty"`
		Col      int           `json:"col,omitempty"`
		Text     string        `json:"text,omitempty"`
		Problem  string        `json:"problem,omitempty"`
		Came     string        `json:"came,omitempty"`
		Steps    []string      `json:"steps,omitempty"`
		Mistakes []mistakeJSON `json:"mistakes,omitempty"`
		Skipped  []skipJSON    `json:"skipped,omitempty"`
	}
	mistakeJSON struct {
		Line     int    `json:"line"`
		Col      int    `json:"col"`
		Problem  string `json:"problem"`
		Expected string `json:"expected,omitempty"`
	}
	skipJSON struct {
		Line int    `json:"line"`
		Text string `json:"text"`
	}
)

func (a *app) tellJSON(d *drilled) error {
	j := drillJSON{File: d.name, Result: "pass"}
	switch {
	case d.problem != nil:
		j.Result, j.Problem = "unread", d.problem.what
	case len(d.mistakes) > 0:
		j.Result = "unread"
		for _, m := range d.mistakes {
			j.Mistakes = append(j.Mistakes, mistakeJSON{m.Line, m.Col, m.Problem, m.Expected})
		}
	case d.refused:
		j.Result = "skip"
	case d.broken != nil:
		j.Result, j.Problem = "fail", a.inWords(d.broken)
	case d.failure != nil:
		e := d.failure.Event
		j.Result, j.Line, j.Col, j.Text, j.Problem, j.Came = "fail", e.Line, e.Col, e.Text, d.failure.Problem[a.lang], d.failure.Came
		j.Steps = a.lastSteps(d)
	}
	if d.script != nil {
		j.Events = len(d.script.Events)
		for _, k := range d.script.Skipped {
			j.Skipped = append(j.Skipped, skipJSON(k))
		}
	}
	out := json.NewEncoder(a.out)
	out.SetEscapeHTML(false)
	return out.Encode(j)
}

// stepDrill opens the screen on a script.
func (a *app) stepDrill(d *drilled, f *drillFlags) error {
	name := filepath.Base(d.name)
	run := &tui.Lesson{LessonInfo: tui.LessonInfo{Title: tui.Text{English: name, Chinese: name}}, Story: drillStory(d, f.book)}
	return a.show(tui.Options{Show: run}, study.NewLibrary(), f.ascii)
}

// drillStory is a script's run, with the script's lines as they are reached.
func drillStory(d *drilled, book string) tui.Story {
	run := d.result.Run
	story := tui.Story{Run: run, Book: book, Find: study.Finder(run)}
	for i, step := range d.result.Steps {
		story.Notes = append(story.Notes, drillNote(min(step, run.Len()-1), &d.script.Events[i], nil))
	}
	if d.failure == nil {
		return story
	}
	end := drillNote(run.Len()-1, d.failure.Event, d.failure)
	if n := len(story.Notes); n > 0 && d.failure.Event == &d.script.Events[n-1] { // it was reached, and then failed
		story.Notes = story.Notes[:n-1]
	}
	story.Notes = append(story.Notes, end)
	return story
}

// drillNote is a line of the script as a note, with its failure where it is the one that failed.
func drillNote(step int, e *packetdrill.Event, failure *packetdrill.Failure) tui.Note {
	n := tui.Note{Step: max(step, 0), Title: tui.Text{
		English: fmt.Sprintf(wordsOf[trace.English].drillNote, e.Line), Chinese: fmt.Sprintf(wordsOf[trace.Chinese].drillNote, e.Line),
	}}
	for lang := range n.Body {
		n.Body[lang] = []tui.Block{{Kind: tui.Code, Lines: []string{e.Text}}}
		if failure != nil {
			words := failure.Problem[lang]
			if failure.Came != "" {
				words += ": " + failure.Came
			}
			n.Body[lang] = append(n.Body[lang], tui.Block{Kind: lessons.Paragraph, Spans: []tui.Span{{Text: words, Style: tui.Strong}}})
		}
	}
	return n
}

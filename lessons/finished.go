package lessons

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"tcptutor/quiz"
	"tcptutor/tcp/observe"
	"tcptutor/tcp/scenario"
)

// What a lesson of the program has: enough for a quarter of an hour, and no more.
const (
	fewestNotes       = 9
	mostNotes         = 14
	fewestPredictions = 2
	fewestItems       = 8
)

// forms are the kinds of question of which each lesson has one or more.
var forms = [...]quiz.Form{quiz.Choose, quiz.Fill, quiz.Claim, quiz.Order, quiz.Blanks}

// unfinished tells what a lesson still lacks.
func unfinished(src *source, l *Lesson) mistakes {
	var ps mistakes
	prose := src.prose[English]
	if n := len(l.Notes); n < fewestNotes || n > mostNotes {
		ps = append(ps, prose.file.problem(-1, fmt.Sprintf("%d to %d", fewestNotes, mostNotes), "the lesson has %d steps, those of what-ifs not counted", n))
	}
	if len(l.Notes) > 0 && l.Notes[0].Step != 0 {
		at := prose.sections[l.Notes[0].section].atPos
		ps = append(ps, prose.file.problem(at, "the moment of the first one", "the lesson says nothing before step %d of its run", l.Notes[0].Step+1))
	}
	asked := map[string]bool{}
	for _, n := range l.Notes {
		for _, item := range n.Ask {
			asked[item] = true
		}
	}
	if len(asked) < fewestPredictions {
		ps = append(ps, prose.file.problem(-1, fmt.Sprintf("%d or more", fewestPredictions), "the lesson asks for %d predictions", len(asked)))
	}
	if len(l.WhatIfs) == 0 {
		ps = append(ps, src.spec.file.problem(-1, "whatifs: …", "the lesson has no what-if"))
	}
	return append(ps, src.unasked()...)
}

// faulty words what is wrong with a question or an expression, and what was expected.
func faulty(err error) (what, want string) {
	if e, ok := errors.AsType[*observe.Error](err); ok {
		return fmt.Sprintf("%q: %s", e.Text, e.Problem), e.Expected
	}
	if e, ok := errors.AsType[scenario.Errors](err); ok { // the first one: the others may be its echo
		return fmt.Sprintf("its scenario, line %d: %s", e[0].Line, e[0].Problem), e[0].Expected
	}
	return err.Error(), ""
}

// unasked tells which questions a lesson lacks.
func (src *source) unasked() mistakes {
	var ps mistakes
	items := src.quiz.Items
	if len(items) < fewestItems {
		ps = append(ps, src.quizFile.problem(-1, fmt.Sprintf("%d or more", fewestItems), "questions: %d", len(items)))
	}
	var missing []string
	for _, form := range forms {
		if !slices.ContainsFunc(items, func(it *quiz.Item) bool { return it.Form == form }) {
			missing = append(missing, form.String())
		}
	}
	if missing != nil {
		ps = append(ps, src.quizFile.problem(-1, "one or more of each", "there is no question of kind %s", strings.Join(missing, ", ")))
	}
	return ps
}

// tried makes every question for some seeds and tells what comes out wrong.
func (src *source) tried(seeds int) mistakes {
	if src.quiz == nil || seeds == 0 {
		return nil
	}
	var ps mistakes
	for _, err := range src.quiz.Check(seeds) {
		if f, ok := errors.AsType[*quiz.Fault](err); ok {
			what, want := faulty(f.Err)
			ps = append(ps, src.quizFile.at(f.Line, f.Col, want, "item %s: %s", f.Item, what))
		} else {
			ps = append(ps, src.quizFile.problem(-1, "", "%v", err))
		}
	}
	return ps
}

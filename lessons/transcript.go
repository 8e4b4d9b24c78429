package lessons

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"tcptutor/quiz"
	"tcptutor/tcp/sim"
	"tcptutor/tcp/trace"
)

// transcriptWidth is the cells of a transcript's line, but for what tcpdump prints.
const transcriptWidth = 78

// Transcript writes a lesson as text, to be read without a screen: each step of the prose under the time it belongs to, what tcpdump saw since
// the step before, the predictions with their answers, and each what-if from where it leaves the lesson's run. The error is the
// writer's, or that of a what-if or a prediction that cannot be made.
func Transcript(l *Lesson, lang Lang, w io.Writer) error {
	t := &transcript{out: bufio.NewWriter(w), lesson: l, lang: lang}
	t.line("", l.Title.In(lang))
	t.line("", strings.Repeat("=", cells(l.Title.In(lang))))
	t.line("")
	t.wrapped("", "", l.Summary.In(lang))
	t.story(&l.Story, 0)
	for _, what := range l.WhatIfs {
		if err := t.whatIf(&what); err != nil {
			return err
		}
	}
	if t.err != nil {
		return t.err
	}
	return t.out.Flush()
}

type transcript struct {
	out    *bufio.Writer
	lesson *Lesson
	lang   Lang
	err    error // the first prediction that could not be made
}

// words of the transcript itself.
var (
	wordWhatIf = Text{"What if? ", "假如："}
	wordAsk    = Text{"What do you think?", "你怎么看？"}
	wordAnswer = Text{"Answer: ", "答案："}
	wordStep   = Text{"step %d, %.3f s", "第 %d 步，%.3f s"}
	wordDiffer = Text{"From here on it is another run.", "从这里起，走的是另一条路。"}
)

// line writes a line; the writer's error is kept for Flush.
func (t *transcript) line(parts ...string) {
	t.out.WriteString(strings.TrimRight(strings.Join(parts, ""), " ") + "\n")
}

// wrapped writes a text behind a prefix, and what does not fit in one line behind another.
func (t *transcript) wrapped(first, rest, s string) {
	prefix := first
	for _, l := range wrap(s, transcriptWidth-cells(rest)) {
		t.line(prefix, l)
		prefix = rest
	}
}

// story writes the notes from a step on.
func (t *transcript) story(s *Story, from int) {
	page := trace.NewPage(s.Run, trace.NewTCPDump(trace.Wire))
	next := from // first step whose segments have not been written
	for i := range s.Notes {
		n := &s.Notes[i]
		if n.Step < from {
			continue
		}
		if i == 0 || n.Step >= next {
			t.time(s.Run, n.Step)
			for ; next <= n.Step; next++ {
				for _, l := range page.Step(next) {
					t.line("    ", l)
				}
			}
		}
		t.note(n)
	}
}

// time writes the instant of a step as a rule across the page.
func (t *transcript) time(run sim.Run, step int) {
	at := time.Duration(run.Step(step).At)
	t.line("")
	head := fmt.Sprintf("--- "+wordStep.In(t.lang)+" ", step+1, at.Seconds())
	t.line(head, strings.Repeat("-", transcriptWidth-cells(head)))
}

func (t *transcript) note(n *Note) {
	t.line("")
	t.line(n.Title.In(t.lang))
	t.blocks(n.Body[t.lang], "  ")
	for _, id := range n.Ask {
		t.ask(id)
	}
}

// blocks writes blocks a line apart.
func (t *transcript) blocks(bs []Block, indent string) {
	for _, b := range bs {
		t.line("")
		switch b.Kind {
		case ListBlock:
			t.list(&b, indent)
		case Code:
			for _, l := range b.Lines {
				t.line(indent, "  ", l)
			}
		case Table:
			for _, row := range b.Rows {
				var cellTexts []string
				for _, cell := range row {
					cellTexts = append(cellTexts, textOf(cell))
				}
				t.wrapped(indent, indent+"  ", strings.Join(cellTexts, " | "))
			}
		default:
			t.wrapped(indent, indent, textOf(b.Spans))
		}
	}
}

func (t *transcript) list(b *Block, indent string) {
	for i, item := range b.Items {
		mark := "- "
		if b.Ordered {
			mark = fmt.Sprintf("%d. ", i+1)
		}
		deeper := indent + strings.Repeat(" ", len(mark))
		for j, block := range item {
			switch {
			case j == 0:
				t.wrapped(indent+mark, deeper, textOf(block.Spans))
			case block.Kind == ListBlock:
				t.list(&block, deeper)
			default:
				t.blocks(item[j:j+1], deeper)
			}
		}
	}
}

// ask writes a prediction and its answer.
func (t *transcript) ask(id string) {
	q, err := t.lesson.Predict(id)
	if err != nil {
		t.err = err
		return
	}
	t.line("")
	t.line("  ", wordAsk.In(t.lang))
	t.wrapped("    ", "    ", quizText(q.Prompt, t.lang))
	for i, c := range q.Choices {
		t.wrapped(fmt.Sprintf("      %d  ", i+1), "         ", quizText(c.Text, t.lang))
	}
	t.wrapped("    ", "    ", wordAnswer.In(t.lang)+quizText(q.Answer(), t.lang))
}

// quizText is a question's text in one line.
func quizText(q quiz.Text, l Lang) string {
	var parts []string
	for _, b := range Snippet(q)[l] {
		parts = append(parts, textOf(b.Spans))
	}
	return strings.Join(parts, " ")
}

// whatIf writes a what-if from where it leaves the lesson's run.
func (t *transcript) whatIf(w *WhatIf) error {
	story, differs, err := w.Open()
	if err != nil {
		return err
	}
	t.line("")
	t.line("")
	head := wordWhatIf.In(t.lang) + w.Title.In(t.lang)
	t.line(head)
	t.line(strings.Repeat("=", cells(head)))
	t.blocks(w.About[t.lang], "  ")
	t.line("")
	t.line("  ", wordDiffer.In(t.lang))
	t.story(&story, differs)
	return nil
}

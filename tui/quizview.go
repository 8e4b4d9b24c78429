package tui

import (
	"tcptutor/tui/cell"
	"tcptutor/tui/look"
)

// proseWidth is the widest a line of prose gets.
const proseWidth = 84

// drawQuiz draws a question of a quiz, or what became of its answer. Where that is longer than the screen, it returns how it is turned.
func (m *Model) drawQuiz(a cell.Area) (turns string) {
	q := m.quiz
	m.drawQuizHead(a)
	a = a.In(2, 3, min(a.W-4, proseWidth), a.H-5)
	lay := &layer{width: a.W}
	lay.blocks(q.question.Prompt[m.lang], 0)
	lay.gap()
	var shown *given
	if q.answer != nil && q.answer.kept {
		shown = q.answer
	}
	m.choiceLines(lay, q.question, q.pick, shown)
	fieldAt := -1
	if len(q.question.Choices) == 0 && q.answer == nil {
		fieldAt = len(lay.lines)
		lay.lines = append(lay.lines, line{}, line{})
		lay.runs([]cell.Run{{Text: q.question.Hint.In(m.lang), Style: look.Dim}}, 2)
	}
	begins := len(lay.lines)
	if q.answer != nil {
		lay.lines = append(lay.lines, line{})
		begins++
		m.verdictLines(lay, q.question, q.answer)
		m.refutesLines(lay, q.answer)
	}
	// The answer and its verdict are at the end: what does not fit goes off at the top, but for the verdict's beginning. The rest is turned to.
	hidden := max(len(lay.lines)-a.H, 0)
	first := min(begins, hidden)
	q.turn = max(-first, min(q.turn, hidden-first))
	top := first + q.turn
	for y := 0; y < a.H && top+y < len(lay.lines); y++ {
		l := &lay.lines[top+y]
		a.Runs(l.indent, y, l.runs)
		if l.do.Kind != None {
			m.zone(a, y, l.do)
		}
	}
	if fieldAt >= top {
		m.drawField(a, 0, fieldAt-top, q.field.text)
	}
	if hidden == 0 || q.answer == nil {
		return ""
	}
	return m.sayf(sayMore, hidden) + "  j k"
}

// drawQuizHead draws which question it is, and by which book. Its code, which only names it, stands where there is room left.
func (m *Model) drawQuizHead(a cell.Area) {
	q := m.quiz
	a.HLine(0, 1, a.W, look.Frame, m.look.H)
	x := a.Text(1, 0, look.Strong, m.sayf(sayQuestion, q.i+1, q.quiz.Len())) + 4
	room := a.W - 1 - x - 4 - cell.Width(q.question.Book)
	x = a.Text(x, 0, look.Plain, clip(q.question.Title.In(m.lang), room, m.look.More)) + 4
	x = a.Text(x, 0, look.Dim, q.question.Book)
	if x+2+cell.Width(q.question.Code) < a.W {
		a.Right(a.W-1, 0, look.Dim, q.question.Code)
	}
}

// drawSummary draws how a quiz went.
func (m *Model) drawSummary(a cell.Area) {
	q := m.quiz
	title := sayDone.In(m.lang)
	if q.paused() {
		title = m.sayf(saySoFar, q.asked, q.quiz.Len())
	}
	a.Text(1, 0, look.Strong, title)
	a.HLine(0, 1, a.W, look.Frame, m.look.H)
	a.Text(2, 3, look.Plain, m.sayf(sayScore, q.score()...))
	for i := range min(q.quiz.Len(), 40) {
		r, st := m.look.NoBar, look.Dim
		switch {
		case i < q.right:
			r, st = m.look.Right, look.Good
		case i < q.asked:
			r, st = m.look.Wrong, look.Lost
		}
		a.Put(2+2*i, 5, st, r)
	}
	if len(q.weak) == 0 {
		return
	}
	a.Text(2, 7, look.Dim, sayWeak.In(m.lang))
	for i, t := range q.weak {
		a.Text(4, 8+i, look.Plain, clip(t.In(m.lang), a.W-6, m.look.More))
	}
}

// score is right and asked in the order every language's sentence takes them.
func (q *quizState) score() []any { return []any{q.right, q.asked} }

package tui

import (
	"tcptutor/tui/cell"
	"tcptutor/tui/look"
)

// draw makes the frame: exactly as large as the terminal.
func (m *Model) draw() {
	m.grid.Fold = m.look.Fold
	m.grid.Reset(m.w, m.h)
	m.zones = m.zones[:0]
	a := m.grid.All()
	if m.w < MinWidth || m.h < MinHeight {
		m.drawSmall(a)
	} else {
		m.drawScreen(a)
	}
	m.buf = m.grid.Render(m.buf[:0], m.look.Theme[:])
	m.frame = string(m.buf)
}

func (m *Model) drawScreen(a cell.Area) {
	switch m.screen {
	case homeScreen:
		m.drawHome(a)
		m.drawFooter(a)
	case lessonScreen:
		m.drawLesson(a)
	case quizScreen:
		turns := m.drawQuiz(a)
		m.drawFooter(a)
		m.drawOnRule(a, Rect{0, 0, a.W, a.H - 2}, turns)
	case summaryScreen:
		m.drawSummary(a)
		m.drawFooter(a)
	case compareScreen:
		m.drawCompare(a)
	}
	if m.over != nil {
		m.zones = m.zones[:0] // what is open covers the screen
		m.drawOver(a)
	}
}

// drawSmall asks for a larger terminal, in one line.
func (m *Model) drawSmall(a cell.Area) {
	text := m.sayf(sayTooSmall, MinWidth, MinHeight, m.w, m.h)
	if cell.Width(text) > a.W {
		text = saySmallest.In(m.lang)
	}
	a.Text(max((a.W-cell.Width(text))/2, 0), a.H/2, look.Plain, text)
}

// zone makes a row of an area clickable.
func (m *Model) zone(a cell.Area, y int, do Intent) { m.zoneAt(a, 0, y, a.W, do) }

func (m *Model) zoneAt(a cell.Area, x, y, w int, do Intent) {
	r := a.In(x, y, w, 1)
	if r.W > 0 && r.H > 0 {
		m.zones = append(m.zones, zone{Rect{r.X, r.Y, r.W, r.H}, do})
	}
}

// drawFooter draws the line above the last row and, below it, what went wrong last, a notice, or the keys.
func (m *Model) drawFooter(a cell.Area) {
	a.HLine(0, a.H-2, a.W, look.Frame, m.look.H)
	m.drawKeys(a.In(1, a.H-1, a.W-2, 1))
}

// drawKeys draws the keys of the moment into a line, as many as fit. What went wrong, or was done, stands before them until the next key.
func (m *Model) drawKeys(a cell.Area) {
	in := m.context()
	switch notice := m.notice.In(m.lang); {
	case m.status != "":
		end := a.Text(0, 0, look.Lost, clip(m.status, a.W, m.look.More)) + 3
		a = a.In(end, 0, a.W-end, 1)
	case m.told != "":
		end := a.Text(0, 0, look.Good, clip(m.told, a.W, m.look.More)) + 3
		a = a.In(end, 0, a.W-end, 1)
	case notice != "" && in == OnHome:
		a.Text(0, 0, look.Lost, clip(notice, a.W, m.look.More))
		return
	}
	list := hints(in)
	room := a.W
	// Help is the hint that must not be cut off.
	help := bindingOf(Help)
	if help.In&in != 0 {
		room -= m.hintWidth(help) + 3
	}
	x := 0
	for _, b := range list {
		if b.Do.Kind == Help || !m.means(b.Do) {
			continue
		}
		if x+m.hintWidth(b) > room {
			break
		}
		x = m.drawHint(a, x, b) + 3
	}
	if help.In&in != 0 && x+m.hintWidth(help) <= a.W {
		m.drawHint(a, x, help)
	}
}

// bindingOf is the first row of the key table with an intent of that kind.
func bindingOf(kind IntentKind) *Binding {
	for i := range Bindings {
		if Bindings[i].Do.Kind == kind {
			return &Bindings[i]
		}
	}
	return nil
}

// means reports whether an intent would do something now, so that its key deserves a hint.
func (m *Model) means(do Intent) bool {
	if m.staysLive(do) {
		return false
	}
	switch do.Kind {
	case Step, Play:
		return m.screen != lessonScreen || m.lesson.live != nil || !m.lesson.atEnd()
	case StartQuiz:
		return m.screen != lessonScreen || m.lesson.atEnd() && m.lesson.id != ""
	case AskWhatIf:
		return m.lesson.lesson != nil && len(m.lesson.lesson.WhatIfs) > 0
	case Answer:
		if m.screen == lessonScreen {
			q := m.lesson.openQuestion()
			return q != nil && len(q.Choices) > 0
		}
	case See:
		if m.screen == lessonScreen {
			return m.lesson.judgement() != nil
		}
		return m.quiz.answer != nil && m.quiz.answer.verdict.See != nil
	case OtherSide:
		return !arrangeCompare(m.w, m.h).Both
	case Beside:
		return m.over.besides()
	case SeeTheirs:
		return m.quiz.answer != nil && m.quiz.answer.verdict.SeeTheirs != nil
	case Confirm:
		switch {
		case m.over != nil:
		case m.screen == lessonScreen:
			q := m.lesson.openQuestion()
			return q != nil && len(q.Choices) == 0
		case m.screen == quizScreen:
			return len(m.quiz.question.Choices) == 0 || m.quiz.pick >= 0
		}
	}
	return true
}

func (m *Model) hintWidth(b *Binding) int {
	return cell.Width(b.Show) + 1 + cell.Width(b.Help.In(m.lang))
}

func (m *Model) drawHint(a cell.Area, x int, b *Binding) int {
	from := x
	x = a.Text(x, 0, look.Key, b.Show)
	x = a.Text(x+1, 0, look.Dim, b.Help.In(m.lang))
	m.zoneAt(a, from, 0, x-from, b.Do)
	return x
}

package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"tcptutor/tui/cell"
	"tcptutor/tui/look"
)

// homeState is the row of the home screen that is chosen.
type homeState struct{ pick int }

// homeRow is a row that can be chosen.
type homeRow struct {
	label Text
	about string
	key   string
	do    Intent
	info  *LessonInfo
}

// homeRows are the rows of the home screen in their order: continue, review, then lessons, then the rest.
func (m *Model) homeRows() (top, lessons, bottom []homeRow) {
	if len(m.lessons) > 0 {
		first := homeRow{label: sayBegin, do: Intent{Kind: Continue}, about: m.lessons[0].Title.In(m.lang), key: "c"}
		if id, next := m.goesOn(); id != "" {
			if first.label, first.about = sayContinue, m.whereIn(id); next {
				first.label = sayNextOne
			}
		}
		top = append(top, first)
	}
	due := sayNoneDue.In(m.lang)
	switch n := len(m.progress.Due); {
	case n == 1:
		due = sayDueOne.In(m.lang)
	case n > 1:
		due = m.sayf(sayDueMany, n)
	}
	top = append(top, homeRow{label: sayReview, about: due, key: "r", do: Intent{Kind: StartReview}})
	for i := range m.lessons {
		info := &m.lessons[i]
		lessons = append(lessons, homeRow{label: info.Title, do: Intent{Kind: OpenLesson, Text: info.ID}, info: info})
	}
	bottom = []homeRow{
		{label: sayQuiz, about: sayQuizAll.In(m.lang), key: "t", do: Intent{Kind: StartQuiz}},
		{label: sayLanguage, about: doLanguage.In(m.lang), key: "L", do: Intent{Kind: ToggleLang}},
		{label: sayQuit, key: "q", do: Intent{Kind: Quit}},
	}
	return top, lessons, bottom
}

// goesOn is the lesson to go on with: the one the learner was in last or, from its last step, the next one that was not seen to its end;
// "" when none was opened yet.
func (m *Model) goesOn() (id string, next bool) {
	at := m.progress.Continue
	i := slices.IndexFunc(m.lessons, func(info LessonInfo) bool { return info.ID == at })
	if i < 0 || !m.atEnd(at) {
		return at, false
	}
	for _, info := range m.lessons[i+1:] {
		if !m.seen(info.ID) {
			return info.ID, true
		}
	}
	return at, false
}

// atEnd reports whether the learner left a lesson at its last step, seen whether that step was ever reached.
func (m *Model) atEnd(id string) bool {
	p := m.progress.Lessons[id]
	return p.Steps > 0 && p.Step == p.Steps-1
}

func (m *Model) seen(id string) bool {
	p := m.progress.Lessons[id]
	return p.Steps > 0 && p.Furthest == p.Steps-1
}

// whereIn is the title of a lesson and the step the learner is at.
func (m *Model) whereIn(id string) string {
	for i := range m.lessons {
		if m.lessons[i].ID == id {
			p := m.progress.Lessons[id]
			if p.Steps == 0 {
				return m.lessons[i].Title.In(m.lang)
			}
			return m.sayf(sayStepAt, m.lessons[i].Title.In(m.lang), p.Step+1, p.Steps)
		}
	}
	return id
}

func (m *Model) doHome(do Intent) tea.Cmd {
	top, lessons, bottom := m.homeRows()
	rows := append(append(top, lessons...), bottom...)
	m.home.pick = min(m.home.pick, len(rows)-1)
	switch do.Kind {
	case Down:
		m.home.pick = min(m.home.pick+1, len(rows)-1)
	case Up:
		m.home.pick = max(m.home.pick-1, 0)
	case Confirm:
		return m.Do(rows[m.home.pick].do)
	case Pick: // the number keys choose lessons by their number
		if do.N < len(lessons) {
			m.home.pick = len(top) + do.N
			return m.Do(lessons[do.N].do)
		}
	}
	return nil
}

// drawHome draws the home screen.
func (m *Model) drawHome(a cell.Area) {
	top, lessons, bottom := m.homeRows()
	pick := min(m.home.pick, len(top)+len(lessons)+len(bottom)-1)
	a.Text(1, 0, look.Strong, "tcptutor")
	a.Right(a.W-1, 0, look.Dim, sayTagline.In(m.lang))
	y := 2
	for i := range top {
		m.drawHomeRow(a, y, &top[i], pick == i)
		y++
	}
	y++
	room := a.H - y - len(bottom) - 4
	if room < 1 {
		room = 1
	}
	bars := homeBars(a.W)
	a.Text(3, y, look.Dim, sayLessons.In(m.lang))
	a.Text(bars, y, look.Dim, saySeen.In(m.lang))
	a.Right(bars+barWidth+10, y, look.Dim, sayQuiz.In(m.lang))
	y++
	if len(lessons) == 0 {
		a.Text(3, y, look.Plain, sayNoLessons.In(m.lang))
		y++
	}
	// When not all lessons fit, those around the chosen one are shown.
	from := max(0, min(pick-len(top)-room/2, len(lessons)-room))
	for i := from; i < len(lessons) && i < from+room; i++ {
		m.drawLessonRow(a, y, &lessons[i], pick == len(top)+i)
		y++
	}
	y++
	for i := range bottom {
		m.drawHomeRow(a, y, &bottom[i], pick == len(top)+len(lessons)+i)
		y++
	}
	m.drawNotice(a.In(3, y+1, a.W-6, a.H-y-3))
}

// drawNotice draws the notice whole where the line at the bottom cannot: what to do about it stands at its end.
func (m *Model) drawNotice(a cell.Area) {
	notice := m.notice.In(m.lang)
	lines := cell.Wrap([]cell.Run{{Text: notice, Style: look.Lost}}, a.W)
	if cell.Width(notice) <= a.W || len(lines) > a.H {
		return
	}
	for y, l := range lines {
		a.Runs(0, y, l)
	}
}

// barWidth is how many cells a progress bar takes.
const barWidth = 10

func homeBars(w int) int { return min(max(w-34, 30), 60) }

// homeKeys is the column the keys of the home screen's rows stand in.
func homeKeys(w int) int { return homeBars(w) + barWidth + 10 }

func (m *Model) pickMark(a cell.Area, y int, picked bool) cell.Style {
	if !picked {
		return look.Plain
	}
	a.Put(1, y, look.Pick, m.look.Pick)
	return look.Pick
}

func (m *Model) drawHomeRow(a cell.Area, y int, r *homeRow, picked bool) {
	st := m.pickMark(a, y, picked)
	a.Text(3, y, st, r.label.In(m.lang))
	about := a.In(14, y, homeKeys(a.W)-17, 1)
	about.Text(0, 0, look.Plain, clip(r.about, about.W, m.look.More))
	a.Right(homeKeys(a.W), y, look.Key, r.key)
	m.zone(a, y, r.do)
}

func (m *Model) drawLessonRow(a cell.Area, y int, r *homeRow, picked bool) {
	st := m.pickMark(a, y, picked)
	a.Right(5, y, look.Dim, itoa(r.info.Number))
	bars := homeBars(a.W)
	a.Text(7, y, st, clip(r.label.In(m.lang), bars-9, m.look.More))
	p, opened := m.progress.Lessons[r.info.ID]
	seen := 0
	if opened && p.Steps > 0 {
		seen = (min(p.Furthest+1, p.Steps)*barWidth + p.Steps - 1) / p.Steps
		// Only a lesson seen to its end has a full bar.
		if p.Furthest+1 < p.Steps {
			seen = min(seen, barWidth-1)
		}
	}
	if p.Steps == 0 && p.Asked > 0 {
		a.Text(bars, y, look.Dim, sayOnlyAsked.In(m.lang))
	} else {
		a.Text(bars, y, look.Now, strings.Repeat(string(m.look.Bar), seen))
		a.Text(bars+seen, y, look.Dim, strings.Repeat(string(m.look.NoBar), barWidth-seen))
	}
	quiz := "-"
	if p.Asked > 0 {
		quiz = itoa(p.Right*100/p.Asked) + " %"
	}
	a.Right(bars+barWidth+10, y, look.Plain, quiz)
	m.zone(a, y, r.do)
}

package tui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"
)

// sayf is a sentence in the learner's language with its values filled in.
func (m *Model) sayf(t Text, args ...any) string { return fmt.Sprintf(t.In(m.lang), args...) }

// sayIn is a sentence in a language with a text filled in.
func (m *Model) sayIn(l Lang, t, with Text) string { return fmt.Sprintf(t.In(l), with.In(l)) }

// Do does what an intent asks for, where it means something.
func (m *Model) Do(do Intent) tea.Cmd {
	if do.Kind != None {
		m.stale = true
		m.status, m.told = "", ""
		if m.lesson != nil {
			m.lesson.fresh = false
		}
	}
	if do.Kind == Quit {
		return m.quit()
	}
	if m.over != nil {
		if cmd, done := m.doOver(do); done {
			return cmd
		}
	}
	if cmd, done := m.doAnywhere(do); done {
		return cmd
	}
	switch m.screen {
	case homeScreen:
		return m.doHome(do)
	case lessonScreen:
		return m.doLesson(do)
	case quizScreen:
		return m.doQuiz(do)
	case compareScreen:
		return m.doCompare(do)
	}
	if do.Kind == Next && m.screen == summaryScreen && m.quiz.paused() {
		m.screen = quizScreen
		return nil
	}
	if do.Kind == Next || do.Kind == Escape || do.Kind == Confirm {
		return m.goHome()
	}
	return nil
}

// doAnywhere does the intents that mean the same on every screen.
func (m *Model) doAnywhere(do Intent) (tea.Cmd, bool) {
	if m.staysLive(do) {
		m.told = sayStaysLive.In(m.lang)
		return nil, true
	}
	switch do.Kind {
	case Help:
		m.over = &overlay{kind: overHelp, in: m.context(), title: sayKeys}
	case Palette:
		m.over = m.palette()
	case ToggleLang:
		m.lang = (m.lang + 1) % NumLangs
		lang := m.lang
		return m.queue(func(s Store) func(*Model) tea.Cmd {
			err := s.SetLang(lang)
			return func(m *Model) tea.Cmd { m.fail(err); return nil }
		}), true
	case OpenLesson:
		return m.openLesson(do.Text, -1), true
	case Continue:
		return m.openContinue(), true
	case StartQuiz:
		return m.startQuiz(do.Text), true
	case StartReview:
		return m.startReview(), true
	case Home:
		return m.goHome(), true
	default:
		return nil, false
	}
	return nil, true
}

func (m *Model) goHome() tea.Cmd {
	save := m.savePosition()
	m.screen, m.lesson, m.quiz, m.compare, m.over = homeScreen, nil, nil, nil, nil
	return tea.Batch(save, m.refresh())
}

// openContinue opens the lesson to go on with, or the first one.
func (m *Model) openContinue() tea.Cmd {
	id, _ := m.goesOn()
	if id == "" && len(m.lessons) > 0 {
		id = m.lessons[0].ID
	}
	if id == "" {
		return nil
	}
	return m.openLesson(id, -1)
}

// placeIn is where the learner left a lesson; a place in a run of another length means nothing any more.
func (m *Model) placeIn(l *lessonState) int {
	if p, ok := m.progress.Lessons[l.id]; ok && p.Steps == l.steps() {
		return p.Step
	}
	return 0
}

// openLesson shows a lesson at a step; a negative one is where the learner left it.
func (m *Model) openLesson(id string, at int) tea.Cmd {
	save := m.savePosition()
	lesson, err := m.opt.Library.Open(id)
	if err != nil {
		m.fail(err)
		return save
	}
	l := newLessonState(lesson, m.opt.Texts)
	l.fresh = at < 0 && m.store == nil && m.opt.OpenStore != nil
	if at < 0 {
		at = m.placeIn(l)
	}
	l.seek(at)
	m.screen, m.lesson, m.quiz, m.compare, m.over = lessonScreen, l, nil, nil, nil
	return tea.Batch(save, m.rest())
}

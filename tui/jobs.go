package tui

import (
	"errors"

	tea "charm.land/bubbletea/v2"

	"tcptutor/tcp/scenario"
)

// job is work for the store. It runs beside the screen; what it returns is done on the screen afterwards.
type job func(Store) (after func(*Model) tea.Cmd)

// queue has a job done after those before it. Without a store it is dropped.
func (m *Model) queue(j job) tea.Cmd {
	if m.opt.OpenStore == nil {
		return nil
	}
	m.jobs = append(m.jobs, j)
	return m.work()
}

// work starts the next job, unless one is under way or there is none. The store is opened before the first.
func (m *Model) work() tea.Cmd {
	if m.working || len(m.jobs) == 0 || m.store == nil {
		return nil
	}
	m.working = true
	j, store := m.jobs[0], m.store
	m.jobs = m.jobs[1:]
	return func() tea.Msg { return jobMsg{j(store)} }
}

func (m *Model) jobDone(msg jobMsg) tea.Cmd {
	m.working = false
	var after tea.Cmd
	if msg.after != nil {
		after = msg.after(m)
	}
	next := m.work()
	if m.quitting && !m.working {
		return tea.Quit
	}
	return tea.Batch(after, next)
}

// openStore opens the progress and reads it.
func (m *Model) openStore() tea.Cmd {
	open := m.opt.OpenStore
	if open == nil {
		return nil
	}
	m.working = true
	return func() tea.Msg {
		store, notice := open()
		p, err := store.Progress()
		return jobMsg{func(m *Model) tea.Cmd {
			m.store, m.notice = store, notice
			took := m.tookProgress(p, err)
			begun := m.begin()
			m.fail(err)
			if notice != (Text{}) && m.screen != homeScreen {
				m.over = &overlay{kind: overNotice, title: sayNotice}
			}
			return tea.Batch(took, begun)
		}}
	}
}

// refresh reads the progress again.
func (m *Model) refresh() tea.Cmd {
	return m.queue(func(s Store) func(*Model) tea.Cmd {
		p, err := s.Progress()
		return func(m *Model) tea.Cmd { return m.tookProgress(p, err) }
	})
}

func (m *Model) tookProgress(p Progress, err error) tea.Cmd {
	if err != nil {
		m.fail(err)
		return nil
	}
	m.progress = p
	if p.LangKept && !m.opt.LangFixed {
		m.lang = p.Lang
		m.opt.LangFixed = true // asked for once: from now on the learner's keys decide
	}
	if l := m.lesson; l != nil && l.fresh {
		l.fresh = false
		l.seek(m.placeIn(l))
	}
	return nil
}

// begin does what the program is to begin with, once. What needs the progress waits until that is read, unless the learner went elsewhere.
func (m *Model) begin() tea.Cmd {
	start := m.opt.Start
	switch start.Kind {
	case StartQuiz, StartReview, Continue:
		if m.store == nil && m.opt.OpenStore != nil {
			return nil
		}
	}
	m.opt.Start = Intent{}
	if start.Kind == None || m.screen != homeScreen {
		return nil
	}
	return m.Do(start)
}

// savePosition keeps the learner's place in the lesson.
func (m *Model) savePosition() tea.Cmd {
	l := m.lesson
	if l == nil || l.id == "" || l.whatIf >= 0 || l.steps() == 0 || l.saved == l.pos+1 {
		return nil
	}
	l.saved = l.pos + 1
	id, pos, steps := l.id, l.pos, l.steps()
	return m.queue(func(s Store) func(*Model) tea.Cmd {
		err := s.SavePosition(id, pos, steps)
		return func(m *Model) tea.Cmd {
			m.fail(err)
			return nil
		}
	})
}

// given is an answer on its way to the store, and back.
type given struct {
	question *Question
	verdict  Verdict
	choice   int
	kept     bool
	err      error
}

// keep has an answer recorded; its verdict is shown only then, so that what a learner saw judged is never lost.
func (m *Model) keep(g *given) tea.Cmd {
	g.err = nil
	if m.opt.OpenStore == nil {
		g.kept = true
		return nil
	}
	return m.queue(func(s Store) func(*Model) tea.Cmd {
		err := s.Record(g.question, &g.verdict)
		return func(*Model) tea.Cmd {
			g.err, g.kept = err, err == nil
			return nil
		}
	})
}

// quit leaves the program when all is kept; asked twice, at once.
func (m *Model) quit() tea.Cmd {
	if m.quitting {
		return tea.Quit
	}
	save := m.savePosition()
	m.quitting = true
	if !m.working {
		return tea.Quit
	}
	return save
}

func (m *Model) fail(err error) {
	if err != nil {
		m.status = m.sayf(sayFailed, m.inWords(err))
	}
}

// inWords is an error in the learner's language, where it is known in it.
func (m *Model) inWords(err error) string {
	if said, ok := errors.AsType[interface {
		error
		In(Lang) string
	}](err); ok {
		return said.In(m.lang)
	}
	if m.lang == Chinese {
		return scenario.Chinese(err)
	}
	return err.Error()
}

package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"tcptutor/tcp"
	"tcptutor/tcp/sim"
	"tcptutor/tui/cell"
	"tcptutor/tui/look"
)

// A live run goes on while it is looked at: at its end, a step lets the next thing happen, on a wire that is real.

// Live is such a run. But for Listen, which is called beside the screen, its methods are called from the screen's goroutine.
type Live interface {
	// Title names it, and Try is a command for the other side that makes something happen.
	Title() Text
	Try() string
	// Story is the run so far. Its run grows.
	Story() Story
	// Now is the present instant of the run's clock.
	Now() tcp.Time
	// Waits are what waits to happen, and what will happen by itself. See sim.Live.
	Waits() []sim.Pending
	// Let lets the first of them happen, and reports whether there was one.
	Let() (bool, error)
	// Listen waits until something arrives. What it returns is called on the screen's goroutine and takes it in; nil when nothing will
	// arrive any more.
	Listen() (take func(), err error)
}

// The messages of a live run: something has arrived, something is due.
type (
	heardMsg struct {
		take func()
		err  error
	}
	dueMsg struct{ generation int }
)

// liveState is what the screen keeps of a live run.
type liveState struct {
	Live
	auto  bool // what waits happens by itself
	dues  int  // generation of the alarm that counts
	begun bool // something has arrived
}

// openLive shows a live run at its present end.
func (m *Model) openLive(live Live) tea.Cmd {
	l := newShown(&Lesson{LessonInfo: LessonInfo{Title: live.Title()}, Story: live.Story()}, m.opt.Texts)
	l.live = &liveState{Live: live}
	l.seek(l.steps() - 1)
	m.screen, m.lesson = lessonScreen, l
	return tea.Batch(m.listen(), m.alarm())
}

// listen waits for the next arrival, beside the screen.
func (m *Model) listen() tea.Cmd {
	live := m.opt.Live
	return func() tea.Msg {
		take, err := live.Listen()
		return heardMsg{take, err}
	}
}

func (m *Model) heard(msg heardMsg) tea.Cmd {
	m.fail(msg.err)
	if msg.take == nil {
		return nil
	}
	msg.take()
	m.lesson.live.begun = true
	return tea.Batch(m.listen(), m.letDue(), m.alarm())
}

// due is an alarm going off; an old one does nothing.
func (m *Model) due(msg dueMsg) tea.Cmd {
	if m.lesson.live.dues != msg.generation {
		return nil
	}
	return tea.Batch(m.letDue(), m.alarm())
}

// alarm has the screen told when the next thing is due by itself.
func (m *Model) alarm() tea.Cmd {
	v := m.lesson.live
	v.dues++
	for _, p := range v.Waits() {
		if now := v.Now(); p.At > now {
			return m.later(p.At.Since(now), dueMsg{v.dues})
		}
	}
	return nil
}

// present reports whether the step on the screen is a live run's last.
func (l *lessonState) present() bool { return l.live != nil && l.pos >= l.steps()-1 }

// doLive does an intent at the end of a live run; done is false where it means what it means in any run.
func (m *Model) doLive(do Intent) (cmd tea.Cmd, done bool) {
	l := m.lesson
	if l.live == nil {
		return nil, false
	}
	switch do.Kind {
	case Step:
		l.live.auto = false
		if !l.present() {
			return nil, false
		}
		if !m.let() && m.status == "" {
			m.told = sayNothingWaits.In(m.lang)
		}
		return m.alarm(), true
	case Play:
		l.live.auto = !l.live.auto
		if l.live.auto {
			l.seek(l.steps() - 1)
		}
		return tea.Batch(m.letDue(), m.alarm()), true
	}
	return nil, false
}

// staysLive reports whether an intent would lead away from a live run, which is not left and found again.
func (m *Model) staysLive(do Intent) bool {
	switch do.Kind {
	case Home, OpenLesson, Continue, StartQuiz, StartReview:
		return m.opt.Live != nil
	case Escape:
		return m.opt.Live != nil && m.over == nil && m.screen == lessonScreen
	}
	return false
}

// let lets one thing happen and shows it.
func (m *Model) let() bool {
	l := m.lesson
	happened, err := l.live.Let()
	m.fail(err)
	if happened {
		l.seek(l.steps() - 1)
	}
	return happened && err == nil
}

// letDue lets all that waits happen, where that is wanted. Those who look back are not taken along.
func (m *Model) letDue() tea.Cmd {
	const most = 1000 // things at one instant: what comes after waits for the next key
	l := m.lesson
	at, follow := l.pos, l.present()
	for n := 0; l.live.auto && n < most && m.let(); n++ {
	}
	if !follow {
		l.seek(at)
	}
	return nil
}

// liveLines lays out what waits to happen.
func (m *Model) liveLines(lay *layer) {
	l := m.lesson
	now, waits := l.live.Now(), l.live.Waits()
	due := 0
	for due < len(waits) && waits[due].At <= now {
		due++
	}
	title := sayNothingWaits
	switch {
	case !l.present():
		title = sayLookingBack
	case l.live.auto:
		title = sayByItself
	case due > 0:
		title = sayWaitsForYou
	}
	lay.runs([]cell.Run{{Text: title.In(m.lang), Style: look.Now}}, 0)
	for i, p := range waits {
		style := look.Plain
		if i >= due {
			style = look.Dim
		}
		lay.runs([]cell.Run{{Text: spell(time.Duration(p.At)) + "  " + m.pendingWords(&p), Style: style}}, 2)
	}
	if !l.present() {
		return
	}
	lay.gap()
	if !l.live.begun && len(waits) == 0 {
		lay.runs([]cell.Run{{Text: sayLiveBegins.In(m.lang)}}, 0)
		lay.gap()
	}
	lay.runs([]cell.Run{{Text: sayOtherTerminal.In(m.lang)}}, 0)
	if due == 0 || !l.live.begun {
		lay.raw(liveRun+l.live.Try(), look.Mono, 2)
	}
	if l.live.begun { // there is something to see
		lay.raw(liveRun+"ss -tano", look.Mono, 2)
	}
}

// liveRun is how the other terminal reaches the kernel's side.
const liveRun = "tcptutor live run "

// pendingWords say what waits: "SYN from 10.0.0.1:40001", "accept() returns".
func (m *Model) pendingWords(p *sim.Pending) string {
	switch p.Cause {
	case sim.CauseArrive:
		seg := &p.Packet.Seg
		text := m.sayf(sayFrom, seg.Flags.String(), seg.Src.String())
		if n := len(seg.Data); n > 0 {
			text += " " + m.sayf(sayBytes, n)
		}
		return text
	case sim.CauseReturn:
		return callName(p.Call.Op) + " " + sayReturns.In(m.lang)
	case sim.CauseTimer:
		return m.sayf(sayFires, p.Timer)
	case sim.CauseWait:
		return sayPauses.In(m.lang)
	}
	return callName(p.Call.Op)
}

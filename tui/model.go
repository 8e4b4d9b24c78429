package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"tcptutor/tcp/sim"
	"tcptutor/tcp/verify"
	"tcptutor/tui/cell"
	"tcptutor/tui/look"
)

// Options are what the program is made of.
type Options struct {
	Library Library
	Quizzer Quizzer
	Texts   Texts
	Lang    Lang
	// LangFixed keeps Lang whatever language the store remembers.
	LangFixed bool
	Look      look.Look
	// OpenStore opens the progress. It is called once, beside the screen, after the terminal's size is known. Its notice is shown
	// ("Progress is not saved: …"). Nil: nothing is kept.
	OpenStore func() (Store, Text)
	// Live is a run that goes on, and the screen shows it and nothing else; nil for none.
	Live Live
	// Verify runs a program once more with the kernel in a host's place; nil is verify.Kernel.
	Verify func(*sim.Program, int, verify.Tolerance) (*verify.Verdict, error)
	// Start is done first: OpenLesson, StartQuiz, StartReview, Continue; None shows the home screen.
	Start Intent
	// Show is a run to begin with in place of Start; its place is not kept. Nil: none.
	Show *Lesson
}

// screen is which of the screens is shown.
type screen uint8

const (
	homeScreen screen = iota
	lessonScreen
	quizScreen
	summaryScreen
	compareScreen
)

// Model is the program's state. It is a tea.Model.
type Model struct {
	opt       Options
	lang      Lang
	look      look.Look
	w, h      int
	sized     bool
	screen    screen
	home      homeState
	lesson    *lessonState
	quiz      *quizState
	compare   *compareState
	over      *overlay
	status    string // one line: what went wrong last
	verifying bool   // the kernel is running along
	told      string // one line: what was done last
	notice    Text
	lessons   []LessonInfo
	progress  Progress

	store    Store
	jobs     []job
	working  bool
	quitting bool
	later    func(time.Duration, tea.Msg) tea.Cmd // a message after a while; tests put it aside

	grid  cell.Grid
	buf   []byte
	frame string
	stale bool
	zones []zone
}

// zone is a part of the frame that a click turns into an intent.
type zone struct {
	Rect
	do Intent
}

// New makes the program's model.
func New(opt Options) *Model {
	m := &Model{opt: opt, lang: opt.Lang, look: opt.Look, stale: true, later: tick}
	if m.look.Glyphs == nil {
		m.look = look.Look{Glyphs: &look.Unicode, Theme: &look.Dark}
	}
	if opt.Library != nil {
		m.lessons = opt.Library.Lessons()
	}
	return m
}

func tick(d time.Duration, msg tea.Msg) tea.Cmd {
	return tea.Tick(d, func(time.Time) tea.Msg { return msg })
}

// Run shows the program on the terminal until the learner quits. Its error is the terminal's.
func Run(opt Options) error {
	_, err := tea.NewProgram(New(opt)).Run()
	return err
}

// Init asks for the background's colour.
func (m *Model) Init() tea.Cmd { return tea.RequestBackgroundColor }

// The messages of the model's own commands.
type (
	playMsg   struct{ generation int }
	restMsg   struct{ generation int }
	jobMsg    struct{ after func(*Model) tea.Cmd }
	intentMsg Intent
)

// playEvery is how long a step stays while the run plays; restAfter is how long the learner stays on a step before the place is kept.
const (
	playEvery = 900 * time.Millisecond
	restAfter = time.Second
)

// Update takes a message in.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	m.stale = true
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.w, m.h = msg.Width, msg.Height
		if !m.sized {
			m.sized = true
			switch {
			case m.opt.Live != nil:
				return m, tea.Batch(m.openStore(), m.openLive(m.opt.Live))
			case m.opt.Show != nil:
				m.lesson, m.screen = newShown(m.opt.Show, m.opt.Texts), lessonScreen
			}
			return m, tea.Batch(m.openStore(), m.begin())
		}
	case tea.BackgroundColorMsg:
		m.look = m.look.Background(msg.IsDark())
	case tea.KeyPressMsg:
		return m, m.press(msg)
	case tea.PasteMsg:
		return m, m.Do(Intent{Kind: Typed, Text: msg.Content})
	case tea.MouseClickMsg:
		return m, m.click(msg.X, msg.Y)
	case tea.MouseWheelMsg:
		return m, m.wheel(tea.Mouse(msg))
	case intentMsg:
		return m, m.Do(Intent(msg))
	case jobMsg:
		return m, m.jobDone(msg)
	case verifyMsg:
		m.verified(msg)
		return m, nil
	case playMsg:
		return m, m.playOn(msg)
	case heardMsg:
		return m, m.heard(msg)
	case dueMsg:
		return m, m.due(msg)
	case restMsg:
		if l := m.lesson; l != nil && l.rests == msg.generation {
			return m, m.savePosition()
		}
	default:
		m.stale = false
	}
	return m, nil
}

// press is a key: an intent, or a letter where there is something to type into.
func (m *Model) press(key tea.KeyPressMsg) tea.Cmd {
	in := m.context()
	if do, ok := intentOf(in, key.String()); ok {
		return m.Do(do)
	}
	if text := key.Key().Text; in == OnField && text != "" {
		return m.Do(Intent{Kind: Typed, Text: text})
	}
	return nil
}

func (m *Model) click(x, y int) tea.Cmd {
	for i := len(m.zones) - 1; i >= 0; i-- {
		if m.zones[i].Contains(x, y) {
			return m.Do(m.zones[i].do)
		}
	}
	return nil
}

// wheel turns the prose where it is over the prose, and time elsewhere.
func (m *Model) wheel(mouse tea.Mouse) tea.Cmd {
	down := mouse.Button == tea.MouseWheelDown
	if !down && mouse.Button != tea.MouseWheelUp {
		return nil
	}
	onRunNow := m.context()&onRun != 0
	onLadders := m.context() == OnCompare
	switch words := arrange(m.w, m.h).Words; {
	case onLadders && down, onRunNow && !words.Contains(mouse.X, mouse.Y) && down:
		return m.Do(Intent{Kind: Step})
	case onLadders, onRunNow && !words.Contains(mouse.X, mouse.Y):
		return m.Do(Intent{Kind: Back})
	case down:
		return m.Do(Intent{Kind: Down})
	}
	return m.Do(Intent{Kind: Up})
}

// context is where a key is pressed now.
func (m *Model) context() Context {
	switch {
	case m.w < MinWidth || m.h < MinHeight:
		return OnSmall
	case m.over != nil:
		return m.over.context()
	}
	switch m.screen {
	case lessonScreen:
		if m.questionInSight() {
			return OnAsking
		}
		return OnLesson
	case quizScreen:
		switch q := m.quiz; {
		case q.answer != nil:
			return OnVerdict
		case len(q.question.Choices) == 0:
			return OnField
		}
		return OnQuiz
	case summaryScreen:
		if m.quiz.paused() {
			return OnPaused
		}
		return OnSummary
	case compareScreen:
		return OnCompare
	}
	return OnHome
}

// View draws the frame, if anything has changed since the last one.
func (m *Model) View() tea.View {
	if m.stale {
		m.draw()
		m.stale = false
	}
	v := tea.NewView(m.frame)
	v.AltScreen = true
	v.MouseMode = tea.MouseModeCellMotion
	v.WindowTitle = "tcptutor"
	return v
}

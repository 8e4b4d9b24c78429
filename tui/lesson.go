package tui

import (
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"tcptutor/tcp"
	"tcptutor/tcp/sim"
	"tcptutor/tui/cell"
	"tcptutor/tui/look"
)

// lessonState is a run on the screen: a lesson's, a changed one, or a quiz's evidence.
type lessonState struct {
	lesson     *Lesson // nil for evidence
	id         string  // of the lesson; "" for evidence
	number     int
	title      Text
	story      Story
	whatIf     int // index of the what-if shown; -1 for the lesson's own run
	differ     int // first step that is not as in the lesson's own run
	pos        int // the step on the screen
	view       int // index into views
	views      []view
	scroll     int  // first line of the prose that is shown
	judged     bool // an answer was given: its verdict is to be turned to
	below      int  // lines of such a view below the screen
	viewScroll int  // and of a view that turns

	playing bool
	plays   int // generation of the ticks that count
	rests   int // likewise of rests
	saved   int // pos+1 that was last kept

	answers map[*Question]*given
	met     map[*Question]bool // questions that were in sight
	ladder  ladder
	pages   map[int]Page // by view
	texts   Texts
	// changed are the current step's changes of state; of is that step, from 1.
	changed struct {
		of    int
		facts []tcp.Fact
	}
	why   *given     // the answer that the evidence refutes
	live  *liveState // nil where nothing goes on
	back  bool       // escape goes back to where the answer was given: the lesson under this one, else the quiz
	under *lessonState
	fresh bool // opened before the progress was read, and nothing done since: the place is still to be found
}

func newLessonState(lesson *Lesson, texts Texts) *lessonState {
	l := &lessonState{lesson: lesson, id: lesson.ID, number: lesson.Number, title: lesson.Title, whatIf: -1, texts: texts}
	l.answers, l.met = map[*Question]*given{}, map[*Question]bool{}
	l.show(lesson.Story)
	return l
}

// newEvidence shows the run that a verdict rests on.
func newEvidence(title Text, story Story, at int, texts Texts) *lessonState {
	l := newShown(&Lesson{LessonInfo: LessonInfo{Title: title}, Story: story}, texts)
	l.back = true
	l.seek(at)
	return l
}

// newShown shows a run that is no lesson's.
func newShown(lesson *Lesson, texts Texts) *lessonState {
	l := &lessonState{title: lesson.Title, whatIf: -1, texts: texts, answers: map[*Question]*given{}, met: map[*Question]bool{}}
	l.show(lesson.Story)
	return l
}

// show puts another run on the screen.
func (l *lessonState) show(s Story) {
	l.story = s
	l.views = viewsFor(&l.texts)
	l.view = min(l.view, len(l.views)-1)
	l.ladder = ladder{run: s.Run}
	l.pages = map[int]Page{}
	l.playing = false
	l.changed.of = 0
}

func (l *lessonState) steps() int { return l.story.Run.Len() }

// seek goes to a step, as near as there is one.
func (l *lessonState) seek(to int) {
	l.pos = max(0, min(to, l.steps()-1))
	l.scroll, l.viewScroll = 0, 0
	l.rests++
}

// notes are those of the current step, or of the last step before it that has any.
func (l *lessonState) notes() []Note {
	all := l.story.Notes
	end := 0
	for end < len(all) && all[end].Step <= l.pos {
		end++
	}
	begin := end
	for begin > 0 && all[begin-1].Step == all[end-1].Step {
		begin--
	}
	return all[begin:end]
}

// openQuestion is the first question asked here that has no answer; nil when there is none.
func (l *lessonState) openQuestion() *Question {
	for _, n := range l.notes() {
		for _, q := range n.Ask {
			if g := l.answers[q]; g == nil || g.err != nil {
				return q
			}
		}
	}
	return nil
}

// judgement is the last verdict on an answer given here that rests on a run; nil when there is none.
func (l *lessonState) judgement() *given {
	var last *given
	for _, n := range l.notes() {
		for _, q := range n.Ask {
			if g := l.answers[q]; g != nil && g.kept && g.verdict.See != nil {
				last = g
			}
		}
	}
	return last
}

func (l *lessonState) noteStep(forward bool) int {
	to := l.pos
	for _, n := range l.story.Notes {
		switch {
		case forward && n.Step > l.pos:
			return n.Step
		case !forward && n.Step < l.pos:
			to = n.Step
		}
	}
	return to
}

// world is the world as the current step left it.
func (l *lessonState) world() *sim.World {
	if l.steps() == 0 {
		return l.story.Run.View(0)
	}
	return l.story.Run.View(l.pos + 1)
}

// page is a text view's page of the run, made when it is first looked at.
func (l *lessonState) page(i int, make func(sim.Run) Page) Page {
	p := l.pages[i]
	if p == nil {
		p = make(l.story.Run)
		l.pages[i] = p
	}
	return p
}

// doLesson does an intent on the lesson screen.
func (m *Model) doLesson(do Intent) tea.Cmd {
	l := m.lesson
	if m.meetQuestion(do) {
		return nil
	}
	if cmd, done := m.doLive(do); done {
		return cmd
	}
	if to, ok := l.target(do); ok {
		l.playing = false
		if to != l.pos {
			l.seek(to)
			return m.rest()
		}
		return nil
	}
	switch do.Kind {
	case Play:
		return m.play()
	case View:
		if do.N < len(l.views) {
			l.view = do.N
		}
	case NextView:
		l.view = (l.view + 1) % len(l.views)
	case PrevView:
		l.view = (l.view + len(l.views) - 1) % len(l.views)
	case Down, WordsDown:
		m.turn(do, 1)
	case Up, WordsUp:
		m.turn(do, -1)
	case Copy:
		return m.copyView()
	case AskGoTo:
		m.askMoment("", "")
	case GoTo:
		return m.goTo(do.Text)
	case AskWhatIf:
		m.over = m.whatIfs()
	case WhatIfN:
		return m.takeWhatIf(do.N)
	case AskKernel:
		return m.askKernel()
	case Kernel:
		return m.runKernel(do.N)
	case AskCompare:
		return m.askCompare()
	case Compare:
		return m.compareWhatIf(do.N)
	case CompareBook:
		m.compareBook(do.Text)
	case See:
		return m.seePrediction()
	case SeeTheirs:
		return m.compareAnswer(l.refuted())
	case Answer:
		if q := l.openQuestion(); q != nil && do.N >= len(q.Choices) {
			return m.doLesson(Intent{Kind: View, N: do.N}) // no such choice: the key keeps its other meaning
		}
		return m.answerHere(do.N, "")
	case Confirm:
		if q := l.openQuestion(); q != nil {
			return m.confirmHere(q)
		}
	case Escape:
		return m.leaveLesson()
	}
	return nil
}

// turn turns the view, where it is one that turns and the words are not meant, else the words: by all but a line of what is seen. The last line
// does not leave the bottom.
func (m *Model) turn(do Intent, direction int) {
	l, at := m.lesson, arrange(m.w, m.h)
	if l.views[l.view].turns && (do.Kind == Down || do.Kind == Up) {
		l.viewScroll = max(0, l.viewScroll+direction*max(at.View.H-2, 1)) // drawing bounds it
		return
	}
	words := at.Words
	l.scroll += direction * max(words.H-1, 1)
	l.scroll = max(0, min(l.scroll, len(m.wordLines(words.W))-words.H))
}

// copyView puts the view on the clipboard, as text.
func (m *Model) copyView() tea.Cmd {
	l, at := m.lesson, arrange(m.w, m.h).View
	g := cell.Grid{Fold: m.look.Fold}
	g.Reset(at.W, at.H)
	l.views[l.view].draw(m, g.All())
	lines := strings.Split(string(g.Render(nil, make([]string, look.NumStyles))), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	m.told = sayCopied.In(m.lang)
	return tea.SetClipboard(strings.TrimSpace(strings.Join(lines, "\n")) + "\n")
}

// atEnd reports whether there is no step after the one on the screen.
func (l *lessonState) atEnd() bool { return l.pos >= l.steps()-1 }

// target is the step an intent about time goes to.
func (l *lessonState) target(do Intent) (step int, ok bool) {
	switch do.Kind {
	case Step:
		return min(l.pos+1, l.steps()-1), l.steps() > 0
	case Back:
		return max(l.pos-1, 0), true
	case Seek:
		return max(0, min(do.N, l.steps()-1)), true
	case First:
		return 0, true
	case Last:
		return max(l.steps()-1, 0), true
	case NextNote:
		return l.noteStep(true), true
	case PrevNote:
		return l.noteStep(false), true
	}
	return 0, false
}

// seePrediction opens the run that the verdict on a prediction rests on.
func (m *Model) seePrediction() tea.Cmd {
	g := m.lesson.judgement()
	if g == nil {
		return nil
	}
	m.lesson.playing = false
	save := m.savePosition()
	m.openEvidence(g)
	return save
}

func (m *Model) leaveLesson() tea.Cmd {
	l := m.lesson
	switch {
	case l.back:
		if m.lesson = l.under; l.under == nil {
			m.screen = quizScreen
		}
		return nil
	case l.whatIf >= 0:
		return m.takeWhatIf(-1)
	}
	return m.goHome()
}

// rest has the place kept once the learner has stayed on it for a while.
func (m *Model) rest() tea.Cmd {
	generation := m.lesson.rests
	if m.opt.OpenStore == nil || m.lesson.id == "" {
		return nil
	}
	return m.later(restAfter, restMsg{generation})
}

func (m *Model) play() tea.Cmd {
	l := m.lesson
	l.playing = !l.playing && l.pos+1 < l.steps() && l.openQuestion() == nil
	l.plays++
	if !l.playing {
		return nil
	}
	return m.later(playEvery, playMsg{l.plays})
}

// playOn takes the next step of a run that plays. It stops at the end, and where something is asked. A tick of an earlier play does nothing.
func (m *Model) playOn(tick playMsg) tea.Cmd {
	l := m.lesson
	if m.screen != lessonScreen || l == nil || !l.playing || l.plays != tick.generation {
		return nil
	}
	l.seek(l.pos + 1)
	l.playing = l.pos+1 < l.steps() && l.openQuestion() == nil
	if !l.playing {
		return m.rest()
	}
	return tea.Batch(m.later(playEvery, playMsg{l.plays}), m.rest())
}

// goTo goes to a moment, or to a step by its number.
func (m *Model) goTo(text string) tea.Cmd {
	l := m.lesson
	text = strings.TrimSpace(text)
	to, err := strconv.Atoi(text)
	switch {
	case text == "":
		return nil
	case err == nil && (to < 1 || to > l.steps()):
		m.askMoment(text, m.sayf(sayNoStep, to, l.steps()))
		return nil
	case err == nil:
		to--
	case l.story.Find == nil:
		m.askMoment(text, sayNoSearch.In(m.lang))
		return nil
	default:
		if to, err = l.story.Find(text); err != nil {
			m.askMoment(text, m.inWords(err))
			return nil
		}
	}
	return m.doLesson(Intent{Kind: Seek, N: to})
}

// askMoment opens the field for a moment: an empty one, or what was typed and what is wrong with it.
func (m *Model) askMoment(typed, wrong string) {
	m.over = &overlay{kind: overGoTo, title: sayGoTo, hint: sayGoToHint, field: field{typed}, wrong: wrong}
}

// askAnswer opens the field for the answer to a question of a lesson, likewise.
func (m *Model) askAnswer(q *Question, typed, wrong string) {
	m.over = &overlay{kind: overAnswer, title: sayThink, hint: q.Hint, field: field{typed}, wrong: wrong}
}

// takeWhatIf shows what-if n of the lesson; -1 shows the lesson's own run again.
func (m *Model) takeWhatIf(n int) tea.Cmd {
	l := m.lesson
	if l.lesson == nil || n == l.whatIf || n >= len(l.lesson.WhatIfs) {
		return nil
	}
	save := m.savePosition()
	at := l.pos
	if n < 0 {
		l.show(l.lesson.Story)
		at = min(at, max(l.differ, 0))
	} else {
		story, differs, err := l.lesson.WhatIfs[n].Open()
		if err != nil {
			m.fail(err)
			return save
		}
		l.show(story)
		l.differ = differs
		at = differs
		m.told = m.sayf(sayDiffersAt, at+1)
	}
	l.whatIf = n
	l.seek(at)
	return save
}

// confirmHere is enter on an open question of a lesson.
func (m *Model) confirmHere(q *Question) tea.Cmd {
	if g := m.lesson.answers[q]; g != nil && g.err != nil {
		return m.keep(g)
	}
	switch {
	case !m.questionInSight():
		m.turnToQuestion(q) // nobody answers what was not read
	case len(q.Choices) == 0:
		m.askAnswer(q, "", "")
	}
	return nil
}

// answerHere answers the open question of a lesson.
func (m *Model) answerHere(choice int, typed string) tea.Cmd {
	q := m.lesson.openQuestion()
	if q == nil || len(q.Choices) > 0 && choice >= len(q.Choices) || len(q.Choices) == 0 && typed == "" || m.lesson.answers[q] != nil {
		return nil
	}
	verdict, err := q.Grade(choice, typed)
	if err != nil {
		m.askAnswer(q, typed, m.inWords(err))
		return nil
	}
	g := &given{question: q, verdict: verdict, choice: choice}
	m.lesson.answers[q], m.lesson.judged = g, true
	// The place goes first: an answer without it would look as if the lesson was never opened.
	return tea.Batch(m.savePosition(), m.keep(g))
}

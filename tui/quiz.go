package tui

import (
	"errors"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// quizState is a quiz under way.
type quizState struct {
	quiz     Quiz
	i        int
	question *Question
	pick     int
	field    field
	turn     int // how many lines a verdict that does not fit is turned on, or back
	answer   *given
	counted  bool // the answer is in the score
	right    int
	asked    int
	weak     []Text       // titles of what was answered wrong, each once
	from     *lessonState // the lesson it was begun in; nil when elsewhere
}

var errNothing = errors.New("there is nothing to ask")

// startQuiz begins a quiz on a lesson, or on all of them.
func (m *Model) startQuiz(lesson string) tea.Cmd {
	if lesson == thisLesson {
		if m.lesson == nil || m.lesson.id == "" {
			return nil
		}
		lesson = m.lesson.id
	}
	if m.opt.Quizzer == nil {
		m.status = sayNothing.In(m.lang)
		return nil
	}
	return m.beginQuiz(m.opt.Quizzer.Start(lesson))
}

func (m *Model) startReview() tea.Cmd {
	if m.opt.Quizzer == nil || len(m.progress.Due) == 0 {
		m.status = sayNoneDue.In(m.lang)
		return nil
	}
	return m.beginQuiz(m.opt.Quizzer.Review(m.progress.Due))
}

func (m *Model) beginQuiz(quiz Quiz, err error) tea.Cmd {
	switch {
	case err != nil:
		m.fail(err)
		return nil
	case quiz.Len() == 0:
		m.status = sayNothing.In(m.lang)
		return nil
	}
	q := &quizState{quiz: quiz}
	if err := q.ask(0); err != nil {
		m.fail(err)
		return nil
	}
	save := m.savePosition()
	if l := m.lesson; l != nil && l.id != "" {
		l.playing = false
		q.from = l
	}
	m.screen, m.quiz, m.lesson, m.over = quizScreen, q, nil, nil
	return save
}

// ask puts question i.
func (q *quizState) ask(i int) error {
	question, err := q.quiz.Question(i)
	if err == nil && question == nil {
		err = errNothing
	}
	if err != nil {
		return err
	}
	q.i, q.question, q.answer, q.counted, q.pick, q.field, q.turn = i, question, nil, false, -1, field{}, 0
	return nil
}

func (m *Model) doQuiz(do Intent) tea.Cmd {
	q := m.quiz
	switch do.Kind {
	case Down:
		if q.answer != nil {
			q.turn++
			return nil
		}
		q.pick = min(q.pick+1, len(q.question.Choices)-1)
	case Up:
		if q.answer != nil {
			q.turn--
			return nil
		}
		q.pick = max(q.pick-1, 0)
	case Typed:
		q.field.add(do.Text)
	case Erase:
		q.field.erase(do.N)
	case Answer:
		if do.N < len(q.question.Choices) {
			return m.answerQuiz(do.N, "")
		}
	case Confirm:
		if len(q.question.Choices) == 0 {
			return m.answerQuiz(-1, strings.TrimSpace(q.field.text))
		}
		if q.pick >= 0 {
			return m.answerQuiz(q.pick, "")
		}
	case Next:
		return m.nextQuestion()
	case See:
		m.evidence()
	case SeeTheirs:
		if g := q.answer; g != nil && g.kept {
			return m.compareAnswer(&g.verdict)
		}
	case Escape:
		if q.answer != nil && q.answer.kept {
			q.count()
		}
		if q.asked > 0 {
			m.screen = summaryScreen
			return m.refresh()
		}
		if q.from != nil {
			m.screen, m.lesson, m.quiz = lessonScreen, q.from, nil
			return nil
		}
		return m.goHome()
	}
	return nil
}

func (m *Model) answerQuiz(choice int, typed string) tea.Cmd {
	q := m.quiz
	if q.answer != nil || choice < 0 && typed == "" {
		return nil
	}
	verdict, err := q.question.Grade(choice, typed)
	if err != nil {
		m.status = m.inWords(err)
		return nil
	}
	q.answer = &given{question: q.question, verdict: verdict, choice: choice}
	return m.keep(q.answer)
}

// nextQuestion goes on once the answer is kept; where keeping failed, it tries again.
func (m *Model) nextQuestion() tea.Cmd {
	q := m.quiz
	switch g := q.answer; {
	case g == nil:
		return nil
	case g.err != nil:
		return m.keep(g)
	case !g.kept:
		return nil
	}
	q.count()
	if q.i+1 == q.quiz.Len() {
		m.screen = summaryScreen
		return m.refresh()
	}
	if err := q.ask(q.i + 1); err != nil {
		m.screen = summaryScreen
		m.fail(err)
	}
	return nil
}

// paused reports whether there is something left to ask.
func (q *quizState) paused() bool { return q.asked < q.quiz.Len() }

// count takes the answer into the score, once.
func (q *quizState) count() {
	if q.counted {
		return
	}
	q.counted = true
	q.asked++
	if q.answer.verdict.Right {
		q.right++
		return
	}
	for _, t := range q.weak {
		if t == q.question.Title {
			return
		}
	}
	q.weak = append(q.weak, q.question.Title)
}

// evidence opens the run that a verdict of the quiz rests on.
func (m *Model) evidence() {
	if g := m.quiz.answer; g != nil && g.kept && g.verdict.See != nil {
		m.openEvidence(g)
	}
}

// openEvidence opens the run that a verdict rests on; escape leads back to the verdict.
func (m *Model) openEvidence(g *given) {
	story, at, err := g.verdict.See()
	if err != nil {
		m.fail(err)
		return
	}
	l := newEvidence(sayEvidence, story, at, m.opt.Texts)
	l.why, l.under = g, m.lesson
	m.lesson, m.screen = l, lessonScreen
}

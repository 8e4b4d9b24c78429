package study

import (
	"fmt"

	"tcptutor/lessons"
	"tcptutor/quiz"
	"tcptutor/tui"
)

// quizLength is how many questions a quiz has at most.
const quizLength = 10

// Quizzer makes quizzes of the lessons' items.
type Quizzer struct {
	library *Library
	store   *Store
}

// NewQuizzer makes quizzes over a library's lessons; store tells what was asked before.
func NewQuizzer(library *Library, store *Store) *Quizzer { return &Quizzer{library, store} }

// Start begins a quiz on a lesson; "" is on all of them.
func (z *Quizzer) Start(lesson string) (tui.Quiz, error) {
	sets, err := z.sets(lesson)
	if err != nil {
		return nil, err
	}
	return session{quiz.Session(sets, quiz.Plan{N: quizLength, Due: z.store.dueItems(), Asked: z.store.asked})}, nil
}

// Review begins a quiz of the items that are due.
func (z *Quizzer) Review(due []tui.Due) (tui.Quiz, error) {
	sets, err := z.sets("")
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, d := range due {
		ids = append(ids, d.Item)
	}
	return session{quiz.Session(sets, quiz.Plan{N: len(ids), Due: ids, Asked: z.store.asked, OnlyDue: true})}, nil
}

// sets are the items of one lesson, or of all.
func (z *Quizzer) sets(lesson string) ([]*quiz.Set, error) {
	var sets []*quiz.Set
	for _, i := range z.library.Lessons() {
		if lesson != "" && i.ID != lesson {
			continue
		}
		l, err := z.library.Load(i.ID)
		if err != nil {
			return nil, err
		}
		sets = append(sets, l.Quiz)
	}
	if len(sets) == 0 {
		return nil, fmt.Errorf("there is no lesson %q", lesson)
	}
	return sets, nil
}

// session is a quiz under way.
type session struct{ picks []quiz.Pick }

// Len is how many questions there are.
func (s session) Len() int { return len(s.picks) }

// Question makes question i.
func (s session) Question(i int) (*tui.Question, error) {
	q, err := s.picks[i].Item.Make(s.picks[i].Seed)
	if err != nil {
		return nil, err
	}
	return question(q), nil
}

// question brings a question to the screen.
func question(q *quiz.Question) *tui.Question {
	out := &tui.Question{
		Lesson: q.Item.Lesson, Item: q.Item.ID, Code: q.Code, Title: tui.Text(q.Title), Book: q.Book,
		Prompt: lessons.Snippet(q.Prompt), Hint: tui.Text(q.Hint),
	}
	for _, c := range q.Choices {
		out.Choices = append(out.Choices, tui.Text(c.Text))
	}
	out.Grade = func(choice int, typed string) (tui.Verdict, error) {
		v, err := q.Grade(choice, typed)
		if err != nil {
			return tui.Verdict{}, told(err)
		}
		return verdict(&v), nil
	}
	return out
}

func verdict(v *quiz.Verdict) tui.Verdict {
	out := tui.Verdict{
		Right: v.Right, Given: v.Given, Choice: v.Choice, Answer: tui.Text(v.Answer), Rule: v.Rule, Cite: v.Cite,
		Explain: joined(lessons.Snippet(v.Because), lessons.Snippet(v.Explain)),
		See:     evidence(&v.See),
	}
	if v.Theirs != nil {
		out.SeeTheirs = evidence(v.Theirs)
	}
	return out
}

func joined(a, b lessons.Prose) lessons.Prose {
	for l := range a {
		a[l] = append(a[l], b[l]...)
	}
	return a
}

// evidence opens a run at the step that decides.
func evidence(e *quiz.Evidence) func() (tui.Story, int, error) {
	return func() (tui.Story, int, error) {
		return tui.Story{Run: e.Run, Book: e.Book, Find: Finder(e.Run)}, e.Step, nil
	}
}

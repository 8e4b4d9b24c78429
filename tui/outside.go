package tui

import (
	"tcptutor/lessons"
	"tcptutor/tcp/sim"
)

// What the screen asks of the world outside it. The screen calls all of this from one goroutine, but for Store, whose methods
// are called from another one, one at a time.

// The words that the screen shares with the lessons, under their own names here.
type (
	// Lang is a language the screen speaks.
	Lang = lessons.Lang
	// Prose is a longer text in every language.
	Prose = lessons.Prose
	// Block is a piece of prose with its values filled in.
	Block = lessons.Block
	// Span is a run of text in one style.
	Span = lessons.Span
)

// The languages, the kinds of block and the styles of a span.
const (
	English  = lessons.English
	Chinese  = lessons.Chinese
	NumLangs = lessons.NumLangs

	Paragraph = lessons.Paragraph
	Heading   = lessons.Heading
	List      = lessons.ListBlock
	Code      = lessons.Code
	Table     = lessons.Table

	Plain  = lessons.Plain
	Strong = lessons.Strong
	Em     = lessons.Em
	Mono   = lessons.Mono
)

// Text is a short text in every language, without line breaks. It is written Text{"english", "中文"}: a missing one does not compile.
type Text struct {
	English, Chinese string
}

// In is the text in one language.
func (t Text) In(l Lang) string {
	if l == Chinese {
		return t.Chinese
	}
	return t.English
}

// Library is the lessons there are.
type Library interface {
	// Lessons lists them in their order. It is called before the first frame and must be cheap: nothing is run.
	Lessons() []LessonInfo
	// Open readies a lesson: its scenario compiled, its prose filled in.
	Open(id string) (*Lesson, error)
}

// LessonInfo is what the home screen shows of a lesson.
type LessonInfo struct {
	ID     string
	Number int // from 1
	Title  Text
}

// Lesson is an opened lesson: the run as the author tells it, and the runs it might have been.
type Lesson struct {
	LessonInfo
	Story
	WhatIfs []WhatIf
}

// Story is a run and what is said about it.
type Story struct {
	Run  sim.Run
	Book string // what the header names: the book the hosts go by, "linux"
	// Outside names what is beyond the world's open end; Text{} where nothing special is.
	Outside Text
	// Notes are in the order of their steps; several may share one.
	Notes []Note
	// Find is the step a moment happens in, in the notation the learner types ("server sends SYN,ACK @2"). The error is shown to
	// the learner. Nil when the run cannot be searched.
	Find func(moment string) (int, error)
}

// Note is a step of the prose: it is shown from its step until the next note's.
type Note struct {
	Step  int // index of the run's step it is about
	Title Text
	Body  Prose
	Ask   []*Question // asked here, below the prose
}

// WhatIf is a change of a lesson's run that the learner may ask for.
type WhatIf struct {
	ID    string
	Title Text  // "The client's ACK is lost"
	About Prose // what to look at; shown where the changed run has no note of its own
	// Open makes the changed run, with the notes that hold in it, and tells the first step that is not as in the lesson's own run.
	Open func() (story Story, differs int, err error)
}

// Question is something asked, in a lesson or in a quiz.
type Question struct {
	Lesson string // ID of the lesson it belongs to
	Item   string // its name within the lesson: what progress is kept by
	Code   string // tells this very question again, its variation included: "backlog-4f2a"
	Title  Text   // what it is about: "backlog"
	Book   string
	Prompt Prose
	// Choices are the answers to choose from; none when the answer is typed.
	Choices []Text
	// Hint says what a typed answer looks like: "a state", "seconds".
	Hint Text
	// Grade judges an answer: the index of a choice, or what was typed. An answer that cannot be read at all ("4x" for a number) is an
	// error, shown to the learner, and no answer.
	Grade func(choice int, typed string) (Verdict, error)
}

// Verdict is what became of an answer.
type Verdict struct {
	Right   bool
	Given   string // the answer as it is kept
	Choice  int    // index of the right choice; -1 when the answer was typed
	Answer  Text   // the right answer
	Explain Prose  // of a wrong answer: what one must have been thinking, and what happens instead
	Rule    string // name of the rule that decides; "" when none does
	Cite    string // where that rule stands: "RFC 9293 §3.10.7.4"
	// See opens the run at the step that decides; nil when there is no run to see.
	See func() (Story, int, error)
	// SeeTheirs opens the run that the wrong answer describes; nil when there is none.
	SeeTheirs func() (Story, int, error)
}

// Quizzer makes quizzes.
type Quizzer interface {
	// Start begins a quiz on a lesson; "" is on all of them.
	Start(lesson string) (Quiz, error)
	// Review begins a quiz of the items that are due.
	Review(due []Due) (Quiz, error)
}

// Quiz is a row of questions.
type Quiz interface {
	// Len is how many there are.
	Len() int
	// Question makes question i, from 0.
	Question(i int) (*Question, error)
}

// Due is an item whose review has come.
type Due struct {
	Lesson, Item string
}

// Store keeps the learner's progress. Its methods may take a while (a disk is slow), so they are called beside the screen, never two at
// once. Their errors are shown as they are.
type Store interface {
	// Progress tells everything the home screen shows.
	Progress() (Progress, error)
	// Record keeps an answer; when it returns without an error, the answer is on the disk.
	Record(q *Question, v *Verdict) error
	// SavePosition keeps the place in a lesson: the step on the screen, from 0, of so many.
	SavePosition(lesson string, step, steps int) error
	// SetLang keeps the language.
	SetLang(Lang) error
}

// Progress is what has been learned so far.
type Progress struct {
	Continue string // the lesson to go on with; "" when none was opened yet
	Lessons  map[string]LessonProgress
	Due      []Due
	Lang     Lang // the language kept
	LangKept bool // whether one was
	Asked    int  // answers given in all
	Right    int
}

// LessonProgress is how far a learner has come in a lesson.
type LessonProgress struct {
	Step, Steps int // where the learner is, from 0, and of how many; Steps is 0 when the lesson was never opened
	Furthest    int // furthest step seen, from 0
	Asked       int // answers to its items
	Right       int
}

// Page is text that grows with the steps of a run.
type Page interface {
	// UpTo is the text of the first n steps. It is not to be changed.
	UpTo(n int) []string
}

// Texts makes the views that are text: what the tools of a real machine would print.
type Texts struct {
	TCPDump func(run sim.Run) Page                // the whole wire
	Calls   func(run sim.Run) Page                // system calls of all hosts
	SS      func(w *sim.World, host int) []string // sockets of one host at that instant
}

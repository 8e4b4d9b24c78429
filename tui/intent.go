package tui

// Intent is one thing a learner can ask for. Keys, mouse, palette and tests all end here.
type Intent struct {
	Kind IntentKind
	N    int    // Seek: the step, from 0; Answer: the choice, from 0; View, Pick: which, from 0
	Text string // OpenLesson, StartQuiz: the lesson's ID; GoTo: the moment; Submit, Typed: text
}

// IntentKind says what is asked for. The list is closed.
type IntentKind uint8

// The intents.
const (
	None IntentKind = iota
	Step
	Back
	Seek
	First
	Last
	NextNote
	PrevNote
	Play
	View
	NextView
	PrevView
	Answer
	Down
	Up
	WordsDown // turn the prose, whatever the view
	WordsUp
	Copy
	Pick    // choose row N of a list, and confirm it
	Confirm // enter
	Escape
	Quit
	Help
	Palette
	AskGoTo
	GoTo
	AskWhatIf
	WhatIfN // take what-if N; -1 goes back to the lesson's own run
	OpenLesson
	Continue
	StartQuiz
	StartReview
	Home
	ToggleLang
	See
	SeeTheirs
	Next
	Erase
	Typed
	numIntents
)

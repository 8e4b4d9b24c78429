package tui

// Intent is one thing a learner can ask for. Keys, mouse, palette and tests all end here.
type Intent struct {
	Kind IntentKind
	N    int    // Seek: the step, from 0; Erase: 0 a letter, 1 a word, 2 everything; Answer: the choice, from 0; View, Pick: which, from 0
	Text string // OpenLesson, StartQuiz: the lesson's ID; GoTo: the moment; CompareBook: the book; Submit, Typed: text
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
	SeeTheirs   // the run that a wrong answer describes, beside the real one
	AskCompare  // two runs beside each other: which, where there is a choice
	Beside      // the chosen row of the what-ifs, beside the run as it was
	Compare     // what-if N, beside the run as it was
	CompareBook // by the book named by Text, or by each host's own changed by "+PATCH", beside the run as it was
	AskKernel   // with this machine's kernel in a host's place: which host's
	Kernel      // in the place of host N
	NextDiff    // the next row in which two runs differ
	PrevDiff
	OtherSide
	Next
	Erase
	Typed
	numIntents
)

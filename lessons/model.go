package lessons

import (
	"tcptutor/quiz"
	"tcptutor/tcp/sim"
)

// Lang is a language lessons are written in.
type Lang uint8

// The languages.
const (
	English Lang = iota
	Chinese
	NumLangs
)

var langNames = [NumLangs]string{"en", "zh"}

// String is the language's tag, which is also the name of its prose file: "en" for en.md.
func (l Lang) String() string { return langNames[l] }

// Text is a short text in every language, without line breaks.
type Text struct {
	English string `yaml:"en"`
	Chinese string `yaml:"zh"`
}

// In is the text in one language.
func (t Text) In(l Lang) string {
	if l == Chinese {
		return t.Chinese
	}
	return t.English
}

// Prose is a longer text in every language.
type Prose [NumLangs][]Block

// BlockKind says what a block of prose is.
type BlockKind uint8

// The kinds of block, and which fields of a Block they use.
const (
	Paragraph BlockKind = iota // Spans
	Heading                    // Spans, Level
	ListBlock                  // Items, Level, Ordered
	Code                       // Lines, as they are
	Table                      // Rows; the first one is the head
)

// SpanStyle is how a span of text is set.
type SpanStyle uint8

// The styles of a span.
const (
	Plain SpanStyle = iota
	Strong
	Em
	Mono // a name or a number of the machine's: `code`, and every value the engine filled in
)

// Span is a run of text in one style.
type Span struct {
	Text  string
	Style SpanStyle
}

// Block is a piece of prose with its values filled in.
type Block struct {
	Kind    BlockKind
	Level   int        // of a Heading, from 1 (the title of a step); of a ListBlock, how deep it lies, from 0
	Spans   []Span     // a Paragraph's or Heading's text
	Items   [][]Block  // a ListBlock's items: each a Paragraph, and perhaps more
	Lines   []string   // a Code block's lines
	Rows    [][][]Span // a Table's rows of cells
	Ordered bool       // a ListBlock that is numbered, from 1
}

// Info is what is known of a lesson without running it: its lesson.yaml.
type Info struct {
	ID      string   // the folder's name
	Order   int      // its place in the course, from 1; lessons are listed by it
	Needs   []string // IDs of the lessons that come before it
	Title   Text
	Summary Text // one sentence: the question it answers
}

// Lesson is a lesson ready to be shown: its scenario compiled and run, its prose filled in.
type Lesson struct {
	Info
	Story
	WhatIfs []WhatIf
	// Scenario is the text of scenario.tcp.
	Scenario string
	// Quiz is the items of quiz.yaml.
	Quiz *quiz.Set

	seeds map[string]uint64 // by item: which variation the prose asks
}

// Story is a run and what is said about it.
type Story struct {
	Run  *sim.Timeline
	Book string // the book the hosts go by: "linux"; where they differ, each with its host
	// Notes are in the order of their steps; several may share one.
	Notes []Note
	// Find is the step in which a moment happens ("server sends SYN,ACK @2"). Its error says what is wrong with the moment, or that it
	// does not happen.
	Find func(moment string) (int, error)
}

// Note is a step of the prose: it is shown from its step of the run until the next note's.
type Note struct {
	Step  int    // index of the run's step
	At    string // the moment, as the author wrote it
	Title Text
	Body  Prose
	Ask   []string // items of the lesson's quiz asked here, below the prose

	section int // index of the section it was written as
}

// WhatIf is a change of a lesson's run that the learner may ask for.
type WhatIf struct {
	ID    string
	Title Text  // "The client's ACK is lost"
	About Prose // what to look at
	// Open makes the changed run with the notes that hold in it, and tells the first step that is not as in the lesson's own run.
	Open func() (story Story, differs int, err error)
}

package tui

// Context is where a key is pressed: keys mean different things in different places, and a binding holds in a set of them.
type Context uint16

// The contexts.
const (
	OnHome Context = 1 << iota
	OnLesson
	OnAsking  // a lesson, with a question that is open
	OnQuiz    // a question of a quiz, not yet answered
	OnVerdict // a question of a quiz, answered
	OnSummary
	OnPaused  // a quiz left before its end: its summary so far
	OnCompare // two runs beside each other
	OnMenu    // a list is open over the screen
	OnField
	OnHelp
	OnSmall // the terminal is too small
	endOfContexts
)

const (
	onRun   = OnLesson | OnAsking
	onAny   = endOfContexts - 1
	onLists = OnHome | OnMenu | OnSummary | OnPaused
)

// Binding is a row of the key table.
type Binding struct {
	In     Context
	Keys   []string // as Bubble Tea spells them
	Show   string   // how the keys are written in help; "" leaves the row out
	Do     Intent
	Help   Text
	Footer int // place in the hints at the bottom, from 1; 0 leaves it out
}

// Bindings is the one table of keys.
var Bindings = []Binding{
	{onRun, []string{"right", "l"}, "l", Intent{Kind: Step}, doStep, 2},
	{onRun, []string{"left", "h"}, "h", Intent{Kind: Back}, doBack, 1},
	{onRun, []string{"]"}, "]", Intent{Kind: NextNote}, doNextNote, 0},
	{onRun, []string{"["}, "[", Intent{Kind: PrevNote}, doPrevNote, 0},
	{onRun, []string{"g", "home"}, "g", Intent{Kind: First}, doFirst, 0},
	{onRun, []string{"G", "end"}, "G", Intent{Kind: Last}, doLast, 0},
	{onRun, []string{"space"}, "space", Intent{Kind: Play}, doPlay, 3},
	{onRun, []string{"tab"}, "tab", Intent{Kind: NextView}, doNextView, 7},
	{onRun, []string{"shift+tab"}, "shift+tab", Intent{Kind: PrevView}, doPrevView, 0},
	{onRun, []string{"/"}, "/", Intent{Kind: AskGoTo}, doGoTo, 6},
	{onRun, []string{"w"}, "w", Intent{Kind: AskWhatIf}, doWhatIf, 4},
	{onRun, []string{"c"}, "c", Intent{Kind: AskCompare}, doBeside, 0},
	{onRun, []string{"K"}, "K", Intent{Kind: AskKernel}, doKernel, 0},
	{OnMenu, []string{"c"}, "c", Intent{Kind: Beside}, doBeside, 3},
	{OnCompare, []string{"right", "l"}, "l", Intent{Kind: Step}, doStep, 2},
	{OnCompare, []string{"left", "h"}, "h", Intent{Kind: Back}, doBack, 1},
	{OnCompare, []string{"]"}, "]", Intent{Kind: NextDiff}, doNextDiff, 4},
	{OnCompare, []string{"["}, "[", Intent{Kind: PrevDiff}, doPrevDiff, 5},
	{OnCompare, []string{"g", "home"}, "g", Intent{Kind: First}, doFirst, 0},
	{OnCompare, []string{"G", "end"}, "G", Intent{Kind: Last}, doLast, 0},
	{OnCompare, []string{"tab", "shift+tab"}, "tab", Intent{Kind: OtherSide}, doOtherSide, 3},
	{OnCompare, []string{"down", "j", "pgdown"}, "j", Intent{Kind: Down}, doDown, 0},
	{OnCompare, []string{"up", "k", "pgup"}, "k", Intent{Kind: Up}, doUp, 0},
	{onRun, []string{"u"}, "u", Intent{Kind: WhatIfN, N: -1}, doUndo, 0},
	{onRun, []string{"t"}, "t", Intent{Kind: StartQuiz, Text: thisLesson}, doQuizOne, 3},
	{onRun | onLists | OnQuiz | OnVerdict, []string{"down", "j"}, "j", Intent{Kind: Down}, doDown, 0},
	{onRun | onLists | OnQuiz | OnVerdict, []string{"up", "k"}, "k", Intent{Kind: Up}, doUp, 0},
	{OnHelp, []string{"down", "j", "pgdown"}, "", Intent{Kind: Down}, doDown, 0},
	{OnHelp, []string{"up", "k", "pgup"}, "", Intent{Kind: Up}, doUp, 0},
	{onRun, []string{"pgdown"}, "pgdn", Intent{Kind: WordsDown}, doWordsDown, 0},
	{onRun, []string{"pgup"}, "pgup", Intent{Kind: WordsUp}, doWordsUp, 0},
	{onRun, []string{"y"}, "y", Intent{Kind: Copy}, doCopy, 0},
	{OnHome, []string{"enter"}, "enter", Intent{Kind: Confirm}, doOpen, 1},
	{OnHome, []string{"r"}, "r", Intent{Kind: StartReview}, doReview, 2},
	{OnHome, []string{"t"}, "t", Intent{Kind: StartQuiz}, doQuiz, 3},
	{OnHome, []string{"c"}, "c", Intent{Kind: Continue}, sayContinue, 0},
	{OnQuiz | OnMenu | OnField | onRun, []string{"enter"}, "enter", Intent{Kind: Confirm}, doConfirm, 2},
	{OnVerdict, []string{"enter", "space"}, "enter", Intent{Kind: Next}, doNext, 1},
	{OnSummary, []string{"enter", "space"}, "enter", Intent{Kind: Home}, doHome, 1},
	{OnPaused, []string{"enter", "space"}, "enter", Intent{Kind: Next}, doGoOn, 1},
	{OnPaused, []string{"esc"}, "esc", Intent{Kind: Home}, doHome, 2},
	{OnVerdict | onRun, []string{"v"}, "v", Intent{Kind: See}, doSee, 2},
	{OnVerdict, []string{"t"}, "t", Intent{Kind: SeeTheirs}, doSeeTheirs, 3},
	{OnField, []string{"backspace"}, "", Intent{Kind: Erase}, doErase, 0},
	{OnField, []string{"ctrl+w", "alt+backspace"}, "ctrl+w", Intent{Kind: Erase, N: 1}, doEraseWord, 0},
	{OnField, []string{"ctrl+u"}, "ctrl+u", Intent{Kind: Erase, N: 2}, doEraseAll, 0},
	{OnField, []string{"down"}, "", Intent{Kind: Down}, doDown, 0},
	{OnField, []string{"up"}, "", Intent{Kind: Up}, doUp, 0},
	{OnHome | onRun | OnCompare, []string{"L"}, "L", Intent{Kind: ToggleLang}, doLanguage, 8},
	{OnQuiz | OnVerdict | OnSummary | OnPaused, []string{"L"}, "L", Intent{Kind: ToggleLang}, doLanguage, 0},
	{OnHome | onRun | OnQuiz | OnVerdict | OnSummary | OnPaused | OnCompare, []string{":"}, ":", Intent{Kind: Palette}, doPalette, 9},
	{OnHome | onRun | OnQuiz | OnVerdict | OnSummary | OnPaused | OnCompare, []string{"?"}, "?", Intent{Kind: Help}, doHelp, 10},
	{OnHelp, []string{"?", "q", "enter"}, "", Intent{Kind: Escape}, doEscape, 0},
	{onAny &^ (OnSmall | OnHome | OnPaused), []string{"esc"}, "esc", Intent{Kind: Escape}, doEscape, 11},
	{onAny &^ (OnField | OnHelp | OnMenu), []string{"q"}, "q", Intent{Kind: Quit}, doQuit, 12},
	{onAny, []string{"ctrl+c"}, "ctrl+c", Intent{Kind: Quit}, doQuit, 0},
}

func init() {
	// The number keys: views, or answers while there is something to answer.
	for n := range 9 {
		key := []string{string(rune('1' + n))}
		view := Binding{OnLesson, key, "", Intent{Kind: View, N: n}, doView, 0}
		answer := Binding{OnAsking | OnQuiz, key, "", Intent{Kind: Answer, N: n}, doAnswer, 0}
		pick := Binding{OnMenu | OnHome, key, "", Intent{Kind: Pick, N: n}, doOpen, 0}
		if n == 0 {
			view.Show, view.Footer = "1-9", 5
			answer.Show, answer.Footer = "1-9", 1 // where something is asked, stepping past it comes second
		}
		Bindings = append(Bindings, view, answer, pick)
	}
}

// thisLesson in a StartQuiz asks for the lesson on the screen.
const thisLesson = "this"

// intentOf is what a key means in a context.
func intentOf(in Context, key string) (Intent, bool) {
	for i := range Bindings {
		b := &Bindings[i]
		if b.In&in == 0 {
			continue
		}
		for _, k := range b.Keys {
			if k == key {
				return b.Do, true
			}
		}
	}
	return Intent{}, false
}

// hints are the rows of the table that the bottom line shows in a context, in their order.
func hints(in Context) []*Binding {
	var list []*Binding
	for place := 1; place <= 12; place++ {
		for i := range Bindings {
			if b := &Bindings[i]; b.In&in != 0 && b.Footer == place {
				list = append(list, b)
			}
		}
	}
	return list
}

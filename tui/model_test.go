package tui

import (
	"errors"
	"image/color"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"tcptutor/tcp/sim"
	"tcptutor/tui/cell"
	"tcptutor/tui/look"
)

func (s *screenOf) shows(text string) bool { return strings.Contains(strip(s.frame()), text) }

func (s *screenOf) mustShow(text string) {
	s.t.Helper()
	if !s.shows(text) {
		s.t.Fatalf("the screen does not show %q:\n%s", text, strip(s.frame()))
	}
}

// A lesson opens where the learner left it, also when it is opened before the progress has been read.
func TestLessonOpensWhereItWasLeft(t *testing.T) {
	s := open(t, 80, 24, English, openHandshake)
	s.mustShow("step 10 of")
	s = open(t, 80, 24, English, Intent{Kind: Continue})
	s.mustShow("step 10 of")
}

// A run that is no lesson's can be begun with: it steps, its place is not kept, and the way out of it leads home.
func TestRunToBeginWith(t *testing.T) {
	run := &Lesson{LessonInfo: LessonInfo{Title: Text{"close.pkt", "close.pkt"}}, Story: Story{Run: sim.NewTimeline(textbook()), Book: "linux"}}
	s := openOptions(t, 80, 24, Options{Show: run}, Text{})
	kept := len(s.store.kept.Lessons)
	s.mustShow("close.pkt")
	s.mustShow("step 1 of")
	s.press("l", "l")
	s.mustShow("step 3 of")
	s.press("esc")
	s.mustShow("how TCP connections live and die")
	if len(s.store.kept.Lessons) != kept || s.store.kept.Continue != "handshake" {
		t.Errorf("its place is kept: %+v", s.store.kept)
	}
}

// Stepping forward and back ends where it began, and the ends hold.
func TestStepsForwardAndBack(t *testing.T) {
	s := open(t, 80, 24, English, openHandshake)
	s.press("g")
	first := s.frame()
	s.press("h")
	for range stepsOfTextbook() + 3 {
		s.press("right")
	}
	last := s.frame()
	s.press("G")
	if s.frame() != last {
		t.Error("G is not where stepping ends")
	}
	for range stepsOfTextbook() + 3 {
		s.press("left")
	}
	if s.frame() != first {
		t.Error("stepping back does not end where stepping began")
	}
}

// Notes are found forward and back.
func TestNotesForwardAndBack(t *testing.T) {
	s := open(t, 120, 40, English, openHandshake)
	s.press("g", "]")
	s.mustShow("The client calls")
	s.press("]")
	s.mustShow("The server answers")
	s.press("]")
	s.mustShow("Both are there")
	s.press("[", "[")
	s.mustShow("The client calls")
}

// While the question is open the number keys answer; afterwards they choose views. The answer is kept before it is judged.
func TestNumberKeysAnswerWhileAQuestionIsOpen(t *testing.T) {
	s := open(t, 120, 40, English, openHandshake)
	s.press("g", "]", "]", "2")
	s.mustShow(`You said "server"; it is "client".`)
	if want := []string{"who-is-first 1"}; !slices.Equal(s.store.answers, want) {
		t.Errorf("kept %q, want %q", s.store.answers, want)
	}
	s.press("2")
	if s.m.lesson.view != 1 || len(s.store.answers) != 1 {
		t.Error("2 does not choose the second view once the question is answered")
	}
}

// An answer that cannot be kept is not judged; enter tries again.
func TestAnswerThatCannotBeKeptIsTriedAgain(t *testing.T) {
	for _, start := range []Intent{openHandshake, {Kind: StartQuiz}} {
		s := open(t, 120, 40, English, start)
		s.store.fail = errors.New("disk full")
		if start == openHandshake {
			s.press("g", "]", "]")
		}
		s.press("2")
		s.mustShow("not kept: disk full")
		if s.shows("You said") {
			t.Error("the answer was judged")
		}
		s.store.fail = nil
		s.press("enter")
		s.mustShow(`You said "server"`)
		if len(s.store.answers) != 1 {
			t.Errorf("kept %q", s.store.answers)
		}
	}
}

// A typed answer that cannot be read is no answer.
func TestUnreadableAnswerIsNoAnswer(t *testing.T) {
	s := open(t, 120, 40, English, openHandshake)
	s.press("g", "]", "]", "]", "enter", "x", "enter")
	s.mustShow("a number of milliseconds, please")
	s.mustShow("> x")
	s.press("backspace", "2", "1", "backspace", "0", "enter")
	s.mustShow("Right: 20.")
}

// Playing takes a step a tick and stops at a question. A tick of an earlier play does nothing.
func TestPlayStopsAtAQuestionAndForgetsOldTicks(t *testing.T) {
	s := open(t, 80, 24, English, openHandshake)
	s.press("g")
	s.ticks = nil
	s.press("space", "space", "space")
	if len(s.ticks) != 2 {
		t.Fatalf("%d ticks wait, want one for each of two plays", len(s.ticks))
	}
	s.clock()
	s.mustShow("step 1 of")
	s.clock()
	s.mustShow("step 2 of")
	for s.m.lesson.playing {
		s.clock()
	}
	if s.m.lesson.openQuestion() == nil {
		t.Error("play went past a question")
	}
	s.press("space")
	if s.m.lesson.playing {
		t.Error("play goes on though a question is open")
	}
}

// The place in a lesson is kept when the learner rests, leaves or quits, and not for every step.
func TestPlaceIsKept(t *testing.T) {
	s := open(t, 80, 24, English, openHandshake)
	s.press("g")
	s.ticks = nil
	s.press("l", "l", "l")
	at := func() int { return s.store.kept.Lessons["handshake"].Step }
	if at() != 9 {
		t.Fatal("a step was kept at once")
	}
	s.clock()
	s.clock()
	if at() != 9 {
		t.Fatal("a rest that was cut short was kept")
	}
	s.clock()
	if at() != 3 {
		t.Fatalf("after a rest the place kept is %d, want 3", at())
	}
	s.press("l", "esc")
	if at() != 4 {
		t.Fatal("leaving did not keep the place")
	}
	s.press("enter", "h", "h", "q")
	if at() != 2 || !s.quit {
		t.Fatal("quitting did not keep the place")
	}
}

// A book with a long name leaves room for the title; a what-if's title says what its book does.
func TestALongBookLeavesTheTitle(t *testing.T) {
	s := open(t, 80, 24, English, openHandshake)
	const book = "client linux, server linux+endless-accept-queue"
	s.m.lesson.story.Book = book
	s.mustFit(80, 24)
	s.mustShow("1 · ")
	s.mustShow("client linux, s")
	s.press("w", "2", "enter")
	s.m.lesson.story.Book = book
	s.press("l")
	s.mustShow("What if: The client's ACK")
	if s.shows("accept-queue") {
		t.Error("the book stands in the title's place")
	}
	s.m.lesson.story.Book = "linux"
	s.press("l")
	s.mustShow("linux   changed")
}

// A what-if shows the changed run where it begins to differ, says so, and leads back.
func TestWhatIfAndBack(t *testing.T) {
	s := open(t, 120, 40, English, openHandshake)
	s.press("w", "2")
	s.mustShow("What if: The client's ACK is lost")
	s.mustShow("changed")
	s.press("l", "l", "l", "l", "l", "l")
	s.mustShow("lost")
	s.press("u")
	if s.shows("changed") {
		t.Error("u does not lead back to the lesson's run")
	}
}

// Go-to takes a moment or a step's number, and says what it did not understand.
func TestGoTo(t *testing.T) {
	s := open(t, 80, 24, English, openHandshake)
	s.m.Do(Intent{Kind: GoTo, Text: "3"})
	s.mustShow("step 3 of")
	s.m.Do(Intent{Kind: GoTo, Text: "server sends SYN,ACK"})
	s.mustShow("SYN,ACK")
	s.m.Do(Intent{Kind: GoTo, Text: "99"})
	s.mustShow("There is no step 99")
	s.m.Do(Intent{Kind: GoTo, Text: "never"})
	s.mustShow("no such moment")
	s.mustShow("> never") // what was typed can be mended
	s.press("ctrl+u")
	for _, r := range "2" {
		s.press(string(r))
	}
	s.press("enter")
	s.mustShow("step 2 of")
}

// A quiz asks, judges, opens the run that decides, comes back, and ends in a summary.
func TestQuizFromQuestionToSummary(t *testing.T) {
	s := open(t, 80, 24, English, Intent{Kind: StartQuiz})
	s.mustShow("Question 1 of 2")
	s.press("down", "down", "enter")
	s.mustShow(`You said "server"; it is "client".`)
	s.press("v")
	s.mustShow("How it was")
	s.press("l", "esc")
	s.mustShow(`You said "server"; it is "client".`)
	s.press("enter", "2", "0", "enter")
	s.mustShow("Right: 20.")
	s.press("enter")
	s.mustShow("1 of 2 right")
	s.mustShow("who is first")
	s.press("enter")
	s.mustShow("steps seen")
}

// The palette narrows while typing and does what is chosen.
func TestPaletteNarrowsAndDoes(t *testing.T) {
	s := open(t, 80, 24, English, openHandshake)
	s.press(":", "t", "c", "p", "enter")
	if got := s.m.lesson.views[s.m.lesson.view].name.English; got != "tcpdump" {
		t.Errorf("the view is %s, want tcpdump", got)
	}
}

// A click on a tab, on the scrubber and on a lesson does what its key does; the wheel steps.
func TestMouse(t *testing.T) {
	s := open(t, 80, 24, English, Intent{})
	click := func(text string) {
		for y, l := range strings.Split(strip(s.frame()), "\n") {
			if before, _, ok := strings.Cut(l, text); ok {
				s.send(tea.MouseClickMsg{X: cell.Width(before), Y: y, Button: tea.MouseLeft})
				return
			}
		}
		t.Fatalf("%q is not on the screen", text)
	}
	click("The three-way handshake  ")
	s.mustShow("of 25")
	click("2 hosts")
	if s.m.lesson.view != 1 {
		t.Error("a click on a tab does not show its view")
	}
	s.send(tea.MouseClickMsg{X: 1, Y: 23, Button: tea.MouseLeft})
	s.mustShow("step 1 of")
	s.send(tea.MouseWheelMsg{X: 5, Y: 5, Button: tea.MouseWheelDown})
	s.mustShow("step 2 of")
}

// The language changes at once.
func TestLanguageChanges(t *testing.T) {
	s := open(t, 80, 24, English, Intent{})
	s.press("L")
	s.mustShow("课程")
	s.press("L")
	s.mustShow("lessons")
}

// With ASCII glyphs no frame holds a rune that some terminals give two cells, and an English one nothing but ASCII.
func TestASCIIFramesAreASCII(t *testing.T) {
	for _, scene := range scenes {
		for lang := range NumLangs {
			s := open(t, 80, 24, lang, scene.start)
			s.press(scene.keys...)
			s.m.look = look.Choose(func(string) string { return "" }, true)
			s.send(tea.WindowSizeMsg{Width: 121, Height: 40})
			for _, r := range strip(s.frame()) {
				if cell.Ambiguous(r) || lang == English && r >= 0x7f && r != '中' && r != '文' {
					t.Fatalf("%s: %q is in the frame", scene.name, r)
				}
			}
		}
	}
}

// Without colour no escape sequence sets one, and what colours say is still said: the frame is the same but for them.
func TestNoColourSaysTheSame(t *testing.T) {
	for _, env := range []map[string]string{{"NO_COLOR": "1"}, {"TERM": "dumb"}} {
		s := open(t, 120, 40, English, Intent{Kind: StartQuiz})
		s.press("2")
		coloured := strip(s.frame())
		env["LANG"] = "C.UTF-8"
		s.m.look = look.Choose(func(k string) string { return env[k] }, false)
		s.send(tea.BackgroundColorMsg{Color: color.White})
		if strip(s.frame()) != coloured {
			t.Error("the words change with the colours")
		}
		if strings.Contains(s.frame(), "38;") || env["TERM"] == "dumb" && strings.Contains(s.frame(), "\x1b") {
			t.Errorf("%v: the frame has colours", env)
		}
	}
}

// Light and dark backgrounds have colours of their own.
func TestLightAndDark(t *testing.T) {
	s := open(t, 80, 24, English, Intent{})
	dark := s.frame()
	s.send(tea.BackgroundColorMsg{Color: color.White})
	if s.frame() == dark {
		t.Error("a light background changes nothing")
	}
	s.send(tea.BackgroundColorMsg{Color: color.Black})
	if s.frame() != dark {
		t.Error("a dark background is not the default")
	}
}

// The number keys answer only a question that can be read; until then they choose views.
func TestAQuestionOutOfSightIsNotAnswered(t *testing.T) {
	s := open(t, 80, 24, English, openHandshake)
	s.press("g", "]", "]", "2")
	if len(s.store.answers) != 0 || s.m.lesson.view != 1 {
		t.Fatal("a question that is out of sight was answered")
	}
	s.press("j", "j", "2")
	if len(s.store.answers) != 1 {
		t.Error("the question in sight was not answered")
	}
	s.mustShow(`You said "server"; it is "client".`)
}

package tui

import (
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"tcptutor/tcp"
	"tcptutor/tcp/sim"
	"tcptutor/tui/cell"
)

// From the lesson `c` puts its what-if beside it, where the two part; escape leads back to where the learner was.
func TestWhatIfBesideTheLessonAndBack(t *testing.T) {
	s := open(t, 120, 40, English, openHandshake)
	s.press("g", "]")
	was := s.frame()
	s.press("c", "1")
	s.mustShow("What if: The client's ACK is lost")
	s.mustShow("The run as it was")
	s.mustShow("^ first difference: sends  ACK, ack 1")
	s.mustShow("same programs, other faults on the wire")
	s.press("l", "l", "esc")
	if s.frame() != was {
		t.Error("escape does not lead back to the lesson as it was")
	}
}

// The same from the list of what-ifs, and while a what-if is on the screen: escape leads back to that.
func TestBesideFromTheListAndFromAWhatIf(t *testing.T) {
	s := open(t, 80, 24, English, openHandshake)
	s.press("w")
	if s.shows("beside the original") {
		t.Error("the run as it was is offered to be shown beside itself")
	}
	s.press("c")
	if s.m.over == nil {
		t.Fatal("the list is gone though nothing was chosen")
	}
	s.press("j")
	s.mustShow("c beside the original")
	s.press("c")
	s.mustShow("The run as it was")
	if s.m.screen != compareScreen {
		t.Fatal("c on a what-if does not show it beside the original")
	}
	s.press("esc", "w", "2", "c")
	if s.m.screen != compareScreen {
		t.Fatal("c on the screen of a what-if does not show it beside the original")
	}
	s.press("esc")
	s.mustShow("changed")
}

// A wrong answer of a quiz opens both runs, and escape leads back to its verdict.
func TestWrongAnswerBesideTheRealRun(t *testing.T) {
	s := open(t, 120, 40, English, Intent{Kind: StartQuiz})
	s.press("2")
	s.mustShow("t yours beside it")
	s.press("t")
	s.mustShow("The run you described, beside the real one")
	s.mustShow("How it was · linux")
	s.mustShow("The run you described · rfc9293")
	at := s.m.compare.pos
	s.press("g")
	s.mustShow("waits for the same news about its own.")
	s.m.compare.seek(at)
	if at := s.m.compare.row().Step[0]; at < 9 {
		t.Errorf("it opens at step %d, before the one that decides", at)
	}
	s.press("esc")
	s.mustShow(`You said "server"; it is "client".`)
}

// A wrong prediction's run is among those that `c` offers.
func TestWrongPredictionBesideTheRealRun(t *testing.T) {
	s := open(t, 120, 40, English, openHandshake)
	s.press("g", "]", "]", "2")
	s.mustShow("press c to set the run you")
	s.press("c")
	s.mustShow("The run you described")
	s.press("1")
	s.mustShow("The run you described · rfc9293")
	s.press("esc")
	s.mustShow("The server answers")
}

// Stepping goes along the rows, forward and back, and stops at the ends.
func TestBothRunsStepTogether(t *testing.T) {
	s := open(t, 120, 40, English, openHandshake)
	s.press("c", "1", "g")
	first := s.frame()
	n := s.m.compare.rows()
	s.press("h")
	for i := range n + 2 {
		if want := min(i, n-1); s.m.compare.pos != want {
			t.Fatalf("after %d steps the row is %d", i, s.m.compare.pos)
		}
		s.press("right")
	}
	last := s.frame()
	s.press("G")
	if s.frame() != last {
		t.Error("G is not where stepping ends")
	}
	for range n + 2 {
		s.press("left")
	}
	if s.frame() != first {
		t.Error("stepping back does not end where stepping began")
	}
}

// ] and [ go through the rows that are marked, and through no others.
func TestDifferencesForwardAndBack(t *testing.T) {
	s := open(t, 120, 40, English, openHandshake)
	s.press("c", "1", "g")
	c := s.m.compare
	var want, got []int
	for i := range c.rows() {
		if c.c.Rows[i].Diff >= sim.Outcome {
			want = append(want, i)
		}
	}
	for at := -1; c.pos != at; {
		at = c.pos
		s.press("]")
		got = append(got, c.pos)
	}
	got = got[:len(got)-1]
	if !slices.Equal(got, want) {
		t.Errorf("] stops at %v, want %v", got, want)
	}
	for i := len(want) - 1; i >= 0; i-- {
		if c.pos != want[i] {
			t.Errorf("[ is at %d, want %d", c.pos, want[i])
		}
		s.press("[")
	}
}

// At 80 columns tab changes the run on the screen; at 120 both are there, and at 80 with many lines, too.
func TestTabShowsTheOtherRun(t *testing.T) {
	s := open(t, 80, 24, English, openHandshake)
	s.press("c", "1", "]")
	s.mustShow("tab other run")
	if s.shows("╳") {
		t.Error("the loss is on the screen of the run without it")
	}
	s.press("tab")
	s.mustShow("╳ lost")
	s.press("shift+tab")
	if s.shows("╳") {
		t.Error("tab does not lead back")
	}
	for _, size := range [][2]int{{112, 24}, {120, 40}, {80, 44}} {
		s.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		s.mustShow("╳ lost")
		if s.shows("other run") {
			t.Errorf("%v: tab is offered though both runs are on the screen", size)
		}
	}
}

// What stands in one row stands on one line: at every row the two marks of the present row are on the same line.
func TestRowsStandOnOneLine(t *testing.T) {
	for lang := range NumLangs {
		s := open(t, 120, 40, lang, Intent{Kind: StartQuiz})
		s.press("2", "t", "g")
		split := arrangeCompare(120, 40).Split
		for range s.m.compare.rows() {
			marks := 0
			for _, l := range strings.Split(strip(s.frame()), "\n")[3:] {
				left, right, ok := strings.Cut(l, "│▶")
				if strings.HasPrefix(l, "▶") != (ok && cell.Width(left) == split) {
					t.Fatalf("row %d: the marks of the present row are apart: %q and %q", s.m.compare.pos, left, right)
				}
				if ok {
					marks++
				}
			}
			if marks != 1 {
				t.Fatalf("row %d is marked on %d lines:\n%s", s.m.compare.pos, marks, strip(s.frame()))
			}
			s.press("l")
		}
	}
}

// Every row fits, in both languages, whichever side is shown; and nothing has a hole.
func TestEveryRowFits(t *testing.T) {
	for lang := range NumLangs {
		for _, scene := range []struct {
			start Intent
			keys  []string
		}{{openHandshake, []string{"c", "1"}}, {Intent{Kind: StartQuiz}, []string{"2", "t"}}} {
			s := open(t, 80, 24, lang, scene.start)
			s.press(scene.keys...)
			s.press("g")
			for range s.m.compare.rows() {
				for _, size := range [][2]int{{60, 15}, {80, 24}, {120, 40}, {80, 44}} {
					s.mustFit(size[0], size[1])
					if s.shows("%!") {
						t.Fatalf("a hole:\n%s", strip(s.frame()))
					}
					s.press("tab")
				}
				s.press("l")
			}
		}
	}
}

// The present row is on the screen at every size.
func TestThePresentRowIsSeen(t *testing.T) {
	s := open(t, 80, 24, English, openHandshake)
	s.press("c", "1")
	for _, size := range [][2]int{{60, 15}, {80, 24}, {111, 24}, {112, 24}, {120, 40}, {80, 44}, {200, 60}} {
		s.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		s.press("g")
		for range s.m.compare.rows() {
			seen := false
			for _, l := range strings.Split(strip(s.frame()), "\n")[3:] {
				seen = seen || strings.HasPrefix(l, "▶")
			}
			if !seen {
				t.Fatalf("%v: row %d is not on the screen:\n%s", size, s.m.compare.pos, strip(s.frame()))
			}
			s.press("l")
		}
	}
}

// comparing is the screen of two programs.
func comparing(t *testing.T, p, q *sim.Program) *screenOf {
	s := open(t, 80, 24, English, openHandshake)
	one, other := story(p), story(q)
	s.m.showCompare(newCompare(Text{"two", "两个"}, [2]Story{one, other}, [2]Text{{"one", "一"}, {"other", "二"}}))
	return s
}

// Runs in which nothing happens, runs that are the same, and runs of other hosts can be looked at.
func TestOddRunsBesideEachOther(t *testing.T) {
	empty := func() *sim.Program {
		return &sim.Program{Hosts: textbook().Hosts, Limits: sim.Limits{Steps: 9, Time: tcp.Time(time.Hour)}}
	}
	for _, test := range []struct {
		p, q *sim.Program
		says string
	}{
		{empty(), empty(), "Nothing happens in this run."},
		{textbook(), textbook(), "The two runs are the same."},
		{textbook(), empty(), "Nothing happens on this side now."},
		{empty(), textbook(), "Nothing happens on this side now."},
	} {
		s := comparing(t, test.p, test.q)
		s.m.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
		s.mustShow(test.says)
		for range s.m.compare.rows() + 1 {
			s.press("l", "j", "k", "tab")
			s.mustFit(80, 24)
			s.mustFit(120, 40)
		}
		s.press("g", "G", "]", "[", "h")
	}
}

// The words below turn when they are longer than their place.
func TestWordsOfADifferenceTurn(t *testing.T) {
	s := open(t, 60, 15, English, openHandshake)
	s.press("c", "1", "]")
	s.mustShow("more  j k")
	before := s.frame()
	s.press("j")
	if s.frame() == before {
		t.Error("j does not turn the words")
	}
	s.press("k")
	if s.frame() != before {
		t.Error("k does not turn them back")
	}
}

// A click on a run's name shows it, a click on the track goes to its row, the wheel steps.
func TestMouseOnTwoRuns(t *testing.T) {
	s := open(t, 80, 24, English, openHandshake)
	s.press("c", "1", "g")
	s.mustShow("The client's ACK is lost")
	s.send(tea.MouseClickMsg{X: 44, Y: 2, Button: tea.MouseLeft})
	if s.m.compare.side != 1 {
		t.Error("a click on the other run's name does not show it")
	}
	s.send(tea.MouseWheelMsg{X: 5, Y: 5, Button: tea.MouseWheelDown})
	s.send(tea.MouseWheelMsg{X: 5, Y: 5, Button: tea.MouseWheelDown})
	s.send(tea.MouseWheelMsg{X: 5, Y: 5, Button: tea.MouseWheelUp})
	if s.m.compare.pos != 1 {
		t.Errorf("the wheel went to row %d, want 1", s.m.compare.pos)
	}
	s.mustShow("row 2 of")
	s.send(tea.MouseClickMsg{X: 1, Y: 23, Button: tea.MouseLeft})
	if s.m.compare.pos != 0 {
		t.Error("a click on the track does not go there")
	}
}

// A recording without what-ifs has nothing to be shown beside it, and that is said.
func TestNothingToCompare(t *testing.T) {
	s := open(t, 80, 24, English, openHandshake)
	s.m.lesson.lesson.WhatIfs = nil
	s.m.lesson.lesson.Run = sim.Record(s.m.lesson.story.Run)
	s.press("c")
	s.mustShow("There is no other run")
}

// Any run of the engine can be put beside the same by another book, or with one rule changed; a quiz's evidence, too.
func TestAnyBookBeside(t *testing.T) {
	s := open(t, 120, 40, English, openHandshake)
	s.press(":")
	for _, r := range "no-time-wait" {
		s.press(string(r))
	}
	s.press("enter")
	s.mustShow("What if: one rule changed: no-time-wait")
	s.mustShow("│ linux+no-time-wait ")
	s.mustShow("^ first difference: s  FIN_WAIT_2 -> CLOSED")
	s.press("h")
	s.mustShow("Nobody waits in TIME_WAIT")
	for _, row := range s.m.bookRows() {
		if strings.HasSuffix(row.label, " linux") {
			t.Error("the run is offered beside itself")
		}
	}
	s = open(t, 120, 40, English, Intent{Kind: StartQuiz})
	s.press("2", "v", "c", "2")
	s.mustShow("What if: by the book")
	s.press("esc")
	s.mustShow("How it was")
}

// Where one ladder is on the screen and nothing happens on it as the runs part, the mark says what the other run does.
func TestTheFirstDifferenceIsTheOtherRuns(t *testing.T) {
	for _, lang := range []Lang{English, Chinese} {
		s := open(t, 80, 24, lang, openHandshake)
		open := textbook()
		client := &open.Threads[1]
		client.Lines = client.Lines[:len(client.Lines)-1] // it never closes
		s.m.showCompare(newCompare(Text{}, [2]Story{story(open), story(textbook())}, [2]Text{}))
		s.m.stale = true
		c := s.m.compare
		w := c.words(lang)
		does := w.Short(c.c.First, 1)
		if len(w.Differs(c.c.First, 0)) > 0 || does == w.Nothing() {
			t.Fatal("the runs do not part where only the second one does something")
		}
		s.mustShow("^ " + s.m.sayf(sayFirstThere, w.First(), does))
		s.press("tab")
		s.mustShow("^ " + w.First() + s.m.colon())
	}
}

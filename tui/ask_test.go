package tui

import (
	"slices"
	"strings"
	"testing"
)

// Where the question is further down than the words show, stepping turns to it first, once; the mark of the page says that it waits.
func TestSteppingMeetsAQuestionOutOfSight(t *testing.T) {
	for _, lang := range []Lang{English, Chinese} {
		s := open(t, 80, 24, lang, openHandshake)
		s.press("g", "]", "]")
		at := s.m.lesson.pos
		s.mustShow(sayWaiting.In(lang))
		s.press("l")
		if s.m.lesson.pos != at || !s.m.questionInSight() {
			t.Fatalf("l did not turn to the question:\n%s", strip(s.frame()))
		}
		if s.shows(sayWaiting.In(lang)) {
			t.Error("the question is in sight and is said to wait")
		}
		s.press("k", "k", "l")
		if s.m.lesson.pos != at+1 {
			t.Error("the question held the learner up twice")
		}
	}
}

// A question that is out of sight is not answered: enter turns to it.
func TestEnterMeetsAQuestionOutOfSight(t *testing.T) {
	s := open(t, 80, 24, English, openHandshake)
	s.press("g", "]", "]")
	s.mustShow(sayWaiting.In(English))
	s.press("enter")
	if !s.m.questionInSight() || s.m.over != nil {
		t.Errorf("enter did not turn to the question:\n%s", strip(s.frame()))
	}
}

// While a question is in sight its keys come before the one that steps past it.
func TestHintToAnswerComesBeforeTheStep(t *testing.T) {
	s := open(t, 80, 24, English, openHandshake)
	s.press("g", "]", "]", "l")
	lines := strings.Split(strip(s.frame()), "\n")
	last := lines[len(lines)-1]
	answer, step := strings.Index(last, "1-9 answer"), strings.Index(last, "l step")
	if answer < 0 || step < answer {
		t.Errorf("the keys are %q", last)
	}
}

// The run that refutes an answer says why beside it.
func TestEvidenceSaysWhy(t *testing.T) {
	for _, size := range sizes {
		s := open(t, size.w, size.h, English, Intent{Kind: StartQuiz})
		s.press("2")
		s.mustShow("press v to see it in the run")
		s.press("v")
		s.mustShow("How it was")
		s.mustShow("The SYN,ACK tells the client")
		s.press("l", "h")
		s.mustShow("The SYN,ACK tells the client")
	}
}

// The verdict on a prediction is shown in the run it rests on as that of a quiz is, and escape leads back into the lesson, where it was left.
func TestPredictionIsSeenInItsRun(t *testing.T) {
	for _, size := range sizes {
		s := open(t, size.w, size.h, English, openHandshake)
		s.press("g", "]", "]", "l")
		if s.hints("v see it") {
			t.Error("there is something to see before the answer")
		}
		s.press("2")
		at := s.m.lesson.pos
		if !s.hints("v see it") {
			t.Errorf("nothing says how to see it:\n%s", strip(s.frame()))
		}
		s.press("v")
		s.mustShow("How it was")
		s.mustShow("The SYN,ACK tells the client")
		if s.m.lesson.pos != 9 {
			t.Errorf("it opens at step %d", s.m.lesson.pos)
		}
		s.press("c", "1")
		s.mustShow("The run you described · rfc9293")
		s.press("esc", "esc")
		if l := s.m.lesson; l == nil || l.id != "handshake" || l.pos != at || s.m.screen != lessonScreen {
			t.Fatalf("escape did not lead back to the lesson:\n%s", strip(s.frame()))
		}
		s.mustShow(`You said "server"`)
	}
}

// hints reports whether the bottom line shows a hint.
func (s *screenOf) hints(hint string) bool {
	lines := strings.Split(strip(s.frame()), "\n")
	return strings.Contains(lines[len(lines)-1], hint)
}

// The field that an answer is typed into does not cover the question.
func TestTheFieldLeavesTheQuestionInSight(t *testing.T) {
	for _, lang := range []Lang{English, Chinese} {
		for _, size := range append(slices.Clone(sizes), struct {
			name string
			w, h int
		}{"100x28", 100, 28}) {
			s := open(t, size.w, size.h, lang, openHandshake)
			s.press("g", "]", "]", "]", "l")
			if q := s.m.lesson.openQuestion(); q == nil || len(q.Choices) > 0 || !s.m.questionInSight() {
				t.Fatalf("no question to type an answer to:\n%s", strip(s.frame()))
			}
			words := func() (lines []string) {
				at := arrange(size.w, size.h).Words
				for _, l := range strings.Split(strip(s.frame()), "\n")[at.Y : at.Y+at.H] {
					lines = append(lines, clip(l, at.X+at.W+1, '|'))
				}
				return lines
			}
			before := words()
			s.press("enter")
			if after := words(); s.m.over == nil || !slices.Equal(before, after) {
				t.Errorf("the words were\n%s\nand are\n%s", strings.Join(before, "\n"), strings.Join(after, "\n"))
			}
		}
	}
}

// Who leaves a lesson's quiz before anything is answered is back in the lesson, with all that was there.
func TestAQuizNobodyBeganLeadsBackToTheLesson(t *testing.T) {
	s := open(t, 80, 24, English, openHandshake)
	s.press("g", "]", "]", "l", "2")
	at := s.m.lesson.pos
	s.press("t")
	s.mustShow("Question 1 of 2")
	s.press("esc")
	s.mustShow(`You said "server"`)
	if s.m.screen != lessonScreen || s.m.lesson.pos != at {
		t.Errorf("it is step %d of screen %v", s.m.lesson.pos, s.m.screen)
	}
	s.press("t", "2", "esc")
	s.mustShow("1 of 2 answered")
}

// Enter confirms a choice once one is picked; how to pick one, help tells.
func TestEnterConfirmsWhatIsPicked(t *testing.T) {
	s := open(t, 80, 24, English, Intent{Kind: StartQuiz})
	if s.hints("enter confirm") {
		t.Error("enter is said to confirm, and nothing is picked")
	}
	s.press("?")
	s.mustShow("j  down")
	s.press("esc", "j")
	if !s.hints("enter confirm") {
		t.Error("a choice is picked, and nothing says how to confirm it")
	}
	s.press("enter")
	s.mustShow("Right: client.")
}

// A quiz or a review that the program begins with waits until it is known what was asked before, and what is due. Home is home afterwards.
func TestAQuizToBeginWithKnowsTheProgress(t *testing.T) {
	for kind, shows := range map[IntentKind]string{StartQuiz: "Question 1 of 2", StartReview: "Question 1 of 1"} {
		s := openWith(t, 80, 24, English, Intent{Kind: kind}, Text{"The file was set aside.", "文件已另存。"})
		s.mustShow("The file was set aside.")
		s.press("esc")
		s.mustShow(shows)
		s.press("esc")
		s.mustShow("lessons")
		if s.m.screen != homeScreen {
			t.Errorf("escape led to screen %v", s.m.screen)
		}
	}
}

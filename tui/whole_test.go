package tui

import (
	"strings"
	"testing"

	"tcptutor/tcp/observe"
	"tcptutor/tui/cell"
	"tcptutor/tui/look"
)

// A machine's text that is too wide goes on in the next line, with every digit.
func TestCodeIsNeverCutOff(t *testing.T) {
	for _, text := range []string{
		"server > client  [S.]  seq 1718233121, ack 21926460",
		"0123456789012345678901234567890123456789012345678901234567890123456789",
		"",
	} {
		l := layer{width: 38}
		l.code(text, 2)
		var all strings.Builder
		for i, at := range l.lines {
			s := runsText(at.runs)
			all.WriteString(s)
			if at.indent+cell.Width(s) > l.width {
				t.Errorf("line %q is wider than %d", s, l.width)
			}
			if want := min(i, 1)*4 + 2; at.indent != want {
				t.Errorf("line %q begins at %d, want %d", s, at.indent, want)
			}
		}
		if got, want := strings.ReplaceAll(all.String(), " ", ""), strings.ReplaceAll(text, " ", ""); got != want {
			t.Errorf("laid out %q, want %q", got, want)
		}
	}
}

// Wherever a line of tcpdump's is broken, a number stands in one line with the name of its field, and the line is whole.
func TestNumbersStandByTheirNames(t *testing.T) {
	const text = "00:00:01.530000 IP 10.0.0.2.8080 > 10.0.0.1.33126: Flags [S.], seq 2233545867, ack 242582760, win 65160, options [mss 1460,sackOK,TS val 972836463 ecr 2408827263,nop,wscale 10], length 0"
	for width := 40; width < 120; width++ {
		raw, code := layer{width: width}, layer{width: width}
		raw.raw(text, look.Plain, 2)
		code.code(text, 2)
		for _, l := range []layer{raw, code} {
			var lines []string
			for _, at := range l.lines {
				lines = append(lines, runsText(at.runs))
			}
			if got := strings.Join(lines, " "); got != text {
				t.Fatalf("laid out %q", got)
			}
			for _, line := range lines {
				for _, name := range []string{" seq", " ack", " win", "val", " ecr", " length"} {
					if strings.HasSuffix(line, name) {
						t.Errorf("at %d the line %q ends with the name of a field", width, line)
					}
				}
			}
		}
	}
}

// A notice that is longer than a line is on the home screen to its end, where it says what to do.
func TestLongNoticeIsReadToItsEnd(t *testing.T) {
	const end = "until then this session is not saved"
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		s := open(t, size[0], size[1], English, Intent{})
		s.m.notice = say(strings.Repeat("progress cannot be written to /a/long/path: ", 4)+end, "进度无法保存")
		s.m.stale = true
		if flat := strings.Join(strings.Fields(strip(s.frame())), " "); !strings.Contains(flat, end) {
			t.Errorf("%dx%d: no %q on the screen:\n%s", size[0], size[1], end, strip(s.frame()))
		}
		s.m.notice = say("short", "短")
		s.m.stale = true
		if n := strings.Count(strip(s.frame()), "short"); n != 1 {
			t.Errorf("a short notice is shown %d times, want once", n)
		}
	}
}

// Whoever begins with a lesson or a quiz is told that nothing is saved before anything is asked, in one look.
func TestNoticeIsReadWhereverOneBegins(t *testing.T) {
	const end = "until then this session is not saved"
	for _, start := range []Intent{openHandshake, {Kind: StartQuiz}} {
		s := openWith(t, 80, 24, English, start, say(strings.Repeat("progress cannot be written to /a/long/path: ", 4)+end, "进度无法保存"))
		if flat := strings.Join(strings.Fields(strings.ReplaceAll(strip(s.frame()), "│", " ")), " "); !strings.Contains(flat, end) {
			t.Errorf("%v: no %q on the screen:\n%s", start, end, strip(s.frame()))
		}
		s.press("enter")
		if s.shows("progress cannot be written") {
			t.Errorf("%v: enter leaves the notice on the screen:\n%s", start, strip(s.frame()))
		}
	}
	s := openWith(t, 80, 24, English, openHandshake, Text{})
	s.mustShow("? help")
}

// The head of a question has its book, whole, however long its title and its code are; the code gives way first.
func TestQuestionsHeadHasItsBook(t *testing.T) {
	s := open(t, 80, 24, English, Intent{Kind: StartQuiz})
	head := func(title, code string) string {
		q := *s.m.quiz.question
		q.Title, q.Code = Text{title, title}, code
		s.m.quiz.question, s.m.stale = &q, true
		return strings.Split(strip(s.frame()), "\n")[0]
	}
	if got := head("short", "code-7"); !strings.Contains(got, "short    linux ") || !strings.Contains(got, " code-7") {
		t.Errorf("the head is %q", got)
	}
	if got := strings.TrimRight(head("States of a broken-off handshake", "handshake-states-123e"), " "); !strings.HasSuffix(got, "handshake    linux") {
		t.Errorf("the head is %q", got)
	}
	if got := head(strings.Repeat("long ", 30), "code-7"); !strings.Contains(got, "…    linux") {
		t.Errorf("the head is %q", got)
	}
}

// A verdict that is longer than the screen shows its end, and is turned back to the question.
func TestLongVerdictIsTurned(t *testing.T) {
	s := open(t, 80, 24, English, Intent{Kind: StartQuiz})
	q := *s.m.quiz.question
	q.Prompt = both([]Block{para(span("The question begins here. "+strings.Repeat("It goes on and on. ", 90), Plain))}, nil)
	s.m.quiz.question = &q
	s.press("2")
	s.mustShow("press v to see it in the run")
	s.mustShow(" more  j k")
	if s.shows("The question begins here.") {
		t.Fatalf("all of it fits:\n%s", strip(s.frame()))
	}
	for range 40 {
		s.press("k")
	}
	s.mustShow("The question begins here.")
	s.press("j")
	if s.shows("The question begins here.") {
		t.Errorf("j does not turn back at once:\n%s", strip(s.frame()))
	}
	s = open(t, 60, 15, English, Intent{Kind: StartQuiz})
	q = *s.m.quiz.question
	grade := q.Grade
	q.Grade = func(choice int, typed string) (Verdict, error) {
		v, err := grade(choice, typed)
		v.Explain = both([]Block{para(span(strings.Repeat("It is explained. ", 60), Plain))}, nil)
		return v, err
	}
	s.m.quiz.question = &q
	s.press("2")
	s.mustShow(`✗ You said "server"`) // the verdict, though its end does not fit
	for range 40 {
		s.press("j")
	}
	s.mustShow("press v to see it in the run")
}

// A title that asks a question has no full stop behind it.
func TestTitlesThatAskEndWithTheirMark(t *testing.T) {
	m := &Model{}
	for _, c := range []struct {
		lang        Lang
		title, want string
	}{{English, "Who hangs up?", "  "}, {English, "The call", ".  "}, {Chinese, "谁来挂断？", ""}, {Chinese, "连接闲着", "。"}} {
		if m.lang = c.lang; m.titleEnd(c.title) != c.want {
			t.Errorf("%q goes on with %q, want %q", c.title, m.titleEnd(c.title), c.want)
		}
	}
}

// What is wrong with what was typed is told whole, under it, however long it is.
func TestLongComplaintIsReadToItsEnd(t *testing.T) {
	s := open(t, 80, 24, English, openHandshake)
	s.press("/")
	s.m.askMoment("client sings", strings.Repeat("no event is called sings; ", 8)+"expected sends")
	s.m.stale = true
	s.mustShow("> client sings")
	s.mustShow("expected sends")
}

// A mistake in a moment is told in the learner's language.
func TestAMomentsMistakeIsInTheLearnersLanguage(t *testing.T) {
	_, err := observe.ParseMoment(textbook(), "clent sends SYN")
	m := &Model{lang: Chinese}
	if got := m.inWords(err); !strings.Contains(got, "没有叫 clent 的主机，是不是 client？") {
		t.Errorf("in Chinese: %s", got)
	}
	if m.lang = English; m.inWords(err) != err.Error() {
		t.Errorf("in English: %s", m.inWords(err))
	}
}

// An open list says how a row of it is taken.
func TestAListSaysHowToTakeARow(t *testing.T) {
	s := open(t, 80, 24, English, openHandshake)
	s.press("w")
	s.mustShow("enter confirm")
}

// At the end of a lesson there is no step to hint at, but a quiz.
func TestAtItsEndALessonOffersItsQuiz(t *testing.T) {
	s := open(t, 120, 40, English, openHandshake)
	s.mustShow("l step")
	if s.shows("t quiz on this lesson") {
		t.Error("the quiz is offered in mid-lesson")
	}
	s.press("G")
	s.mustShow("t quiz on this lesson")
	if s.shows("l step") {
		t.Error("a step is offered at the end")
	}
}

// Where a lesson was left at its end, the home screen goes on with the next that was not seen to its end.
func TestHomeGoesOnWithTheNextLesson(t *testing.T) {
	s := open(t, 80, 24, English, Intent{})
	s.mustShow("continue   The three-way handshake, step 10 of")
	for _, c := range []struct {
		lesson LessonProgress // how far the next one is
		shows  string
	}{
		{LessonProgress{}, "next       How a connection closes   "},
		{LessonProgress{Step: 2, Steps: 9, Furthest: 3}, "next       How a connection closes, step 3 of 9"},
		{LessonProgress{Step: 2, Steps: 9, Furthest: 8}, "continue   The three-way handshake, step 25 of 25"},
	} {
		s.m.progress.Lessons = map[string]LessonProgress{"handshake": {Step: 24, Steps: 25, Furthest: 24}, "close": c.lesson}
		s.m.stale = true
		s.mustShow(c.shows)
	}
	s.m.progress.Lessons["close"] = LessonProgress{}
	s.press("c")
	s.mustShow(`lesson "close" has no scenario`) // the fixture's next lesson does not open
}

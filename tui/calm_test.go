package tui

import (
	"regexp"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"tcptutor/tcp/sim"
)

// A run in microseconds has its times in microseconds, in the ladder, in the header and in words.
func TestMicrosecondsAreTold(t *testing.T) {
	p := textbook()
	p.Links[0].Delay = 20 * time.Microsecond
	p.Threads[0].Lines[5].Wait = 7 * time.Microsecond
	s := open(t, 120, 40, English, openHandshake)
	s.m.lesson.show(Story{Run: sim.NewTimeline(p), Book: "linux"})
	s.press("G", "h", "h")
	for _, text := range []string{"60 us", "80 us", "waits 7 us"} {
		s.mustShow(text)
	}
	if s.shows(" 0.0 ms  ES") || s.shows("waits 0") {
		t.Errorf("a time is rounded away:\n%s", strip(s.frame()))
	}
}

// Timers are told by what they still have, not by the instant of their end.
func TestTimersAreToldByWhatIsLeft(t *testing.T) {
	s := open(t, 120, 40, English, openHandshake)
	s.press("g", "7")
	found := false
	for range stepsOfTextbook() {
		frame := strip(s.frame())
		for _, row := range regexp.MustCompile(`timer\.\S+ .*`).FindAllString(frame, -1) {
			found = true
			if !strings.Contains(row, "in ") && !strings.Contains(row, "now → off") {
				t.Errorf("a timer is told as %q", row)
			}
		}
		s.press("l", "l")
	}
	if !found {
		t.Fatal("no timer was told of")
	}
}

// A what-if says where it begins to differ.
func TestWhatIfSaysWhereItGoes(t *testing.T) {
	s := open(t, 80, 24, English, openHandshake)
	s.press("g", "w", "2")
	s.mustShow("first step that differs: " + itoa(s.m.lesson.pos+1))
	s.mustShow("? help")
}

// Nothing due is said beside the keys, not in their place.
func TestNothingDueStandsBesideTheKeys(t *testing.T) {
	s := open(t, 80, 24, English, Intent{})
	s.m.progress.Due = nil
	s.press("r")
	lines := strings.Split(strip(s.frame()), "\n")
	last := lines[len(lines)-1]
	if !strings.Contains(last, "nothing due") || !strings.Contains(last, "enter open") || !strings.Contains(last, "? help") {
		t.Errorf("the last line is %q", last)
	}
}

// A quiz left early tells how much was answered; enter goes on where it was left, and counts nothing twice.
func TestQuizLeftEarlyGoesOn(t *testing.T) {
	s := open(t, 80, 24, English, Intent{Kind: StartQuiz})
	s.press("2", "esc")
	s.mustShow("1 of 2 answered")
	s.mustShow("0 of 1 right")
	s.mustShow("enter go on with the quiz")
	s.mustShow("esc home")
	s.press("enter")
	s.mustShow(`You said "server"`)
	s.press("enter", "2", "esc")
	s.mustShow("1 of 2 answered")
	s.press("enter", "0", "enter", "enter")
	s.mustShow("That was all")
	s.mustShow("1 of 2 right")
	s.mustShow("enter home")
	s.press("enter")
	s.mustShow("lessons")
	s = open(t, 80, 24, English, Intent{Kind: StartQuiz})
	s.press("2", "esc", "esc")
	s.mustShow("lessons")
}

// The place in a lesson is kept with its answers; answers without any step are told as what they are.
func TestPlaceIsKeptWithAnAnswer(t *testing.T) {
	s := open(t, 120, 40, English, openHandshake)
	s.press("g", "]", "]")
	s.store.kept.Lessons = map[string]LessonProgress{}
	s.press("2")
	if got := s.store.kept.Lessons["handshake"]; got.Step != s.m.lesson.pos || got.Steps != stepsOfTextbook() {
		t.Errorf("kept is %+v", got)
	}
	s.store.kept = Progress{Lessons: map[string]LessonProgress{"handshake": {Asked: 3, Right: 1}}, Asked: 3, Right: 1}
	s.press("esc")
	s.store.kept.Lessons["handshake"] = LessonProgress{Asked: 3, Right: 1}
	s.send(jobMsg{func(m *Model) tea.Cmd { return m.refresh() }})
	s.mustShow("quiz only")
	s.mustShow("33 %")
}

// Words and whole lines of what is typed can be taken away.
func TestTypedWordsAreErased(t *testing.T) {
	f := field{text: "server sends  SYN "}
	for _, c := range []struct {
		what int
		want string
	}{{1, "server sends  "}, {1, "server "}, {0, "server"}, {2, ""}, {1, ""}, {0, ""}} {
		if f.erase(c.what); f.text != c.want {
			t.Fatalf("left is %q, want %q", f.text, c.want)
		}
	}
	for _, key := range []string{"ctrl+u", "ctrl+w"} {
		if do, ok := intentOf(OnField, key); !ok || do.Kind != Erase {
			t.Errorf("%s erases nothing", key)
		}
	}
}

// What is seen of a long text begins with a whole record of it.
func TestTextsBeginWithAWholeRecord(t *testing.T) {
	s := open(t, 80, 24, English, openHandshake)
	s.press("G", "5")
	lines := strings.Split(strip(s.frame()), "\n")
	if first := strings.TrimSpace(lines[4]); !strings.Contains(first, " IP ") {
		t.Errorf("the first line is %q", first)
	}
}

// A queue with more places than fit says so.
func TestQueueThatDoesNotFitGoesOn(t *testing.T) {
	p := textbook()
	p.Threads[0].Lines[2].Call.A = 128
	s := open(t, 80, 24, English, openHandshake)
	s.m.lesson.show(Story{Run: sim.NewTimeline(p), Book: "linux"})
	s.press("3")
	s.mustShow("[ ]… 0 of 129")
}

// No host's address is cut.
func TestAddressesAreWhole(t *testing.T) {
	s := open(t, 120, 40, English, openHandshake)
	s.press("g", "2")
	for range stepsOfTextbook() {
		if found := regexp.MustCompile(`\d…`).FindString(strip(s.frame())); found != "" {
			t.Fatalf("an address is cut:\n%s", strip(s.frame()))
		}
		s.press("l", "l")
	}
}

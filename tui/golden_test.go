package tui

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden screens anew")

var escape = regexp.MustCompile("\x1b\\[[0-9;]*m")

func strip(s string) string { return escape.ReplaceAllString(s, "") }

// golden compares a frame with the one in testdata. Spaces at the ends of lines are kept out of the files.
func golden(t *testing.T, name, frame string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	var b strings.Builder
	for l := range strings.SplitSeq(frame, "\n") {
		b.WriteString(strings.TrimRight(l, " "))
		b.WriteByte('\n')
	}
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("%s is not as it was (-want +got); run with -update if that is meant:\n%s", path, diff)
	}
}

// scenes are the screens that are kept as golden files: what is pressed to get there.
var scenes = []struct {
	name  string
	start Intent
	keys  []string
}{
	// The home screen: where to go on, what is due, how far each lesson is.
	{"home", Intent{}, nil},
	// The server has sent its SYN,ACK: it is under way, and a question is open.
	{"lesson", openHandshake, []string{"g", "]", "]"}},
	// The question was answered wrong.
	{"predicted", openHandshake, []string{"g", "]", "]", "j", "j", "2"}},
	// The whole run is over: the ladder shows its end.
	{"ladder-end", openHandshake, []string{"G"}},
	// The hosts as a view of their own.
	{"hosts", openHandshake, []string{"tab"}},
	{"queues", openHandshake, []string{"tab", "tab"}},
	{"calls", openHandshake, []string{"tab", "tab", "tab"}},
	{"tcpdump", openHandshake, []string{"tab", "tab", "tab", "tab"}},
	{"ss", openHandshake, []string{"tab", "tab", "tab", "tab", "tab"}},
	// Why the current step went as it did: rules with their sources.
	{"why", openHandshake, []string{"tab", "tab", "tab", "tab", "tab", "tab"}},
	// The list of what-ifs.
	{"whatif-menu", openHandshake, []string{"w"}},
	// A changed run, at its end: the ACK was lost, the SYN,ACK sent again.
	{"whatif", openHandshake, []string{"w", "2", "]", "l", "l", "l", "l", "l", "l"}},
	// Two runs beside each other: where they part, on either side; while they are the same; at their ends.
	{"compare", openHandshake, []string{"c", "1"}},
	// One rule changed: the same until the peer's FIN, then no TIME_WAIT.
	{"compare-book", openHandshake, append(strings.Split(":no-time-wait", ""), "enter")},
	{"compare-other", openHandshake, []string{"c", "1", "tab", "]"}},
	{"compare-same", openHandshake, []string{"c", "1", "h", "h"}},
	{"compare-end", openHandshake, []string{"c", "1", "G"}},
	{"compare-help", openHandshake, []string{"c", "1", "?"}},
	// What a wrong answer describes beside what is: another book.
	{"compare-quiz", Intent{Kind: StartQuiz}, []string{"2", "t", "]"}},
	{"goto", openHandshake, []string{"/", "s", "e", "r"}},
	// A moment that cannot be read: what is wrong stands below what was typed.
	{"goto-wrong", openHandshake, []string{"/", "s", "e", "r", "enter"}},
	{"help", openHandshake, []string{"?"}},
	{"palette", openHandshake, []string{":", "v", "i", "e"}},
	// A quiz: a question, a wrong answer, a question whose answer is typed, the end.
	{"quiz", Intent{Kind: StartQuiz}, nil},
	{"quiz-wrong", Intent{Kind: StartQuiz}, []string{"2"}},
	{"quiz-typed", Intent{Kind: StartQuiz}, []string{"2", "enter", "2", "0"}},
	{"quiz-evidence", Intent{Kind: StartQuiz}, []string{"2", "v"}},
	{"quiz-paused", Intent{Kind: StartQuiz}, []string{"2", "esc"}},
	{"quiz-end", Intent{Kind: StartQuiz}, []string{"2", "enter", "2", "0", "enter", "enter"}},
}

// openHandshake opens the lesson; the fixture's learner left it at its tenth step.
var openHandshake = Intent{Kind: OpenLesson, Text: "handshake"}

var sizes = []struct {
	name string
	w, h int
}{{"80x24", 80, 24}, {"120x40", 120, 40}}

var langs = [NumLangs]string{"en", "zh"}

func TestScreens(t *testing.T) {
	for _, scene := range scenes {
		for _, size := range sizes {
			for lang, tag := range langs {
				name := scene.name + "-" + size.name + "-" + tag
				t.Run(name, func(t *testing.T) {
					s := open(t, size.w, size.h, Lang(lang), scene.start)
					s.press(scene.keys...)
					golden(t, name, strip(s.frame()))
				})
			}
		}
	}
}

func TestScreenWithColours(t *testing.T) {
	s := open(t, 80, 24, English, openHandshake)
	s.press("g", "]", "]", "j", "j", "2", "k")
	golden(t, "lesson-colours", s.frame())
}

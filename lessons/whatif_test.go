package lessons

import (
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// opened is a what-if of a lesson of the program.
func opened(t *testing.T, lesson, whatIf string) (*Lesson, Story, int) {
	t.Helper()
	l, err := Load(lesson)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(l.WhatIfs, func(w WhatIf) bool { return w.ID == whatIf })
	if i < 0 {
		t.Fatalf("%s has no what-if %s", lesson, whatIf)
	}
	story, differs, err := l.WhatIfs[i].Open()
	if err != nil {
		t.Fatal(err)
	}
	return l, story, differs
}

// TestAWhatIfTellsWhereItLeaves: the first step that is not as in the lesson's run is the one that the patch is about.
func TestAWhatIfTellsWhereItLeaves(t *testing.T) {
	for _, c := range []struct {
		lesson, whatIf, moment string
		after                  int
	}{
		{"handshake", "ack-lost", "client sends ACK", 0},
		{"close", "server-closes-at-once", "server read returns@2", 1},
		{"close", "server-never-closes", "server close returns", 0},
	} {
		l, _, differs := opened(t, c.lesson, c.whatIf)
		at, err := l.Find(c.moment)
		if err != nil {
			t.Fatal(err)
		}
		if differs != at+c.after {
			t.Errorf("%s leaves at step %d, expected %d", c.whatIf, differs, at+c.after)
		}
	}
}

// TestAWhatIfIsToldAnew: steps whose moments happen are there with the run's own values, its own steps stand in the place of the
// lesson's, what holds in the lesson's run alone is gone, and nothing is asked twice.
func TestAWhatIfIsToldAnew(t *testing.T) {
	_, story, _ := opened(t, "handshake", "ack-lost")
	at := map[string]int{}
	for _, n := range story.Notes {
		at[n.At]++
		if len(n.Ask) > 0 {
			t.Errorf("%q asks %q again", n.At, n.Ask)
		}
	}
	for moment, want := range map[string]int{
		"server accept returns":     1, // the lesson's
		"server sends SYN,ACK@2":    1, // its own
		"server enters ESTABLISHED": 1, // its own instead of the lesson's
		"client gets ACK":           0, // the lesson's alone
	} {
		if at[moment] != want {
			t.Errorf("%q is told %d times, expected %d", moment, at[moment], want)
		}
	}
	if !slices.IsSortedFunc(story.Notes, func(a, b Note) int { return a.Step - b.Step }) {
		t.Error("the steps are not in the order of the run")
	}
}

func TestThreeSegmentsWhenTheServerClosesAtOnce(t *testing.T) {
	l, story, _ := opened(t, "close", "server-closes-at-once")
	for s, want := range map[*Story]string{&l.Story: "4", &story: "3"} {
		got, err := evaluate(s.Run, s.Run.Len()-1, `count("client sends FIN") + count("server sends FIN") + count("server sends ACK") - 1 + count("client sends ACK") - 1`)
		if err != nil || got != want {
			t.Errorf("closing takes %s segments, expected %s (%v)", got, want, err)
		}
	}
}

func TestFindSaysWhatIsWrong(t *testing.T) {
	l, err := Load("close")
	if err != nil {
		t.Fatal(err)
	}
	if i, err := l.Find("client sends SYN"); err != nil || l.Run.Step(i).At != 0 {
		t.Errorf("step %d, %v", i, err)
	}
	if _, err := l.Find("client sends RST"); err != errNever {
		t.Errorf("got %v", err)
	}
	if _, err := l.Find("client sings"); err == nil || !strings.Contains(err.Error(), "sings") {
		t.Errorf("got %v", err)
	}
}

func TestUnknownLessonsAreNamed(t *testing.T) {
	if _, err := Load("hand"); err == nil || !strings.Contains(err.Error(), "handshake, ") {
		t.Errorf("got %v", err)
	}
	if _, err := LoadDir(t.TempDir()); err == nil || !strings.Contains(err.Error(), "lesson.yaml") {
		t.Errorf("got %v", err)
	}
}

// TestAFolderOutsideLoadsAndIsChecked: an author tries a lesson out before it is in the program.
func TestAFolderOutsideLoadsAndIsChecked(t *testing.T) {
	if err := CheckDir("handshake"); err != nil {
		t.Error(err)
	}
	l, err := LoadDir("handshake")
	if err != nil || l.ID != "handshake" {
		t.Error(err)
	}
}

// TestTheWorkedExampleWorks: the lesson of README.md, its questions tried out, with its English in the place of the second language.
func TestTheWorkedExampleWorks(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	var parts []string
	for i, p := range strings.Split(string(readme), "```") {
		if i%2 == 1 {
			_, p, _ = strings.Cut(p, "\n")
			parts = append(parts, strings.ReplaceAll(p, "\n   ", "\n")[3:])
		}
	}
	if len(parts) != 5 {
		t.Fatalf("README.md has %d blocks of code, expected commands, the scenario, lesson.yaml, en.md and quiz.yaml", len(parts))
	}
	fsys := fstest.MapFS{}
	for name, text := range map[string]string{"scenario.tcp": parts[1], "lesson.yaml": parts[2], "en.md": parts[3], "zh.md": parts[3], "quiz.yaml": parts[4]} {
		fsys["refused/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	c, ps := newChecker(content)
	c.seeds = 30
	if err := append(ps, c.lesson(fsys, "refused")...).err(); err != nil {
		t.Error(err)
	}
}

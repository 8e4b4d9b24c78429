package tui

import (
	"strings"
	"testing"

	"tcptutor/lessons"
	"tcptutor/tcp"
)

// Whichever timer is the next to fire, there are words for what it will do.
func TestEveryTimerIsWorded(t *testing.T) {
	for i := range tcp.NumTimers {
		for _, lang := range []Lang{English, Chinese} {
			if timerWords[i].In(lang) == "" {
				t.Errorf("no words for the timer %q in language %d", i, lang)
			}
		}
	}
}

// Every view of every lesson's run shows on the way back what it showed at that step on the way there, and none is the same from end to end.
func TestViewsFollowTheStepBothWays(t *testing.T) {
	for _, info := range lessons.List() {
		t.Run(info.ID, func(t *testing.T) {
			l, err := lessons.Load(info.ID)
			if err != nil {
				t.Fatal(err)
			}
			s := open(t, 80, 24, English, openHandshake)
			s.m.lesson = newEvidence(Text{}, Story{Run: l.Run, Book: l.Book, Find: l.Find}, 0, s.m.opt.Texts)
			for view := range s.m.lesson.views {
				s.press("g", itoa(view+1))
				there := make([]string, l.Run.Len())
				for i := range there {
					s.mustFit(80, 24)
					there[i] = s.frame()
					s.press("l")
				}
				if upper(there[0]) == upper(there[len(there)-1]) {
					t.Errorf("view %d shows the same at the first step and at the last", view+1)
				}
				for i := len(there) - 1; i >= 0; i-- {
					if i < len(there)-1 {
						s.press("h")
					}
					if got := s.frame(); got != there[i] {
						t.Fatalf("view %d at step %d, going back:\n%s\ngoing there:\n%s", view+1, i+1, strip(got), strip(there[i]))
					}
				}
			}
		})
	}
}

// upper is the part of a frame of 24 lines in which the view stands.
func upper(frame string) string { return strings.Join(strings.Split(strip(frame), "\n")[3:14], "\n") }

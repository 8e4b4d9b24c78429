package tui

import (
	"os"
	"strings"
	"testing"

	"github.com/mattn/go-runewidth"

	tea "charm.land/bubbletea/v2"
)

// width measures a line apart from package cell: with the library itself, ambiguous runes narrow.
var width = runewidth.Condition{StrictEmojiNeutral: true}

// exact reports whether a frame has h lines, each w cells wide.
func exact(frame string, w, h int) (bad string, ok bool) {
	lines := strings.Split(strip(frame), "\n")
	if len(lines) != h {
		return "", false
	}
	for _, l := range lines {
		n := 0
		for _, r := range l {
			if r < 0x7f && r >= ' ' {
				n++
			} else {
				n += width.RuneWidth(r)
			}
		}
		if n != w {
			return l, false
		}
	}
	return "", true
}

func (s *screenOf) mustFit(w, h int) {
	s.t.Helper()
	s.send(tea.WindowSizeMsg{Width: w, Height: h})
	if bad, ok := exact(s.frame(), w, h); !ok {
		s.t.Fatalf("the frame of %dx%d is not of that size; a line that is not:\n%s", w, h, bad)
	}
}

// The lesson's frame is the terminal's size at every size from 20x5 to 250x80: all of them with TCPTUTOR_E2E=1, else every 13th.
func TestLessonFrameIsTheTerminalsSize(t *testing.T) {
	stride := 13
	if os.Getenv("TCPTUTOR_E2E") == "1" {
		stride = 1
	}
	for lang := range NumLangs {
		s := open(t, 80, 24, lang, openHandshake)
		s.press("g", "]", "]")
		for n := int(lang) * 7; n < 231*76; n += stride {
			s.mustFit(20+n%231, 5+n/231)
		}
	}
}

// So is every other screen's, at a sample of sizes.
func TestEveryFrameIsTheTerminalsSize(t *testing.T) {
	for _, scene := range scenes {
		t.Run(scene.name, func(t *testing.T) {
			for lang := range NumLangs {
				s := open(t, 80, 24, lang, scene.start)
				s.press(scene.keys...)
				for n := 0; n < 231*76; n += 331 {
					s.mustFit(20+n%231, 5+n/231)
				}
				for _, size := range [][2]int{{1, 1}, {60, 15}, {59, 15}, {60, 14}, {100, 28}, {99, 28}, {0, 0}} {
					if size[0] > 0 {
						s.mustFit(size[0], size[1])
					}
				}
			}
		})
	}
}

// Every step of the run fits, in every view.
func TestEveryStepAndViewFits(t *testing.T) {
	s := open(t, 80, 24, Chinese, openHandshake)
	s.press("g")
	for range stepsOfTextbook() {
		for range s.m.lesson.views {
			s.press("tab")
			s.mustFit(80, 24)
			s.mustFit(120, 40)
		}
		s.press("l")
	}
}

// What a stranger's text holds never reaches the terminal as a control, and never breaks the frame.
func TestStrangeTextDoesNotBreakTheFrame(t *testing.T) {
	nasty := "\x1b[2J\x1b]0;title\x07a\tb\rc\u200bd\u202ee\u0301\u0301\u0301👩‍👩‍👧‍👦✈️ＡＢ한국어\u0085"
	s := open(t, 80, 24, English, openHandshake)
	s.m.lesson.title = Text{nasty, nasty}
	s.m.lesson.story.Book = nasty
	s.m.status = nasty
	s.m.lesson.story.Notes = []Note{{Title: Text{nasty, nasty}, Body: both([]Block{
		para(span(strings.Repeat(nasty, 9), Em)), {Kind: Code, Lines: []string{nasty}},
		{Kind: Table, Rows: [][][]Span{{{span(nasty, Plain)}, {span(nasty, Mono)}}}},
	}, nil)}}
	s.m.draw()
	if i := strings.IndexAny(strip(s.m.frame), "\x1b\x07\r\t\u0085\u202e\u200b"); i >= 0 {
		t.Errorf("the frame holds a control at %q", strip(s.m.frame)[i:i+8])
	}
	for w := 60; w < 130; w++ {
		s.mustFit(w, 30)
	}
}

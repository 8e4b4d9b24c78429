package cell

import (
	"fmt"
	"strings"
	"testing"
)

func frame(g *Grid) string { return string(g.Render(nil, []string{"", ""})) }

// Text is clipped at the edges of its area, and a wide rune that would be cut in half is left out.
func TestTextIsClipped(t *testing.T) {
	var g Grid
	g.Reset(8, 2)
	a := g.All().In(1, 0, 5, 1)
	if end := a.Text(0, 0, 0, "ab中文字"); end != 8 {
		t.Errorf("the text ends at %d, want 8", end)
	}
	a.Text(0, 1, 0, "outside")
	a.Text(-1, 0, 0, "xA")
	if got, want := frame(&g), " Ab中   \n        "; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// What overwrites half of a wide rune leaves a blank in its other half.
func TestHalfOverwrittenWideRuneIsBlank(t *testing.T) {
	for x, want := range []string{"x 文", " x文", "中x ", "中 x"} {
		var g Grid
		g.Reset(4, 1)
		g.All().Text(0, 0, 0, "中文")
		g.All().Put(x, 0, 0, 'x')
		if got := frame(&g); got != want {
			t.Errorf("x at %d: got %q, want %q", x, got, want)
		}
	}
	var g Grid
	g.Reset(4, 1)
	g.All().Text(0, 0, 0, "中文")
	g.All().Text(1, 0, 0, "字")
	if got, want := frame(&g), " 字 "; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A mark stays with its rune; joined emoji are shown as the first; controls are left out.
func TestMarksJoinersAndControls(t *testing.T) {
	for in, want := range map[string]string{
		"e\u0301x":  "e\u0301x   ",
		"a\x1b[2Jb": "a[2Jb",
		"👩\u200d👧x": "👩x  ",
		"✈\ufe0fx":  "✈x   ",
		"\u0301a":   "a    ",
		"a\u202eb":  "ab   ",
		"中\u0301":   "中\u0301   ",
	} {
		var g Grid
		g.Reset(5, 1)
		g.All().Text(0, 0, 0, in)
		if got := frame(&g); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// Styles change only where they change, and a line ends plain.
func TestRenderChangesStyleOnlyWhereItChanges(t *testing.T) {
	var g Grid
	g.Reset(4, 2)
	g.All().Text(1, 0, 1, "ab")
	g.All().Put(3, 1, 1, 'c')
	if got, want := string(g.Render(nil, []string{"<0>", "<1>"})), " <1>ab<0> \n   <1>c<0>"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Folding leaves one cell where there was one.
func TestFoldKeepsWidths(t *testing.T) {
	for _, s := range []string{"“a…b” — c·d →", "中文，。", "■±ß"} {
		var g, f Grid
		f.Fold = true
		g.Reset(30, 1)
		f.Reset(30, 1)
		if a, b := g.All().Text(0, 0, 0, s), f.All().Text(0, 0, 0, s); a != b {
			t.Errorf("%q takes %d cells and folded %d", s, a, b)
		}
		for _, r := range frame(&f) {
			if Ambiguous(r) {
				t.Errorf("%q folded still holds %q", s, r)
			}
		}
	}
}

func wrapped(width int, text ...Run) string {
	var lines []string
	for _, l := range Wrap(text, width) {
		var b strings.Builder
		for _, r := range l {
			b.WriteString(r.Text)
		}
		lines = append(lines, b.String())
	}
	return strings.Join(lines, "|")
}

// Lines break at spaces, between Chinese characters, and never before closing punctuation or after an opening bracket.
func TestWrap(t *testing.T) {
	for _, c := range []struct {
		width int
		in    string
		want  string
	}{
		{11, "The server answers it.", "The server|answers it."},
		{5, "abcdefghijkl", "abcde|fghij|kl"},
		{6, "服务器回答", "服务器|回答"},
		{6, "服务器，回答", "服务|器，回|答"},
		{8, "队列（SYN queue）满", "队列|（SYN|queue）|满"},
		{9, "状态 TIME_WAIT。完", "状态|TIME_WAI|T。完"},
		{10, "状态 TIME_WAIT。完", "状态|TIME_WAI|T。完"},
		{12, "状态 TIME_WAIT。完", "状态|TIME_WAIT。|完"},
		{10, "one  two   three", "one  two|three"},
		{10, "", ""},
		{4, "    a", "|a"},
	} {
		if got := wrapped(c.width, Run{Text: c.in}); got != c.want {
			t.Errorf("%q in %d: got %q, want %q", c.in, c.width, got, c.want)
		}
	}
}

// A word set in two styles stays one word.
func TestWrapKeepsWordsOfTwoStylesTogether(t *testing.T) {
	got := fmt.Sprint(Wrap([]Run{{"see read", 0}, {"()", 1}, {". ok", 0}}, 9))
	if want := "[[{see 0}] [{read 0} {() 1} {. 0}] [{ok 0}]]"; got != want && !strings.Contains(got, "{read 0} {() 1}") {
		t.Errorf("got %s, want %s", got, want)
	}
}

// No wrapped line is wider than asked for, whatever the text.
func FuzzWrap(f *testing.F) {
	f.Add("The 服务器（server）回答。", 7)
	f.Fuzz(func(t *testing.T, text string, width int) {
		width = 2 + (width&0x7fffffff)%80
		for _, l := range Wrap([]Run{{Text: text}}, width) {
			n := 0
			for _, r := range l {
				n += Width(r.Text)
			}
			if n > width {
				t.Errorf("a line of %q takes %d cells, more than %d", text, n, width)
			}
		}
	})
}

package look

import (
	"strings"

	"tcptutor/tui/cell"
)

// The styles.
const (
	Plain  cell.Style = iota
	Dim               // beside the point
	Strong            // names, states, titles
	Em                // emphasis in prose
	Mono              // names and numbers of the machine's
	Frame             // lines between panes
	Now               // the current step
	Lost              // a segment that is lost, a wrong answer, an error
	Good              // a right answer
	Pick              // the chosen row of a list
	Key               // a key in a hint
	NumStyles
)

// Theme is the escape sequence of every style; each ends the one before.
type Theme [NumStyles]string

func theme(params [NumStyles]string) Theme {
	var t Theme
	for i, p := range params {
		t[i] = "\x1b[m"
		if p != "" {
			t[i] = "\x1b[0;" + p + "m"
		}
	}
	return t
}

// The themes. None sets a background, so the terminal's own stays.
var (
	Dark = theme([NumStyles]string{
		Dim: "38;5;246", Strong: "1", Em: "3", Mono: "38;5;152", Frame: "38;5;240", Now: "1;38;5;80", Lost: "1;38;5;209", Good: "1;38;5;114",
		Pick: "1;38;5;80", Key: "38;5;80",
	})
	Light = theme([NumStyles]string{
		Dim: "38;5;242", Strong: "1", Em: "3", Mono: "38;5;24", Frame: "38;5;250", Now: "1;38;5;25", Lost: "1;38;5;160", Good: "1;38;5;28",
		Pick: "1;38;5;25", Key: "38;5;25",
	})
	NoColor = theme([NumStyles]string{Strong: "1", Em: "3", Now: "1", Lost: "1", Good: "1", Pick: "1", Key: "1"})
	Dumb    = Theme{}
)

// Glyphs are the shapes that lines, arrows and marks are made of: each one cell wide.
type Glyphs struct {
	H, V                                       rune // lines
	TeeUp, TeeDown                             rune // a line with one that leaves it upward, downward
	TeeRight                                   rune // a vertical line with one that leaves it to the right
	Cross                                      rune
	TopLeft, TopRight, BottomLeft, BottomRight rune
	// Bends of an arrow on its way down: from the left, out to the right, from the right, out to the left.
	BendDown, BendRight, BendDownLeft, BendLeft rune
	ToRight, ToLeft                             rune // arrow heads
	Now, Pick                                   rune // marks the current step, the chosen row
	Lost                                        rune
	Differs                                     rune // marks a row in which two runs differ
	Seen, Here, Ahead                           rune // steps on the scrubber
	Dots                                        rune // between steps ahead
	Bar, NoBar                                  rune // progress
	Right, Wrong                                rune
	Cursor                                      rune
	More                                        rune // text goes on
}

// The tables of glyphs.
var (
	Unicode = Glyphs{
		H: '─', V: '│', TeeUp: '┴', TeeDown: '┬', TeeRight: '├', Cross: '┼',
		TopLeft: '╭', TopRight: '╮', BottomLeft: '╰', BottomRight: '╯',
		BendDown: '╮', BendRight: '╰', BendDownLeft: '╭', BendLeft: '╯', ToRight: '▶', ToLeft: '◀',
		Now: '▶', Pick: '>', Lost: '╳', Differs: '≠', Seen: '●', Here: '◉', Ahead: '○', Dots: '·', Bar: '━', NoBar: '·',
		Right: '✓', Wrong: '✗', Cursor: '▏', More: '…',
	}
	ASCII = Glyphs{
		H: '-', V: '|', TeeUp: '+', TeeDown: '+', TeeRight: '+', Cross: '+',
		TopLeft: '+', TopRight: '+', BottomLeft: '+', BottomRight: '+',
		BendDown: '.', BendRight: '\'', BendDownLeft: '.', BendLeft: '\'', ToRight: '>', ToLeft: '<',
		Now: '>', Pick: '>', Lost: 'X', Differs: '*', Seen: 'o', Here: '@', Ahead: '.', Dots: ' ', Bar: '=', NoBar: '.',
		Right: '+', Wrong: 'x', Cursor: '_', More: '~',
	}
)

// Look is a terminal's styles and glyphs.
type Look struct {
	*Glyphs
	Theme *Theme
	Fold  bool // text is to be folded to ASCII where ambiguous, see cell.Grid
	fixed bool // the theme does not follow the background
}

// Choose picks the look for a terminal from its environment; ascii asks for plain glyphs whatever it says. Colours are for a dark background
// until Background says otherwise.
func Choose(getenv func(string) string, ascii bool) Look {
	l := Look{Glyphs: &Unicode, Theme: &Dark}
	if ascii || !utf8Locale(getenv) || wideAmbiguous(getenv("RUNEWIDTH_EASTASIAN")) {
		l.Glyphs, l.Fold = &ASCII, true
	}
	switch {
	case getenv("TERM") == "dumb":
		l.Theme, l.fixed = &Dumb, true
	case getenv("NO_COLOR") != "":
		l.Theme, l.fixed = &NoColor, true
	}
	return l
}

// Background is the look on a dark or a light background.
func (l Look) Background(dark bool) Look {
	switch {
	case l.fixed:
	case dark:
		l.Theme = &Dark
	default:
		l.Theme = &Light
	}
	return l
}

func utf8Locale(getenv func(string) string) bool {
	for _, name := range [...]string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToLower(getenv(name)); v != "" {
			return strings.Contains(v, "utf-8") || strings.Contains(v, "utf8")
		}
	}
	return false
}

// wideAmbiguous reports what RUNEWIDTH_EASTASIAN=1 says: this terminal gives lines and arrows two cells, and so does the library that
// writes frames to it. Neither can be talked out of it, so the frame has to do without such runes.
func wideAmbiguous(v string) bool {
	return v == "1" || strings.EqualFold(v, "true") || strings.EqualFold(v, "t")
}

package cell

import (
	"unicode"

	"github.com/mattn/go-runewidth"
)

// widths measures runes; its answers do not depend on the locale or on RUNEWIDTH_EASTASIAN.
var widths = runewidth.Condition{EastAsianWidth: false, StrictEmojiNeutral: true}

// wide measures them where ambiguous ones take two cells, to tell which those are.
var wide = runewidth.Condition{EastAsianWidth: true, StrictEmojiNeutral: true}

// RuneWidth is how many cells a rune takes: 0, 1 or 2.
func RuneWidth(r rune) int {
	switch {
	case r < 0x20, r == 0x7f:
		return 0
	case r < 0x7f:
		return 1
	case r >= 0x2500 && r < 0x25fd: // lines, blocks and shapes: what frames are full of
		return 1
	case r >= 0x4e00 && r <= 0x9fff: // Chinese
		return 2
	}
	return widths.RuneWidth(r)
}

// Width is how many cells a line of text takes.
func Width(s string) int {
	n := 0
	for _, r := range s {
		n += RuneWidth(r)
	}
	return n
}

// Ambiguous reports whether some terminals give the rune two cells: the runes that a grid with Fold replaces.
func Ambiguous(r rune) bool {
	return r >= 0x7f && RuneWidth(r) == 1 && wide.RuneWidth(r) == 2
}

// mark reports whether a rune without a width belongs to the rune before it. The other ones (joiners, selectors, directions,
// controls) are left out of frames: they move what stands around them, or the terminal itself.
func mark(r rune) bool { return unicode.In(r, unicode.Mn, unicode.Me) && (r < 0xfe00 || r > 0xfe0f) }

// plain are stand-ins of one cell for runes that a terminal may not have, or may give two cells.
var plain = map[rune]rune{
	'“': '"', '”': '"', '‘': '\'', '’': '\'', '…': '~', '—': '-', '–': '-', '·': '.', '•': '*', '→': '>', '←': '<', '×': 'x',
	'§': 'S', '≥': '>', '≤': '<', '°': 'o', '±': '+', '÷': '/',
}

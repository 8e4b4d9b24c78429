package trace

import (
	"strings"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
)

// cells measures text. It is set here rather than by the environment, so that a run prints the same everywhere.
var cells = runewidth.Condition{StrictEmojiNeutral: true}

// width is how many columns a text takes: two for a Chinese character.
func width(s string) int {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return cells.StringWidth(s)
		}
	}
	return len(s) // nearly every text here
}

func wide(r rune) bool { return r >= utf8.RuneSelf && cells.RuneWidth(r) == 2 }

// pad fills a text with spaces up to n columns.
func pad(s string, n int) string { return s + strings.Repeat(" ", max(0, n-width(s))) }

// noStart are the marks that must not begin a line of Chinese, noEnd those that must not end one.
const (
	noStart = "，。；：、！？）」』》”’…%,.;:!?)]}"
	noEnd   = "（「『《“‘"
)

// wrap breaks a text into lines of at most n columns: between words, and between Chinese characters but for marks that belong to what is
// beside them. A word wider than n has a line of its own.
func wrap(s string, n int) []string { return fill(breaks(s), n) }

// wrapSegment breaks a tcpdump line before one of its parts ("win 63", "options [...]"), not within one.
func wrapSegment(s string, n int) []string {
	var parts []string
	depth, start := 0, 0
	for i, r := range s {
		switch r {
		case '[':
			depth++
		case ']':
			depth--
		case ' ':
			if depth == 0 && s[i-1] == ',' {
				parts = append(parts, s[start:i+1])
				start = i + 1
			}
		}
	}
	return fill(append(parts, s[start:]), n)
}

// fill puts pieces of text into lines of at most n columns.
func fill(pieces []string, n int) []string {
	var lines []string
	var line strings.Builder
	col := 0
	for _, piece := range pieces {
		if w := width(strings.TrimRight(piece, " ")); col > 0 && col+w > n {
			lines = append(lines, strings.TrimRight(line.String(), " "))
			line.Reset()
			col = 0
		}
		line.WriteString(piece)
		col += width(piece)
	}
	return append(lines, strings.TrimRight(line.String(), " "))
}

// breaks cuts a text where a line may end: after spaces and around Chinese characters, keeping closing marks with what they close.
func breaks(s string) []string {
	var list []string
	start := 0
	var prev rune
	for i, r := range s {
		free := !strings.ContainsRune(noStart, r) && !strings.ContainsRune(noEnd, prev)
		if i > start && free && r != ' ' && (prev == ' ' || wide(r) || wide(prev)) {
			list = append(list, s[start:i])
			start = i
		}
		prev = r
	}
	return append(list, s[start:])
}

package lessons

import (
	"strings"
	"unicode"
)

// wide reports whether a terminal gives the character two cells.
func wide(r rune) bool {
	return unicode.Is(unicode.Han, r) || r >= 0x3000 && r <= 0x303f || r >= 0xff01 && r <= 0xff60
}

// cells is how many cells a text takes.
func cells(s string) int {
	n := 0
	for _, r := range s {
		n++
		if wide(r) {
			n++
		}
	}
	return n
}

// wrap breaks a text into lines of at most so many cells: at spaces, and between Chinese characters, but never before a mark that closes
// nor after one that opens. A unit that is longer than a line stands on one of its own.
func wrap(s string, width int) []string {
	var lines []string
	line, used := "", 0
	for _, u := range units(s) {
		bare := strings.TrimRight(u, " ")
		if used > 0 && used+cells(bare) > width {
			lines = append(lines, strings.TrimRight(line, " "))
			line, used = "", 0
		}
		line += u
		used += cells(u)
	}
	if line = strings.TrimRight(line, " "); line != "" || len(lines) == 0 {
		lines = append(lines, line)
	}
	return lines
}

// units takes a text apart where lines may break; a unit keeps the spaces behind it.
func units(s string) []string {
	var out []string
	unit := ""
	last := ' '
	for _, r := range s {
		if unit != "" && breaks(last, r) {
			out = append(out, unit)
			unit = ""
		}
		unit += string(r)
		last = r
	}
	return append(out, unit)
}

func breaks(before, after rune) bool {
	switch {
	case after == ' ', strings.ContainsRune("，。、；：？！」』）》…—", after), strings.ContainsRune("「『（《", before):
		return false
	case before == ' ':
		return true
	}
	return wide(before) || wide(after)
}

package cell

import "strings"

// Run is text in one style.
type Run struct {
	Text  string
	Style Style
}

const (
	closers = "，。；：！？、）」』】》〉”’…—～％,.;:!?)]}%"
	openers = "（「『【《〈“‘([{"
)

// breakable reports whether a line may end between two runes: at a space, or beside a wide rune unless that would begin a line with closing
// punctuation or end one with an opening bracket.
func breakable(a, b rune) bool {
	if a == ' ' {
		return b != ' '
	}
	if RuneWidth(a) < 2 && RuneWidth(b) < 2 {
		return false
	}
	return !strings.ContainsRune(closers, b) && !strings.ContainsRune(openers, a)
}

type styled struct {
	r  rune
	st Style
}

// Wrap breaks text into lines of at most width cells. Words are kept whole where they fit; Chinese may break between any two characters but
// before closing punctuation and after opening brackets. A space at which a line breaks is dropped.
func Wrap(text []Run, width int) [][]Run {
	width = max(width, 2)
	var all []styled
	for _, t := range text {
		for _, r := range t.Text {
			if r == '\n' || r == '\t' {
				r = ' '
			}
			all = append(all, styled{r, t.Style})
		}
	}
	var lines [][]Run
	for start := 0; start < len(all); {
		end := lineEnd(all, start, width)
		line := all[start:end]
		for len(line) > 0 && line[len(line)-1].r == ' ' {
			line = line[:len(line)-1]
		}
		lines = append(lines, runsOf(line))
		for start = end; start < len(all) && all[start].r == ' '; {
			start++
		}
	}
	return lines
}

// lineEnd is where the line that begins at start ends: at the last place in reach where it may break, else where the width ends.
func lineEnd(all []styled, start, width int) int {
	x, last := 0, start
	for i := start; i < len(all); i++ {
		if i > start && breakable(all[i-1].r, all[i].r) {
			last = i
		}
		x += RuneWidth(all[i].r)
		if x > width && all[i].r != ' ' {
			if last > start {
				return last
			}
			return cut(all, start, max(i, start+1))
		}
	}
	return len(all)
}

// cut is where a word that is wider than the line is cut: at end, or before it where the rest would begin with closing punctuation.
func cut(all []styled, start, end int) int {
	for i := end; i > start+1; i-- {
		if !strings.ContainsRune(closers, all[i].r) {
			return i
		}
	}
	return end
}

func runsOf(line []styled) []Run {
	var runs []Run
	var b strings.Builder
	for i, c := range line {
		b.WriteRune(c.r)
		if i+1 == len(line) || line[i+1].st != c.st {
			runs = append(runs, Run{b.String(), c.st})
			b.Reset()
		}
	}
	return runs
}

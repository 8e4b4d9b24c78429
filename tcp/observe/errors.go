package observe

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Error is a mistake in a moment or a value: where, what is wrong, and what was expected instead.
type Error struct {
	Text     string // the moment or expression
	Pos      int    // the place of the mistake in Text, in bytes from 0
	Problem  string // "no host is called clent"
	Expected string // "one of client, server"; may be empty
}

// Error is one line: the text, the column in it (in characters, from 1), the problem and what was expected.
func (e *Error) Error() string {
	col := e.Column()
	if e.Expected == "" {
		return fmt.Sprintf("%q, column %d: %s", e.Text, col, e.Problem)
	}
	return fmt.Sprintf("%q, column %d: %s, expected %s", e.Text, col, e.Problem, e.Expected)
}

// Column is the place of the mistake in characters, from 1.
func (e *Error) Column() int { return utf8.RuneCountInString(e.Text[:min(e.Pos, len(e.Text))]) + 1 }

// Closest returns the known word that a misspelt one most probably stands for, by how many letters have to be changed,
// inserted, dropped or swapped with a neighbour; "" when none is near enough. Case and the choice between '-' and '_' don't count.
func Closest(word string, known []string) string {
	const longest = 64 // of a word worth comparing: distance is quadratic
	if word == "" || len(word) > longest {
		return ""
	}
	fold := strings.NewReplacer("-", "_").Replace
	w := fold(strings.ToLower(word))
	best, least := "", min(max(1, len(word)/3)+1, len(word))
	for _, k := range known {
		if d := distance(w, fold(strings.ToLower(k))); len(k) <= longest && d < least {
			best, least = k, d
		}
	}
	return best
}

// distance is the number of edits between two words (Damerau's, neighbours swapped counting one).
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// OneOf words a choice for an error: the closest known word when there is one, else all of them.
func OneOf(word string, known []string) string {
	if c := Closest(word, known); c != "" {
		return c + "?"
	}
	const most = 24
	if len(known) > most {
		known = append(slices.Clone(known[:most]), "...")
	}
	if len(known) == 1 {
		return known[0]
	}
	return "one of " + strings.Join(known, ", ")
}

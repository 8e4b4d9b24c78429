package scenario

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
)

// Error is one mistake in a text.
type Error struct {
	File     string
	Line     int    // from 1; 0 when the mistake is in no line but in the whole file
	Col      int    // in characters from 1: a tab and a Chinese character count one each
	Problem  string // what is wrong: "the client has no variable c"
	Expected string // what was expected: "s?"; may be empty
	LineText string // the line as it stands in the file
}

// Error is the mistake in one line: file:line:col: what is wrong, what was expected.
func (e *Error) Error() string {
	text := fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Col, e.Problem)
	if e.Line == 0 {
		text = e.File + ": " + e.Problem
	}
	if e.Expected != "" {
		text += ", expected " + e.Expected
	}
	return text
}

// window is how much of a long line Format shows, in terminal cells.
const window = 100

// cells measures terminal cells; the environment has no say in it, so that a mark stands where it stands in tests.
var cells = runewidth.Condition{EastAsianWidth: false}

// Format is the mistake with its line below it and a mark under the column. What a terminal would take for a command is shown
// as the replacement character.
func (e *Error) Format() string { return e.format(e.Error()) }

func (e *Error) format(text string) string {
	var b strings.Builder
	b.WriteString(text + "\n")
	if e.Line == 0 {
		return b.String()
	}
	line := []rune(Printable(e.LineText))
	at := min(max(e.Col-1, 0), len(line))
	from, before, after := 0, "", ""
	if at > window {
		from, before = at-window, "..."
	}
	for cells.StringWidth(string(line[from:at])) > window*2/3 {
		from, before = from+1, "..."
	}
	to := len(line)
	if to > at+window {
		to, after = at+window, "..."
	}
	for to > at && cells.StringWidth(string(line[from:to])) > window {
		to, after = to-1, "..."
	}
	b.WriteString("    " + before + string(line[from:to]) + after + "\n    ")
	for _, r := range before + string(line[from:at]) {
		if r == '\t' {
			b.WriteByte('\t')
			continue
		}
		b.WriteString(strings.Repeat(" ", cells.RuneWidth(r)))
	}
	b.WriteString("^\n")
	return b.String()
}

// Printable is a line of a stranger's text with what could move a terminal's cursor, colour it, or turn the direction of writing around
// replaced. It also cuts a line that is far too long to be looked through.
func Printable(line string) string {
	const enough = 64 << 10
	line = line[:min(len(line), enough)]
	return strings.Map(func(r rune) rune {
		if r == '\t' || unicode.IsPrint(r) || unicode.Is(unicode.Zs, r) {
			return r
		}
		return utf8.RuneError
	}, line)
}

// Errors are all the mistakes found in a text, in the order of its lines.
type Errors []Error

// Error is one line a mistake.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i := range e {
		lines[i] = e[i].Error()
	}
	return strings.Join(lines, "\n")
}

// Format is Error.Format of every mistake.
func (e Errors) Format() string {
	var b strings.Builder
	for i := range e {
		b.WriteString(e[i].Format())
	}
	return b.String()
}

// Err is the mistakes as an error: nil when there are none.
func (e Errors) Err() error {
	if len(e) == 0 {
		return nil
	}
	return e
}

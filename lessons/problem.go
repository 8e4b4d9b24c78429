package lessons

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"tcptutor/tcp/scenario"
)

// mistakes are what is wrong with a lesson's files, told to its author in the words and the form of package scenario.
type mistakes []scenario.Error

// err is the mistakes as a scenario.Errors, in the order of files, lines and columns and each once; nil when there are none.
func (ps mistakes) err() error {
	slices.SortStableFunc(ps, func(a, b scenario.Error) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	return scenario.Errors(slices.Compact(ps)).Err()
}

// andNew adds the mistakes that stand where none is known yet: what is wrong with a step is wrong in every run that shows it.
func (ps mistakes) andNew(more mistakes) mistakes {
	known := ps[:len(ps):len(ps)]
	for _, m := range more {
		if !slices.ContainsFunc(known, func(k scenario.Error) bool { return k.File == m.File && k.Line == m.Line && k.Col == m.Col }) {
			ps = append(ps, m)
		}
	}
	return ps
}

// file is a text that mistakes point into.
type file struct {
	name string
	text []byte
}

// problem points at a byte of the file; a negative offset is the file as a whole.
func (f *file) problem(offset int, want, format string, args ...any) scenario.Error {
	if offset < 0 {
		return f.at(0, 0, want, format, args...)
	}
	before := string(f.text[:min(offset, len(f.text))])
	col := utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
	return f.at(strings.Count(before, "\n")+1, col, want, format, args...)
}

// at points at a line and a column, both from 1; line 0 is the file as a whole.
func (f *file) at(line, col int, want, format string, args ...any) scenario.Error {
	e := scenario.Error{File: f.name, Line: line, Col: col, Problem: fmt.Sprintf(format, args...), Expected: want}
	if lines := strings.Split(string(f.text), "\n"); line > 0 && line <= len(lines) {
		e.LineText = strings.TrimRight(lines[line-1], "\r")
	}
	return e
}

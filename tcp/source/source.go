package source

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"
)

// ID names one row of the lists: "RFC9293/3.10.7.4" (a section), "RFC9293/MUST-10" (a numbered requirement), "RFC5961/3.2" (a section
// of another RFC), "KERNEL/4.1" (a measured fact: section 4, fact 1).
type ID string

// Scope says whether the engine answers for a row.
type Scope string

// The scopes a row can have.
const (
	// InScope rows are met by a rule or a test that cites them.
	InScope Scope = "in"
	// NotApplicable rows are outside a simulator of hosts and a wire.
	NotApplicable Scope = "n/a"
)

// Entry is one row: where it stands in its document and what it says.
type Entry struct {
	ID      ID     // stable, unique over both lists
	Section string // section of the document, "3.10.7.4"; of the measurements, "5"
	Name    string // short, kebab-case, unique within its document: "simultaneous-open"
	English string // what it says, in a sentence or two of our own
	Chinese string // the same in Chinese
	Scope   Scope
}

//go:embed rfc9293.tsv
var rfcRows string

//go:embed kernel.tsv
var kernelRows string

// The lists are parsed at the first call of Lookup or All, not in package init: a program that never shows a source pays nothing.
var lists struct {
	once    sync.Once
	entries []Entry
	byID    map[ID]int // index into entries
}

// Lookup returns the row an id names, and whether there is one.
func Lookup(id ID) (Entry, bool) {
	load()
	i, ok := lists.byID[id]
	if !ok {
		return Entry{}, false
	}
	return lists.entries[i], true
}

// All returns every row in file order: RFC 9293's sections, its requirements, the other RFCs, then the measured facts. The slice is
// the caller's own.
func All() []Entry {
	load()
	return append([]Entry(nil), lists.entries...)
}

// Cite gives the short form to show beside a rule: "RFC 9293 §3.10.7.4", "RFC 9293 MUST-10 (§3.5)", "KERNEL §5". A row's exact
// place among the facts of its section is not shown: a reader looks up a section.
func (e Entry) Cite() string {
	document, item, _ := strings.Cut(string(e.ID), "/")
	if document == "KERNEL" {
		return "KERNEL §" + e.Section
	}
	document = "RFC " + strings.TrimPrefix(document, "RFC")
	if item == e.Section {
		return document + " §" + e.Section
	}
	return document + " " + item + " (§" + e.Section + ")"
}

func load() {
	lists.once.Do(func() {
		entries := make([]Entry, 0, 512)
		for _, list := range []struct{ name, text string }{{"rfc9293.tsv", rfcRows}, {"kernel.tsv", kernelRows}} {
			var err error
			if entries, err = parse(entries, list.name, list.text); err != nil {
				panic("source: " + err.Error()) // the lists are part of the binary, and a test reads them
			}
		}
		byID := make(map[ID]int, len(entries))
		for i, e := range entries {
			byID[e.ID] = i
		}
		lists.entries, lists.byID = entries, byID
	})
}

// header is the first line of each list.
const header = "id\tsection\tname\tscope\tenglish\tchinese"

// parse appends the rows of one list. Its errors name the list and the line.
func parse(entries []Entry, name, text string) ([]Entry, error) {
	head, rows, _ := strings.Cut(text, "\n")
	if head != header {
		return nil, fmt.Errorf("%s:1: header is %q, want %q", name, head, header)
	}
	line := 1
	for row := range strings.Lines(rows) {
		line++
		field := strings.Split(strings.TrimSuffix(row, "\n"), "\t")
		if len(field) != 6 {
			return nil, fmt.Errorf("%s:%d: %d fields, want 6", name, line, len(field))
		}
		for i := range field {
			if strings.TrimSpace(field[i]) != field[i] || field[i] == "" {
				return nil, fmt.Errorf("%s:%d: field %d is empty or has white space around it", name, line, i+1)
			}
		}
		scope := Scope(field[3])
		if scope != InScope && scope != NotApplicable {
			return nil, fmt.Errorf("%s:%d: scope is %q, want %q or %q", name, line, scope, InScope, NotApplicable)
		}
		entries = append(entries, Entry{
			ID: ID(field[0]), Section: field[1], Name: field[2], Scope: scope, English: field[4], Chinese: field[5],
		})
	}
	return entries, nil
}

package trace

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"tcptutor/tcp/sim"
)

// besideTime is how many columns the time takes, besideGap those between the runs.
const (
	besideTime = 13
	besideGap  = 3
)

// MinBeside is the fewest columns that two runs are printed in.
const MinBeside = 72

// WriteBeside prints the first n rows of a comparison in two columns under their titles, as wide as given or MinBeside. Between the columns
// stands what diff -y puts there: | where both do something else, < and > where only one does anything. Its error is the writer's.
func WriteBeside(w io.Writer, d *Compared, titles [2]string, columns, n int) error {
	b := &beside{d: d, out: bufio.NewWriter(w), half: (max(columns, MinBeside) - besideTime - besideGap) / 2}
	for i := range d.c.Runs {
		b.who = max(b.who, d.brief[i].t.column)
		b.label = d.brief[i].t.label
	}
	b.row(pad(" ", 8-width(d.v.time))+d.v.time, " ", wrap(titles[0], b.half), wrap(titles[1], b.half))
	same := 0
	for i := range min(n, len(d.c.Rows)) {
		r := &d.c.Rows[i]
		left, right := b.side(i, 0), b.side(i, 1)
		if i == d.c.First {
			b.first()
		}
		mark := " "
		switch {
		case r.Step[1] < 0:
			mark = "<"
		case r.Step[0] < 0:
			mark = ">"
		case i == d.c.First || r.Diff == sim.Outcome || !slices.Equal(left, right):
			mark = "|"
		}
		if mark == " " {
			same++
		}
		b.row(column(r.At), mark, left, right)
	}
	if d.c.First < 0 {
		fmt.Fprintf(b.out, "\n%s\n", d.w.none)
	} else {
		fmt.Fprintf(b.out, "\n"+d.w.count+"\n", d.What(), same, min(n, len(d.c.Rows))-same)
	}
	return b.out.Flush()
}

// beside prints rows.
type beside struct {
	d          *Compared
	out        *bufio.Writer
	half       int
	who, label int // widths of the names, of the labels
}

// first marks the first difference: a line across, and below it what is other on each side.
func (b *beside) first() {
	d := b.d
	head := "-- " + d.w.first + " "
	fmt.Fprintln(b.out, head+strings.Repeat("-", max(besideTime+2*b.half+besideGap-width(head), 0)))
	var sides [2][]string
	for s := range sides {
		sides[s] = wrap("* "+d.Short(d.c.First, s), b.half)
		for _, p := range d.Rules(d.c.First, s) {
			words := p.English
			if d.v == &vocabularies[Chinese] {
				words = p.Chinese
			}
			sides[s] = append(sides[s], b.hang("  "+p.Name, "  ")...)
			sides[s] = append(sides[s], b.hang("  "+words, "  ")...)
		}
	}
	b.row("", " ", sides[0], sides[1])
}

// side is what one side of a row says, in lines.
func (b *beside) side(row, side int) []string {
	var lines []string
	for _, p := range b.d.Parts(row, side) {
		if p.Head {
			lines = append(lines, b.hang(pad(p.Label, b.who)+"  "+p.Words, strings.Repeat(" ", b.who+4))...)
			continue
		}
		lines = append(lines, b.hang("  "+pad(p.Label, b.label+2)+p.Words, strings.Repeat(" ", b.label+6))...)
	}
	return lines
}

// hang breaks a line that is too long; what goes on stands further in.
func (b *beside) hang(line, indent string) []string {
	if width(line) <= b.half {
		return []string{line}
	}
	start := line[:len(line)-len(strings.TrimLeft(line, " "))]
	indent = indent[:min(len(indent), b.half/2)] // a host's name may be long
	var pieces []string
	for _, piece := range breaks(line[len(start):]) {
		pieces = append(pieces, cut(piece, b.half-len(indent))...)
	}
	var lines []string
	at := start
	for len(pieces) > 0 {
		n := 1
		for n < len(pieces) && width(at)+width(strings.TrimRight(strings.Join(pieces[:n+1], ""), " ")) <= b.half {
			n++
		}
		lines = append(lines, at+strings.TrimRight(strings.Join(pieces[:n], ""), " "))
		pieces, at = pieces[n:], indent
	}
	return lines
}

// cut cuts a word that is longer than a line (a rule's name) into pieces of at most n columns.
func cut(word string, n int) []string {
	var pieces []string
	from, col := 0, 0
	for i, r := range word {
		w := width(string(r))
		if col+w > n && r != ' ' {
			pieces = append(pieces, word[from:i])
			from, col = i, 0
		}
		col += w
	}
	return append(pieces, word[from:])
}

// row prints lines of both sides beside each other, the mark on the first.
func (b *beside) row(time, mark string, left, right []string) {
	at := func(list []string, i int) string {
		if i < len(list) {
			return list[i]
		}
		return ""
	}
	for i := range max(len(left), len(right), 1) {
		fmt.Fprintln(b.out, strings.TrimRight(pad(time, besideTime)+pad(at(left, i), b.half)+" "+mark+" "+at(right, i), " "))
		time, mark = "", " "
	}
}

package sim_test

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tcptutor/tcp"
)

// The table: a file for each place, a heading for each kind of segment, and under it the rows. A row says where the segment's number is, what
// it acknowledges, in which book, what comes back, the next state, what the calls return, the rules that decided, and where those are
// written. A book has a row of its own where it does otherwise than the one before it.
var books = []string{"rfc9293", "linux", "linux6.4"}

// The books as the rows' indices.
const (
	theRFC = iota
	linuxNow
	linuxOld // differs from linuxNow in few rows
	numBooks
)

// key is a variation of a segment.
type key struct{ seq, ack string }

// row is a line of the table for some variations.
type row struct {
	seqs, acks []string
	book       string // "" for the RFC and Linux
	outcome
	sources string
}

func (r *row) String() string {
	book := r.book
	if book == "" {
		book = "both"
	}
	return strings.Join([]string{anyOf(r.seqs, seqNames), anyOf(r.acks, ackNames), book, cmp.Or(r.reply, "-"), r.state, r.user,
		cmp.Or(strings.Join(r.rules, " "), "-"), r.sources}, " | ")
}

// anyOf lists names, or says that they are all there are.
func anyOf(names, all []string) string {
	if len(names) == len(all) {
		return "any"
	}
	return strings.Join(names, ",")
}

// named is its inverse.
func named(text string, all []string) []string {
	if text == "any" {
		return all
	}
	return strings.Split(text, ",")
}

// sourcesOf is where the rules of an outcome are written; where none applied, the section that leaves the segment without effect.
func (o *outcome) sourcesOf() string { return cmp.Or(sourcesOf(o.rules), "RFC9293/3.10.7.4") }

func sourcesOf(rules []string) string {
	var list []string
	for _, name := range rules {
		if r, ok := tcp.FindRule(name); ok && !slices.Contains(list, string(r.Source)) {
			list = append(list, string(r.Source))
		}
	}
	return strings.Join(list, " ")
}

// speaksOf reports whether the row is for a book: a row for linux is for linux6.4, too, where that has none of its own.
func (r *row) speaksOf(book int) bool {
	return r.book == "" || r.book == books[book] || book == linuxOld && r.book == books[linuxNow]
}

// of is the row as one of its books has it: where only the rules differ, there is one row for all, with their rules side by side; the last is
// for those that follow, too.
func (r *row) of(book int) string {
	one := *r
	if r.book == books[linuxNow] {
		book -= linuxNow
	}
	side := func(list string) string {
		sides := strings.Split(list, " / ")
		return sides[min(book, len(sides)-1)]
	}
	one.rules, one.sources = strings.Fields(side(strings.Join(r.rules, " "))), side(r.sources)
	return one.String()
}

const arrivesHead = `# %s, and every kind of segment: what RFC 9293 says (book rfc9293) and what Linux 6.18 does (book linux). An older Linux (book
# linux6.4) does the same but where it has a row of its own. Rules that differ stand side by side, in this order.
#
# seq: where the segment's number is: exact, RCV.NXT; within the window; again, RCV.NXT-1, the last number received; old; beyond the window.
# ack: what it acknowledges: right, all that was sent; old, all but the last number; future, what was never sent.
# Numbers of replies are SEQ:ACK, relative. Here SND.NXT is %d, RCV.NXT %d. A delayed ACK is among the replies.
#
# seq | ack | book | reply | next state | the user's calls | rules | where they are written
`

func (p *place) file() string { return filepath.Join("testdata", "arrives", p.name+".txt") }

// read takes the table apart: by the kind of segment.
func (p *place) read(t *testing.T) map[string][]row {
	t.Helper()
	text, err := os.ReadFile(p.file())
	if err != nil {
		t.Fatal(err)
	}
	table := map[string][]row{}
	event := ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		f := strings.Split(line, "|")
		switch {
		case line == "" || line[0] == '#':
		case len(f) == 1:
			event = line
		case len(f) == 8:
			for i := range f {
				f[i] = strings.TrimSpace(f[i])
			}
			table[event] = append(table[event], row{named(f[0], seqNames), named(f[1], ackNames), strings.TrimSuffix(f[2], "both"),
				outcome{strings.TrimSuffix(f[3], "-"), f[4], f[5], strings.Fields(f[6])}, f[7]})
		default:
			t.Fatalf("%s: %q has %d columns", p.file(), line, len(f))
		}
	}
	return table
}

// write makes the table of what the books do.
func (p *place) write(t *testing.T) {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, arrivesHead, p.state, p.snd, p.rcv)
	for i := range arriving {
		e := &arriving[i]
		fmt.Fprintf(&b, "\n%s\n", e.name)
		done := map[key][numBooks]outcome{}
		variations(e.flags, func(k key, seq, ackNo int) {
			var all [numBooks]outcome
			for n := range books {
				all[n] = p.play(t, books[n], e, seq, ackNo)
			}
			done[k] = all
		})
		for _, line := range aligned(p.rows(e.flags, done)) {
			b.WriteString("  " + line + "\n")
		}
	}
	if err := os.MkdirAll(filepath.Dir(p.file()), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p.file(), []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// rows says the same thing once: numbers of which the same is true share a row.
func (p *place) rows(fl tcp.Flags, done map[key][numBooks]outcome) []row {
	acks := ackNames
	if !fl.Has(ack) {
		acks = []string{"-"}
	}
	text := func(s, a string) string { return fmt.Sprint(done[key{s, a}]) }
	bySeq := merge(seqNames, acks, func(s, a string) string { return text(s, a) })
	byAck := merge(acks, seqNames, func(a, s string) string { return text(s, a) })
	for i := range byAck {
		byAck[i][0], byAck[i][1] = byAck[i][1], byAck[i][0]
	}
	if len(byAck) < len(bySeq) {
		bySeq = byAck
	}
	var rows []row
	for _, g := range bySeq {
		all := done[key{g[0][0], g[1][0]}]
		for n := 0; n < numBooks; {
			r, next := row{seqs: g[0], acks: g[1], book: books[n], outcome: all[n]}, n+1
			for next < numBooks && all[next].same(&all[n]) {
				next++
			}
			if n == theRFC && next > linuxNow {
				r.book = ""
			}
			r.rules, r.sources = sideBySide(all[n:next])
			rows = append(rows, r)
			n = next
		}
	}
	return rows
}

// sideBySide are the rules and sources of books that do the same: those of the last are left out where they are those of the one before.
func sideBySide(list []outcome) (rules []string, sources string) {
	for n := len(list); n > 1 && slices.Equal(list[n-1].rules, list[n-2].rules); n-- {
		list = list[:n-1]
	}
	var where []string
	for i := range list {
		if i > 0 {
			rules = append(rules, "/")
		}
		rules = append(rules, cmp.Or(strings.Join(list[i].rules, " "), "-"))
		where = append(where, list[i].sourcesOf())
	}
	for n := len(where); n > 1 && where[n-1] == where[n-2]; n-- {
		where = where[:n-1]
	}
	return rules, strings.Join(where, " / ")
}

// merge makes groups of xs for which the same is true with every y, and within each group of ys.
func merge(xs, ys []string, text func(x, y string) string) [][2][]string {
	group := func(of []string, text func(string) string) [][]string {
		var groups [][]string
		for _, o := range of {
			i := slices.IndexFunc(groups, func(g []string) bool { return text(g[0]) == text(o) })
			if i < 0 {
				groups = append(groups, []string{o})
				continue
			}
			groups[i] = append(groups[i], o)
		}
		return groups
	}
	var all [][2][]string
	for _, g := range group(xs, func(x string) string {
		line := ""
		for _, y := range ys {
			line += text(x, y) + "\n"
		}
		return line
	}) {
		for _, h := range group(ys, func(y string) string { return text(g[0], y) }) {
			all = append(all, [2][]string{g, h})
		}
	}
	return all
}

// aligned puts the columns of rows under each other.
func aligned(rows []row) []string {
	lines := make([]string, len(rows))
	for i := range rows {
		lines[i] = rows[i].String()
	}
	return columns(lines)
}

func columns(lines []string) []string {
	var widths [8]int
	for _, line := range lines {
		for j, f := range strings.Split(line, " | ") {
			widths[j] = max(widths[j], len(f))
		}
	}
	var out []string
	for _, line := range lines {
		f := strings.Split(line, " | ")
		for j := range f {
			f[j] += strings.Repeat(" ", widths[j]-len(f[j]))
		}
		out = append(out, strings.TrimRight(strings.Join(f, " | "), " "))
	}
	return out
}

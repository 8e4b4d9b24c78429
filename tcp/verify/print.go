package verify

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/mattn/go-runewidth"

	"tcptutor/tcp"
	"tcptutor/tcp/trace"
)

// The columns of a table: the time, who, and between the two runs a mark.
const (
	timeWidth = 10
	minWidth  = 72
)

// row is one thing in both runs.
type row struct {
	at   [2]tcp.Time
	has  [2]bool
	step int // in which run it is first
	who  string
	what [2]string
	diff bool
}

// first is when a row's thing happens.
func (r *row) first() tcp.Time {
	if !r.has[0] {
		return r.at[1]
	}
	return r.at[0]
}

// Write prints the two runs beside each other, thing by thing in the order of the engine's run: segments in packetdrill's notation, results
// of calls, and at the end the states of connections. What differs is marked as diff -y marks it. The first difference is explained where it
// shows. The table is as wide as given, or as it has to be.
func (v *Verdict) Write(w io.Writer, lang trace.Lang, columns int) error {
	t := &table{v: v, lang: lang, w: &wordsOf[lang], out: bufio.NewWriter(w)}
	rows := v.rows()
	for i := range rows {
		t.who = max(t.who, runewidth.StringWidth(rows[i].who))
	}
	t.half = (max(columns, minWidth) - 3) / 2
	name := v.Runs[0].Program().Hosts[v.Host].Name
	t.print(" ", t.cell(t.w.time, "", t.w.engine), t.cell(t.w.time, "", fmt.Sprintf(t.w.kernel, name)))
	told := false
	for i := range rows {
		if rows[i].diff && !told {
			t.explain()
			told = true
		}
		t.row(&rows[i])
	}
	fmt.Fprintf(t.out, "\n%s\n", t.w.states)
	for _, p := range v.judge.paths() {
		mark := " "
		if p.diff {
			mark = "|"
		}
		t.print(mark, t.cell("", p.who, p.what[0]), t.cell("", p.who, p.what[1]))
	}
	if len(v.Differences) > 0 && !told {
		t.explain()
	}
	fmt.Fprintf(t.out, "\n%s\n", v.Summary(lang))
	return t.out.Flush()
}

// Summary is the verdict in a sentence, and what to think of it.
func (v *Verdict) Summary(lang trace.Lang) string {
	w := &wordsOf[lang]
	name := v.Runs[0].Program().Hosts[v.Host].Name
	if n := len(v.Differences); n > 0 {
		text := fmt.Sprintf(w.differ, name, n)
		if v.Late > v.judge.Slack {
			text += "\n" + fmt.Sprintf(w.busy, v.Late.Round(time.Millisecond))
		}
		return text
	}
	text := fmt.Sprintf(w.agree, name, len(v.judge.segs), len(v.judge.calls), seconds(v.Until)+" s")
	if v.Paced {
		text += "\n" + fmt.Sprintf(w.paced, v.Late.Round(time.Millisecond), name)
	}
	return text
}

// Explanation says what the first difference is; empty when there is none.
func (v *Verdict) Explanation(lang trace.Lang) string {
	if len(v.Differences) == 0 {
		return ""
	}
	w, d := &wordsOf[lang], &v.Differences[0]
	what := w.trait[d.Trait]
	if d.Trait == Missing || d.Trait == Silent {
		side := 0
		if d.Step[0] < 0 {
			side = 1
		}
		what = fmt.Sprintf(w.only[side], what)
	}
	return fmt.Sprintf(w.explained, v.Runs[0].Program().Hosts[d.Host].Name, seconds(d.first())+" s", what)
}

func seconds(t tcp.Time) string { return fmt.Sprintf("%.3f", time.Duration(t).Seconds()) }

// rows are the segments and results of both runs.
func (v *Verdict) rows() []row {
	j, hosts := v.judge, v.Runs[0].Program().Hosts
	var list []row
	add := func(a, b *place, who string, what, other string) {
		r := row{step: either(a, b).step, who: who, what: [2]string{what, other}}
		for side, p := range [2]*place{a, b} {
			if p != nil {
				r.at[side], r.has[side] = p.at, true
			}
		}
		r.diff = j.differs(a, b)
		list = append(list, r)
	}
	for _, p := range j.segs {
		a, b := placeOf(p.a), placeOf(p.b)
		add(a, b, hosts[either(a, b).host].Name, text(p.a), text(p.b))
	}
	threads := v.Runs[0].Program().Threads
	for _, p := range j.calls {
		var thread int
		if p.a != nil {
			thread = p.a.thread
		} else {
			thread = p.b.thread
		}
		add(placeOf(p.a), placeOf(p.b), threads[thread].Name, text(p.a), text(p.b))
	}
	slices.SortStableFunc(list, func(x, y row) int { return cmp.Or(cmp.Compare(x.first(), y.first()), cmp.Compare(x.step, y.step)) })
	return list
}

// observable is a segment or a result.
type observable interface {
	*segment | *result
	comparable
	fmt.Stringer
	where() *place
}

func (p *place) where() *place { return p }

func placeOf[T observable](x T) *place {
	var none T
	if x == none {
		return nil
	}
	return x.where()
}

func text[T observable](x T) string {
	var none T
	if x == none {
		return ""
	}
	return x.String()
}

func either(a, b *place) *place {
	if a != nil {
		return a
	}
	return b
}

// differs tells whether something was found other about what stands at two places.
func (j *judge) differs(a, b *place) bool {
	return slices.ContainsFunc(j.diffs, func(d Difference) bool {
		return d.Trait < States && same(d.Step[0], d.At[0], a) && same(d.Step[1], d.At[1], b) ||
			d.Trait == Time && a != nil && b != nil && same(d.Step[0], d.At[0], a) && same(d.Step[1], d.At[1], b)
	})
}

func same(step int, at tcp.Time, p *place) bool {
	if p == nil {
		return step < 0
	}
	return step == p.step && at == p.at
}

// paths are the states of every connection's ends.
func (j *judge) paths() []row {
	var list []row
	for c := range max(len(j.a.conns), len(j.b.conns)) {
		for end := range 2 {
			a, b := j.a.staysOf(c, end, j.Until), j.b.staysOf(c, end, j.Until)
			if len(a)+len(b) == 0 {
				continue
			}
			o := j.a
			if c >= len(j.a.conns) {
				o = j.b
			}
			list = append(list, row{who: o.conns[c].ends[end].String(), what: [2]string{path(a), path(b)}, diff: !j.within(a, b) || !j.within(b, a)})
		}
	}
	return list
}

// table prints rows.
type table struct {
	v    *Verdict
	lang trace.Lang
	w    *words
	out  *bufio.Writer
	half int
	who  int
}

// explain stands above the first row that differs.
func (t *table) explain() {
	head := "-- " + t.w.first + " "
	fmt.Fprintln(t.out, head+strings.Repeat("-", max(2*t.half+3-runewidth.StringWidth(head), 0)))
	fmt.Fprintln(t.out, t.v.Explanation(t.lang))
}

func (t *table) row(r *row) {
	mark := " "
	switch {
	case !r.has[1]:
		mark = "<"
	case !r.has[0]:
		mark = ">"
	case r.diff:
		mark = "|"
	}
	var cells [2][]string
	for side := range cells {
		if r.has[side] {
			cells[side] = t.cell(seconds(r.at[side]), r.who, r.what[side])
		}
	}
	t.print(mark, cells[0], cells[1])
}

// cell is one side of a row, in lines.
func (t *table) cell(at, who, what string) []string {
	head := fmt.Sprintf("%*s  %s  ", timeWidth-2, at, who+strings.Repeat(" ", max(t.who-runewidth.StringWidth(who), 0)))
	room := max(t.half-runewidth.StringWidth(head), 16)
	var lines []string
	for _, word := range strings.SplitAfter(what, " ") {
		if n := len(lines); n > 0 && runewidth.StringWidth(lines[n-1]+strings.TrimRight(word, " ")) <= room {
			lines[n-1] += word
		} else {
			lines = append(lines, word)
		}
	}
	for i := range lines {
		if i > 0 {
			head = strings.Repeat(" ", runewidth.StringWidth(head))
		}
		lines[i] = head + strings.TrimRight(lines[i], " ")
	}
	return lines
}

func (t *table) print(mark string, left, right []string) {
	line := func(list []string, i int) string {
		if i < len(list) {
			return list[i]
		}
		return ""
	}
	for i := range max(len(left), len(right)) {
		l := line(left, i)
		l += strings.Repeat(" ", max(t.half-runewidth.StringWidth(l), 0))
		fmt.Fprintln(t.out, strings.TrimRight(l+" "+mark+" "+line(right, i), " "))
		mark = " "
	}
}

package quiz

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"tcptutor/tcp/observe"
	"tcptutor/tcp/trace"
)

// printed is a line of a tool's output with blanks in it.
type printed struct {
	at     place
	tool   string // "tcpdump" or "ss"
	of     string // the moment of a segment, or a socket: "server.child1"
	moment string // of ss: when; "" is the item's
	blanks []string
}

// slipAt is what a misconception writes into a blank.
type slipAt struct {
	blank int // from 0
	expr  string
}

// blankOf is a part of a tool's line that can be left out.
type blankOf struct {
	of   Kind
	find *regexp.Regexp // in a line of tcpdump: its first group
	cell int            // in a line of ss
}

var blanksOf = map[string]map[string]blankOf{
	"tcpdump": {
		"flags":  {of: FlagsDump, find: regexp.MustCompile(`Flags (\[[^\]]*\])`)},
		"seq":    {of: Number, find: regexp.MustCompile(`, seq (\d+)`)},
		"end":    {of: Number, find: regexp.MustCompile(`, seq \d+:(\d+)`)},
		"ack":    {of: Number, find: regexp.MustCompile(`, ack (\d+)`)},
		"win":    {of: Number, find: regexp.MustCompile(`, win (\d+)`)},
		"length": {of: Number, find: regexp.MustCompile(`, length (\d+)`)},
	},
	"ss": {
		"state":  {of: StateSS, cell: 0},
		"recv-q": {of: Number, cell: 1},
		"send-q": {of: Number, cell: 2},
	},
}

// blankNames are the parts of a tool's line, for complaints.
func blankNames(tool string) string {
	var names []string
	for name := range blanksOf[tool] {
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// printed reads the lines and their blanks.
func (r *reader) printed(f *fields, it *Item) {
	blanks := 0
	for _, n := range f.list("lines") {
		l, ok := r.line(n, f.of)
		if ok {
			it.lines = append(it.lines, l)
			blanks += len(l.blanks)
		}
	}
	if blanks == 0 {
		r.complain(f.where("lines"), "lines: [{tcpdump: MOMENT, blanks: […]}]", "%s leaves no blank", f.of)
	}
	for _, n := range f.list("wrong") {
		m, ok := r.mistake(n, "a wrong answer of "+f.of, it, "slip")
		if !ok {
			continue
		}
		for _, s := range m.slips {
			if s.blank < 0 || s.blank >= blanks {
				r.complain(m.at, fmt.Sprintf("1 to %d", blanks), "%s has no blank %d", f.of, s.blank+1)
			}
		}
		it.wrong = append(it.wrong, m)
	}
}

func (r *reader) line(n ast.Node, of string) (printed, bool) {
	g, ok := r.mapping(n, "a line of "+of, "tcpdump", "ss", "at", "blanks")
	if !ok {
		return printed{}, false
	}
	l := printed{at: g.at, tool: "tcpdump"}
	if g.has("ss") {
		l.tool = "ss"
	}
	if g.has("ss") == g.has("tcpdump") || g.has("at") && l.tool != "ss" {
		r.complain(g.at, "{tcpdump: MOMENT, …} or {ss: HOST.SOCKET, at: MOMENT, …}", "a line of %s is of no one tool", of)
		return printed{}, false
	}
	l.of, l.moment = g.text(l.tool), g.optional("at")
	for _, b := range g.list("blanks") {
		name, _ := scalar(b)
		if _, ok := blanksOf[l.tool][name]; !ok {
			r.complain(placeOf(b), blankNames(l.tool), "%s has no part %q to leave blank", l.tool, name)
			continue
		}
		l.blanks = append(l.blanks, name)
	}
	return l, true
}

// slips reads what a misconception writes into blanks: {2: EXPRESSION}.
func (r *reader) slips(n ast.Node, of string) []slipAt {
	g, ok := r.mapping(n, "slip of "+of)
	if !ok {
		return nil
	}
	var all []slipAt
	for _, name := range g.names {
		blank, err := strconv.Atoi(name)
		if err != nil {
			r.complain(g.where(name), "the number of a blank", "slip of %s is of %q", of, name)
			continue
		}
		all = append(all, slipAt{blank - 1, g.text(name)})
	}
	return all
}

// fillIn prints the lines, leaves the blanks out, and computes what misconceptions write into them.
func (q *Question) fillIn(b *binding) error {
	var err error
	var lines []string
	if q.answer, lines, err = q.run.print(q.Item.lines); err != nil {
		return err
	}
	q.Hint = q.blanksHint()
	for i := range q.Item.wrong {
		if err := q.misfill(b, &q.Item.wrong[i]); err != nil {
			return err
		}
	}
	shown := "\n```\n" + strings.Join(lines, "\n") + "\n```\n"
	q.below = Text{shown, shown}
	return nil
}

// misfill computes what a misconception writes, and keeps it if it is an answer of its own.
func (q *Question) misfill(b *binding, m *mistake) error {
	w := misled{name: m.name, value: slices.Clone(q.answer)}
	r := q.run
	theirs, err := q.elsewhere(b, m)
	if err != nil {
		return err
	}
	if theirs != nil {
		b, r = theirs.bound, theirs
		w.theirs = theirs.evidence(q.Item.see, q.Item.moment)
		if w.value, _, err = theirs.print(q.Item.lines); never(err) {
			return nil // a line is not printed in that run
		} else if err != nil {
			return err
		}
	}
	for _, s := range m.slips {
		raw, err := r.value(s.expr, q.Item.moment)
		if err != nil {
			return err
		}
		if w.value[s.blank], err = valueOf(q.answer[s.blank].Of, raw); err != nil {
			return q.Item.wrap(fmt.Errorf("its wrong answer %s %w", m.name, err))
		}
	}
	if w.value.like(q.answer, 0) || q.has(w.value) || !w.value.sensible() {
		return nil
	}
	w.because, err = b.prose(m.because, r, map[string]Text{"this": w.value.Text(), "answer": q.answer.Text()})
	q.taken = append(q.taken, w)
	return err
}

// print is what was left out of some lines, and the lines without it.
func (r *run) print(lines []printed) (out answer, text []string, err error) {
	var table [][]string // of lines of ss that stand together
	on, then := "", ""   // their host and moment
	flush := func() {
		text = append(text, trace.Align(table)...)
		table, on = nil, ""
	}
	for i := range lines {
		l := &lines[i]
		of, err := r.bound.text(l.of)
		if err != nil {
			return nil, nil, err
		}
		if l.tool == "tcpdump" {
			flush()
			line, err := r.dump(l, of, &out)
			if err != nil {
				return nil, nil, err
			}
			text = append(text, line)
			continue
		}
		host, sock, _ := strings.Cut(of, ".")
		if host != on || l.moment != then {
			flush()
			on, then = host, l.moment
			text = append(text, host+"$ ss -tan")
			table = append(table, trace.SSHead()[:addresses])
		}
		row, err := r.row(l, host, sock, &out)
		if err != nil {
			return nil, nil, err
		}
		table = append(table, row)
	}
	flush()
	return out, text, nil
}

// addresses is how many cells of ss are shown: up to the addresses.
const addresses = 5

// blank takes a part out of a line: its value goes to the answer, and what is shown in its place is the number of the blank.
func (r *run) blank(of Kind, part string, out *answer) (string, error) {
	v, err := of.Read(part)
	if err != nil {
		return "", r.bound.item.wrap(fmt.Errorf("%q is left blank and is not %s", part, kindWords[of].English))
	}
	*out = append(*out, v)
	return fmt.Sprintf("__(%d)__", len(*out)), nil
}

// dump is a line of tcpdump.
func (r *run) dump(l *printed, moment string, out *answer) (string, error) {
	m, err := observe.ParseMoment(r.line.Program(), moment)
	if err != nil {
		return "", r.bound.item.wrap(err)
	}
	p, ok := observe.FindPacket(r.line, m)
	if !ok {
		return "", r.bound.item.wrap(&observe.NeverError{Moment: moment})
	}
	line := trace.TCPDumpLine(r.line, p.ID)
	for _, name := range l.blanks {
		part := blanksOf[l.tool][name]
		at := part.find.FindStringSubmatchIndex(line)
		if at == nil {
			return "", r.bound.item.wrap(fmt.Errorf("the line of %q has no %s to leave blank: %s", moment, name, line))
		}
		hole, err := r.blank(part.of, line[at[2]:at[3]], out)
		if err != nil {
			return "", err
		}
		line = line[:at[2]] + hole + line[at[3]:]
	}
	return line, nil
}

// row is the cells of a line of ss.
func (r *run) row(l *printed, name, sock string, out *answer) ([]string, error) {
	moment := l.moment
	if moment == "" {
		moment = r.bound.item.moment
	}
	step, err := r.step(moment)
	if err != nil {
		return nil, err
	}
	p, w := r.line.Program(), r.line.View(step+1)
	for h := range p.Hosts {
		if p.Hosts[h].Name != name {
			continue
		}
		s := p.FindSock(w, h, sock)
		if s == nil {
			return nil, r.bound.item.wrap(&observe.NeverError{Moment: "a line of ss for " + name + "." + sock})
		}
		row := trace.SSRow(w, h, s)[:addresses]
		for _, blank := range l.blanks {
			part := blanksOf[l.tool][blank]
			if row[part.cell], err = r.blank(part.of, row[part.cell], out); err != nil {
				return nil, err
			}
		}
		return row, nil
	}
	return nil, r.bound.item.wrap(fmt.Errorf("the scenario has no host %q", name))
}

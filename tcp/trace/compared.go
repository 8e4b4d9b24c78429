package trace

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tcptutor/tcp"
	"tcptutor/tcp/sim"
)

// Compared tells two runs beside each other: what happens in each row of a comparison, and what is other about it. It remembers what it
// has told.
type Compared struct {
	c     *sim.Comparison
	w     *comparedWords
	v     *vocabulary
	brief [2]telling // what happens, as the step text tells it
	full  [2]telling // and every number of it
}

// telling is a run's steps as they were told, from the first on.
type telling struct {
	run   sim.Run
	t     *storyteller
	w     *comparedWords // nil where details are not told
	steps [][]Part
}

// NewCompared tells a comparison. Of the options the width is not looked at.
func NewCompared(c *sim.Comparison, opts TextOptions) *Compared {
	d := &Compared{c: c, w: &wordsOfCompared[opts.Lang], v: &vocabularies[opts.Lang]}
	opts.Width, opts.brief = 1<<20, true // who shows it breaks lines
	for side, run := range c.Runs {
		d.brief[side] = telling{run: run, t: NewText(opts).(*storyteller)}
		d.full[side] = telling{run: run, t: NewText(opts).(*storyteller), w: d.w}
		d.brief[side].t.Head(nil, run)
		d.full[side].t.Head(nil, run)
	}
	return d
}

// step is step i of the run as it is told.
func (x *telling) step(i int) []Part {
	for len(x.steps) <= i {
		x.t.Step(nil, x.run, len(x.steps))
		if x.w != nil {
			x.t.details(x.w)
		}
		x.steps = append(x.steps, slices.Clone(x.t.parts))
	}
	return x.steps[i]
}

// details tells what else there is of a step's segments, and each variable that changed, all of it by itself.
func (t *storyteller) details(w *comparedWords) {
	if c := t.step.Cause; c == sim.CauseArrive || c == sim.CauseLost {
		t.contents(w, w.holds, &t.step.Packet)
	}
	for i := range t.step.Sent {
		t.contents(w, t.v.sends, &t.step.Sent[i])
	}
	for _, f := range merge(t.step.Facts) {
		if f.Kind == tcp.Changed && f.Field != tcp.FieldState && f.Field < tcp.FieldTimer {
			t.under(t.v.sets, t.name(f.Host, f.Conn)+"  "+t.change(&f))
		}
	}
}

// contents tells what a segment's bits and numbers do not say.
func (t *storyteller) contents(w *comparedWords, label string, p *sim.Packet) {
	_, _, sack := t.flows.learn(&p.Seg)
	tell := func(words string) { t.under(label, bits(&p.Seg)+"  "+words) }
	tell("win " + strconv.Itoa(int(p.Seg.Wnd)))
	tell("options [" + string(appendOptions(nil, &p.Seg.Opt, sack)) + "]")
	if p.Seg.Flags.Has(tcp.URG) {
		tell("urg " + strconv.Itoa(int(p.Seg.Urg)))
	}
	if p.Seg.Data != "" {
		tell(quote(p.Seg.Data))
	}
	tell(fmt.Sprintf(w.travels, span(p.ArriveAt.Since(p.SentAt))))
}

// Parts is what happens in a row on one side; none when nothing does.
func (d *Compared) Parts(row, side int) []Part {
	if i := d.c.Rows[row].Step[side]; i >= 0 {
		return d.brief[side].step(i)
	}
	return nil
}

// Differs is what happens in a row on one side and not on the other. Where the same is told of both it goes on to the numbers.
func (d *Compared) Differs(row, side int) []Part {
	r := &d.c.Rows[row]
	switch {
	case r.Diff == sim.Same || r.Step[side] < 0:
		return nil
	case r.Diff == sim.Alone:
		return d.Parts(row, side)
	}
	if mine, other := d.lack(row, side, &d.brief), d.lack(row, 1-side, &d.brief); len(mine)+len(other) > 0 {
		return mine
	}
	return d.lack(row, side, &d.full)
}

// lack is what is told of a row on one side that the other side lacks. Rules are told by name; it is their effects that count.
func (d *Compared) lack(row, side int, of *[2]telling) []Part {
	r := &d.c.Rows[row]
	mine, other := of[side].step(r.Step[side]), of[1-side].step(r.Step[1-side])
	var list []Part
	for _, p := range mine {
		if p.Label != "" && p.Label != d.v.rule && !slices.Contains(other, p) {
			list = append(list, p)
		}
	}
	return list
}

// Short says in a few words what is other about a row on one side: a state if there is one, else a segment, else whatever comes first.
func (d *Compared) Short(row, side int) string {
	parts := d.Differs(row, side)
	if len(parts) == 0 {
		return d.w.nothing
	}
	for _, label := range [...]string{d.v.state, d.v.sends, d.v.queue} {
		for _, p := range parts {
			switch {
			case p.Label != label || p.Head || d.c.Rows[row].Diff == sim.Alone:
			case label == d.v.state: // its arrow says what it is
				return p.Words
			default:
				return p.say()
			}
		}
	}
	return parts[0].say()
}

// say is a part as a sentence of its own.
func (p Part) say() string { return p.Label + "  " + p.Words }

// Rules are those that decided a row on one side and not on the other.
func (d *Compared) Rules(row, side int) []*tcp.Rule {
	r := &d.c.Rows[row]
	if r.Diff < sim.Outcome || r.Step[0] < 0 || r.Step[1] < 0 {
		return nil
	}
	others := d.applied(1-side, r.Step[1-side])
	var list []*tcp.Rule
	for _, id := range d.applied(side, r.Step[side]) {
		if rule := tcp.RuleOf(id); rule != nil && !slices.Contains(others, id) {
			list = append(list, rule)
		}
	}
	return list
}

func (d *Compared) applied(side, step int) []tcp.RuleID {
	var list []tcp.RuleID
	for _, f := range d.c.Runs[side].Step(step).Facts {
		if f.Kind == tcp.RuleApplied {
			list = append(list, f.Rule)
		}
	}
	return list
}

// What says in a few words what was changed between the runs: "same scenario, one rule changed".
func (d *Compared) What() string {
	p, q := d.c.Runs[0].Program(), d.c.Runs[1].Program()
	switch sim.Changes(p, q) {
	case 0:
		return d.w.same
	case sim.ChangedBook:
		if oneRule(p, q) {
			return d.w.rule
		}
		return d.w.book
	case sim.ChangedSysctl:
		return d.w.setting
	case sim.ChangedLink:
		return d.w.link
	case sim.ChangedFault:
		return d.w.fault
	case sim.ChangedProgram:
		return d.w.program
	}
	return d.w.several
}

// oneRule reports whether every host's other book is its own with one patch more or less.
func oneRule(p, q *sim.Program) bool {
	for i := range p.Hosts {
		a, b := p.Hosts[i].Book, q.Hosts[i].Book
		if len(a) > len(b) {
			a, b = b, a
		}
		rest, ok := strings.CutPrefix(b, a)
		if !ok || rest != "" && (rest[0] != '+' || strings.Count(rest, "+") > 1) {
			return false
		}
	}
	return true
}

// Nothing says that a side has none of what the other one has.
func (d *Compared) Nothing() string { return d.w.nothing }

// First is the words "first difference".
func (d *Compared) First() string { return d.w.first }

// comparedWords are the words for two runs, in one language.
type comparedWords struct {
	first, nothing, none string
	holds                string // of the segment that arrives: what it holds
	travels              string // how long
	count                string // what was changed, rows that are the same, rows that are not
	same, rule, book     string
	setting, link, fault string
	program, several     string
}

// wordsOfCompared by Lang.
var wordsOfCompared = [...]comparedWords{
	English: {
		first: "first difference", nothing: "nothing of the kind", none: "The two runs are the same.",
		holds: "holds", travels: "%s on its way", count: "%s: %d steps the same, %d not.",
		same: "the same scenario twice", rule: "same scenario, one rule changed", book: "same scenario, another book",
		setting: "same scenario, one setting changed", link: "same scenario, another wire", fault: "same programs, other faults on the wire",
		program: "same hosts, another line in a program", several: "same hosts, more than one thing changed",
	},
	Chinese: {
		first: "第一处不同", nothing: "这边没有", none: "两次运行完全相同。",
		holds: "内容", travels: "在路上 %s", count: "%s：相同 %d 步，不同 %d 步。",
		same: "同一场景，没有改动", rule: "同一场景，只改一条规则", book: "同一场景，换了规则集",
		setting: "同一场景，只改参数", link: "同一场景，换了线路", fault: "同样的程序，线路上的故障不同",
		program: "同样的主机，程序改了一行", several: "同样的主机，不止改了一处",
	},
}

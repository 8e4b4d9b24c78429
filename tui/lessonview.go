package tui

import (
	"strings"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/sim"
	"tcptutor/tui/cell"
	"tcptutor/tui/look"
)

// view is one way to look at the run.
type view struct {
	name  Text
	draw  func(m *Model, a cell.Area)
	hosts bool // it shows the hosts, which otherwise stand below a view
	turns bool // it can be longer than the screen, and is turned
}

// viewsFor are the views there are with these texts.
func viewsFor(texts *Texts) []view {
	list := []view{
		{name: sayLadder, draw: (*Model).drawLadder},
		{name: sayHosts, draw: (*Model).drawHosts, hosts: true},
		{name: sayQueues, draw: (*Model).drawQueues},
	}
	if texts.Calls != nil {
		list = append(list, view{name: sayCalls, draw: func(m *Model, a cell.Area) { m.drawPage(a, 0, texts.Calls) }})
	}
	if texts.TCPDump != nil {
		list = append(list, view{name: say("tcpdump", "tcpdump"), draw: func(m *Model, a cell.Area) { m.drawPage(a, 1, texts.TCPDump) }})
	}
	if texts.SS != nil {
		list = append(list, view{name: say("ss", "ss"), draw: (*Model).drawSS, turns: true})
	}
	return append(list, view{name: sayWhy, draw: (*Model).drawWhy, turns: true})
}

// drawLesson draws the lesson screen.
func (m *Model) drawLesson(a cell.Area) {
	l, g := m.lesson, m.look.Glyphs
	at := arrange(m.w, m.h)
	in := func(r Rect) cell.Area { return a.In(r.X, r.Y, r.W, r.H) }
	m.drawHeader(in(at.Header))
	for _, y := range at.Rules {
		a.HLine(0, y, a.W, look.Frame, g.H)
	}
	if at.Wide {
		a.VLine(at.Split, at.Rules[0]+1, at.Rules[1]-at.Rules[0]-1, look.Frame, g.V)
		a.Put(at.Split, at.Rules[0], look.Frame, g.TeeDown)
		a.Put(at.Split, at.Rules[1], look.Frame, g.TeeUp)
		a.HLine(at.Split+1, at.Below, a.W-at.Split-1, look.Frame, g.H)
		a.Put(at.Split, at.Below, look.Frame, g.TeeRight)
		m.drawStrip(in(at.Hosts), a, at)
	}
	m.drawTabs(in(at.Tabs))
	l.below = 0
	l.views[l.view].draw(m, in(at.View))
	if l.below > 0 {
		m.drawOnRule(a, at.View, m.sayf(sayMore, l.below)+"  j k")
	}
	m.drawOnRule(a, at.Words, m.drawWords(in(at.Words)))
	m.drawBottom(in(at.Footer))
}

// drawOnRule writes, on the line below a pane, how much more there is of it.
func (m *Model) drawOnRule(a cell.Area, pane Rect, text string) {
	if text != "" {
		a.Right(pane.X+pane.W-1, pane.Y+pane.H, look.Dim, " "+text+" ")
	}
}

// drawHeader draws the title, and how far the run is.
func (m *Model) drawHeader(a cell.Area) {
	const leastTitle = 30 // cells of a title that a long book leaves
	l := m.lesson
	right := clockLong(l)
	x := a.W - 1
	put := func(st cell.Style, s string) {
		a.Right(x, 0, st, s)
		x -= cell.Width(s) + 3
	}
	put(look.Plain, right)
	if n := l.steps(); n > 0 {
		put(look.Plain, m.sayf(sayStepOf, l.pos+1, n))
	}
	if l.whatIf >= 0 {
		put(look.Now, sayChanged.In(m.lang))
	}
	title := l.title.In(m.lang)
	if l.number > 0 {
		title = itoa(l.number) + " · " + title
	}
	if l.whatIf >= 0 {
		title = m.sayf(sayWhatIfIs, l.lesson.WhatIfs[l.whatIf].Title.In(m.lang))
	}
	room := x - 2 - min(cell.Width(title), leastTitle)
	switch book := l.story.Book; {
	case cell.Width(book) < room:
		put(look.Dim, book)
	case l.whatIf < 0: // a what-if says in words what its book does
		put(look.Dim, clip(book, room, m.look.More))
	}
	a.Text(1, 0, look.Strong, clip(title, x-2, m.look.More))
}

// clockLong is the instant of the current step.
func clockLong(l *lessonState) string {
	if l.steps() == 0 {
		return ""
	}
	return spell(time.Duration(l.story.Run.Step(l.pos).At))
}

// drawTabs draws the views' names with their keys.
func (m *Model) drawTabs(a cell.Area) {
	x := 1
	for i, v := range m.lesson.views {
		name := v.name.In(m.lang)
		from := x
		key, st := look.Key, look.Dim
		if i == m.lesson.view {
			key, st = look.Now, look.Now
			a.Put(x-1, 0, look.Now, m.look.Now)
		}
		x = a.Text(x, 0, key, itoa(i+1))
		x = a.Text(x+1, 0, st, name)
		m.zoneAt(a, from, 0, x-from, Intent{Kind: View, N: i})
		x += 2
	}
}

// drawBottom draws the scrubber and the keys.
func (m *Model) drawBottom(a cell.Area) {
	end := m.drawScrubber(a.In(1, 0, a.W*2/5, 1), m.lesson.steps(), m.lesson.pos, nil)
	m.drawKeys(a.In(end+4, 0, a.W-end-5, 1))
}

// drawScrubber draws n steps as dots, or as a bar when they are too many; pos is the one on the screen. Marked ones show where two runs
// differ. It returns the column after it.
func (m *Model) drawScrubber(a cell.Area, n, pos int, marked func(int) bool) int {
	g := m.look.Glyphs
	gap := 2
	if n*3 > a.W {
		gap = 1
	}
	if n*2 > a.W {
		return m.drawBar(a.In(0, 0, a.W*2/3, 1), n, pos, marked)
	}
	x := 0
	for i := range n {
		dot, st, line := g.Ahead, look.Dim, g.Dots
		switch {
		case i < pos:
			dot, st, line = g.Seen, look.Plain, g.H
		case i == pos:
			dot, st = g.Here, look.Now
		}
		if marked != nil && i != pos && marked(i) {
			dot = g.Differs
		}
		a.Put(x, 0, st, dot)
		m.zoneAt(a, x, 0, 1+gap, Intent{Kind: Seek, N: i})
		if i+1 < n {
			a.HLine(x+1, 0, gap, look.Dim, line)
		}
		x += 1 + gap
	}
	return x - gap
}

// drawBar draws many steps as a bar; of the marked ones the first shows.
func (m *Model) drawBar(a cell.Area, n, pos int, marked func(int) bool) int {
	g := m.look.Glyphs
	first := -1
	for i := 0; marked != nil && first < 0 && i < n; i++ {
		if marked(i) {
			first = i * (a.W - 1) / max(n-1, 1)
		}
	}
	here := pos * (a.W - 1) / max(n-1, 1)
	for x := range a.W {
		m.zoneAt(a, x, 0, 1, Intent{Kind: Seek, N: x * (n - 1) / max(a.W-1, 1)})
		switch {
		case x == first && x != here:
			a.Put(x, 0, look.Plain, g.Differs)
		case x < here:
			a.Put(x, 0, look.Plain, g.Bar)
		case x == here:
			a.Put(x, 0, look.Now, g.Here)
		default:
			a.Put(x, 0, look.Dim, g.NoBar)
		}
	}
	return a.W
}

// drawPage draws a text that grows with the run, up to the current step.
func (m *Model) drawPage(a cell.Area, which int, make func(sim.Run) Page) {
	l := m.lesson
	a = a.In(1, 1, a.W-2, a.H-1)
	if l.steps() == 0 {
		a.Text(0, 0, look.Plain, sayEmptyRun.In(m.lang))
		return
	}
	p := l.page(which, make)
	lines, before := p.UpTo(l.pos+1), len(p.UpTo(l.pos))
	if len(lines) == 0 {
		a.Text(0, 0, look.Dim, sayNotYet.In(m.lang))
		return
	}
	m.drawLines(a, lines, before)
}

// drawLines draws the end of a text, wrapped; lines from `before` on are the current step's.
func (m *Model) drawLines(a cell.Area, lines []string, before int) {
	// From the end upward: a long text costs no more than what is seen of it.
	var rows []line
	for i := len(lines) - 1; i >= 0 && len(rows) < a.H; i-- {
		lay := &layer{width: a.W}
		if i < before {
			lay.raw(lines[i], look.Plain, 2)
		} else if lay.raw(lines[i], look.Now, 2); len(lay.lines) > 0 {
			first := &lay.lines[0]
			first.runs = append([]cell.Run{{Text: string(m.look.Now) + " ", Style: look.Now}}, first.runs...)
			first.indent = 0
		}
		if len(rows) > 0 && len(lay.lines)+len(rows) > a.H {
			break // what is seen begins with a whole line of the text
		}
		rows = append(lay.lines, rows...)
	}
	for y, r := range rows[max(len(rows)-a.H, 0):] {
		a.Runs(r.indent, y, r.runs)
	}
}

// drawSS draws what ss would print on every host now.
func (m *Model) drawSS(a cell.Area) {
	l := m.lesson
	w := l.world()
	lay := &layer{width: a.W - 3}
	for i, h := range l.story.Run.Program().Hosts {
		lay.gap()
		lay.lines = append(lay.lines, line{runs: []cell.Run{{Text: h.Name, Style: look.Strong}, {Text: " $ ss -tano", Style: look.Dim}}})
		for k, text := range l.texts.SS(w, i) {
			st := look.Plain
			if k == 0 {
				st = look.Dim
			}
			lay.raw(text, st, 2)
		}
	}
	m.drawTurned(a, lay.lines)
}

// raw lays out a line of a tool's output as it is; what is too long goes on below, further in.
func (l *layer) raw(text string, st cell.Style, indent int) {
	if cell.Width(text) <= l.width-indent {
		l.lines = append(l.lines, line{indent: indent, runs: []cell.Run{{Text: text, Style: st}}})
		return
	}
	for i, w := range cell.Wrap([]cell.Run{{Text: together(text), Style: st}}, l.width-indent-4) {
		in := indent
		if i > 0 {
			in += 4
		}
		l.lines = append(l.lines, line{indent: in, runs: []cell.Run{{Text: apart(runsText(w)), Style: st}}})
	}
}

const noBreak = "\u00a0"

// fields are those of a tcpdump line: a number by itself at the beginning of a line says nothing.
var fields = strings.NewReplacer("seq ", "seq"+noBreak, "ack ", "ack"+noBreak, "win ", "win"+noBreak, "length ", "length"+noBreak,
	"mss ", "mss"+noBreak, "TS ", "TS"+noBreak, "val ", "val"+noBreak, "ecr ", "ecr"+noBreak, "wscale ", "wscale"+noBreak)

// together ties the names of fields to their numbers before a line is wrapped.
func together(text string) string { return fields.Replace(text) }

// apart undoes together.
func apart(text string) string { return strings.ReplaceAll(text, noBreak, " ") }

// drawWhy draws the rules that the current step went by, and what each changed.
func (m *Model) drawWhy(a cell.Area) {
	l := m.lesson
	lay := &layer{width: a.W - 3}
	if l.steps() > 0 {
		m.whyLines(lay, l.story.Run.Step(l.pos), l.world)
	}
	m.drawTurned(a, lay.lines)
}

// drawTurned draws the part of a view that it is turned to.
func (m *Model) drawTurned(a cell.Area, lines []line) {
	l := m.lesson
	a = a.In(1, 1, a.W-2, a.H-1)
	l.viewScroll = max(0, min(l.viewScroll, len(lines)-a.H))
	for y := 0; y < a.H && l.viewScroll+y < len(lines); y++ {
		w := &lines[l.viewScroll+y]
		a.Runs(w.indent, y, w.runs)
	}
	l.below = len(lines) - a.H - l.viewScroll
}

// factHost is the name of a fact's host.
func (m *Model) factHost(f *tcp.Fact) string {
	hosts := m.lesson.story.Run.Program().Hosts
	if int(f.Host) < len(hosts) {
		return hosts[f.Host].Name
	}
	return m.outside()
}

// outside is what is beyond the world's open end.
func (m *Model) outside() string {
	if l := m.lesson; l != nil && l.story.Outside != (Text{}) {
		return l.story.Outside.In(m.lang)
	}
	return sayOutside.In(m.lang)
}

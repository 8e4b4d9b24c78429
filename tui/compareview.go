package tui

import (
	"time"

	"tcptutor/tcp/sim"
	"tcptutor/tcp/source"
	"tcptutor/tcp/trace"
	"tcptutor/tui/cell"
	"tcptutor/tui/look"
)

// compareLayout is where things stand on the screen of two runs.
type compareLayout struct {
	Both   bool    // both ladders are on the screen, beside or above each other; else the chosen one
	Split  int     // column of the line between them; 0 when there is none
	Titles [2]Rect // of the runs, each above its ladder; two parts of one line where one is shown
	Ladder [2]Rect
	Words  [2]Rect // what differs on each side; Words[1] has no size where one pane holds both
	Rules  []int
	Below  int // row of the line above the words
}

// compareWide is from how many columns on two ladders stand beside each other, compareTall from how many rows on above each other.
const (
	compareWide = 112
	compareTall = 40
)

// The columns of a ladder that stands beside another: the second one has the first one's times.
const (
	besideLeft  = 3
	besideRight = 18
)

// arrangeCompare places two runs on a terminal that is not too small.
func arrangeCompare(w, h int) compareLayout {
	words := min(max((h-6)/3, 3), 9)
	l := compareLayout{Below: h - 3 - words, Rules: []int{1, h - 2}}
	high := l.Below - 3 // of a ladder below its title
	l.Words[0] = Rect{1, l.Below + 1, w - 2, words}
	switch {
	case w >= compareWide:
		l.Both = true
		l.Split = (w-1)/2 + (ladderLeft-besideLeft)/2
		right := w - l.Split - 1
		l.Titles = [2]Rect{{1, 2, l.Split - 2, 1}, {l.Split + 2, 2, right - 2, 1}}
		l.Ladder = [2]Rect{{0, 3, l.Split, high}, {l.Split + 1, 3, right, high}}
		l.Words = [2]Rect{{1, l.Below + 1, l.Split - 2, words}, {l.Split + 2, l.Below + 1, right - 3, words}}
	case h >= compareTall:
		l.Both = true
		first := (high - 1) / 2
		l.Titles = [2]Rect{{1, 2, w - 2, 1}, {1, 4 + first, w - 2, 1}}
		l.Ladder = [2]Rect{{0, 3, w, first}, {0, 5 + first, w, l.Below - 5 - first}}
		l.Rules = append(l.Rules, 3+first)
	default:
		l.Titles = [2]Rect{{1, 2, w/2 - 1, 1}, {w / 2, 2, w - w/2 - 1, 1}}
		l.Ladder = [2]Rect{{0, 3, w, high}, {0, 3, w, high}}
	}
	return l
}

// drawCompare draws the screen of two runs.
func (m *Model) drawCompare(a cell.Area) {
	s, g := m.compare, m.look.Glyphs
	at := arrangeCompare(m.w, m.h)
	in := func(r Rect) cell.Area { return a.In(r.X, r.Y, r.W, r.H) }
	m.drawCompareHeader(a)
	for _, y := range append(at.Rules, at.Below) {
		a.HLine(0, y, a.W, look.Frame, g.H)
	}
	if at.Split > 0 {
		a.VLine(at.Split, 2, a.H-4, look.Frame, g.V)
		a.Put(at.Split, 1, look.Frame, g.TeeDown)
		a.Put(at.Split, at.Below, look.Frame, g.Cross)
		a.Put(at.Split, a.H-2, look.Frame, g.TeeUp)
	}
	if s.rows() == 0 {
		in(at.Ladder[0]).Text(1, 0, look.Plain, sayEmptyRun.In(m.lang))
	} else {
		m.drawLadders(a, &at)
		m.drawDifference(a, &at)
	}
	for side := range s.sides {
		m.drawSideTitle(in(at.Titles[side]), side, at.Both)
	}
	track := a.W * 2 / 5
	if a.W < compareWide {
		track = a.W / 4 // the keys are worth more than the dots
	}
	end := m.drawScrubber(a.In(1, a.H-1, track, 1), s.rows(), s.pos, s.marked)
	m.drawKeys(a.In(end+4, a.H-1, a.W-end-5, 1))
}

// drawCompareHeader draws what is compared, what was changed, and how far both runs are.
func (m *Model) drawCompareHeader(a cell.Area) {
	s := m.compare
	x := a.W - 1
	put := func(st cell.Style, text string) {
		a.Right(x, 0, st, text)
		x -= cell.Width(text) + 3
	}
	if s.rows() > 0 {
		put(look.Plain, spell(time.Duration(s.row().At)))
		put(look.Plain, m.sayf(sayRowOf, s.pos+1, s.rows()))
	}
	title, what := s.title.In(m.lang), s.words(m.lang).What()
	// On a narrow screen the title goes before what was changed.
	if cell.Width(title)+cell.Width(what)+4 <= x {
		put(look.Dim, what)
	}
	a.Text(1, 0, look.Strong, clip(title, x-2, m.look.More))
}

// drawSideTitle draws the name of a run, and where one is on the screen, which it is.
func (m *Model) drawSideTitle(a cell.Area, side int, both bool) {
	st, x := look.Strong, 0
	if !both {
		st, x = look.Dim, 2
		if side == m.compare.side {
			st = look.Now
			a.Put(0, 0, look.Now, m.look.Now)
		}
		m.zone(a, 0, Intent{Kind: View, N: side})
	}
	a.Text(x, 0, st, clip(m.compare.sides[side].title.In(m.lang), a.W-x, m.look.More))
}

// drawnRow is a row on the screen: what each side has to show of it.
type drawnRow struct {
	row, y, h int
	rungs     [2][]rung
}

// drawLadders draws both ladders, or the chosen one, up to the present row. What stands in one row stands on the same line.
func (m *Model) drawLadders(a cell.Area, at *compareLayout) {
	s := m.compare
	var sides [2]*ladderDraw
	for i := range sides {
		left, right := ladderLeft, ladderRight
		if at.Split > 0 {
			right = besideRight
			if i == 1 {
				left = besideLeft
			}
		}
		area := at.Ladder[i]
		sides[i] = m.newLadderDraw(a.In(area.X, area.Y, area.W, area.H), left, right)
		sides[i].hosts = s.hosts()
		sides[i].cur = s.row().Step[i]
	}
	high := min(sides[0].a.H, sides[1].a.H) - 2
	rows := s.drawn(sides, high)
	for i, d := range sides {
		if !at.Both && i != s.side {
			continue
		}
		run := s.c.Runs[i]
		d.heads(run.Program(), run.View(s.row().Done[i]))
		d.a = d.a.In(0, 2, d.a.W, d.a.H-2)
		m.drawSide(d, i, rows, at.Both)
	}
}

// hosts are the two hosts on the screen: those that the present row is about.
func (s *compareState) hosts() [2]int {
	side := 0
	if s.row().Step[0] < 0 {
		side = 1
	}
	return ladderHosts(s.c.Runs[side], s.row().Step[side])
}

// drawn are the rows up to the present one, the last so many lines of them and some above: what has left there may arrive below.
func (s *compareState) drawn(sides [2]*ladderDraw, high int) []drawnRow {
	var rows []drawnRow
	total := 0
	// Some rows have nothing to show, so the number of rows looked at is bounded apart.
	for i := s.pos; i >= 0 && total < high+8 && s.pos-i < 4*high+64; i-- {
		r := drawnRow{row: i}
		for side, d := range sides {
			if step := s.c.Rows[i].Step[side]; step >= 0 {
				r.rungs[side] = d.own(s.sides[side].ladder.rungs(step))
			}
			h := 0
			for k := range r.rungs[side] {
				h += d.height(&r.rungs[side][k])
			}
			r.h = max(r.h, h)
		}
		if i == s.c.First {
			r.h++ // the line that says so
		}
		total += r.h
		rows = append(rows, r)
	}
	y := min(high, total)
	for i := range rows {
		y -= rows[i].h
		rows[i].y = y
	}
	return rows
}

// drawSide draws one side of rows that are given from the last one up.
func (m *Model) drawSide(d *ladderDraw, side int, rows []drawnRow, both bool) {
	s := m.compare
	var rungs []rung
	var tops []int
	for i := len(rows) - 1; i >= 0; i-- {
		y := rows[i].y
		for k := range rows[i].rungs[side] {
			rungs, tops = append(rungs, rows[i].rungs[side][k]), append(tops, y)
			y += d.height(&rungs[len(rungs)-1])
		}
	}
	d.drawAt(rungs, tops)
	for i := len(rows) - 1; i >= 0; i-- {
		r := &rows[i]
		if r.h == 0 || r.y < 0 {
			continue
		}
		m.drawCompareMargin(d, side, rows, i)
		if r.row == s.c.First {
			text := "^ " + m.firstWords(side, both)
			d.a.Text(d.left, r.y+r.h-1, look.Strong, clip(text, d.a.W-d.left-1, m.look.More))
		}
	}
}

// firstWords say that the runs part here, and what this side does. Where the other side is out of sight and this one does nothing, it is what
// the other one does that is to be seen.
func (m *Model) firstWords(side int, both bool) string {
	w, first := m.compare.words(m.lang), m.compare.c.First
	if !both && len(w.Differs(first, side)) == 0 {
		return m.sayf(sayFirstThere, w.First(), w.Short(first, 1-side))
	}
	return w.First() + m.colon() + w.Short(first, side)
}

func (m *Model) colon() string {
	if m.lang == Chinese {
		return "："
	}
	return ": "
}

// drawCompareMargin draws the mark of the present row, that of a difference, and the time where it is another than the row above has.
func (m *Model) drawCompareMargin(d *ladderDraw, side int, rows []drawnRow, i int) {
	s, r := m.compare, &rows[i]
	if s.marked(r.row) && s.c.Rows[r.row].Step[side] >= 0 {
		d.a.Put(d.left-2, r.y, look.Strong, m.look.Differs)
	}
	above := i + 1
	for above < len(rows) && rows[above].h == 0 {
		above++
	}
	at := s.c.Rows[r.row].At
	if d.left == ladderLeft && (above >= len(rows) || rows[above].y < 0 || s.c.Rows[rows[above].row].At != at || r.row == s.pos) {
		st, text := look.Dim, clock(at)
		if r.row == s.pos {
			st = look.Now
		}
		d.a.Text(max(ladderTime-1-cell.Width(text), 1), r.y, st, text)
	}
	if r.row == s.pos {
		d.a.Put(0, r.y, look.Now, m.look.Now)
	}
}

// drawDifference draws, below the ladders, what differs in the present row, on each side in words.
func (m *Model) drawDifference(a cell.Area, at *compareLayout) {
	s := m.compare
	var panes []*layer
	switch {
	case s.row().Diff == sim.Same:
		lay := &layer{width: at.Words[0].W}
		m.sameLines(lay)
		panes = append(panes, lay)
	case at.Words[1].W == 0:
		// What both sides do is seen first; the rules behind it come below.
		lay := &layer{width: at.Words[0].W}
		for side := range s.sides {
			m.sideLines(lay, side, true)
		}
		for side := range s.sides {
			lay.gap()
			m.ruleLinesOf(lay, side)
		}
		panes = append(panes, lay)
	default:
		for side := range s.sides {
			lay := &layer{width: at.Words[side].W}
			m.sideLines(lay, side, false)
			m.ruleLinesOf(lay, side)
			panes = append(panes, lay)
		}
	}
	longest := 0
	for _, lay := range panes {
		longest = max(longest, len(lay.lines))
	}
	s.scroll = max(0, min(s.scroll, longest-at.Words[0].H))
	for i, lay := range panes {
		area := a.In(at.Words[i].X, at.Words[i].Y, at.Words[i].W, at.Words[i].H)
		for y := 0; y < area.H && s.scroll+y < len(lay.lines); y++ {
			area.Runs(lay.lines[s.scroll+y].indent, y, lay.lines[s.scroll+y].runs)
		}
	}
	if more := longest - at.Words[0].H - s.scroll; more > 0 {
		a.Right(a.W-2, a.H-2, look.Dim, " "+m.sayf(sayMore, more)+"  j k ")
	}
}

// sameLines say that nothing differs in this row, and where it will.
func (m *Model) sameLines(lay *layer) {
	s := m.compare
	text := saySameRow.In(m.lang)
	switch {
	case s.c.First < 0:
		text = saySameRuns.In(m.lang)
	case s.pos < s.c.First:
		text = m.sayf(saySameSoFar, spell(time.Duration(s.c.Rows[s.c.First].At)))
	}
	lay.runs([]cell.Run{{Text: text, Style: look.Dim}}, 0)
	if blocks := s.about[m.lang]; (s.c.First < 0 || s.pos < s.c.First) && len(blocks) > 0 {
		lay.gap()
		lay.blocks(blocks, 0)
	}
}

// sideLines lay out what one side does in this row and the other does not.
func (m *Model) sideLines(lay *layer, side int, named bool) {
	s, w := m.compare, m.compare.words(m.lang)
	head := sayDiffer
	if s.pos == s.c.First {
		head = sayPart
	}
	switch {
	case named:
		lay.runs([]cell.Run{{Text: s.sides[side].title.In(m.lang), Style: look.Strong}}, 0)
	case side == 0:
		lay.runs([]cell.Run{{Text: head.In(m.lang), Style: look.Strong}}, 0)
	default:
		lay.lines = append(lay.lines, line{})
	}
	if s.pos == s.c.First && side == 0 && s.explain != (Text{}) {
		lay.runs([]cell.Run{{Text: s.explain.In(m.lang)}}, 2)
	}
	parts := w.Differs(s.pos, side)
	if len(parts) == 0 {
		text := w.Nothing()
		if s.row().Step[side] < 0 {
			text = sayNotHere.In(m.lang)
		}
		lay.runs([]cell.Run{{Text: text, Style: look.Dim}}, 2)
	}
	m.partLines(lay, parts, named)
}

// ruleLinesOf lay out the rules behind what one side does in this row.
func (m *Model) ruleLinesOf(lay *layer, side int) {
	for _, r := range m.compare.words(m.lang).Rules(m.compare.pos, side) {
		head := []cell.Run{{Text: r.Name, Style: look.Mono}}
		if e, ok := source.Lookup(r.Source); ok {
			head = append(head, cell.Run{Text: "  " + e.Cite(), Style: look.Dim})
		}
		lay.runs(head, 2)
		lay.runs([]cell.Run{{Text: Text{r.English, r.Chinese}.In(m.lang), Style: look.Dim}}, 2)
	}
}

// partLines lay out parts, each on a line of its own, or where room is short one after the other.
func (m *Model) partLines(lay *layer, parts []trace.Part, short bool) {
	var all []cell.Run
	for i, p := range parts {
		runs := []cell.Run{{Text: p.Label + " ", Style: look.Dim}, {Text: p.Words}}
		switch {
		case !short:
			// What goes on below stands further in.
			for k, wrapped := range cell.Wrap(runs, lay.width-4) {
				lay.lines = append(lay.lines, line{indent: 2 + min(k, 1)*2, runs: wrapped})
			}
		case i > 0:
			all = append(all, cell.Run{Text: m.semicolon()})
			fallthrough
		default:
			all = append(all, runs...)
		}
	}
	if short {
		lay.runs(all, 2)
	}
}

func (m *Model) semicolon() string {
	if m.lang == Chinese {
		return "；"
	}
	return "; "
}

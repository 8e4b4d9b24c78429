package tui

import (
	"tcptutor/tcp/host"
	"tcptutor/tcp/sim"
	"tcptutor/tui/cell"
	"tcptutor/tui/look"
)

// The ladder's columns, from the left: the mark of the current step and the time, the left host's events and states, the wire, the
// right host's.
const (
	ladderTime  = 9  // cells of the mark and the time
	ladderLeft  = 11 // column of the left host
	ladderState = 12 // cells of a state's name
	ladderRight = 21 // cells of the right host
	ladderWire  = 64 // the wire is no longer than this, however wide the screen
	ladderTall  = 22 // from this height on an arrow's numbers have a line of their own
)

// ladderDraw is one drawing of the ladder.
type ladderDraw struct {
	a      cell.Area
	g      *look.Glyphs
	lang   Lang
	beyond string // the name of what is outside the world
	cur    int    // the current step
	hosts  [2]int // which hosts the two columns are
	left   int    // column of the left host
	x0, x1 int    // the wire
	right  int    // column of the right host
	tall   bool
	leaves map[uint32]departure
	busy   [2]int // segments under way by direction, as far as the rows drawn know
}

// departure is where an arrow began.
type departure struct{ y, bend int }

// drawLadder draws the run as a sequence diagram up to the current step.
func (m *Model) drawLadder(a cell.Area) {
	l := m.lesson
	d := m.newLadderDraw(a, ladderLeft, ladderRight)
	d.cur = l.pos
	if l.steps() == 0 {
		a.Text(1, 0, look.Plain, sayEmptyRun.In(m.lang))
		return
	}
	d.hosts = ladderHosts(l.story.Run, l.pos)
	d.heads(l.story.Run.Program(), l.world())
	d.a = a.In(0, 3, a.W, a.H-3)
	if a.H < 10 {
		d.a = a.In(0, 2, a.W, a.H-2)
	}
	d.draw(d.own(l.ladder.upTo(l.pos, d.a.H+8)))
}

// newLadderDraw readies a drawing whose left host stands in a column, and whose right host has so many cells.
func (m *Model) newLadderDraw(a cell.Area, left, right int) *ladderDraw {
	d := &ladderDraw{a: a, g: m.look.Glyphs, lang: m.lang, beyond: m.outside(), left: left, leaves: map[uint32]departure{}, tall: a.H >= ladderTall}
	d.right = min(max(a.W-right, left+ladderState+10), left+ladderState+ladderWire+1)
	d.x0, d.x1 = left+ladderState, d.right-1
	return d
}

// own are the rungs that lie between the hosts shown.
func (d *ladderDraw) own(all []rung) []rung {
	rungs := make([]rung, 0, len(all))
	for _, r := range all {
		if d.column(r.host) >= 0 && (r.kind == rungEvent || d.column(r.peer) >= 0 && r.peer != r.host) {
			rungs = append(rungs, r)
		}
	}
	return rungs
}

// ladderHosts are the two hosts shown: the two ends of what the current step is about, in their order; where it is about one host, that
// and its neighbour.
func ladderHosts(run sim.Run, i int) [2]int {
	n := len(run.Program().Hosts)
	s := run.Step(i)
	one, other := int(s.Host), -1
	switch {
	case s.Cause == sim.CauseArrive || s.Cause == sim.CauseLost:
		one, other = int(s.Packet.To), int(s.Packet.From)
	case len(s.Sent) > 0:
		one, other = int(s.Sent[0].From), int(s.Sent[0].To)
	}
	if other < 0 || other == one {
		if other = 0; one == 0 {
			other = 1
		}
		if n < 2 {
			other = ladderOutside
		}
	}
	return [2]int{min(one, other), max(one, other)}
}

// column is 0 for the left host, 1 for the right one, -1 for one that is not shown.
func (d *ladderDraw) column(h int) int {
	switch h {
	case d.hosts[0]:
		return 0
	case d.hosts[1]:
		return 1
	}
	return -1
}

// heads draws the hosts' names and their present states.
func (d *ladderDraw) heads(p *sim.Program, w *sim.World) {
	for c, x := range [2]int{d.left, d.right} {
		h := d.hosts[c]
		if h >= len(p.Hosts) {
			d.a.Text(x, 0, look.Strong, d.beyond)
			continue
		}
		end := d.a.Text(x, 0, look.Strong, p.Hosts[h].Name)
		d.a.Text(end+1, 0, look.Dim, p.Hosts[h].Addr.String())
		d.a.Text(x, 1, look.Plain, headState(&w.Hosts[h]))
	}
}

// headState is the state of a host's newest connection, else of its listener.
func headState(h *host.Host) string {
	var best *host.Sock
	for i := range h.Socks {
		s := &h.Socks[i]
		if !s.Dead && s.Role != host.Fresh && (best == nil || s.Role >= best.Role && s.ID > best.ID) {
			best = s
		}
	}
	switch {
	case best == nil:
		return "CLOSED"
	case best.Role == host.Listener:
		return best.TCB.State.String() + " :" + itoa(int(best.TCB.Local.Port))
	}
	return best.TCB.State.String()
}

// height is how many lines a rung takes.
func (d *ladderDraw) height(r *rung) int {
	if (r.kind == rungLeaves || r.outside()) && (d.tall || !d.fits(r)) {
		return 2
	}
	return 1
}

// fits reports whether an arrow's flags and numbers have room before its bend.
func (d *ladderDraw) fits(r *rung) bool {
	return cell.Width(d.flags(r))+1+cell.Width(r.detail) <= (d.x1-d.x0)*2/3-3
}

// draw draws the last of the rungs that fit: arrows' ways down first, then what stands on the lines.
func (d *ladderDraw) draw(rungs []rung) {
	total := 0
	for i := range rungs {
		total += d.height(&rungs[i])
	}
	y := min(0, d.a.H-total)
	tops := make([]int, len(rungs))
	for i := range rungs {
		tops[i] = y
		y += d.height(&rungs[i])
	}
	d.drawAt(rungs, tops)
	var last *rung
	for i := range rungs {
		if tops[i]+d.height(&rungs[i]) > 0 {
			d.margin(&rungs[i], last, tops[i])
		}
		last = &rungs[i]
	}
}

// drawAt draws rungs on the lines they are given; the margin is left free.
func (d *ladderDraw) drawAt(rungs []rung, tops []int) {
	bends := make([]int, len(rungs))
	for i := range rungs {
		bends[i] = d.place(&rungs[i], tops[i])
	}
	for i := range rungs {
		if tops[i]+d.height(&rungs[i]) > 0 {
			d.rung(&rungs[i], tops[i], bends[i])
		}
	}
}

// place finds where a rung's arrow bends, and draws its way down when it arrives.
func (d *ladderDraw) place(r *rung, y int) int {
	dir := 0
	if r.kind == rungLeaves && d.column(r.host) == 1 || r.kind != rungLeaves && d.column(r.host) == 0 {
		dir = 1
	}
	switch r.kind {
	case rungLeaves:
		if r.outside() {
			return 0
		}
		bend := d.bend(dir, d.busy[dir]%3*3, d.words(r)+3)
		d.busy[dir]++
		d.leaves[r.packet] = departure{y, bend}
		return bend
	case rungArrives, rungDies:
		if r.outside() {
			return 0
		}
		from, ok := d.leaves[r.packet]
		if !ok {
			from = departure{-1, d.bend(dir, 0, 0)}
		} else {
			d.busy[dir] = max(d.busy[dir]-1, 0)
		}
		top := max(from.y, -1)
		d.a.VLine(from.bend, top+1, y-top-1, look.Dim, d.g.V)
		if ok && top >= 0 {
			// Only now is it known that the arrow went on: its first line gets its bend.
			d.turn(from, dir)
		}
		return from.bend
	}
	return 0
}

// bend is the column an arrow goes down in. Arrows that follow each other on the wire bend nearer to where they come from, so that those
// that arrive in their order never cross; the words on the arrow keep their room.
func (d *ladderDraw) bend(dir, shift, words int) int {
	n := max((d.x1-d.x0)*3/4-shift, words)
	if dir == 0 {
		return d.x0 + n
	}
	return d.x1 - 1 - n
}

// words is how many cells the words on an arrow's first line take.
func (d *ladderDraw) words(r *rung) int {
	n := cell.Width(d.flags(r))
	if d.height(r) == 1 {
		n += 1 + cell.Width(r.detail)
	}
	return n
}

// turn draws the bend at the end of an arrow's first line.
func (d *ladderDraw) turn(from departure, dir int) {
	if dir == 0 {
		d.a.Put(from.bend, from.y, look.Dim, d.g.BendDown)
		return
	}
	d.a.Put(from.bend, from.y, look.Dim, d.g.BendDownLeft)
}

// margin draws the mark of the current step, and the time where it is another than the line above has.
func (d *ladderDraw) margin(r, last *rung, y int) {
	st := look.Dim
	if r.step == d.cur {
		st = look.Now
		if r.first {
			d.a.Put(0, y, look.Now, d.g.Now)
		}
	}
	if last == nil || y <= 0 || last.at != r.at || r.step == d.cur && r.first {
		d.a.Right(ladderTime, y, st, clock(r.at))
	}
}

// rung draws a rung: its event, or its arrow, and the state it leads to.
func (d *ladderDraw) rung(r *rung, y, bend int) {
	st := look.Plain
	if r.step == d.cur {
		st = look.Now
	}
	col := d.column(r.host)
	x := d.left
	if col == 1 {
		x = d.right
	}
	switch r.kind {
	case rungEvent:
		label := r.label.In(d.lang)
		if col == 1 {
			// What is too long for the column begins further to the left rather than end at the edge.
			n := cell.Width(label)
			if r.state != "" {
				n += 2 + cell.Width(r.state)
			}
			x = max(min(x, d.a.W-n), d.left)
		}
		end := d.a.Text(x, y, st, label)
		if r.state != "" {
			d.a.Text(end+2, y, look.Strong, r.state)
		}
		return
	case rungLeaves:
		d.leaving(r, y, bend, st)
	case rungArrives:
		if r.outside() {
			d.coming(r, y, st)
			break
		}
		d.arriving(r, y, bend, st)
	case rungDies:
		d.dying(r, y, bend)
	}
	if r.state != "" {
		d.a.Text(x, y, look.Strong, r.state)
	}
}

// flags are the words on an arrow.
func (d *ladderDraw) flags(r *rung) string {
	s := r.label.In(d.lang)
	if r.again {
		s += " " + sayAgain.In(d.lang)
	}
	if r.copied {
		s += " " + sayCopy.In(d.lang)
	}
	return s
}

// leaving draws an arrow's first line: as far as its bend when it is known to have gone on, else a stub.
func (d *ladderDraw) leaving(r *rung, y, bend int, st cell.Style) {
	flags := d.flags(r)
	oneLine := d.height(r) == 1
	words := d.words(r)
	if r.outside() {
		d.line(d.x0, d.x1-1, y, st)
		d.a.Put(d.x1-1, y, st, d.g.ToRight)
		d.label(d.x0+2, y, flags, r, oneLine, st)
		return
	}
	gone := d.at(bend, y) == d.g.BendDown || d.at(bend, y) == d.g.BendDownLeft
	if d.column(r.host) == 0 {
		end := d.x0 + words + 4
		if gone {
			end = bend
		}
		d.line(d.x0, end, y, st)
		d.label(d.x0+2, y, flags, r, oneLine, st)
		if gone {
			d.a.Put(bend, y, st, d.g.BendDown)
		}
		return
	}
	begin := d.x1 - words - 4
	if gone {
		begin = bend + 1
		d.a.Put(bend, y, st, d.g.BendDownLeft)
	}
	d.line(begin, d.x1, y, st)
	d.label(d.x1-2-words, y, flags, r, oneLine, st)
}

// label draws the flags on an arrow, and its numbers beside or below them.
func (d *ladderDraw) label(x, y int, flags string, r *rung, oneLine bool, st cell.Style) {
	end := d.a.Text(x, y, st, flags)
	if oneLine {
		d.a.Put(end, y, st, ' ')
		d.a.Text(end+1, y, look.Dim, r.detail)
		return
	}
	if d.column(r.host) == 1 {
		x = min(x, d.x1-2-cell.Width(r.detail))
	}
	d.a.Text(x, y+1, look.Dim, r.detail)
}

func (d *ladderDraw) arriving(r *rung, y, bend int, st cell.Style) {
	if d.column(r.host) == 1 {
		d.a.Put(bend, y, st, d.g.BendRight)
		d.line(bend+1, d.x1-1, y, st)
		d.a.Put(d.x1-1, y, st, d.g.ToRight)
		return
	}
	d.a.Put(bend, y, st, d.g.BendLeft)
	d.line(d.x0+1, bend, y, st)
	d.a.Put(d.x0, y, st, d.g.ToLeft)
}

// coming draws an arrow that comes from outside, all of it.
func (d *ladderDraw) coming(r *rung, y int, st cell.Style) {
	d.line(d.x0+1, d.x1, y, st)
	d.a.Put(d.x0, y, st, d.g.ToLeft)
	words := d.words(r)
	if d.height(r) > 1 {
		words = max(words, cell.Width(r.detail))
	}
	d.label(max(d.x1-2-words, d.x0+2), y, d.flags(r), r, d.height(r) == 1, st)
}

// dying draws the end of a segment that was lost: its way stops short of the host.
func (d *ladderDraw) dying(r *rung, y, bend int) {
	lost := sayLost.In(d.lang)
	if d.column(r.host) == 1 {
		d.a.Put(bend, y, look.Lost, d.g.BendRight)
		d.line(bend+1, bend+4, y, look.Lost)
		d.a.Put(bend+4, y, look.Lost, d.g.Lost)
		d.a.Text(bend+6, y, look.Lost, lost)
		return
	}
	d.a.Put(bend, y, look.Lost, d.g.BendLeft)
	d.line(bend-3, bend, y, look.Lost)
	d.a.Put(bend-4, y, look.Lost, d.g.Lost)
	d.a.Right(bend-5, y, look.Lost, lost)
}

// line draws a horizontal line over columns [from, to); where it crosses another arrow's way down, the crossing shows.
func (d *ladderDraw) line(from, to, y int, st cell.Style) {
	for x := from; x < to; x++ {
		r := d.g.H
		if d.at(x, y) == d.g.V {
			r = d.g.Cross
		}
		d.a.Put(x, y, st, r)
	}
}

func (d *ladderDraw) at(x, y int) rune {
	if x < 0 || y < 0 || x >= d.a.W || y >= d.a.H {
		return 0
	}
	return d.a.Grid.At(d.a.X+x, d.a.Y+y).Ch
}

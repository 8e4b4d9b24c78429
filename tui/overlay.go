package tui

import (
	"slices"
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"tcptutor/tui/cell"
	"tcptutor/tui/look"
)

// overKind is what is open over a screen.
type overKind uint8

const (
	overHelp    overKind = iota
	overMenu             // a list: what-ifs
	overPalette          // a list that typing narrows
	overGoTo             // a field for a moment
	overAnswer           // a field for an answer
	overNotice           // what the home screen would say of the progress
)

// overlay is a list or a field open over the screen.
type overlay struct {
	kind   overKind
	title  Text
	hint   Text
	rows   []overRow
	pick   int
	scroll int
	field  field
	wrong  string  // what is wrong with what was typed
	in     Context // where the help was asked for
}

type overRow struct {
	label string
	key   string
	do    Intent
}

func (o *overlay) context() Context {
	switch o.kind {
	case overHelp, overNotice:
		return OnHelp
	case overMenu:
		return OnMenu
	}
	return OnField
}

// field is a line of text that is being typed. It is typed at its end.
type field struct{ text string }

// fieldLimit is the most bytes a field takes.
const fieldLimit = 200

func (f *field) add(s string) {
	for _, r := range s {
		if r >= ' ' && r != 0x7f && len(f.text)+utf8.RuneLen(r) <= fieldLimit {
			f.text += string(r)
		}
	}
}

// erase takes away the last letter, the last word (1) or everything (2).
func (f *field) erase(what int) {
	switch what {
	case 1:
		f.text = strings.TrimRight(f.text, " ")
		f.text = f.text[:strings.LastIndexByte(f.text, ' ')+1]
	case 2:
		f.text = ""
	default:
		_, n := utf8.DecodeLastRuneInString(f.text)
		f.text = f.text[:len(f.text)-n]
	}
}

// shown are the rows that what is typed leaves.
func (o *overlay) shown() []overRow {
	want := strings.ToLower(strings.TrimSpace(o.field.text))
	if want == "" {
		return o.rows
	}
	var left []overRow
	for _, r := range o.rows {
		if strings.Contains(strings.ToLower(r.label), want) {
			left = append(left, r)
		}
	}
	return left
}

// doOver does an intent on what is open over the screen; false when it is none of its business.
func (m *Model) doOver(do Intent) (tea.Cmd, bool) {
	o := m.over
	switch do.Kind {
	case Escape, Help:
		m.over = nil
	case Down:
		o.pick = min(o.pick+1, max(len(o.shown())-1, 0))
		o.scroll++
	case Up:
		o.pick = max(o.pick-1, 0)
		o.scroll = max(o.scroll-1, 0)
	case Typed:
		o.field.add(do.Text)
		o.pick = 0
	case Erase:
		o.field.erase(do.N)
		o.pick = 0
	case Pick:
		if rows := o.shown(); do.N < len(rows) {
			m.over = nil
			return m.Do(rows[do.N].do), true
		}
	case Confirm:
		return m.confirmOver(o), true
	case Beside:
		if o.besides() {
			m.over = nil
			return m.Do(Intent{Kind: Compare, N: o.rows[o.pick].do.N}), true
		}
	default:
		return nil, false
	}
	return nil, true
}

func (m *Model) confirmOver(o *overlay) tea.Cmd {
	switch o.kind {
	case overGoTo:
		m.over = nil
		return m.Do(Intent{Kind: GoTo, Text: o.field.text})
	case overAnswer:
		m.over = nil
		return m.answerHere(-1, strings.TrimSpace(o.field.text))
	}
	rows := o.shown()
	if o.pick >= len(rows) {
		return nil
	}
	m.over = nil
	return m.Do(rows[o.pick].do)
}

// besides reports whether the chosen row is a what-if that can be shown beside the run as it was.
func (o *overlay) besides() bool {
	return o.kind == overMenu && o.pick < len(o.rows) && o.rows[o.pick].do.Kind == WhatIfN && o.rows[o.pick].do.N >= 0
}

// whatIfs is the list of a lesson's what-ifs.
func (m *Model) whatIfs() *overlay {
	l := m.lesson
	if l.lesson == nil || len(l.lesson.WhatIfs) == 0 {
		return nil
	}
	o := &overlay{kind: overMenu, title: sayWhatIf}
	o.rows = append(o.rows, overRow{label: sayWhatIfOff.In(m.lang), do: Intent{Kind: WhatIfN, N: -1}})
	for i := range l.lesson.WhatIfs {
		o.rows = append(o.rows, overRow{label: l.lesson.WhatIfs[i].Title.In(m.lang), do: Intent{Kind: WhatIfN, N: i}})
	}
	for i := range o.rows {
		o.rows[i].key = itoa(i + 1)
	}
	o.pick = l.whatIf + 1
	return o
}

// palette is the list of everything that can be asked for here.
func (m *Model) palette() *overlay {
	o := &overlay{kind: overPalette, title: sayAll}
	in := m.context()
	for i := range Bindings {
		b := &Bindings[i]
		if b.In&in != 0 && b.Show != "" && b.Do.Kind != Palette && b.Do.Kind != View && b.Do.Kind != Answer {
			o.rows = append(o.rows, overRow{b.Help.In(m.lang), b.Show, b.Do})
		}
	}
	if in&onRun != 0 {
		for i, v := range m.lesson.views {
			o.rows = append(o.rows, overRow{v.name.In(m.lang), itoa(i + 1), Intent{Kind: View, N: i}})
		}
		if w := m.whatIfs(); w != nil {
			for _, r := range w.rows[1:] {
				o.rows = append(o.rows, overRow{m.sayf(sayWhatIfIs, r.label), "", r.do})
			}
		}
	}
	if in != OnHome {
		o.rows = append(o.rows, overRow{doHome.In(m.lang), "", Intent{Kind: Home}}, overRow{doReview.In(m.lang), "", Intent{Kind: StartReview}})
	}
	for i := range m.lessons {
		info := &m.lessons[i]
		o.rows = append(o.rows, overRow{itoa(info.Number) + " " + info.Title.In(m.lang), "", Intent{Kind: OpenLesson, Text: info.ID}})
	}
	if in&onRun != 0 {
		for _, r := range m.compareRows() {
			o.rows = append(o.rows, overRow{m.sayf(sayBesideIs, r.label), "", r.do})
		}
		o.rows = append(o.rows, m.kernelRows()...)
	}
	o.rows = slices.DeleteFunc(o.rows, func(r overRow) bool { return m.staysLive(r.do) })
	return o
}

// drawOver draws what is open over the screen, in a box.
func (m *Model) drawOver(all cell.Area) {
	o := m.over
	switch o.kind {
	case overNotice:
		m.drawNoticeBox(all)
		return
	case overHelp:
		high := len(m.helpRows(o.in))
		if helpColumns(min(all.W-4, 76)-4) == 2 {
			high = (high + 1) / 2
		}
		m.drawHelp(m.box(all, min(all.W-4, 76), high, o.title))
		return
	}
	if at := arrange(m.w, m.h); o.kind == overAnswer && at.Wide {
		all = all.In(at.Split+1, 0, all.W-at.Split-1, all.H) // the question stays in sight
	}
	rows := o.shown()
	typing := o.context() == OnField
	h, w := len(rows), min(all.W-4, 64)
	if o.kind == overPalette {
		h = len(o.rows) // the box keeps its size while typing narrows the list
	}
	wrong := cell.Wrap([]cell.Run{{Text: o.wrong, Style: look.Lost}}, w-4)
	if typing {
		h += 2 + len(wrong)
	}
	a := m.box(all, w, h, o.title)
	if typing {
		m.drawField(a, 0, 0, o.field.text)
		if o.hint != (Text{}) {
			a.Text(0, 1, look.Dim, clip(o.hint.In(m.lang), a.W, m.look.More))
		}
		for i, l := range wrong {
			a.Runs(0, 2+i, l)
		}
		a = a.In(0, 2, a.W, a.H-2)
	}
	from := max(0, min(o.pick-a.H/2, len(rows)-a.H))
	for i := from; i < len(rows) && i < from+a.H; i++ {
		y, st := i-from, look.Plain
		if i == o.pick {
			a.Put(0, y, look.Pick, m.look.Pick)
			st = look.Pick
		}
		a.Text(2, y, st, clip(rows[i].label, a.W-10, m.look.More))
		a.Right(a.W, y, look.Key, rows[i].key)
		m.zone(a, y, Intent{Kind: Pick, N: i})
	}
}

// drawNoticeBox draws the notice where the home screen, which has it otherwise, is not the one that is shown.
func (m *Model) drawNoticeBox(all cell.Area) {
	w := min(all.W-4, 76)
	lines := cell.Wrap([]cell.Run{{Text: m.notice.In(m.lang), Style: look.Lost}}, w-4)
	a := m.box(all, w, len(lines), m.over.title)
	for y, l := range lines {
		a.Runs(0, y, l)
	}
}

// drawField draws a line that is being typed: its end, when it is longer than the area.
func (m *Model) drawField(a cell.Area, x, y int, text string) {
	room := a.W - x - 3
	for cell.Width(text) > room {
		_, n := utf8.DecodeRuneInString(text)
		text = text[n:]
	}
	a.Put(x, y, look.Now, '>')
	end := a.Text(x+2, y, look.Plain, text)
	a.Put(end, y, look.Now, m.look.Cursor)
}

// box clears a box in the middle of the screen, frames it, and returns its inside.
func (m *Model) box(all cell.Area, w, h int, title Text) cell.Area {
	h = min(h+4, all.H-2)
	b := all.In((all.W-w)/2, max((all.H-h)/3, 1), w, h)
	for y := range b.H {
		b.HLine(0, y, b.W, look.Plain, ' ')
	}
	g := m.look.Glyphs
	b.HLine(0, 0, b.W, look.Frame, g.H)
	b.HLine(0, b.H-1, b.W, look.Frame, g.H)
	b.VLine(0, 0, b.H, look.Frame, g.V)
	b.VLine(b.W-1, 0, b.H, look.Frame, g.V)
	b.Put(0, 0, look.Frame, g.TopLeft)
	b.Put(b.W-1, 0, look.Frame, g.TopRight)
	b.Put(0, b.H-1, look.Frame, g.BottomLeft)
	b.Put(b.W-1, b.H-1, look.Frame, g.BottomRight)
	b.Text(2, 0, look.Strong, " "+title.In(m.lang)+" ")
	return b.In(2, 2, b.W-4, b.H-4)
}

type helpRow struct{ keys, text string }

// helpRows are the rows of the key table that hold in a context.
func (m *Model) helpRows(in Context) []helpRow {
	var rows []helpRow
	for i := range Bindings {
		if b := &Bindings[i]; b.In&in != 0 && b.Show != "" {
			rows = append(rows, helpRow{b.Show, b.Help.In(m.lang)})
		}
	}
	return rows
}

// helpColumns is how many columns of keys fit in a width.
func helpColumns(w int) int {
	if w >= 56 {
		return 2
	}
	return 1
}

// drawHelp draws the keys in two columns where they fit, else in one that scrolls.
func (m *Model) drawHelp(a cell.Area) {
	rows := m.helpRows(m.over.in)
	columns := helpColumns(a.W)
	high := (len(rows) + columns - 1) / columns
	m.over.scroll = max(0, min(m.over.scroll, high-a.H))
	for i, r := range rows {
		x, y := i/high*(a.W/columns), i%high-m.over.scroll
		a.Right(x+10, y, look.Key, r.keys)
		a.Text(x+12, y, look.Plain, clip(r.text, a.W/columns-13, m.look.More))
	}
}

package tui

import (
	"slices"
	"strings"

	"tcptutor/tui/cell"
	"tcptutor/tui/look"
)

// line is a line of laid-out prose.
type line struct {
	indent int
	runs   []cell.Run
	do     Intent // what a click on it means
	parts  []part // or on its parts
	asks   bool   // the last line of an open question
	judges bool   // the first line of a verdict
}

// part is a stretch of a line that means something of its own when it is clicked.
type part struct {
	x, w int
	do   Intent
}

func plainLine(st cell.Style, s string) line { return line{runs: []cell.Run{{Text: s, Style: st}}} }

// spanStyles are the looks of spans, by SpanStyle.
var spanStyles = [...]cell.Style{Plain: look.Plain, Strong: look.Strong, Em: look.Em, Mono: look.Mono}

// layer lays prose out in lines of a width.
type layer struct {
	width int
	lines []line
}

func (l *layer) gap() {
	if len(l.lines) > 0 && len(l.lines[len(l.lines)-1].runs) > 0 {
		l.lines = append(l.lines, line{})
	}
}

func (l *layer) blocks(list []Block, indent int) {
	for i := range list {
		b := &list[i]
		if i > 0 {
			l.gap()
		}
		switch b.Kind {
		case Paragraph:
			l.runs(spanRuns(b.Spans, look.Plain), indent)
		case Heading:
			l.runs(spanRuns(b.Spans, look.Strong), indent)
		case Code:
			for _, c := range b.Lines {
				l.code(strings.ReplaceAll(c, "\t", "    "), indent+2)
			}
		case List:
			l.list(b, indent)
		case Table:
			l.table(b, indent)
		}
	}
}

// code lays out a line of a machine's text. One that is too long goes on below, further in: a number that is cut off would read as another
// number.
func (l *layer) code(text string, indent int) {
	text = together(text)
	for further := 0; ; further = 4 {
		width, first := l.width-indent-further, text
		if cell.Width(text) > width {
			first = runsText(cell.Wrap([]cell.Run{{Text: text, Style: look.Mono}}, width)[0])
		}
		l.lines = append(l.lines, line{indent: indent + further, runs: []cell.Run{{Text: apart(first), Style: look.Mono}}})
		if text = strings.TrimLeft(text[len(first):], " "); text == "" {
			return
		}
	}
}

func runsText(runs []cell.Run) string {
	var b strings.Builder
	for _, r := range runs {
		b.WriteString(r.Text)
	}
	return b.String()
}

// runs lays out a paragraph.
func (l *layer) runs(text []cell.Run, indent int) {
	for _, w := range cell.Wrap(text, l.width-indent) {
		l.lines = append(l.lines, line{indent: indent, runs: w})
	}
}

func (l *layer) list(b *Block, indent int) {
	for n, item := range b.Items {
		bullet := "• "
		if b.Ordered {
			bullet = itoa(n+1) + " "
		}
		at := len(l.lines)
		in := indent + cell.Width(bullet)
		l.blocks(item, in)
		if at < len(l.lines) {
			first := &l.lines[at]
			first.runs = append([]cell.Run{{Text: bullet, Style: look.Dim}}, first.runs...)
			first.indent -= cell.Width(bullet)
		}
	}
}

// table lays a table out with its columns as wide as their texts; a last column that does not fit wraps.
func (l *layer) table(b *Block, indent int) {
	var widths []int
	for _, row := range b.Rows {
		for i, c := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], cell.Width(spanText(c)))
		}
	}
	for n, row := range b.Rows {
		base := look.Plain
		if n == 0 {
			base = look.Dim
		}
		x := indent
		var runs []cell.Run
		for i, c := range row {
			if i == len(row)-1 {
				l.lastCell(spanRuns(c, base), runs, indent, x)
				break
			}
			runs = append(runs, spanRuns(c, base)...)
			runs = append(runs, cell.Run{Text: strings.Repeat(" ", widths[i]+2-cell.Width(spanText(c)))})
			x += widths[i] + 2
		}
	}
}

func (l *layer) lastCell(text, before []cell.Run, indent, x int) {
	wrapped := cell.Wrap(text, max(l.width-x, 8))
	if len(wrapped) == 0 {
		wrapped = [][]cell.Run{nil}
	}
	for i, w := range wrapped {
		if i == 0 {
			l.lines = append(l.lines, line{indent: indent, runs: append(before, w...)})
			continue
		}
		l.lines = append(l.lines, line{indent: x, runs: w})
	}
}

func spanText(spans []Span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.Text)
	}
	return b.String()
}

func spanRuns(spans []Span, base cell.Style) []cell.Run {
	runs := make([]cell.Run, len(spans))
	for i, s := range spans {
		st := spanStyles[s.Style]
		if st == look.Plain {
			st = base
		}
		runs[i] = cell.Run{Text: s.Text, Style: st}
	}
	return runs
}

// drawWords draws the prose of the current step with what is asked there. Where it is longer than the area, it returns which part of it is shown.
func (m *Model) drawWords(a cell.Area) string {
	l := m.lesson
	lines := m.wordLines(a.W)
	if at := slices.IndexFunc(lines, func(w line) bool { return w.judges }); at >= 0 && l.judged {
		l.judged, l.scroll = false, at
	}
	l.scroll = max(0, min(l.scroll, len(lines)-a.H))
	for y := 0; y < a.H && l.scroll+y < len(lines); y++ {
		w := &lines[l.scroll+y]
		a.Runs(w.indent, y, w.runs)
		if w.do.Kind != None {
			m.zone(a, y, w.do)
		}
		for _, p := range w.parts {
			m.zoneAt(a, p.x, y, p.w, p.do)
		}
	}
	if len(lines) <= a.H || a.H == 0 {
		return ""
	}
	page := max(a.H-1, 1)
	pages := (len(lines) - a.H + page - 1) / page
	at := l.scroll / page
	if l.scroll == len(lines)-a.H {
		at = pages
	}
	mark := m.sayf(sayPage, at+1, pages+1) + "  " + turnKeys(l)
	if l.openQuestion() != nil && !m.questionInSight() {
		mark = sayWaiting.In(m.lang) + "  " + mark
	}
	return mark
}

// turnKeys are the keys that turn the words: with a view that turns itself, others.
func turnKeys(l *lessonState) string {
	if l.views[l.view].turns {
		return "pgdn pgup"
	}
	return "j k"
}

// wordLines lays out everything that is said and asked at the current step.
func (m *Model) wordLines(width int) []line {
	l := m.lesson
	lay := &layer{width: width}
	if l.live != nil {
		m.liveLines(lay)
		return lay.lines
	}
	if l.whatIf >= 0 {
		what := &l.lesson.WhatIfs[l.whatIf]
		lay.runs([]cell.Run{{Text: m.sayf(sayWhatIfIs, what.Title.In(m.lang)), Style: look.Now}}, 0)
		lay.gap()
		if len(l.notes()) == 0 || l.pos == l.differ {
			lay.blocks(what.About[m.lang], 0)
		}
	}
	notes := l.notes()
	for i := range notes {
		lay.gap()
		m.noteLines(lay, &notes[i])
	}
	open := l.openQuestion()
	for i := range notes {
		for _, q := range notes[i].Ask {
			if g := l.answers[q]; g != nil {
				lay.gap()
				at := len(lay.lines)
				m.verdictLines(lay, q, g)
				lay.lines[at].judges = g.kept
				m.refutesLines(lay, g)
			} else if q == open {
				lay.gap()
				m.questionLines(lay, q, -1)
			}
		}
	}
	if l.why != nil {
		m.verdictLines(lay, l.why.question, l.why)
		lay.gap()
		lay.runs([]cell.Run{{Text: sayLook.In(m.lang), Style: look.Dim}}, 0)
	}
	if len(lay.lines) == 0 {
		text := sayBefore
		if l.back {
			text = sayLook
		}
		lay.runs([]cell.Run{{Text: text.In(m.lang), Style: look.Dim}}, 0)
	}
	return lay.lines
}

// noteLines lays out a note. Where lines are few its title stands before its first sentence.
func (m *Model) noteLines(lay *layer, n *Note) {
	title := cell.Run{Text: n.Title.In(m.lang), Style: look.Strong}
	body := n.Body[m.lang]
	if !arrange(m.w, m.h).Wide && len(body) > 0 && body[0].Kind == Paragraph {
		title.Text += m.titleEnd(title.Text)
		lay.runs(append([]cell.Run{title}, spanRuns(body[0].Spans, look.Plain)...), 0)
		if len(body) > 1 {
			lay.gap()
			lay.blocks(body[1:], 0)
		}
		return
	}
	lay.runs([]cell.Run{title}, 0)
	lay.gap()
	lay.blocks(body, 0)
}

// titleEnd is what stands between a title and the first sentence. A title that asks ends with its own mark.
func (m *Model) titleEnd(title string) string {
	end := sayTitleEnd.In(m.lang)
	if strings.HasSuffix(title, "?") || strings.HasSuffix(title, "？") {
		return strings.TrimLeft(end, ".。")
	}
	return end
}

// questionLines lays out an open question: side by side where its choices are short, else below each other.
func (m *Model) questionLines(lay *layer, q *Question, pick int) {
	lay.lines = append(lay.lines, plainLine(look.Now, sayThink.In(m.lang)))
	lay.blocks(q.Prompt[m.lang], 0)
	if !m.choicesInLine(lay, q) {
		m.choiceLines(lay, q, pick, nil)
	}
	if len(q.Choices) == 0 {
		lay.runs([]cell.Run{{Text: sayTypeIt.In(m.lang) + " (" + q.Hint.In(m.lang) + ")", Style: look.Dim}}, 0)
	}
	lay.lines[len(lay.lines)-1].asks = true
}

// questionInSight reports whether the open question can be read to its end without turning the prose. Only then do the number keys answer:
// nobody is to answer what they have not seen.
func (m *Model) questionInSight() bool {
	if m.lesson.openQuestion() == nil {
		return false
	}
	words := arrange(m.w, m.h).Words
	lines := m.wordLines(words.W)
	top := max(0, min(m.lesson.scroll, len(lines)-words.H))
	for y := top; y < len(lines) && y < top+words.H; y++ {
		if lines[y].asks {
			return true
		}
	}
	return false
}

// meetQuestion turns the words to an open question that was never in sight, when the learner is about to step past it: the next step tells its
// answer. It reports whether it did; the same question holds nobody up twice.
func (m *Model) meetQuestion(do Intent) bool {
	l, q := m.lesson, m.lesson.openQuestion()
	if q == nil {
		return false
	}
	if m.questionInSight() {
		l.met[q] = true
	}
	if l.met[q] || do.Kind != Step && do.Kind != Play {
		return false
	}
	m.turnToQuestion(q)
	return true
}

// turnToQuestion turns the words to the open question.
func (m *Model) turnToQuestion(q *Question) {
	m.lesson.met[q] = true
	words := arrange(m.w, m.h).Words
	at := slices.IndexFunc(m.wordLines(words.W), func(w line) bool { return w.asks })
	m.lesson.scroll = max(at-words.H+1, 0)
}

// choicesInLine lays short choices out side by side; false when they do not fit.
func (m *Model) choicesInLine(lay *layer, q *Question) bool {
	l := line{indent: 2}
	x := 2
	for i, c := range q.Choices {
		number, text := itoa(i+1), " "+c.In(m.lang)
		w := cell.Width(number + text)
		l.runs = append(l.runs, cell.Run{Text: number, Style: look.Key}, cell.Run{Text: text + "   "})
		l.parts = append(l.parts, part{x, w, Intent{Kind: Answer, N: i}})
		x += w + 3
	}
	if len(q.Choices) == 0 || x-3 > lay.width {
		return false
	}
	lay.lines = append(lay.lines, l)
	return true
}

// choiceLines lays out the choices of a question. Once it is answered, the right one and the given one are marked.
func (m *Model) choiceLines(lay *layer, q *Question, pick int, g *given) {
	for i, c := range q.Choices {
		number, st := look.Key, look.Plain
		mark := "  "
		switch {
		case g != nil && i == g.verdict.Choice:
			mark, st, number = string(m.look.Right)+" ", look.Good, look.Good
		case g != nil && i == g.choice:
			mark, st, number = string(m.look.Wrong)+" ", look.Lost, look.Lost
		case g == nil && i == pick:
			mark, st = string(m.look.Pick)+" ", look.Pick
		}
		at := len(lay.lines)
		lay.runs([]cell.Run{{Text: c.In(m.lang), Style: st}}, 5)
		if at == len(lay.lines) {
			lay.lines = append(lay.lines, line{indent: 5})
		}
		first := &lay.lines[at]
		first.runs = append([]cell.Run{{Text: mark, Style: st}, {Text: itoa(i+1) + "  ", Style: number}}, first.runs...)
		first.indent = 0
		if g == nil {
			for k := at; k < len(lay.lines); k++ {
				lay.lines[k].do = Intent{Kind: Answer, N: i}
			}
		}
	}
}

// refutesLines say which keys show the runs that refute an answer: the real one, and in a lesson the one the answer describes beside it.
func (m *Model) refutesLines(lay *layer, g *given) {
	v := &g.verdict
	if !g.kept || v.Right || v.See == nil {
		return
	}
	press := func(text Text, do IntentKind) {
		at := len(lay.lines)
		lay.runs([]cell.Run{{Text: text.In(m.lang), Style: look.Dim}}, 0)
		for i := at; i < len(lay.lines); i++ {
			lay.lines[i].do = Intent{Kind: do}
		}
	}
	press(sayPressSee, See)
	if v.SeeTheirs != nil && m.screen == lessonScreen {
		press(saySeeBeside, SeeTheirs)
	}
}

// verdictLines lays out what became of an answer.
func (m *Model) verdictLines(lay *layer, q *Question, g *given) {
	switch v := &g.verdict; {
	case g.err != nil:
		lay.runs([]cell.Run{{Text: m.sayf(sayNotKept, m.inWords(g.err)), Style: look.Lost}}, 0)
		return
	case !g.kept:
		lay.runs([]cell.Run{{Text: sayChecking.In(m.lang), Style: look.Dim}}, 0)
		return
	case v.Right:
		lay.runs([]cell.Run{{Text: string(m.look.Right) + " " + m.sayf(sayRight, v.Answer.In(m.lang)), Style: look.Good}}, 0)
	default:
		said := v.Given
		if g.choice >= 0 && g.choice < len(q.Choices) {
			said = q.Choices[g.choice].In(m.lang)
		}
		lay.runs([]cell.Run{{Text: string(m.look.Wrong) + " " + m.sayf(sayWrong, said, v.Answer.In(m.lang)), Style: look.Lost}}, 0)
	}
	if e := g.verdict.Explain[m.lang]; len(e) > 0 {
		lay.gap()
		lay.blocks(e, 0)
	}
	if g.verdict.Rule != "" {
		lay.gap()
		lay.runs([]cell.Run{{Text: g.verdict.Rule + "  " + g.verdict.Cite, Style: look.Dim}}, 0)
	}
}

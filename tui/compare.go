package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"tcptutor/tcp"
	"tcptutor/tcp/sim"
	"tcptutor/tcp/trace"
)

// compareState is two runs beside each other.
type compareState struct {
	title   Text
	about   Prose // what to look at, shown while the runs are the same
	explain Text  // what the first difference is, where more is known of it than the steps tell
	sides   [2]compareSide
	c       *sim.Comparison
	told    [NumLangs]*trace.Compared // made when first asked for
	pos     int                       // the row on the screen
	side    int                       // the run on the screen where there is room for one
	scroll  int                       // of the words below
	back    screen                    // where escape goes
}

// compareSide is one of the runs.
type compareSide struct {
	title  Text
	ladder ladder
}

// newCompare puts two stories beside each other. The titles name what is what; where the books differ, they are named too, and alone where
// there is no title.
func newCompare(title Text, stories [2]Story, titles [2]Text) *compareState {
	s := &compareState{title: title, c: sim.Compare(stories[0].Run, stories[1].Run)}
	for i := range s.sides {
		name := titles[i]
		switch book := stories[i].Book; {
		case name == Text{}:
			name = Text{book, book}
		case stories[0].Book != stories[1].Book:
			name = Text{name.English + " · " + book, name.Chinese + " · " + book}
		}
		s.sides[i] = compareSide{name, ladder{run: stories[i].Run}}
	}
	s.seek(s.c.First)
	return s
}

func (s *compareState) rows() int { return len(s.c.Rows) }

// seek goes to a row, as near as there is one.
func (s *compareState) seek(to int) {
	s.pos = max(0, min(to, s.rows()-1))
	s.scroll = 0
}

// row is the row on the screen. There is one unless both runs are empty.
func (s *compareState) row() *sim.Row { return &s.c.Rows[s.pos] }

// words tells the comparison in a language.
func (s *compareState) words(l Lang) *trace.Compared {
	if s.told[l] == nil {
		s.told[l] = trace.NewCompared(s.c, trace.TextOptions{Lang: trace.Lang(l)})
	}
	return s.told[l]
}

// marked reports whether a row is marked as different: something else is seen to happen there, or it is where the runs part.
func (s *compareState) marked(row int) bool {
	return row == s.c.First || s.c.Rows[row].Diff >= sim.Outcome
}

// nextMarked is the next row that is marked, in a direction; the present one when there is none.
func (s *compareState) nextMarked(direction int) int {
	for i := s.pos + direction; i >= 0 && i < s.rows(); i += direction {
		if s.marked(i) {
			return i
		}
	}
	return s.pos
}

// doCompare does an intent on the screen of two runs.
func (m *Model) doCompare(do Intent) tea.Cmd {
	s := m.compare
	switch do.Kind {
	case Step:
		s.seek(s.pos + 1)
	case Back:
		s.seek(s.pos - 1)
	case First:
		s.seek(0)
	case Last:
		s.seek(s.rows() - 1)
	case Seek:
		s.seek(do.N)
	case NextDiff:
		s.seek(s.nextMarked(1))
	case PrevDiff:
		s.seek(s.nextMarked(-1))
	case OtherSide:
		s.side = 1 - s.side
	case View:
		if do.N < len(s.sides) {
			s.side = do.N
		}
	case Down:
		s.scroll++ // drawing bounds it
	case Up:
		s.scroll = max(s.scroll-1, 0)
	case Escape:
		m.screen = s.back
	}
	return nil
}

// showCompare goes to the screen of two runs.
func (m *Model) showCompare(s *compareState) {
	s.back = m.screen
	m.compare, m.screen, m.over = s, compareScreen, nil
}

// askCompare shows the what-if that is on the screen beside the run as it was, or asks which run to show there.
func (m *Model) askCompare() tea.Cmd {
	l := m.lesson
	if l.whatIf >= 0 {
		return m.compareWhatIf(l.whatIf)
	}
	return m.offer(sayBeside, m.compareRows())
}

// offer shows a menu of runs to put beside this one, the first nine with a number as their key.
func (m *Model) offer(title Text, rows []overRow) tea.Cmd {
	if len(rows) == 0 {
		m.status = sayNoBeside.In(m.lang)
		return nil
	}
	for i := range min(len(rows), 9) {
		rows[i].key = itoa(i + 1)
	}
	m.over = &overlay{kind: overMenu, title: title, rows: rows}
	return nil
}

// compareRows are the runs that can be shown beside the run as it was: the run that a wrong answer describes, the lesson's what-ifs, and the
// same by other books.
func (m *Model) compareRows() []overRow {
	l := m.lesson
	var rows []overRow
	if v := l.refuted(); v != nil {
		rows = append(rows, overRow{label: sayYours.In(m.lang), do: Intent{Kind: SeeTheirs}})
	}
	if l.lesson != nil {
		for i := range l.lesson.WhatIfs {
			rows = append(rows, overRow{label: l.lesson.WhatIfs[i].Title.In(m.lang), do: Intent{Kind: Compare, N: i}})
		}
	}
	return append(rows, m.bookRows()...)
}

// own is the run that others are shown beside: the lesson's, or the evidence on the screen.
func (l *lessonState) own() Story {
	if l.lesson != nil {
		return l.lesson.Story
	}
	return l.story
}

// bookRows are the books that the run can be run by again, and the patches that go with its own.
func (m *Model) bookRows() []overRow {
	run, ok := m.lesson.own().Run.(*sim.Timeline)
	if !ok {
		return nil // a recording can't be run again
	}
	p := run.Program()
	var rows []overRow
	add := func(label, change string) {
		if q := byBook(p, change); q != nil && sim.Changes(p, q) == sim.ChangedBook {
			rows = append(rows, overRow{label, "", Intent{Kind: CompareBook, Text: change}})
		}
	}
	for _, name := range tcp.BaseBooks() {
		add(m.sayf(sayByBook, name), name)
	}
	for _, patch := range tcp.Patches() {
		add(patch.Name+"  "+Text{patch.English, patch.Chinese}.In(m.lang), "+"+patch.Name)
	}
	return rows
}

// byBook is a program by another book, or by its hosts' own with a patch ("+no-time-wait"); nil when there is no such book.
func byBook(p *sim.Program, change string) *sim.Program {
	q := *p
	q.Hosts = slices.Clone(p.Hosts)
	for i := range q.Hosts {
		book := change
		if strings.HasPrefix(change, "+") {
			book = q.Hosts[i].Book + change
		}
		if _, err := tcp.FindBook(book); err != nil {
			return nil
		}
		q.Hosts[i].Book = book
	}
	return &q
}

// compareBook shows the same by another book beside the run as it was.
func (m *Model) compareBook(change string) {
	own := m.lesson.own()
	q := byBook(own.Run.Program(), change)
	if q == nil {
		m.status = sayNoBeside.In(m.lang)
		return
	}
	label, name, about := sayByBook, change, Prose{}
	for _, patch := range tcp.Patches() {
		if "+"+patch.Name == change {
			label, name = sayByRule, patch.Name
			about = Prose{
				{{Kind: Paragraph, Spans: []Span{{Text: patch.English}}}},
				{{Kind: Paragraph, Spans: []Span{{Text: patch.Chinese}}}},
			}
		}
	}
	what := Text{m.sayIn(English, label, Text{name, name}), m.sayIn(Chinese, label, Text{name, name})}
	s := newCompare(Text{m.sayIn(English, sayWhatIfIs, what), m.sayIn(Chinese, sayWhatIfIs, what)},
		[2]Story{own, {Run: sim.NewTimeline(q), Book: q.Books()}}, [2]Text{sayWhatIfOff, {}})
	s.about = about
	m.showCompare(s)
}

// refuted is the verdict on an answer given here, or refuted by this run, that describes a run of its own; nil when there is none.
func (l *lessonState) refuted() *Verdict {
	if l.why != nil && l.why.verdict.SeeTheirs != nil {
		return &l.why.verdict
	}
	for _, n := range l.notes() {
		for _, q := range n.Ask {
			if g := l.answers[q]; g != nil && g.kept && g.verdict.See != nil && g.verdict.SeeTheirs != nil {
				return &g.verdict
			}
		}
	}
	return nil
}

// compareWhatIf shows what-if n beside the lesson's own run.
func (m *Model) compareWhatIf(n int) tea.Cmd {
	l := m.lesson
	if l == nil || l.lesson == nil || n < 0 || n >= len(l.lesson.WhatIfs) {
		return nil
	}
	w := &l.lesson.WhatIfs[n]
	story, _, err := w.Open()
	if err != nil {
		m.fail(err)
		return nil
	}
	save := m.savePosition()
	title := Text{m.sayIn(English, sayWhatIfIs, w.Title), m.sayIn(Chinese, sayWhatIfIs, w.Title)}
	s := newCompare(title, [2]Story{l.lesson.Story, story}, [2]Text{sayWhatIfOff, w.Title})
	s.about = w.About
	m.showCompare(s)
	return save
}

// compareAnswer shows the run that a wrong answer describes beside the real one, where they part or where the question is decided,
// whichever comes later.
func (m *Model) compareAnswer(v *Verdict) tea.Cmd {
	if v == nil || v.SeeTheirs == nil || v.See == nil {
		return nil
	}
	real, decides, err := v.See()
	if err == nil {
		var theirs Story
		if theirs, _, err = v.SeeTheirs(); err == nil {
			s := newCompare(sayTogether, [2]Story{real, theirs}, [2]Text{sayEvidence, sayYours})
			s.about = v.Explain
			s.seek(max(s.c.First, s.c.Row(0, decides)))
			m.showCompare(s)
		}
	}
	m.fail(err)
	return nil
}

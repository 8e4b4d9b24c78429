package sim

import (
	"slices"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
)

// Diff says how far a row of a comparison differs between its two runs.
type Diff uint8

// The differences, each more than the one before.
const (
	Same    Diff = iota // the same happens with the same outcome
	Detail              // the same happens, but some number is another: an option, a window, a timer
	Outcome             // the same happens, and something else comes of it: a state, a segment, a result
	Alone               // it happens in one run only
)

// Row is a place in two runs: what happens in each at one instant. A comparison never puts two instants into one row.
type Row struct {
	At   tcp.Time
	Step [2]int // index of the step in each run; -1 where nothing happens
	Done [2]int // how many steps each run has taken after this row: what View wants
	Diff Diff
}

// Comparison is two runs aligned in time.
type Comparison struct {
	Runs  [2]Run
	Rows  []Row
	First int // the first row that is not Same; -1 when there is none
}

// Compare aligns two runs. Both are run to their ends.
//
// Rows are in the order of time. Steps of one instant share a row when they are alike: the same segment reaches (or fails to reach) the
// same host, the same thread makes the same call, the same timer fires.
func Compare(a, b Run) *Comparison {
	c := &Comparison{Runs: [2]Run{a, b}, First: -1}
	n := FirstDifference(a, b)
	for i := range n {
		c.add(a.Step(i).At, i, i)
	}
	left, right := likenesses(a, n), likenesses(b, n)
	if len(left)+len(right) > 0 {
		c.First = n
	}
	i, j := 0, 0
	for i < len(left) || j < len(right) {
		switch {
		case j == len(right) || i < len(left) && left[i].at < right[j].at:
			c.add(left[i].at, n+i, -1)
			i++
		case i == len(left) || right[j].at < left[i].at:
			c.add(right[j].at, -1, n+j)
			j++
		default:
			x, y, found := nearest(left[i:], right[j:])
			at := left[i].at
			for ; x > 0; x-- {
				c.add(at, n+i, -1)
				i++
			}
			for ; y > 0; y-- {
				c.add(at, -1, n+j)
				j++
			}
			if found {
				c.add(at, n+i, n+j)
				i, j = i+1, j+1
			}
		}
	}
	return c
}

// add appends a row and judges it.
func (c *Comparison) add(at tcp.Time, a, b int) {
	r := Row{At: at, Step: [2]int{a, b}, Diff: Alone}
	if n := len(c.Rows); n > 0 {
		r.Done = c.Rows[n-1].Done
	}
	for side, step := range r.Step {
		if step >= 0 {
			r.Done[side] = step + 1
		}
	}
	if a >= 0 && b >= 0 {
		r.Diff = difference(c.Runs[0].Step(a), c.Runs[1].Step(b))
	}
	c.Rows = append(c.Rows, r)
}

// Row is the row of a step of one of the runs.
func (c *Comparison) Row(side, step int) int {
	row, _ := slices.BinarySearchFunc(c.Rows, step+1, func(r Row, done int) int { return r.Done[side] - done })
	return row
}

// likeness is what two steps must share to stand in one row.
type likeness struct {
	at     tcp.Time
	cause  CauseKind // CauseArrive for a segment that was lost, too
	host   uint8     // where it happens; where a segment was sent
	thread int32
	op     host.Op
	timer  tcp.Timer
	flags  tcp.Flags
	length int
}

// likenesses are those of a run's steps from step `from` on.
func likenesses(r Run, from int) []likeness {
	n := r.Len()
	list := make([]likeness, 0, n-from)
	for i := from; i < n; i++ {
		s := r.Step(i)
		k := likeness{at: s.At, cause: s.Cause, host: s.Host, thread: s.Thread, op: s.Call.Op, timer: s.Timer}
		if s.Cause == CauseArrive || s.Cause == CauseLost {
			k.cause, k.host, k.flags, k.length = CauseArrive, s.Packet.To, s.Packet.Seg.Flags, len(s.Packet.Seg.Data)
		}
		list = append(list, k)
	}
	return list
}

// reach is how far two runs may be apart at one instant and still be found to go on alike.
const reach = 32

// nearest finds the first steps of the present instant that are alike: x and y steps lie before them. Where none is within reach, one step
// of the first run lies before whatever comes.
func nearest(a, b []likeness) (x, y int, found bool) {
	for d := range reach {
		for x := range d + 1 {
			if y := d - x; x < len(a) && y < len(b) && a[x] == b[y] && a[x].at == a[0].at {
				return x, y, true
			}
		}
	}
	return 1, 0, false
}

// FirstDifference is the first step of b that is not as in a; the number of steps of the shorter run when one merely goes on, or when
// there is no difference at all.
func FirstDifference(a, b Run) int {
	n := min(a.Len(), b.Len())
	for i := range n {
		if difference(a.Step(i), b.Step(i)) != Same {
			return i
		}
	}
	return n
}

// difference judges two steps. Which rule did it does not count, nor where in the text a call stands: a book may write the same rule
// down under another name, and a change may have taken out a line above.
func difference(a, b *Step) Diff {
	switch {
	case sameStep(a, b):
		return Same
	case sameOutcome(a, b):
		return Detail
	}
	return Outcome
}

func sameStep(a, b *Step) bool {
	return a.At == b.At && a.Cause == b.Cause && a.Host == b.Host && a.Conn == b.Conn && a.Thread == b.Thread && a.Timer == b.Timer &&
		a.Call == b.Call && a.Result == b.Result && a.Returned == b.Returned && samePacket(&a.Packet, &b.Packet) &&
		slices.EqualFunc(a.Sent, b.Sent, func(p, q Packet) bool { return samePacket(&p, &q) }) && sameFacts(a.Facts, b.Facts, effect)
}

func samePacket(p, q *Packet) bool {
	return p.Seg == q.Seg && p.From == q.From && p.To == q.To && p.SentAt == q.SentAt && p.ArriveAt == q.ArriveAt && p.Lost == q.Lost &&
		p.Copy == q.Copy && p.Again == q.Again
}

// sameOutcome reports whether what one sees of two steps is the same.
func sameOutcome(a, b *Step) bool {
	return a.At == b.At && a.Cause == b.Cause && a.Host == b.Host && a.Thread == b.Thread && a.Call.Op == b.Call.Op &&
		a.Returned == b.Returned && a.Result.Errno == b.Result.Errno && a.Result.Value == b.Result.Value &&
		alikePacket(&a.Packet, &b.Packet) &&
		slices.EqualFunc(a.Sent, b.Sent, func(p, q Packet) bool { return alikePacket(&p, &q) }) && sameFacts(a.Facts, b.Facts, seen)
}

func alikePacket(p, q *Packet) bool {
	return p.Seg.Flags == q.Seg.Flags && len(p.Seg.Data) == len(q.Seg.Data) && p.From == q.From && p.To == q.To && p.Lost == q.Lost &&
		p.Copy == q.Copy && p.Again == q.Again
}

// effect is a fact without the rule behind it; false for one that only names a rule.
func effect(f tcp.Fact) (tcp.Fact, bool) {
	f.Rule = 0
	return f, f.Kind != tcp.RuleApplied
}

// seen is a fact as far as it shows from outside; false for one that does not.
func seen(f tcp.Fact) (tcp.Fact, bool) {
	f.Rule, f.Conn = 0, 0
	switch f.Kind {
	case tcp.Changed:
		return f, f.Field == tcp.FieldState
	case tcp.Counted:
		f.From, f.To = 0, 0
		return f, true
	case tcp.QueueChanged, tcp.Created, tcp.Forgotten, tcp.BytesIn, tcp.BytesRead:
		return f, true
	}
	return f, false
}

// sameFacts compares two steps' facts as far as a view of them keeps them.
func sameFacts(a, b []tcp.Fact, view func(tcp.Fact) (tcp.Fact, bool)) bool {
	i, j := 0, 0
	for {
		f, more := nextFact(a, &i, view)
		g, other := nextFact(b, &j, view)
		if more != other || f != g {
			return false
		}
		if !more {
			return true
		}
	}
}

// nextFact is the next fact from *i on that a view keeps; false at the end.
func nextFact(list []tcp.Fact, i *int, view func(tcp.Fact) (tcp.Fact, bool)) (tcp.Fact, bool) {
	for *i < len(list) {
		f, kept := view(list[*i])
		*i++
		if kept {
			return f, true
		}
	}
	return tcp.Fact{}, false
}

// Change says in which parts two programs differ.
type Change uint8

// The parts of a program, as bits.
const (
	ChangedBook    Change = 1 << iota // a host goes by another book
	ChangedSysctl                     // a host has another setting
	ChangedLink                       // the wire is faster or slower
	ChangedFault                      // the wire does something else to a segment
	ChangedProgram                    // a host's program has other lines
	ChangedOther                      // the hosts, the seed or the limits are others
)

// Changes compares two programs.
func Changes(p, q *Program) Change {
	var c Change
	set := func(bit Change, same bool) {
		if !same {
			c |= bit
		}
	}
	set(ChangedOther, p.Seed == q.Seed && p.Limits == q.Limits &&
		slices.EqualFunc(p.Hosts, q.Hosts, func(a, b HostSpec) bool { return a.Name == b.Name && a.Addr == b.Addr }))
	for i := range min(len(p.Hosts), len(q.Hosts)) {
		set(ChangedBook, p.Hosts[i].Book == q.Hosts[i].Book)
		set(ChangedSysctl, slices.Equal(p.Hosts[i].Sysctl, q.Hosts[i].Sysctl))
	}
	set(ChangedLink, slices.Equal(p.Links, q.Links))
	set(ChangedFault, slices.EqualFunc(p.Faults, q.Faults, func(a, b Fault) bool {
		return a.Kind == b.Kind && a.Always == b.Always && a.Chance == b.Chance && a.Extra == b.Extra && p.Moments[a.Moment] == q.Moments[b.Moment]
	}))
	set(ChangedProgram, slices.EqualFunc(p.Threads, q.Threads, func(a, b ThreadSpec) bool {
		return a.Host == b.Host && slices.EqualFunc(a.Lines, b.Lines, func(x, y Line) bool {
			return sameWhen(p, &x, q, &y) && alikeLine(x, y)
		})
	}))
	return c
}

func sameWhen(p *Program, x *Line, q *Program, y *Line) bool {
	if x.When < 0 || y.When < 0 {
		return x.When == y.When
	}
	return p.Moments[x.When] == q.Moments[y.When]
}

// alikeLine reports whether two lines say the same, wherever they stand in their texts.
func alikeLine(x, y Line) bool {
	x.Pos, x.When, x.Text = y.Pos, y.When, y.Text
	return x == y
}

// Books names the book that the hosts go by: "linux"; where they differ, each with its host: "client linux, server rfc9293".
func (p *Program) Books() string {
	all := ""
	same := true
	for i, h := range p.Hosts {
		if i > 0 {
			all += ", "
		}
		all += h.Name + " " + h.Book
		same = same && h.Book == p.Hosts[0].Book
	}
	if same && len(p.Hosts) > 0 {
		return p.Hosts[0].Book
	}
	return all
}

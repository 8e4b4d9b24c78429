package verify

import (
	"cmp"
	"slices"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
	"tcptutor/tcp/sim"
)

// Trait is what two runs disagree about.
type Trait uint8

// The traits, of segments, of calls, of connections and of hosts.
const (
	Missing Trait = iota // one run has a segment that the other does not have
	Flags                // its control bits
	Seq                  // its sequence number
	Ack                  // its acknowledgement
	Data                 // its bytes
	Opts                 // its options
	Window               // its window field
	Lost                 // whether it arrives
	Echo                 // which timestamp it echoes
	Silent               // a call has returned in one run only
	Errno                // what a call returned
	Value                // likewise
	Bytes                // what a read() got
	Address              // which address a call returned
	States               // through which states a connection went
	Queue                // how many connections wait in a listener's queue at the end
	Count                // a counter at the end
	Time                 // when something happened
	numTraits
)

// Difference is one thing that two runs disagree about.
type Difference struct {
	Trait Trait
	Host  int         // where
	At    [2]tcp.Time // when, in each run
	Step  [2]int      // in which step; -1 where it did not happen
	What  [2]string   // what each run has, in symbols; empty where it has nothing
}

// first is when the difference shows.
func (d *Difference) first() tcp.Time {
	switch {
	case d.Step[0] < 0:
		return d.At[1]
	case d.Step[1] < 0:
		return d.At[0]
	}
	return min(d.At[0], d.At[1])
}

// Tolerance is how far times may be apart: as far as the kernel's clock and its timers' coarseness take them
// (tcp/packetdrill's measure: 4 ms or an eighth of the wait), and what the machine's being busy adds.
type Tolerance struct {
	Until tcp.Time      // how far the runs are compared
	Slack time.Duration // least difference in time that counts
}

// end is as late as what belongs to the comparison may come.
func (t Tolerance) end() tcp.Time { return t.Until.Add(max(2*t.Slack, time.Duration(t.Until)/8)) }

// allows tells whether a wait may be that much longer or shorter.
func (t Tolerance) allows(want, got time.Duration) bool {
	off := got - want
	return max(off, -off) <= max(t.Slack, want/8, -want/8)
}

// judge compares what was observed of two runs.
type judge struct {
	Tolerance
	a, b  *observed
	diffs []Difference
	segs  []pairOf[segment]
	calls []pairOf[result]
}

// pairOf is the same thing in both runs; nil where one does not have it.
type pairOf[T any] struct{ a, b *T }

// Compare compares two runs of one program, of which the second one's times may be a real machine's. What it finds is in the order of time.
func Compare(a, b sim.Run, t Tolerance) []Difference {
	j := newJudge(a, b, t)
	return j.diffs
}

func newJudge(a, b sim.Run, t Tolerance) *judge {
	j := &judge{Tolerance: t, a: observe(a, t.Until), b: observe(b, t.Until)}
	j.segments()
	j.results()
	j.states()
	j.hosts()
	j.times()
	slices.SortStableFunc(j.diffs, func(x, y Difference) int {
		return cmp.Or(cmp.Compare(x.first(), y.first()), cmp.Compare(x.Trait, y.Trait))
	})
	return j
}

// differ notes a difference; a place may be nil.
func (j *judge) differ(t Trait, a, b *place, what, other string) {
	d := Difference{Trait: t, Step: [2]int{-1, -1}, What: [2]string{what, other}}
	for side, p := range [2]*place{a, b} {
		if p != nil {
			d.At[side], d.Step[side], d.Host = p.at, p.step, p.host
		}
	}
	j.diffs = append(j.diffs, d)
}

// streams pairs what two runs have, one by one within each stream: the n-th of one with the n-th of the other. What is beyond the end of
// the comparison may be missing.
func streams[T any](a, b []T, key func(*T) [3]int, at func(*T) tcp.Time, until tcp.Time) []pairOf[T] {
	var pairs []pairOf[T]
	index := map[[3]int][]int{}
	for i := range b {
		index[key(&b[i])] = append(index[key(&b[i])], i)
	}
	for i := range a {
		k := key(&a[i])
		if left := index[k]; len(left) > 0 {
			pairs = append(pairs, pairOf[T]{&a[i], &b[left[0]]})
			index[k] = left[1:]
		} else if at(&a[i]) <= until {
			pairs = append(pairs, pairOf[T]{a: &a[i]})
		}
	}
	for i := range b {
		if slices.Contains(index[key(&b[i])], i) && at(&b[i]) <= until {
			pairs = append(pairs, pairOf[T]{b: &b[i]})
		}
	}
	return pairs
}

func (j *judge) segments() {
	j.segs = streams(j.a.segments, j.b.segments,
		func(s *segment) [3]int { return [3]int{s.conn, s.from} },
		func(s *segment) tcp.Time { return s.at }, j.Until)
	for _, p := range j.segs {
		switch {
		case p.b == nil:
			j.differ(Missing, &p.a.place, nil, p.a.String(), "")
		case p.a == nil:
			j.differ(Missing, nil, &p.b.place, "", p.b.String())
		default:
			if t := j.unlike(p.a, p.b); t < numTraits {
				j.differ(t, &p.a.place, &p.b.place, p.a.String(), p.b.String())
			}
		}
	}
}

// unlike is the first trait in which two segments differ; numTraits when there is none.
func (j *judge) unlike(a, b *segment) Trait {
	switch {
	case a.flags != b.flags:
		return Flags
	case a.seq != b.seq:
		return Seq
	case a.ack != b.ack:
		return Ack
	case a.data != b.data:
		return Data
	case a.opt != b.opt || !slices.Equal(a.sack, b.sack):
		return Opts
	case !alikeWindows(a, b):
		return Window
	case a.lost != b.lost:
		return Lost
	case !j.echoes(a, b):
		return Echo
	}
	return numTraits
}

// growth is how far two stacks' windows may be apart once data has come: by what Linux adds for one segment, twice a full one (tcp_input.c
// tcp_grow_window), and by what another takes off.
const growth = 3 * 1460

// alikeWindows tells whether two segments offer the same window. Once data has come, Linux widens its window by what memory each packet
// takes, and small ones may share it: from then on it may be another by so much.
func alikeWindows(a, b *segment) bool {
	if a.fed == 0 || b.fed == 0 {
		return a.wnd == b.wnd
	}
	off := b.offer - a.offer
	return (a.wnd == 0) == (b.wnd == 0) && max(off, -off) <= growth
}

// echoes tells whether two segments echo the same timestamp, as far as milliseconds of two clocks can say, one of which may tell how late
// something was done.
func (j *judge) echoes(a, b *segment) bool {
	t := Tolerance{Slack: j.Slack + j.a.late + j.b.late}
	if (a.echo == 0) != (b.echo == 0) && max(a.echo, b.echo) > t.Slack.Milliseconds() {
		return false
	}
	return t.allows(time.Duration(a.echo)*time.Millisecond, time.Duration(b.echo)*time.Millisecond)
}

func (j *judge) results() {
	j.calls = streams(j.a.results, j.b.results,
		func(r *result) [3]int { return [3]int{r.thread} },
		func(r *result) tcp.Time { return r.at }, j.Until)
	for _, p := range j.calls {
		switch {
		case p.b == nil:
			j.differ(Silent, &p.a.place, nil, p.a.String(), "")
		case p.a == nil:
			j.differ(Silent, nil, &p.b.place, "", p.b.String())
		default:
			if t := unlikeResults(p.a, p.b); t < numTraits {
				j.differ(t, &p.a.place, &p.b.place, p.a.String(), p.b.String())
			}
		}
	}
}

func unlikeResults(a, b *result) Trait {
	switch {
	case a.errno != b.errno:
		return Errno
	case a.value != b.value || a.op != b.op || a.line != b.line:
		return Value
	case a.data != b.data:
		return Bytes
	case a.addr != b.addr:
		return Address
	}
	return numTraits
}

// states compares the states that each end of a connection went through. One in which it was only for a moment may have gone unseen.
func (j *judge) states() {
	for c := range max(len(j.a.conns), len(j.b.conns)) {
		for end := range 2 {
			a, b := j.a.staysOf(c, end, j.Until), j.b.staysOf(c, end, j.Until)
			if j.within(a, b) && j.within(b, a) {
				j.durations(a, b)
				continue
			}
			pa, pb := apart(a, b)
			j.differ(States, pa, pb, path(a), path(b))
		}
	}
}

// staysOf are the stays of one end that began before the end of the comparison.
func (o *observed) staysOf(conn, end int, until tcp.Time) []stay {
	var list []stay
	for _, s := range o.stays {
		if s.conn == conn && s.end == end && s.at <= until {
			s.left.at = min(s.left.at, until)
			list = append(list, s)
		}
	}
	return list
}

// moment is how long a state may last and go unseen.
func (j *judge) moment() time.Duration { return 3 * j.Slack }

// within tells whether all states of some duration in a are also in b, in their order.
func (j *judge) within(a, b []stay) bool {
	for i := range a {
		if a[i].long() <= j.moment() || a[i].left.at == j.Until && a[i].long() <= j.moment()+a[i].left.at.Since(0)/8 {
			continue
		}
		k := slices.IndexFunc(b, func(s stay) bool { return s.state == a[i].state })
		if k < 0 {
			return false
		}
		b = b[k+1:]
	}
	return true
}

// apart finds where two paths part.
func apart(a, b []stay) (*place, *place) {
	i := 0
	for i < len(a) && i < len(b) && a[i].state == b[i].state {
		i++
	}
	at := func(list []stay) *place {
		if i < len(list) {
			return &list[i].place
		}
		return nil
	}
	pa, pb := at(a), at(b)
	if pa == nil && pb == nil && len(a) > 0 {
		pa = &a[len(a)-1].place
	}
	return pa, pb
}

// hosts compares what hosts look like at the end: listeners' queues and counters. They have to have been the same at some instant from
// then until the end of what is known of either run.
func (j *judge) hosts() {
	for h := range j.a.run.Program().Hosts {
		j.last(h, Queue, func(w *sim.World) string { return queues(j.a.run.Program(), &w.Hosts[h]) })
		for c := range host.NumCounters {
			j.last(h, Count, func(w *sim.World) string { return count(c, w.Hosts[h].Counters[c]) })
		}
	}
}

// last compares what is told of the two runs' ends.
func (j *judge) last(h int, t Trait, tell func(*sim.World) string) {
	va, vb := lastView(j.a.run, j.Until), lastView(j.b.run, j.Until)
	a, b := tell(j.a.run.View(va)), tell(j.b.run.View(vb))
	if a == b || later(j.a.run, va, j.Until, b, tell) || later(j.b.run, vb, j.Until, a, tell) {
		return
	}
	j.differ(t, &place{max(va-1, 0), j.Until, h}, &place{max(vb-1, 0), j.Until, h}, a, b)
}

// later tells whether what is told of a run becomes something within an eighth of the time that has passed.
func later(r sim.Run, view int, since tcp.Time, what string, tell func(*sim.World) string) bool {
	for ; view < r.Len() && r.Step(view).At <= since.Add(time.Duration(since)/8+2*Slack); view++ {
		if tell(r.View(view+1)) == what {
			return true
		}
	}
	return false
}

// lastView is the last view of a run that is not beyond an instant.
func lastView(r sim.Run, until tcp.Time) int {
	n := r.Len()
	for n > 0 && r.Step(n-1).At > until {
		n--
	}
	return n
}

package verify

import (
	"cmp"
	"slices"

	"tcptutor/tcp"
	"tcptutor/tcp/sim"
)

// event is something that both runs have, and what its time may be counted from.
type event struct {
	a, b   place
	cause  bool // an input: others are timed from it, it is not timed itself
	conn   int  // -1 for a result and for a line
	from   int
	seq    number
	thread int // -1 for a segment
	what   [2]string
}

// links say from which earlier event of the same host a time counts: the last input, the last one on the same connection, the last one of
// the same thread, and the last time that the same number was sent. Every timer and every pause of a program begins at one of these.
var links = [...]func(r, e *event) bool{
	func(r, _ *event) bool { return r.cause },
	func(r, e *event) bool { return r.conn >= 0 && r.conn == e.conn },
	func(r, e *event) bool { return r.thread >= 0 && r.thread == e.thread },
	func(r, e *event) bool {
		return r.conn >= 0 && !r.cause && r.conn == e.conn && r.from == e.from && r.seq == e.seq
	},
}

// times compares when things happened.
func (j *judge) times() {
	events := j.events()
	for i := range events {
		e := &events[i]
		if e.cause || e.a.at > j.Until || j.timely(events[:i], e) {
			continue
		}
		j.differ(Time, &e.a, &e.b, e.what[0], e.what[1])
	}
}

// timely tells whether an event comes as long after one of those it may be counted from in both runs.
func (j *judge) timely(earlier []event, e *event) bool {
	counted := false
	for _, link := range links {
		for k := len(earlier) - 1; k >= 0; k-- {
			r := &earlier[k]
			if r.a.host != e.a.host || !link(r, e) {
				continue
			}
			counted = true
			if j.allows(e.a.at.Since(r.a.at), e.b.at.Since(r.b.at)) {
				return true
			}
			break
		}
	}
	return !counted && j.allows(e.a.at.Since(0), e.b.at.Since(0))
}

// events are what both runs have, in the order of the first; of one step the input comes first.
func (j *judge) events() []event {
	var list []event
	for _, p := range streams(j.a.inputs, j.b.inputs,
		func(in *input) [3]int { return [3]int{in.conn, in.from, in.thread} },
		func(in *input) tcp.Time { return in.at }, -1) {
		if p.a != nil && p.b != nil {
			list = append(list, event{a: p.a.place, b: p.b.place, cause: true, conn: p.a.conn, from: p.a.from, thread: p.a.thread})
		}
	}
	for _, p := range j.segs {
		if p.a != nil && p.b != nil {
			list = append(list, event{a: p.a.place, b: p.b.place, conn: p.a.conn, from: p.a.from, seq: p.a.seq, thread: -1,
				what: [2]string{p.a.String(), p.b.String()}})
		}
	}
	for _, p := range j.calls {
		if p.a != nil && p.b != nil {
			list = append(list, event{a: p.a.place, b: p.b.place, conn: -1, thread: p.a.thread, what: [2]string{p.a.String(), p.b.String()}})
		}
	}
	slices.SortStableFunc(list, func(x, y event) int { return cmp.Compare(x.a.step, y.a.step) })
	return list
}

// durations compares how long the ends of connections stayed in states that a timer ended.
func (j *judge) durations(a, b []stay) {
	for i := range a {
		k := slices.IndexFunc(b, func(s stay) bool { return s.state == a[i].state })
		if k < 0 {
			continue
		}
		x, y := &a[i], &b[k]
		b = b[k+1:]
		timer := j.a.run.Step(x.left.step).Cause == sim.CauseTimer
		if timer && x.left.at < j.Until && y.left.at < j.Until && !j.allows(x.long(), y.long()) {
			j.differ(Time, &x.left, &y.left, x.String(), y.String())
		}
	}
}

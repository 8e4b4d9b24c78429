package packetdrill

import (
	"fmt"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
	"tcptutor/tcp/sim"
	"tcptutor/tcp/trace"
)

// Options say how a script is run.
type Options struct {
	Local, Remote tcp.Addr      // of the subject, and of the other end
	Patience      time.Duration // how long an event at any time (*) is waited for
	Slack         time.Duration // added to every tolerance: what a machine takes to do things
	Reached       func(i int)   // told when event i is about to happen, of a segment expected when it has come; or nil
}

// Failure is why a script did not pass. The words are by trace.Lang.
type Failure struct {
	Event   *Event // the line at which it failed
	Problem [2]string
	Came    string // what came instead, likewise
	Time    bool   // only the time was wrong, or the script could not keep its own times: on a busy machine it may pass the next time
}

// Error is the failure in one line, in English.
func (f *Failure) Error() string {
	text := fmt.Sprintf("%d:%d: %s: %s", f.Event.Line, f.Event.Col, f.Event.Text, f.Problem[trace.English])
	if f.Came != "" {
		text += ": " + f.Came
	}
	return text
}

// lastWait is how long after its last event a script is watched for a segment that nobody expects: a delayed ACK would come by then, a
// retransmission would not.
const lastWait = 50 * time.Millisecond

// timeShare is the part of a wait that may be missed: an eighth, 12.5 %.
const timeShare = 8

// Run runs a script against a subject that has not been used before. It returns nil when the script passes; a *Failure when it does not;
// and any other error when the subject fails.
func Run(s *Script, subject sim.Subject, o Options) error {
	r := &runner{
		s: s, subject: subject, o: o, begin: subject.Now(), last: subject.Now(),
		d: newDialogue(o.Local, o.Remote), fds: map[int32]int32{},
	}
	err := r.play()
	if f, ok := err.(*Failure); ok && r.slow {
		f.Time = true
	}
	return err
}

// play lets every event of the script happen.
func (r *runner) play() error {
	s := r.s
	for i := range s.Events {
		r.at = &s.Events[i]
		expects := r.at.Kind == ExpectEvent
		if !expects {
			r.reached(i)
		}
		if err := r.event(i); err != nil {
			return err
		}
		if expects {
			r.reached(i)
		}
	}
	return r.end()
}

func (r *runner) reached(i int) {
	if r.o.Reached != nil {
		r.o.Reached(i)
	}
}

// runner is a script that runs.
type runner struct {
	s       *Script
	subject sim.Subject
	o       Options
	begin   tcp.Time
	last    tcp.Time // when the last event was
	at      *Event
	sent    []sim.SubjectEvent // segments that no line has looked at yet, oldest first
	inside  *inside            // the call under way; nil for none
	back    tcp.Time           // when the call before it returned
	events  []sim.SubjectEvent
	slow    bool // something that the script does was late
	d       dialogue
	fds     map[int32]int32 // the subject's descriptors by the script's
}

// inside is a call that has been started, or is to be at its time.
type inside struct {
	event    *Event
	began    tcp.Time
	from, to tcp.Time // when it has to return
	startAt  tcp.Time // for a call that is to be made later; 0 when it has been
	returned bool
	at       tcp.Time
	result   host.Result
}

// fail makes a failure at the present line.
func (r *runner) fail(english, chinese string, args ...any) *Failure {
	return &Failure{Event: r.at, Problem: [2]string{fmt.Sprintf(english, args...), fmt.Sprintf(chinese, args...)}}
}

// late is fail where the time is what is wrong.
func (r *runner) late(english, chinese string, args ...any) *Failure {
	f := r.fail(english, chinese, args...)
	f.Time = true
	return f
}

// span is when an event may be: its times, without the tolerance.
func (r *runner) span(w *when) (from, to tcp.Time) {
	switch w.timing {
	case absolute:
		return r.begin.Add(w.from), r.begin.Add(w.to)
	case relative:
		return r.last.Add(w.from), r.last.Add(w.to)
	}
	return r.last, r.last.Add(r.o.Patience)
}

// tolerance is how far from an instant an event may be that was waited for since another: 4 ms, or an eighth of the wait.
func (r *runner) tolerance(since, at tcp.Time) time.Duration {
	return max(r.s.Tolerance, at.Since(since)/timeShare) + r.o.Slack
}

// event lets the next event of the script happen.
func (r *runner) event(i int) error {
	e := r.at
	from, to := r.span(&e.when)
	if e.Kind == ExpectEvent {
		return r.expect(e, from, to)
	}
	if e.Kind == CallEvent {
		if err := r.comeBack(); err != nil {
			return err
		}
	}
	if now := r.subject.Now(); e.when.timing != anyTime && now.Since(from) > r.tolerance(r.last, from) {
		return r.late("it is %s already", "已经是 %s 了", r.clock(now))
	}
	if e.Kind == CallEvent {
		from = max(from, r.back)
	}
	if err := r.pass(from); err != nil {
		return err
	}
	r.slow = r.slow || e.when.timing != anyTime && r.subject.Now().Since(from) > r.s.Tolerance
	if err := r.unexpected(i, from); err != nil {
		return err
	}
	r.last = max(r.last, from)
	switch e.Kind {
	case CallEvent:
		return r.call(e, from)
	case InjectEvent:
		seg, err := r.d.wire(&e.seg)
		if err != nil {
			return r.fail("the host has never sent the timestamp that this echoes (%v); a segment whose timestamp is echoed has to have its options written",
				"主机从未发过这里回显的时间戳（%v）；时间戳要被回显的报文段，必须写出它的选项", err)
		}
		return r.subject.Inject(seg)
	case SetEvent:
		for _, s := range e.sets {
			if err := r.subject.Set(s.Knob, s.Value); err != nil {
				return err
			}
		}
		return nil
	}
	return r.check(e)
}

// clock is an instant as scripts write it.
func (r *runner) clock(at tcp.Time) string { return seconds(tcp.Time(at.Since(r.begin))) }

// waitBefore is for subjects whose time passes by the caller's will: it can pass to an instant and leave undone what happens by itself then, so
// that what the caller does at that instant comes first, as arrivals and calls do in a world.
type waitBefore interface {
	WaitBefore(until tcp.Time, events []sim.SubjectEvent) ([]sim.SubjectEvent, error)
}

// pass lets time pass until an instant and takes in what happens.
func (r *runner) pass(until tcp.Time) error {
	if c := r.inside; c != nil && c.startAt != 0 && c.startAt <= until {
		if err := r.pass(c.startAt - 1); err != nil {
			return err
		}
		if err := r.start(c); err != nil {
			return err
		}
	}
	for {
		happened, err := r.wait(until, true)
		if err != nil || !happened {
			return err
		}
	}
}

// wait takes in what happens next, until an instant; with before, not what happens by itself just then.
func (r *runner) wait(until tcp.Time, before bool) (happened bool, err error) {
	wait := r.subject.Wait
	if b, ok := r.subject.(waitBefore); ok && before {
		wait = b.WaitBefore
	}
	r.events, err = wait(until, r.events[:0])
	if err != nil {
		return false, err
	}
	for i := range r.events {
		e := &r.events[i]
		if e.Sent {
			if !e.Looped() { // a script is about the wire
				r.sent = append(r.sent, *e)
			}
			continue
		}
		if c := r.inside; c != nil && !c.returned {
			c.returned, c.at, c.result = true, e.At, e.Result
		}
	}
	return len(r.events) > 0, nil
}

// unexpected looks at what the subject has sent when something else is due. A segment that left just now can be expected by one of the next lines, at
// the same instant; any other nobody expects.
func (r *runner) unexpected(i int, now tcp.Time) error {
	next := i
	for k := range r.sent {
		e := &r.sent[k]
		for next < len(r.s.Events) && r.s.Events[next].Kind != ExpectEvent {
			next++
		}
		if next == len(r.s.Events) || now.Since(e.At) > r.tolerance(now, now) || len(r.differences(e, &r.s.Events[next])) > 0 {
			return r.extra(e)
		}
		next++
	}
	return nil
}

// extra is the failure that nobody expects a segment.
func (r *runner) extra(e *sim.SubjectEvent) *Failure {
	f := r.fail("before this the host sends what no line expects", "在此之前，主机发出了没有哪一行预期的报文段")
	f.Came = r.line(e)
	return f
}

func (r *runner) line(e *sim.SubjectEvent) string {
	return r.clock(e.At) + " > " + r.d.text(&e.Seg)
}

// differences compares what was sent with what a line wants, on a copy of what is known of the connection.
func (r *runner) differences(e *sim.SubjectEvent, want *Event) []string {
	d := r.d
	d.stamps = map[uint32]uint32{}
	d.meet(&e.Seg, &want.seg)
	return d.differences(&e.Seg, &want.seg, r.s.Tick, r.s.Tolerance)
}

// expect waits for the segment that a line wants.
func (r *runner) expect(e *Event, from, to tcp.Time) error {
	tolerance := r.tolerance(r.last, to)
	if e.when.timing == anyTime {
		tolerance = r.o.Slack
	}
	late := to.Add(tolerance)
	for len(r.sent) == 0 {
		happened, err := r.wait(late, false)
		if err != nil {
			return err
		}
		if !happened {
			return r.late("the host sends nothing by %s", "到 %s 为止，主机什么都没有发", r.clock(late))
		}
	}
	got := r.sent[0]
	r.sent = r.sent[:copy(r.sent, r.sent[1:])]
	r.d.meet(&got.Seg, &e.seg)
	parts := r.d.differences(&got.Seg, &e.seg, r.s.Tick, tolerance)
	early := e.when.timing != anyTime && got.At < from.Add(-r.tolerance(r.last, from))
	switch {
	case len(parts) > 0:
		f := r.fail("another segment comes: %v", "来的是另一个报文段：%v 不同", parts)
		f.Came = r.line(&got)
		return f
	case early || got.At > late:
		f := r.late("it comes at another time: %s", "时间不对：它在 %s 到来", r.clock(got.At))
		f.Came = r.line(&got)
		return f
	}
	r.last = max(r.last, got.At)
	return nil
}

// end waits for the call under way, and watches for what nobody expects.
func (r *runner) end() error {
	if err := r.comeBack(); err != nil {
		return err
	}
	if err := r.pass(max(r.last, r.subject.Now()).Add(max(lastWait, r.s.Tolerance) + r.o.Slack)); err != nil {
		return err
	}
	if len(r.sent) > 0 {
		f := r.fail("after the last line the host sends what no line expects", "最后一行之后，主机发出了没有哪一行预期的报文段")
		f.Came = r.line(&r.sent[0])
		return f
	}
	return nil
}

package sim

import (
	"fmt"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
)

// StandIn lets a Subject play one of a program's hosts. The other hosts are the engine's, and the wire with its faults is the world's,
// as ever.
type StandIn struct {
	Host    int // which host of the program
	Subject Subject
	// Slack is how long after something was done to the subject what it does still counts as the answer to that: nothing for a subject
	// whose time is the caller's, a moment for one whose time passes by itself.
	Slack time.Duration
	Until tcp.Time // when to stop, whatever is left to happen, or as much later as things were done late; 0: at the program's own limits
}

// CannotStandIn says why a program is not to be played with a subject in a host's place.
type CannotStandIn struct {
	Host  string
	Needs string // what the program wants of it and only the engine can: one of the following
}

// What only the engine can.
const (
	NeedsICMP = "ICMPv6"           // hear what a router says, where its codes are not those of ICMP
	NeedsSelf = "a wire to itself" // show what it says to itself, where that cannot be heard; lose, delay or repeat it
)

// Error names the host and what it would need.
func (e *CannotStandIn) Error() string {
	return fmt.Sprintf("nothing can stand in for %s: %s", e.Host, e.Needs)
}

// led is a subject whose time is the caller's: it can be let come to an instant at which things are due, before any of them has happened.
type led interface{ reach(tcp.Time) }

// punctual is one whose time is the caller's to the last: one of them can be let happen.
type punctual interface {
	led
	once() error
}

// selfish is one that may not tell what it sends to itself.
type selfish interface{ HearsItself() bool }

// impatience is how often to look again for a timer that was due and has shown nothing: a kernel's are coarse.
const impatience = 4 * time.Millisecond

// Run plays a program. The result can't be played again. The subject, which is new, stays the caller's to close.
func (x StandIn) Run(p *Program) (*Recording, error) {
	if err := x.Fits(p); err != nil {
		return nil, err
	}
	m := newMixed(x, p)
	for _, s := range p.Hosts[x.Host].Sysctl {
		if err := x.Subject.Set(s.Knob, s.Value); err != nil {
			return nil, err
		}
	}
	m.base = x.Subject.Now()
	if _, err := m.see(); err != nil {
		return nil, err
	}
	m.w.schedule(p)
	m.keep()
	for len(m.rec.Steps) < p.Limits.Steps {
		more, err := m.next()
		if err != nil {
			return nil, fmt.Errorf("%s, %v after the start: %w", p.Hosts[x.Host].Name, time.Duration(m.w.Now), err)
		}
		if !more {
			break
		}
	}
	return m.rec, nil
}

// Fits looks for what a subject cannot do: hear from a router, and have faults meet what it says to itself. The error is a *CannotStandIn.
func (x StandIn) Fits(p *Program) error {
	needs := func(what string) error { return &CannotStandIn{p.Hosts[x.Host].Name, what} }
	talks := x.callsItself(p)
	if s, ok := x.Subject.(selfish); ok && talks && !s.HearsItself() {
		return needs(NeedsSelf)
	}
	for _, f := range p.Faults {
		switch {
		case p.Moments[f.Moment].Host != x.Host:
		case talks:
			return needs(NeedsSelf)
		case f.Kind == Unreachable && !p.Hosts[x.Host].Addr.Is4():
			return needs(NeedsICMP)
		}
	}
	return nil
}

// callsItself tells whether the host's program opens a connection to the host.
func (x StandIn) callsItself(p *Program) bool {
	for i := range p.Threads {
		for _, l := range p.Threads[i].Lines {
			to := l.Call.Addr.Addr
			if p.Threads[i].Host == x.Host && l.Kind == LineCall && l.Call.Op == host.OpConnect && (to == p.Hosts[x.Host].Addr || to.IsLoopback()) {
				return true
			}
		}
	}
	return false
}

// mixed is such a run on its way.
//
// In its world the subject's host is what was last seen of the subject, so moments, names and views are read there as in any world; but
// its timers and calls are the subject's affair. What was seen to change becomes the facts of a step.
type mixed struct {
	StandIn
	p      *Program
	w      *World
	base   tcp.Time // the subject's time when the world began
	end    tcp.Time
	rec    *Recording
	step   Step          // the last one
	hits   []int32       // how often each moment has happened in it
	mine   bool          // it is the subject's: what the subject does next may belong to it
	copied int           // as many of its segments have got the copies that faults make
	done   tcp.Time      // when what began it was done
	late   time.Duration // how late something was done, at worst
	open   bool          // it is not over
	sent   tcp.Time      // when the last segment left it
	quiet  tcp.Time      // timers that were due by then have been waited for
	look   host.Host
	events []SubjectEvent
	flows  []outflow
	calls  []underWay // by thread
	said   []tcp.Time // when it heard what arrives now and has not had its step
}

// underWay is a call that blocks, and the socket it is about.
type underWay struct {
	call host.Call
	conn int32
}

// outflow is how far the subject has come with sending to a peer.
type outflow struct {
	src, dst tcp.Endpoint
	iss, end tcp.Seq
	answered bool   // its SYN has been sent with an ACK
	stamped  bool   // it sends timestamps
	clock    uint32 // what its timestamps say more than the world's time, ms
}

func newMixed(x StandIn, p *Program) *mixed {
	m := &mixed{StandIn: x, p: p, w: NewWorld(p), rec: &Recording{Text: p}, hits: make([]int32, len(p.Moments)), end: p.Limits.Time}
	m.calls = make([]underWay, len(p.Threads))
	if x.Until > 0 {
		m.end = min(m.end, x.Until)
	}
	return m
}

// next lets the next thing happen, at the subject or elsewhere; false when there is none before the end.
func (m *mixed) next() (bool, error) {
	e, due := m.w.nextBut(m.Host), m.deadline()
	at := min(e.at, due)
	if end := m.end.Add(m.late); at > end {
		if m.end == tcp.Never || m.w.Now >= end {
			return false, nil
		}
		at, e.at, due = end, tcp.Never, tcp.Never
	}
	// Until then the subject may do something by itself. What happens at that very instant has its order.
	if told, err := m.wait(at - 1); told || err != nil {
		return true, err
	}
	m.w.Now = at
	if s, ok := m.Subject.(led); ok {
		s.reach(at + m.base)
	}
	switch {
	case e.at > at && due > at:
		return true, nil // the end, as the next call will see
	case e.at > at || due == at && e.class == timers && e.index > m.Host:
		return true, m.expire()
	case e.class == arrivals && e.index == m.Host && !m.w.Wire[0].Lost:
		return true, m.inject()
	case e.class == calls && m.p.Threads[e.index].Host == m.Host:
		return true, m.thread(e.index)
	}
	m.mine = false
	m.w.take(m.p, &m.step, e)
	m.keep()
	return true, nil
}

// deadline is when a timer of the subject's is to fire; tcp.Never when it was not seen to have one.
func (m *mixed) deadline() tcp.Time {
	at := tcp.Never
	for s := range m.w.Hosts[m.Host].Live {
		due, _ := s.TCB.Next()
		at = min(at, due)
	}
	if at == tcp.Never {
		return at
	}
	return max(at, m.quiet, m.w.Now)
}

// wait lets the subject's time pass, and tells whether it has done something.
func (m *mixed) wait(until tcp.Time) (bool, error) {
	if err := m.gather(until); err != nil {
		return false, err
	}
	return m.tellAll()
}

// gather lets the subject's time pass until it has done something.
func (m *mixed) gather(until tcp.Time) (err error) {
	m.events, err = m.Subject.Wait(until.Add(time.Duration(m.base)), m.events[:0])
	return err
}

// tellAll takes in what was gathered.
func (m *mixed) tellAll() (bool, error) {
	for i := range m.events {
		if err := m.tell(&m.events[i]); err != nil {
			return false, err
		}
	}
	return len(m.events) > 0, m.close()
}

// due lets happen what is due at the subject by itself, and tells whether something has.
func (m *mixed) due() (bool, error) {
	s, ok := m.Subject.(punctual)
	if !ok {
		return m.wait(m.w.Now)
	}
	m.mine = false // it is nobody's answer
	if err := s.once(); err != nil {
		return false, err
	}
	if err := m.gather(m.w.Now - 1); err != nil {
		return false, err
	}
	if n := len(m.events); n > 1 && !m.events[n-1].Sent { // one thing: it is the call that sends
		returned := m.events[n-1]
		copy(m.events[1:], m.events)
		m.events[0] = returned
	}
	return m.tellAll()
}

// inject lets the segment that arrives now have its effect on the subject, or what a router says about one of the subject's own.
func (m *mixed) inject() error {
	m.begin(CauseArrive)
	pk := &m.step.Packet
	if m.w.Wire[0].looped() {
		m.w.pop(pk)
		return m.loop()
	}
	if len(m.said) == 0 {
		if err := m.say(); err != nil {
			return err
		}
	}
	m.w.pop(pk)
	if pk.notice {
		m.step.Cause, m.step.Conn = CauseUnreachable, m.connOf(pk.Seg.Src, pk.Seg.Dst)
	} else {
		m.step.Conn = m.owner(&pk.Seg)
	}
	done := m.said[0]
	m.said = m.said[1:]
	return m.answer(done)
}

// loop lets the step's segment, which the subject has sent to itself, have its effect. Where the subject's time passes by itself it has had it.
func (m *mixed) loop() error {
	m.step.Conn = m.owner(&m.step.Packet.Seg)
	if s, ok := m.Subject.(punctual); ok {
		if err := s.once(); err != nil {
			return err
		}
	}
	return m.answer(m.w.Now)
}

// say lets the subject hear what arrives now, and with an ACK all other ACKs that arrive at this instant behind it: what it does
// about one may hang on how soon the next one comes.
func (m *mixed) say() error {
	_, exact := m.Subject.(punctual)
	if pk := &m.w.Wire[0]; pk.notice {
		err := m.Subject.Unreachable(pk.Seg, pk.code)
		m.said = append(m.said, m.Subject.Now()-m.base)
		return err
	}
	for pk := &m.w.Wire[0]; pk != nil; pk = m.after(pk) {
		if err := m.Subject.Inject(pk.Seg); err != nil {
			return err
		}
		m.said = append(m.said, m.Subject.Now()-m.base)
		if exact || !pk.bare() {
			return nil
		}
	}
	return nil
}

// after is the ACK that arrives behind a packet at the same instant at the subject; nil when something else does, or nothing.
func (m *mixed) after(behind *Packet) *Packet {
	var next *Packet
	for i := range m.w.Wire {
		pk := &m.w.Wire[i]
		if pk.ArriveAt == behind.ArriveAt && pk.To == behind.To && !pk.Lost && !pk.looped() && pk.order > behind.order && (next == nil || pk.order < next.order) {
			next = pk
		}
	}
	if next != nil && !next.bare() {
		return nil
	}
	return next
}

// looped tells whether a packet never leaves its host.
func (pk *Packet) looped() bool { return pk.From == pk.To }

// bare tells whether a packet is an ACK and nothing else.
func (pk *Packet) bare() bool { return !pk.notice && pk.Seg.Flags == tcp.ACK && pk.Seg.Data == "" }

// thread lets a thread of the subject's program go on: begin a line, or come back from a call of which the subject shows that it is over.
func (m *mixed) thread(i int) error {
	t := &m.w.Threads[i]
	if t.Inside {
		told, err := m.due()
		if !told && err == nil { // somebody else was faster, and the call goes on
			m.w.task(m.p, i).Ready = false
			m.w.schedule(m.p)
		}
		return err
	}
	line := &m.p.Threads[i].Lines[t.Line]
	m.begin(CauseCall)
	m.step.Thread, m.step.Line = int32(i), t.Line
	if line.Kind == LineWait {
		m.mine = false
		m.w.pause(m.p, &m.step, i, line)
		return m.close()
	}
	var c host.Call
	m.w.callOf(t, line, &c)
	m.step.Call, m.step.Conn = c, m.sock(i, c.FD)
	f := m.note(tcp.CallStarted, m.step.Conn)
	f.From, f.To = int64(c.Op), int64(t.Task)
	t.Inside = true
	if c.Op == host.OpFork { // by the subject's numbers
		c.A = int64(m.w.Threads[c.A].Task)
	}
	if err := m.Subject.Start(int(t.Task), c); err != nil {
		return err
	}
	return m.answer(m.Subject.Now() - m.base)
}

// answer takes in what the subject does at once about what was just done to it, and had been done at an instant.
func (m *mixed) answer(done tcp.Time) error {
	until := m.w.Now - 1 // what has happened already, and nothing that is due besides
	_, exact := m.Subject.(punctual)
	if !exact {
		m.done = max(done, m.w.Now)
		m.late = max(m.late, m.done.Since(m.w.Now))
		until = m.done
	}
	for {
		if err := m.gather(until); err != nil {
			return err
		}
		for i := range m.events {
			if err := m.tell(&m.events[i]); err != nil {
				return err
			}
		}
		if exact || len(m.events) == 0 {
			return m.close()
		}
	}
}

// expire lets a timer of the subject's fire that is due. It may show by a segment, by a state, or not at all.
func (m *mixed) expire() error {
	conn, timer := m.timerOf(0)
	if told, err := m.due(); told || err != nil {
		return err
	}
	m.begin(CauseTimer)
	m.step.Conn, m.step.Timer = conn, timer
	changed, err := m.see()
	if err != nil {
		return err
	}
	if still := m.w.Hosts[m.Host].Sock(conn); !changed && still != nil {
		if due, _ := still.TCB.Next(); due <= m.w.Now.Add(m.Slack) {
			m.w.Steps--
			m.open, m.mine = false, false
			m.quiet = m.w.Now.Add(impatience)
			return nil
		}
	}
	return m.close()
}

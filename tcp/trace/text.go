package trace

import (
	"fmt"
	"strings"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
	"tcptutor/tcp/sim"
)

// TextOptions say how the step text is told.
type TextOptions struct {
	Lang  Lang
	Why   bool // the rules behind each step, their sources, and every variable they changed
	Width int  // columns to stay within where possible; 0 is 100
	brief bool // a segment's bits and numbers in place of its tcpdump line
}

// NewText prints every step: its time in seconds, its host, what happened, and under it what came of it: segments as tcpdump lines,
// state changes, timers, queues. With Why the order is that of the rules, each above what it did.
func NewText(opts TextOptions) Printer {
	if opts.Width == 0 {
		opts.Width = 100
	}
	return &storyteller{opts: opts, v: &vocabularies[opts.Lang], flows: flows{}, flying: map[uint32]string{}}
}

type storyteller struct {
	scene
	opts   TextOptions
	v      *vocabulary
	flows  flows
	flying map[uint32]string // the segments on the wire, by number
	since  []tcp.Time        // by thread: when its call under way began
	column int               // width of the longest thread's name
	label  int               // width of the longest label
	told   []bool            // which of the step's segments are printed
	lines  []string
	parts  []Part // what lines are made of
}

// Part is a piece of what a step is told by.
type Part struct {
	Label string // what it is about: "state", "sends"; of the heading the thread or host
	Words string
	Head  bool // it is the heading: what happened; the others are what came of it
}

func (t *storyteller) Head(dst []string, run sim.Run) []string {
	p, v := run.Program(), t.v
	t.since = make([]tcp.Time, len(p.Threads))
	t.column = width(v.host)
	for i := range p.Hosts {
		t.column = max(t.column, width(p.Hosts[i].Name))
	}
	for i := range p.Threads {
		t.column = max(t.column, width(p.Threads[i].Name))
	}
	for _, l := range [...]string{v.sends, v.state, v.timer, v.queue, v.data, v.born, v.gone, v.count, v.rule, v.sets} {
		t.label = max(t.label, width(l))
	}
	return append(dst, pad("", 8-width(v.time))+v.time+"     "+pad(v.host, t.column)+"  "+v.what)
}

func (t *storyteller) Step(dst []string, run sim.Run, i int) []string {
	s := t.at(run, i)
	t.lines = dst
	t.told = append(t.told[:0], make([]bool, len(s.Sent))...)
	head := Part{t.who(), t.heading(), true}
	t.parts = append(t.parts[:0], head)
	t.lines = append(t.lines, fmt.Sprintf("%s  %s  %s", column(s.At), pad(head.Label, t.column), head.Words))
	if t.opts.Why {
		t.reasons()
	} else {
		t.effects()
	}
	return t.lines
}

// who is the thread or the host that the step happens to.
func (t *storyteller) who() string {
	if t.step.Thread >= 0 {
		return t.p.Threads[t.step.Thread].Name
	}
	return hostName(t.p, t.step.Host)
}

// column is an instant in seconds, decimal points beneath each other, the microseconds only where there are any.
func column(at tcp.Time) string {
	us := time.Duration(at) / time.Microsecond
	s := fmt.Sprintf("%4d.%03d", us/1e6, us/1000%1000)
	if us%1000 == 0 {
		return s + "   "
	}
	return s + fmt.Sprintf("%03d", us%1000)
}

// heading says what the step is.
func (t *storyteller) heading() string {
	s, v := &t.step, t.v
	switch s.Cause {
	case sim.CauseArrive:
		if len(t.p.Hosts) > 2 || s.Packet.From == sim.OpenEnd {
			return fmt.Sprintf(v.getsFrom, t.brief(&s.Packet), hostName(t.p, s.Packet.From))
		}
		return fmt.Sprintf(v.gets, t.brief(&s.Packet))
	case sim.CauseLost:
		return fmt.Sprintf(v.loses, t.brief(&s.Packet), hostName(t.p, s.Packet.To))
	case sim.CauseCall, sim.CauseReturn:
		return t.callHeading()
	case sim.CauseWait:
		if l := t.line(); l != nil {
			return fmt.Sprintf(v.pauses, span(l.Wait))
		}
	case sim.CauseTimer:
		return fmt.Sprintf(v.fires, s.Timer, t.name(s.Host, s.Conn))
	}
	return s.Cause.String()
}

func (t *storyteller) callHeading() string {
	s, v := &t.step, t.v
	switch {
	case !s.Returned:
		t.since[s.Thread] = s.At
		return fmt.Sprintf(v.blocks, t.call())
	case s.Cause == sim.CauseReturn:
		return fmt.Sprintf(v.returnsAfter, t.call(), t.result(), span(s.At.Since(t.since[s.Thread])))
	}
	return fmt.Sprintf(v.returns, t.call(), t.result())
}

func (t *storyteller) result() string {
	s := &t.step
	filled := scenarioSpelling(t.p).filled(&s.Call, &s.Result)
	switch {
	case s.Call.Op == host.OpRead && s.Result.Errno == tcp.OK && s.Result.Value == 0:
		return t.v.endOfFile
	case s.Call.Op == host.OpRead && filled != "":
		return returned(&s.Result) + " " + quote(s.Result.Data)
	case filled != "":
		return returned(&s.Result) + " " + filled
	}
	return returned(&s.Result)
}

// brief is a segment in words: its bits, and the numbers that were shown when it was sent.
func (t *storyteller) brief(p *sim.Packet) string {
	words, ok := t.flying[p.ID]
	if !ok { // it came from outside
		from, to, _ := t.flows.learn(&p.Seg)
		return summary(&p.Seg, from, to)
	}
	delete(t.flying, p.ID)
	return words
}

// summary is a segment's bits and numbers; from and to are taken off them.
func summary(s *tcp.Segment, from, to tcp.Seq) string {
	return string(appendNumbers([]byte(bits(s)), s, from, to))
}

// bits are a segment's control bits and DATA, as moments name them: PSH is left out, and so is the ACK that data always has.
func bits(s *tcp.Segment) string {
	fl := s.Flags &^ tcp.PSH
	switch {
	case s.Data == "":
		return fl.String()
	case fl&^tcp.ACK == 0:
		return "DATA"
	}
	return fl.String() + ",DATA"
}

// name is a socket's name, with its host's where that is not the step's.
func (t *storyteller) name(h uint8, conn int32) string {
	switch n := t.end(h, conn).name; {
	case n == "":
		return "-"
	case h != t.step.Host:
		return hostName(t.p, h) + "." + n
	default:
		return n
	}
}

// under adds a line beneath the heading: a label and words, broken where they are too long.
func (t *storyteller) under(label, words string) { t.block(label, wrap(words, t.room())) }

// room is how many columns there are for words beneath a heading.
func (t *storyteller) room() int { return t.opts.Width - t.indent() - t.label - 2 }

// indent is where labels begin: beneath the heading's words.
func (t *storyteller) indent() int { return 13 + t.column + 2 }

func (t *storyteller) block(label string, lines []string) {
	for i, l := range lines {
		t.parts = append(t.parts, Part{Label: label, Words: l})
		if i > 0 {
			label = ""
		}
		t.lines = append(t.lines, strings.Repeat(" ", t.indent())+pad(label, t.label+2)+l)
	}
}

// send prints segment i of the step.
func (t *storyteller) send(i int) {
	if i >= len(t.told) || t.told[i] {
		return
	}
	t.told[i] = true
	p := &t.step.Sent[i]
	from, to, sack := t.flows.learn(&p.Seg)
	words := text(&p.Seg, from, to, sack)
	if t.opts.brief {
		words = summary(&p.Seg, from, to)
	}
	if p.To != sim.OpenEnd {
		t.flying[p.ID] = summary(&p.Seg, from, to)
	}
	for _, mark := range [...]struct {
		on   bool
		mark string
	}{{p.Again, t.v.again}, {p.Copy, t.v.copyMark}, {p.Lost, t.v.lostMark}} {
		if mark.on {
			words += " " + mark.mark
		}
	}
	t.block(t.v.sends, wrapSegment(words, t.room()))
}

package trace

import (
	"fmt"
	"strings"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
	"tcptutor/tcp/sim"
	"tcptutor/tcp/source"
)

// effects prints what came of the step: segments, what came to be, states, timers, queues, each from its first value to its last.
func (t *storyteller) effects() {
	for i := range t.step.Sent {
		t.send(i)
	}
	facts := merge(t.step.Facts)
	for i := range facts {
		if facts[i].Kind == tcp.Created {
			t.kernelFact(&facts[i])
		}
	}
	for i := range facts {
		if f := &facts[i]; f.Kind == tcp.Changed && f.Field == tcp.FieldState {
			t.under(t.v.state, fmt.Sprintf("%s  %v -> %v", t.name(f.Host, f.Conn), tcp.State(f.From), tcp.State(f.To)))
		}
	}
	for i := range facts {
		if facts[i].Kind == tcp.Changed && facts[i].Field >= tcp.FieldTimer {
			t.timers(facts[i:])
		} else if facts[i].Kind != tcp.Created {
			t.kernelFact(&facts[i])
		}
	}
}

// timers prints the changes of one socket's timers, from the first fact on, in one line, and marks them as told.
func (t *storyteller) timers(facts []tcp.Fact) {
	var changes []string
	h, conn := facts[0].Host, facts[0].Conn
	for i := range facts {
		f := &facts[i]
		if f.Kind == tcp.Changed && f.Field >= tcp.FieldTimer && f.Host == h && f.Conn == conn {
			changes = append(changes, t.change(f))
			f.Kind = tcp.SegmentSent // which was told above
		}
	}
	t.under(t.v.timer, t.name(h, conn)+"  "+strings.Join(changes, t.v.comma))
}

// reasons prints the same as effects in the order in which it came about, each rule above what it did.
func (t *storyteller) reasons() {
	var sets []string
	flush := func() {
		if len(sets) > 0 {
			for i := range sets[:len(sets)-1] { // a line may end after each of them and nowhere else
				sets[i] += t.v.comma
			}
			t.block(t.v.sets, fill(sets, t.room()))
			sets = sets[:0]
		}
	}
	for i := range t.step.Facts {
		f := &t.step.Facts[i]
		if f.Kind == tcp.Changed && f.Field != tcp.FieldState {
			sets = append(sets, t.change(f))
			continue
		}
		flush()
		switch f.Kind {
		case tcp.RuleApplied:
			t.ruleApplied(tcp.RuleOf(f.Rule))
		case tcp.Changed:
			t.under(t.v.state, fmt.Sprintf("%s  %v -> %v", t.name(f.Host, f.Conn), tcp.State(f.From), tcp.State(f.To)))
		case tcp.SegmentSent:
			t.send(int(f.To))
		default:
			t.kernelFact(f)
		}
	}
	flush()
	for i := range t.step.Sent { // what a wire made, no rule sent
		t.send(i)
	}
}

// ruleApplied prints a rule's name, where it is from, and its sentence.
func (t *storyteller) ruleApplied(r *tcp.Rule) {
	if r == nil {
		return
	}
	words := r.Name
	if e, ok := source.Lookup(r.Source); ok {
		words += "  " + e.Cite()
	}
	t.under(t.v.rule, words)
	if t.opts.Lang == Chinese {
		t.under("", r.Chinese)
	} else {
		t.under("", r.English)
	}
}

// kernelFact prints a fact about what is around the connections.
func (t *storyteller) kernelFact(f *tcp.Fact) {
	v := t.v
	switch f.Kind {
	case tcp.QueueChanged:
		queue := v.synQueue
		if f.Field == 1 {
			queue = v.acceptQueue
		}
		t.under(v.queue, fmt.Sprintf(queue, t.name(f.Host, f.Conn))+fmt.Sprintf("  %d -> %d", f.From, f.To))
	case tcp.Counted:
		t.under(v.count, fmt.Sprintf("%v  %d -> %d", host.Counter(f.Field), f.From, f.To))
	case tcp.Created:
		if t.step.Cause != sim.CauseCall { // socket() says so itself
			t.under(v.born, t.name(f.Host, f.Conn))
		}
	case tcp.Forgotten:
		t.under(v.gone, t.name(f.Host, f.Conn))
	case tcp.BytesIn:
		t.under(v.data, t.name(f.Host, f.Conn)+"  "+fmt.Sprintf(v.taken, f.To))
	}
}

// merge joins the changes of one variable into one, and leaves out what came back to where it was.
func merge(facts []tcp.Fact) []tcp.Fact {
	var list []tcp.Fact
next:
	for _, f := range facts {
		if f.Kind != tcp.Changed {
			list = append(list, f)
			continue
		}
		for i := range list {
			if g := &list[i]; g.Kind == f.Kind && g.Field == f.Field && g.Host == f.Host && g.Conn == f.Conn {
				g.To = f.To
				continue next
			}
		}
		list = append(list, f)
	}
	kept := list[:0]
	for _, f := range list {
		if f.Kind != tcp.Changed || f.From != f.To {
			kept = append(kept, f)
		}
	}
	return kept
}

// change is a variable's change in words: "SND.UNA 0 -> 1", "retransmit in 1 s".
func (t *storyteller) change(f *tcp.Fact) string {
	if f.Field >= tcp.FieldTimer {
		timer := tcp.Timer(f.Field - tcp.FieldTimer).String()
		if f.To == 0 {
			return timer + " " + t.v.off
		}
		return timer + " " + fmt.Sprintf(t.v.in, span(tcp.Time(f.To).Since(t.step.At)))
	}
	e := t.end(f.Host, f.Conn)
	from, to := e.value(f.Field, f.From), e.value(f.Field, f.To)
	if from == "" {
		return fmt.Sprintf("%v %s", f.Field, to)
	}
	return fmt.Sprintf("%v %s -> %s", f.Field, from, to)
}

// value is a variable's value in words; empty for what had none yet.
func (e *end) value(f tcp.Field, v int64) string {
	switch f {
	case tcp.FieldSndISS, tcp.FieldRcvIRS:
		if v == 0 {
			return ""
		}
	case tcp.FieldSndUNA, tcp.FieldSndNXT, tcp.FieldSndWL2, tcp.FieldSndUP, tcp.FieldRecover:
		return relative(tcp.Seq(v), e.iss)
	case tcp.FieldSndWL1, tcp.FieldRcvNXT, tcp.FieldRcvUP, tcp.FieldRcvEdge:
		return relative(tcp.Seq(v), e.irs)
	case tcp.FieldRTO, tcp.FieldSRTT, tcp.FieldRTTVar:
		if v == 0 {
			return ""
		}
		return span(time.Duration(v))
	case tcp.FieldAck:
		return [...]string{"none", "delayed", "now"}[v]
	case tcp.FieldRecovery:
		return tcp.Recovery(v).String()
	case tcp.FieldFinQueue:
		return [...]string{"no", "yes"}[v]
	}
	return fmt.Sprint(v)
}

// relative is a sequence number counted from the initial one; empty for one that was never set.
func relative(s, initial tcp.Seq) string {
	if s == 0 {
		return ""
	}
	return fmt.Sprint(s.Since(initial))
}

package tui

import (
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
	"tcptutor/tcp/sim"
	"tcptutor/tcp/source"
	"tcptutor/tui/cell"
	"tcptutor/tui/look"
)

// whyLines lays out a step's facts: each rule with its source and its sentence, below it what it changed and sent.
func (m *Model) whyLines(lay *layer, s *sim.Step, world func() *sim.World) {
	facts := append([]tcp.Fact(nil), s.Facts...)
	sent := make([]string, len(s.Sent))
	for i := range s.Sent {
		sent[i] = s.Sent[i].Seg.Flags.String()
	}
	w := world() // from here on s is not valid
	rules := 0
	for i := range facts {
		f := &facts[i]
		if f.Kind == tcp.RuleApplied {
			if r := tcp.RuleOf(f.Rule); r != nil {
				m.ruleLines(lay, f, r)
				rules++
			}
			continue
		}
		if text := m.factText(f, w, sent); text != "" {
			lay.runs([]cell.Run{{Text: text}}, 4)
		}
	}
	if rules == 0 {
		lay.gap()
		lay.runs([]cell.Run{{Text: sayNoRule.In(m.lang), Style: look.Dim}}, 0)
	}
}

func (m *Model) ruleLines(lay *layer, f *tcp.Fact, r *tcp.Rule) {
	lay.gap()
	head := []cell.Run{{Text: m.factHost(f) + "  "}, {Text: r.Name, Style: look.Strong}}
	if e, ok := source.Lookup(r.Source); ok {
		head = append(head, cell.Run{Text: "  " + e.Cite(), Style: look.Dim})
	}
	lay.runs(head, 0)
	text := r.English
	if m.lang == Chinese {
		text = r.Chinese
	}
	lay.runs([]cell.Run{{Text: text}}, 2)
}

// factText words what a rule, or the operating system, changed; "" for facts that only repeat what other panes say.
func (m *Model) factText(f *tcp.Fact, w *sim.World, sent []string) string {
	switch f.Kind {
	case tcp.Changed:
		return f.Field.String() + "  " + m.factValue(f, f.From, w) + " → " + m.factValue(f, f.To, w)
	case tcp.SegmentSent:
		if i := int(f.To); i >= 0 && i < len(sent) {
			return saySends.In(m.lang) + "  " + sent[i]
		}
	case tcp.QueueChanged:
		name := saySYNQueue
		if f.Field == 1 {
			name = sayAccQueue
		}
		return name.In(m.lang) + "  " + itoa(int(f.From)) + " → " + itoa(int(f.To))
	case tcp.Counted:
		if int(f.Field) < int(host.NumCounters) {
			return host.Counter(f.Field).String() + "  " + itoa(int(f.From)) + " → " + itoa(int(f.To))
		}
	}
	return ""
}

// factValue words a variable's value: sequence numbers relative, states by name, times by their unit, timers by how long they still have.
func (m *Model) factValue(f *tcp.Fact, v int64, w *sim.World) string {
	t := factTCB(f, w)
	switch f.Field {
	case tcp.FieldState:
		return tcp.State(v).String()
	case tcp.FieldSndISS, tcp.FieldRcvIRS:
		return itoa(int(uint32(v)))
	case tcp.FieldSndUNA, tcp.FieldSndNXT, tcp.FieldSndWL2, tcp.FieldSndUP:
		return relative(v, t, func(t *tcp.TCB) tcp.Seq { return t.Snd.ISS })
	case tcp.FieldRcvNXT, tcp.FieldRcvUP, tcp.FieldRcvEdge, tcp.FieldSndWL1:
		return relative(v, t, func(t *tcp.TCB) tcp.Seq { return t.Rcv.IRS })
	case tcp.FieldRTO, tcp.FieldSRTT, tcp.FieldRTTVar:
		return spell(time.Duration(v))
	}
	if f.Field >= tcp.FieldTimer {
		switch left := tcp.Time(v).Since(w.Now); {
		case v == 0:
			return sayOff.In(m.lang)
		case left <= 0:
			return sayExpired.In(m.lang)
		default:
			return m.sayf(sayFiresIn, spell(left))
		}
	}
	return itoa(int(v))
}

// relative is a sequence number counted from its connection's first one; one that was never set is "-".
func relative(v int64, t *tcp.TCB, base func(*tcp.TCB) tcp.Seq) string {
	switch {
	case v == 0:
		return "-"
	case t == nil:
		return itoa(int(uint32(v)))
	}
	return itoa(int(uint32(tcp.Seq(v) - base(t))))
}

func factTCB(f *tcp.Fact, w *sim.World) *tcp.TCB {
	if int(f.Host) >= len(w.Hosts) {
		return nil
	}
	socks := w.Hosts[f.Host].Socks
	for i := range socks {
		if !socks[i].Dead && socks[i].ID == f.Conn {
			return &socks[i].TCB
		}
	}
	return nil
}

package trace

import (
	"fmt"

	"tcptutor/tcp"
	"tcptutor/tcp/sim"
)

// NewMermaid prints a Mermaid sequence diagram: an arrow for each segment when it arrives (a crossed one when it is lost), a note for
// each change of state. Mermaid's arrows are level, so two segments that cross on the wire show as one after the other.
func NewMermaid() Printer { return &mermaid{flows: flows{}} }

type mermaid struct {
	scene
	flows flows
}

func (m *mermaid) Head(dst []string, run sim.Run) []string {
	p := run.Program()
	dst = append(dst, "sequenceDiagram")
	for i := range p.Hosts {
		dst = append(dst, fmt.Sprintf("    participant h%d as %s %v", i, p.Hosts[i].Name, p.Hosts[i].Addr))
	}
	return dst
}

func (m *mermaid) Step(dst []string, run sim.Run, i int) []string {
	s := m.at(run, i)
	if s.Cause == sim.CauseArrive || s.Cause == sim.CauseLost {
		arrow := "->>"
		if s.Cause == sim.CauseLost {
			arrow = "-x"
		}
		p := &s.Packet
		dst = append(dst, fmt.Sprintf("    %s%s%s: %s", participant(p.From), arrow, participant(p.To), m.label(&p.Seg)))
	}
	for _, f := range merge(s.Facts) {
		if f.Kind == tcp.Changed && f.Field == tcp.FieldState {
			name := m.end(f.Host, f.Conn).name
			dst = append(dst, fmt.Sprintf("    Note over h%d: %s %v", f.Host, name, tcp.State(f.To)))
		}
	}
	return dst
}

func participant(h uint8) string {
	if h == sim.OpenEnd {
		return "outside"
	}
	return fmt.Sprintf("h%d", h)
}

func (m *mermaid) label(s *tcp.Segment) string {
	from, to, _ := m.flows.learn(s)
	return summary(s, from, to)
}

package observe

import (
	"strconv"
	"strings"

	"tcptutor/tcp"
	"tcptutor/tcp/sim"
)

// FormatMoment is the canonical text of a moment of a program: ParseMoment reads it back as the same moment.
func FormatMoment(p *sim.Program, m sim.Moment) string {
	var b strings.Builder
	b.WriteString(p.Hosts[m.Host].Name)
	switch {
	case m.Child > 0:
		b.WriteString(".child" + strconv.Itoa(m.Child))
	case m.Var >= 0:
		b.WriteString("." + p.Vars[m.Var].Name)
	}
	b.WriteByte(' ')
	b.WriteString(eventText(&m))
	if m.N > 0 {
		b.WriteString("@" + strconv.Itoa(m.N))
	}
	return b.String()
}

func eventText(m *sim.Moment) string {
	switch m.Event {
	case sim.Enters:
		return "enters " + m.State.String()
	case sim.Sends:
		return "sends " + m.Seg.String()
	case sim.Gets:
		return "gets " + m.Seg.String()
	case sim.Loses:
		return "loses " + m.Seg.String()
	case sim.CallBlocks:
		return m.Op.String() + " blocks"
	case sim.CallReturns:
		return m.Op.String() + " returns"
	case sim.TimerFires:
		return m.Timer.String() + " fires"
	}
	name := "rule?"
	if r := tcp.RuleOf(m.Rule); r != nil {
		name = r.Name
	}
	return name + " applies"
}

// FindMoment finds the step of a run in which a moment happens for the N-th time; without N, for the first.
func FindMoment(run sim.Run, m sim.Moment) (step int, ok bool) { return sim.Find(run, m) }

// Occurrences are the steps of a run in which a moment happens, whatever its N; a step in which it happens twice is there twice.
func Occurrences(run sim.Run, m sim.Moment) []int {
	var steps []int
	for i, n := 0, run.Len(); i < n; i++ {
		for range sim.CountIn(run, m, i) {
			steps = append(steps, i)
		}
	}
	return steps
}

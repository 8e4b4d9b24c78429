package scenario

import (
	"tcptutor/tcp/host"
	"tcptutor/tcp/sim"
)

// findDeadWaits finds the lines that wait for a call which only they themselves, or lines after them, could make: they would wait for ever,
// and the run would end in silence.
func (c *compiler) findDeadWaits() {
	calls := make(map[callOf]int)
	for _, t := range c.p.Threads {
		for i := range t.Lines {
			if l := &t.Lines[i]; l.Kind != sim.LineWait {
				calls[callOf{t.Host, l.Call.Op}]++
			}
		}
	}
	n := 0 // of c.order: every statement has become a line
	for _, t := range c.p.Threads {
		later := make(map[callOf]int) // calls of this line and those after it
		for i := range t.Lines {
			if l := &t.Lines[i]; l.Kind != sim.LineWait {
				later[callOf{t.Host, l.Call.Op}]++
			}
		}
		for i := range t.Lines {
			l := &t.Lines[i]
			if l.When >= 0 {
				c.deadWait(c.order[n], &c.p.Moments[l.When], calls, later)
			}
			if l.Kind != sim.LineWait {
				later[callOf{t.Host, l.Call.Op}]--
			}
			n++
		}
	}
}

// callOf is a call as a host makes it.
type callOf struct {
	host int
	op   host.Op
}

func (c *compiler) deadWait(st *statement, m *sim.Moment, calls, later map[callOf]int) {
	if m.Event != sim.CallBlocks && m.Event != sim.CallReturns {
		return
	}
	k := callOf{m.Host, m.Op}
	if calls[k] > later[k] {
		return
	}
	problem := "this line waits for %s() of %s, which no line calls"
	if calls[k] > 0 {
		problem = "this line waits for %s() of %s, which no other line calls before it"
	}
	c.errs.add(st.src, st.whenAt, "a call of another line or thread", problem, m.Op, c.p.Hosts[m.Host].Name)
}

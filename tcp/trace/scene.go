package trace

import (
	"fmt"
	"slices"
	"strconv"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
	"tcptutor/tcp/sim"
)

// scene is one step with the worlds around it within reach. A run's steps and views are valid only until the next is asked for, so the
// step is copied.
type scene struct {
	run  sim.Run
	p    *sim.Program
	i    int
	step sim.Step
}

// at moves the scene to step i, reusing its memory.
func (c *scene) at(run sim.Run, i int) *sim.Step {
	sent, facts := c.step.Sent[:0], c.step.Facts[:0]
	s := run.Step(i)
	c.run, c.p, c.i, c.step = run, run.Program(), i, *s
	c.step.Sent = append(sent, s.Sent...)
	c.step.Facts = append(facts, s.Facts...)
	return &c.step
}

// end is what a printer tells of one end of a connection.
type end struct {
	name     string // "s", "child1", or "#7"
	iss, irs tcp.Seq
}

// end describes a socket as the step left it or, when the step ended it, as the step found it.
func (c *scene) end(h uint8, conn int32) end {
	if int(h) >= len(c.p.Hosts) {
		return end{}
	}
	for _, view := range [...]int{c.i + 1, c.i} {
		w := c.run.View(view)
		if s := w.Hosts[h].Sock(conn); s != nil {
			return end{c.p.SockName(w, int(h), conn), s.TCB.Snd.ISS, s.TCB.Rcv.IRS}
		}
	}
	return end{name: c.p.SockName(c.run.View(c.i+1), int(h), conn)}
}

// hostName is a host's name; what is outside the world is "outside".
func hostName(p *sim.Program, h uint8) string {
	if int(h) < len(p.Hosts) {
		return p.Hosts[h].Name
	}
	return "outside"
}

// line is the program's line behind the step; nil when there is none.
func (c *scene) line() *sim.Line {
	s := &c.step
	if s.Thread < 0 || s.Line < 0 || int(s.Line) >= len(c.p.Threads[s.Thread].Lines) {
		return nil
	}
	return &c.p.Threads[s.Thread].Lines[s.Line]
}

// call is the step's call in the scenario's words: variables for descriptors, host names for addresses.
func (c *scene) call() string {
	l := c.line()
	sp := scenarioSpelling(c.p)
	assign := ""
	if l != nil && l.FDVar >= 0 {
		sp.fd = func(int32) string { return c.p.Vars[l.FDVar].Name }
	}
	if l != nil && l.Assign >= 0 {
		assign = c.p.Vars[l.Assign].Name + " = "
	}
	args := sp.given(&c.step.Call)
	switch c.step.Call.Op {
	case host.OpSocket: // a scenario's socket() has no arguments where they are the usual ones
		if c.step.Call.A == host.AFInet && c.step.Call.B == host.SockStream {
			args = ""
		}
	case host.OpWrite:
		args = list(sp.fd(0), quote(c.step.Call.Data))
	case host.OpBind:
		if c.step.Call.Addr.Addr.IsUnspecified() {
			args = list(sp.fd(0), strconv.Itoa(int(c.step.Call.Addr.Port)))
		}
	}
	return assign + c.step.Call.Op.String() + "(" + args + ")"
}

// scenarioSpelling writes addresses as scenarios do: server:8080.
func scenarioSpelling(p *sim.Program) spelling {
	return spelling{fd: strace.fd, address: func(e tcp.Endpoint) string {
		i := slices.IndexFunc(p.Hosts, func(h sim.HostSpec) bool { return h.Addr == e.Addr })
		if i < 0 {
			return e.String()
		}
		return fmt.Sprintf("%s:%d", p.Hosts[i].Name, e.Port)
	}}
}

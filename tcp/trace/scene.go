package trace

import (
	"fmt"
	"slices"
	"strconv"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
	"tcptutor/tcp/sim"
)

// scene is one step and what has to be known of the sockets in it. A run's steps and views are valid only until the next is asked for,
// so all of it is copied.
type scene struct {
	p    *sim.Program
	i    int
	step sim.Step
	ends []end
}

// end is what a printer tells of one end of a connection.
type end struct {
	host     uint8
	conn     int32
	name     string  // "s", "child1", or "#7"
	iss, irs tcp.Seq // what its numbers are counted from
}

// at moves the scene to step i, reusing its memory.
func (c *scene) at(run sim.Run, i int) *sim.Step {
	sent, facts := c.step.Sent[:0], c.step.Facts[:0]
	s := run.Step(i)
	c.p, c.i, c.step = run.Program(), i, *s
	c.step.Sent = append(sent, s.Sent...)
	c.step.Facts = append(facts, s.Facts...)
	c.ends = c.ends[:0]
	c.mention(c.step.Host, c.step.Conn)
	for j := range c.step.Facts {
		c.mention(c.step.Facts[j].Host, c.step.Facts[j].Conn)
	}
	// A socket is told of as the step left it or, when the step ended it, as the step found it. The views are asked for in their order: a
	// run that goes back has to run again.
	c.describe(run.View(i))
	c.describe(run.View(i + 1))
	return &c.step
}

func (c *scene) mention(h uint8, conn int32) {
	known := func(e end) bool { return e.host == h && e.conn == conn }
	if conn != 0 && int(h) < len(c.p.Hosts) && !slices.ContainsFunc(c.ends, known) {
		c.ends = append(c.ends, end{host: h, conn: conn})
	}
}

func (c *scene) describe(w *sim.World) {
	for j := range c.ends {
		e := &c.ends[j]
		if s := w.Hosts[e.host].Sock(e.conn); s != nil {
			e.iss, e.irs = s.TCB.Snd.ISS, s.TCB.Rcv.IRS
		} else if e.name != "" {
			continue
		}
		e.name = c.p.SockName(w, int(e.host), e.conn)
	}
}

// end finds a socket of the step; one without a name where the step has no such socket.
func (c *scene) end(h uint8, conn int32) end {
	for _, e := range c.ends {
		if e.host == h && e.conn == conn {
			return e
		}
	}
	return end{}
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
		args = list(sp.fd(c.step.Call.FD), quote(c.step.Call.Data))
	case host.OpBind:
		if c.step.Call.Addr.Addr.IsUnspecified() {
			args = list(sp.fd(c.step.Call.FD), strconv.Itoa(int(c.step.Call.Addr.Port)))
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

package packetdrill

import (
	"fmt"
	"strings"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
	"tcptutor/tcp/sim"
)

// call starts a call. One that blocks is left to itself, any other has to return at once.
func (r *runner) call(e *Event, now tcp.Time) error {
	if e.call.ask != askNothing {
		return r.ioctl(e)
	}
	c := &inside{event: e, began: now, from: now, to: now}
	if e.when.blocks {
		length := e.when.end - e.when.from
		c.from, c.to = now.Add(length), now.Add(length)
	}
	r.inside = c
	if e.call.wait > 0 {
		c.startAt = now.Add(e.call.wait)
		return nil
	}
	if err := r.start(c); err != nil || e.when.blocks {
		return err
	}
	return r.comeBack()
}

// start begins a call with the subject's descriptor and the script's addresses in their places.
func (r *runner) start(c *inside) error {
	h := c.event.call.Call
	if fd, ok := r.fds[h.FD]; ok {
		h.FD = fd
	}
	unsaid := h.Addr.Addr == tcp.Addr{}
	switch {
	case h.Op == host.OpBind && unsaid:
		h.Addr.Addr = r.o.Local
	case h.Op == host.OpConnect && unsaid:
		h.Addr.Addr = r.o.Remote
	}
	if h.Op == host.OpBind {
		r.d.local.Port = h.Addr.Port
	}
	if h.Op == host.OpConnect {
		r.d.remote = h.Addr
		r.d.fresh = true
	}
	c.startAt = 0
	return r.subject.Start(0, h)
}

// comeBack waits for the call under way to return, no longer than it may take, and looks at what it gives.
func (r *runner) comeBack() error {
	c := r.inside
	if c == nil {
		return nil
	}
	here := r.at
	r.at = c.event
	defer func() { r.at = here }()
	tolerance := r.tolerance(c.began, c.to)
	if c.startAt != 0 {
		if err := r.pass(c.startAt); err != nil {
			return err
		}
	}
	for !c.returned {
		happened, err := r.wait(c.to.Add(tolerance), false)
		if err != nil {
			return err
		}
		if !happened {
			return r.late("%v() has not returned by %s", "到 %[2]s 为止，%[1]v() 还没有返回", c.event.call.Op, r.clock(r.subject.Now()))
		}
	}
	r.inside, r.back = nil, c.at
	if call := &c.event.call; call.Op == host.OpBind && call.Addr.Port == 0 { // the host has chosen
		h, err := r.look()
		if err != nil {
			return err
		}
		r.d.local.Port = r.d.connection(h).Local.Port
	}
	if c.at < c.from.Add(-tolerance) || c.at > c.to.Add(tolerance) {
		return r.late("%v() returns at another time: %s", "%v() 在另一个时刻返回：%s", c.event.call.Op, r.clock(c.at))
	}
	return r.result(&c.event.call, &c.result)
}

// result compares what a call has given with what it has to.
func (r *runner) result(want *call, got *host.Result) error {
	if got.Errno == tcp.OK && (want.Op == host.OpSocket || want.Op == host.OpAccept) && (want.any || want.want >= 0) {
		r.fds[int32(want.want)] = int32(got.Value)
		return nil
	}
	value, gives := got.Value, got.Value
	if got.Errno == tcp.OK {
		switch want.Op {
		case host.OpGetsockopt:
			value = 0
		case host.OpPoll:
			value = min(value, 1)
		}
	}
	switch {
	case want.any:
		return nil
	case value != want.want || got.Errno != want.errno:
		f := r.fail("%v() gives something else", "%v() 给出了别的结果", want.Op)
		f.Came = result(&host.Result{Value: value, Errno: got.Errno})
		return f
	case want.known && gives != want.option:
		f := r.fail("%v() tells something else", "%v() 报告的值不同", want.Op)
		f.Came = optionText(want, gives)
		return f
	}
	return nil
}

// optionText is what getsockopt() or poll() has told.
func optionText(c *call, v int64) string {
	if c.Op == host.OpGetsockopt {
		return option(host.Option(c.A), v)
	}
	return fmt.Sprintf("revents %#x", v)
}

// look takes a look at the subject.
func (r *runner) look() (*host.Host, error) {
	h := new(host.Host)
	return h, r.subject.Look(h)
}

// ioctl answers SIOCINQ and SIOCOUTQ by a look: bytes that can be read, of which a FIN is none, and numbers not acknowledged, of which
// it is one (tcp.c tcp_ioctl).
func (r *runner) ioctl(e *Event) error {
	h, err := r.look()
	if err != nil {
		return err
	}
	t := r.d.connection(h)
	got := int64(t.Unread)
	switch {
	case t.State == tcp.SynSent || t.State == tcp.SynRcvd:
		got = 0
	case e.call.ask == askUnacked:
		got = int64(t.Snd.NXT.Since(t.Snd.UNA)) + int64(t.Unsent)
	}
	if e.call.known && got != e.call.option {
		f := r.fail("ioctl() tells something else", "ioctl() 报告的值不同")
		f.Came = fmt.Sprintf("[%d]", got)
		return f
	}
	return nil
}

// check holds what a line asserts against the subject.
func (r *runner) check(e *Event) error {
	h, err := r.look()
	if err != nil {
		return err
	}
	t := r.d.connection(h)
	for _, a := range e.look.asserts {
		if got, ok := a.holds(t); !ok {
			f := r.fail("the assertion %s %s %d does not hold", "断言 %s %s %d 不成立", a.field, a.op, a.value)
			f.Came = fmt.Sprintf("%s = %d", a.field, got)
			return f
		}
	}
	if c := e.look.command; c != nil {
		if list, ok := c.run(r.subject.Now(), h); !ok {
			f := r.fail("the sockets are other ones", "套接字的情况不同")
			f.Came = strings.Join(list, "\n")
			return f
		}
	}
	return nil
}

// Simulation is a script that was run against a host of the engine.
type Simulation struct {
	Err   error          // nil when the script passed; see Run
	Run   *sim.Recording // all that happened
	Steps []int          // by event, as far as the script came: the step of the run that it made or that brought it
}

// Simulate runs a script against a host of the engine that goes by a book. The error is a name that is no book's.
func Simulate(s *Script, book string) (*Simulation, error) {
	local, remote := s.IP.Addresses()
	subject, err := sim.NewSimulated(sim.HostSpec{Name: "host", Addr: local, Book: book, MTU: s.MTU}, 1)
	if err != nil {
		return nil, err
	}
	out := new(Simulation)
	out.Err = Run(s, subject, Options{Local: local, Remote: remote, Patience: simulatedPatience, Reached: func(i int) {
		n := subject.Steps()
		if s.Events[i].Kind == ExpectEvent {
			n--
		}
		out.Steps = append(out.Steps, n)
	}})
	out.Run = subject.Recording()
	return out, nil
}

// simulatedPatience is longer than anything a host does by itself but keep-alive.
const simulatedPatience = 3 * time.Hour

package trace

import (
	"fmt"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/sim"
)

// AllHosts as the host of NewCalls is every host.
const AllHosts = -1

// NewCalls prints the system calls of one host (its index), or of AllHosts, the way strace -f -r -T does, with seconds since the run
// began and the thread's name before them:
//
//	0.000000  client  connect(3, {10.0.0.2, 8080} <blocked ...>
//	0.020000  client  <... connect resumed>) = 0 <20.0 ms>
//
// What a call fills in (bytes read, an address) stands where C has it, shown when the call returns.
func NewCalls(hostIndex int) Printer { return &calls{host: hostIndex} }

type calls struct {
	host   int
	column int        // width of the longest thread name
	since  []tcp.Time // by thread: when its call under way began
}

func (c *calls) Head(dst []string, run sim.Run) []string {
	p := run.Program()
	c.since = make([]tcp.Time, len(p.Threads))
	for i := range p.Threads {
		if c.shows(p.Threads[i].Host) {
			c.column = max(c.column, width(p.Threads[i].Name))
		}
	}
	return dst
}

func (c *calls) shows(h int) bool { return c.host == AllHosts || c.host == h }

func (c *calls) Step(dst []string, run sim.Run, i int) []string {
	s := run.Step(i)
	if s.Cause != sim.CauseCall && s.Cause != sim.CauseReturn || !c.shows(int(s.Host)) || s.Thread < 0 {
		return dst
	}
	line := fmt.Sprintf("%s  %s  ", seconds(s.At), pad(run.Program().Threads[s.Thread].Name, c.column))
	given, filled := strace.given(&s.Call), strace.filled(&s.Call, &s.Result)
	switch {
	case !s.Returned:
		c.since[s.Thread] = s.At
		return append(dst, line+fmt.Sprintf("%v(%s <blocked ...>", s.Call.Op, given))
	case s.Cause == sim.CauseReturn:
		if filled != "" {
			filled = " " + filled
		}
		took := span(s.At.Since(c.since[s.Thread]))
		return append(dst, line+fmt.Sprintf("<... %v resumed>%s) = %s <%s>", s.Call.Op, filled, returned(&s.Result), took))
	case filled != "":
		given = list(given, filled)
	}
	return append(dst, line+fmt.Sprintf("%v(%s) = %s", s.Call.Op, given, returned(&s.Result)))
}

// seconds is an instant in seconds to the microsecond.
func seconds(t tcp.Time) string {
	us := time.Duration(t) / time.Microsecond
	return fmt.Sprintf("%d.%06d", us/1e6, us%1e6)
}

// span is a length of time for people: "20.0 ms", "1.5 s", "60 s".
func span(d time.Duration) string {
	switch {
	case d < time.Second && d%(100*time.Microsecond) == 0:
		return fmt.Sprintf("%.1f ms", float64(d)/1e6)
	case d < time.Second:
		return fmt.Sprintf("%.3f ms", float64(d)/1e6)
	case d%time.Second == 0:
		return fmt.Sprintf("%d s", d/time.Second)
	}
	return fmt.Sprintf("%.6g s", d.Round(time.Millisecond).Seconds())
}

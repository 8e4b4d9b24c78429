package packetdrill

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
	"tcptutor/tcp/sim"
)

// Refusal says why a run cannot be written as a script.
type Refusal struct {
	Step   int    // the step at which it cannot go on, from 0
	Reason string // "a script runs one connection, and ..."
}

// Error gives the step and the reason.
func (r *Refusal) Error() string { return fmt.Sprintf("step %d: %s", r.Step, r.Reason) }

// Write writes host h's end of the first n steps of a run as a script. The error is the writer's, or a *Refusal; then nothing has
// been written.
func Write(w io.Writer, run sim.Run, n, h int) error {
	s := script{p: run.Program(), host: h, pending: none}
	s.head()
	for i := 0; i < n && i < run.Len(); i++ {
		if reason := s.step(run.Step(i)); reason != "" {
			return &Refusal{i, reason}
		}
	}
	if reason := s.unfinished(); reason != "" {
		return &Refusal{min(n, run.Len()), reason}
	}
	out := bufio.NewWriter(w)
	last := tcp.Time(-1) // when the line before happens
	for i := range s.lines {
		out.WriteString(s.lines[i].spell(&last))
		// The writer keeps its first error and gives it at the end of the line.
		if err := out.WriteByte('\n'); err != nil {
			return err
		}
	}
	return out.Flush()
}

// none is no line.
const none = -1

// line is a line of a script: an event, or text alone.
type line struct {
	text    string
	at, end tcp.Time // when it happens; when its call returns, if it blocks
	timed   bool
	blocks  bool
}

// spell is the line with its time. The first event's counts from the beginning, every other from the one before: a kernel's timers are some
// milliseconds late, and what follows such a one in the script has to wait for it.
func (l *line) spell(last *tcp.Time) string {
	if !l.timed {
		return l.text
	}
	plus, since := "+", *last
	if since < 0 {
		plus, since = "", 0
	}
	*last = l.at
	if l.blocks {
		return fmt.Sprintf("%s%s...%s %s", plus, brief(l.at-since), brief(l.end-since), l.text)
	}
	return fmt.Sprintf("%s%s %s", plus, brief(l.at-since), l.text)
}

// brief is a time in as few digits as it takes.
func brief(t tcp.Time) string {
	return strings.TrimSuffix(strings.TrimRight(seconds(t), "0"), ".")
}

// script is a script being written.
type script struct {
	p       *sim.Program
	host    int
	lines   []line
	pending int          // the line of the call that blocks, or none
	thread  int32        // whose it is
	blocked host.Call    // what it is
	bound   tcp.Endpoint // what bind() was first called with: the script's "..."
	wire    flow
}

// head writes what stands before the first event: who it is, and the knobs that are not as usual.
func (s *script) head() {
	h := &s.p.Hosts[s.host]
	s.add("// %s, %v, by the rules of %s", h.Name, h.Addr, h.Book)
	if !h.Addr.Is4() {
		s.add("--ip_version=ipv6")
	}
	for _, set := range h.Sysctl {
		s.add("`sysctl -q -w %s=%d`", tcp.Knobs[set.Knob].Name, set.Value)
	}
}

func (s *script) add(format string, args ...any) {
	s.lines = append(s.lines, line{text: fmt.Sprintf(format, args...)})
}

// event adds what happens at an instant.
func (s *script) event(at tcp.Time, text string) {
	s.lines = append(s.lines, line{text: text, at: at, timed: true})
}

// step writes what one step is to the host; it returns why that cannot be written, or nothing.
func (s *script) step(st *sim.Step) string {
	if int(st.Host) == s.host {
		switch st.Cause {
		case sim.CauseArrive:
			if reason := s.segment(st.At, '<', &st.Packet.Seg); reason != "" {
				return reason
			}
		case sim.CauseUnreachable:
			return "an ICMP error reaches the host, and a script has none"
		case sim.CauseCall, sim.CauseReturn:
			if reason := s.call(st); reason != "" {
				return reason
			}
		}
	}
	for i := range st.Sent {
		p := &st.Sent[i]
		if int(p.From) != s.host || p.Copy {
			continue
		}
		if int(p.To) == s.host {
			return "the host talks to itself, and a script's other end is the tool"
		}
		if reason := s.segment(st.At, '>', &p.Seg); reason != "" {
			return reason
		}
	}
	return ""
}

func (s *script) segment(at tcp.Time, way byte, seg *tcp.Segment) string {
	text, reason := s.wire.text(seg, way == '>')
	if port := s.bound.Port; reason == "" && port != 0 && s.wire.near.Port != port {
		reason = fmt.Sprintf("a script's segments belong to the port that its socket is bound to, %d, and these to %d", port, s.wire.near.Port)
	}
	if reason == "" {
		s.event(at, fmt.Sprintf("%c %s", way, text))
	}
	return reason
}

// call writes a call where it began, with its result, which a later step may bring.
func (s *script) call(st *sim.Step) string {
	c := &st.Call
	if st.Cause == sim.CauseReturn {
		if s.pending == none || s.thread != st.Thread { // a call that scripts have no word for
			return ""
		}
		text, _ := spell(c, &st.Result)
		l := &s.lines[s.pending]
		l.text, l.end, l.blocks = text, st.At, true
		s.pending = none
		return ""
	}
	text, kind := spell(c, &st.Result)
	if c.Op == host.OpBind {
		text = s.bind(c, &st.Result)
	}
	switch {
	case kind == unwritable:
		return fmt.Sprintf("a script has no %v()", c.Op)
	case s.pending != none:
		return fmt.Sprintf("%v() starts while another call blocks, and a script has one thread", c.Op)
	case kind == harmless:
		s.add("// %v()", c.Op)
	case st.Returned:
		s.event(st.At, text)
	default:
		s.pending, s.thread, s.blocked = len(s.lines), st.Thread, *c
		s.event(st.At, "")
	}
	return ""
}

// bind leaves out the endpoint where it is the first one, and writes any other. The host's own address is left out as well: where the script
// is run, it is another.
func (s *script) bind(c *host.Call, r *host.Result) string {
	if s.bound.Port == 0 && r.Errno != tcp.EADDRNOTAVAIL {
		s.bound = c.Addr
	}
	endpoint := "..."
	if c.Addr != s.bound || c.Addr.Port == 0 {
		family, six := "AF_INET", ""
		if !s.p.Hosts[s.host].Addr.Is4() {
			family, six = "AF_INET6", "6"
		}
		port := c.Addr.Port
		if port == s.bound.Port && port != 0 {
			port = scriptPort
		}
		endpoint = fmt.Sprintf("{sa_family = %s, sin%s_port = htons(%d)", family, six, port)
		if c.Addr.Addr != s.p.Hosts[s.host].Addr {
			endpoint += fmt.Sprintf(", sin%s_addr = inet_pton(%s, \"%v\")", six, family, c.Addr.Addr)
		}
		endpoint += "}"
	}
	return fmt.Sprintf("bind(%d, %s, ...) = %s", c.FD, endpoint, result(r))
}

// unfinished deals with a call that has not returned by the end. One that only waits can be left out; of one that sends segments a script
// would have to know the result.
func (s *script) unfinished() string {
	switch {
	case s.pending == none:
		return ""
	case s.blocked.Op != host.OpAccept && s.blocked.Op != host.OpRead:
		return fmt.Sprintf("%v() has not returned yet, and a script needs to know what it returns", s.blocked.Op)
	}
	text, _ := spell(&s.blocked, &host.Result{})
	text, _, _ = strings.Cut(text, " = ")
	s.lines[s.pending] = line{text: "// " + text + " never returns"}
	return ""
}

// writable says whether a script can have a call.
type writable int

const (
	written    writable = iota
	harmless            // it cannot, and nothing comes of the call
	unwritable          // it cannot
)

// spell is a call and its result in the words of scripts.
func spell(c *host.Call, r *host.Result) (string, writable) {
	args := ""
	switch c.Op {
	case host.OpSocket:
		if c.B&^host.SockNonblock != host.SockStream || c.C != host.IPProtoIP && c.C != host.IPProtoTCP {
			return "", unwritable
		}
		args = "..., SOCK_STREAM, IPPROTO_TCP"
		if c.B&host.SockNonblock != 0 {
			args = "..., SOCK_STREAM|SOCK_NONBLOCK, IPPROTO_TCP"
		}
	case host.OpBind, host.OpConnect, host.OpAccept:
		args = fmt.Sprintf("%d, ..., ...", c.FD)
	case host.OpListen:
		args = fmt.Sprintf("%d, %d", c.FD, c.A)
	case host.OpRead:
		args = fmt.Sprintf("%d, ..., %d", c.FD, wanted(c, r))
	case host.OpWrite:
		if c.B != 0 {
			return "", unwritable
		}
		args = fmt.Sprintf("%d, ..., %d", c.FD, len(c.Data))
	case host.OpShutdown:
		args = fmt.Sprintf("%d, %s", c.FD, [...]string{"SHUT_RD", "SHUT_WR", "SHUT_RDWR"}[c.A&3%3])
	case host.OpClose:
		args = fmt.Sprint(c.FD)
	case host.OpSetsockopt:
		args = fmt.Sprintf("%d, %s", c.FD, option(host.Option(c.A), c.B))
	case host.OpGetsockopt:
		args = fmt.Sprintf("%d, %s, [%d], [4]", c.FD, level(host.Option(c.A)), r.Value)
		return "getsockopt(" + args + ") = " + result(&host.Result{Errno: r.Errno, Value: min(r.Value, 0)}), written
	case host.OpFcntl:
		return fcntl(c, r)
	case host.OpPoll, host.OpGetsockname, host.OpGetpeername:
		return "", harmless
	default:
		return "", unwritable
	}
	return fmt.Sprintf("%v(%s) = %s", c.Op, args, result(r)), written
}

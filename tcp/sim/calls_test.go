package sim_test

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
	"tcptutor/tcp/sim"
)

// stance is what a descriptor can stand for when a call is made: a socket without a connection, a state, or a connection that is over.
// %s in its program is where the call is made.
type stance struct {
	name    string
	state   tcp.State
	program string
	fd      string // the variable that holds the descriptor
	arrive  func(*lab)
}

const (
	fresh    = "h s = socket(AF_INET, SOCK_STREAM|SOCK_NONBLOCK)\n"
	bound    = fresh + "h bind(s, 8080)\n"
	dialled  = bound + "h connect(s, 10.9.9.9:9)\n"
	accepted = opened + half
)

// stances are those of the places that a program can hold a descriptor of, and a few more of CLOSED.
var stances = []stance{
	{"no connection", tcp.Closed, fresh, "s", func(*lab) {}},
	{"bound", tcp.Closed, bound, "s", func(*lab) {}},
	{"LISTEN", tcp.Listen, bound + "h listen(s, 5)\n", "s", func(*lab) {}},
	{"SYN_SENT", tcp.SynSent, dialled, "s", func(*lab) {}},
	{"SYN_RCVD", tcp.SynRcvd, dialled, "s", func(l *lab) { l.get(syn, 0, 0, "") }},
	{"ESTABLISHED", tcp.Established, opened, "c", (*lab).shake},
	{"FIN_WAIT_1", tcp.FinWait1, accepted, "c", (*lab).shake},
	{"FIN_WAIT_2", tcp.FinWait2, accepted, "c", func(l *lab) { l.shake(); l.get(ack, 1, 2, "") }},
	{"CLOSE_WAIT", tcp.CloseWait, opened, "c", func(l *lab) { l.shake(); l.get(finAck, 1, 1, "") }},
	{"CLOSING", tcp.Closing, accepted, "c", func(l *lab) { l.shake(); l.get(finAck, 1, 1, "") }},
	{"LAST_ACK", tcp.LastAck, opened + closing, "c", func(l *lab) { l.shake(); l.get(finAck, 1, 1, "") }},
	{"TIME_WAIT", tcp.TimeWait, accepted, "c", func(l *lab) { l.shake(); l.get(finAck, 1, 2, "") }},
	{"reset", tcp.Closed, opened, "c", func(l *lab) { l.shake(); l.get(rst, 1, 0, "") }},
	{"closed by both", tcp.Closed, opened + closing, "c", func(l *lab) { l.shake(); l.get(finAck, 1, 1, ""); l.get(ack, 2, 2, "") }},
}

const closing = "h when h enters CLOSE_WAIT: shutdown(c, SHUT_WR)\n"

// userCall is a call of the C library, the section of RFC 9293 that it is, and what that section says, by state.
type userCall struct {
	name, section string
	lines         []string // of the program; %s is the descriptor
	says          func(tcp.State) string
}

const (
	noConnection = `"error: connection does not exist"`
	exists       = `"error: connection already exists"`
	ending       = `"error: connection closing"`
)

var userCalls = []userCall{
	{"connect", "3.10.1", []string{"connect(%s, 10.9.9.9:9)"}, func(s tcp.State) string {
		return [tcp.NumStates]string{tcp.Closed: "SYN", tcp.Listen: "SYN: active from now on"}[s] + past(s, tcp.SynSent, exists)
	}},
	{"listen", "3.10.1", []string{"listen(%s, 5)"}, func(s tcp.State) string {
		return [tcp.NumStates]string{tcp.Closed: "LISTEN", tcp.Listen: exists}[s] + past(s, tcp.SynSent, exists)
	}},
	{"accept", "", []string{"accept(%s)"}, nil},
	{"bind", "", []string{"bind(%s, 0)"}, nil},
	{"write", "3.10.2", []string{`write(%s, "x")`}, func(s tcp.State) string {
		return [tcp.NumStates]string{tcp.Closed: noConnection, tcp.Listen: `"error: remote socket unspecified"`, tcp.SynSent: "queued", tcp.SynRcvd: "queued",
			tcp.Established: "sent", tcp.CloseWait: "sent"}[s] + past(s, tcp.FinWait1, ending, tcp.CloseWait)
	}},
	{"read", "3.10.3", []string{"read(%s)"}, func(s tcp.State) string {
		return [tcp.NumStates]string{tcp.Closed: noConnection, tcp.CloseWait: "what is left, then " + ending}[s] +
			past(s, tcp.Listen, "queued", tcp.CloseWait, tcp.Closing, tcp.LastAck, tcp.TimeWait) + past(s, tcp.Closing, ending)
	}},
	{"shutdown(SHUT_RD)", "", []string{"shutdown(%s, SHUT_RD)"}, nil},
	{"shutdown(SHUT_WR)", "3.10.4", []string{"shutdown(%s, SHUT_WR)"}, saysClose},
	{"shutdown(SHUT_RDWR)", "3.10.4", []string{"shutdown(%s, SHUT_RDWR)"}, saysClose},
	{"close", "3.10.4", []string{"close(%s)"}, saysClose},
	{"close, SO_LINGER {1, 0}", "3.10.5", []string{"setsockopt(%s, SO_LINGER, {1, 0})", "close(%s)"}, func(s tcp.State) string {
		return [tcp.NumStates]string{tcp.Closed: noConnection, tcp.Listen: "TCB deleted", tcp.SynSent: "TCB deleted"}[s] +
			past(s, tcp.SynRcvd, "RST", tcp.Closing, tcp.LastAck, tcp.TimeWait) + past(s, tcp.Closing, "TCB deleted")
	}},
	{"getsockname", "3.10.6", []string{"getsockname(%s)"}, saysStatus},
	{"getpeername", "3.10.6", []string{"getpeername(%s)"}, saysStatus},
	{"getsockopt(SO_ERROR)", "3.10.6", []string{"getsockopt(%s, SO_ERROR)"}, saysStatus},
	{"poll", "", []string{"poll(%s, POLLIN|POLLPRI|POLLOUT, 0)"}, nil},
}

// past is a text that holds from a state on, but for some.
func past(s, from tcp.State, text string, but ...tcp.State) string {
	if s < from || slices.Contains(but, s) {
		return ""
	}
	return text
}

func saysClose(s tcp.State) string {
	return [tcp.NumStates]string{tcp.Closed: noConnection, tcp.Listen: "TCB deleted", tcp.SynSent: "TCB deleted", tcp.SynRcvd: "FIN", tcp.Established: "FIN",
		tcp.FinWait1: ending + ", or ok", tcp.FinWait2: ending + ", or ok", tcp.CloseWait: "FIN"}[s] + past(s, tcp.Closing, ending)
}

func saysStatus(s tcp.State) string {
	return [tcp.NumStates]string{tcp.Closed: noConnection}[s] + past(s, tcp.Listen, "the state")
}

// made is what comes of a call.
type made struct {
	result, sent, state string
	rules               []string
}

// make makes one call. The rfc9293 book waits longer with its delayed ACK, which is not to be among what the call sends.
func (p *stance) make(t *testing.T, book string, c *userCall) made {
	t.Helper()
	at := map[string]time.Duration{"rfc9293": 300 * time.Millisecond, "linux": 100 * time.Millisecond}[book]
	program := "h book " + book + "\n" + p.program + fmt.Sprintf("h/2 wait %v\n", at)
	for _, line := range c.lines {
		program += "h/2 " + fmt.Sprintf(line, p.fd) + "\n"
	}
	l := newLab(t, program)
	l.run(time.Millisecond)
	p.arrive(l)
	l.run(at - 1 - l.w.Now.Since(0))
	sock := l.held(p.fd)
	if got := sock.TCB.State; got != p.state {
		t.Fatalf("%s: the state is %s", p.name, got)
	}
	id := sock.ID
	var m made
	l.watch = func(s *sim.Step) {
		if s.Cause == sim.CauseCall && s.Returned {
			m.result, m.rules = l.given(s), rulesOf(book, s)
		}
	}
	l.run(1)
	m.sent = l.answers()
	l.run(50 * time.Millisecond)
	m.sent = strings.TrimSpace(m.sent + " " + l.answers())
	m.state = tcp.Closed.String()
	if s := l.w.Hosts[0].Sock(id); s != nil {
		m.state = s.TCB.State.String()
	}
	return m
}

// held is the socket of a variable.
func (l *lab) held(name string) *host.Sock {
	for i, v := range l.p.Vars {
		if v.Name == name {
			return l.w.Hosts[0].Sock(l.w.Vars[i].Sock)
		}
	}
	return nil
}

// given words a call's result.
func (l *lab) given(s *sim.Step) string {
	r := &s.Result
	switch {
	case r.Errno != tcp.OK:
		return r.Errno.String()
	case s.Call.Op == host.OpGetsockopt:
		return cmp.Or(tcp.Errno(r.Value).String(), "0")
	case s.Call.Op == host.OpGetsockname || s.Call.Op == host.OpGetpeername:
		if r.Addr.Port == 0 {
			return "none"
		}
		return "the address"
	case s.Call.Op == host.OpPoll:
		var on []string
		for i, name := range []string{"POLLIN", "POLLPRI", "POLLOUT", "POLLERR", "POLLHUP"} {
			if r.Value&(1<<i) != 0 {
				on = append(on, name)
			}
		}
		return cmp.Or(strings.Join(on, " "), "0")
	}
	return fmt.Sprint(r.Value)
}

// sources are where the outcome is written: with the rules, or, where none has to say anything, in the call's own section.
func (c *userCall) sources(rules []string) string {
	if s := sourcesOf(rules); s != "" || c.section == "" {
		return cmp.Or(s, "KERNEL/16.8")
	}
	return "RFC9293/" + c.section
}

// rows are the lines of the table for one call.
func (c *userCall) rows(t *testing.T, p *stance) []string {
	says := "-"
	if c.says != nil {
		says = c.says(p.state)
	}
	line := func(book string, m *made) string {
		return strings.Join([]string{c.name, book, m.result, cmp.Or(m.sent, "-"), m.state, says, cmp.Or(strings.Join(m.rules, " "), "-"), c.sources(m.rules)}, " | ")
	}
	rfc, linux := p.make(t, "rfc9293", c), p.make(t, "linux", c)
	if fmt.Sprint(rfc) == fmt.Sprint(linux) {
		return []string{line("both", &rfc)}
	}
	return []string{line("rfc9293", &rfc), line("linux", &linux)}
}

const callsFile = "testdata/calls.txt"

const callsHead = `# Every call in every state, RFC 9293 section 3.10.1 to 3.10.6, without waiting: what it returns, what it sends, the next state; what the
# RFC says of it; which rules decided, and where that is written. The results of book linux are those of Linux 6.18.
#
# call | book | result | sends | next state | RFC 9293 says | rules | where they are written
`

// TestCalls holds every call in every state: TestCalls/FIN_WAIT_1/write.
// RFC 9293 §3.9.1, §3.10.1, §3.10.2, §3.10.3, §3.10.4, §3.10.5, §3.10.6.
func TestCalls(t *testing.T) {
	text := callsHead
	for i := range stances {
		p := &stances[i]
		text += "\n" + p.name + "\n"
		var all []string
		t.Run(p.name, func(t *testing.T) {
			want := callRows(t)
			for j := range userCalls {
				c := &userCalls[j]
				t.Run(c.name, func(t *testing.T) {
					rows := c.rows(t, p)
					all = append(all, rows...)
					if w := want[p.name+"/"+c.name]; !*update && !slices.Equal(rows, w) {
						t.Errorf("got\n%s\nwant\n%s", strings.Join(rows, "\n"), strings.Join(w, "\n"))
					}
				})
			}
		})
		for _, line := range columns(all) {
			text += "  " + line + "\n"
		}
	}
	if *update {
		if err := os.WriteFile(callsFile, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// callRows reads the table: the lines of each stance and call, without their padding.
func callRows(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile(callsFile)
	if err != nil && !*update {
		t.Fatal(err)
	}
	rows := map[string][]string{}
	stance := ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		f := strings.Split(line, "|")
		switch {
		case strings.HasPrefix(line, "#"):
		case len(f) == 1:
			stance = line
		default:
			for i := range f {
				f[i] = strings.TrimSpace(f[i])
			}
			rows[stance+"/"+f[0]] = append(rows[stance+"/"+f[0]], strings.Join(f, " | "))
		}
	}
	return rows
}

package sim_test

import (
	"cmp"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/sim"
)

// silence is a connection whose peer says nothing any more.
type silence struct {
	name    string
	state   tcp.State
	program string
	arrive  func(*lab)
}

const gone = "h close(c)\n"

var silences = []silence{
	{"SYN_SENT", tcp.SynSent, dialled, func(*lab) {}},
	{"SYN_SENT, TCP_USER_TIMEOUT 10 s", tcp.SynSent, bound + "h setsockopt(s, TCP_USER_TIMEOUT, 10000)\nh connect(s, 10.9.9.9:9)\n", func(*lab) {}},
	{"SYN_RCVD", tcp.SynRcvd, serving, func(l *lab) { l.get(syn, 0, 0, "") }},
	{"SYN_RCVD, both opened", tcp.SynRcvd, dialled, func(l *lab) { l.get(syn, 0, 0, "") }},
	{"ESTABLISHED, idle", tcp.Established, opened, (*lab).shake},
	{"ESTABLISHED, data out", tcp.Established, opened + "h write(c, \"x\")\n", (*lab).shake},
	{"ESTABLISHED, data out, TCP_USER_TIMEOUT 10 s", tcp.Established, opened + "h setsockopt(c, TCP_USER_TIMEOUT, 10000)\nh write(c, \"x\")\n", (*lab).shake},
	{"ESTABLISHED, window closed", tcp.Established, opened + "h write(c, \"x\")\nh write(c, \"y\")\nh when h enters CLOSE_WAIT: wait 1s\n", func(l *lab) {
		l.shake()
		l.shut()
	}},
	{"ESTABLISHED, SO_KEEPALIVE", tcp.Established, opened + "h setsockopt(c, TCP_KEEPIDLE, 600)\nh setsockopt(c, SO_KEEPALIVE, 1)\n", (*lab).shake},
	{"FIN_WAIT_1", tcp.FinWait1, accepted, (*lab).shake},
	{"FIN_WAIT_1, closed", tcp.FinWait1, opened + gone, (*lab).shake},
	{"FIN_WAIT_2", tcp.FinWait2, accepted, func(l *lab) { l.shake(); l.get(ack, 1, 2, "") }},
	{"FIN_WAIT_2, closed", tcp.FinWait2, opened + gone, func(l *lab) { l.shake(); l.get(ack, 1, 2, "") }},
	{"CLOSE_WAIT", tcp.CloseWait, opened, func(l *lab) { l.shake(); l.get(finAck, 1, 1, "") }},
	{"CLOSING", tcp.Closing, accepted, func(l *lab) { l.shake(); l.get(finAck, 1, 1, "") }},
	{"CLOSING, closed", tcp.Closing, opened + gone, func(l *lab) { l.shake(); l.get(finAck, 1, 1, "") }},
	{"LAST_ACK", tcp.LastAck, opened + closing, func(l *lab) { l.shake(); l.get(finAck, 1, 1, "") }},
	{"LAST_ACK, closed", tcp.LastAck, opened + "h when h enters CLOSE_WAIT: close(c)\n", func(l *lab) { l.shake(); l.get(finAck, 1, 1, "") }},
	{"TIME_WAIT", tcp.TimeWait, accepted, func(l *lab) { l.shake(); l.get(finAck, 1, 2, "") }},
}

// shut acknowledges what the host has sent and closes the window.
func (l *lab) shut() {
	l.Helper()
	seg := tcp.Segment{Src: l.peer, Dst: l.host, Seq: irs + 1, Ack: l.iss + 2, Flags: ack}
	l.w.Inject(seg)
	l.run(0)
}

// firing is a timer that has run out, with the times at which the same came of it.
type firing struct {
	timer, sent, state, rules string
	at                        []string
}

// hear plays the silence to its end, or for an hour, and lists the timeouts.
func (p *silence) hear(t *testing.T, book string) []firing {
	t.Helper()
	l := newLab(t, "h book "+book+"\n"+p.program)
	l.run(time.Millisecond)
	p.arrive(l)
	if got := l.state(); got != p.state {
		t.Fatalf("%s: the state is %s", p.name, got)
	}
	start := l.w.Now
	var all []firing
	l.watch = func(s *sim.Step) {
		if s.Cause != sim.CauseTimer {
			return
		}
		f := firing{s.Timer.String(), "-", p.now(l), strings.Join(rulesOf(book, s), " "), nil}
		if len(s.Sent) > 0 {
			f.sent = s.Sent[0].Seg.Flags.String()
		}
		last := len(all) - 1
		if last < 0 || fmt.Sprint(all[last].timer, all[last].sent, all[last].state, all[last].rules) != fmt.Sprint(f.timer, f.sent, f.state, f.rules) {
			all, last = append(all, f), last+1
		}
		all[last].at = append(all[last].at, fmt.Sprintf("%.4g", s.At.Since(start).Seconds()))
	}
	l.run(time.Hour)
	return all
}

// now is the connection's state, and the error that waits for the user.
func (p *silence) now(l *lab) string {
	text := l.state().String()
	for s := range l.w.Hosts[0].Live {
		if s.Err != tcp.OK {
			text += ", " + s.Err.String()
		}
	}
	return text
}

func (f *firing) row(book string) string {
	times := f.at
	if n := len(times); n > 12 {
		times = append(times[:10:10], fmt.Sprintf("... %s (%d times)", times[n-1], n))
	}
	return strings.Join([]string{book, f.timer, strings.Join(times, " "), f.sent, f.state, cmp.Or(f.rules, "-"),
		cmp.Or(sourcesOf(strings.Fields(f.rules)), "RFC9293/3.10.8")}, " | ")
}

const timeoutsFile = "testdata/timeouts.txt"

const timeoutsHead = `# The timeouts of RFC 9293 section 3.10.8, and Linux's own: what each state does, by itself, when the peer is never heard of again. For an
# hour; times in seconds from the moment when the state is reached.
#
# book | timer | fires at | sends | next state, and the user's error | rules | where they are written
`

// TestTimeouts holds what each state does in silence: TestTimeouts/FIN_WAIT_1/linux. RFC 9293 §3.10.8.
func TestTimeouts(t *testing.T) {
	text := timeoutsHead
	for i := range silences {
		p := &silences[i]
		text += "\n" + p.name + "\n"
		var rows []string
		for _, book := range books[:linuxOld] {
			for _, f := range p.hear(t, book) {
				rows = append(rows, f.row(book))
			}
		}
		for _, line := range columns(rows) {
			text += "  " + line + "\n"
		}
		if len(rows) == 0 {
			text += "  none: it stays as it is\n"
		}
	}
	if *update {
		if err := os.WriteFile(timeoutsFile, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(timeoutsFile)
	if err != nil {
		t.Fatal(err)
	}
	for i, block := range strings.Split(text, "\n\n") {
		blocks := strings.Split(string(want), "\n\n")
		name, _, _ := strings.Cut(block, "\n")
		if i == 0 {
			name = "head"
		}
		t.Run(name, func(t *testing.T) {
			if len(blocks) != len(silences)+1 || strings.TrimSpace(blocks[i]) != strings.TrimSpace(block) {
				t.Errorf("got\n%s\nwant\n%s", block, strings.Join(blocks[min(i, len(blocks)-1):min(i+1, len(blocks))], ""))
			}
		})
	}
}

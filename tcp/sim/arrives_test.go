package sim_test

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
	"tcptutor/tcp/sim"
)

var update = flag.Bool("update", false, "write testdata/arrives from what the engine does; every line that changes has to be read")

// place is a state as a program comes to it, with the calls whose results tell what the user sees, and the numbers there, relative: the
// next one expected and the next one to be sent.
type place struct {
	name     string
	state    tcp.State
	program  string
	arrive   func(*lab) // the segments that lead there
	rcv, snd int
}

const (
	opened  = serving + "h fcntl(c, F_SETFL, O_NONBLOCK)\n"
	calling = dialling + "h fcntl(s, F_SETFL, O_NONBLOCK)\nh/2 wait 500ms\nh/2 read(s)\nh/2 write(s, \"x\")\n"
	asking  = "h/2 wait 500ms\nh/2 read(c)\nh/2 write(c, \"x\")\n"
	half    = "h shutdown(c, SHUT_WR)\n"
)

// places are the eleven states. SYN_RCVD is reached in two ways, which the RFC tells apart (MUST-11).
var places = []place{
	{"closed", tcp.Closed, "h s = socket()\n", func(*lab) {}, 1, 1},
	{"listen", tcp.Listen, opened + asking, func(*lab) {}, 1, 1},
	{"syn-sent", tcp.SynSent, calling, func(*lab) {}, 1, 1},
	{"syn-rcvd", tcp.SynRcvd, opened + asking, func(l *lab) { l.get(syn, 0, 0, "") }, 1, 1},
	{"syn-rcvd-active", tcp.SynRcvd, calling, func(l *lab) { l.get(syn, 0, 0, "") }, 1, 1},
	{"established", tcp.Established, opened + asking, (*lab).shake, 1, 1},
	{"fin-wait-1", tcp.FinWait1, opened + half + asking, (*lab).shake, 1, 2},
	{"fin-wait-2", tcp.FinWait2, opened + half + asking, func(l *lab) { l.shake(); l.get(ack, 1, 2, "") }, 1, 2},
	{"close-wait", tcp.CloseWait, opened + asking, func(l *lab) { l.shake(); l.get(finAck, 1, 1, "") }, 2, 1},
	{"closing", tcp.Closing, opened + half + asking, func(l *lab) { l.shake(); l.get(finAck, 1, 1, "") }, 2, 2},
	{"last-ack", tcp.LastAck, opened + "h when h enters CLOSE_WAIT: shutdown(c, SHUT_WR)\n" + asking,
		func(l *lab) { l.shake(); l.get(finAck, 1, 1, "") }, 2, 2},
	{"time-wait", tcp.TimeWait, opened + half + asking, func(l *lab) { l.shake(); l.get(finAck, 1, 2, "") }, 2, 2},
	// The same with no process left.
	{"fin-wait-1-closed", tcp.FinWait1, opened + gone, (*lab).shake, 1, 2},
	{"fin-wait-2-closed", tcp.FinWait2, opened + gone, func(l *lab) { l.shake(); l.get(ack, 1, 2, "") }, 1, 2},
	{"closing-closed", tcp.Closing, opened + gone, func(l *lab) { l.shake(); l.get(finAck, 1, 1, "") }, 2, 2},
	{"last-ack-closed", tcp.LastAck, opened + "h when h enters CLOSE_WAIT: close(c)\n", func(l *lab) { l.shake(); l.get(finAck, 1, 1, "") }, 2, 2},
	{"time-wait-closed", tcp.TimeWait, opened + gone, func(l *lab) { l.shake(); l.get(finAck, 1, 2, "") }, 2, 2},
}

// arriving are the kinds of segment, and what each carries.
var arriving = []kind{
	{"ack", ack, ""}, {"fin", fin, ""}, {"fin-ack", finAck, ""}, {"rst", rst, ""}, {"rst-ack", rstAck, ""}, {"syn", syn, ""}, {"syn-ack", synAck, ""},
	{"syn-fin", syn | fin, ""}, {"data", ack, "abc"},
}

type kind struct {
	name  string
	flags tcp.Flags
	data  string
}

// Where the segment's number lies, from RCV.NXT: just what is expected; in the window; the last number received, again; older; beyond
// the window.
var seqNames, seqAt = []string{"exact", "within", "again", "old", "beyond"}, []int{0, 10, -1, -10, 100_000}

// What it acknowledges, from SND.NXT: all that was sent; all but the last number; what was never sent.
var ackNames, ackAt = []string{"right", "old", "future"}, []int{0, -1, 50}

// outcome is what comes of a segment.
type outcome struct {
	reply string   // what is sent back at once, or as a delayed ACK; numbers relative
	state string   // the connection's next state
	user  string   // what calls return then
	rules []string // what the book did
}

func (o *outcome) same(p *outcome) bool {
	return o.reply == p.reply && o.state == p.state && o.user == p.user
}

// play lets one segment arrive.
func (p *place) play(t testing.TB, book string, e *kind, seq, ackNo int) outcome {
	t.Helper()
	l := newLab(t, "h book "+book+"\n"+p.program)
	var o outcome
	calls := map[host.Op]string{}
	l.watch = func(s *sim.Step) {
		switch {
		case s.Cause == sim.CauseArrive:
			o.rules = rulesOf(book, s)
		case s.Returned:
			calls[s.Call.Op] = given(&s.Result)
		}
	}
	l.run(time.Millisecond)
	p.arrive(l)
	l.run(100*time.Millisecond - l.w.Now.Since(0))
	l.run(l.owes()) // what is owed from before is no answer
	if got := p.now(l); got != p.state {
		t.Fatalf("%s: the state is %s, not %s", p.name, got, p.state)
	}
	in := tcp.Segment{Seq: irs.Add(p.rcv + seq), Ack: l.iss.Add(p.snd + ackNo), Flags: e.flags, Data: e.data}
	l.get(e.flags, p.rcv+seq, p.snd+ackNo, e.data)
	o.reply = p.show(l, &in)
	for wait := 50 * time.Millisecond; wait > 0; wait = l.owes() {
		l.run(wait)
		o.reply = strings.TrimSpace(o.reply + " " + p.show(l, &in))
	}
	o.state = p.now(l).String()
	l.run(510*time.Millisecond - l.w.Now.Since(0))
	o.user = p.user(calls)
	return o
}

func given(r *host.Result) string {
	if r.Errno != tcp.OK {
		return r.Errno.String()
	}
	return fmt.Sprint(r.Value)
}

// now is the state of the connection, or of the listener while there is none.
func (p *place) now(l *lab) tcp.State {
	if s := l.state(); s != tcp.Closed || p.state != tcp.Listen {
		return s
	}
	return tcp.Listen
}

// owes is how long a delayed ACK will still be waiting.
func (l *lab) owes() time.Duration {
	if t := l.w.Hosts[0].Peer(l.host, l.peer); t != nil && t.Timer[tcp.DelayedAckTimer] != 0 {
		return t.Timer[tcp.DelayedAckTimer].Since(l.w.Now)
	}
	return 0
}

// rulesOf are the checks of the book that applied, in their order.
func rulesOf(book string, s *sim.Step) []string {
	b, _ := tcp.FindBook(book)
	var names []string
	for _, f := range s.Facts {
		if r := tcp.RuleOf(f.Rule); f.Kind == tcp.RuleApplied && !slices.Contains(b.Doors[tcp.DoorOutput], r) {
			names = append(names, r.Name)
		}
	}
	return names
}

// show is what has been sent since, with the RFC's words for numbers that come from the segment and not from the connection.
func (p *place) show(l *lab, in *tcp.Segment) string {
	var list []string
	for i := range l.sent {
		out := &l.sent[i]
		text := out.Flags.String() + " "
		switch {
		case out.Flags == rst && out.Seq == in.Ack:
			text += "SEG.ACK"
		case out.Seq == 0:
			text += "0"
		default:
			text += fmt.Sprint(out.Seq.Since(l.iss))
		}
		if out.Flags.Has(ack) {
			text += ":"
			switch own := p.state <= tcp.SynSent || out.Flags.Any(rst|syn); {
			case own && out.Ack == in.End():
				text += "SEG.SEQ+SEG.LEN"
			case own && out.Ack == in.Seq+1:
				text += "SEG.SEQ+1"
			default:
				text += fmt.Sprint(out.Ack.Since(irs))
			}
		}
		list = append(list, text)
	}
	return strings.Join(list, " ")
}

// user is what the calls have given: the one that waits for the connection, then read() and write() of one that there is.
func (p *place) user(calls map[host.Op]string) string {
	reading := "read " + calls[host.OpRead] + "; write " + calls[host.OpWrite]
	switch {
	case !strings.Contains(p.program, "h/2"):
		return "-"
	case p.state > tcp.SynRcvd:
		return reading
	}
	opening := host.OpAccept
	if strings.Contains(p.program, "connect") {
		opening = host.OpConnect
	}
	got, returned := calls[opening]
	switch {
	case !returned:
		return opening.String() + " waits"
	case opening == host.OpAccept:
		return "accept ok; " + reading
	case got != "0":
		return "connect " + got
	}
	return "connect 0; " + reading
}

// TestArrives holds every state against every kind of segment: TestArrives/linux/fin-wait-1/fin-ack. RFC 9293 §3.10.7; for linux every
// row has been held against Linux 6.18 itself.
// RFC 9293 §3.10, §3.5.2, §3.5.3, §3.10.7.1, §3.10.7.2, §3.10.7.3, §3.10.7.4; MUST-11: what a RST or a SYN means in SYN_RCVD depends on how it was reached.
func TestArrives(t *testing.T) {
	if *update {
		for i := range places {
			places[i].write(t)
		}
	}
	for n, book := range books {
		t.Run(book, func(t *testing.T) {
			for i := range places {
				p := &places[i]
				t.Run(p.name, func(t *testing.T) {
					table := p.read(t)
					for i := range arriving {
						e := &arriving[i]
						t.Run(e.name, func(t *testing.T) { p.hold(t, n, e, table[e.name]) })
					}
				})
			}
		})
	}
}

// variations visits each segment of a kind: where its number is and what it acknowledges, if it does.
func variations(fl tcp.Flags, visit func(k key, seq, ackNo int)) {
	for i, s := range seqNames {
		if !fl.Has(ack) {
			visit(key{s, "-"}, seqAt[i], 0)
			continue
		}
		for j, a := range ackNames {
			visit(key{s, a}, seqAt[i], ackAt[j])
		}
	}
}

// hold lets each variation of a segment arrive and compares what comes of it with the table's one row for it.
func (p *place) hold(t *testing.T, book int, e *kind, rows []row) {
	variations(e.flags, func(k key, seq, ackNo int) {
		found := slices.DeleteFunc(slices.Clone(rows), func(r row) bool {
			return !r.speaksOf(book) || !slices.Contains(r.seqs, k.seq) || !slices.Contains(r.acks, k.ack)
		})
		if own := slices.IndexFunc(found, func(r row) bool { return r.book == books[book] }); own > 0 { // behind linux's
			found = found[own:]
		}
		if len(found) != 1 {
			t.Errorf("%s, %s: the table has %d rows for it", k.seq, k.ack, len(found))
			return
		}
		got := p.play(t, books[book], e, seq, ackNo)
		want := found[0].of(book)
		if have := (&row{found[0].seqs, found[0].acks, found[0].book, got, got.sourcesOf()}).String(); have != want {
			t.Errorf("%s, %s:\n got %s\nwant %s", k.seq, k.ack, have, want)
		}
	})
}

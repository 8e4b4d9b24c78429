package sim_test

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
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

// The table: a file for each place, a heading for each kind of segment, and under it the rows. A row says where the segment's number is, what
// it acknowledges, in which book, what comes back, the next state, what the calls return, the rules that decided, and where those are
// written. A book has a row of its own where it does otherwise than the other.
var books = []string{"rfc9293", "linux"}

// key is a variation of a segment.
type key struct{ seq, ack string }

// row is a line of the table for some variations.
type row struct {
	seqs, acks []string
	book       string // "" for every book
	outcome
	sources string
}

func (r *row) String() string {
	book := r.book
	if book == "" {
		book = "both"
	}
	return strings.Join([]string{anyOf(r.seqs, seqNames), anyOf(r.acks, ackNames), book, cmp.Or(r.reply, "-"), r.state, r.user,
		cmp.Or(strings.Join(r.rules, " "), "-"), r.sources}, " | ")
}

// anyOf lists names, or says that they are all there are.
func anyOf(names, all []string) string {
	if len(names) == len(all) {
		return "any"
	}
	return strings.Join(names, ",")
}

// named is its inverse.
func named(text string, all []string) []string {
	if text == "any" {
		return all
	}
	return strings.Split(text, ",")
}

// sourcesOf is where the rules of an outcome are written; where none applied, the section that leaves the segment without effect.
func (o *outcome) sourcesOf() string { return cmp.Or(sourcesOf(o.rules), "RFC9293/3.10.7.4") }

func sourcesOf(rules []string) string {
	var list []string
	for _, name := range rules {
		if r, ok := tcp.FindRule(name); ok && !slices.Contains(list, string(r.Source)) {
			list = append(list, string(r.Source))
		}
	}
	return strings.Join(list, " ")
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
			return r.book != "" && r.book != books[book] || !slices.Contains(r.seqs, k.seq) || !slices.Contains(r.acks, k.ack)
		})
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

// of is the row as one of the books has it: where only the rules differ, there is one row for both, with their rules side by side.
func (r *row) of(book int) string {
	one := *r
	if sides := strings.Split(strings.Join(r.rules, " "), " / "); len(sides) == 2 {
		one.rules = strings.Fields(sides[book])
	}
	if sides := strings.Split(r.sources, " / "); len(sides) == 2 {
		one.sources = sides[book]
	}
	return one.String()
}

const arrivesHead = `# %s, and every kind of segment: what RFC 9293 says (book rfc9293) and what Linux 6.18 does (book linux).
#
# seq: where the segment's number is: exact, RCV.NXT; within the window; again, RCV.NXT-1, the last number received; old; beyond the window.
# ack: what it acknowledges: right, all that was sent; old, all but the last number; future, what was never sent.
# Numbers of replies are SEQ:ACK, relative. Here SND.NXT is %d, RCV.NXT %d. A delayed ACK is among the replies.
#
# seq | ack | book | reply | next state | the user's calls | rules | where they are written
`

func (p *place) file() string { return filepath.Join("testdata", "arrives", p.name+".txt") }

// read takes the table apart: by the kind of segment.
func (p *place) read(t *testing.T) map[string][]row {
	t.Helper()
	text, err := os.ReadFile(p.file())
	if err != nil {
		t.Fatal(err)
	}
	table := map[string][]row{}
	event := ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		f := strings.Split(line, "|")
		switch {
		case line == "" || line[0] == '#':
		case len(f) == 1:
			event = line
		case len(f) == 8:
			for i := range f {
				f[i] = strings.TrimSpace(f[i])
			}
			table[event] = append(table[event], row{named(f[0], seqNames), named(f[1], ackNames), strings.TrimSuffix(f[2], "both"),
				outcome{strings.TrimSuffix(f[3], "-"), f[4], f[5], strings.Fields(f[6])}, f[7]})
		default:
			t.Fatalf("%s: %q has %d columns", p.file(), line, len(f))
		}
	}
	return table
}

// write makes the table of what the books do.
func (p *place) write(t *testing.T) {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, arrivesHead, p.state, p.snd, p.rcv)
	for i := range arriving {
		e := &arriving[i]
		fmt.Fprintf(&b, "\n%s\n", e.name)
		done := map[key][2]outcome{}
		variations(e.flags, func(k key, seq, ackNo int) {
			var both [2]outcome
			for n := range books {
				both[n] = p.play(t, books[n], e, seq, ackNo)
			}
			done[k] = both
		})
		for _, line := range aligned(p.rows(e.flags, done)) {
			b.WriteString("  " + line + "\n")
		}
	}
	if err := os.MkdirAll(filepath.Dir(p.file()), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p.file(), []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// rows says the same thing once: numbers of which the same is true share a row.
func (p *place) rows(fl tcp.Flags, done map[key][2]outcome) []row {
	acks := ackNames
	if !fl.Has(ack) {
		acks = []string{"-"}
	}
	text := func(s, a string) string { return fmt.Sprint(done[key{s, a}]) }
	bySeq := merge(seqNames, acks, func(s, a string) string { return text(s, a) })
	byAck := merge(acks, seqNames, func(a, s string) string { return text(s, a) })
	for i := range byAck {
		byAck[i][0], byAck[i][1] = byAck[i][1], byAck[i][0]
	}
	if len(byAck) < len(bySeq) {
		bySeq = byAck
	}
	var rows []row
	for _, g := range bySeq {
		both := done[key{g[0][0], g[1][0]}]
		if both[0].same(&both[1]) {
			r := row{g[0], g[1], "", both[0], both[0].sourcesOf()}
			if !slices.Equal(both[0].rules, both[1].rules) {
				r.rules = []string{cmp.Or(strings.Join(both[0].rules, " "), "-"), "/", cmp.Or(strings.Join(both[1].rules, " "), "-")}
			}
			if s := both[1].sourcesOf(); s != r.sources {
				r.sources += " / " + s
			}
			rows = append(rows, r)
			continue
		}
		for n := range books {
			rows = append(rows, row{g[0], g[1], books[n], both[n], both[n].sourcesOf()})
		}
	}
	return rows
}

// merge makes groups of xs for which the same is true with every y, and within each group of ys.
func merge(xs, ys []string, text func(x, y string) string) [][2][]string {
	group := func(of []string, text func(string) string) [][]string {
		var groups [][]string
		for _, o := range of {
			i := slices.IndexFunc(groups, func(g []string) bool { return text(g[0]) == text(o) })
			if i < 0 {
				groups = append(groups, []string{o})
				continue
			}
			groups[i] = append(groups[i], o)
		}
		return groups
	}
	var all [][2][]string
	for _, g := range group(xs, func(x string) string {
		line := ""
		for _, y := range ys {
			line += text(x, y) + "\n"
		}
		return line
	}) {
		for _, h := range group(ys, func(y string) string { return text(g[0], y) }) {
			all = append(all, [2][]string{g, h})
		}
	}
	return all
}

// aligned puts the columns of rows under each other.
func aligned(rows []row) []string {
	lines := make([]string, len(rows))
	for i := range rows {
		lines[i] = rows[i].String()
	}
	return columns(lines)
}

func columns(lines []string) []string {
	var widths [8]int
	for _, line := range lines {
		for j, f := range strings.Split(line, " | ") {
			widths[j] = max(widths[j], len(f))
		}
	}
	var out []string
	for _, line := range lines {
		f := strings.Split(line, " | ")
		for j := range f {
			f[j] += strings.Repeat(" ", widths[j]-len(f[j]))
		}
		out = append(out, strings.TrimRight(strings.Join(f, " | "), " "))
	}
	return out
}

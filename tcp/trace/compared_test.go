package trace_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/sim"
	"tcptutor/tcp/trace"
)

// beside compares the textbook with itself changed.
func beside(change func(p *sim.Program)) *sim.Comparison {
	p := textbook()
	change(p)
	return sim.Compare(sim.NewTimeline(textbook()), sim.NewTimeline(p))
}

func byBook(name string) func(*sim.Program) {
	return func(p *sim.Program) {
		for i := range p.Hosts {
			p.Hosts[i].Book = name
		}
	}
}

func losing(h int, kind tcp.Kind) func(*sim.Program) {
	return func(p *sim.Program) {
		p.Moments = []sim.Moment{{Host: h, Var: -1, Event: sim.Sends, Seg: kind, N: 1}}
		p.Faults = []sim.Fault{{Kind: sim.Drop}}
	}
}

func printed(t *testing.T, c *sim.Comparison, opts trace.TextOptions, width int) string {
	t.Helper()
	var b strings.Builder
	if err := trace.WriteBeside(&b, trace.NewCompared(c, opts), [2]string{"one", "other"}, width, len(c.Rows)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// The textbook beside a book without TIME_WAIT, and beside itself with its third segment lost, as learners see them.
func TestTextbookBeside(t *testing.T) {
	golden(t, "textbook.no-time-wait", printed(t, beside(byBook("linux+no-time-wait")), trace.TextOptions{}, 120))
	golden(t, "textbook.lost-ack.zh", printed(t, beside(losing(1, tcp.KindACK)), trace.TextOptions{Lang: trace.Chinese}, 80))
}

// Two columns stay within the width, whatever the runs and the language; what is narrower than two columns need is given what they need.
func TestBesideStaysWithinItsWidth(t *testing.T) {
	for _, change := range []func(*sim.Program){byBook("rfc9293"), losing(0, tcp.KindSYNACK)} {
		c := beside(change)
		for _, width := range []int{0, 72, 80, 101, 160} {
			for _, lang := range []trace.Lang{trace.English, trace.Chinese} {
				for _, l := range strings.Split(printed(t, c, trace.TextOptions{Lang: lang, Why: width == 80}, width), "\n") {
					if n := cellsOf(l); n > max(width, trace.MinBeside) {
						t.Errorf("%d columns: a line of %d:\n%s", width, n, l)
					}
				}
			}
		}
	}
}

// A host's name may be longer than a column.
func TestBesideWithALongName(t *testing.T) {
	p := textbook()
	p.Hosts[0].Name, p.Threads[0].Name = strings.Repeat("host", 20), strings.Repeat("host", 20)
	c := sim.Compare(sim.NewTimeline(p), sim.NewTimeline(textbook()))
	for _, l := range strings.Split(printed(t, c, trace.TextOptions{}, 72), "\n") {
		if n := cellsOf(l); n > 72 {
			t.Errorf("a line of %d:\n%s", n, l)
		}
	}
}

func cellsOf(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r >= 0x1100 {
			n++
		}
	}
	return n
}

// The first difference is marked once, in its place, and what is other is said of both sides.
func TestFirstDifferenceIsMarked(t *testing.T) {
	c := beside(byBook("linux+no-time-wait"))
	d := trace.NewCompared(c, trace.TextOptions{})
	for side, want := range [...]string{"FIN_WAIT_2 -> TIME_WAIT", "FIN_WAIT_2 -> CLOSED"} {
		if got := d.Short(c.First, side); !strings.HasSuffix(got, want) {
			t.Errorf("side %d: %q, want %s", side, got, want)
		}
	}
	if rules := d.Rules(c.First, 1); len(rules) != 1 || rules[0].Name != "fin-without-time-wait" {
		t.Errorf("the rules of the other book there: %v", rules)
	}
	if n := strings.Count(printed(t, c, trace.TextOptions{}, 120), "first difference"); n != 1 {
		t.Errorf("marked %d times", n)
	}
	for _, p := range trace.NewCompared(c, trace.TextOptions{Why: true}).Differs(c.First, 1) {
		if p.Label == "rule" || p.Label == "" {
			t.Errorf("%q is told as an effect", p.Words)
		}
	}
	if d.Differs(0, 0) != nil || d.Differs(0, 1) != nil {
		t.Error("a row before the first difference differs")
	}
}

// Where the same is told of both sides, the number that is another is told: the options of a SYN.
func TestADetailIsTold(t *testing.T) {
	c := beside(byBook("rfc9293"))
	d := trace.NewCompared(c, trace.TextOptions{})
	if got := d.Short(c.First, 0); !strings.HasPrefix(got, "sends  SYN  options [mss 1460,sackOK,") {
		t.Errorf("linux: %q, want its SYN with its options", got)
	}
	if got := d.Short(c.First, 1); got != "sends  SYN  options [mss 1460]" {
		t.Errorf("rfc9293: %q, want its SYN with the MSS alone", got)
	}
}

// Every difference is told: on one side at least there is something that the other one lacks.
func TestEveryDifferenceIsTold(t *testing.T) {
	for name, change := range map[string]func(*sim.Program){
		"book": byBook("rfc9293"), "lost": losing(0, tcp.KindFIN), "wire": func(p *sim.Program) { p.Links[0].Delay *= 2 },
		"bytes": func(p *sim.Program) { p.Threads[1].Lines[2].Call.Data = "HELLO" },
		"pause": func(p *sim.Program) { p.Threads[0].Lines[5].Wait *= 2 },
	} {
		c := beside(change)
		d := trace.NewCompared(c, trace.TextOptions{})
		if c.First < 0 {
			t.Errorf("%s: the runs are the same", name)
		}
		for i, r := range c.Rows {
			if told := len(d.Differs(i, 0)) + len(d.Differs(i, 1)); (told > 0) != (r.Diff != sim.Same) {
				t.Errorf("%s: row %d (%+v) is told by %d differences", name, i, r, told)
			}
		}
	}
}

// What stands alone in a row has nothing beside it, and that is said.
func TestNothingBeside(t *testing.T) {
	c := beside(byBook("linux+no-time-wait"))
	d := trace.NewCompared(c, trace.TextOptions{})
	last := len(c.Rows) - 1
	if len(d.Differs(last, 0)) == 0 || d.Differs(last, 1) != nil || d.Short(last, 1) != "nothing of the kind" {
		t.Errorf("the end of TIME_WAIT: %q beside %q", d.Short(last, 0), d.Short(last, 1))
	}
}

func TestWhatWasChanged(t *testing.T) {
	for _, test := range []struct {
		change func(p *sim.Program)
		want   string
	}{
		{func(*sim.Program) {}, "the same scenario twice"},
		{byBook("linux+no-time-wait"), "same scenario, one rule changed"},
		{func(p *sim.Program) { p.Hosts[1].Book = "linux+no-time-wait" }, "same scenario, one rule changed"},
		{byBook("linux+no-time-wait+no-delayed-ack"), "same scenario, another book"},
		{byBook("rfc9293"), "same scenario, another book"},
		{func(p *sim.Program) { p.Links[0].Delay = time.Second }, "same scenario, another wire"},
		{losing(1, tcp.KindACK), "same programs, other faults on the wire"},
		{func(p *sim.Program) { p.Threads[0].Lines = p.Threads[0].Lines[:5] }, "same hosts, another line in a program"},
		{func(p *sim.Program) { p.Hosts[0].Sysctl = []sim.Setting{{}} }, "same scenario, one setting changed"},
		{func(p *sim.Program) { byBook("rfc9293")(p); losing(1, tcp.KindACK)(p) }, "same hosts, more than one thing changed"},
	} {
		if got := trace.NewCompared(beside(test.change), trace.TextOptions{}).What(); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
	if text := printed(t, beside(func(*sim.Program) {}), trace.TextOptions{}, 80); !strings.Contains(text, "The two runs are the same.") {
		t.Error("two runs that are the same are not called so")
	}
}

// The writer's error comes back.
func TestBesideTellsTheWritersError(t *testing.T) {
	c := beside(byBook("rfc9293"))
	want := errors.New("full")
	if err := trace.WriteBeside(refusing{want}, trace.NewCompared(c, trace.TextOptions{}), [2]string{}, 80, len(c.Rows)); !errors.Is(err, want) {
		t.Errorf("got %v", err)
	}
}

type refusing struct{ err error }

func (r refusing) Write([]byte) (int, error) { return 0, r.err }

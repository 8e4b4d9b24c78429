package verify_test

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/scenario"
	"tcptutor/tcp/sim"
	"tcptutor/tcp/verify"
)

func parse(t *testing.T, name, text string) *sim.Program {
	t.Helper()
	p, errs := scenario.Parse(name, []byte(text))
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	return p
}

// talk is a scenario in which every trait of a comparison occurs.
const talk = `link delay 10ms
server s = socket()
server bind(s, 8080)
server listen(s, 10)
server c = accept(s)
server read(c)
server write(c, "answer")
server wait 1s
server close(c)
client when server accept blocks: s = socket()
client connect(s, server:8080)
client getsockname(s)
client write(s, "question")
client read(s)
client read(s) until eof
client close(s)
drop server sends FIN
`

// Each change of a scenario shows as the difference that it is, and no other comes before it.
func TestEveryTraitIsCompared(t *testing.T) {
	for _, c := range []struct {
		patch string
		want  verify.Trait
	}{
		{"server sysctl tcp_timestamps 0", verify.Opts},
		{"server sysctl tcp_rmem[1] 20000", verify.Window},
		{"replace server bind(s, 8080) -> bind(s, 8081)", verify.Flags}, // RST where there was SYN,ACK
		{"without drop server sends FIN", verify.Lost},
		{`replace server write(c, "answer") -> write(c, "ANSWER")`, verify.Data},
		{`replace server write(c, "answer") -> write(c, "a longer answer")`, verify.Data},
		{"sysctl tcp_syn_linear_timeouts 0", verify.Time},
		{"replace client getsockname(s) -> getpeername(s)", verify.Value},
		{"without client close(s)", verify.Flags}, // an ACK by itself where there was a FIN
		{"after client close(s) -> getsockname(s)", verify.Silent},
		{"drop client sends FIN", verify.Lost},
		{"link delay 200ms", verify.Echo},
		{"server book linux+no-time-wait", verify.States},
	} {
		t.Run(c.patch, func(t *testing.T) {
			p := parse(t, "talk", talk)
			if c.want == verify.Time { // else what is echoed comes before
				p, _ = scenario.Apply(p, "sysctl tcp_timestamps 0\ndrop client sends SYN always")
			}
			q, errs := scenario.Apply(p, c.patch)
			if len(errs) > 0 {
				t.Fatal(errs)
			}
			a, b := sim.NewTimeline(p), sim.NewTimeline(q)
			tolerance := verify.Tolerance{Until: tcp.Time(20 * time.Second), Slack: 4 * time.Millisecond}
			if d := verify.Compare(a, a, tolerance); len(d) > 0 {
				t.Fatalf("a run is not like itself: %+v", d[0])
			}
			d := verify.Compare(a, b, tolerance)
			if len(d) == 0 {
				t.Fatal("no difference found")
			}
			if d[0].Trait != c.want {
				t.Errorf("first difference %+v, want trait %d", d[0], c.want)
			}
		})
	}
}

// What a host says to itself is compared like anything else, and counted from its one SYN where a socket has connected to itself.
func TestWhatAHostSaysToItselfIsCompared(t *testing.T) {
	p := parse(t, "self", `a s = socket()
a bind(s, localhost:5555)
a connect(s, localhost:5555)
a write(s, "question")
a close(s)
`)
	for patch, want := range map[string][]verify.Trait{
		"seed 2": nil,
		`replace a write(s, "question") -> write(s, "QUESTION")`: {verify.Data},
		"sysctl tcp_sack 0": {verify.Opts},
	} {
		q, errs := scenario.Apply(p, patch)
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		d := verify.Compare(sim.NewTimeline(p), sim.NewTimeline(q), verify.Tolerance{Until: tcp.Time(time.Second), Slack: 4 * time.Millisecond})
		if len(d) > 0 != (len(want) > 0) || len(d) > 0 && d[0].Trait != want[0] {
			t.Errorf("%s: the differences are %+v, want of trait %v first", patch, d, want)
		}
	}
}

// A host of the engine that stands in for itself agrees with the engine.
func TestTheEngineAgreesWithItself(t *testing.T) {
	var files []string
	for _, pattern := range []string{"../../lessons/*/scenario.tcp", "../trace/testdata/facts/*.tcp"} {
		list, err := filepath.Glob(pattern)
		if err != nil || len(list) == 0 {
			t.Fatalf("%s: no scenarios: %v", pattern, err)
		}
		files = append(files, list...)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		p := parse(t, file, string(text))
		if acknowledges(p) {
			continue
		}
		for h := range p.Hosts {
			t.Run(strings.TrimSuffix(filepath.Base(file), ".tcp")+"/"+p.Hosts[h].Name, func(t *testing.T) {
				sub, err := sim.NewSimulated(p.Hosts[h], 77)
				if err != nil {
					t.Fatal(err)
				}
				rec, err := sim.StandIn{Host: h, Subject: sub}.Run(p)
				if err != nil {
					t.Skip(err)
				}
				for _, d := range verify.Compare(sim.NewTimeline(p), rec, verify.Tolerance{Until: p.Limits.Time, Slack: time.Millisecond}) {
					t.Errorf("%+v", d)
				}
			})
		}
	}
}

// A machine's clock begins anywhere when it is rebooted: an echo is counted from the SYN of the life that it belongs to. Of a namespace that is
// made anew, the clock goes on.
func TestARebootMayLeaveTheClock(t *testing.T) {
	const file = "../trace/testdata/facts/KERNEL-7.7-client-rebooted.tcp"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	run := sim.NewTimeline(parse(t, file, string(text)))
	rec := &sim.Recording{Text: run.Program()}
	const client = 0
	first, gap := uint32(0), uint32(0) // what the client's clock said at first, and by how much more it says in the second life
	move := func(stamp *uint32, at tcp.Time) {
		switch since := uint32(time.Duration(at).Milliseconds()); {
		case *stamp == 0:
		case first == 0:
			first = *stamp
		case *stamp-first > since+1:
			gap = cmp.Or(gap, *stamp-first-since)
			*stamp -= gap
		}
	}
	for i := range run.Len() {
		s := *run.Step(i)
		s.Sent = slices.Clone(s.Sent)
		for k := range s.Sent {
			if g := &s.Sent[k].Seg; s.Sent[k].From == client {
				move(&g.Opt.TSVal, s.At)
			} else {
				move(&g.Opt.TSEcr, s.At)
			}
		}
		rec.Steps = append(rec.Steps, s)
	}
	for i := range run.Len() + 1 {
		rec.Views = append(rec.Views, sim.World{})
		run.View(i).CopyInto(&rec.Views[i])
	}
	if gap == 0 {
		t.Fatal("the second life's clock is the first one's")
	}
	if d := verify.Compare(run, rec, verify.Tolerance{Until: tcp.Time(5 * time.Second)}); len(d) > 0 {
		t.Errorf("%+v", d)
	}
}

// acknowledges tells whether a stranger's segment acknowledges a number that the text has to know beforehand: such a text is one seed's.
func acknowledges(p *sim.Program) bool {
	return slices.ContainsFunc(p.Injections, func(in sim.Injection) bool { return in.Moment < 0 && in.Seg.Flags.Has(tcp.ACK) })
}

// A port that nobody asked for is the machine's own, also where a listener is told of.
func TestAListenersPortIsComparedWhereItWasAskedFor(t *testing.T) {
	for _, bind := range []string{"", "server bind(s, 8080)\n"} {
		p := parse(t, "listener", "server s = socket()\n"+bind+"server listen(s, 1)\nserver wait 1s\n")
		q := *p
		q.Seed++
		if bind == "" && sim.NewTimeline(p).View(3).Hosts[0].Socks[0].TCB.Local == sim.NewTimeline(&q).View(3).Hosts[0].Socks[0].TCB.Local {
			t.Fatal("both choose the same port")
		}
		if d := verify.Compare(sim.NewTimeline(p), sim.NewTimeline(&q), verify.Tolerance{Until: tcp.Time(time.Second)}); len(d) > 0 {
			t.Errorf("%q: %+v", bind, d[0])
		}
	}
}

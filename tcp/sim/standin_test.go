package sim_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
	"tcptutor/tcp/scenario"
	"tcptutor/tcp/scenario/generate"
	"tcptutor/tcp/sim"
)

// scenarios are the lessons' and the measured facts'.
func scenarios(t *testing.T) []string {
	t.Helper()
	var files []string
	for _, pattern := range []string{"../../lessons/*/scenario.tcp", "../trace/testdata/facts/*.tcp"} {
		list, err := filepath.Glob(pattern)
		if err != nil || len(list) == 0 {
			t.Fatalf("%s: no scenarios: %v", pattern, err)
		}
		files = append(files, list...)
	}
	return files
}

func parse(t *testing.T, file string) *sim.Program {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p, errs := scenario.Parse(file, text)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	return p
}

// A host of the engine that stands in for itself changes nothing: every lesson and every measured fact runs step by step as it does
// in a world, and leaves the same world behind each step.
func TestAStandInOfTheEngineIsTheEngine(t *testing.T) {
	for _, file := range scenarios(t) {
		p := parse(t, file)
		for h := range p.Hosts {
			name := strings.TrimSuffix(filepath.Base(file), ".tcp")
			if name == "scenario" {
				name = filepath.Base(filepath.Dir(file))
			}
			t.Run(name+"/"+p.Hosts[h].Name, func(t *testing.T) { standIn(t, p, h) })
		}
	}
}

// The same of scenarios that nobody wrote.
func TestAStandInOfTheEngineIsTheEngineInGeneratedRuns(t *testing.T) {
	for seed := range uint64(100) {
		text := generate.New(seed, generate.Options{})
		p, errs := scenario.Parse("generated", []byte(text))
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		for h := range p.Hosts {
			t.Run(fmt.Sprintf("%d/%s", seed, p.Hosts[h].Name), func(t *testing.T) { standIn(t, p, h) })
		}
	}
}

func standIn(t *testing.T, p *sim.Program, h int) {
	sub, err := sim.NewSimulated(p.Hosts[h], sim.SeedOf(p.Seed, h))
	if err != nil {
		t.Fatal(err)
	}
	defer sub.Close()
	got, err := sim.StandIn{Host: h, Subject: sub}.Run(p)
	if why, ok := errors.AsType[*sim.CannotStandIn](err); ok {
		t.Skip(why)
	}
	if err != nil {
		t.Fatal(err)
	}
	want := sim.NewTimeline(p)
	for i := range min(want.Len(), got.Len()) {
		a, b := want.Step(i), got.Step(i)
		what := fmt.Sprintf("step %d of %d, %v at %v", i, want.Len(), a.Cause, time.Duration(a.At))
		if d := differ(a, b); d != "" {
			t.Fatalf("%s: %s", what, d)
		}
		if want.View(i+1).Key() != got.View(i+1).Key() {
			t.Fatalf("%s leaves another world behind", what)
		}
	}
	if want.Len() != got.Len() {
		t.Errorf("%d steps, want %d", got.Len(), want.Len())
	}
}

// elder is a subject that has lived before the run, and does not tell where its timestamp clock stands.
type elder struct{ *sim.Simulated }

func (e elder) Look(h *host.Host) error {
	err := e.Simulated.Look(h)
	for s := range h.Live {
		s.TCB.TSOffset = 0
	}
	return err
}

// In a run a subject's timers and its timestamp clock go by the run's time.
func TestAStandInsClocksAreTheRuns(t *testing.T) {
	const lived = 7
	p := parse(t, "../trace/testdata/facts/KERNEL-6.14-segment-in-time-wait.tcp")
	sub, err := sim.NewSimulated(p.Hosts[0], sim.SeedOf(p.Seed, 0))
	if err != nil {
		t.Fatal(err)
	}
	defer sub.Close()
	if _, err := sub.Wait(tcp.Time(lived*time.Millisecond), nil); err != nil {
		t.Fatal(err)
	}
	got, err := sim.StandIn{Host: 0, Subject: elder{sub}}.Run(p)
	if err != nil {
		t.Fatal(err)
	}
	want := sim.NewTimeline(p)
	stamps := 0
	for i := range min(want.Len(), got.Len()) {
		a, b := want.Step(i), got.Step(i)
		if a.At != b.At || a.Cause != b.Cause {
			t.Fatalf("step %d is %v at %v, want %v at %v", i, b.Cause, b.At, a.Cause, a.At)
		}
		if x, y := a.Packet.Seg.Opt, b.Packet.Seg.Opt; y.Has(tcp.OptTS) && y.TSEcr != 0 {
			stamps++
			if y.TSEcr != x.TSEcr+lived {
				t.Errorf("step %d: the segment echoes %d, want %d", i, y.TSEcr, x.TSEcr+lived)
			}
		}
		for s := range want.View(i + 1).Hosts[0].Live {
			other := got.View(i + 1).Hosts[0].Sock(s.ID)
			if at := other.TCB.Deadline(); at != s.TCB.Deadline() {
				t.Errorf("after step %d, socket %d has a timer at %v, want %v", i, s.ID, at, s.TCB.Deadline())
			}
		}
	}
	if want.Len() != got.Len() || stamps == 0 {
		t.Errorf("%d steps, %d stamps, want %d and some", got.Len(), stamps, want.Len())
	}
}

// differ tells what is other about two steps, facts apart: a subject has none.
func differ(a, b *sim.Step) string {
	for _, c := range []struct {
		what      string
		want, got any
	}{
		{"time", a.At, b.At},
		{"cause", a.Cause, b.Cause},
		{"host", a.Host, b.Host},
		{"socket", a.Conn, b.Conn},
		{"thread", a.Thread, b.Thread},
		{"line", a.Line, b.Line},
		{"timer", a.Timer, b.Timer},
		{"packet", a.Packet, b.Packet},
		{"call", a.Call, b.Call},
		{"result", a.Result, b.Result},
		{"returned", a.Returned, b.Returned},
		{"segments", len(a.Sent), len(b.Sent)},
	} {
		if c.want != c.got {
			return fmt.Sprintf("%s is %+v, want %+v", c.what, c.got, c.want)
		}
	}
	for i := range a.Sent {
		if a.Sent[i] != b.Sent[i] {
			return fmt.Sprintf("segment %d is %+v, want %+v", i, b.Sent[i], a.Sent[i])
		}
	}
	return ""
}

// deaf is a subject that does not tell what it says to itself.
type deaf struct{ sim.Subject }

func (deaf) HearsItself() bool { return false }

// What a host says to itself a subject may stand in for if it can be heard, and if nothing is to happen to it on the way.
func TestAStandInTalksToItself(t *testing.T) {
	const talk = "client s = socket()\nclient bind(s, 5555)\nclient connect(s, localhost:5555)\n"
	for _, c := range []struct {
		text    string
		subject sim.Subject
		fits    bool
	}{
		{talk, nil, true},
		{talk, deaf{}, false},
		{talk + "drop client sends SYN\n", nil, false},
		{talk + "server t = socket()\nserver connect(t, client:80)\ndrop server sends SYN\n", nil, true},
		{"server s = socket()\nclient s = socket()\nclient connect(s, server:80)\ndrop client sends SYN\n", deaf{}, true},
	} {
		p, errs := scenario.Parse("self", []byte("limit time 1s\n"+c.text))
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		err := sim.StandIn{Host: 0, Subject: c.subject}.Fits(p)
		if _, cannot := errors.AsType[*sim.CannotStandIn](err); cannot == c.fits {
			t.Errorf("%q with %T: %v", c.text, c.subject, err)
		}
	}
}

// A router's word comes to a stand-in by IPv4 only: IPv6 has other codes.
func TestAStandInHearsRoutersByIPv4(t *testing.T) {
	for addr, fits := range map[string]bool{"10.0.0.7": true, "fd00::7": false} {
		p, errs := scenario.Parse("router", []byte("client addr "+addr+"\nclient s = socket()\nclient connect(s, server:8080)\nserver s = socket()\nunreachable client sends SYN\n"))
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		err := sim.StandIn{Host: 0}.Fits(p)
		if _, cannot := errors.AsType[*sim.CannotStandIn](err); cannot == fits {
			t.Errorf("%s: %v", addr, err)
		}
	}
}

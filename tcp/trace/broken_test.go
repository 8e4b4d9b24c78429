package trace_test

import (
	"strings"
	"testing"

	"tcptutor/tcp"
	"tcptutor/tcp/sim"
)

// brokenPair is a file of testdata/broken: one scenario, what is true of it where hosts keep to their book (`# sound`), and what is
// true where they go by the patch that the file is named for (`# broken`). What breaks may be an invariant: `# violates WORDS`.
type brokenPair struct {
	patch         string
	sound, broken fact
}

func readBroken(t *testing.T) []brokenPair {
	t.Helper()
	var out []brokenPair
	eachScenario(t, "testdata/broken/*.tcp", func(name, text string, p *sim.Program) {
		patch, _, _ := strings.Cut(name, "_")
		pair := brokenPair{patch, fact{name: name, program: p, claims: readClaims(text, "sound")},
			fact{name: name, program: p, claims: readClaims(text, "broken")}}
		for _, c := range readClaims(text, "violates") {
			pair.broken.violates = c.text
		}
		out = append(out, pair)
	})
	return out
}

// Each broken book does damage where its sound twin does none, whichever book it is made from: what is true of the one is false of the other.
func TestBrokenBooksBreak(t *testing.T) {
	for _, b := range readBroken(t) {
		for _, base := range []string{"linux", "linux6.4", "rfc9293"} {
			t.Run(b.sound.name+"/"+base, func(t *testing.T) {
				if len(b.sound.claims) == 0 || len(b.broken.claims) == 0 {
					t.Fatal("the file lacks a `# sound` or a `# broken` line")
				}
				sound, broken := b.sound, b.broken
				sound.program, broken.program = rebound(sound.program, base), rebound(broken.program, base+"+"+b.patch)
				holdTwin(t, sound, broken.program)
				holdTwin(t, broken, sound.program)
			})
		}
	}
}

// holdTwin holds that a fact is true, and none of its claims is true of the twin.
func holdTwin(t *testing.T, f fact, twin *sim.Program) {
	t.Helper()
	if err := f.wrong(); err != nil {
		t.Errorf("%s: %v", f.program.Hosts[0].Book, err)
	}
	run := sim.NewTimeline(twin)
	for _, c := range f.claims {
		if c.holds(run) == nil {
			t.Errorf("%s: true all the same: %s", twin.Hosts[0].Book, c.text)
		}
	}
}

// Every broken book there is has a scenario in which it breaks.
func TestEveryBrokenBookHasAScenario(t *testing.T) {
	has := map[string]bool{}
	for _, b := range readBroken(t) {
		has[b.patch] = true
	}
	for _, p := range tcp.Patches() {
		if !has[p.Name] {
			t.Errorf("testdata/broken/%s.tcp is missing", p.Name)
		}
	}
}

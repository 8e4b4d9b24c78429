package generate_test

import (
	"strings"
	"testing"

	"tcptutor/tcp/host"
	"tcptutor/tcp/scenario"
	"tcptutor/tcp/scenario/generate"
	"tcptutor/tcp/sim"
)

// Every seed makes a scenario without mistakes, always the same one, and among some hundred of them everything happens that is meant to.
func TestScenariosAreSound(t *testing.T) {
	texts := map[string]bool{}
	ops := map[host.Op]bool{}
	faults := map[sim.FaultKind]bool{}
	injected, several := 0, 0
	for seed := range uint64(500) {
		text := generate.New(seed, generate.Options{})
		if text != generate.New(seed, generate.Options{}) {
			t.Fatalf("seed %d makes two scenarios", seed)
		}
		texts[text] = true
		p, mistakes := scenario.Parse("generated", []byte(text))
		if len(mistakes) > 0 {
			t.Fatalf("seed %d: %v\n%s", seed, mistakes, text)
		}
		injected += len(p.Injections)
		if len(p.Threads) > 2 {
			several++
		}
		for _, f := range p.Faults {
			faults[f.Kind] = true
		}
		run := sim.NewTimeline(p)
		for i := range run.Len() {
			if s := run.Step(i); s.Returned {
				ops[s.Call.Op] = true
			}
		}
		if run.Stopped() != sim.StopQuiet {
			t.Errorf("seed %d does not end:\n%s", seed, text)
		}
	}
	if len(texts) < 450 || injected < 100 || several < 50 || len(faults) != 4 {
		t.Errorf("%d texts, %d injections, %d with several clients, %d kinds of fault", len(texts), injected, several, len(faults))
	}
	for _, op := range []host.Op{host.OpConnect, host.OpAccept, host.OpRead, host.OpWrite, host.OpShutdown, host.OpClose, host.OpSetsockopt} {
		if !ops[op] {
			t.Errorf("no %v() ever returns", op)
		}
	}
}

// Every seed makes a transfer that ends with all bytes read, whatever was lost of it, for each book; among them segments go again.
func TestTransfersArriveWhole(t *testing.T) {
	again := 0
	for seed := range uint64(300) {
		text := generate.Transfer(seed)
		p, mistakes := scenario.Parse("transfer", []byte(text))
		if len(mistakes) > 0 {
			t.Fatalf("seed %d: %v\n%s", seed, mistakes, text)
		}
		for h := range p.Hosts {
			p.Hosts[h].Book = []string{"linux", "rfc9293"}[seed%2]
		}
		wrote, read := 0, 0
		run := sim.NewTimeline(p)
		for i := range run.Len() {
			s := run.Step(i)
			for k := range s.Sent {
				if s.Sent[k].Again {
					again++
				}
			}
			switch {
			case s.Returned && s.Call.Op == host.OpWrite:
				wrote += int(s.Result.Value)
			case s.Returned && s.Call.Op == host.OpRead:
				read += int(s.Result.Value)
			}
		}
		if wrote == 0 || read != wrote || run.Stopped() != sim.StopQuiet {
			t.Errorf("seed %d: %d bytes written, %d read\n%s", seed, wrote, read, text)
		}
	}
	if again < 300 {
		t.Errorf("only %d segments go again", again)
	}
}

// A single connection is one: one client, one thread a host, no inject.
func TestASingleConnection(t *testing.T) {
	for seed := range uint64(200) {
		p, mistakes := scenario.Parse("generated", []byte(generate.New(seed, generate.Options{Single: true})))
		switch {
		case len(mistakes) > 0:
			t.Fatalf("seed %d: %v", seed, mistakes)
		case len(p.Threads) != 2:
			t.Errorf("seed %d has %d threads", seed, len(p.Threads))
		}
	}
}

// What fails is made shorter until every line is needed.
func TestShrinkLeavesWhatMatters(t *testing.T) {
	const text = `link delay 10ms
client sysctl tcp_sack 0
server s = socket()
server bind(s, 8080)
server listen(s, 10)
server c = accept(s)
server close(c)
client s = socket()
client connect(s, server:8080)
client wait 1s
client write(s, "x")
drop client sends FIN
`
	asked := 0
	got := generate.Shrink(text, func(text string) bool {
		asked++
		return strings.Contains(text, "bind") && strings.Contains(text, "connect(")
	})
	const want = "server s = socket()\nserver bind(s, 8080)\nclient s = socket()\nclient connect(s, server:8080)\n"
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if asked == 0 || asked > 200 {
		t.Errorf("asked %d times", asked)
	}
}

package scenario_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tcptutor/tcp"
	"tcptutor/tcp/scenario"
	"tcptutor/tcp/sim"
)

// attacked is a connection that is open and idle; the client's port is the text's own.
const attacked = `
server s = socket()
server bind(s, 80)
server listen(s, 5)
server c = accept(s)
server read(c)

client s = socket()
client bind(s, 7000)
client connect(s, server:80)
`

// arrivals lists what came from outside of the world: when, at which host, what, and the state that the socket concerned is in then.
func arrivals(t *testing.T, p *sim.Program) []string {
	t.Helper()
	var got []string
	r := sim.NewTimeline(p)
	for i := range r.Len() {
		s := r.Step(i)
		if s.Cause != sim.CauseArrive || s.Packet.From != sim.OpenEnd {
			continue
		}
		state := tcp.Closed
		if sock := r.View(i + 1).Hosts[s.Host].Sock(s.Conn); sock != nil {
			state = sock.TCB.State
		}
		seg := &s.Packet.Seg
		got = append(got, fmt.Sprintf("%v %s:%d>%d [%s] %s", s.At.Since(0), p.Hosts[s.Host].Name, seg.Src.Port, seg.Dst.Port, seg.Flags, state))
	}
	return got
}

// The ends of an injected segment, its moment and its numbers.
func TestInjectedSegments(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{"when server accept returns: peer > server.c [R] seq 1", "30ms server:7000>80 [RST] CLOSED"},
		{"when server accept returns: peer > server.c [R] seq 2", "30ms server:7000>80 [RST] ESTABLISHED"},
		{"when server accept returns: client.s > server.c [R] seq 0", "30ms server:7000>80 [RST] ESTABLISHED"},
		{"when server accept returns: client.s > peer [R] seq 1", "30ms server:7000>80 [RST] CLOSED"},
		{"when server accept returns: peer > client.s [R.] seq 1 ack 1", "30ms client:80>7000 [RST,ACK] CLOSED"},
		{"when server accept returns: client:7000 > server:80 [R] seq 1", "30ms server:7000>80 [RST] CLOSED"},
		{"when server enters SYN_RCVD: peer > server.child1 [.] seq 1 ack 1", "10ms server:7000>80 [ACK] ESTABLISHED"},
		{"when server enters SYN_RCVD: peer > server.child1 [.] seq 1 ack 2", "10ms server:7000>80 [ACK] SYN_RCVD"},
		{"5ms after server sends SYN,ACK@1: 10.9.9.9:9 > server.s [S] seq 1", "15ms server:9>80 [SYN] LISTEN"},
		{"at 1.5s: 10.9.9.9:9 > server:80 [F] seq 1", "1.5s server:9>80 [FIN] LISTEN"},
		{"at 0s: 10.9.9.9:9 > client:80 [S] seq 1", "0s client:9>80 [SYN] CLOSED"},
		// In SYN_SENT the client knows no number of the server's: they count from the server's own, once it has one.
		{"when server sends SYN,ACK: peer > client.s [S.] seq 0 ack 1", "10ms client:80>7000 [SYN,ACK] ESTABLISHED"},
		{"when server sends SYN,ACK: peer > client.s [S.] seq 0 ack 2", "10ms client:80>7000 [SYN,ACK] SYN_SENT"},
		// What is not there sends and gets nothing.
		{"when client connect blocks: peer > server.c [R] seq 1", ""},
		{"when client connect blocks: peer > server.s [R] seq 1", ""},
		{"when server accept returns@2: peer > server.c [R] seq 1", ""},
		{"when server accept returns: peer > server.child2 [R] seq 1", ""},
	} {
		for _, seed := range []string{"seed 1", "seed 77"} {
			p := parse(t, attacked+seed+"\ninject "+c.line+"\n")
			if got := strings.Join(arrivals(t, p), "; "); got != c.want {
				t.Errorf("%s, %s:\n got %s\nwant %s", seed, c.line, got, c.want)
			}
		}
	}
}

// A timestamp counts from the one its receiver saw last: one below is PAWS's, one above is new.
func TestInjectedTimestamps(t *testing.T) {
	for val, want := range map[string]int64{"-1": 0, "0": 2, "1": 2} {
		p := parse(t, attacked+`inject 100ms after server accept returns: peer > server.c [P.] seq 1 ack 1 <TS val `+val+` ecr 0> "hi"`)
		w, got := sim.NewWorld(p), int64(0)
		var s sim.Step
		for w.Next() < tcp.Time(200*time.Millisecond) && w.Step(p, &s) {
			for _, f := range s.Facts {
				if f.Kind == tcp.BytesIn {
					got += f.To
				}
			}
		}
		if got != want {
			t.Errorf("TS val %s: %d bytes are taken in, want %d", val, got, want)
		}
	}
}

// A segment that is on its way names its world by its relative numbers: initial numbers do not matter.
func TestInjectedSegmentInTheKey(t *testing.T) {
	keys := map[uint64]bool{}
	for _, seed := range []string{"seed 1", "seed 2"} {
		p := parse(t, attacked+seed+"\ninject 1s after server accept returns: peer > server.c [.] seq 1 ack 1\n")
		w := sim.NewWorld(p)
		var s sim.Step
		for w.Next() < tcp.Time(time.Second) && w.Step(p, &s) {
		}
		if len(w.Wire) != 1 {
			t.Fatalf("%d segments are on their way", len(w.Wire))
		}
		keys[w.Key()] = true
	}
	if len(keys) != 1 {
		t.Errorf("%d keys of one world", len(keys))
	}
}

// A what-if takes an injected segment away, or puts another in its place.
func TestInjectedSegmentsInWhatIfs(t *testing.T) {
	const line = "inject when server accept returns: peer > server.c [R] seq 1"
	p := parse(t, attacked+line+"\n")
	q, errs := scenario.Apply(p, "without inject  when server accept returns: peer>server.c [R], seq 1, win 65535\n")
	if errs != nil {
		t.Fatal(errs.Format())
	}
	if len(q.Injections) != 0 {
		t.Errorf("it is still there:\n%s", scenario.Format(q))
	}
	q, errs = scenario.Apply(p, "replace "+line+" -> inject at 2s: client:7000 > server:80 [R] seq 5\n")
	if errs != nil {
		t.Fatal(errs.Format())
	}
	gone, come := lineDifference(scenario.Format(p), scenario.Format(q))
	if diff := cmp.Diff([]string{line, "inject at 2s: client:7000 > server:80 [R] seq 5"}, []string{gone, come}); diff != "" {
		t.Error(diff)
	}
	if _, errs = scenario.Apply(p, "without inject at 1s: client:1 > server:80 [R] seq 1"); errs == nil {
		t.Error("a line that is not there is taken away")
	}
}

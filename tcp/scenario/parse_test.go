package scenario_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
	"tcptutor/tcp/scenario"
	"tcptutor/tcp/sim"
)

const story = `book   linux
link   delay 10ms

server s = socket()
server bind(s, 8080)
server listen(s, 10)
server c = accept(s)                    # blocks until a connection is ready

client s = socket()
client connect(s, server:8080)
client write(s, "hello # not a comment")
client close(s)

server read(c) until eof
server wait 2s                          # a program that takes its time
server close(c)

drop   client sends FIN                 # the first one
`

func parse(t testing.TB, text string) *sim.Program {
	t.Helper()
	p, errs := scenario.Parse("test.tcp", []byte(text))
	if errs != nil {
		t.Fatalf("%s\n%s", text, errs.Format())
	}
	return p
}

func TestTheStoryBecomesAProgram(t *testing.T) {
	p := parse(t, story)
	if p.Hosts[0].Name != "client" || p.Hosts[0].Addr != tcp.IPv4(10, 0, 0, 1) || p.Hosts[1].Addr != tcp.IPv4(10, 0, 0, 2) {
		t.Errorf("the host that connects is not the first: %+v", p.Hosts)
	}
	if diff := cmp.Diff([]sim.VarSpec{{Host: 0, Name: "s"}, {Host: 1, Name: "s"}, {Host: 1, Name: "c"}}, p.Vars); diff != "" {
		t.Error(diff)
	}
	want := []sim.Line{
		{Call: host.Call{Op: host.OpSocket, A: host.AFInet, B: host.SockStream}, FDVar: -1, Assign: 0, When: -1, Text: "s = socket()", Pos: 9},
		{Call: host.Call{Op: host.OpConnect, Addr: tcp.Endpoint{Addr: tcp.IPv4(10, 0, 0, 2), Port: 8080}}, FDVar: 0, Assign: -1, When: -1, Text: "connect(s, server:8080)", Pos: 10},
		{Call: host.Call{Op: host.OpWrite, Data: "hello # not a comment"}, FDVar: 0, Assign: -1, When: -1, Text: `write(s, "hello # not a comment")`, Pos: 11},
		{Call: host.Call{Op: host.OpClose}, FDVar: 0, Assign: -1, When: -1, Text: "close(s)", Pos: 12},
	}
	if diff := cmp.Diff(want, p.Threads[0].Lines); diff != "" {
		t.Error(diff)
	}
	last := p.Threads[1].Lines[4:]
	if last[0].Kind != sim.LineReadUntil || last[0].Until != 0 || last[1].Kind != sim.LineWait || last[1].Wait != 2*time.Second || last[2].Pos != 16 {
		t.Errorf("%+v", last)
	}
	if len(p.Faults) != 1 || p.Faults[0].Kind != sim.Drop || p.Moments[p.Faults[0].Moment] != (sim.Moment{Host: 0, Var: -1, Event: sim.Sends, Seg: tcp.KindFIN}) {
		t.Errorf("%+v %+v", p.Faults, p.Moments)
	}
	if p.Limits.Steps != 100_000 || p.Limits.Time != tcp.Time(time.Hour) {
		t.Errorf("%+v", p.Limits)
	}
	run := sim.NewTimeline(p)
	if run.Len() == 0 || run.Stopped() != sim.StopQuiet {
		t.Errorf("the run does not end by itself: %d steps", run.Len())
	}
}

func TestEveryCallAndItsCanonicalText(t *testing.T) {
	const before = "a s = socket()\na "
	cases := []struct {
		text, canonical string
		want            host.Call
	}{
		{"x = socket(AF_INET,SOCK_STREAM | SOCK_NONBLOCK, 0)", "x = socket(AF_INET, SOCK_STREAM|SOCK_NONBLOCK, 0)", host.Call{Op: host.OpSocket, A: 2, B: 0x801}},
		{"x = socket(AF_INET6, 1, IPPROTO_TCP)", "x = socket(AF_INET6, 1, IPPROTO_TCP)", host.Call{Op: host.OpSocket, A: 10, B: 1, C: 6}},
		{"bind(s,  8080)", "bind(s, 8080)", host.Call{Op: host.OpBind, Addr: tcp.Endpoint{Port: 8080}}},
		{"bind(s, 127.0.0.1:80)", "bind(s, 127.0.0.1:80)", host.Call{Op: host.OpBind, Addr: tcp.Endpoint{Addr: tcp.IPv4(127, 0, 0, 1), Port: 80}}},
		{"bind(s, *:80)", "bind(s, *:80)", host.Call{Op: host.OpBind, Addr: tcp.Endpoint{Port: 80}}},
		{"listen(s, SOMAXCONN)", "listen(s, SOMAXCONN)", host.Call{Op: host.OpListen, A: 4096}},
		{"c = accept(s, NULL, NULL)", "c = accept(s)", host.Call{Op: host.OpAccept}},
		{"connect(s, [fd00::2]:80)", "connect(s, [fd00::2]:80)", host.Call{Op: host.OpConnect, Addr: tcp.Endpoint{Addr: tcp.Addr{0: 0xfd, 15: 2}, Port: 80}}},
		{"connect(s, a:80)", "connect(s, a:80)", host.Call{Op: host.OpConnect, Addr: tcp.Endpoint{Addr: tcp.IPv4(10, 0, 0, 1), Port: 80}}},
		{"recv(s, 100, 0)", "read(s, 100)", host.Call{Op: host.OpRead, A: 100}},
		{"read(s)", "read(s)", host.Call{Op: host.OpRead}},
		{`send(s, "a\tb", 2, 0)`, `write(s, "a\tb", 2)`, host.Call{Op: host.OpWrite, Data: "a\t"}},
		{`write(s, "ab" *3)`, `write(s, "ab" * 3)`, host.Call{Op: host.OpWrite, Data: "ababab"}},
		{`write(s, "(中, 文)")`, `write(s, "(中, 文)")`, host.Call{Op: host.OpWrite, Data: "(中, 文)"}},
		{"shutdown(s, SHUT_WR)", "shutdown(s, SHUT_WR)", host.Call{Op: host.OpShutdown, A: 1}},
		{"d = dup(s)", "d = dup(s)", host.Call{Op: host.OpDup}},
		{"close(3)", "close(3)", host.Call{Op: host.OpClose, FD: 3}},
		{"setsockopt(s, SOL_SOCKET, SO_REUSEADDR, 1)", "setsockopt(s, SO_REUSEADDR, 1)", host.Call{Op: host.OpSetsockopt, A: int64(host.SoReuseaddr), B: 1}},
		{"setsockopt(s, SO_LINGER, {1,0})", "setsockopt(s, SO_LINGER, {1, 0})", host.Call{Op: host.OpSetsockopt, A: int64(host.SoLinger), B: 1}},
		{"setsockopt(s, SO_LINGER, {0, 5})", "setsockopt(s, SO_LINGER, {0, 5})", host.Call{Op: host.OpSetsockopt, A: int64(host.SoLinger)}},
		{"getsockopt(s, SOL_SOCKET, SO_ERROR)", "getsockopt(s, SO_ERROR)", host.Call{Op: host.OpGetsockopt, A: int64(host.SoError)}},
		{"getsockname( s )", "getsockname(s)", host.Call{Op: host.OpGetsockname}},
		{"getpeername(s)", "getpeername(s)", host.Call{Op: host.OpGetpeername}},
		{"fcntl(s, F_SETFL, O_NONBLOCK)", "fcntl(s, F_SETFL, O_NONBLOCK)", host.Call{Op: host.OpFcntl, A: 4, B: 0x800}},
		{"poll(s, POLLIN|POLLOUT)", "poll(s, POLLIN|POLLOUT)", host.Call{Op: host.OpPoll, A: 5}},
		{"poll(s, POLLIN, 0)", "poll(s, POLLIN, 0)", host.Call{Op: host.OpPoll, A: 1, C: 1}},
		{"exit(0)", "exit()", host.Call{Op: host.OpExit}},
	}
	for _, c := range cases {
		got := parse(t, before+c.text).Threads[0].Lines[1]
		if got.Text != c.canonical || got.Call != c.want {
			t.Errorf("%s\n got %s %+v\nwant %s %+v", c.text, got.Text, got.Call, c.canonical, c.want)
		}
	}
}

func TestSettings(t *testing.T) {
	p := parse(t, `hosts a b c
book rfc9293
seed 7
link delay 1.5ms
link a b delay 20 ms
link c -> a delay 2s
limit steps 500
limit time 2min
sysctl tcp_syn_retries 2
b book linux
b addr fd00::b
b sysctl net.core.somaxconn = 3
b sysctl net.ipv4.tcp_syn_retries=1
a s = socket()
a/2 when b enters LISTEN: close(s)
`)
	want := &sim.Program{
		Seed: 7,
		Hosts: []sim.HostSpec{
			{Name: "a", Addr: tcp.Addr{0: 0xfd, 15: 1}, Book: "rfc9293", Sysctl: []sim.Setting{{Knob: tcp.SynRetries, Value: 2}}},
			{Name: "b", Addr: tcp.Addr{0: 0xfd, 15: 0xb}, Book: "linux", Sysctl: []sim.Setting{{Knob: tcp.SynRetries, Value: 1}, {Knob: tcp.Somaxconn, Value: 3}}},
			{Name: "c", Addr: tcp.Addr{0: 0xfd, 15: 3}, Book: "rfc9293", Sysctl: []sim.Setting{{Knob: tcp.SynRetries, Value: 2}}},
		},
		Links: []sim.Link{{From: 0, To: 1, Delay: 20 * time.Millisecond}, {From: 1, To: 0, Delay: 20 * time.Millisecond},
			{From: 2, To: 0, Delay: 2 * time.Second}, {From: sim.AnyHost, To: sim.AnyHost, Delay: 1500 * time.Microsecond}},
		Vars:    []sim.VarSpec{{Host: 0, Name: "s"}},
		Moments: []sim.Moment{{Host: 1, Var: -1, Event: sim.Enters, State: tcp.Listen}},
		Limits:  sim.Limits{Steps: 500, Time: tcp.Time(2 * time.Minute)},
	}
	if diff := cmp.Diff(want, p, cmpopts.IgnoreFields(sim.Program{}, "Threads")); diff != "" {
		t.Error(diff)
	}
	if p.Threads[1].Name != "a/2" || p.Threads[1].Lines[0].When != 0 || p.Threads[0].Lines[0].Call.A != host.AFInet6 {
		t.Errorf("%+v", p.Threads)
	}
}

func TestFaults(t *testing.T) {
	p := parse(t, "a s = socket()\na connect(s, 10.0.0.9:80)\n"+
		"drop a.s sends SYN always\ndelay a sends SYN-ACK@2 by 500ms\nduplicate a sends DATA @3\nreorder a sends segment by 1us\n")
	want := []sim.Fault{{Kind: sim.Drop, Moment: 0, Always: true, Pos: 3}, {Kind: sim.Delay, Moment: 1, Extra: 500 * time.Millisecond, Pos: 4},
		{Kind: sim.Duplicate, Moment: 2, Pos: 5}, {Kind: sim.Reorder, Moment: 3, Extra: time.Microsecond, Pos: 6}}
	if diff := cmp.Diff(want, p.Faults); diff != "" {
		t.Error(diff)
	}
	if p.Moments[0].Var != 0 || p.Moments[1].N != 2 || p.Moments[1].Seg != tcp.KindSYNACK || p.Moments[2].N != 3 {
		t.Errorf("%+v", p.Moments)
	}
}

func TestWindowsLinesAndAMarkAtTheBeginningAreFine(t *testing.T) {
	parse(t, "\ufeff"+strings.ReplaceAll(story, "\n", "\r\n"))
}

func TestTheLessonsScenariosParse(t *testing.T) {
	files, err := filepath.Glob("../../lessons/*/scenario.tcp")
	if err != nil || len(files) == 0 {
		t.Skip("no lessons here yet")
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if _, errs := scenario.Parse(f, text); errs != nil {
			t.Error(errs.Format())
		}
	}
}

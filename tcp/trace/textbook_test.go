package trace_test

import (
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
	"tcptutor/tcp/sim"
	"tcptutor/tcp/trace"
)

// textbook is the client and the server of every textbook, 10 ms apart; the server pauses before it closes.
func textbook() *sim.Program {
	call := func(op host.Op, fd, assign int, c host.Call) sim.Line {
		c.Op = op
		return sim.Line{Call: c, FDVar: fd, Assign: assign, When: -1}
	}
	server, client := tcp.IPv4(10, 0, 0, 2), tcp.IPv4(10, 0, 0, 1)
	stream := host.Call{A: host.AFInet, B: host.SockStream}
	const s, c, k = 0, 1, 2
	return &sim.Program{
		Hosts:  []sim.HostSpec{{Name: "server", Addr: server, Book: "linux"}, {Name: "client", Addr: client, Book: "linux"}},
		Links:  []sim.Link{{From: sim.AnyHost, To: sim.AnyHost, Delay: 10 * time.Millisecond}},
		Vars:   []sim.VarSpec{{Host: 0, Name: "s"}, {Host: 0, Name: "c"}, {Host: 1, Name: "s"}},
		Limits: sim.Limits{Steps: 1000, Time: tcp.Time(time.Hour)},
		Threads: []sim.ThreadSpec{
			{Host: 0, Name: "server", Lines: []sim.Line{
				call(host.OpSocket, -1, s, stream),
				call(host.OpBind, s, -1, host.Call{Addr: tcp.Endpoint{Port: 8080}}),
				call(host.OpListen, s, -1, host.Call{A: 10}),
				call(host.OpAccept, s, c, host.Call{}),
				{Kind: sim.LineReadUntil, Call: host.Call{Op: host.OpRead}, FDVar: c, Assign: -1, When: -1},
				{Kind: sim.LineWait, Wait: 2 * time.Second, FDVar: -1, Assign: -1, When: -1},
				call(host.OpClose, c, -1, host.Call{}),
			}},
			{Host: 1, Name: "client", Lines: []sim.Line{
				call(host.OpSocket, -1, k, stream),
				call(host.OpConnect, k, -1, host.Call{Addr: tcp.Endpoint{Addr: server, Port: 8080}}),
				call(host.OpWrite, k, -1, host.Call{Data: "hello"}),
				call(host.OpClose, k, -1, host.Call{}),
			}},
		},
	}
}

// The textbook run as the engine plays it, in every format: a change of these files is a change of what learners see.
func TestTextbook(t *testing.T) {
	run := sim.NewTimeline(textbook())
	for _, test := range []struct {
		file string
		p    trace.Printer
	}{
		{"textbook.tcpdump", trace.NewTCPDump(trace.Wire)},
		{"textbook.calls", trace.NewCalls(trace.AllHosts)},
		{"textbook.en.txt", trace.NewText(trace.TextOptions{})},
		{"textbook.mmd", trace.NewMermaid()},
	} {
		var b strings.Builder
		if err := trace.Write(&b, run, run.Len(), test.p); err != nil {
			t.Fatal(err)
		}
		golden(t, test.file, b.String())
	}
	for _, p := range []trace.Printer{
		trace.NewText(trace.TextOptions{Why: true}), trace.NewText(trace.TextOptions{Why: true, Lang: trace.Chinese}),
	} {
		for _, l := range trace.NewPage(run, p).UpTo(run.Len()) {
			if strings.Contains(l, "%!") || strings.Contains(l, "rule  -") {
				t.Errorf("a line with a hole: %s", l)
			}
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := "testdata/" + name
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s (-want +got):\n%s", file, d)
	}
}

// A refusal begins its conversation, so its numbers are absolute; they stay so when it arrives.
func TestArrivalShowsTheNumbersOfTheSending(t *testing.T) {
	p := textbook()
	p.Threads[1].Lines[1].Call.Addr.Port = 80
	run := sim.NewTimeline(p)
	text := strings.Join(trace.NewPage(run, trace.NewText(trace.TextOptions{})).UpTo(run.Len()), "\n")
	_, sent, _ := strings.Cut(text, "Flags [R.], seq 0, ack ")
	number, _, _ := strings.Cut(sent, ",")
	if want := "gets RST,ACK, seq 0, ack " + number + "\n"; len(number) < 6 || !strings.Contains(text, want) {
		t.Errorf("no line %q in\n%s", want, text)
	}
}

package observe_test

import (
	"testing"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
	"tcptutor/tcp/sim"
)

// textbook is a client that says hello and closes, and a server that reads to the end and closes two seconds later. Package scenario
// reads such programs from text; it stands above this package, so here it is built by hand.
func textbook() *sim.Program {
	call := func(op host.Op, fd, assign int, c host.Call) sim.Line {
		c.Op = op
		return sim.Line{Call: c, FDVar: fd, Assign: assign, When: -1}
	}
	wait := func(d time.Duration) sim.Line {
		return sim.Line{Kind: sim.LineWait, Wait: d, FDVar: -1, Assign: -1, When: -1}
	}
	to := tcp.Endpoint{Addr: tcp.IPv4(10, 0, 0, 2), Port: 8080}
	socket := host.Call{A: host.AFInet, B: host.SockStream}
	p := &sim.Program{
		Seed:  1,
		Hosts: []sim.HostSpec{{Name: "client", Addr: tcp.IPv4(10, 0, 0, 1), Book: "linux"}, {Name: "server", Addr: to.Addr, Book: "linux"}},
		Links: []sim.Link{{From: sim.AnyHost, To: sim.AnyHost, Delay: 10 * time.Millisecond}},
		Vars:  []sim.VarSpec{{Host: 0, Name: "s"}, {Host: 1, Name: "s"}, {Host: 1, Name: "c"}},
		Limits: sim.Limits{
			Steps: 10_000, Time: tcp.Time(time.Hour),
		},
	}
	client := []sim.Line{call(host.OpSocket, -1, 0, socket), call(host.OpConnect, 0, -1, host.Call{Addr: to}), wait(time.Second),
		call(host.OpWrite, 0, -1, host.Call{Data: "hello"}), call(host.OpClose, 0, -1, host.Call{})}
	read := call(host.OpRead, 2, -1, host.Call{})
	read.Kind = sim.LineReadUntil
	server := []sim.Line{call(host.OpSocket, -1, 1, socket), call(host.OpBind, 1, -1, host.Call{Addr: tcp.Endpoint{Port: 8080}}),
		call(host.OpListen, 1, -1, host.Call{A: 10}), call(host.OpAccept, 1, 2, host.Call{}), read, wait(2 * time.Second),
		call(host.OpClose, 2, -1, host.Call{})}
	p.Threads = []sim.ThreadSpec{{Host: 0, Name: "client", Lines: client}, {Host: 1, Name: "server", Lines: server}}
	return p
}

// lossy is textbook with the client's first SYN lost.
func lossy() *sim.Program {
	p := textbook()
	p.Moments = []sim.Moment{{Host: 0, Var: -1, Event: sim.Sends, Seg: tcp.KindSYN}}
	p.Faults = []sim.Fault{{Kind: sim.Drop, Moment: 0}}
	return p
}

func runOf(t testing.TB, p *sim.Program) *sim.Timeline {
	t.Helper()
	run := sim.NewTimeline(p)
	if run.Len() < 10 || run.Stopped() != sim.StopQuiet {
		t.Fatalf("the run has %d steps and stopped by %d", run.Len(), run.Stopped())
	}
	return run
}

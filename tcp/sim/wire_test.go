package sim_test

import (
	"fmt"
	"testing"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
	"tcptutor/tcp/scenario"
	"tcptutor/tcp/sim"
)

// A segment that a fault reorders arrives after the next of its direction, at the same instant or so much later as the fault says.
func TestReorderedSegmentComesAfterTheNext(t *testing.T) {
	for fault, want := range map[string]string{
		"":                                   "1@0ms 4@0ms 7@0ms ",
		"reorder client sends DATA":          "4@0ms 1@0ms 7@0ms ",
		"reorder client sends DATA by 5ms":   "4@0ms 7@0ms 1@5ms ",
		"reorder client sends DATA@2 by 5ms": "1@0ms 7@0ms 4@5ms ",
	} {
		text := "limit time 1100ms\n" + serving + "client wait 1ms\nclient s = socket()\nclient setsockopt(s, TCP_NODELAY, 1)\n" +
			"client connect(s, h:8080)\nclient write(s, \"one\")\nclient write(s, \"two\")\nclient write(s, \"six\")\n" +
			"drop h sends ACK always\n" + fault + "\n"
		p, errs := scenario.Parse("reordered", []byte(text))
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		run := sim.NewTimeline(p)
		got, first := "", tcp.Time(-1)
		for i := range run.Len() {
			s := run.Step(i)
			if s.Cause != sim.CauseArrive || !s.Packet.Seg.Is(tcp.KindDATA) || s.Packet.Again {
				continue
			}
			if first < 0 {
				first = s.At
			}
			got += fmt.Sprintf("%d@%dms ", s.Packet.Seg.Seq.Since(run.View(i).Hosts[s.Host].Peer(s.Packet.Seg.Dst, s.Packet.Seg.Src).Rcv.IRS), s.At.Since(first).Milliseconds())
		}
		if got != want {
			t.Errorf("%q: %s, want %s", fault, got, want)
		}
	}
}

// tcp_wmem[2] 0 leaves no room for a single byte: write() waits, and nobody says that it could return.
func TestNoRoomToWrite(t *testing.T) {
	p, errs := scenario.Parse("no room", []byte("limit time 1s\n"+serving+
		"client wait 1ms\nclient s = socket()\nclient connect(s, h:8080)\nclient write(s, \"x\")\n"))
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	p.Hosts[0].Sysctl = []sim.Setting{{Knob: tcp.WmemMax}}
	w := sim.NewWorld(p)
	var s sim.Step
	for w.Next() <= p.Limits.Time && w.Step(p, &s) {
		if err := w.Check(p); err != nil {
			t.Fatal(err)
		}
	}
	if client := &w.Hosts[0].Tasks[0]; !client.Blocked || client.Call.Op != host.OpWrite {
		t.Error("write() has returned")
	}
}

// Measured on Linux 6.18: the port that a refused connect() had goes back to the kernel, so the socket can be bound again, once.
func TestBindAfterARefusal(t *testing.T) {
	p, errs := scenario.Parse("refused", []byte("h t = socket()\nclient wait 1ms\nclient s = socket(AF_INET, SOCK_STREAM|SOCK_NONBLOCK)\n"+
		"client connect(s, h:9)\nclient wait 100ms\nclient write(s, \"x\")\nclient bind(s, 0)\nclient bind(s, 0)\nclient connect(s, h:9)\n"))
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	run, got := sim.NewTimeline(p), ""
	for i := range run.Len() {
		if s := run.Step(i); s.Returned && s.Host == 0 && s.Call.Op != host.OpSocket {
			got += fmt.Sprintf("%s %s, ", s.Call.Op, s.Result.Errno)
		}
	}
	if want := "connect EINPROGRESS, write ECONNREFUSED, bind 0, bind EINVAL, connect ECONNABORTED, "; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if err := sim.CheckRun(p); err != nil {
		t.Error(err)
	}
}

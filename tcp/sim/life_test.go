package sim

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
)

// textbook is the client and the server of every textbook, 10 ms apart; the server pauses before it closes.
func textbook(book string, pause time.Duration) *Program {
	call := func(op host.Op, fd, assign int, c host.Call) Line {
		c.Op = op
		return Line{Call: c, FDVar: fd, Assign: assign, When: -1}
	}
	server, client := tcp.IPv4(10, 0, 0, 2), tcp.IPv4(10, 0, 0, 1)
	const s, c, k = 0, 1, 2
	at := tcp.Endpoint{Addr: server, Port: 8080}
	return &Program{
		Hosts:  []HostSpec{{Name: "client", Addr: client, Book: book}, {Name: "server", Addr: server, Book: book}},
		Links:  []Link{{From: AnyHost, To: AnyHost, Delay: 10 * time.Millisecond}},
		Vars:   []VarSpec{{1, "s"}, {1, "c"}, {0, "s"}},
		Limits: Limits{Steps: 1000, Time: tcp.Time(time.Hour)},
		Threads: []ThreadSpec{
			{Host: 0, Name: "client", Lines: []Line{
				call(host.OpSocket, -1, k, host.Call{A: host.AFInet, B: host.SockStream}),
				{Kind: LineWait, Wait: time.Millisecond, When: -1},
				call(host.OpConnect, k, -1, host.Call{Addr: at}),
				call(host.OpWrite, k, -1, host.Call{Data: "hello"}),
				call(host.OpClose, k, -1, host.Call{}),
			}},
			{Host: 1, Name: "server", Lines: []Line{
				call(host.OpSocket, -1, s, host.Call{A: host.AFInet, B: host.SockStream}),
				call(host.OpBind, s, -1, host.Call{Addr: tcp.Endpoint{Port: 8080}}),
				call(host.OpListen, s, -1, host.Call{A: 10}),
				call(host.OpAccept, s, c, host.Call{}),
				{Kind: LineReadUntil, Call: host.Call{Op: host.OpRead}, FDVar: c, Assign: -1, When: -1},
				{Kind: LineWait, Wait: pause, When: -1},
				call(host.OpClose, c, -1, host.Call{}),
			}},
		},
	}
}

// story is a run in a few words a step, for reading in review.
func story(r Run) string {
	var b strings.Builder
	p := r.Program()
	for i := range r.Len() {
		s := r.Step(i)
		fmt.Fprintf(&b, "%9.3f %-6s %s", float64(s.At)/1e6, p.Hosts[s.Host].Name, s.Cause)
		switch s.Cause {
		case CauseArrive, CauseLost:
			fmt.Fprintf(&b, " %s", s.Packet.Seg.Flags)
		case CauseCall, CauseReturn:
			fmt.Fprintf(&b, " %s", s.Call.Op)
			if s.Returned {
				fmt.Fprintf(&b, "=%d %s", s.Result.Value, s.Result.Errno)
			}
		case CauseTimer:
			fmt.Fprintf(&b, " %s", s.Timer)
		}
		for _, f := range s.Facts {
			if f.Kind == tcp.Changed && f.Field == tcp.FieldState {
				fmt.Fprintf(&b, "  [%s %s>%s]", p.SockName(r.View(i+1), int(f.Host), f.Conn), tcp.State(f.From), tcp.State(f.To))
			}
		}
		for _, pk := range s.Sent {
			sg := &pk.Seg
			fmt.Fprintf(&b, "  -> %s %d:%d ack %d win %d len %d", sg.Flags, sg.Seq, sg.End(), sg.Ack, sg.Wnd, len(sg.Data))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestStory(t *testing.T) {
	t.Log("\n" + story(NewTimeline(textbook("linux", 2*time.Second))))
	t.Log("\n" + story(NewTimeline(textbook("rfc9293", 0))))
}

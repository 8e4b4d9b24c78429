package trace_test

import (
	"fmt"
	"testing"

	"tcptutor/tcp"
	"tcptutor/tcp/observe"
	"tcptutor/tcp/scenario"
	"tcptutor/tcp/sim"
)

// Scenarios that several knobs change.
const (
	listening = "server s = socket()\nserver bind(s, 8080)\nserver listen(s, 10)\n"
	accepting = listening + "server c = accept(s)\n"
	calling   = "client wait 1ms\nclient s = socket()\nclient connect(s, server:8080)\n"

	blackHole = "client s = socket()\nclient connect(s, 10.0.0.99:8080)\n"
	halfOpen  = listening + calling + "drop client sends ACK always\n"
	lostFin   = accepting + calling + "client close(s)\ndrop client sends FIN always\n"
	lostData  = accepting + calling + "client write(s, \"hello\")\nclient read(s)\ndrop client sends DATA always\n"
	meeting   = accepting + calling
	// The handshake is completed by data; afterwards the client's answers are lost.
	silence = accepting + "server setsockopt(c, SO_KEEPALIVE, 1)\nserver read(c) until eof\n" + calling +
		"client write(s, \"hello\")\ndrop client sends ACK always\nlimit time 10h\n"
	crowd = `hosts server a1 a2 a3
server s = socket()
server bind(s, 8080)
server listen(s, 1)
a1 wait 1ms
a1 s = socket()
a1 connect(s, server:8080)
a2 wait 1s
a2 s = socket()
a2 connect(s, server:8080)
a3 wait 1s
a3 s = socket()
a3 connect(s, server:8080)
limit time 2s
sysctl net.ipv4.tcp_syncookies 0
`
	onePort = `server s = socket()
server bind(s, 8080)
server listen(s, 10)
server c = accept(s)
server read(c) until eof
server close(c)
client sysctl net.ipv4.ip_local_port_range[0] 40000
client sysctl net.ipv4.ip_local_port_range[1] 40000
client wait 1ms
client s = socket()
client connect(s, server:8080)
client close(s)
client wait 2s
client t = socket()
client connect(t, server:8080)
limit time 30s
`
)

// knobRuns says for each sysctl which run it changes: the value that is not the default, and what then differs.
var knobRuns = [tcp.NumSysctls]struct {
	value    int64
	scenario string
	differs  string
}{
	tcp.SynRetries:        {2, blackHole, `total("client sends SYN")`},
	tcp.SynLinearTimeouts: {0, blackHole, `at("client sends SYN@3")`},
	tcp.SynackRetries:     {1, halfOpen, `total("server sends SYN,ACK")`},
	tcp.Retries1:          {5, lostData, `at("client route-doubted applies")`},
	tcp.Retries2:          {4, lostData, `at("client read returns")`},
	tcp.OrphanRetries:     {3, lostFin, `at("client enters CLOSED")`},
	tcp.FinTimeout:        {10, accepting + calling + "client close(s)\n", `at("client enters CLOSED")`},
	tcp.TwReuse:           {1, onePort, `client.errno`},
	tcp.TwReuseDelay:      {5000, onePort + "client sysctl net.ipv4.tcp_tw_reuse 1\n", `client.errno`},
	tcp.RFC1337:           {1, rebootedDialler, `total("server enters CLOSED")`},
	tcp.AbortOnOverflow:   {1, crowd, `total("server sends RST")`},
	tcp.Syncookies:        {2, meeting, `server.counter.SyncookiesSent`},
	tcp.MaxSynBacklog:     {0, crowd, `total("server sends SYN,ACK")`},
	tcp.Somaxconn:         {1, fiveDial, `server.s.accept_queue`},
	tcp.Timestamps:        {0, meeting, `client.s.snd.mss`},
	tcp.WindowScaling:     {0, meeting, `client.s.snd.wscale`},
	tcp.SACK:              {0, meeting, `seg("client sends SYN").sack_ok`},
	tcp.KeepaliveTime:     {100, silence, `at("server keepalive fires")`},
	tcp.KeepaliveIntvl:    {10, silence, `at("server keepalive fires@2")`},
	tcp.KeepaliveProbes:   {2, silence, `total("server keepalive fires")`},
	tcp.RmemDefault:       {8192, meeting, `seg("client sends SYN").win`},
	tcp.RmemMax:           {6291456, meeting, `seg("client sends SYN").wscale`},
	tcp.WmemMax:           {1000, accepting + calling + "client write(s, \"x\" * 5000)\n", `at("client write returns")`},
	tcp.PortFirst:         {50000, meeting, `client.s.local.port`},
	tcp.PortLast:          {32770, meeting, `client.s.local.port`},
	tcp.InvalidRatelimit:  {0, closedWindow, `total("server sends ACK")`},
	tcp.NoMetricsSave:     {1, acquaintance, `server.counter.ListenDrops`},
}

// A client that has forgotten its connection dials again from the same port, with a number below the old ones: the server's
// TIME_WAIT answers, and the client's RST ends it, or not.
const rebootedDialler = `seed 3
sysctl net.ipv4.tcp_timestamps 0
server s = socket()
server bind(s, 8080)
server listen(s, 10)
server c = accept(s)
server close(c)
client wait 1ms
client s = socket()
client bind(s, 40000)
client connect(s, server:8080)
client read(s) until eof
client close(s)
client wait 1s
client reboot()
client t = socket()
client bind(t, 40000)
client connect(t, server:8080)
limit time 3s
`

// A client that has had a connection before dials five times at once, where two half-open connections are too many for a stranger.
const acquaintance = listening + "sysctl net.ipv4.tcp_syncookies 0\nsysctl net.ipv4.tcp_max_syn_backlog 2\n" +
	"server c = accept(s)\nserver read(c) until eof\nserver close(c)\n" + calling + "client close(s)\nclient wait 2s\n" +
	"client a = socket(AF_INET, SOCK_STREAM|SOCK_NONBLOCK)\nclient connect(a, server:8080)\n" +
	"client b = socket(AF_INET, SOCK_STREAM|SOCK_NONBLOCK)\nclient connect(b, server:8080)\n" +
	"client d = socket(AF_INET, SOCK_STREAM|SOCK_NONBLOCK)\nclient connect(d, server:8080)\n" +
	"client e = socket(AF_INET, SOCK_STREAM|SOCK_NONBLOCK)\nclient connect(e, server:8080)\nlimit time 3s\n"

const fiveDial = listening + calling + `client t = socket()
client connect(t, server:8080)
client u = socket()
client connect(u, server:8080)
limit time 500ms
`

const closedWindow = `limit time 1m
server s = socket()
server setsockopt(s, SO_RCVBUF, 2896)
server bind(s, 8080)
server listen(s, 10)
server c = accept(s)
client wait 1ms
client s = socket()
client connect(s, server:8080)
client write(s, "x" * 100000)
`

// Every sysctl changes some run, and scenarios take it by its name, with and without
// the net.ipv4. or net.core. before it.
func TestEverySysctlChangesSomeRun(t *testing.T) {
	for k, c := range knobRuns {
		name := tcp.Knobs[k].Name
		t.Run(name, func(t *testing.T) {
			if c.scenario == "" || c.value == tcp.Knobs[k].Default {
				t.Fatal("no run is known that it changes")
			}
			usual := outcome(t, c.scenario, c.differs)
			changed := outcome(t, c.scenario+fmt.Sprintf("sysctl %s %d\n", name, c.value), c.differs)
			if usual == changed {
				t.Errorf("%s is %s with either value", c.differs, usual)
			}
			if got, ok := tcp.ParseSysctl(name[len("net.ipv4."):]); !ok || int(got) != k {
				t.Errorf("%s is not found by its last part", name)
			}
			p, errs := scenario.Parse("one host", fmt.Appendf(nil, "a s = socket()\nb s = socket()\nb sysctl %s %d\n", name, c.value))
			if len(errs) > 0 {
				t.Fatal(errs)
			}
			if w := sim.NewWorld(p); w.Hosts[0].Sysctl[k] != tcp.Knobs[k].Default || w.Hosts[1].Sysctl[k] != c.value {
				t.Errorf("set on b it is %d on a and %d on b", w.Hosts[0].Sysctl[k], w.Hosts[1].Sysctl[k])
			}
		})
	}
}

// outcome plays a scenario and gives a value at its end, or that a moment in it never came.
func outcome(t *testing.T, text, expr string) string {
	t.Helper()
	p, errs := scenario.Parse("knob", []byte(text))
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	playChecked(t, p)
	run := sim.NewTimeline(p)
	v, err := observe.Eval(run, run.Len(), expr)
	if err != nil {
		return err.Error()
	}
	return v.String()
}

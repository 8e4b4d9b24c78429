package sim_test

import (
	"fmt"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/scenario"
	"tcptutor/tcp/sim"
)

const handshake = `
link   delay 10ms
server s = socket()
server bind(s, 8080)
server listen(s, 10)
client s = socket()
client connect(s, server:8080)
`

func compile(text string) *sim.Program {
	p, mistakes := scenario.Parse("example", []byte(text))
	if mistakes != nil {
		panic(mistakes)
	}
	return p
}

// A run goes forward and back, and can be gone on with otherwise.
func ExampleTimeline() {
	p := compile(handshake)
	run := sim.NewTimeline(p)
	entered, _ := run.Find(sim.Moment{Host: 0, Var: -1, Event: sim.Enters, State: tcp.Established})
	state := func(t *sim.Timeline, n int) tcp.State {
		w := t.View(n)
		return p.FindSock(w, 0, "s").TCB.State
	}
	fmt.Println("after that step:", state(run, entered+1))
	fmt.Println("before it:", state(run, entered))

	// The same steps up to there, and then a program in which the server's SYN,ACKs are lost.
	other := run.Fork(entered-1, compile(handshake+"drop server sends SYN,ACK always\n"))
	fmt.Println("by the same time, had the SYN,ACK been lost:", state(other, entered+1))
	fmt.Println("in the run itself, still:", state(run, entered+1))

	// Output:
	// after that step: ESTABLISHED
	// before it: SYN_SENT
	// by the same time, had the SYN,ACK been lost: SYN_SENT
	// in the run itself, still: ESTABLISHED
}

// The open end: what leaves for an address that no host has is the caller's, and so is what comes from there.
func ExampleWorld_Inject() {
	p := compile("client s = socket()\nclient connect(s, 10.9.9.9:80)\n")
	w := sim.NewWorld(p)
	var s sim.Step
	for w.Step(p, &s) && len(w.Outside) == 0 {
	}
	left := w.Outside[0].Seg
	fmt.Println(left.Flags, "left; the next thing to come is in", time.Duration(w.Next()-w.Now))

	w.Advance(w.Now.Add(30 * time.Millisecond))
	w.Inject(tcp.Segment{Src: left.Dst, Dst: left.Src, Seq: 7, Ack: left.Seq + 1, Flags: tcp.RST | tcp.ACK})
	for w.Step(p, &s) {
		if s.Cause == sim.CauseReturn {
			fmt.Printf("%v: connect() gives %s\n", time.Duration(w.Now), w.Hosts[0].Tasks[0].Result.Errno)
		}
	}

	// Output:
	// SYN left; the next thing to come is in 1s
	// 30ms: connect() gives ECONNREFUSED
}

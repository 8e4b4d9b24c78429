package observe_test

import (
	"fmt"

	"tcptutor/tcp/observe"
	"tcptutor/tcp/sim"
)

func ExampleEval() {
	run := sim.NewTimeline(textbook())
	m, _ := observe.ParseMoment(run.Program(), "server sends SYN,ACK")
	step, _ := observe.FindMoment(run, m)
	for _, text := range []string{"server.child1.state", "server.child1.rcv.nxt", `between("client sends SYN", "client connect returns")`} {
		v, err := observe.Eval(run, step+1, text)
		fmt.Println(v, err)
	}
	// Output:
	// SYN_RCVD <nil>
	// 1 <nil>
	// 20.0 ms <nil>
}

func ExampleCheck() {
	fmt.Println(observe.Check(textbook(), "client.s.stat"))
	// Output:
	// "client.s.stat", column 10: client.s has no stat, expected state?
}

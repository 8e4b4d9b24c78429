package packetdrill_test

import (
	"fmt"
	"os"

	"tcptutor/tcp/packetdrill"
	"tcptutor/tcp/scenario"
	"tcptutor/tcp/sim"
)

// A client that nobody answers.
func ExampleWrite() {
	const alone = "client sysctl net.ipv4.tcp_syn_linear_timeouts 0\nclient sysctl net.ipv4.tcp_syn_retries 1\n" +
		"client s = socket()\nclient connect(s, 10.0.0.9:80)\n"
	p, mistakes := scenario.Parse("alone.tcp", []byte(alone))
	if len(mistakes) > 0 {
		fmt.Println(mistakes)
		return
	}
	const client = 0
	run := sim.NewTimeline(p)
	if err := packetdrill.Write(os.Stdout, run, run.Len(), client); err != nil {
		fmt.Println(err)
	}
	// Output:
	// // client, 10.0.0.1, by the rules of linux
	// `sysctl -q -w net.ipv4.tcp_syn_retries=1`
	// `sysctl -q -w net.ipv4.tcp_syn_linear_timeouts=0`
	// 0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
	// +0...3 connect(3, ..., ...) = -1 ETIMEDOUT (Connection timed out)
	// +0 > S 0:0(0) win 64240 <mss 1460,sackOK,TS val 100 ecr 0,nop,wscale 10>
	// +1 > S 0:0(0) win 64240 <mss 1460,sackOK,TS val 1100 ecr 0,nop,wscale 10>
}

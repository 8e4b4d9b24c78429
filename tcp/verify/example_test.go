package verify_test

import (
	"fmt"
	"strings"

	"tcptutor/tcp/scenario"
	"tcptutor/tcp/sim"
	"tcptutor/tcp/verify"
)

const story = `book   linux
link   delay 10ms
server s = socket()
server bind(s, 8080)
server listen(s, 10)
client s = socket()
client connect(s, server:8080)
client write(s, "hello")
`

// Two runs of one program are compared by what can be seen of them from outside: here those of two books.
func ExampleCompare() {
	run := func(text string) sim.Run {
		p, mistakes := scenario.Parse("story", []byte(text))
		if mistakes != nil {
			panic(mistakes)
		}
		return sim.NewTimeline(p)
	}
	linux, older := run(story), run(strings.Replace(story, "linux", "linux6.4", 1))
	for _, d := range verify.Compare(linux, older, verify.Tolerance{Until: verify.Horizon(linux)}) {
		fmt.Printf("%s sends\n  %s\n  %s\n", linux.Program().Hosts[d.Host].Name, d.What[0], d.What[1])
	}
	// Output:
	// client sends
	//   S 0:0(0) win 64240 <mss 1460,sackOK,TS,wscale 10>
	//   S 0:0(0) win 64240 <mss 1460,sackOK,TS,wscale 7>
	// server sends
	//   S. 0:0(0) ack 1 win 65160 <mss 1460,sackOK,TS,wscale 10>
	//   S. 0:0(0) ack 1 win 65160 <mss 1460,sackOK,TS,wscale 7>
	// client sends
	//   . 1:1(0) ack 1 win 63 <TS>
	//   . 1:1(0) ack 1 win 502 <TS>
	// client sends
	//   P. 1:6(5) ack 1 win 63 <TS>
	//   P. 1:6(5) ack 1 win 502 <TS>
}

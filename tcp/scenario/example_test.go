package scenario_test

import (
	"fmt"

	"tcptutor/tcp/scenario"
)

func ExampleParse() {
	p, mistakes := scenario.Parse("hello.tcp", []byte(`
server s = socket()
server bind(s, 8080)
server listen(s, 10)
client s = socket()
client connect(s, server:8080)
`))
	if mistakes != nil {
		fmt.Print(mistakes.Format())
		return
	}
	for _, h := range p.Hosts {
		fmt.Println(h.Name, h.Addr, h.Book)
	}
	// Output:
	// client 10.0.0.1 linux
	// server 10.0.0.2 linux
}

func ExampleParse_mistakes() {
	_, mistakes := scenario.Parse("hello.tcp", []byte("server s = socket()\nserver lisen(s, 10)\nserver wait 2\n"))
	fmt.Print(mistakes.Format())
	// Output:
	// hello.tcp:2:8: there is no call lisen(), expected listen?
	//     server lisen(s, 10)
	//            ^
	// hello.tcp:3:14: the time 2 has no unit, expected ns, us, ms, s, min or h after the number
	//     server wait 2
	//                  ^
}

func ExampleApply() {
	p, _ := scenario.Parse("x", []byte("a s = socket()\na wait 2s\na close(s)\n"))
	q, _ := scenario.Apply(p, "replace a wait 2s -> wait 5s")
	fmt.Print(scenario.Format(q))
	// Output:
	// book linux
	// link delay 10ms
	//
	// a s = socket()
	// a wait 5s
	// a close(s)
}

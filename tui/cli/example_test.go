package cli_test

import (
	"fmt"
	"os"

	"tcptutor/tui/cli"
)

// A scenario, and the calls of its run as strace would print them. The time is the engine's own.
func ExampleMain() {
	os.Args = []string{"tcptutor", "--lang", "en", "run", "testdata/refused.tcp", "--format", "calls"}
	fmt.Println("exit status", cli.Main())
	// Output:
	// 0.000000  client  socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3
	// 0.000000  client  connect(3, {10.0.0.2, 8080} <blocked ...>
	// 0.000000  server  socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3
	// 0.020000  client  <... connect resumed>) = -1 ECONNREFUSED (Connection refused) <20.0 ms>
	// exit status 0
}

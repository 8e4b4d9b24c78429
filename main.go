// Tcptutor teaches how TCP connections live and die: a learner steps a real protocol engine.
package main

import (
	"os"

	"tcptutor/tui/cli"
)

func main() { os.Exit(cli.Main()) }

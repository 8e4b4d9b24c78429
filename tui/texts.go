package tui

import (
	"tcptutor/tcp/sim"
	"tcptutor/tcp/trace"
)

// Tools are the text views of package trace: what tcpdump, strace and ss would have printed.
func Tools() Texts {
	return Texts{
		TCPDump: func(run sim.Run) Page { return trace.NewPage(run, trace.NewTCPDump(trace.Wire)) },
		Calls:   func(run sim.Run) Page { return trace.NewPage(run, trace.NewCalls(trace.AllHosts)) },
		SS:      trace.SS,
	}
}

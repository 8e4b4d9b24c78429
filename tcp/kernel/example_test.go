package kernel_test

import (
	"fmt"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
	"tcptutor/tcp/kernel"
	"tcptutor/tcp/sim"
)

// A SYN to a port where nobody listens, asked of the real Linux. What it answers is its own affair, so there is no output to compare.
func ExampleNew() {
	k, err := kernel.New(tcp.IPv4(10, 0, 0, 2))
	if err != nil {
		fmt.Println(err) // what is missing here, and how to get it
		return
	}
	defer k.Close()
	err = k.Start(0, host.Call{Op: host.OpSocket, A: host.AFInet, B: host.SockStream})
	if err == nil {
		err = k.Inject(tcp.Segment{
			Src: tcp.Endpoint{Addr: tcp.IPv4(10, 0, 0, 1), Port: 40001}, Dst: tcp.Endpoint{Addr: tcp.IPv4(10, 0, 0, 2), Port: 8080},
			Seq: 1000, Flags: tcp.SYN, Wnd: 64240,
		})
	}
	var events []sim.SubjectEvent
	for until := k.Now().Add(time.Second); err == nil && k.Now() < until; {
		events, err = k.Wait(until, events[:0])
		for _, e := range events {
			if e.Sent {
				fmt.Println("it sends", e.Seg.Flags)
			}
		}
	}
}

package host_test

import (
	"fmt"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
)

// A server's machine, driven by hand: its program listens and waits in accept(); the three segments of a handshake go by; the call
// returns. Nothing happens by itself, and the time is whatever the caller says.
func Example() {
	book, err := tcp.FindBook("linux")
	if err != nil {
		fmt.Println(err)
		return
	}
	server := tcp.Endpoint{Addr: tcp.IPv4(10, 0, 0, 2), Port: 8080}
	client := tcp.Endpoint{Addr: tcp.IPv4(10, 0, 0, 1), Port: 40000}
	h := host.New(0, server.Addr, book, 1)
	h.Tasks = make([]host.Task, 1) // one thread

	var x tcp.Turn
	for _, c := range []host.Call{
		{Op: host.OpSocket, A: host.AFInet, B: host.SockStream},
		{Op: host.OpBind, FD: 3, Addr: server},
		{Op: host.OpListen, FD: 3, A: 5},
		{Op: host.OpAccept, FD: 3},
	} {
		if h.Start(&x, 0, 0, &c) {
			fmt.Printf("%s() = %d\n", c.Op, h.Tasks[0].Result.Value)
		} else {
			fmt.Printf("%s() waits\n", c.Op)
		}
	}

	h.Arrive(&x, 1000, &tcp.Segment{Src: client, Dst: server, Seq: 100, Flags: tcp.SYN, Wnd: 64240})
	answer := x.Out[0]
	fmt.Printf("the SYN draws %s, ack %d\n", answer.Flags, answer.Ack)

	h.Arrive(&x, 2000, &tcp.Segment{Src: client, Dst: server, Seq: 101, Ack: answer.Seq + 1, Flags: tcp.ACK, Wnd: 64240})
	fmt.Println("accept() could return:", h.Tasks[0].Ready)
	h.Resume(&x, 2000, 0)
	fmt.Printf("accept() = %d, from %v\n", h.Tasks[0].Result.Value, h.Tasks[0].Result.Addr)

	// Output:
	// socket() = 3
	// bind() = 0
	// listen() = 0
	// accept() waits
	// the SYN draws SYN,ACK, ack 101
	// accept() could return: true
	// accept() = 4, from 10.0.0.1:40000
}

package tcp_test

import (
	"fmt"
	"time"

	"tcptutor/tcp"
)

// One end of a connection, by the RFC: an active OPEN, the peer's SYN,ACK, and why each thing happened.
func Example() {
	book, err := tcp.FindBook("rfc9293")
	if err != nil {
		fmt.Println(err)
		return
	}
	var client tcp.TCB
	client.Local = tcp.Endpoint{Addr: tcp.IPv4(10, 0, 0, 1), Port: 40000}
	client.Remote = tcp.Endpoint{Addr: tcp.IPv4(10, 0, 0, 2), Port: 8080}
	client.MSSLocal = 1460
	var x tcp.Turn
	told := func(event string) {
		fmt.Println(event)
		for _, f := range x.Facts {
			switch {
			case f.Kind == tcp.RuleApplied:
				r := tcp.RuleOf(f.Rule)
				fmt.Printf("  rule %s (%s)\n", r.Name, r.Source)
			case f.Kind == tcp.Changed && f.Field == tcp.FieldState:
				fmt.Printf("    %s -> %s\n", tcp.State(f.From), tcp.State(f.To))
			case f.Kind == tcp.SegmentSent:
				s := x.Out[f.To]
				fmt.Printf("    sends %s seq %d ack %d\n", s.Flags, s.Seq, s.Ack)
			}
		}
	}

	x.Reset(0, book, &book.Sysctls)
	x.ISS = 1000
	tcp.Call(&x, &client, tcp.DoorOpen)
	told("OPEN")

	var before tcp.TCB
	client.CopyInto(&before) // the same connection at the same instant: stepping back is having kept it

	x.Reset(tcp.Time(20*time.Millisecond), book, &book.Sysctls)
	x.Seg = tcp.Segment{Src: client.Remote, Dst: client.Local, Seq: 500, Ack: 1001, Flags: tcp.SYN | tcp.ACK, Wnd: 8000}
	tcp.Arrive(&x, &client)
	told("SYN,ACK arrives")
	fmt.Println("now", client.State, "and before that", before.State)

	// Output:
	// OPEN
	//   rule active-open (RFC9293/3.10.1)
	//     CLOSED -> SYN_SENT
	//     sends SYN seq 1000 ack 0
	// SYN,ACK arrives
	//   rule syn-sent-syn-ack (RFC9293/3.10.7.3)
	//     SYN_SENT -> ESTABLISHED
	//   rule ack-now (RFC9293/3.10.7.4)
	//     sends ACK seq 1001 ack 501
	// now ESTABLISHED and before that SYN_SENT
}

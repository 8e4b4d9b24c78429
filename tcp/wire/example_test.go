package wire_test

import (
	"fmt"

	"tcptutor/tcp"
	"tcptutor/tcp/wire"
)

func Example() {
	syn := tcp.Segment{
		Src: tcp.Endpoint{Addr: tcp.IPv4(10, 0, 0, 1), Port: 40000}, Dst: tcp.Endpoint{Addr: tcp.IPv4(10, 0, 0, 2), Port: 8080},
		Seq: 1000, Flags: tcp.SYN, Wnd: 64240,
		Opt: tcp.Options{Set: tcp.OptMSS | tcp.OptSACKPerm | tcp.OptWScale, MSS: 1460, WScale: 10},
	}
	packet, err := wire.Encode(nil, &syn)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("IPv4  % x\nTCP   % x\n      % x\n", packet[:20], packet[20:40], packet[40:])

	back, err := wire.Decode(packet)
	fmt.Println(back == syn, err)
	// Output:
	// IPv4  45 00 00 34 00 00 40 00 40 06 26 c2 0a 00 00 01 0a 00 00 02
	// TCP   9c 40 1f 90 00 00 03 e8 00 00 00 00 80 02 fa f0 a0 62 00 00
	//       02 04 05 b4 01 01 04 02 01 03 03 0a
	// true <nil>
}

func ExampleDecode() {
	packet := []byte{0x45, 0, 0, 20, 0, 0, 0, 0, 64, 17, 0x7c, 0xd7, 127, 0, 0, 1, 127, 0, 0, 1}
	_, err := wire.Decode(packet)
	fmt.Println(err)
	// Output:
	// byte 9: IPv4 protocol is 17, want TCP's 6
}

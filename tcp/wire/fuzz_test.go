package wire

import (
	"errors"
	"testing"

	"tcptutor/tcp"
)

// Arbitrary bytes are refused with a place within them, or are a segment that can be written and reads back the same. They never panic.
func FuzzDecode(f *testing.F) {
	six := hello6()
	six.Opt = tcp.Options{Set: tcp.OptTS | tcp.OptSACK, TSVal: 1, NSACK: 2}
	for _, s := range []tcp.Segment{hello4(), six} {
		b, err := Encode(nil, &s)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, packet []byte) {
		checkDecode(t, packet)
		if len(packet) >= ipv4Header+tcpHeader && len(packet) <= maxLength && packet[0]>>4 == 4 && packet[0]&15 >= 5 && int(packet[0]&15)*4+tcpHeader <= len(packet) {
			packet[2], packet[3] = byte(len(packet)>>8), byte(len(packet)) // past the checksums, where the options are
			checkDecode(t, mended(packet))
		}
	})
}

func checkDecode(t *testing.T, packet []byte) {
	s, err := Decode(packet)
	if err != nil {
		if e, ok := errors.AsType[*Error](err); !ok || e.Offset < 0 || e.Offset > len(packet) || e.Problem == "" {
			t.Fatalf("error %#v", err)
		}
		return
	}
	b, err := Encode(nil, &s)
	if err != nil {
		// Options may come packed more densely than Linux writes them.
		if _, dense := optionsOf(&s.Opt); dense == nil && len(s.Data) < maxLength-ipv4Header-tcpHeader-maxOptions {
			t.Fatal(err)
		}
		return
	}
	again, err := Decode(b)
	if err != nil || again != s {
		t.Fatalf("%v: %+v, want %+v", err, again, s)
	}
}

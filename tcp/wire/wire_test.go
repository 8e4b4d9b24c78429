package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tcptutor/tcp"
)

// What is written reads back as it was, whatever stood in the buffer before and follows after.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := segments().Draw(t, "segment")
		before := rapid.SliceOf(rapid.Byte()).Draw(t, "before")
		b, err := Encode(bytes.Clone(before), &want)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(b, before) {
			t.Fatalf("what was in the buffer has changed")
		}
		frame := append(b[len(before):], rapid.SliceOfN(rapid.Byte(), 0, 9).Draw(t, "after")...)
		kept := bytes.Clone(frame)
		got, err := Decode(frame)
		if err != nil {
			t.Fatalf("% x: %v", frame, err)
		}
		if got != want {
			t.Fatalf("(-want +got):\n%s", cmp.Diff(want, got))
		}
		if !bytes.Equal(frame, kept) {
			t.Fatal("Decode changed the packet")
		}
	})
}

// One wrong bit anywhere but in what no checksum covers is refused: MUST-3, a checksum is verified.
func TestEveryFlippedBitIsNoticed(t *testing.T) {
	for _, s := range []tcp.Segment{hello4(), hello6()} {
		b := encoded(t, s)
		for i := range len(b) * 8 {
			broken := bytes.Clone(b)
			broken[i/8] ^= 0x80 >> (i % 8)
			got, err := Decode(broken)
			// IPv6 has no checksum of its own: traffic class, flow label and hop limit are TCP's in no way.
			free := !s.Src.Addr.Is4() && (i >= 4 && i < 32 || i/8 == 7)
			if free && (err != nil || got != s) || !free && err == nil {
				t.Errorf("%v, bit %d of byte %d: %v", s.Src.Addr, i%8, i/8, err)
			}
		}
	}
}

// A SYN and its answer as a kernel has put them on a wire (RFC 9293 §3.1, RFC 791 §3.1, RFC 8200 §3).
// RFC 9293 MUST-2, §3.9.2.
func TestBytes(t *testing.T) {
	for _, test := range []struct {
		why  string
		seg  tcp.Segment
		want string
	}{
		{"IPv4", tcp.Segment{Src: client4, Dst: server4, Seq: 0x01020304, Flags: tcp.SYN, Wnd: 64240,
			Opt: tcp.Options{Set: tcp.OptMSS | tcp.OptSACKPerm | tcp.OptTS | tcp.OptWScale, MSS: 1460, TSVal: 100, WScale: 10}}, `
			4500 003c 0000 4000 4006 26ba 0a000001 0a000002
			9c40 1f90 01020304 00000000 a002 faf0 SUM 0000
			0204 05b4 0402 080a 00000064 00000000 01 0303 0a`},
		{"IPv6", tcp.Segment{Src: client6, Dst: server6, Seq: 1, Ack: 2, Flags: tcp.ACK | tcp.FIN, Wnd: 63, Data: "hi!"}, `
			60000000 0017 06 40 fd000000 00000000 00000000 00000001 fd000000 00000000 00000000 00000002
			9c40 1f90 00000001 00000002 5011 003f SUM 0000 686921`},
	} {
		b := encoded(t, test.seg)
		header, pseudo := ipv6Header, bytes.Clone(b[ipv6Src:ipv6Header])
		if test.seg.Src.Addr.Is4() {
			header, pseudo = ipv4Header, bytes.Clone(b[ipv4Src:ipv4Header])
		}
		// RFC 9293 §3.1: the sum over pseudo-header and segment, its checksum included, is all ones.
		pseudo = binary.BigEndian.AppendUint32(append(pseudo, 0, 6), uint32(len(b)-header)) // its words in any order
		if sum := onesComplement(append(pseudo, b[header:]...)); sum != 0 {
			t.Errorf("%s: the checksum is off by %#04x", test.why, sum)
		}
		sum := fmt.Sprintf("%02x%02x", b[header+tcpChecksum], b[header+tcpChecksum+1])
		if want := unhex(t, strings.Replace(test.want, "SUM", sum, 1)); !bytes.Equal(b, want) {
			t.Errorf("%s:\ngot  %x\nwant %x", test.why, b, want)
		}
	}
}

// The options stand in the order and with the padding that Linux sends (tcp_output.c tcp_options_write).
func TestOptionsAsLinuxSendsThem(t *testing.T) {
	o := tcp.Options{MSS: 1460, WScale: 10, TSVal: 1, TSEcr: 2, NSACK: 1, SACK: [tcp.MaxSACK]tcp.Block{{Start: 3, End: 4}}}
	const all = tcp.OptMSS | tcp.OptSACKPerm | tcp.OptTS | tcp.OptWScale
	for _, test := range []struct {
		set  tcp.OptionSet
		want string
	}{
		{all, "020405b4 0402 080a00000001 00000002 01 03030a"},
		{all &^ tcp.OptTS, "020405b4 0101 0402 01 03030a"},
		{all &^ tcp.OptSACKPerm, "020405b4 0101 080a00000001 00000002 01 03030a"},
		{tcp.OptTS, "0101 080a00000001 00000002"},
		{tcp.OptSACK, "0101 050a00000003 00000004"},
		{tcp.OptTS | tcp.OptSACK, "0101 080a00000001 00000002 0101 050a00000003 00000004"},
		{tcp.OptWScale, "01 03030a"},
		{0, ""},
	} {
		s := hello4()
		s.Opt = o
		s.Opt.Set = test.set
		b := encoded(t, s)
		got := b[ipv4Header+tcpHeader : len(b)-len(s.Data)]
		if !bytes.Equal(got, unhex(t, test.want)) {
			t.Errorf("%05b: % x, want %s", test.set, got, test.want)
		}
	}
}

func TestWhatNoPacketCarriesIsRefused(t *testing.T) {
	for _, test := range []struct {
		change func(*tcp.Segment)
		want   string
	}{
		{func(s *tcp.Segment) { s.Dst = server6 }, "one address is IPv4 and the other IPv6: 10.0.0.1 and fd00::2"},
		{func(s *tcp.Segment) { s.Opt = tcp.Options{Set: tcp.OptSACK} }, "0 SACK blocks, want 1 to 4"},
		{func(s *tcp.Segment) { s.Opt = tcp.Options{Set: tcp.OptSACK, NSACK: 5} }, "5 SACK blocks, want 1 to 4"},
		{func(s *tcp.Segment) { s.Opt = tcp.Options{Set: tcp.OptSACK | tcp.OptTS, NSACK: 4} },
			"the options take 48 bytes, and a header has 40 for them"},
		{func(s *tcp.Segment) { s.Data = strings.Repeat("x", maxLength-ipv4Header-tcpHeader+1) },
			"65496 bytes of payload do not fit into one packet"},
		{func(s *tcp.Segment) {
			s.Src, s.Dst, s.Data = client6, server6, strings.Repeat("x", maxLength-tcpHeader+1)
		},
			"65516 bytes of payload do not fit into one packet"},
	} {
		s := hello4()
		test.change(&s)
		b, err := Encode([]byte("kept"), &s)
		if err == nil || err.Error() != test.want || string(b) != "kept" {
			t.Errorf("%q and %v, want %s", b, err, test.want)
		}
	}
	for _, s := range []tcp.Segment{hello4(), hello6()} { // one byte less does fit
		s.Data = strings.Repeat("x", maxLength-ipv4Header-tcpHeader)
		if got, err := Decode(encoded(t, s)); err != nil || got != s {
			t.Errorf("the longest packet: %v", err)
		}
	}
}

// RFC 9293 MUST-4 to MUST-7, MUST-64, MUST-68, MUST-69: what a receiver makes of options.
// RFC 9293 §3.2.
func TestOptionsAsTheyCome(t *testing.T) {
	mss := tcp.Options{Set: tcp.OptMSS, MSS: 536}
	for _, test := range []struct {
		why   string
		bytes []byte
		want  tcp.Options
	}{
		{"no option at all", nil, tcp.Options{}},
		{"EOL ends the list, what follows is padding (MUST-4, MUST-69)", []byte{2, 4, 2, 24, 0, 3, 3, 7}, mss},
		{"NOPs between options (MUST-4)", []byte{1, 1, 2, 4, 2, 24, 1, 0}, mss},
		{"any alignment (MUST-64)", []byte{1, 2, 4, 2, 24, 4, 2, 0}, tcp.Options{Set: tcp.OptMSS | tcp.OptSACKPerm, MSS: 536}},
		{"an option in a segment that is no SYN (MUST-5)", []byte{2, 4, 2, 24}, mss},
		{"an unknown one is skipped by its length (MUST-6, MUST-68)", []byte{254, 6, 9, 9, 9, 9, 2, 4, 2, 24, 1, 1}, mss},
		{"an MPTCP one that the library finds odd is skipped, too", []byte{30, 4, 0, 0, 2, 4, 2, 24}, mss},
		{"length 0 survives (MUST-7)", []byte{2, 4, 2, 24, 3, 0, 7, 1}, mss},
		{"length 1 survives (MUST-7)", []byte{2, 4, 2, 24, 3, 1, 7, 1}, mss},
		{"length past the header survives (MUST-7)", []byte{2, 4, 2, 24, 8, 10, 7, 1}, mss},
		{"no room for a length survives (MUST-7)", []byte{2, 4, 2, 24, 1, 1, 1, 3}, mss},
		{"an MSS of the wrong length is none", []byte{2, 3, 2, 4, 2, 1, 1, 1}, tcp.Options{Set: tcp.OptSACKPerm}},
		{"half a SACK block is none", []byte{5, 6, 0, 0, 0, 1, 1, 1}, tcp.Options{}},
		{"no SACK block is none", []byte{5, 2, 1, 1}, tcp.Options{}},
		{"a shift of 15 is used as 14 (RFC 7323 §2.3)", []byte{3, 3, 15, 0}, tcp.Options{Set: tcp.OptWScale, WScale: 14}},
		{"of two the last counts", []byte{2, 4, 5, 180, 2, 4, 2, 24}, mss},
		{"of two SACKs no block of the first is left", append(append(append([]byte{1, 1, 5, 18}, make([]byte, 16)...), 1, 1, 5, 10),
			0, 0, 0, 7, 0, 0, 0, 9), tcp.Options{Set: tcp.OptSACK, NSACK: 1, SACK: [tcp.MaxSACK]tcp.Block{{Start: 7, End: 9}}}},
	} {
		got, err := Decode(withOptions(t, test.bytes...))
		if err != nil {
			t.Errorf("%s: %v", test.why, err)
		}
		if want := hello4(); got.Opt != test.want || got.Data != want.Data {
			t.Errorf("%s: %+v with %q, want %+v", test.why, got.Opt, got.Data, test.want)
		}
	}
}

// Whatever is wrong is said, with its place.
func TestErrorsSayWhatAndWhere(t *testing.T) {
	four := func(change func(b []byte) []byte) []byte { return mended(change(encoded(t, hello4()))) }
	six := func(change func(b []byte) []byte) []byte { return change(encoded(t, hello6())) }
	set := func(at int, values ...byte) func([]byte) []byte {
		return func(b []byte) []byte { copy(b[at:], values); return b }
	}
	for _, test := range []struct {
		packet []byte
		want   string
	}{
		{nil, "byte 0: the packet is empty"},
		{[]byte{0x50}, "byte 0: IP version is 5, want 4 or 6"},
		{[]byte{0x45, 0}, "byte 2: an IPv4 header has 20 bytes at least, the packet ends here"},
		{set(0, 0x44)(encoded(t, hello4())), "byte 0: IPv4 header length is 16, want 20 at least"},
		{set(3, 19)(encoded(t, hello4())), "byte 2: IPv4 total length is 19, less than the header's 20"},
		{set(3, 46)(encoded(t, hello4())), "byte 2: IPv4 total length is 46, but the packet has 45 bytes"},
		{set(0, 0x46, 0, 0, 45)(encoded(t, hello4()))[:45], "byte 20: IPv4 options: IP option length exceeds remaining IP header size, option type 156 length 64"},
		{set(10, 0, 0)(encoded(t, hello4())), "byte 10: IPv4 header checksum is 0x0000, want 0x26c9"},
		{four(set(6, 0x20)), "byte 6: the packet is a fragment"},
		{four(set(7, 1)), "byte 6: the packet is a fragment"},
		{four(set(9, 17)), "byte 9: IPv4 protocol is 17, want TCP's 6"},
		{four(func(b []byte) []byte { b[3] = 39; return b[:39:39] }), "byte 39: a TCP header has 20 bytes at least, the packet ends here"},
		{four(set(32, 0x40)), "byte 32: TCP header length is 16, want 20 at least"},
		{four(set(32, 0x70)), "byte 32: TCP header length is 28, but only 25 bytes are left"},
		{set(36, 0, 0)(encoded(t, hello4())), "byte 36: TCP checksum is 0x0000, want 0x9be0"},
		{[]byte{0x60, 0, 0}, "byte 3: an IPv6 header has 40 bytes, the packet ends here"},
		{six(set(5, 0)), "byte 4: IPv6 payload length is 0"},
		{six(set(5, 26)), "byte 4: IPv6 payload length is 26, but 25 bytes follow the header"},
		{six(set(6, 44)), "byte 6: IPv6 next header is 44, want TCP's 6"},
		{six(set(6, 60)), "byte 40: IPv6 extension header: Invalid ip6-extension header. Length 25 less than specified length 520"},
		{six(set(6, 0)), "byte 40: IPv6 hop-by-hop options: Invalid ip6-extension header. Length 25 less than specified length 520"},
		{six(set(8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0, 0, 1)),
			"byte 8: the source of an IPv6 packet is an IPv4 address, 10.0.0.1"},
		{six(set(24, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0, 0, 1)),
			"byte 24: the destination of an IPv6 packet is an IPv4 address, 10.0.0.1"},
		{six(set(56, 0, 0)), "byte 56: TCP checksum is 0x0000, want 0xb5de"},
	} {
		got, err := Decode(test.packet)
		if e, ok := errors.AsType[*Error](err); !ok || e.Error() != test.want || got != (tcp.Segment{}) {
			t.Errorf("% x:\ngot  %v\nwant %s", test.packet, err, test.want)
		}
	}
}

// Extension headers that change nothing for TCP are skipped (RFC 8200 §4.3, §4.6); each is eight bytes of padding here.
func TestIPv6ExtensionHeaders(t *testing.T) {
	const hopByHop, destination = 0, 60
	b := encoded(t, hello6())
	b[ipv6Next], b[ipv6Length+1] = hopByHop, b[ipv6Length+1]+16
	headers := []byte{destination, 0, 1, 4, 0, 0, 0, 0, 6, 0, 1, 4, 0, 0, 0, 0}
	b = append(append(bytes.Clone(b[:ipv6Header]), headers...), b[ipv6Header:]...)
	if got, err := Decode(b); err != nil || got != hello6() {
		t.Errorf("%v: %+v", err, got)
	}
}

// ICMP goes from a segment's destination to its sender, says why, and quotes the segment: all of a small one, as much of a large one as fits
// into 576 bytes. IPv6 has other codes.
func TestUnreachableQuotesTheSegment(t *testing.T) {
	small := hello4()
	large := small
	large.Data = strings.Repeat("x", 1400)
	for _, s := range []tcp.Segment{small, large} {
		b, err := Unreachable([]byte("before"), &s, tcp.HostUnreachable)
		if err != nil {
			t.Fatal(err)
		}
		b = b[len("before"):]
		ip, icmp, quoted := b[:20], b[20:28], b[28:]
		if ip[0] != 0x45 || ip[9] != 1 || !bytes.Equal(ip[12:16], s.Dst.Addr[12:]) || !bytes.Equal(ip[16:20], s.Src.Addr[12:]) {
			t.Errorf("its IP header is % x", ip)
		}
		if icmp[0] != 3 || icmp[1] != 1 || onesComplement(ip) != 0 || onesComplement(b[20:]) != 0 {
			t.Errorf("its ICMP header is % x, the sums %x and %x", icmp, onesComplement(ip), onesComplement(b[20:]))
		}
		if whole := encoded(t, s); !bytes.HasPrefix(whole, quoted) || len(b) != min(28+len(whole), 576) {
			t.Errorf("of a packet of %d bytes %d are quoted", len(whole), len(quoted))
		}
	}
	six := hello6()
	if _, err := Unreachable(nil, &six, tcp.HostUnreachable); err == nil {
		t.Error("ICMP over IPv6 is written")
	}
}

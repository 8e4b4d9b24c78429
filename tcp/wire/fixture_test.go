package wire

import (
	"encoding/hex"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tcptutor/tcp"
)

var (
	client4 = tcp.Endpoint{Addr: tcp.IPv4(10, 0, 0, 1), Port: 40000}
	server4 = tcp.Endpoint{Addr: tcp.IPv4(10, 0, 0, 2), Port: 8080}
	client6 = tcp.Endpoint{Addr: tcp.Addr{0xfd, 15: 1}, Port: 40000}
	server6 = tcp.Endpoint{Addr: tcp.Addr{0xfd, 15: 2}, Port: 8080}
)

func hello4() tcp.Segment {
	return tcp.Segment{Src: client4, Dst: server4, Seq: 1, Ack: 2, Flags: tcp.ACK | tcp.PSH, Wnd: 63, Data: "hello"}
}

func hello6() tcp.Segment {
	s := hello4()
	s.Src, s.Dst = client6, server6
	return s
}

func encoded(t *testing.T, s tcp.Segment) []byte {
	t.Helper()
	b, err := Encode(nil, &s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func unhex(t *testing.T, words string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(words), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// withOptions is hello4 with these bytes as its options, checksum right.
func withOptions(t *testing.T, options ...byte) []byte {
	t.Helper()
	if len(options)%4 != 0 {
		t.Fatalf("%d bytes of options are no whole words", len(options))
	}
	b := encoded(t, hello4())
	b = append(append(append([]byte{}, b[:40]...), options...), b[40:]...)
	b[3] += byte(len(options))
	b[32] += byte(len(options) / 4 << 4)
	return mended(b)
}

// mended puts the right checksums into an IPv4 packet, by the sum of RFC 1071 and not by the code that is tested.
func mended(b []byte) []byte {
	header := int(b[0]&15) * 4
	put := func(at int, sum uint16) { b[at], b[at+1] = byte(sum>>8), byte(sum) }
	put(10, 0)
	put(10, onesComplement(b[:header]))
	put(header+16, 0)
	segment := b[header:]
	pseudo := append(append([]byte{}, b[12:20]...), 0, 6, byte(len(segment)>>8), byte(len(segment)))
	put(header+16, onesComplement(append(pseudo, segment...)))
	return b
}

func onesComplement(b []byte) uint16 {
	sum := uint32(0)
	for i, c := range b {
		sum += uint32(c) << (8 * (1 - i%2))
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}

// segments are all that a packet can carry and the engine knows.
func segments() *rapid.Generator[tcp.Segment] {
	return rapid.Custom(func(t *rapid.T) tcp.Segment {
		s := tcp.Segment{
			Src: tcp.Endpoint{Port: rapid.Uint16().Draw(t, "source port")},
			Dst: tcp.Endpoint{Port: rapid.Uint16().Draw(t, "destination port")},
			Seq: tcp.Seq(rapid.Uint32().Draw(t, "seq")), Ack: tcp.Seq(rapid.Uint32().Draw(t, "ack")),
			Flags: tcp.Flags(rapid.IntRange(0, 63).Draw(t, "flags")),
			Wnd:   rapid.Uint16().Draw(t, "window"), Urg: rapid.Uint16().Draw(t, "urgent"),
			Data: string(rapid.SliceOfN(rapid.Byte(), 0, 1500).Draw(t, "data")),
		}
		four := rapid.Bool().Draw(t, "IPv4")
		s.Src.Addr, s.Dst.Addr = addresses(four).Draw(t, "source"), addresses(four).Draw(t, "destination")
		s.Opt = options().Draw(t, "options")
		return s
	})
}

func addresses(four bool) *rapid.Generator[tcp.Addr] {
	return rapid.Custom(func(t *rapid.T) tcp.Addr {
		b := rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "address")
		if four {
			return tcp.IPv4(b[0], b[1], b[2], b[3])
		}
		return tcp.Addr(b)
	}).Filter(func(a tcp.Addr) bool { return a.Is4() == four })
}

// options are those whose bytes fit: three blocks and more leave no room for what a SYN has.
func options() *rapid.Generator[tcp.Options] {
	return rapid.Custom(func(t *rapid.T) (o tcp.Options) {
		o.Set = tcp.OptionSet(rapid.IntRange(0, 31).Draw(t, "set"))
		if o.Has(tcp.OptMSS) {
			o.MSS = rapid.Uint16().Draw(t, "mss")
		}
		if o.Has(tcp.OptWScale) {
			o.WScale = rapid.Uint8Max(maxWScale).Draw(t, "wscale")
		}
		if o.Has(tcp.OptTS) {
			o.TSVal, o.TSEcr = rapid.Uint32().Draw(t, "val"), rapid.Uint32().Draw(t, "ecr")
		}
		if o.Has(tcp.OptSACK) {
			o.NSACK = rapid.Uint8Range(1, tcp.MaxSACK).Draw(t, "blocks")
			for i := range o.NSACK {
				o.SACK[i] = tcp.Block{Start: tcp.Seq(rapid.Uint32().Draw(t, "start")), End: tcp.Seq(rapid.Uint32().Draw(t, "end"))}
			}
		}
		return o
	}).Filter(func(o tcp.Options) bool { b, err := optionsOf(&o); return err == nil && len(b) <= maxOptions })
}

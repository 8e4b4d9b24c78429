package wire

import (
	"encoding/binary"
	"fmt"

	"github.com/gopacket/gopacket/layers"

	"tcptutor/tcp"
)

// The kinds of option that are known here (RFC 9293 §3.2, RFC 7323 §2.2 and §3.2, RFC 2018 §2 and §3).
const (
	kindEOL      = layers.TCPOptionKindEndList
	kindNOP      = layers.TCPOptionKindNop
	kindMSS      = layers.TCPOptionKindMSS
	kindWScale   = layers.TCPOptionKindWindowScale
	kindSACKPerm = layers.TCPOptionKindSACKPermitted
	kindSACK     = layers.TCPOptionKindSACK
	kindTS       = layers.TCPOptionKindTimestamps
)

// maxWScale is the largest shift count (RFC 7323 §2.3).
const maxWScale = 14

// optionsOf is a segment's options as bytes, in Linux's order and with its padding, which makes whole words of any choice of them
// (tcp_output.c tcp_options_write).
func optionsOf(o *tcp.Options) ([]byte, error) {
	if o.Has(tcp.OptSACK) && (o.NSACK == 0 || o.NSACK > tcp.MaxSACK) {
		return nil, fmt.Errorf("%d SACK blocks, want 1 to %d", o.NSACK, tcp.MaxSACK)
	}
	b := make([]byte, 0, maxOptions)
	if o.Has(tcp.OptMSS) {
		b = append(b, kindMSS, 4)
		b = binary.BigEndian.AppendUint16(b, o.MSS)
	}
	switch { // beside a timestamp SACK-permitted takes the place of the padding
	case o.Has(tcp.OptSACKPerm):
		if !o.Has(tcp.OptTS) {
			b = append(b, kindNOP, kindNOP)
		}
		b = append(b, kindSACKPerm, 2)
	case o.Has(tcp.OptTS):
		b = append(b, kindNOP, kindNOP)
	}
	if o.Has(tcp.OptTS) {
		b = append(b, kindTS, 10)
		b = binary.BigEndian.AppendUint32(b, o.TSVal)
		b = binary.BigEndian.AppendUint32(b, o.TSEcr)
	}
	if o.Has(tcp.OptWScale) {
		b = append(b, kindNOP, kindWScale, 3, o.WScale)
	}
	if o.Has(tcp.OptSACK) {
		b = append(b, kindNOP, kindNOP, kindSACK, 2+8*o.NSACK)
		for _, block := range o.SACK[:o.NSACK] {
			b = binary.BigEndian.AppendUint32(b, uint32(block.Start))
			b = binary.BigEndian.AppendUint32(b, uint32(block.End))
		}
	}
	if len(b) > maxOptions {
		return nil, fmt.Errorf("the options take %d bytes, and a header has %d for them", len(b), maxOptions)
	}
	return b, nil
}

// raw cuts well-formed options into the library's.
func raw(b []byte) []layers.TCPOption {
	var list []layers.TCPOption
	for len(b) > 0 {
		if b[0] == kindNOP {
			list, b = append(list, layers.TCPOption{OptionType: kindNOP}), b[1:]
			continue
		}
		list = append(list, layers.TCPOption{OptionType: layers.TCPOptionKind(b[0]), OptionLength: b[1], OptionData: b[2:b[1]]})
		b = b[b[1]:]
	}
	return list
}

// parseOptions reads the options of a header. It walks them itself because the library gives up at an MPTCP option that it finds odd,
// and to a TCP without MPTCP that is an unknown option like any other, to be skipped (RFC 9293 MUST-6). A length that
// leads nowhere ends the walk, what was read stays (MUST-7; tcp_input.c tcp_parse_options does so).
func parseOptions(b []byte) (o tcp.Options) {
	for len(b) > 0 && b[0] != kindEOL {
		if b[0] == kindNOP {
			b = b[1:]
			continue
		}
		if len(b) < 2 || b[1] < 2 || int(b[1]) > len(b) {
			break
		}
		take(&o, b[0], b[2:b[1]])
		b = b[b[1]:]
	}
	return o
}

// take reads one option. One that is known but not of its own length means nothing and is skipped; of two of a kind the last counts.
func take(o *tcp.Options, kind byte, value []byte) {
	switch {
	case kind == kindMSS && len(value) == 2:
		o.Set |= tcp.OptMSS
		o.MSS = binary.BigEndian.Uint16(value)
	case kind == kindWScale && len(value) == 1:
		o.Set |= tcp.OptWScale
		o.WScale = min(value[0], maxWScale) // RFC 7323 §2.3: a larger one is used as 14
	case kind == kindSACKPerm && len(value) == 0:
		o.Set |= tcp.OptSACKPerm
	case kind == kindTS && len(value) == 8:
		o.Set |= tcp.OptTS
		o.TSVal, o.TSEcr = binary.BigEndian.Uint32(value), binary.BigEndian.Uint32(value[4:])
	case kind == kindSACK && len(value) > 0 && len(value)%8 == 0:
		o.Set |= tcp.OptSACK
		o.NSACK, o.SACK = uint8(len(value)/8), [tcp.MaxSACK]tcp.Block{} // 40 bytes hold no more than four
		for i := range int(o.NSACK) {
			o.SACK[i].Start = tcp.Seq(binary.BigEndian.Uint32(value[8*i:]))
			o.SACK[i].End = tcp.Seq(binary.BigEndian.Uint32(value[8*i+4:]))
		}
	}
}

package wire

import (
	"fmt"
	"net"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"

	"tcptutor/tcp"
)

// Sizes of headers without options, and the most that fits, in bytes.
const (
	ipv4Header = 20
	ipv6Header = 40
	tcpHeader  = 20
	maxOptions = 40    // RFC 9293 §3.1: the data offset counts at most fifteen words
	maxLength  = 65535 // IPv4's total length and IPv6's payload length are 16 bits
)

// hopLimit is the TTL that Linux gives its packets (net.ipv4.ip_default_ttl).
const hopLimit = 64

// Encode appends to dst the packet that carries a segment: IPv4 when its addresses are, else IPv6. It refuses what no packet can carry: one
// address of each family, more than 40 bytes of options, more payload than the length fields can count. Then dst comes back as it was.
func Encode(dst []byte, s *tcp.Segment) ([]byte, error) {
	options, err := optionsOf(&s.Opt)
	if err != nil {
		return dst, err
	}
	if s.Src.Addr.Is4() != s.Dst.Addr.Is4() {
		return dst, fmt.Errorf("one address is IPv4 and the other IPv6: %v and %v", s.Src.Addr, s.Dst.Addr)
	}
	size := tcpHeader + len(options) + len(s.Data)
	if s.Src.Addr.Is4() {
		size += ipv4Header
	}
	if size > maxLength {
		return dst, fmt.Errorf("%d bytes of payload do not fit into one packet", len(s.Data))
	}
	header := headerOf(s)
	header.Options = raw(options)
	buf := gopacket.NewSerializeBufferExpectedSize(size+ipv6Header, 0)
	how := gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}
	ip := network(s)
	if err := header.SetNetworkLayerForChecksum(ip); err != nil {
		return dst, err
	}
	if err := gopacket.SerializeLayers(buf, how, ip, header, gopacket.Payload(s.Data)); err != nil {
		return dst, err
	}
	return append(dst, buf.Bytes()...), nil
}

// Unreachable appends to dst the packet by which the destination of a segment tells its sender that it could not be delivered (RFC 792, RFC 1122
// §3.2.2: it quotes the segment). Only IPv4 has these codes.
func Unreachable(dst []byte, s *tcp.Segment, code tcp.Unreachable) ([]byte, error) {
	if !s.Src.Addr.Is4() {
		return dst, fmt.Errorf("ICMP is IPv4's, and %v is not", s.Src.Addr)
	}
	quoted, err := Encode(nil, s)
	if err != nil {
		return dst, err
	}
	const most = 576 - ipv4Header - 8 // RFC 1812 §4.3.2.3, without the two headers in front
	ip := &layers.IPv4{
		Version: 4, TTL: hopLimit, Protocol: layers.IPProtocolICMPv4, SrcIP: net.IP(s.Dst.Addr[12:]), DstIP: net.IP(s.Src.Addr[12:]),
	}
	icmp := &layers.ICMPv4{TypeCode: layers.CreateICMPv4TypeCode(layers.ICMPv4TypeDestinationUnreachable, uint8(code))}
	buf := gopacket.NewSerializeBuffer()
	how := gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}
	if err := gopacket.SerializeLayers(buf, how, ip, icmp, gopacket.Payload(quoted[:min(most, len(quoted))])); err != nil {
		return dst, err
	}
	return append(dst, buf.Bytes()...), nil
}

// ipLayer is an IP header that can be written.
type ipLayer interface {
	gopacket.NetworkLayer
	gopacket.SerializableLayer
}

// network is the IP header around a segment. Path MTU discovery is on in Linux, so "don't fragment" is set.
func network(s *tcp.Segment) ipLayer {
	if s.Src.Addr.Is4() {
		return &layers.IPv4{
			Version: 4, TTL: hopLimit, Flags: layers.IPv4DontFragment, Protocol: layers.IPProtocolTCP,
			SrcIP: net.IP(s.Src.Addr[12:]), DstIP: net.IP(s.Dst.Addr[12:]),
		}
	}
	return &layers.IPv6{
		Version: 6, HopLimit: hopLimit, NextHeader: layers.IPProtocolTCP,
		SrcIP: net.IP(s.Src.Addr[:]), DstIP: net.IP(s.Dst.Addr[:]),
	}
}

func headerOf(s *tcp.Segment) *layers.TCP {
	return &layers.TCP{
		SrcPort: layers.TCPPort(s.Src.Port), DstPort: layers.TCPPort(s.Dst.Port),
		Seq: uint32(s.Seq), Ack: uint32(s.Ack), Window: s.Wnd, Urgent: s.Urg,
		FIN: s.Flags.Has(tcp.FIN), SYN: s.Flags.Has(tcp.SYN), RST: s.Flags.Has(tcp.RST),
		PSH: s.Flags.Has(tcp.PSH), ACK: s.Flags.Has(tcp.ACK), URG: s.Flags.Has(tcp.URG),
	}
}

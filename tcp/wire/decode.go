package wire

import (
	"encoding/binary"
	"net"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"

	"tcptutor/tcp"
)

// Decode reads an IP packet with a TCP segment in it. Bytes after the packet's own length, such as an Ethernet frame's padding, are
// no part of it. The error is an *Error. The packet is not kept, and not changed.
func Decode(packet []byte) (tcp.Segment, error) {
	if len(packet) == 0 {
		return tcp.Segment{}, wrong(0, "the packet is empty")
	}
	var s tcp.Segment
	var err error
	switch packet[0] >> 4 {
	case 4:
		err = decode4(&s, packet)
	case 6:
		err = decode6(&s, packet)
	default:
		err = wrong(0, "IP version is %d, want 4 or 6", packet[0]>>4)
	}
	if err != nil {
		return tcp.Segment{}, err
	}
	return s, nil
}

// The offsets of an IPv4 header's fields (RFC 791 §3.1).
const (
	ipv4Length   = 2
	ipv4Fragment = 6
	ipv4Protocol = 9
	ipv4Checksum = 10
	ipv4Src      = 12
)

func decode4(s *tcp.Segment, packet []byte) error {
	if len(packet) < ipv4Header {
		return wrong(len(packet), "an IPv4 header has %d bytes at least, the packet ends here", ipv4Header)
	}
	header := int(packet[0]&15) * 4
	length := int(binary.BigEndian.Uint16(packet[ipv4Length:]))
	switch {
	case header < ipv4Header:
		return wrong(0, "IPv4 header length is %d, want %d at least", header, ipv4Header)
	case length < header:
		return wrong(ipv4Length, "IPv4 total length is %d, less than the header's %d", length, header)
	case length > len(packet):
		return wrong(ipv4Length, "IPv4 total length is %d, but the packet has %d bytes", length, len(packet))
	}
	packet = packet[:length:length]
	var ip layers.IPv4
	if err := ip.DecodeFromBytes(packet, gopacket.NilDecodeFeedback); err != nil {
		return wrong(ipv4Header, "IPv4 options: %v", err) // all before them is fine
	}
	if sum := gopacket.FoldChecksum(gopacket.ComputeChecksum(packet[:header], 0)); sum != 0 {
		want := gopacket.FoldChecksum(gopacket.ComputeChecksum(packet[:header], 0) - uint32(ip.Checksum))
		return wrong(ipv4Checksum, "IPv4 header checksum is %#04x, want %#04x", ip.Checksum, want)
	}
	switch {
	case ip.Flags&layers.IPv4MoreFragments != 0 || ip.FragOffset != 0:
		return wrong(ipv4Fragment, "the packet is a fragment")
	case ip.Protocol != layers.IPProtocolTCP:
		return wrong(ipv4Protocol, "IPv4 protocol is %d, want TCP's %d", ip.Protocol, layers.IPProtocolTCP)
	}
	s.Src.Addr, s.Dst.Addr = address(ip.SrcIP), address(ip.DstIP)
	return decodeTCP(s, &ip, packet, header)
}

// The offsets of an IPv6 header's fields (RFC 8200 §3).
const (
	ipv6Length = 4
	ipv6Next   = 6
	ipv6Src    = 8
	ipv6Dst    = 24
)

func decode6(s *tcp.Segment, packet []byte) error {
	if len(packet) < ipv6Header {
		return wrong(len(packet), "an IPv6 header has %d bytes, the packet ends here", ipv6Header)
	}
	length := int(binary.BigEndian.Uint16(packet[ipv6Length:]))
	switch {
	case length == 0:
		return wrong(ipv6Length, "IPv6 payload length is 0")
	case ipv6Header+length > len(packet):
		return wrong(ipv6Length, "IPv6 payload length is %d, but %d bytes follow the header", length, len(packet)-ipv6Header)
	}
	packet = packet[: ipv6Header+length : ipv6Header+length]
	var ip layers.IPv6
	if err := ip.DecodeFromBytes(packet, gopacket.NilDecodeFeedback); err != nil {
		return wrong(ipv6Header, "IPv6 hop-by-hop options: %v", err)
	}
	s.Src.Addr, s.Dst.Addr = address(ip.SrcIP), address(ip.DstIP)
	// tcp.Addr has no other place for an IPv4 address, and RFC 4291 §2.5.5.2 has such an address in no header.
	if s.Src.Addr.Is4() {
		return wrong(ipv6Src, "the source of an IPv6 packet is an IPv4 address, %v", s.Src.Addr)
	}
	if s.Dst.Addr.Is4() {
		return wrong(ipv6Dst, "the destination of an IPv6 packet is an IPv4 address, %v", s.Dst.Addr)
	}
	start, err := skipExtensions(packet)
	if err != nil {
		return err
	}
	return decodeTCP(s, &ip, packet, start)
}

// skipExtensions finds where TCP begins in an IPv6 packet (RFC 8200 §4).
func skipExtensions(packet []byte) (start int, err error) {
	next, field, at := layers.IPProtocol(packet[ipv6Next]), ipv6Next, ipv6Header
	for next != layers.IPProtocolTCP {
		if next != layers.IPProtocolIPv6HopByHop && next != layers.IPProtocolIPv6Destination {
			return 0, wrong(field, "IPv6 next header is %d, want TCP's %d", next, layers.IPProtocolTCP)
		}
		var skip layers.IPv6ExtensionSkipper
		if err := skip.DecodeFromBytes(packet[at:], gopacket.NilDecodeFeedback); err != nil {
			return 0, wrong(at, "IPv6 extension header: %v", err)
		}
		next, field = skip.NextHeader, at
		at += len(skip.Contents)
	}
	return at, nil
}

func address(ip net.IP) tcp.Addr { return tcp.Addr(ip.To16()) }

// The offsets of a TCP header's fields (RFC 9293 §3.1).
const (
	tcpOffset   = 12
	tcpChecksum = 16
)

// decodeTCP reads the segment that begins at start and goes to the end of the packet.
func decodeTCP(s *tcp.Segment, ip gopacket.NetworkLayer, packet []byte, start int) error {
	b := packet[start:]
	if len(b) < tcpHeader {
		return wrong(len(packet), "a TCP header has %d bytes at least, the packet ends here", tcpHeader)
	}
	switch header := int(b[tcpOffset]>>4) * 4; {
	case header < tcpHeader:
		return wrong(start+tcpOffset, "TCP header length is %d, want %d at least", header, tcpHeader)
	case header > len(b):
		return wrong(start+tcpOffset, "TCP header length is %d, but only %d bytes are left", header, len(b))
	}
	var h layers.TCP
	if err := h.DecodeFromBytes(b, gopacket.NilDecodeFeedback); err != nil {
		return wrong(start, "TCP header: %v", err)
	}
	if err := h.SetNetworkLayerForChecksum(ip); err != nil {
		return wrong(start, "TCP header: %v", err)
	}
	err, sum := h.VerifyChecksum()
	if err != nil {
		return wrong(start+tcpChecksum, "TCP checksum: %v", err)
	}
	if !sum.Valid {
		return wrong(start+tcpChecksum, "TCP checksum is %#04x, want %#04x", sum.Actual, sum.Correct)
	}
	s.Src.Port, s.Dst.Port = uint16(h.SrcPort), uint16(h.DstPort)
	s.Seq, s.Ack, s.Wnd, s.Urg = tcp.Seq(h.Seq), tcp.Seq(h.Ack), h.Window, h.Urgent
	s.Flags = tcp.Flags(b[tcpOffset+1]) & (tcp.FIN | tcp.SYN | tcp.RST | tcp.PSH | tcp.ACK | tcp.URG)
	s.Opt = parseOptions(h.Contents[tcpHeader:])
	s.Data = string(h.Payload)
	return nil
}

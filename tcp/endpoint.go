package tcp

import (
	"net/netip"
	"strconv"
)

// Addr is an IP address in 16 bytes: IPv6, or IPv4 mapped into it (::ffff:a.b.c.d). It is an array and not a
// netip.Addr because that one holds a pointer, and state is plain data.
type Addr [16]byte

// IPv4 returns the address a.b.c.d.
func IPv4(a, b, c, d byte) Addr {
	return Addr{10: 0xff, 11: 0xff, 12: a, 13: b, 14: c, 15: d}
}

// Is4 reports whether the address is an IPv4 one.
func (a Addr) Is4() bool {
	return [12]byte(a[:12]) == [12]byte{10: 0xff, 11: 0xff}
}

// IsUnspecified reports whether the address is the wildcard, 0.0.0.0 or ::, or the zero Addr.
func (a Addr) IsUnspecified() bool {
	return a == Addr{} || a == IPv4(0, 0, 0, 0)
}

// IsLoopback reports whether the address is in 127.0.0.0/8 or is ::1.
func (a Addr) IsLoopback() bool {
	return a.Is4() && a[12] == 127 || a == Addr{15: 1}
}

// IsGroup reports whether the address names many hosts, so that it can be no end of a connection: multicast, or the limited broadcast.
func (a Addr) IsGroup() bool {
	return a.Is4() && (a[12]&0xf0 == 224 || a == IPv4(255, 255, 255, 255)) || a[0] == 0xff
}

// Endpoint is one end of a connection as the network knows it (RFC 9293 §3.9.1: a "socket" is an address and
// a port).
type Endpoint struct {
	Addr Addr
	Port uint16
}

// String gives the usual spelling: 10.0.0.1:8080 or [fd00::1]:8080.
func (e Endpoint) String() string {
	if e.Addr.Is4() || e.Addr == (Addr{}) {
		return e.Addr.String() + ":" + strconv.Itoa(int(e.Port))
	}
	return "[" + e.Addr.String() + "]:" + strconv.Itoa(int(e.Port))
}

// String gives the usual spelling of the address; the zero Addr and the IPv4 wildcard are 0.0.0.0.
func (a Addr) String() string {
	if a == (Addr{}) {
		return "0.0.0.0"
	}
	return netip.AddrFrom16(a).Unmap().String()
}

// ParseAddr reads an IPv4 or IPv6 address.
func ParseAddr(s string) (Addr, error) {
	a, err := netip.ParseAddr(s)
	if err != nil {
		return Addr{}, err
	}
	return a.As16(), nil
}

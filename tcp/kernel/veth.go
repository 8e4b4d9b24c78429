//go:build linux

package kernel

import (
	"encoding/binary"
	"fmt"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"tcptutor/tcp"
)

// The wire as a veth pair: one end is the host's, at the other a packet socket listens.

// layVeth makes the pair and the socket, and gives the host's end and ours.
func layVeth(addr tcp.Addr) (host netlink.Link, end *wireEnd, fd int, err error) {
	err = netlink.LinkAdd(&netlink.Veth{LinkAttrs: netlink.LinkAttrs{Name: hostName}, PeerName: wireName})
	if err != nil {
		return nil, nil, -1, lacking("making a veth pair", err)
	}
	var ends [2]netlink.Link
	for i, name := range []string{hostName, wireName} {
		if ends[i], err = netlink.LinkByName(name); err != nil {
			return nil, nil, -1, fmt.Errorf("finding %s: %w", name, err)
		}
		if err := plain(ends[i], addr); err != nil {
			return nil, nil, -1, err
		}
	}
	for _, end := range ends {
		if err := carries(end); err != nil {
			return nil, nil, -1, err
		}
	}
	end = &wireEnd{Index: ends[1].Attrs().Index, To: ends[0].Attrs().HardwareAddr}
	if fd, err = listenOnWire(end.Index); err != nil {
		return nil, nil, -1, lacking("opening a packet socket", err)
	}
	return ends[0], end, fd, nil
}

// carries waits until an end of the wire carries frames: its queue is attached some time after both ends are up (net/core/link_watch.c), and
// until then it drops them.
func carries(end netlink.Link) error {
	for range patience / time.Millisecond {
		now, err := netlink.LinkByIndex(end.Attrs().Index)
		if err != nil {
			return fmt.Errorf("looking at %s: %w", end.Attrs().Name, err)
		}
		if now.Attrs().OperState == netlink.OperUp {
			return nil
		}
		time.Sleep(time.Millisecond)
	}
	return fmt.Errorf("%s is not up after %v", end.Attrs().Name, patience)
}

// listenOnWire opens the packet socket. It carries IP packets, without their Ethernet headers (SOCK_DGRAM, packet(7)).
func listenOnWire(index int) (int, error) {
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return -1, err
	}
	const buffer = 4 << 20 // for bursts; an ordinary user gets what net.core.rmem_max allows
	if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, buffer) != nil {
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, buffer)
	}
	if err = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1); err == nil {
		err = unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_IGNORE_OUTGOING, 1)
	}
	if err == nil {
		err = unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: bigEndian(unix.ETH_P_ALL), Ifindex: index})
	}
	if err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

// bigEndian is a 16-bit number in the network's order.
func bigEndian(v uint16) uint16 {
	return binary.NativeEndian.Uint16(binary.BigEndian.AppendUint16(nil, v))
}

// veth is the packet socket as a carrier.
type veth struct {
	to     unix.SockaddrLinklayer
	oob    [256]byte
	clocks clocks
}

func newVeth(end *wireEnd) *veth {
	v := new(veth)
	v.to.Ifindex = end.Index
	v.to.Halen = uint8(copy(v.to.Addr[:], end.To))
	return v
}

func (v *veth) take(fd int, buffer []byte) (n int, at int64, err error) {
	n, oobn, _, _, err := unix.Recvmsg(fd, buffer, v.oob[:], 0)
	if err != nil {
		return 0, 0, err
	}
	return n, v.stamp(v.oob[:oobn]), nil
}

func (v *veth) put(fd int, packet []byte) error {
	to := v.to
	to.Protocol = bigEndian(unix.ETH_P_IP)
	if version(packet) == 6 {
		to.Protocol = bigEndian(unix.ETH_P_IPV6)
	}
	return unix.Sendto(fd, packet, 0, &to)
}

// stamp is when the kernel put the packet on the wire; now, where it did not say.
func (v *veth) stamp(oob []byte) int64 {
	messages, err := unix.ParseSocketControlMessage(oob)
	if err == nil {
		for _, m := range messages {
			if m.Header.Level == unix.SOL_SOCKET && m.Header.Type == unix.SCM_TIMESTAMPNS && len(m.Data) >= 16 {
				sec, nsec := binary.NativeEndian.Uint64(m.Data), binary.NativeEndian.Uint64(m.Data[8:])
				return v.clocks.monotonic(int64(sec)*1e9 + int64(nsec))
			}
		}
	}
	return monotonic()
}

// clocks knows how far CLOCK_REALTIME, which stamps packets, is ahead of CLOCK_MONOTONIC, which stamps calls, in nanoseconds. The two part when
// somebody sets the time, and while the machine sleeps.
type clocks struct {
	lead     int64
	measured int64 // when, by CLOCK_MONOTONIC
}

// monotonic is an instant of the last moments, told by CLOCK_REALTIME, by the other clock.
func (c *clocks) monotonic(real int64) int64 {
	const old = int64(time.Second)
	now := monotonic()
	if at := real - c.lead; now-c.measured < old && at <= now && now-at < old {
		return at
	}
	c.measure()
	return real - c.lead
}

// measure compares the clocks: the least disturbed of a few readings counts.
func (c *clocks) measure() {
	best := int64(1 << 62)
	for range 16 {
		before := monotonic()
		real := time.Now().UnixNano()
		c.measured = monotonic()
		if took := c.measured - before; took < best {
			best, c.lead = took, real-before-took/2
		}
	}
}

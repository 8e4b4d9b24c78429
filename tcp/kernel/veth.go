//go:build linux

package kernel

import (
	"encoding/binary"
	"fmt"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/vishvananda/netlink"
	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"

	"tcptutor/tcp"
)

// The wire as a veth pair: one end is the host's, at the other a packet socket listens. The same socket listens at the loopback device, for
// what the host says to itself.

// layVeth makes the pair and the socket, and gives the host's end and ours.
func layVeth(addr tcp.Addr, lo netlink.Link) (host netlink.Link, end *wireEnd, fd int, err error) {
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
	if fd, err = listenAt(end.Index, lo.Attrs().Index); err != nil {
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

// listenAt opens the packet socket, for what two devices receive. It carries IP packets, without their Ethernet headers (SOCK_DGRAM, packet(7)).
func listenAt(wire, lo int) (int, error) {
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
		err = unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_AUXDATA, 1)
	}
	if err == nil {
		err = only(fd, wire, lo)
	}
	if err == nil {
		err = unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: bigEndian(unix.ETH_P_ALL)})
	}
	if err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

// only has a packet socket pass over all but two devices: what we put on the wire comes in at the host's end.
func only(fd, wire, lo int) error {
	const all = 1 << 16
	code, err := bpf.Assemble([]bpf.Instruction{
		bpf.LoadExtension{Num: bpf.ExtInterfaceIndex},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: uint32(wire), SkipTrue: 1},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: uint32(lo), SkipTrue: 1},
		bpf.RetConstant{Val: all},
		bpf.RetConstant{Val: 0},
	})
	if err != nil {
		return err
	}
	filter := make([]unix.SockFilter, len(code))
	for i, c := range code {
		filter[i] = unix.SockFilter{Code: c.Op, Jt: c.Jt, Jf: c.Jf, K: c.K}
	}
	return unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]})
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
	at, whole := v.read(v.oob[:oobn])
	if !whole && carriesTCP(buffer[:n]) {
		complete(buffer[:n])
	}
	return n, at, nil
}

func (v *veth) put(fd int, packet []byte) error {
	to := v.to
	to.Protocol = bigEndian(unix.ETH_P_IP)
	if version(packet) == 6 {
		to.Protocol = bigEndian(unix.ETH_P_IPV6)
	}
	return unix.Sendto(fd, packet, 0, &to)
}

// read finds out when the kernel put the packet on the wire, or now, where it did not say; and whether its checksum is whole: on loopback
// nobody would look at it.
func (v *veth) read(oob []byte) (at int64, whole bool) {
	at, whole = 0, true
	messages, err := unix.ParseSocketControlMessage(oob)
	if err != nil {
		return monotonic(), true
	}
	for _, m := range messages {
		switch {
		case m.Header.Level == unix.SOL_SOCKET && m.Header.Type == unix.SCM_TIMESTAMPNS && len(m.Data) >= 16:
			sec, nsec := binary.NativeEndian.Uint64(m.Data), binary.NativeEndian.Uint64(m.Data[8:])
			at = v.clocks.monotonic(int64(sec)*1e9 + int64(nsec))
		case m.Header.Level == unix.SOL_PACKET && m.Header.Type == unix.PACKET_AUXDATA && len(m.Data) >= 4: // tpacket_auxdata.tp_status
			whole = binary.NativeEndian.Uint32(m.Data)&unix.TP_STATUS_CSUMNOTREADY == 0
		}
	}
	if at == 0 {
		at = monotonic()
	}
	return at, whole
}

// complete makes a TCP segment's checksum whole, of which the field has the pseudo-header's part (CHECKSUM_PARTIAL, linux/skbuff.h).
func complete(packet []byte) {
	const field = 16
	header := 40
	if version(packet) == 4 {
		header = int(packet[0]&0x0f) * 4
	}
	if len(packet) < header+field+2 {
		return
	}
	segment := packet[header:]
	binary.BigEndian.PutUint16(segment[field:], gopacket.FoldChecksum(gopacket.ComputeChecksum(segment, 0)))
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

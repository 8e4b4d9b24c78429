//go:build linux

package kernel

import (
	"encoding/binary"
	"fmt"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"tcptutor/tcp"
	"tcptutor/tcp/wire"
)

// The wire's end that is ours: a packet socket that hears what the kernel sends, and says what it gets to hear.

// listenOnWire opens the packet socket. It carries IP packets, without their Ethernet headers (SOCK_DGRAM, packet(7)).
func listenOnWire(index int) (int, error) {
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return -1, os.NewSyscallError("packet socket", permission(err))
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
		return -1, os.NewSyscallError("packet socket", err)
	}
	return fd, nil
}

// bigEndian is a 16-bit number in the network's order.
func bigEndian(v uint16) uint16 {
	return binary.NativeEndian.Uint16(binary.BigEndian.AppendUint16(nil, v))
}

// tap is the packet socket in the hands of the process that uses it.
type tap struct {
	file *os.File
	raw  syscall.RawConn
	to   unix.SockaddrLinklayer
	lag  int64 // CLOCK_REALTIME less CLOCK_MONOTONIC, nanoseconds
}

func newTap(fd int, end *wireEnd) (*tap, error) {
	t := &tap{file: os.NewFile(uintptr(fd), "packet socket"), lag: clockLag()}
	t.to.Ifindex = end.Index
	t.to.Halen = uint8(copy(t.to.Addr[:], end.To))
	raw, err := t.file.SyscallConn()
	if err != nil {
		t.file.Close()
		return nil, err
	}
	t.raw = raw
	return t, nil
}

// clockLag measures how far the two clocks are apart: packets are stamped by one, calls by the other. The least disturbed of a few
// readings counts.
func clockLag() int64 {
	best, lag := int64(1<<62), int64(0)
	for range 16 {
		before := monotonic()
		real := time.Now().UnixNano()
		if took := monotonic() - before; took < best {
			best, lag = took, real-before-took/2
		}
	}
	return lag
}

// hear waits for the next TCP segment that the kernel sends, and says when it left by CLOCK_MONOTONIC. What is no TCP is passed over.
func (t *tap) hear(buffer []byte) (seg tcp.Segment, at int64, err error) {
	oob := make([]byte, 256)
	for {
		var n, oobn int
		var from unix.Sockaddr
		var failed error
		err = t.raw.Read(func(fd uintptr) bool {
			n, oobn, _, from, failed = unix.Recvmsg(int(fd), buffer, oob, 0)
			return failed != unix.EAGAIN && failed != unix.EINTR
		})
		if err == nil {
			err = failed
		}
		if err != nil {
			return seg, 0, err
		}
		ll, ok := from.(*unix.SockaddrLinklayer)
		if !ok || !carriesTCP(ll.Protocol, buffer[:n]) {
			continue
		}
		if seg, err = wire.Decode(buffer[:n]); err != nil {
			return seg, 0, fmt.Errorf("the kernel sent a segment that cannot be read: %w", err)
		}
		return seg, t.stamp(oob[:oobn]), nil
	}
}

// carriesTCP reports whether a packet of an Ethernet type is one of IP with a TCP segment right behind its header.
func carriesTCP(kind uint16, packet []byte) bool {
	switch kind {
	case bigEndian(unix.ETH_P_IP):
		return len(packet) > 9 && packet[9] == unix.IPPROTO_TCP
	case bigEndian(unix.ETH_P_IPV6):
		return len(packet) > 6 && packet[6] == unix.IPPROTO_TCP
	}
	return false
}

// stamp is when the kernel put the packet on the wire; now, where it did not say.
func (t *tap) stamp(oob []byte) int64 {
	messages, err := unix.ParseSocketControlMessage(oob)
	if err == nil {
		for _, m := range messages {
			if m.Header.Level == unix.SOL_SOCKET && m.Header.Type == unix.SCM_TIMESTAMPNS && len(m.Data) >= 16 {
				sec, nsec := binary.NativeEndian.Uint64(m.Data), binary.NativeEndian.Uint64(m.Data[8:])
				return int64(sec)*1e9 + int64(nsec) - t.lag
			}
		}
	}
	return monotonic()
}

// say lets the kernel hear a segment. The segment has been dealt with when say returns, unless the machine is very busy.
func (t *tap) say(seg *tcp.Segment) error {
	packet, err := wire.Encode(nil, seg)
	if err != nil {
		return err
	}
	to := t.to
	to.Protocol = bigEndian(unix.ETH_P_IP)
	if !seg.Dst.Addr.Is4() {
		to.Protocol = bigEndian(unix.ETH_P_IPV6)
	}
	var failed error
	err = t.raw.Write(func(fd uintptr) bool {
		failed = unix.Sendto(int(fd), packet, 0, &to)
		return failed != unix.EAGAIN && failed != unix.EINTR
	})
	if err == nil {
		err = failed
	}
	return os.NewSyscallError("sendto", err)
}

//go:build linux

package kernel

import (
	"fmt"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"tcptutor/tcp"
	"tcptutor/tcp/wire"
)

// The wire's end that is ours: it hears what the kernel sends, and says what the kernel gets to hear.

// tap is that end in the hands of the process that uses it.
type tap struct {
	file *os.File
	raw  syscall.RawConn
	end  carrier
	only bool // it is the wire's and not also the loopback device's
}

// carrier moves IP packets over the wire.
type carrier interface {
	// take reads the next packet into a buffer, and says when it left by CLOCK_MONOTONIC.
	take(fd int, buffer []byte) (n int, at int64, err error)
	// put writes a packet.
	put(fd int, packet []byte) error
}

func newTap(fd int, end *wireEnd) (*tap, error) {
	t := &tap{file: os.NewFile(uintptr(fd), "wire"), end: tun{}, only: end.TUN}
	if !end.TUN {
		t.end = newVeth(end)
	}
	raw, err := t.file.SyscallConn()
	if err != nil {
		t.file.Close()
		return nil, err
	}
	t.raw = raw
	return t, nil
}

// hear waits for the next TCP segment that the kernel sends, and says when it left by CLOCK_MONOTONIC. What is no TCP is passed over.
func (t *tap) hear(buffer []byte) (seg tcp.Segment, at int64, err error) {
	for {
		var n int
		var failed error
		err = t.raw.Read(func(fd uintptr) bool {
			n, at, failed = t.end.take(int(fd), buffer)
			return failed != unix.EAGAIN && failed != unix.EINTR
		})
		if err == nil {
			err = failed
		}
		if err != nil {
			return seg, 0, err
		}
		if !carriesTCP(buffer[:n]) {
			continue
		}
		if seg, err = wire.Decode(buffer[:n]); err != nil {
			return seg, 0, fmt.Errorf("the kernel sent a segment that cannot be read: %w", err)
		}
		return seg, at, nil
	}
}

// carriesTCP reports whether a packet is one of IP with a TCP segment right behind its header.
func carriesTCP(packet []byte) bool {
	switch version(packet) {
	case 4:
		return len(packet) > 9 && packet[9] == unix.IPPROTO_TCP
	case 6:
		return len(packet) > 6 && packet[6] == unix.IPPROTO_TCP
	}
	return false
}

// version is a packet's version of IP.
func version(packet []byte) byte {
	if len(packet) == 0 {
		return 0
	}
	return packet[0] >> 4
}

// say lets the kernel hear a packet. It has been dealt with when say returns, unless the machine is very busy.
func (t *tap) say(packet []byte) error {
	var failed error
	err := t.raw.Write(func(fd uintptr) bool {
		failed = t.end.put(int(fd), packet)
		return failed != unix.EAGAIN && failed != unix.EINTR
	})
	if err == nil {
		err = failed
	}
	return os.NewSyscallError("writing to the wire", err)
}

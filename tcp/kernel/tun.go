//go:build linux

package kernel

import (
	"fmt"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"tcptutor/tcp"
)

// The wire as a TUN device, for kernels without veth devices or without packet sockets. What the host sends is read from the device's file,
// what is written there the host receives.

const tunFile = "/dev/net/tun"

// layTUN makes the device, and gives it and our end.
func layTUN(addr tcp.Addr) (host netlink.Link, end *wireEnd, fd int, err error) {
	fd, err = unix.Open(tunFile, unix.O_RDWR|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, -1, &Missing{NoWire, fmt.Errorf("%s: %w", tunFile, err)}
	}
	defer func() {
		if err != nil {
			unix.Close(fd)
		}
	}()
	request, err := unix.NewIfreq(hostName)
	if err != nil {
		return nil, nil, -1, err
	}
	request.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
	if err = unix.IoctlIfreq(fd, unix.TUNSETIFF, request); err != nil {
		return nil, nil, -1, lacking("making a TUN device", err)
	}
	if host, err = netlink.LinkByName(hostName); err != nil {
		return nil, nil, -1, fmt.Errorf("finding %s: %w", hostName, err)
	}
	const burst = 10_000 // packets that wait to be read
	if err = netlink.LinkSetTxQLen(host, burst); err != nil {
		return nil, nil, -1, fmt.Errorf("giving %s a longer queue: %w", hostName, err)
	}
	if err = plain(host, addr); err != nil {
		return nil, nil, -1, err
	}
	return host, &wireEnd{TUN: true}, fd, nil
}

// tun is the device's file as a carrier.
type tun struct{}

func (tun) take(fd int, buffer []byte) (n int, at int64, err error) {
	if n, err = unix.Read(fd, buffer); err != nil {
		return 0, 0, err
	}
	return n, monotonic(), nil
}

func (tun) put(fd int, packet []byte) error {
	_, err := unix.Write(fd, packet)
	return err
}

//go:build linux

package kernel

import (
	"fmt"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// What a network card would do for TCP, by the ethtool command that switches it (linux/ethtool.h): checksums, and cutting large segments
// or putting them together.
var offloads = []uint32{
	unix.ETHTOOL_STXCSUM, unix.ETHTOOL_SRXCSUM, unix.ETHTOOL_STSO, unix.ETHTOOL_SGSO, unix.ETHTOOL_SGRO,
}

// ethtoolValue is struct ethtool_value.
type ethtoolValue struct{ command, value uint32 }

// ifreqData is struct ifreq where its union is a pointer.
type ifreqData struct {
	name [unix.IFNAMSIZ]byte
	data unsafe.Pointer
	_    [16]byte
}

// ethtool gives a device's feature a value. What the device does not have is off already.
func ethtool(device string, command, value uint32) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("a socket for ethtool: %w", err)
	}
	defer unix.Close(fd)
	v := &ethtoolValue{command, value}
	r := &ifreqData{data: unsafe.Pointer(v)}
	copy(r.name[:unix.IFNAMSIZ-1], device)
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), unix.SIOCETHTOOL, uintptr(unsafe.Pointer(r)))
	runtime.KeepAlive(v)
	if errno != 0 && errno != unix.EOPNOTSUPP {
		return fmt.Errorf("ethtool %#x at %s: %w", command, device, errno)
	}
	return nil
}

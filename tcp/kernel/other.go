//go:build !linux

package kernel

import (
	"tcptutor/tcp"
	"tcptutor/tcp/sim"
)

// Kernel is the Linux kernel in a host's place. There is none here.
type Kernel struct{ sim.Subject }

// New would make a host of the Linux kernel; elsewhere it says that this is not Linux.
func New(tcp.Addr) (*Kernel, error) { return nil, &Missing{Lack: NotLinux} }

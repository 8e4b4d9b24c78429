//go:build !linux

package kernel

import (
	"io"

	"tcptutor/tcp"
	"tcptutor/tcp/sim"
)

// Kernel is the Linux kernel in a host's place. There is none here.
type Kernel struct{ sim.Subject }

// New would make a host of the Linux kernel; elsewhere it says that this is not Linux.
func New(tcp.Addr) (*Kernel, error) { return nil, &Missing{Lack: NotLinux} }

// OpenDoor would let other programs run commands beside the kernel.
func (k *Kernel) OpenDoor(string) (io.Closer, error) { return nil, &Missing{Lack: NotLinux} }

// Enter would run a command behind such a door.
func Enter(string, Command) (int, error) { return 0, &Missing{Lack: NotLinux} }

//go:build linux

package kernel

import "tcptutor/tcp"

// NewWithoutVeth is New as it is on a kernel that has no veth devices.
func NewWithoutVeth(addr tcp.Addr) (*Kernel, error) { return open(addr, true) }

// DoorAddress is where the door of a name is.
func DoorAddress(name string) string { return address(name).Name }

//go:build linux

package kernel

import (
	"fmt"
	"os"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// role says what a helper process is for.
type role string

// The roles.
const (
	makerRole   role = "maker"   // makes the namespace that it goes on in as the keeper
	keeperRole  role = "keeper"  // sets the network up, looks at it, starts the first process
	processRole role = "process" // makes the calls of one process of the host's program
)

// roleVariable names the environment variable that makes this program a helper.
const roleVariable = "TCPTUTOR_KERNEL_HELPER"

// channelFD is where a helper finds its channel; its descriptors to inherit, if any, follow.
const channelFD = 3

// init is where a helper's life begins and ends: it is this program, or a test of it, started again. In every other process it costs one
// look at the environment.
func init() {
	if r := role(os.Getenv(roleVariable)); r != "" {
		os.Exit(help(r))
	}
}

// help is the whole of a helper process. Its result is the exit status.
func help(r role) int {
	if r == makerRole {
		return makeSpace()
	}
	c, err := ownChannel()
	if err != nil {
		fmt.Fprintln(os.Stderr, "tcptutor: a helper was started by hand:", err)
		return 2
	}
	switch r {
	case keeperRole:
		keep(c)
	case processRole:
		newProgram(c).serve()
	}
	return 0
}

// ownChannel takes the helper's channel. It moves to a high number: when a process dies its descriptors are closed in their order,
// and who waits for the end of the channel shall find the sockets closed.
func ownChannel() (*channel, error) {
	const high = 1000
	fd, err := unix.FcntlInt(channelFD, unix.F_DUPFD_CLOEXEC, high)
	if err != nil {
		return nil, os.NewSyscallError("fcntl", err)
	}
	unix.Close(channelFD)
	return newChannel(fd)
}

// makeSpace makes the namespace of the kernel that is asked, and goes on there as the keeper. A look at the sockets walks the table of
// connections, which all namespaces share and which is made for a large server: that takes some 10 ms of a processor. A namespace that comes from
// this one gets a small table of its own (tcp_ipv4.c tcp_set_hashinfo); where that can't be had, as before Linux 6.1, this one has to do.
func makeSpace() int {
	const lists = "1024"   // of the table: a look takes some 100 us
	runtime.LockOSThread() // the namespace is the thread's, and the thread becomes the process
	if write("/proc/sys/net/ipv4/tcp_child_ehash_entries", lists) == nil {
		_ = unix.Unshare(unix.CLONE_NEWNET)
	}
	err := syscall.Exec(self, []string{"tcptutor-" + string(keeperRole)}, environment(keeperRole))
	fmt.Fprintln(os.Stderr, "tcptutor: making a namespace:", err)
	return 1
}

// self is this program's own file.
const self = "/proc/self/exe"

// environment makes this program a helper.
func environment(r role) []string {
	return []string{roleVariable + "=" + string(r), "GODEBUG=asyncpreemptoff=1"} // no signals into the calls under way
}

// spawn starts a helper, in this process's namespaces or, by how, in new ones. Below its channel it inherits files, from channelFD+1 on, ^0
// where there is none. It gives back the other end of its channel, a descriptor that is the caller's.
func spawn(r role, inherit []uintptr, how syscall.SysProcAttr) (fd, pid int, err error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, 0, os.NewSyscallError("socketpair", err)
	}
	defer unix.Close(pair[1])
	null, err := unix.Open(os.DevNull, unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err == nil {
		defer unix.Close(null)
		how.Setpgid = true // the terminal's signals are for the program, not for its helpers
		pid, err = syscall.ForkExec(self, []string{"tcptutor-" + string(r)}, &syscall.ProcAttr{
			Dir:   "/",
			Env:   environment(r),
			Files: append([]uintptr{uintptr(null), uintptr(null), uintptr(null), uintptr(pair[1])}, inherit...),
			Sys:   &how,
		})
	}
	if err != nil {
		unix.Close(pair[0])
		return -1, 0, err
	}
	return pair[0], pid, nil
}

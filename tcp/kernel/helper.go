//go:build linux

package kernel

import (
	"fmt"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// role says what a helper process is for.
type role string

// The roles.
const (
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
	high := uint64(1000)
	var limit unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &limit) == nil {
		high = min(high, limit.Cur/2)
	}
	fd, err := unix.FcntlInt(channelFD, unix.F_DUPFD_CLOEXEC, int(high))
	if err != nil {
		return nil, os.NewSyscallError("fcntl", err)
	}
	unix.Close(channelFD)
	return newChannel(fd)
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
	if err != nil {
		err = &os.PathError{Op: "open", Path: os.DevNull, Err: err}
	} else {
		defer unix.Close(null)
		how.Setpgid = true // the terminal's signals are for the program, not for its helpers
		pid, err = syscall.ForkExec("/proc/self/exe", []string{"tcptutor-" + string(r)}, &syscall.ProcAttr{
			Dir:   "/",
			Env:   []string{roleVariable + "=" + string(r), "GODEBUG=asyncpreemptoff=1"}, // no signals into the calls under way
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

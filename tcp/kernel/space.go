//go:build linux

package kernel

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// space is a namespace with its keeper, as seen from outside.
type space struct {
	asking sync.Mutex
	keeper *channel
	pid    int
}

// newSpace makes a namespace with a network, and hands out the wire's end. Root needs no user namespace around it, unless something has
// been taken from it, as in a container.
func newSpace(p plan) (s *space, t *tap, err error) {
	ways := []syscall.SysProcAttr{{Cloneflags: unix.CLONE_NEWNET}, {
		Cloneflags:  unix.CLONE_NEWUSER | unix.CLONE_NEWNET,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Geteuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getegid(), Size: 1}},
	}}
	if os.Geteuid() != 0 {
		ways = ways[1:]
	}
	for _, how := range ways {
		s, t, err = tryThis(how, p)
		m, ok := errors.AsType[*Missing](err)
		if !ok || m.Lack != Forbidden && m.Lack != ForbiddenBySysctl && m.Lack != ForbiddenByAppArmor {
			break
		}
		if m.Lack == Forbidden && os.Geteuid() == 0 {
			m.Lack = ForbiddenToRoot
		}
	}
	return s, t, err
}

// tryThis is one way to make a namespace.
func tryThis(how syscall.SysProcAttr, p plan) (*space, *tap, error) {
	fd, pid, err := spawn(keeperRole, nil, how)
	if err != nil {
		return nil, nil, denied(err)
	}
	c, err := newChannel(fd)
	if err != nil {
		return nil, nil, err
	}
	s := &space{keeper: c, pid: pid}
	a, fds, err := s.ask(order{Build: &p})
	if err == nil && (len(fds) != 1 || a.Wire == nil) {
		err = fmt.Errorf("the keeper gave %d descriptors, want the wire's", len(fds))
	}
	if err != nil {
		s.close()
		return nil, nil, err
	}
	t, err := newTap(fds[0], a.Wire)
	if err != nil {
		s.close()
		return nil, nil, err
	}
	return s, t, nil
}

// denied finds out why a helper could not be started in namespaces (clone(2), user_namespaces(7), namespaces(7)).
func denied(err error) error {
	switch {
	case isAny(err, unix.EMFILE, unix.ENFILE):
		return &Missing{TooFewFiles, err}
	case isAny(err, unix.ENOENT):
		return &Missing{NoProc, err}
	case isAny(err, unix.EACCES) && unreadable():
		return &Missing{UnreadableProgram, err}
	case isAny(err, unix.ENOSPC, unix.EUSERS):
		return &Missing{exhausted(), err}
	case isAny(err, unix.EPERM, unix.EACCES):
		return &Missing{refusal(), err}
	case isAny(err, unix.EINVAL, unix.ENOSYS):
		return &Missing{NotBuiltIn, err}
	}
	return err
}

// exhausted tells a limit of none from one that is reached.
func exhausted() Lack {
	switch {
	case sysctlIs("user.max_net_namespaces", "0"):
		return NoNetNamespaces
	case sysctlIs("user.max_user_namespaces", "0"):
		return NoUserNamespaces
	}
	return TooMany
}

// refusal finds the switch that forbids namespaces to an ordinary user, if that is it.
func refusal() Lack {
	switch {
	case sysctlIs("kernel.unprivileged_userns_clone", "0"):
		return ForbiddenBySysctl
	case sysctlIs("kernel.apparmor_restrict_unprivileged_userns", "1"):
		return ForbiddenByAppArmor
	}
	return Forbidden
}

// unreadable tells whether this program's own file may be run and not read: who may not read it may not map user IDs into its namespace
// either (ptrace(2), the dumpable attribute).
func unreadable() bool {
	f, err := os.Open("/proc/self/exe")
	if err == nil {
		f.Close()
	}
	return isAny(err, unix.EACCES)
}

func sysctlIs(name, value string) bool {
	text, err := os.ReadFile(sysctlPath(name))
	return err == nil && strings.TrimSpace(string(text)) == value
}

func isAny(err error, errnos ...unix.Errno) bool {
	for _, n := range errnos {
		if errors.Is(err, n) {
			return true
		}
	}
	return false
}

// ask has the keeper do something, with descriptors. Those that it gives are the caller's.
func (s *space) ask(o order, with ...int) (a answer, fds []int, err error) {
	s.asking.Lock()
	defer s.asking.Unlock()
	if err = s.keeper.send(&o, with...); err == nil {
		fds, err = s.keeper.receive(&a)
	}
	if err != nil {
		return a, nil, lost(err)
	}
	return a, fds, a.err()
}

// close ends the namespace, and waits until no process of it is left.
func (s *space) close() error {
	s.keeper.close()
	for {
		_, err := unix.Wait4(s.pid, nil, 0, nil)
		if err != unix.EINTR {
			return os.NewSyscallError("wait4", err)
		}
	}
}

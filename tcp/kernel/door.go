//go:build linux

package kernel

import (
	"crypto/sha256"
	"fmt"
	"net"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// Door is a way into the namespace from another terminal of the same user: a Unix socket behind which commands are run. It has a name and
// no file (unix(7), abstract), so nothing is left of it when the program has ended in whatever way.
type Door struct {
	kernel *Kernel
	listen *net.UnixListener
	done   sync.WaitGroup
	stop   chan struct{}
}

// address is where the door of a name is. Names can be longer than a socket's.
func address(name string) *net.UnixAddr {
	return &net.UnixAddr{Name: fmt.Sprintf("@tcptutor-%x", sha256.Sum224([]byte(name))), Net: "unix"}
}

// OpenDoor opens a door by a name. The error is ErrOpenAlready where there is one by that name.
func (k *Kernel) OpenDoor(name string) (*Door, error) {
	l, err := net.ListenUnix("unix", address(name))
	if isAny(err, unix.EADDRINUSE) {
		return nil, ErrOpenAlready
	}
	if err != nil {
		return nil, err
	}
	d := &Door{kernel: k, listen: l, stop: make(chan struct{})}
	d.done.Add(1)
	go d.attend()
	return d, nil
}

// attend serves whoever comes, each beside the others.
func (d *Door) attend() {
	defer d.done.Done()
	for {
		c, err := d.listen.AcceptUnix()
		if err != nil {
			return
		}
		if !sameUser(c) {
			c.Close()
			continue
		}
		d.done.Go(func() { d.serve(&channel{conn: c}) })
	}
}

// sameUser reports whether the other end of a connection is this user's, too: names without a file are everybody's.
func sameUser(c *net.UnixConn) bool {
	raw, err := c.SyscallConn()
	if err != nil {
		return false
	}
	same := false
	err = raw.Control(func(fd uintptr) {
		peer, err := unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
		same = err == nil && int(peer.Uid) == os.Geteuid()
	})
	return err == nil && same
}

// serve runs one command. Who goes away before its end takes it along.
func (d *Door) serve(c *channel) {
	defer c.close()
	var o order
	fds, err := c.receive(&o)
	if err != nil || o.Run == nil || len(fds) != len(o.Run.Files) {
		closeAll(fds)
		return
	}
	for i, fd := range fds {
		o.Run.Files[i] = os.NewFile(uintptr(fd), "terminal")
		defer o.Run.Files[i].Close()
	}
	gone := make(chan struct{})
	go func() {
		select {
		case <-d.stop:
		case <-receives(c):
		}
		close(gone)
	}()
	status, err := d.kernel.Run(*o.Run, gone)
	a := answer{Status: status}
	if err != nil {
		a = failure(err)
	}
	c.send(a)
}

// receives is closed when something comes, or the end.
func receives(c *channel) <-chan struct{} {
	came := make(chan struct{})
	go func() {
		c.receive(new(order))
		close(came)
	}()
	return came
}

// Close shuts the door and ends what was started through it.
func (d *Door) Close() error {
	err := d.listen.Close()
	close(d.stop)
	d.done.Wait()
	return err
}

// Enter runs a command behind a door that another program of the same user has opened, and waits for its end. The error is ErrNoDoor where
// there is none.
func Enter(name string, c Command) (status int, err error) {
	conn, err := net.DialUnix("unix", nil, address(name))
	if isAny(err, unix.ECONNREFUSED) {
		return 0, ErrNoDoor
	}
	if err != nil {
		return 0, err
	}
	if !sameUser(conn) {
		conn.Close()
		return 0, ErrNoDoor
	}
	ch := &channel{conn: conn}
	defer ch.close()
	var fds []int
	for _, f := range c.Files {
		fds = append(fds, int(f.Fd()))
	}
	var a answer
	if err = ch.send(order{Run: &c}, fds...); err == nil {
		_, err = ch.receive(&a)
	}
	if err != nil {
		return 0, ErrShut
	}
	return a.Status, a.err()
}

func closeAll(fds []int) {
	for _, fd := range fds {
		unix.Close(fd)
	}
}

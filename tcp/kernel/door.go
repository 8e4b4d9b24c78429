//go:build linux

package kernel

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/sys/unix"
)

// Door is a way into the namespace from another terminal: a Unix socket that only its owner can open, behind which commands are run.
type Door struct {
	kernel *Kernel
	listen *net.UnixListener
	done   sync.WaitGroup
	stop   chan struct{}
}

// OpenDoor opens a door at a path. Its folder is made, for the owner alone; what a killed program left behind there goes.
func (k *Kernel) OpenDoor(path string) (*Door, error) {
	if len(path) >= len(unix.RawSockaddrUnix{}.Path) {
		return nil, ErrLongPath
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	if c, err := net.Dial("unix", path); err == nil {
		c.Close()
		return nil, ErrOpenAlready
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		l.Close()
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
		d.done.Go(func() { d.serve(&channel{conn: c}) })
	}
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
	err := d.listen.Close() // the file goes too
	close(d.stop)
	d.done.Wait()
	return err
}

// Enter runs a command behind a door that another program has opened, and waits for its end. The error is ErrNoDoor where there is none.
func Enter(path string, c Command) (status int, err error) {
	conn, err := net.DialUnix("unix", nil, &net.UnixAddr{Name: path, Net: "unix"})
	if isAny(err, unix.ENOENT, unix.ECONNREFUSED) {
		return 0, ErrNoDoor
	}
	if err != nil {
		return 0, err
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

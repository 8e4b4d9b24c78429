//go:build linux

package kernel

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// Run runs a command in the namespace and waits for its end. When stop is closed before, the command is killed. The status is the
// command's, or 128 and the signal's number, as shells say it.
func (k *Kernel) Run(c Command, stop <-chan struct{}) (status int, err error) {
	var fds []int
	for _, f := range c.Files {
		fds = append(fds, int(f.Fd()))
	}
	a, got, err := k.machine.space.ask(order{Run: &c}, fds...)
	if err == nil && len(got) != 1 {
		err = fmt.Errorf("the keeper gave %d channels of a command, want 1", len(got))
	}
	if err != nil {
		return 0, err
	}
	watch, err := newChannel(got[0])
	if err != nil {
		return 0, err
	}
	defer watch.close()
	over := make(chan struct{})
	defer close(over)
	go func() {
		select {
		case <-stop:
			watch.close() // the keeper sees it and kills
		case <-over:
		}
	}()
	if _, err := watch.receive(&a); err != nil {
		return 0, errors.New("the command was stopped")
	}
	return a.Status, nil
}

// jobs are the keeper's commands that are running.
type jobs struct {
	mu   sync.Mutex
	pids map[int]bool
}

// start starts a command that inherits three files, and gives a descriptor that tells its status and whose end kills it.
func (j *jobs) start(c *Command, files []int) (fd int, err error) {
	if len(files) != 3 || len(c.Args) == 0 {
		return -1, fmt.Errorf("a command has a name and three files, not %q and %d", c.Args, len(files))
	}
	path, err := findProgram(c)
	if err != nil {
		return -1, err
	}
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, os.NewSyscallError("socketpair", err)
	}
	watch, err := newChannel(pair[1])
	if err != nil {
		unix.Close(pair[0])
		return -1, err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	pid, err := syscall.ForkExec(path, c.Args, &syscall.ProcAttr{
		Dir: c.Dir, Env: c.Env, Files: []uintptr{uintptr(files[0]), uintptr(files[1]), uintptr(files[2])},
		Sys: &syscall.SysProcAttr{Setpgid: true},
	})
	if err != nil {
		watch.close()
		unix.Close(pair[0])
		return -1, &os.PathError{Op: "exec", Path: path, Err: err}
	}
	j.pids[pid] = true
	go j.report(pid, watch)
	go func() { // nothing comes but the end
		watch.receive(new(answer))
		j.kill(pid)
	}()
	return pair[0], nil
}

// report waits for a command's end and tells its status.
func (j *jobs) report(pid int, watch *channel) {
	var status unix.WaitStatus
	for {
		if _, err := unix.Wait4(pid, &status, 0, nil); err != unix.EINTR {
			break
		}
	}
	j.mu.Lock()
	delete(j.pids, pid)
	j.mu.Unlock()
	a := answer{Status: status.ExitStatus()}
	if status.Signaled() {
		a.Status = 128 + int(status.Signal())
	}
	watch.send(a)
	watch.close()
}

// kill ends a command and what it has started, if it has not ended.
func (j *jobs) kill(pid int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.pids[pid] {
		unix.Kill(-pid, unix.SIGKILL)
	}
}

// findProgram looks for a command where a shell would: by the PATH of its environment.
func findProgram(c *Command) (string, error) {
	name := c.Args[0]
	if strings.Contains(name, "/") {
		return name, nil
	}
	for _, e := range c.Env {
		list, is := strings.CutPrefix(e, "PATH=")
		if !is {
			continue
		}
		for _, dir := range filepath.SplitList(list) {
			path := filepath.Join(dir, name)
			if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
				return path, nil
			}
		}
	}
	return "", &exec.Error{Name: name, Err: exec.ErrNotFound}
}

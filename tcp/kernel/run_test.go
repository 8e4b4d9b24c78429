//go:build linux

package kernel_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
	"tcptutor/tcp/kernel"
)

// A command that is run in the namespace sees its network and nothing else: what it dials leaves through the wire.
func TestCommandRunsInside(t *testing.T) {
	s := newSubject(t, v4)
	out, status, err := output(func(c kernel.Command) (int, error) { return s.Kernel.Run(c, nil) },
		"sh", "-c", `cat /proc/net/dev; read -r word; echo "$word"; exit 7`)
	if err != nil || status != 7 || !strings.Contains(out, " wire:") || !strings.HasSuffix(out, "\nhello\n") {
		t.Errorf("status %d, %v; it said %q", status, err, out)
	}
	if _, _, err := output(func(c kernel.Command) (int, error) { return s.Kernel.Run(c, nil) }, "no-such-program"); err == nil ||
		!strings.Contains(err.Error(), "no-such-program") {
		t.Errorf("a command that does not exist: %v", err)
	}
}

// The namespace's connections have a hash table of their own: what others do on this machine does not make a look take longer. How many may
// be in TIME_WAIT, which goes by the table otherwise, is as by default on a large machine.
func TestTableOfItsOwn(t *testing.T) {
	s := newSubject(t, v4)
	const file = "/proc/sys/net/ipv4/tcp_ehash_entries"
	if _, err := os.Stat(file); err != nil {
		t.Skip("this kernel has one table for all")
	}
	out, _, err := output(func(c kernel.Command) (int, error) { return s.Kernel.Run(c, nil) },
		"cat", file, "/proc/sys/net/ipv4/tcp_max_tw_buckets")
	entries, buckets, _ := strings.Cut(out, "\n")
	if n, _ := strconv.Atoi(entries); err != nil || n <= 0 { // negative: another namespace's
		t.Errorf("the table has %q entries, %v", entries, err)
	}
	if buckets != "131072\n" {
		t.Errorf("%q connections may be in TIME_WAIT, want 131072", buckets)
	}
}

// output runs a command with "hello" on its input.
func output(run func(kernel.Command) (int, error), args ...string) (string, int, error) {
	in, inEnd, err := os.Pipe()
	if err != nil {
		return "", 0, err
	}
	defer in.Close()
	io.WriteString(inEnd, "hello\n")
	inEnd.Close()
	outEnd, out, err := os.Pipe()
	if err != nil {
		return "", 0, err
	}
	defer outEnd.Close()
	status, err := run(kernel.Command{Args: args, Env: os.Environ(), Dir: "/", Files: [3]*os.File{in, out, out}})
	out.Close()
	text, _ := io.ReadAll(outEnd)
	return string(text), status, err
}

// A command is stopped with all that it has started: a status is not waited for then.
func TestCommandIsStopped(t *testing.T) {
	s := newSubject(t, v4)
	stop := make(chan struct{})
	ended := make(chan error)
	go func() {
		_, _, err := output(func(c kernel.Command) (int, error) { return s.Kernel.Run(c, stop) },
			"bash", "-c", "exec 3<>/dev/tcp/10.0.0.1/80")
		ended <- err
	}()
	syn := s.sent() // it has begun, and waits for an answer
	if syn.Flags != tcp.SYN || syn.Dst.Port != 80 {
		t.Errorf("the command sends %+v", syn)
	}
	close(stop)
	if err := <-ended; err == nil {
		t.Error("the command was not stopped")
	}
}

// A daemon, which has left its shell and its process group, ends with the namespace.
func TestDaemonIsStopped(t *testing.T) {
	s := newSubject(t, v4)
	out, status, err := output(func(c kernel.Command) (int, error) { return s.Kernel.Run(c, nil) },
		"sh", "-c", "setsid sh -c 'sleep 1000 & exec sleep 1000' </dev/null >/dev/null 2>&1 & readlink /proc/self/ns/net")
	if status != 0 || err != nil {
		t.Fatalf("status %d, %v", status, err)
	}
	space := strings.TrimSpace(out)
	const all = 4 // the keeper, the host's process, and two of the daemon's
	for deadline := s.Now().Add(soon); len(inNamespace(space)) != all; {
		if s.Now() > deadline {
			t.Fatalf("in the namespace: %v, want %d processes", inNamespace(space), all)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if left := inNamespace(space); len(left) > 0 {
		t.Errorf("left in the namespace: %v", left)
	}
}

// Through the door another program runs commands in the namespace; its input and output are its own.
func TestDoor(t *testing.T) {
	s := newSubject(t, v4)
	name := filepath.Join(t.TempDir(), strings.Repeat("long", 50))
	enter := func(c kernel.Command) (int, error) { return kernel.Enter(name, c) }
	if _, _, err := output(enter, "true"); !errors.Is(err, kernel.ErrNoDoor) {
		t.Errorf("without a door: %v", err)
	}
	d, err := s.OpenDoor(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.OpenDoor(name); !errors.Is(err, kernel.ErrOpenAlready) {
		t.Errorf("a second door by the same name: %v", err)
	}
	out, status, err := output(enter, "sh", "-c", `read -r word; echo "$word" there; exit 3`)
	if out != "hello there\n" || status != 3 || err != nil {
		t.Errorf("status %d, %v; it said %q", status, err, out)
	}
	if _, _, err := output(enter, "no-such-program"); err == nil || !strings.Contains(err.Error(), "no-such-program") {
		t.Errorf("a command that does not exist: %v", err)
	}
	shut := make(chan error)
	go func() {
		_, _, err := output(enter, "bash", "-c", "exec 3<>/dev/tcp/10.0.0.1/80")
		shut <- err
	}()
	s.sent() // it has begun
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	if err := <-shut; err == nil {
		t.Error("the command outlived the door")
	}
	if _, _, err := output(enter, "true"); !errors.Is(err, kernel.ErrNoDoor) {
		t.Errorf("behind the closed door: %v", err)
	}
}

// A kernel's own programs and those run beside them share the one address.
func TestCommandMeetsProgram(t *testing.T) {
	s := newSubject(t, v4)
	s.listener(host.AFInet, 5)
	s.start(0, host.Call{Op: host.OpAccept, FD: 3})
	_, status, err := output(func(c kernel.Command) (int, error) { return s.Kernel.Run(c, nil) },
		"bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080")
	if status != 0 || err != nil {
		t.Errorf("status %d, %v", status, err)
	}
	if r := s.returns(0); r.Value != 4 || r.Addr.Addr != tcp.IPv4(127, 0, 0, 1) {
		t.Errorf("accept() = %+v", r)
	}
}

//go:build linux

package kernel_test

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
	"tcptutor/tcp/kernel"
	"tcptutor/tcp/trace"
)

// What depends on who asks for a kernel, and on how that one ends: this test binary is started again as somebody else.

const (
	modeVariable = "TCPTUTOR_KERNEL_TEST" // what a test binary that was started again does
	nobody       = 65534
)

func TestMain(m *testing.M) {
	mode := os.Getenv(modeVariable)
	if mode == "" {
		os.Exit(m.Run())
	}
	if err := prepare(mode); err != nil {
		fmt.Println("unexpected:", err)
		os.Exit(2)
	}
	if mode == "knock" {
		knock()
		os.Exit(0)
	}
	open := kernel.New
	if mode == "no-veth" {
		open = kernel.NewWithoutVeth
	}
	k, err := open(v4)
	if m, ok := errors.AsType[*kernel.Missing](err); ok {
		fmt.Println("missing", m.Lack, m)
		os.Exit(0)
	}
	if err != nil {
		fmt.Println("unexpected:", err)
		os.Exit(2)
	}
	if err := openAndRefuse(); err != nil {
		fmt.Println("unexpected:", err)
		os.Exit(2)
	}
	fmt.Println("open")
	if mode == "wait" {
		select {}
	}
	if err := k.Close(); err != nil {
		fmt.Println("unexpected:", err)
		os.Exit(2)
	}
	os.Exit(0)
}

// prepare makes the process what its mode says.
func prepare(mode string) error {
	switch mode {
	case "limited": // a namespace in which nobody may have another one
		if err := os.WriteFile("/proc/sys/user/max_user_namespaces", []byte("0"), 0o644); err != nil {
			return err
		}
		return errors.Join(syscall.Setgroups(nil), syscall.Setgid(nobody), syscall.Setuid(nobody))
	case "few-files":
		return syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: 48, Max: 48})
	case "stripped": // of what a helper, which is a program executed anew, could do as root
		runtime.LockOSThread() // the thread that starts them
		return errors.Join(unix.Prctl(unix.PR_CAPBSET_DROP, unix.CAP_NET_ADMIN, 0, 0, 0), unix.Prctl(unix.PR_CAPBSET_DROP, unix.CAP_NET_RAW, 0, 0, 0))
	case "read-only":
		return readOnly("/proc/sys")
	case "jailed":
		return errors.Join(jail(), syscall.Setgroups(nil), syscall.Setgid(nobody), syscall.Setuid(nobody))
	case "jailed-root":
		return errors.Join(jail(), powerless())
	}
	return nil
}

// again starts this test binary in a mode.
func again(mode string, how syscall.SysProcAttr) *exec.Cmd {
	cmd := exec.Command("/proc/self/exe") // a user who may not read where it lies may run it this way
	cmd.Env = append(os.Environ(), modeVariable+"="+mode)
	cmd.SysProcAttr = &how
	cmd.Dir = "/"
	cmd.Stderr = os.Stderr
	return cmd
}

// readOnly makes a folder read-only for this process, which has a mount namespace of its own.
func readOnly(path string) error {
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return err
	}
	if err := syscall.Mount(path, path, "", syscall.MS_BIND, ""); err != nil {
		return err
	}
	return syscall.Mount("", path, "", syscall.MS_BIND|syscall.MS_REMOUNT|syscall.MS_RDONLY, "")
}

// jail changes the root, whereupon nobody may have a user namespace any more (user_namespaces(7), EPERM). The process has a mount namespace of
// its own.
func jail() error {
	const root = "/mnt"
	return errors.Join(
		syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""),
		syscall.Mount("/", root, "", syscall.MS_BIND|syscall.MS_REC, ""),
		syscall.Chroot(root), syscall.Chdir("/"))
}

// powerless takes every capability from the thread that starts helpers.
func powerless() error {
	runtime.LockOSThread()
	var none [2]unix.CapUserData
	return unix.Capset(&unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}, &none[0])
}

// asNobody is how an ordinary user is asked for.
var asNobody = syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}

// An ordinary user can have a kernel, where the machine allows user namespaces; one who may open few files, too, and a root who may make
// namespaces but do nothing in them unless they are a user namespace's.
func TestAsOrdinaryUser(t *testing.T) {
	needKernel(t)
	needRoot(t)
	for mode, how := range map[string]syscall.SysProcAttr{"once": asNobody, "few-files": asNobody, "stripped": {}} {
		text, err := again(mode, how).Output()
		if err != nil || string(text) != "open\n" {
			t.Errorf("%s: %v, %q", mode, err, text)
		}
	}
}

func needRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("has to be root to become somebody else")
	}
}

// Where user namespaces are switched off the error says so, and how to get a kernel.
func TestWhereNamespacesAreForbidden(t *testing.T) {
	needKernel(t)
	needRoot(t)
	ids := []syscall.SysProcIDMap{{Size: 1}, {ContainerID: nobody, HostID: nobody, Size: 1}}
	isMissing(t, again("limited", syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWUSER, UidMappings: ids, GidMappings: ids, GidMappingsEnableSetgroups: true,
	}), kernel.NoUserNamespaces, "user.max_user_namespaces is 0", "sudo")
}

// Where they are refused without such a reason, an ordinary user is sent to sudo, and root is not.
func TestWhereNamespacesAreRefused(t *testing.T) {
	needKernel(t)
	needRoot(t)
	jailed := syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	isMissing(t, again("jailed", jailed), kernel.Forbidden, "sudo", "--privileged")
	isMissing(t, again("jailed-root", jailed), kernel.ForbiddenToRoot, "not even root", "--privileged")
}

// isMissing runs a command that has to say that something is missing, with words.
func isMissing(t *testing.T, cmd *exec.Cmd, lack kernel.Lack, words ...string) {
	t.Helper()
	text, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v, %q", err, text)
	}
	for _, part := range append(words, fmt.Sprintf("missing %d ", lack)) {
		if !strings.Contains(string(text), part) {
			t.Errorf("it says %q, want %q in it", text, part)
		}
	}
}

// A container's /proc/sys is read-only: the error says so.
func TestWhereSettingsAreReadOnly(t *testing.T) {
	needKernel(t)
	needRoot(t)
	isMissing(t, again("read-only", syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}), kernel.ReadOnlySysctls, "/proc/sys", "--privileged")
}

// Who may run the program's file and not read it is told so.
func TestWhereProgramIsUnreadable(t *testing.T) {
	needKernel(t)
	needRoot(t)
	text, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(path, text, 0o711); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	cmd := again("once", asNobody)
	cmd.Path, cmd.ExtraFiles = "/proc/self/fd/3", []*os.File{f} // whatever the folders on the way allow
	isMissing(t, cmd, kernel.UnreadableProgram, "not read it", "chmod")
}

// Each lack says what is missing and what to do, in every language.
func TestMissingSaysWhatAndHow(t *testing.T) {
	said := map[string]kernel.Lack{}
	for l := range kernel.NumLacks {
		for _, lang := range []trace.Lang{trace.English, trace.Chinese} {
			m := &kernel.Missing{Lack: l, Err: syscall.EPERM}
			what, how := m.In(lang)
			if how == "" || !strings.Contains(what, syscall.EPERM.Error()) || !errors.Is(m, syscall.EPERM) {
				t.Errorf("lack %d says %q, %q", l, what, how)
			}
			if other, twice := said[what]; twice {
				t.Errorf("lacks %d and %d say the same", other, l)
			}
			said[what] = l
		}
	}
}

// strangersDoor is a door that somebody else knocks at.
const strangersDoor = "a test's"

// knock tries a door in two ways and says what came of it.
func knock() {
	_, err := kernel.Enter(strangersDoor, kernel.Command{Args: []string{"true"}, Files: [3]*os.File{os.Stdin, os.Stdout, os.Stderr}})
	fmt.Println(err)
	c, err := net.Dial("unix", kernel.DoorAddress(strangersDoor))
	if err == nil {
		c.SetDeadline(time.Now().Add(soon))
		_, err = c.Read(make([]byte, 1))
	}
	fmt.Println(err)
}

// Nobody else may come in by a door, however they try.
func TestDoorIsOneUsers(t *testing.T) {
	needRoot(t)
	s := newSubject(t, v4)
	d, err := s.OpenDoor(strangersDoor)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	text, err := again("knock", asNobody).Output()
	if want := kernel.ErrNoDoor.Error() + "\nEOF\n"; err != nil || string(text) != want {
		t.Errorf("%v, %q, want %q", err, text, want)
	}
}

// After SIGKILL no process is left, and no namespace.
func TestNothingIsLeftAfterKill(t *testing.T) {
	needKernel(t)
	cmd := again("wait", syscall.SysProcAttr{})
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "open\n" {
		t.Fatalf("it says %q, %v", line, err)
	}
	helpers := descendants(t, cmd.Process.Pid)
	if len(helpers) != 2 {
		t.Fatalf("it has the descendants %v, want a keeper and a process", helpers)
	}
	space, err := os.Readlink(fmt.Sprintf("/proc/%d/ns/net", helpers[0]))
	if err != nil {
		t.Fatal(err)
	}
	if own, err := os.Readlink("/proc/self/ns/net"); err != nil || own == space {
		t.Fatalf("the helpers are in our own namespace %s, %v", own, err)
	}
	cmd.Process.Kill()
	cmd.Wait()
	for deadline := time.Now().Add(5 * time.Second); ; {
		left := inNamespace(space)
		if len(left) == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("left in the namespace: %v", left)
		}
		time.Sleep(time.Millisecond)
	}
}

// When somebody kills its keeper or its process a kernel says so, and is closed as ever.
func TestKilledHelperIsMissed(t *testing.T) {
	for i, name := range []string{"keeper", "process"} {
		t.Run(name, func(t *testing.T) {
			s := newSubject(t, v4)
			helpers := descendants(t, os.Getpid())
			if len(helpers) != 2 {
				t.Fatalf("the descendants are %v, want a keeper and a process", helpers)
			}
			if err := syscall.Kill(helpers[i], syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
			var err error
			for until := s.Now().Add(soon); err == nil && s.Now() < until; {
				if err = s.Look(new(host.Host)); err == nil {
					_, err = s.Wait(s.Now().Add(time.Millisecond), nil)
				}
			}
			if err == nil {
				t.Error("nothing is said")
			}
		})
	}
}

// Whenever it is killed, also while it makes the namespace, nothing is left.
func TestNothingIsLeftWheneverKilled(t *testing.T) {
	needKernel(t)
	const times, apart = 20, 3 * time.Millisecond
	for i := range times {
		cmd := again("wait", syscall.SysProcAttr{})
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(i) * apart)
		cmd.Process.Kill()
		cmd.Wait()
		for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
			left := ofThisProgram(t)
			if len(left) == 0 {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("killed after %v it leaves %v", time.Duration(i)*apart, left)
			}
		}
	}
}

// ofThisProgram are the other processes that run this test binary.
func ofThisProgram(t *testing.T) (all []string) {
	own, err := os.Stat("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	links, _ := filepath.Glob("/proc/[0-9]*/exe")
	for _, link := range links {
		if info, err := os.Stat(link); err == nil && os.SameFile(info, own) && link != fmt.Sprintf("/proc/%d/exe", os.Getpid()) {
			all = append(all, link)
		}
	}
	return all
}

// descendants are the processes that a process has started, and theirs.
func descendants(t *testing.T, pid int) (all []int) {
	lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range lists {
		text, _ := os.ReadFile(name) // a thread may be gone
		for _, field := range strings.Fields(string(text)) {
			child, err := strconv.Atoi(field)
			if err != nil {
				t.Fatal(err)
			}
			all = append(append(all, child), descendants(t, child)...)
		}
	}
	return all
}

// inNamespace are the processes in a network namespace.
func inNamespace(space string) (all []string) {
	links, _ := filepath.Glob("/proc/[0-9]*/ns/net")
	for _, link := range links {
		if s, err := os.Readlink(link); err == nil && s == space {
			all = append(all, link)
		}
	}
	return all
}

// A host has an address.
func TestHostNeedsAddress(t *testing.T) {
	needKernel(t)
	if k, err := kernel.New(tcp.Addr{}); err == nil {
		k.Close()
		t.Error("a host without an address was made")
	}
}

//go:build linux

package kernel

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"tcptutor/tcp/host"
)

// program is one process of the host's program, inside its helper: its descriptor table, and its threads, each of which is a thread of this helper.
//
// The numbers that the program sees are the table's own, the lowest free one first as POSIX wants: a Go program has descriptors of its own
// in between.
type program struct {
	channel *channel
	workers map[int]*worker

	mu    sync.Mutex
	table map[int32]int // the program's number -> ours
}

// worker is a thread that makes calls.
type worker struct {
	calls chan *call
	done  chan int // the Seq of a call that has returned; its answer is on its way
	tid   int
}

// patience is how long something may take that happens at once on a machine that is not too busy.
const patience = 10 * time.Second

func newProgram(c *channel) *program {
	return &program{channel: c, workers: map[int]*worker{}, table: inherited()}
}

// inherited finds the descriptors that fork left to this process: each stands one above the program's number for it.
func inherited() map[int32]int {
	table := map[int32]int{}
	for fd := channelFD + 1; fd <= host.MaxFDs; fd++ {
		if p, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_PROTOCOL); err == nil && p == unix.IPPROTO_TCP {
			unix.CloseOnExec(fd)
			table[int32(fd-1)] = fd
		}
	}
	return table
}

// serve makes the calls it is told to until nobody is there any more to tell it.
func (p *program) serve() {
	if p.channel.send(answer{Hello: true}) != nil {
		return
	}
	for {
		var o order
		if _, err := p.channel.receive(&o); err != nil {
			return
		}
		var err error
		switch {
		case o.Call != nil:
			err = p.begin(o.Call)
		case o.Look:
			err = p.channel.send(answer{Look: &look{FDs: p.descriptors()}})
		}
		if err != nil {
			return
		}
	}
}

// begin lets a thread make a call, and comes back when that has returned or waits: what is told next happens after it.
func (p *program) begin(c *call) error {
	switch c.Call.Op {
	case host.OpExit:
		os.Exit(0) // the end of the channel is the answer
	case host.OpKill:
		return unix.Kill(unix.Getpid(), unix.SIGKILL)
	case host.OpFork:
		return p.fork(c)
	}
	w := p.worker(c.Thread)
	w.calls <- c
	number, mayWait := waits[c.Call.Op]
	if !mayWait {
		for <-w.done != c.Seq {
		}
		return nil
	}
	for deadline := monotonic() + int64(patience); ; {
		select {
		case seq := <-w.done:
			if seq == c.Seq {
				return nil
			}
		default:
		}
		if insideCall(w.tid, number) {
			return p.channel.send(answer{Blocked: &call{Thread: c.Thread, Seq: c.Seq}})
		}
		if monotonic() > deadline {
			return p.channel.send(answer{Err: fmt.Sprintf("%v() neither returned nor waits", c.Call.Op)})
		}
		unix.Nanosleep(&unix.Timespec{Nsec: 20_000}, nil)
	}
}

// waits are the calls that may wait, with the number of the system call that does.
var waits = map[host.Op]uintptr{
	host.OpAccept: unix.SYS_ACCEPT4, host.OpConnect: unix.SYS_CONNECT, host.OpRead: unix.SYS_RECVFROM,
	host.OpWrite: unix.SYS_SENDMSG, host.OpPoll: unix.SYS_PPOLL, host.OpClose: unix.SYS_CLOSE,
}

// insideCall reports whether a thread of this process sleeps inside a system call.
func insideCall(tid int, number uintptr) bool {
	text, err := os.ReadFile("/proc/self/task/" + strconv.Itoa(tid) + "/syscall")
	return err == nil && strings.HasPrefix(string(text), strconv.Itoa(int(number))+" ")
}

// worker finds a thread, or makes it.
func (p *program) worker(n int) *worker {
	if w := p.workers[n]; w != nil {
		return w
	}
	w := &worker{calls: make(chan *call), done: make(chan int, 1)}
	p.workers[n] = w
	ready := make(chan int)
	go func() {
		runtime.LockOSThread()
		ready <- unix.Gettid()
		for c := range w.calls {
			p.run(c)
			select { // of a call that had waited nobody took the news of its return
			case <-w.done:
			default:
			}
			w.done <- c.Seq
		}
	}()
	w.tid = <-ready
	return w
}

// run makes a call and answers.
func (p *program) run(c *call) {
	r := returned{call: call{Thread: c.Thread, Seq: c.Seq}}
	r.Result, r.Data = p.do(&c.Call, c.Data)
	r.At = monotonic()
	if makesFD(c.Call.Op) && r.Result.Errno == 0 {
		r.Cookie = cookie(p.fd(int32(r.Result.Value)))
	}
	if p.channel.send(answer{Returned: &r}) != nil {
		os.Exit(1)
	}
}

// fork starts a process with the same descriptors: they name the same open sockets. The other end of its channel goes with the answer.
func (p *program) fork(c *call) error {
	p.mu.Lock()
	var files []uintptr
	for n, fd := range p.table {
		at := int(n) - channelFD
		for len(files) <= at {
			files = append(files, ^uintptr(0))
		}
		files[at] = uintptr(fd)
	}
	fd, _, err := spawn(processRole, files, syscall.SysProcAttr{})
	p.mu.Unlock()
	if err != nil {
		return p.channel.send(answer{Err: fmt.Sprintf("fork(): %v", err)})
	}
	defer unix.Close(fd)
	return p.channel.send(answer{Returned: &returned{call: call{Thread: c.Thread, Seq: c.Seq}}}, fd)
}

// newFD gives a descriptor of ours the lowest free number of the program's.
func (p *program) newFD(fd int) int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := int32(3)
	for p.table[n] != 0 {
		n++
	}
	p.table[n] = fd
	return int64(n)
}

// fd is our descriptor for a number of the program's. The terminal's three are ours too; what the program does not have is -1, which the
// kernel will not have either.
func (p *program) fd(n int32) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if fd, ok := p.table[n]; ok {
		return fd
	}
	if n >= 0 && n < 3 {
		return int(n)
	}
	return -1
}

// descriptors lists the table.
func (p *program) descriptors() []descriptor {
	p.mu.Lock()
	defer p.mu.Unlock()
	var list []descriptor
	for n, fd := range p.table {
		d := descriptor{FD: n, Cookie: cookie(fd)}
		if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0); err == nil {
			d.Nonblock = flags&unix.O_NONBLOCK != 0
		}
		if sa, err := unix.Getsockname(fd); err == nil {
			d.Local = endpoint(sa)
		}
		list = append(list, d)
	}
	slices.SortFunc(list, func(a, b descriptor) int { return int(a.FD - b.FD) })
	return list
}

func makesFD(o host.Op) bool { return o == host.OpSocket || o == host.OpAccept || o == host.OpDup }

// cookie is the kernel's own name for a socket; 0 when it has none.
func cookie(fd int) uint64 {
	v, err := unix.GetsockoptUint64(fd, unix.SOL_SOCKET, unix.SO_COOKIE)
	if err != nil {
		return 0
	}
	return v
}

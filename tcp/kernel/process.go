//go:build linux

package kernel

import (
	"errors"
	"fmt"
	"io"

	"tcptutor/tcp/host"
	"tcptutor/tcp/sim"
)

// The host's program: its processes and threads, and the calls that they make.

// maxThreads bounds a host's program.
const maxThreads = 64

// thread is a thread of the host's program.
type thread struct {
	proc int // its place among the processes
	seq  int // of its latest call
	// started is closed when its call has returned, or waits, or never will.
	started chan struct{}
	task    host.Task
	used    bool // it has made a call, or was made for one
}

// process is a process of the host's program, as seen from here.
type process struct {
	number  int
	channel *channel
	began   chan struct{} // closed when it is there
	ended   chan struct{} // closed at its end
	forker  int           // thread whose fork() returns when it is there; -1 for none
	ending  int           // thread whose exit() or kill() is under way; -1 for none
	looks   chan *look
}

func (p *process) alive() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// wait waits until the process is there.
func (p *process) wait() error {
	select {
	case <-p.began:
		return nil
	case <-p.ended:
		return errEnded
	}
}

// errEnded is a helper's end that nobody asked for.
var errEnded = errors.New("a process of the kernel's namespace has ended by itself")

// lost says so where a channel has come to its end.
func lost(err error) error {
	if err == io.EOF {
		return errEnded
	}
	return err
}

// Start begins a system call of a thread. It comes back when the call has returned or waits, so that what is done next happens after it. A
// new thread belongs to the first process, or to the one that fork() has made for it. See sim.Subject.
func (k *Kernel) Start(number int, c host.Call) error {
	if number < 0 || number >= maxThreads || c.Op == host.OpFork && (c.A < 0 || c.A >= maxThreads) {
		return fmt.Errorf("%v() of thread %d: there can be %d threads", c.Op, number, maxThreads)
	}
	if c.Op == host.OpReboot {
		return k.reboot(number)
	}
	k.mu.Lock()
	t := &k.threads[number]
	p := k.procs[t.proc]
	err := k.err
	switch {
	case err != nil:
	case t.task.Busy:
		err = fmt.Errorf("thread %d begins %v() inside %v()", number, c.Op, t.task.Call.Op)
	case !p.alive():
		err = fmt.Errorf("thread %d begins %v() in a process that has ended", number, c.Op)
	}
	if err != nil {
		k.mu.Unlock()
		return err
	}
	k.called, t.used = true, true
	t.seq++
	started := make(chan struct{})
	t.started = started
	t.task = host.Task{Proc: int32(t.proc), Busy: true, Call: c, Since: k.Now()}
	if c.Op == host.OpExit || c.Op == host.OpKill {
		p.ending = number
	}
	o := order{Call: &call{Seq: t.seq, Thread: number, Call: c, Data: []byte(c.Data)}}
	o.Call.Call.Data = ""
	k.mu.Unlock()
	if err := p.channel.send(&o); err != nil {
		return fmt.Errorf("%v() of thread %d: %w", c.Op, number, err)
	}
	<-started
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.err
}

// tell lets Start go on, with the kernel's mu held.
func (t *thread) tell() {
	if t.started != nil {
		close(t.started)
		t.started = nil
	}
}

// adopt takes the channel of a new process and listens to it, with mu held.
func (k *Kernel) adopt(m *machine, fd int) (*process, error) {
	c, err := newChannel(fd)
	if err != nil {
		return nil, err
	}
	p := &process{
		number: len(k.procs), channel: c, began: make(chan struct{}), ended: make(chan struct{}),
		forker: -1, ending: -1, looks: make(chan *look, 1),
	}
	k.procs = append(k.procs, p)
	m.done.Add(1)
	go k.attend(m, p)
	return p, nil
}

// attend listens to a process until its end.
func (k *Kernel) attend(m *machine, p *process) {
	defer m.done.Done()
	for {
		var a answer
		fds, err := p.channel.receive(&a)
		k.mu.Lock()
		switch {
		case err != nil:
			k.end(m, p, err)
		case a.err() != nil:
			k.fail(m, a.err())
			k.release(p)
		case a.Hello:
			k.begun(p)
		case a.Returned != nil:
			k.returned(m, p, a.Returned, fds)
		case a.Blocked != nil:
			k.blocked(a.Blocked)
		case a.Look != nil:
			p.looks <- a.Look
		}
		k.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// returned notes that a call is over, with mu held.
func (k *Kernel) returned(m *machine, p *process, r *returned, fds []int) {
	t := &k.threads[r.Thread]
	if t.seq != r.Seq || len(fds) > 1 || t.task.Call.Op == host.OpFork && len(fds) != 1 {
		k.fail(m, fmt.Errorf("a helper answered out of turn: thread %d, call %d, %d descriptors", r.Thread, r.Seq, len(fds)))
		return
	}
	if t.task.Call.Op == host.OpFork {
		child, err := k.adopt(m, fds[0])
		if err != nil {
			k.fail(m, err)
			return
		}
		child.forker = r.Thread
		return
	}
	if r.Cookie != 0 {
		k.known.hold(r.Cookie)
	}
	r.Result.Data = string(r.Data)
	k.finish(r.Thread, sim.SubjectEvent{At: k.at(r.At), Result: r.Result})
}

// begun notes that a process is there, with mu held: if fork() made it, that returns now, and gives it a thread.
func (k *Kernel) begun(p *process) {
	close(p.began)
	if p.forker >= 0 {
		task := host.Task{Proc: int32(p.number)}
		k.threads[k.threads[p.forker].task.Call.A] = thread{proc: p.number, used: true, task: task}
		k.finish(p.forker, sim.SubjectEvent{At: k.Now(), Result: host.Result{Value: int64(p.number) + 1}})
	}
}

// finish ends a thread's call, with mu held.
func (k *Kernel) finish(number int, e sim.SubjectEvent) {
	t := &k.threads[number]
	t.task.Busy, t.task.Blocked, t.task.Result = false, false, e.Result
	t.tell()
	e.Thread, e.Call = number, t.task.Call
	k.happened(e)
}

// blocked notes that a call waits, with mu held; unless it has returned meanwhile.
func (k *Kernel) blocked(c *call) {
	if t := &k.threads[c.Thread]; t.seq == c.Seq && t.task.Busy {
		t.task.Blocked = true
		t.tell()
	}
}

// end is the end of a process, with mu held: its calls never return, but for the one that asked for it.
func (k *Kernel) end(m *machine, p *process, err error) {
	p.channel.close()
	close(p.ended)
	if p.ending >= 0 && !m.halted {
		k.finish(p.ending, sim.SubjectEvent{At: k.Now()})
	} else {
		k.fail(m, lost(err))
	}
	k.release(p)
}

// release lets go of all who wait for a process, with mu held.
func (k *Kernel) release(p *process) {
	for i := range k.threads {
		if t := &k.threads[i]; t.proc == p.number {
			t.task.Busy, t.task.Blocked = false, false
			t.tell()
		}
	}
}

// ask has a process list its descriptors; nil when it has ended.
func (k *Kernel) ask(p *process) *look {
	if !p.alive() || p.channel.send(order{Look: true}) != nil {
		return nil
	}
	select {
	case l := <-p.looks:
		return l
	case <-p.ended:
		return nil
	}
}

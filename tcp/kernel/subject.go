//go:build linux

package kernel

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
	"tcptutor/tcp/sim"
	"tcptutor/tcp/wire"
)

// Kernel is the Linux kernel in a host's place. It is a sim.Subject; its methods may be called by one goroutine at a time.
type Kernel struct {
	addr    tcp.Addr
	noVeth  bool          // as on a kernel that has no such devices
	origin  int64         // CLOCK_MONOTONIC at the subject's time 0
	bell    chan struct{} // rung when something has come in
	machine *machine

	mu      sync.Mutex
	procs   []*process
	threads [maxThreads]thread
	events  []sim.SubjectEvent // happened, and not yet told
	known   knowledge
	sysctl  tcp.Sysctls
	called  bool  // a call has been made
	err     error // why the subject is of no further use
}

var _ sim.Subject = (*Kernel)(nil)

// machine is what a reboot replaces.
type machine struct {
	space  *space
	tap    *tap
	done   sync.WaitGroup // who listens to it
	halted bool           // its end is wanted
}

// settled is how long a thing that happened waits to be told, so that what happened before it and comes in later is told before it.
const settled = 300 * time.Microsecond

// New makes a host of the Linux kernel, with one address, and a wire on which everybody else is. A *Missing error says why
// that is not possible on this machine.
func New(addr tcp.Addr) (*Kernel, error) { return open(addr, false) }

func open(addr tcp.Addr, noVeth bool) (*Kernel, error) {
	k := &Kernel{addr: addr, noVeth: noVeth, bell: make(chan struct{}, 1), known: newKnowledge(), sysctl: tcp.DefaultSysctls()}
	if err := k.boot(); err != nil {
		return nil, err
	}
	k.origin = monotonic()
	return k, nil
}

// boot makes a machine with one process.
func (k *Kernel) boot() error {
	m := new(machine)
	var err error
	if m.space, m.tap, err = newSpace(plan{k.addr, k.noVeth}); err != nil {
		return err
	}
	k.machine = m
	m.done.Add(1)
	go k.listen(m)
	_, fds, err := m.space.ask(order{Begin: true})
	if err == nil && len(fds) != 1 {
		err = fmt.Errorf("the keeper gave %d channels of a process, want 1", len(fds))
	}
	if err == nil {
		var p *process
		k.mu.Lock()
		p, err = k.adopt(m, fds[0])
		k.mu.Unlock()
		if err == nil {
			err = p.wait()
		}
	}
	if err != nil {
		k.halt()
	}
	return err
}

// halt is the end of the machine: of its processes, its wire, its namespace. Nobody on the wire is told.
func (k *Kernel) halt() error {
	m := k.machine
	k.mu.Lock()
	m.halted = true
	procs := slices.Clone(k.procs)
	k.mu.Unlock()
	m.tap.file.Close()
	for _, p := range procs {
		p.channel.close()
	}
	err := m.space.close()
	m.done.Wait()
	return err
}

// Now is the present instant. See sim.Subject.
func (k *Kernel) Now() tcp.Time { return k.at(monotonic()) }

// at is an instant of CLOCK_MONOTONIC in the subject's time.
func (k *Kernel) at(mono int64) tcp.Time { return tcp.Time(mono - k.origin) }

// Set gives a sysctl of the namespace a value. See sim.Subject.
func (k *Kernel) Set(knob tcp.Sysctl, value int64) error {
	switch {
	case knob >= tcp.NumSysctls:
		return fmt.Errorf("there is no sysctl %d", knob)
	case k.called:
		return fmt.Errorf("%s has to be set before the first call", tcp.Knobs[knob].Name)
	}
	if _, _, err := k.machine.space.ask(order{Set: &setting{tcp.Knobs[knob].Name, value}}); err != nil {
		return fmt.Errorf("setting %s to %d: %w", tcp.Knobs[knob].Name, value, err)
	}
	k.sysctl[knob] = value
	return nil
}

// Inject lets the kernel hear a segment now. See sim.Subject.
func (k *Kernel) Inject(seg tcp.Segment) error {
	k.mu.Lock()
	err := k.err
	k.known.got(&seg)
	k.mu.Unlock()
	if err != nil {
		return err
	}
	if seg.Dst.Addr != k.addr {
		return fmt.Errorf("the segment is addressed to %v, and the host is %v", seg.Dst.Addr, k.addr)
	}
	packet, err := wire.Encode(nil, &seg)
	if err != nil {
		return err
	}
	return k.machine.tap.say(packet)
}

// HearsItself tells whether what the host says to itself can be heard: a TUN device is not the way it takes. See sim.StandIn.
func (k *Kernel) HearsItself() bool { return !k.machine.tap.only }

// Unreachable lets the kernel hear by ICMP that a segment of its could not be delivered. See sim.Subject.
func (k *Kernel) Unreachable(seg tcp.Segment, code tcp.Unreachable) error {
	if seg.Src.Addr != k.addr {
		return fmt.Errorf("the segment came from %v, and the host is %v", seg.Src.Addr, k.addr)
	}
	packet, err := wire.Unreachable(nil, &seg, code)
	if err != nil {
		return err
	}
	return k.machine.tap.say(packet)
}

// Wait sleeps until something has happened. What has happened is told a moment later, in the order of the kernel's clock.
// See sim.Subject.
func (k *Kernel) Wait(until tcp.Time, events []sim.SubjectEvent) ([]sim.SubjectEvent, error) {
	for {
		now := k.Now()
		k.mu.Lock()
		told, next := k.take(now, until, events)
		err := k.err
		k.mu.Unlock()
		late := until.Add(settled)
		if len(told) > len(events) || err != nil || now >= late {
			return told, err
		}
		k.sleep(min(next, late).Since(now))
	}
}

// take appends the events of at most an instant that are old enough to be told, and says when the next one will be.
func (k *Kernel) take(now, until tcp.Time, events []sim.SubjectEvent) ([]sim.SubjectEvent, tcp.Time) {
	slices.SortStableFunc(k.events, func(a, b sim.SubjectEvent) int { return cmp.Compare(a.At, b.At) })
	n := 0
	for n < len(k.events) && k.events[n].At <= until && k.events[n].At.Add(settled) <= now {
		n++
	}
	next := tcp.Never
	if n < len(k.events) && k.events[n].At <= until {
		next = k.events[n].At.Add(settled)
	}
	events = append(events, k.events[:n]...)
	k.events = slices.Delete(k.events, 0, n)
	return events, next
}

// sleep waits for the bell, but not longer than d. Go's own timers are too coarse for the last two milliseconds.
func (k *Kernel) sleep(d time.Duration) {
	const coarse, slice = 2 * time.Millisecond, 50 * time.Microsecond
	if d > coarse {
		t := time.NewTimer(d - coarse)
		defer t.Stop()
		select {
		case <-t.C:
		case <-k.bell:
		}
		return
	}
	s := unix.NsecToTimespec(int64(min(d, slice)))
	unix.Nanosleep(&s, nil)
}

// happened notes an event, with mu held.
func (k *Kernel) happened(e sim.SubjectEvent) {
	k.events = append(k.events, e)
	k.ring()
}

func (k *Kernel) ring() {
	select {
	case k.bell <- struct{}{}:
	default:
	}
}

// fail makes the subject useless, with mu held. The first reason counts; the end of a machine that was to end is none.
func (k *Kernel) fail(m *machine, err error) {
	if k.err == nil && !m.halted {
		k.err = err
	}
	k.ring()
}

// listen hears what the kernel sends, until the wire is closed.
func (k *Kernel) listen(m *machine) {
	defer m.done.Done()
	buffer := make([]byte, 1<<16)
	for {
		seg, mono, err := m.tap.hear(buffer)
		k.mu.Lock()
		if err != nil {
			k.fail(m, err)
			k.mu.Unlock()
			return
		}
		if !m.halted {
			e := sim.SubjectEvent{At: k.at(mono), Sent: true, Seg: seg}
			k.known.said(&seg)
			if e.Looped() {
				k.known.got(&seg)
			}
			k.happened(e)
		}
		k.mu.Unlock()
	}
}

// reboot is power off and on again. The thread that asked for it goes on in the first process of the new life; settings stay, as
// in /etc/sysctl.conf.
func (k *Kernel) reboot(number int) error {
	if err := k.halt(); err != nil {
		return err
	}
	k.mu.Lock()
	k.known.forget()
	for i := range k.threads {
		k.threads[i] = thread{seq: k.threads[i].seq, proc: len(k.procs)}
	}
	k.mu.Unlock()
	if err := k.boot(); err != nil {
		return err
	}
	k.mu.Lock()
	t := &k.threads[number]
	t.used, t.task = true, host.Task{Proc: int32(t.proc)}
	k.mu.Unlock()
	for knob, value := range k.sysctl {
		if value == tcp.Knobs[knob].Default {
			continue // as every machine begins
		}
		if _, _, err := k.machine.space.ask(order{Set: &setting{tcp.Knobs[knob].Name, value}}); err != nil {
			return err
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.happened(sim.SubjectEvent{At: k.Now(), Thread: number, Call: host.Call{Op: host.OpReboot}})
	return nil
}

// Close ends the namespace and every process in it. See sim.Subject.
func (k *Kernel) Close() error {
	if k.machine.halted {
		return nil
	}
	k.mu.Lock()
	if k.err == nil {
		k.err = errors.New("the kernel's namespace is closed")
	}
	k.mu.Unlock()
	return k.halt()
}

package host

import "tcptutor/tcp"

// Processes: fork, exit, kill -9, and the reboot of the whole machine.

// fork makes a process with the same descriptors: each names the same socket (KERNEL §9), which is closed only when both have
// closed it. The result is the new process's number, from 1 for the host's first.
func (h *Host) fork(t *Task) Result {
	parent := t.Proc
	h.Procs = append(h.Procs, Process{Alive: true})
	fds := append([]FD(nil), h.Procs[parent].FDs...)
	for i := range fds {
		if fds[i].Sock != 0 {
			h.Socks[fds[i].slot].Refs++
		}
	}
	h.Procs[len(h.Procs)-1].FDs = fds
	return Result{Value: int64(len(h.Procs))}
}

// Adopt gives an idle task to a process: the first thread of one that fork made. Processes count from 1.
func (h *Host) Adopt(task, process int) { h.Tasks[task].Proc = int32(process - 1) }

// endProcess is exit(2), or the kernel's part of kill -9 (KERNEL §7): calls under way are given up and every descriptor is closed.
func (h *Host) endProcess(x *tcp.Turn, proc int32) {
	h.Procs[proc].Alive = false
	for i := range h.Tasks {
		if t := &h.Tasks[i]; t.Proc == proc && t.Blocked {
			t.Busy, t.Blocked, t.Ready = false, false, false
			h.release(x, t.slot)
		}
	}
	for fd := range h.Procs[proc].FDs {
		if h.Procs[proc].FDs[fd].Sock != 0 {
			slot := h.Procs[proc].FDs[fd].slot
			h.Procs[proc].FDs[fd] = FD{}
			h.release(x, slot)
		}
	}
}

// reboot is power off and on again: every socket, process and statistic is gone, and nobody on the network is told. The task that
// asked for it goes on in the first process of the new life. Settings stay, as in /etc/sysctl.conf; the secret is a new one.
func (h *Host) reboot(x *tcp.Turn, task *Task) Result {
	for i := range h.Socks {
		if s := &h.Socks[i]; !s.Dead {
			if s.TCB.State != tcp.Closed {
				h.setState(x, s, tcp.Closed)
			}
			x.Note(tcp.Forgotten, s.ID)
			s.Dead, s.heapAt, s.inTable, s.claims = true, 0, false, false
			h.free = append(h.free, int32(i))
		}
	}
	clear(h.table)
	h.tuples, h.timers, h.listeners, h.bound, h.proven = 0, h.timers[:0], h.listeners[:0], h.bound[:0], h.proven[:0]
	for i := range h.Procs {
		h.Procs[i].Alive = false
		clear(h.Procs[i].FDs)
	}
	for i := range h.Tasks {
		t := &h.Tasks[i]
		t.Busy, t.Blocked, t.Ready = false, false, false
	}
	h.Procs = append(h.Procs, Process{Alive: true, FDs: make([]FD, 3)})
	task.Proc, task.Sock = int32(len(h.Procs)-1), 0
	h.Counters = [NumCounters]int64{}
	h.Secret = mix(h.Secret)
	h.portSeq, h.stride = 0, 0
	return Result{}
}

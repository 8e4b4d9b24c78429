package host

import (
	"testing"

	"tcptutor/tcp"
)

// POSIX: a new descriptor is the lowest free one; 0, 1 and 2 are the terminal, which is no socket.
func TestDescriptorsAreTheLowestFree(t *testing.T) {
	m := boot(t)
	for want := range int32(4) {
		if fd := m.socket(); fd != want+3 {
			t.Errorf("socket() gives %d, want %d", fd, want+3)
		}
	}
	m.gives("", Call{Op: OpClose, FD: 4}, 0, tcp.OK)
	m.gives("closed", Call{Op: OpListen, FD: 4, A: 1}, -1, tcp.EBADF)
	m.gives("the terminal", Call{Op: OpListen, FD: 1, A: 1}, -1, tcp.ENOTSOCK)
	m.gives("never opened", Call{Op: OpListen, FD: 99, A: 1}, -1, tcp.EBADF)
	m.gives("negative", Call{Op: OpListen, FD: -1, A: 1}, -1, tcp.EBADF)
	m.gives("", Call{Op: OpDup, FD: 3}, 4, tcp.OK)
}

// RLIMIT_NOFILE: a process has so many descriptors and no more, whoever asks; a connection that accept() could not name waits on.
func TestDescriptorsRunOut(t *testing.T) {
	m := boot(t)
	at := tcp.Endpoint{Addr: here, Port: 80}
	l := m.listener(at, 5)
	m.shakeHands(there, at)
	for fd := int64(4); fd < MaxFDs; fd++ {
		m.gives("", Call{Op: OpDup, FD: l}, fd, tcp.OK)
	}
	m.gives("full", Call{Op: OpDup, FD: l}, -1, tcp.EMFILE)
	m.gives("full", Call{Op: OpSocket, A: AFInet, B: SockStream}, -1, tcp.EMFILE)
	m.gives("full", Call{Op: OpAccept, FD: l}, -1, tcp.EMFILE)
	m.gives("", Call{Op: OpClose, FD: 700}, 0, tcp.OK)
	m.gives("a place", Call{Op: OpAccept, FD: l}, 700, tcp.OK)
}

// SYLLABUS, sockets: which pairs of family, type and protocol are refused, and how.
func TestSocketRefusesWhatLinuxRefuses(t *testing.T) {
	m := boot(t)
	for _, c := range []struct {
		family, kind, protocol int64
		want                   tcp.Errno
	}{
		{AFInet, SockStream, IPProtoTCP, tcp.OK},
		{AFInet6, SockStream | SockNonblock, IPProtoIP, tcp.OK},
		{AFInet, SockStream, IPProtoUDP, tcp.EPROTONOSUPPORT},
		{AFInet, SockDgram, IPProtoTCP, tcp.EPROTONOSUPPORT},
		{AFInet, SockSeqpacket, IPProtoIP, tcp.ESOCKTNOSUPPORT},
		{AFPacket, SockStream, IPProtoIP, tcp.EAFNOSUPPORT},
		{99, SockSeqpacket, IPProtoUDP, tcp.EAFNOSUPPORT},
	} {
		r := m.call(0, Call{Op: OpSocket, A: c.family, B: c.kind, C: c.protocol})
		if r.Errno != c.want || (r.Value < 0) != (c.want != tcp.OK) {
			t.Errorf("socket(%d, %#x, %d) gives %d %s, want %s", c.family, c.kind, c.protocol, r.Value, r.Errno, c.want)
		}
	}
}

// KERNEL/9: dup and fork give more names to one socket: the FIN leaves when the last name is gone.
func TestSocketIsClosedWithItsLastName(t *testing.T) {
	m := boot(t)
	at := tcp.Endpoint{Addr: here, Port: 80}
	l := m.listener(at, 5)
	c := m.shakeHands(there, at)
	m.gives("", Call{Op: OpAccept, FD: l}, 4, tcp.OK)
	m.gives("", Call{Op: OpDup, FD: 4}, 5, tcp.OK)
	child := m.call(0, Call{Op: OpFork})
	m.h.Adopt(1, int(child.Value))
	for i, name := range []struct {
		task int
		fd   int32
	}{{0, 4}, {1, 4}, {1, 5}, {0, 5}} {
		if c.TCB.State != tcp.Established || len(m.x.Out) != 0 {
			t.Fatalf("%s after %d of 4 closes, sent %v", c.TCB.State, i, m.x.Out)
		}
		m.call(name.task, Call{Op: OpClose, FD: name.fd})
	}
	if c.TCB.State != tcp.FinWait1 || len(m.x.Out) != 1 || !m.x.Out[0].Is(tcp.KindFIN) {
		t.Errorf("%s after the last close, sent %v", c.TCB.State, m.x.Out)
	}
}

// A process that ends gives up its calls and closes its descriptors; another process and its descriptors go on.
func TestExitClosesWhatTheProcessHad(t *testing.T) {
	m := boot(t)
	l := m.listener(tcp.Endpoint{Port: 80}, 5)
	child := m.call(0, Call{Op: OpFork})
	m.h.Adopt(1, int(child.Value))
	m.h.Adopt(2, int(child.Value))
	m.blocks(1, Call{Op: OpAccept, FD: l})
	m.call(2, Call{Op: OpExit})
	if task := &m.h.Tasks[1]; task.Busy || task.Blocked {
		t.Error("a thread of the process that ended still waits")
	}
	if s := m.sock(l); s.TCB.State != tcp.Listen || s.Refs != 1 {
		t.Fatalf("the other process's listener is %s with %d names", s.TCB.State, s.Refs)
	}
	id := m.sock(l).ID
	m.call(0, Call{Op: OpExit})
	if m.h.Sock(id) != nil {
		t.Error("nobody has the listener, and it is there")
	}
}

// Reboot: no socket, no descriptor and no statistic is left, the settings are, and numbers are made from a new secret.
func TestRebootForgetsAllButTheSettings(t *testing.T) {
	m := boot(t)
	m.h.Sysctl[tcp.Somaxconn] = 77
	at := tcp.Endpoint{Addr: here, Port: 80}
	m.listener(at, 0)
	m.shakeHands(there, at)
	m.get(tcp.Endpoint{Addr: there.Addr, Port: 40001}, at, tcp.SYN, irs, 0)
	if m.h.Counters[ListenDrops] != 1 {
		t.Fatal("the second SYN was not dropped: the queue is not full")
	}
	secret := m.h.Secret
	m.call(0, Call{Op: OpReboot})
	m.h.Live(func(s *Sock) bool {
		t.Errorf("socket #%d is still there", s.ID)
		return true
	})
	if m.h.Next() != tcp.Never || m.h.Counters != [NumCounters]int64{} || m.h.Secret == secret || m.h.Sysctl[tcp.Somaxconn] != 77 {
		t.Errorf("next timer %d, counters %v, somaxconn %d", m.h.Next(), m.h.Counters, m.h.Sysctl[tcp.Somaxconn])
	}
	if m.get(there, at, tcp.ACK, irs+1, 9); len(m.x.Out) != 1 || !m.x.Out[0].Is(tcp.KindRST) {
		t.Errorf("a segment of the life before draws %v, want RST", m.x.Out)
	}
	l := m.listener(at, 5)
	if l != 3 {
		t.Errorf("the first descriptor of the new life is %d", l)
	}
	m.shakeHands(tcp.Endpoint{Addr: there.Addr, Port: 40002}, at)
	if s := m.get(there, at, tcp.ACK, irs+1, 9); s != m.sock(l) {
		t.Errorf("a segment of the life before is for %+v, want the new listener", s)
	}
}

// Names of calls, options and counters are C's and nstat's, and are found again.
func TestNamesAreFoundAgain(t *testing.T) {
	for o := range NumOps {
		if got, ok := ParseOp(o.String()); !ok || got != o {
			t.Errorf("%s is found as %s", o, got)
		}
	}
	for o := range NumOptions {
		if got, ok := ParseOption(o.String()); !ok || got != o {
			t.Errorf("%s is found as %s", o, got)
		}
	}
	_, op := ParseOp("epoll_wait")
	_, option := ParseOption("SO_BROADCAST")
	if op || option {
		t.Error("what there is not is found")
	}
	seen := map[string]bool{}
	for c := range NumCounters {
		if seen[c.String()] || c.String() == "" {
			t.Errorf("counter %d is called %q", c, c)
		}
		seen[c.String()] = true
	}
}

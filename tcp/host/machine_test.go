package host

import (
	"testing"

	"tcptutor/tcp"
)

// machine is a Linux host with a few idle threads, driven by hand: every event is followed by Check.
type machine struct {
	*testing.T
	h   Host
	x   tcp.Turn
	now tcp.Time
}

var (
	here  = tcp.IPv4(10, 0, 0, 2)
	there = tcp.Endpoint{Addr: tcp.IPv4(10, 0, 0, 1), Port: 40000}
)

const (
	linger = 1 // SO_LINGER {1, 0}
	irs    = tcp.Seq(500_000)
)

func boot(t *testing.T) *machine {
	t.Helper()
	b, err := tcp.FindBook("linux")
	if err != nil {
		t.Fatal(err)
	}
	m := &machine{T: t, h: New(0, here, b, 7)}
	m.h.Tasks = make([]Task, 4)
	return m
}

func (m *machine) check() {
	m.Helper()
	if err := m.h.Check(); err != nil {
		m.Fatal(err)
	}
}

// call makes a call that returns at once.
func (m *machine) call(task int, c Call) Result {
	m.Helper()
	if !m.h.Start(&m.x, m.now, task, &c) {
		m.Fatalf("%s() blocks", c.Op)
	}
	m.check()
	return m.h.Tasks[task].Result
}

// blocks makes a call that waits.
func (m *machine) blocks(task int, c Call) {
	m.Helper()
	if m.h.Start(&m.x, m.now, task, &c) {
		m.Fatalf("%s() returns %+v", c.Op, m.h.Tasks[task].Result)
	}
	m.check()
}

// gives makes a call that returns at once with that value or error.
func (m *machine) gives(what string, c Call, value int64, e tcp.Errno) {
	m.Helper()
	if r := m.call(0, c); r.Value != value || r.Errno != e {
		m.Errorf("%s: %s() gives %d %s, want %d %s", what, c.Op, r.Value, r.Errno, value, e)
	}
}

// socket makes a stream socket.
func (m *machine) socket() int32 {
	m.Helper()
	r := m.call(0, Call{Op: OpSocket, A: AFInet, B: SockStream})
	if r.Errno != tcp.OK {
		m.Fatal(r.Errno)
	}
	return int32(r.Value)
}

// listener makes one at an endpoint.
func (m *machine) listener(at tcp.Endpoint, backlog int64) int32 {
	m.Helper()
	fd := m.socket()
	m.gives("at a free port", Call{Op: OpBind, FD: fd, Addr: at}, 0, tcp.OK)
	m.gives("at a bound socket", Call{Op: OpListen, FD: fd, A: backlog}, 0, tcp.OK)
	return fd
}

// get lets a segment arrive and returns whose it was.
func (m *machine) get(from, to tcp.Endpoint, fl tcp.Flags, seq, ack tcp.Seq) *Sock {
	m.Helper()
	id := m.h.Arrive(&m.x, m.now, &tcp.Segment{Src: from, Dst: to, Flags: fl, Seq: seq, Ack: ack, Wnd: 8000})
	m.check()
	return m.h.Remembered(id)
}

// shakeHands makes a connection from a peer to a listener here; it waits in the accept queue.
func (m *machine) shakeHands(from, to tcp.Endpoint) *Sock {
	m.Helper()
	m.get(from, to, tcp.SYN, irs, 0)
	if len(m.x.Out) != 1 || !m.x.Out[0].Is(tcp.KindSYNACK) {
		m.Fatalf("the SYN draws %v", m.x.Out)
	}
	return m.get(from, to, tcp.ACK, irs+1, m.x.Out[0].Seq+1)
}

// sock is the socket of a descriptor of the first thread.
func (m *machine) sock(fd int32) *Sock { return &m.h.Socks[m.h.slotOf(m.h.Tasks[0].Proc, fd)] }

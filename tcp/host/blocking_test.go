package host

import (
	"testing"

	"tcptutor/tcp"
)

// A call that waits is Ready when its wait is over, and Resume finishes it. Of two threads in accept() one gets the connection; the
// other waits on.
func TestOneConnectionWakesAllAndOneGetsIt(t *testing.T) {
	m := boot(t)
	at := tcp.Endpoint{Addr: here, Port: 80}
	l := m.listener(at, 5)
	m.blocks(1, Call{Op: OpAccept, FD: l})
	m.blocks(2, Call{Op: OpAccept, FD: l})
	m.shakeHands(there, at)
	for task := 1; task <= 2; task++ {
		if !m.h.Tasks[task].Ready {
			t.Fatalf("thread %d sleeps on", task)
		}
	}
	m.now = 5
	if !m.h.Resume(&m.x, m.now, 2) {
		t.Fatal("the first to be resumed gets nothing")
	}
	m.check()
	if r := m.h.Tasks[2].Result; r.Value != 4 || r.Addr != there {
		t.Errorf("accept() gives %+v", r)
	}
	if m.h.Resume(&m.x, m.now, 1) {
		t.Fatalf("the second gets %+v", m.h.Tasks[1].Result)
	}
	if task := &m.h.Tasks[1]; !task.Blocked || task.Ready {
		t.Error("the second does not wait on")
	}
	m.check()
}

// O_NONBLOCK is the descriptor's: set by SOCK_NONBLOCK or fcntl, not inherited by accept(); what would wait gives EAGAIN, connect()
// EINPROGRESS.
func TestNonBlockingCallsSayWhatTheyWouldWaitFor(t *testing.T) {
	m := boot(t)
	at := tcp.Endpoint{Addr: here, Port: 80}
	l := m.listener(at, 5)
	m.gives("", Call{Op: OpFcntl, FD: l, A: FSetFL, B: ONonblock}, 0, tcp.OK)
	m.gives("nobody yet", Call{Op: OpAccept, FD: l}, -1, tcp.EAGAIN)
	m.shakeHands(there, at)
	m.gives("somebody", Call{Op: OpAccept, FD: l}, 4, tcp.OK)
	m.blocks(1, Call{Op: OpRead, FD: 4})

	fd := int32(m.call(0, Call{Op: OpSocket, A: AFInet, B: SockStream | SockNonblock}).Value)
	m.gives("under way", Call{Op: OpConnect, FD: fd, Addr: there}, -1, tcp.EINPROGRESS)
	if len(m.x.Out) != 1 || !m.x.Out[0].Is(tcp.KindSYN) {
		t.Errorf("connect() sends %v", m.x.Out)
	}
	m.gives("still", Call{Op: OpConnect, FD: fd, Addr: there}, -1, tcp.EALREADY)
	m.gives("nothing yet", Call{Op: OpPoll, FD: fd, A: PollOut, C: 1}, 0, tcp.OK)
	m.get(there, m.local(fd), tcp.SYN|tcp.ACK, irs, m.sock(fd).TCB.Snd.NXT)
	m.gives("there", Call{Op: OpPoll, FD: fd, A: PollOut, C: 1}, PollOut, tcp.OK)
	m.gives("told once", Call{Op: OpConnect, FD: fd, Addr: there}, 0, tcp.OK)
	m.gives("and no more", Call{Op: OpConnect, FD: fd, Addr: there}, -1, tcp.EISCONN)
}

// local is the local endpoint of a descriptor's socket.
func (m *machine) local(fd int32) tcp.Endpoint { return m.sock(fd).TCB.Local }

// Closing the descriptor of a socket that a thread waits on does not take the socket from under it: the call in progress holds it.
func TestACallInProgressHoldsItsSocket(t *testing.T) {
	m := boot(t)
	at := tcp.Endpoint{Addr: here, Port: 80}
	l := m.listener(at, 5)
	c := m.shakeHands(there, at)
	m.call(0, Call{Op: OpAccept, FD: l})
	m.blocks(1, Call{Op: OpRead, FD: 4})
	m.gives("", Call{Op: OpClose, FD: 4}, 0, tcp.OK)
	if c.TCB.State != tcp.Established || len(m.x.Out) != 0 {
		t.Fatalf("%s, sent %v", c.TCB.State, m.x.Out)
	}
	m.get(there, at, tcp.FIN|tcp.ACK, irs+1, c.TCB.Snd.NXT)
	if !m.h.Resume(&m.x, m.now, 1) || m.h.Tasks[1].Result.Errno != tcp.OK || m.h.Tasks[1].Result.Value != 0 {
		t.Errorf("read() gives %+v", m.h.Tasks[1].Result)
	}
	if c.TCB.State != tcp.LastAck {
		t.Errorf("%s when the last that held it has let go", c.TCB.State)
	}
	m.check()
}

// A pending error is given once, to the first call that may have it, and SO_ERROR takes it, too.
func TestPendingErrorIsGivenOnce(t *testing.T) {
	for _, c := range []struct {
		name string
		ask  Call
		want Result
	}{
		{"read", Call{Op: OpRead, FD: 4}, Result{Value: -1, Errno: tcp.ECONNRESET}},
		{"write", Call{Op: OpWrite, FD: 4, Data: "x"}, Result{Value: -1, Errno: tcp.ECONNRESET}},
		{"SO_ERROR", Call{Op: OpGetsockopt, FD: 4, A: int64(SoError)}, Result{Value: int64(tcp.ECONNRESET)}},
	} {
		m := boot(t)
		at := tcp.Endpoint{Addr: here, Port: 80}
		l := m.listener(at, 5)
		s := m.shakeHands(there, at)
		m.call(0, Call{Op: OpAccept, FD: l})
		m.get(there, at, tcp.RST, irs+1, 0)
		if s.Err != tcp.ECONNRESET {
			t.Fatalf("pending is %s", s.Err)
		}
		if got := m.call(0, c.ask); got != c.want {
			t.Errorf("%s gives %+v, want %+v", c.name, got, c.want)
		}
		m.gives(c.name+", then", Call{Op: OpGetsockopt, FD: 4, A: int64(SoError)}, 0, tcp.OK)
		m.gives(c.name+", then", Call{Op: OpRead, FD: 4}, 0, tcp.OK)
		m.gives(c.name+", then", Call{Op: OpWrite, FD: 4, Data: "x"}, -1, tcp.EPIPE)
	}
}

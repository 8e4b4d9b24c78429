package host

import (
	"bytes"
	"cmp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tcptutor/tcp"
)

// A segment is its connection's, by all four numbers; else the listener's on the exact address, before the one on the wildcard; else
// nobody's, which draws a RST (RFC 9293 §3.10.7.1).
func TestWhoseSegmentItIs(t *testing.T) {
	m := boot(t)
	at := tcp.Endpoint{Addr: here, Port: 80}
	wild := m.listener(tcp.Endpoint{Port: 80}, 5)
	if s := m.get(there, at, tcp.SYN, irs, 0); s != m.sock(wild) {
		t.Error("a SYN is not the wildcard listener's, the only one there")
	}
	m.gives("", Call{Op: OpClose, FD: wild}, 0, tcp.OK)
	if m.get(there, at, tcp.SYN, irs+9, 0); len(m.x.Out) == 0 {
		t.Error("a half-open connection did not outlive its listener") // KERNEL/9
	}

	m = boot(t)
	for _, fd := range []int32{m.socket(), m.socket()} {
		m.gives("", Call{Op: OpSetsockopt, FD: fd, A: int64(SoReuseport), B: 1}, 0, tcp.OK)
	}
	m.gives("", Call{Op: OpBind, FD: 3, Addr: tcp.Endpoint{Port: 80}}, 0, tcp.OK)
	m.gives("", Call{Op: OpBind, FD: 4, Addr: at}, 0, tcp.OK)
	m.gives("", Call{Op: OpListen, FD: 4, A: 5}, 0, tcp.OK)
	m.gives("", Call{Op: OpListen, FD: 3, A: 5}, 0, tcp.OK)
	if s := m.get(there, at, tcp.SYN, irs, 0); s != m.sock(4) {
		t.Error("a SYN is not the exact listener's")
	}
	if s := m.get(there, tcp.Endpoint{Addr: tcp.IPv4(127, 0, 0, 1), Port: 80}, tcp.SYN, irs, 0); s != m.sock(3) {
		t.Error("a SYN to another address is not the wildcard listener's")
	}
	c := m.shakeHands(tcp.Endpoint{Addr: there.Addr, Port: 1}, at)
	if c.Role != Connection || c.TCB.Remote.Port != 1 || c.TCB.State != tcp.Established {
		t.Errorf("the ACK was for %+v", c)
	}
	if s := m.get(there, tcp.Endpoint{Addr: here, Port: 81}, tcp.SYN, irs, 0); s != nil || len(m.x.Out) != 1 || !m.x.Out[0].Is(tcp.KindRST) {
		t.Errorf("a SYN to a closed port was for %v and drew %v", s, m.x.Out)
	}
	if got := m.h.Peer(at, tcp.Endpoint{Addr: there.Addr, Port: 1}); got != &c.TCB {
		t.Error("Peer does not find the connection")
	}
	if m.h.Peer(at, tcp.Endpoint{Addr: there.Addr, Port: 2}) != nil {
		t.Error("Peer finds a connection that is not there")
	}
}

// Whatever comes, in whatever order: each connection is found by its 4-tuple and by nothing else, Next is the least of all deadlines
// and Expire fires that one, and a copy is the same host.
func TestTableAndTimersUnderRandomEvents(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		m := boot(t)
		at := tcp.Endpoint{Addr: here, Port: 80}
		l := m.listener(at, 3)
		peers := rapid.IntRange(1, 40).Draw(r, "peers")
		var copied Host
		for range rapid.IntRange(1, 120).Draw(r, "events") {
			peer := tcp.Endpoint{Addr: there.Addr, Port: uint16(1000 + rapid.IntRange(0, peers).Draw(r, "peer"))}
			switch rapid.IntRange(0, 5).Draw(r, "event") {
			case 0, 1:
				m.get(peer, at, tcp.SYN, irs, 0)
			case 2:
				if c := m.h.Peer(at, peer); c != nil {
					m.get(peer, at, tcp.ACK, irs+1, c.Snd.NXT)
				}
			case 3:
				m.get(peer, at, tcp.RST, irs+1, 0)
			case 4:
				if due := m.h.Next(); due != tcp.Never {
					m.now = due
					id, timer := m.h.Expire(&m.x, due)
					m.check()
					if s := m.h.Remembered(id); s == nil || timer >= tcp.NumTimers {
						r.Fatalf("timer %d of socket #%d fired", timer, id)
					}
				}
			case 5:
				if len(m.sock(l).Accept) > 0 {
					fd := int32(m.call(0, Call{Op: OpAccept, FD: l}).Value)
					m.call(0, Call{Op: OpSetsockopt, FD: fd, A: int64(SoLinger), B: linger})
					m.call(0, Call{Op: OpClose, FD: fd})
				}
			}
			least := tcp.Never
			m.h.Live(func(s *Sock) bool {
				due, _ := s.TCB.Next()
				least = min(least, due)
				return true
			})
			if m.h.Next() != least {
				r.Fatalf("Next is %d, the least of the deadlines %d", m.h.Next(), least)
			}
			m.h.CopyInto(&copied)
			if err := copied.Check(); err != nil {
				r.Fatalf("the copy: %v", err)
			}
			if !bytes.Equal(copied.AppendKey(nil, m.now), m.h.AppendKey(nil, m.now)) {
				r.Fatal("the copy has another key")
			}
		}
	})
}

// A copy is a host of its own: what happens to one does not happen to the other.
func TestACopyGoesItsOwnWay(t *testing.T) {
	m := boot(t)
	at := tcp.Endpoint{Addr: here, Port: 80}
	l := m.listener(at, 3)
	c := m.shakeHands(there, at)
	fd := int32(m.call(0, Call{Op: OpAccept, FD: l}).Value)
	m.blocks(1, Call{Op: OpRead, FD: fd})
	var copied Host
	m.h.CopyInto(&copied)
	key := copied.AppendKey(nil, m.now)
	m.get(there, at, tcp.FIN|tcp.ACK, irs+1, c.TCB.Snd.NXT)
	m.h.Resume(&m.x, m.now, 1)
	m.call(0, Call{Op: OpClose, FD: fd})
	m.socket()
	if !bytes.Equal(copied.AppendKey(nil, m.now), key) {
		t.Error("the copy changed with the original")
	}
	if bytes.Equal(m.h.AppendKey(nil, m.now), key) {
		t.Error("the key does not tell a host that has seen a FIN from one that has not")
	}
	if s := copied.Sock(c.ID); s == nil || s.TCB.State != tcp.Established || !copied.Tasks[1].Blocked {
		t.Error("the copy is not as the original was")
	}
}

// KERNEL/4: listen(N) holds N+1 connections, N at most somaxconn; a negative N is as large as somaxconn allows.
func TestBacklogIsCapped(t *testing.T) {
	for _, c := range []struct {
		backlog, somaxconn int64
		want               int
	}{{0, 4096, 0}, {5, 4096, 5}, {5, 3, 3}, {-1, 4, 4}, {100000, 4096, 4096}} {
		m := boot(t)
		m.h.Sysctl[tcp.Somaxconn] = c.somaxconn
		at := tcp.Endpoint{Addr: here, Port: 80}
		l := m.listener(at, c.backlog)
		if got := m.h.cap(m.sock(l)); got != c.want {
			t.Errorf("listen(%d) with somaxconn %d is %d, want %d", c.backlog, c.somaxconn, got, c.want)
		}
		if c.want > 10 {
			continue
		}
		for i := range c.want + 1 {
			m.shakeHands(tcp.Endpoint{Addr: there.Addr, Port: uint16(i + 1)}, at)
		}
		m.get(there, at, tcp.SYN, irs, 0)
		if n := len(m.sock(l).Accept); n != c.want+1 || len(m.x.Out) != 0 || m.h.Counters[ListenOverflows] != 1 {
			t.Errorf("listen(%d) holds %d, and the next SYN draws %v", c.backlog, n, m.x.Out)
		}
	}
}

// Check finds what it is there to find: each complaint is made of a host that was sound before.
func TestCheckCanFail(t *testing.T) {
	for want, spoil := range map[string]func(m *machine, l, c *Sock){
		"in the table":             func(_ *machine, _, c *Sock) { c.inTable = false },
		"not found by its 4-tuple": func(_ *machine, _, c *Sock) { c.TCB.Remote.Port++ },
		"its timer is not among":   func(_ *machine, _, c *Sock) { c.TCB.Timer[tcp.RetransmitTimer] = 1 },
		"it has no more":           func(_ *machine, _, c *Sock) { c.heapAt = 1 },
		"its port is not among":    func(m *machine, _, _ *Sock) { m.h.bound = nil },
		"nobody needs it":          func(_ *machine, l, _ *Sock) { l.Refs = 0 },
		"counted as 1":             func(_ *machine, l, _ *Sock) { l.HalfN = 1 },
		"in the accept queue of":   func(m *machine, l, _ *Sock) { m.h.Sysctl[tcp.Somaxconn] = 0; l.Accept = make([]Ref, 2) },
		"in the SYN queue of": func(m *machine, l, _ *Sock) {
			for port := range uint16(2) {
				m.get(tcp.Endpoint{Addr: there.Addr, Port: port + 1}, l.TCB.Local, tcp.SYN, irs, 0)
			}
			m.h.Sysctl[tcp.Somaxconn] = 0
		},
		"waits in accept() though": func(m *machine, _, _ *Sock) { m.h.Tasks[1].Ready = false; m.h.Tasks[1].Blocked = true },
	} {
		m := boot(t)
		at := tcp.Endpoint{Addr: here, Port: 80}
		l := m.listener(at, 3)
		m.blocks(1, Call{Op: OpAccept, FD: l})
		c := m.shakeHands(there, at)
		spoil(m, m.sock(l), c)
		err := m.h.Check()
		if err == nil {
			err = cmp.Or(m.h.CheckGrown(m.sock(l).ID, 0), m.h.CheckGrown(m.sock(l).ID, 1))
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Check says %v, want %q", err, want)
		}
	}
}

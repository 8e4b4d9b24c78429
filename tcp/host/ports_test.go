package host

import (
	"slices"
	"testing"

	"tcptutor/tcp"
)

// KERNEL/10: bind(0) picks odd ports of the range, none twice; connect() even ones first, rising, then odd, then EADDRNOTAVAIL. A
// second destination may have the same ports again.
func TestLocalPorts(t *testing.T) {
	m := boot(t)
	m.h.Sysctl[tcp.PortFirst], m.h.Sysctl[tcp.PortLast] = 32768, 32787
	used := map[uint16]bool{}
	for range 10 {
		fd := m.socket()
		m.gives("", Call{Op: OpBind, FD: fd}, 0, tcp.OK)
		p := m.local(fd).Port
		if p%2 != 1 || p < 32768 || p > 32787 || used[p] {
			t.Errorf("bind(0) gives %d", p)
		}
		used[p] = true
	}
	m.gives("no odd port is free", Call{Op: OpBind, FD: m.socket()}, -1, tcp.EADDRINUSE)

	m = boot(t)
	m.h.Sysctl[tcp.PortFirst], m.h.Sysctl[tcp.PortLast] = 32768, 32787
	m.gives("", Call{Op: OpBind, FD: m.socket(), Addr: tcp.Endpoint{Port: 32770}}, 0, tcp.OK) // nobody else's from now on
	for _, peer := range []tcp.Endpoint{there, {Addr: there.Addr, Port: 443}} {
		clear(used)
		used[32770] = true
		for i := range 19 {
			fd := m.connecting(peer)
			p := m.local(fd).Port
			if want := i < 9; p%2 == 0 != want || p < 32768 || p > 32787 || used[p] {
				t.Errorf("connect() number %d to %v has port %d", i, peer, p)
			}
			used[p] = true
		}
		m.gives("all are taken", Call{Op: OpConnect, FD: m.socket(), Addr: peer}, -1, tcp.EADDRNOTAVAIL)
	}
}

// connecting makes a socket whose non-blocking connect() is under way.
func (m *machine) connecting(peer tcp.Endpoint) int32 {
	m.Helper()
	fd := m.socket()
	m.gives("", Call{Op: OpFcntl, FD: fd, A: FSetFL, B: ONonblock}, 0, tcp.OK)
	m.gives("", Call{Op: OpConnect, FD: fd, Addr: peer}, -1, tcp.EINPROGRESS)
	return fd
}

// KERNEL/6, 10: when a second bind() to a port is refused.
func TestBindConflicts(t *testing.T) {
	other := tcp.IPv4(127, 0, 0, 1)
	for _, c := range []struct {
		name          string
		first, second tcp.Addr
		one, two      Option // set on the first and the second; NumOptions: none
		listens       bool   // the first one
		want          tcp.Errno
	}{
		{"the same", here, here, NumOptions, NumOptions, false, tcp.EADDRINUSE},
		{"the wildcard is every address", tcp.Addr{}, here, NumOptions, NumOptions, false, tcp.EADDRINUSE},
		{"another address", here, other, NumOptions, NumOptions, true, tcp.OK},
		{"SO_REUSEADDR on one", here, here, NumOptions, SoReuseaddr, false, tcp.EADDRINUSE},
		{"SO_REUSEADDR on both", here, here, SoReuseaddr, SoReuseaddr, false, tcp.OK},
		{"SO_REUSEADDR on both, one listens", here, here, SoReuseaddr, SoReuseaddr, true, tcp.EADDRINUSE},
		{"SO_REUSEPORT on one", here, here, SoReuseport, NumOptions, true, tcp.EADDRINUSE},
		{"SO_REUSEPORT on both", here, here, SoReuseport, SoReuseport, true, tcp.OK},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := boot(t)
			a, b := m.socket(), m.socket()
			for fd, o := range map[int32]Option{a: c.one, b: c.two} {
				if o < NumOptions {
					m.gives("", Call{Op: OpSetsockopt, FD: fd, A: int64(o), B: 1}, 0, tcp.OK)
				}
			}
			m.gives("the first", Call{Op: OpBind, FD: a, Addr: tcp.Endpoint{Addr: c.first, Port: 80}}, 0, tcp.OK)
			if c.listens {
				m.gives("the first", Call{Op: OpListen, FD: a, A: 1}, 0, tcp.OK)
			}
			value := int64(0)
			if c.want != tcp.OK {
				value = -1
			}
			m.gives("the second", Call{Op: OpBind, FD: b, Addr: tcp.Endpoint{Addr: c.second, Port: 80}}, value, c.want)
		})
	}
}

// RFC 9293 MUST-44: a socket is bound to an address of this host's, or to none; and once.
func TestBindTakesAddressesOfThisHost(t *testing.T) {
	m := boot(t)
	fd := m.socket()
	m.gives("somebody else's", Call{Op: OpBind, FD: fd, Addr: there}, -1, tcp.EADDRNOTAVAIL)
	m.gives("ours", Call{Op: OpBind, FD: fd, Addr: tcp.Endpoint{Addr: here, Port: 80}}, 0, tcp.OK)
	m.gives("again", Call{Op: OpBind, FD: fd, Addr: tcp.Endpoint{Addr: here, Port: 81}}, -1, tcp.EINVAL)
}

// RFC 9293 MUST-8, MUST-9: an initial number moves on with the clock, and differs by endpoint and by the host's secret.
// RFC 9293 SHLD-1, §3.4.1.
func TestInitialNumbersAreKeyed(t *testing.T) {
	m, other := boot(t), boot(t)
	other.h.Secret++
	at := tcp.Endpoint{Addr: here, Port: 80}
	seen := map[tcp.Seq]string{
		m.h.isn(0, at, there): "the first",
		m.h.isn(0, at, tcp.Endpoint{Addr: there.Addr, Port: there.Port + 1}): "another port",
		m.h.isn(0, at, tcp.Endpoint{Addr: here, Port: there.Port}):           "another address",
		other.h.isn(0, at, there): "another secret",
	}
	if len(seen) != 4 {
		t.Errorf("two are the same: %v", seen)
	}
	const tick = 64 // nanoseconds a number
	if got := m.h.isn(1000*tick, at, there).Since(m.h.isn(0, at, there)); got != 1000 {
		t.Errorf("after 64 µs it has moved on by %d, want 1000", got)
	}
}

// RFC 9293 MUST-43, MUST-45: a local address that was asked for is the connection's, and every segment of it has it.
func TestEverySegmentHasTheConnectionsAddress(t *testing.T) {
	m := boot(t)
	at := tcp.Endpoint{Addr: here, Port: 3000}
	fd := m.socket()
	m.gives("ours", Call{Op: OpBind, FD: fd, Addr: at}, 0, tcp.OK)
	m.blocks(0, Call{Op: OpConnect, FD: fd, Addr: there})
	sent := slices.Clone(m.x.Out)
	m.get(there, at, tcp.SYN|tcp.ACK, irs, m.x.Out[0].Seq+1)
	sent = append(sent, m.x.Out...)
	m.get(there, at, tcp.FIN|tcp.ACK, irs+1, sent[0].Seq+1)
	sent = append(sent, m.x.Out...)
	if len(sent) < 2 {
		t.Fatalf("sent %v", sent)
	}
	for _, s := range sent {
		if s.Src != at {
			t.Errorf("%s comes from %s", s.Flags, s.Src)
		}
	}
}

// RFC 9293 MUST-46: connect() to a multicast or broadcast address is refused, and nothing is sent.
func TestNoConnectionWithAGroup(t *testing.T) {
	for _, a := range []tcp.Addr{tcp.IPv4(224, 0, 0, 1), tcp.IPv4(239, 255, 0, 1), tcp.IPv4(255, 255, 255, 255), {0: 0xff, 1: 2, 15: 1}} {
		m := boot(t)
		m.gives(a.String(), Call{Op: OpConnect, FD: m.socket(), Addr: tcp.Endpoint{Addr: a, Port: 80}}, -1, tcp.ENETUNREACH)
		if len(m.x.Out) > 0 {
			t.Errorf("%s: sent %v", a, m.x.Out)
		}
	}
}

// RFC 9293 MUST-41, MUST-42: a listener is nobody's business but its own: it starts beside connections on its port, and another one
// beside it; neither disturbs the other.
func TestListenersAndConnectionsShareAPort(t *testing.T) {
	m := boot(t)
	at := tcp.Endpoint{Addr: here, Port: 80}
	one := m.listener(at, 5)
	c := m.shakeHands(there, at)
	two := m.listener(tcp.Endpoint{Addr: here, Port: 81}, 5)
	m.gives("the second one ends", Call{Op: OpClose, FD: two}, 0, tcp.OK)
	if m.sock(one).TCB.State != tcp.Listen || c.TCB.State != tcp.Established {
		t.Errorf("the listener is %s, the connection %s", m.sock(one).TCB.State, c.TCB.State)
	}
	m.gives("another call of it", Call{Op: OpListen, FD: one, A: 7}, 0, tcp.OK)
	if d := m.shakeHands(tcp.Endpoint{Addr: there.Addr, Port: there.Port + 1}, at); d.TCB.State != tcp.Established || c.TCB.State != tcp.Established {
		t.Errorf("two connections on its port: %s, %s", c.TCB.State, d.TCB.State)
	}
}

// RFC 9293 SHLD-20: who does not ask for soft errors is not told: no call fails for one.
func TestSoftErrorsAreNotForced(t *testing.T) {
	m := boot(t)
	at := tcp.Endpoint{Addr: here, Port: 80}
	l := m.listener(at, 5)
	s := m.shakeHands(there, at)
	c := int32(m.call(0, Call{Op: OpAccept, FD: l}).Value)
	m.gives("non-blocking", Call{Op: OpFcntl, FD: c, A: FSetFL, B: ONonblock}, 0, tcp.OK)
	m.gives("some bytes", Call{Op: OpWrite, FD: c, Data: "x"}, 1, tcp.OK)
	seg := m.x.Out[0]
	m.h.Unreachable(&m.x, m.now, &seg, tcp.HostUnreachable)
	if s.Soft != tcp.EHOSTUNREACH {
		t.Fatalf("the soft error is %s", s.Soft)
	}
	m.gives("nothing to read", Call{Op: OpRead, FD: c}, -1, tcp.EAGAIN)
	m.gives("more bytes", Call{Op: OpWrite, FD: c, Data: "x"}, 1, tcp.OK)
}

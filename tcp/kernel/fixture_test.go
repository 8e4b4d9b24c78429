//go:build linux

package kernel_test

import (
	"os"
	"testing"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
	"tcptutor/tcp/kernel"
	"tcptutor/tcp/sim"
)

// The far side of the wire is the test's: a peer that says what it is told to.

var (
	v4, v6 = tcp.IPv4(10, 0, 0, 2), tcp.Addr{0: 0xfd, 15: 2}
	peer4  = tcp.Endpoint{Addr: tcp.IPv4(10, 0, 0, 1), Port: 40001}
	peer6  = tcp.Endpoint{Addr: tcp.Addr{0: 0xfd, 15: 1}, Port: 40001}
)

const (
	port    = 8080
	peerISS = tcp.Seq(1000)
	soon    = 2 * time.Second // what happens at once has happened by then, however busy the machine is
	quiet   = 50 * time.Millisecond
)

// subject is a kernel with what it did and nobody has asked for yet.
type subject struct {
	*testing.T
	*kernel.Kernel
	events []sim.SubjectEvent
}

func newSubject(t *testing.T, addr tcp.Addr) *subject {
	t.Helper()
	needKernel(t)
	k, err := kernel.New(addr)
	return holding(t, k, err)
}

// holding is a subject with a kernel that has been made, or not.
func holding(t *testing.T, k *kernel.Kernel, err error) *subject {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := k.Close(); err != nil {
			t.Error(err)
		}
	})
	return &subject{T: t, Kernel: k}
}

func needKernel(t *testing.T) {
	t.Helper()
	if os.Getenv("TCPTUTOR_E2E") != "1" {
		t.Skip("needs the kernel's namespaces: set TCPTUTOR_E2E=1")
	}
}

// take waits for the first event that is wanted, and leaves the others.
func (s *subject) take(what string, wanted func(*sim.SubjectEvent) bool) sim.SubjectEvent {
	s.Helper()
	for deadline := s.Now().Add(soon); ; {
		for i := range s.events {
			if e := s.events[i]; wanted(&e) {
				s.events = append(s.events[:i], s.events[i+1:]...)
				return e
			}
		}
		if s.Now() > deadline {
			s.Fatalf("%s: it did not come; what came: %v", what, s.events)
		}
		s.wait(deadline)
	}
}

func (s *subject) wait(until tcp.Time) {
	s.Helper()
	var err error
	if s.events, err = s.Wait(until, s.events); err != nil {
		s.Fatal(err)
	}
}

// silent fails if anything that nobody asked for has happened, or happens within a moment.
func (s *subject) silent() {
	s.Helper()
	for until := s.Now().Add(quiet); s.Now() < until; {
		s.wait(until)
	}
	if len(s.events) > 0 {
		s.Fatalf("unexpected: %v", s.events)
	}
}

// call makes a call and waits for its return.
func (s *subject) call(thread int, c host.Call) host.Result {
	s.Helper()
	s.start(thread, c)
	return s.returns(thread)
}

func (s *subject) start(thread int, c host.Call) {
	s.Helper()
	if err := s.Start(thread, c); err != nil {
		s.Fatal(err)
	}
}

func (s *subject) returns(thread int) host.Result {
	s.Helper()
	return s.take("the return", func(e *sim.SubjectEvent) bool { return !e.Sent && e.Thread == thread }).Result
}

// must makes a call that has to succeed.
func (s *subject) must(thread int, c host.Call) host.Result {
	s.Helper()
	r := s.call(thread, c)
	if r.Errno != tcp.OK {
		s.Fatalf("%v: %v", c, r.Errno)
	}
	return r
}

// sent is the next segment that the kernel sends.
func (s *subject) sent() tcp.Segment {
	s.Helper()
	return s.take("a segment", func(e *sim.SubjectEvent) bool { return e.Sent }).Seg
}

func (s *subject) inject(seg tcp.Segment) {
	s.Helper()
	if err := s.Inject(seg); err != nil {
		s.Fatal(err)
	}
}

func (s *subject) look() *host.Host {
	s.Helper()
	h := new(host.Host)
	if err := s.Look(h); err != nil {
		s.Fatal(err)
	}
	return h
}

// listener opens a listening socket: descriptor 3.
func (s *subject) listener(family, backlog int64) {
	s.Helper()
	fd := int32(s.must(0, host.Call{Op: host.OpSocket, A: family, B: host.SockStream}).Value)
	s.must(0, host.Call{Op: host.OpBind, FD: fd, Addr: tcp.Endpoint{Port: port}})
	s.must(0, host.Call{Op: host.OpListen, FD: fd, A: backlog})
}

// from is a segment of a peer's.
func from(peer tcp.Endpoint, flags tcp.Flags, seq, ack tcp.Seq) tcp.Segment {
	to := tcp.Endpoint{Addr: v4, Port: port}
	if !peer.Addr.Is4() {
		to.Addr = v6
	}
	return tcp.Segment{Src: peer, Dst: to, Flags: flags, Seq: seq, Ack: ack, Wnd: 64240}
}

// handshake opens a connection from a peer without options, and returns the kernel's first sequence number.
func (s *subject) handshake(peer tcp.Endpoint) tcp.Seq {
	s.Helper()
	s.inject(from(peer, tcp.SYN, peerISS, 0))
	answer := s.sent()
	if answer.Flags != tcp.SYN|tcp.ACK || answer.Ack != peerISS+1 {
		s.Fatalf("the answer to the SYN is %v ack %d", answer.Flags, answer.Ack)
	}
	s.inject(from(peer, tcp.ACK, peerISS+1, answer.Seq+1))
	return answer.Seq
}

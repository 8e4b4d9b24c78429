//go:build linux

package kernel_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
	"tcptutor/tcp/kernel"
)

// Where there are no veth devices a TUN device is the wire: a connection opens, carries a burst both ways and closes.
func TestWithoutVethTUNCarries(t *testing.T) {
	needKernel(t)
	for _, c := range []struct {
		name   string
		addr   tcp.Addr
		peer   tcp.Endpoint
		family int64
	}{{"IPv4", v4, peer4, host.AFInet}, {"IPv6", v6, peer6, host.AFInet6}} {
		t.Run(c.name, func(t *testing.T) {
			k, err := kernel.NewWithoutVeth(c.addr)
			if m, ok := errors.AsType[*kernel.Missing](err); ok && m.Lack == kernel.NoWire {
				t.Skip(m)
			}
			s := holding(t, k, err)
			if s.HearsItself() {
				t.Error("a TUN device hears what the host says to itself")
			}
			s.listener(c.family, 5)
			iss := s.handshake(c.peer)
			s.must(0, host.Call{Op: host.OpAccept, FD: 3})
			s.carry(c.peer, iss)
			s.must(0, host.Call{Op: host.OpClose, FD: 4})
			if fin := s.sent(); !fin.Flags.Has(tcp.FIN) || fin.Src.Port != port {
				t.Errorf("close() sends %+v", fin)
			}
		})
	}
}

// carry sends data to the program behind descriptor 4, and lets it answer with more than one segment.
func (s *subject) carry(peer tcp.Endpoint, iss tcp.Seq) {
	s.Helper()
	seg := from(peer, tcp.PSH|tcp.ACK, peerISS+1, iss+1)
	seg.Data = "a question"
	before := s.Now()
	s.inject(seg)
	ack := s.sent()
	if after := s.Now(); ack.Ack != peerISS+1+tcp.Seq(len(seg.Data)) {
		s.Fatalf("the data is answered by %+v between %v and %v", ack, before, after)
	}
	if r := s.must(0, host.Call{Op: host.OpRead, FD: 4, A: 100}); r.Data != seg.Data {
		s.Fatalf("read() = %+v", r)
	}
	answer := strings.Repeat("an answer ", 500)
	s.must(0, host.Call{Op: host.OpWrite, FD: 4, Data: answer})
	got := ""
	for len(got) < len(answer) {
		got += s.sent().Data
	}
	if got != answer {
		s.Errorf("%d bytes have come, and not those that were written", len(got))
	}
	s.inject(from(peer, tcp.ACK, peerISS+1+tcp.Seq(len(seg.Data)), iss+1+tcp.Seq(len(answer))))
}

// Where not even that can be opened the error says so.
func TestWithoutAnyWire(t *testing.T) {
	needKernel(t)
	needRoot(t)
	info, err := os.Stat("/dev/net/tun")
	if err == nil && info.Mode().Perm()&0o006 == 0o006 {
		t.Skip("everybody may open /dev/net/tun here")
	}
	isMissing(t, again("no-veth", asNobody), kernel.NoWire, "/dev/net/tun", "modprobe veth")
}

package sim_test

import (
	"testing"
	"time"

	"tcptutor/tcp"
)

// unreachable lets an ICMP error about the host's segment seq arrive.
func (l *lab) unreachable(seq int, code tcp.Unreachable) {
	l.Helper()
	seg := tcp.Segment{Src: l.host, Dst: l.peer, Seq: l.iss.Add(seq)}
	if !l.w.Unreachable(l.p, &l.s, &seg, code) {
		l.Fatal("no host has sent that")
	}
	l.run(0)
}

// KERNEL/7.23: ICMP in SYN_SENT aborts on soft codes too.
func TestKernel7IcmpInSynSent(t *testing.T) {
	for code, want := range map[tcp.Unreachable]string{
		tcp.NetUnreachable: "ENETUNREACH", tcp.HostUnreachable: "EHOSTUNREACH", tcp.SourceRouteFailed: "EOPNOTSUPP",
		tcp.PortUnreachable: "ECONNREFUSED",
	} {
		l := newLab(t, dialling)
		l.unreachable(1000, code)
		l.wants("a stray one", l.answers(), "", tcp.SynSent)
		l.unreachable(0, code)
		l.wants(want, l.answers(), "", tcp.Closed)
		if l.last() != want {
			t.Errorf("code %d: connect() gives %s, want %s", code, l.last(), want)
		}
	}
	l := newLab(t, "book rfc9293\n"+dialling)
	l.unreachable(0, tcp.HostUnreachable)
	l.wants("by the RFC a soft error", l.answers(), "", tcp.SynSent)
	l.unreachable(0, tcp.PortUnreachable)
	l.wants("and a hard one", l.answers(), "", tcp.Closed)
}

// KERNEL/7.24: in ESTABLISHED not even codes 2 and 3 abort; SO_ERROR tells, once.
// RFC 9293 §3.9.2.2, MUST-47, SHLD-25: soft errors can be asked for.
func TestKernel7IcmpInEstablished(t *testing.T) {
	for code, want := range map[tcp.Unreachable]string{tcp.HostUnreachable: "113", tcp.ProtocolUnreachable: "92", tcp.PortUnreachable: "111"} {
		l := established(t, "h write(c, \"x\")\nh wait 1s\nh getsockopt(c, SO_ERROR)\nh wait 1s\nh getsockopt(c, SO_ERROR)\n")
		l.unreachable(1, code)
		l.wants("ICMP", l.answers(), "", tcp.Established)
		for _, gives := range []string{want, "0"} {
			l.run(time.Second)
			if got := l.last(); got != gives {
				t.Errorf("code %d: SO_ERROR gives %s, want %s", code, got, gives)
			}
		}
	}
}

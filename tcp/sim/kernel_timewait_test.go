package sim_test

import (
	"strconv"
	"testing"
	"time"

	"tcptutor/tcp"
)

// stamped is a connection with timestamps in TIME_WAIT, its peer's last one 1000.
func stamped(t *testing.T, settings string) *lab {
	t.Helper()
	l := newLab(t, settings+serving+"h shutdown(c, SHUT_WR)\n")
	l.ts = 1000
	l.run(time.Millisecond)
	l.shake()
	l.get(finAck, 1, 2, "")
	if l.state() != tcp.TimeWait {
		t.Fatalf("the state is %s", l.state())
	}
	return l
}

// left is what is left of TIME_WAIT.
func (l *lab) left() time.Duration {
	return l.w.Hosts[0].Peer(l.host, l.peer).Timer[tcp.TimeWaitTimer].Since(l.w.Now)
}

// KERNEL/6.3: a new SYN is taken with a higher number or a later timestamp; its ISN is 65537 past the old connection's last number.
// RFC 9293 SHLD-4.
func TestKernel6NewSynInTimeWait(t *testing.T) {
	for _, c := range []struct {
		seq int
		ts  uint32
	}{{3, 0}, {1 << 20, 0}, {-5, 1001}, {3, 1000}} {
		l := stamped(t, "")
		if c.ts == 0 {
			l = in(t, tcp.TimeWait, "")
		}
		l.ts = c.ts
		old := l.iss
		l.wants("SYN", l.get(syn, c.seq, 0, ""), "SYN,ACK 0:"+strconv.Itoa(c.seq+1), tcp.SynRcvd)
		if got := l.iss.Since(old); got != 2+65537 {
			t.Errorf("the new ISN is the old one + %d", got)
		}
	}
}

// KERNEL/6.4, 6.15: a SYN with a lower timestamp is PAWS's: an ACK, and 60 s anew.
func TestKernel6SynInTimeWaitPAWS(t *testing.T) {
	l := stamped(t, "")
	l.run(10 * time.Second)
	l.ts = 999
	l.wants("SYN", l.get(syn, 1000, 0, ""), "ACK 2:2", tcp.TimeWait)
	if l.left() != time.Minute {
		t.Errorf("%v left", l.left())
	}
}

// KERNEL/6.5, 6.15: a SYN with a lower number and the same timestamp, or none, gets an ACK with the old numbers, and nothing anew; the
// caller's RST ends TIME_WAIT, and its next SYN is taken.
func TestKernel6OldSynInTimeWait(t *testing.T) {
	for _, ts := range []uint32{0, 1000} {
		l := stamped(t, "")
		if ts == 0 {
			l = in(t, tcp.TimeWait, "")
		}
		l.run(10 * time.Second)
		l.ts = ts
		before := l.left()
		l.wants("SYN", l.get(syn, -100, 0, ""), "ACK 2:2", tcp.TimeWait)
		if l.left() != before {
			t.Errorf("the wait has started anew: %v left", l.left())
		}
		l.ts = 0
		l.wants("RST", l.get(rst, 2, 0, ""), "", tcp.Closed)
		l.wants("SYN again", l.get(syn, -100, 0, ""), "SYN,ACK 0:-99", tcp.SynRcvd)
	}
}

// KERNEL/6.6: no listener: an ACK first; when the RST has ended TIME_WAIT, the SYN is refused.
func TestKernel6SynInTimeWaitNoListener(t *testing.T) {
	l := in(t, tcp.TimeWait, "h close(s)\n")
	l.wants("SYN", l.get(syn, 1000, 0, ""), "ACK 2:2", tcp.TimeWait)
	l.wants("RST", l.get(rst, 2, 0, ""), "", tcp.Closed)
	l.wants("SYN again", l.get(syn, 1000, 0, ""), "RST,ACK 0:1001", tcp.Closed)
}

// KERNEL/6.13: a RST with the exact number ends TIME_WAIT, unless tcp_rfc1337 is set; another number is ignored.
func TestKernel6ResetInTimeWait(t *testing.T) {
	l := stamped(t, "")
	l.run(10 * time.Second)
	before := l.left()
	l.wants("seq+1", l.get(rst, 3, 0, ""), "", tcp.TimeWait)
	if l.left() != before {
		t.Error("the wait has started anew")
	}
	l.wants("exact", l.get(rst, 2, 0, ""), "", tcp.Closed)
	l = stamped(t, "h sysctl net.ipv4.tcp_rfc1337 1\n")
	l.wants("tcp_rfc1337", l.get(rst, 2, 0, ""), "", tcp.TimeWait)
}

// KERNEL/6.14, 6.15, 7.21: a bare ACK at the number expected is not answered; another number, data or a FIN, with ACK or without,
// is acknowledged again. Each starts the 60 s anew.
func TestKernel6SegmentInTimeWait(t *testing.T) {
	for what, c := range map[string]struct {
		fl   tcp.Flags
		seq  int
		data string
		want string
	}{
		"bare ACK":      {ack, 2, "", ""},
		"old bare ACK":  {ack, 1, "", "ACK 2:2"},
		"beyond":        {ack, 1 << 20, "", "ACK 2:2"},
		"data":          {ack, 2, "x", "ACK 2:2"},
		"FIN again":     {finAck, 1, "", "ACK 2:2"},
		"FIN, no ACK":   {fin, 1, "", "ACK 2:2"},
		"FIN, new, ACK": {finAck, 2, "", "ACK 2:2"},
	} {
		l := stamped(t, "")
		l.run(10 * time.Second)
		l.wants(what, l.get(c.fl, c.seq, 2, c.data), c.want, tcp.TimeWait)
		if c.fl.Has(ack) && l.left() != time.Minute {
			t.Errorf("%s: %v left", what, l.left())
		}
	}
}

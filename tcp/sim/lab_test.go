package sim_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/scenario"
	"tcptutor/tcp/sim"
)

// lab is one Linux host, h, and a peer outside of the world that sends it whatever a test wants. The peer's numbers are given and
// shown relative to its own initial one, the host's to the host's.
type lab struct {
	testing.TB
	p    *sim.Program
	w    *sim.World
	s    sim.Step
	host tcp.Endpoint
	peer tcp.Endpoint
	iss  tcp.Seq // the host's initial number, as soon as it has sent it
	ts   uint32  // the peer's timestamp; 0: it sends none
	sent []tcp.Segment

	watch func(*sim.Step) // sees every step, if it is there
}

const irs = tcp.Seq(500_000)

// newLab runs the host's program until it waits.
func newLab(t testing.TB, program string) *lab {
	t.Helper()
	p, errs := scenario.Parse("lab", []byte(program))
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	l := &lab{TB: t, p: p, w: sim.NewWorld(p), host: tcp.Endpoint{Addr: p.Hosts[0].Addr, Port: 8080},
		peer: tcp.Endpoint{Addr: tcp.IPv4(10, 9, 9, 9), Port: 9}}
	l.run(0)
	return l
}

const serving = `
h s = socket()
h bind(s, 8080)
h listen(s, 10)
h c = accept(s)
`

const dialling = `
h s = socket()
h bind(s, 8080)
h connect(s, 10.9.9.9:9)
`

// run lets the time pass and collects what the host sends.
func (l *lab) run(d time.Duration) {
	l.Helper()
	end := l.w.Now.Add(d)
	l.sent = nil
	for l.w.Next() <= end && l.w.Step(l.p, &l.s) {
		if err := l.w.Check(l.p); err != nil {
			l.Fatal(err)
		}
		if l.watch != nil {
			l.watch(&l.s)
		}
		for i := range l.s.Sent {
			seg := l.s.Sent[i].Seg
			if seg.Flags.Has(tcp.SYN) {
				l.iss = seg.Seq
			}
			l.sent = append(l.sent, seg)
		}
	}
	l.w.Advance(end)
}

// get lets a segment of the peer's arrive and gives the host's answer, such as "ACK 1:1" or "RST,ACK 0:1"; "" when there is none.
func (l *lab) get(fl tcp.Flags, seq, ack int, data string) string {
	l.Helper()
	seg := tcp.Segment{Src: l.peer, Dst: l.host, Seq: irs.Add(seq), Flags: fl, Wnd: 8000, Data: data}
	if fl.Has(tcp.ACK) {
		seg.Ack = l.iss.Add(ack)
	}
	if l.ts != 0 {
		seg.Opt.Set, seg.Opt.TSVal = tcp.OptTS, l.ts
	}
	if !l.w.Inject(seg) {
		l.Fatal("the segment has no way to the host")
	}
	l.run(0)
	return l.answers()
}

// answers is what the host has sent since.
func (l *lab) answers() string {
	var out []string
	for i := range l.sent {
		s := &l.sent[i]
		seq := s.Seq.Since(l.iss)
		if s.Seq == 0 {
			seq = 0
		}
		text := fmt.Sprintf("%s %d", s.Flags, seq)
		if s.Flags.Has(tcp.ACK) {
			text += fmt.Sprintf(":%d", s.Ack.Since(irs))
		}
		out = append(out, text)
	}
	return strings.Join(out, " ")
}

// wants holds an answer and the connection's state.
func (l *lab) wants(what, got, want string, s tcp.State) {
	l.Helper()
	if got != want {
		l.Errorf("%s: the answer is %q, want %q", what, got, want)
	}
	if now := l.state(); now != s {
		l.Errorf("%s: the state is %s, want %s", what, now, s)
	}
}

func (l *lab) state() tcp.State {
	if t := l.w.Hosts[0].Peer(l.host, l.peer); t != nil {
		return t.State
	}
	return tcp.Closed
}

// last is what the last call of the host's first thread gave: its errno, or its value.
func (l *lab) last() string {
	r := l.w.Hosts[0].Tasks[0].Result
	if r.Errno != tcp.OK {
		return r.Errno.String()
	}
	return fmt.Sprint(r.Value)
}

// established brings a connection about: the peer dials, the host accepts.
func established(t *testing.T, after string) *lab {
	t.Helper()
	l := newLab(t, serving+after)
	l.run(time.Millisecond)
	l.shake()
	if l.state() < tcp.Established {
		t.Fatalf("the state is %s", l.state())
	}
	return l
}

// shake is the handshake.
func (l *lab) shake() {
	l.get(tcp.SYN, 0, 0, "")
	l.get(tcp.ACK, 1, 1, "")
}

// in brings a connection of which a program holds the descriptor into a state after ESTABLISHED.
func in(t *testing.T, s tcp.State, after string) *lab {
	t.Helper()
	const fin = tcp.FIN | tcp.ACK
	shut := "h shutdown(c, SHUT_WR)\n"
	var l *lab
	switch s {
	case tcp.FinWait1:
		l = established(t, shut+after)
	case tcp.FinWait2:
		l = established(t, shut+after)
		l.get(tcp.ACK, 1, 2, "")
	case tcp.Closing:
		l = established(t, shut+after)
		l.get(fin, 1, 1, "")
	case tcp.CloseWait:
		l = established(t, after)
		l.get(fin, 1, 1, "")
	case tcp.LastAck:
		l = established(t, "h read(c)\n"+shut+after)
		l.get(fin, 1, 1, "")
	case tcp.TimeWait:
		l = established(t, shut+after)
		l.get(fin, 1, 2, "")
	default:
		l = established(t, after)
	}
	l.run(50 * time.Millisecond) // the delayed ACK of the FIN
	if l.state() != s {
		t.Fatalf("the state is %s, not %s", l.state(), s)
	}
	return l
}

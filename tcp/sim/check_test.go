package sim

import (
	"strings"
	"testing"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
)

func note(s *Step, f tcp.Fact) { s.Facts = append(s.Facts, f) }

func change(s *Step, field tcp.Field, from, to int64) {
	note(s, tcp.Fact{Kind: tcp.Changed, Field: field, Conn: 1, From: from, To: to})
}

func sound(w *World, p *Program, s *Step) error {
	if err := w.Check(p); err != nil {
		return err
	}
	return w.CheckStep(s)
}

// Each invariant of a world and of a step can fail: its complaint is made of a run that was sound before.
func TestCheckFindsWhatIsWrong(t *testing.T) {
	p := textbook("linux", 0)
	for want, spoil := range map[string]func(*World, *Step){
		"was sent by no rule": func(_ *World, s *Step) { note(s, tcp.Fact{Kind: tcp.SegmentSent}) },
		"has no reason":       func(_ *World, s *Step) { s.Sent = append(s.Sent, Packet{}) },
		"in the accept queue": func(w *World, s *Step) {
			w.Hosts[1].Socks[0].Accept = make([]host.Ref, 12)
			w.Hosts[1].Tasks[0].Ready = true
			note(s, tcp.Fact{Kind: tcp.QueueChanged, Host: 1, Conn: 1, Field: 1, To: 12})
		},
		"is no arrow":            func(_ *World, s *Step) { change(s, tcp.FieldState, int64(tcp.Closed), int64(tcp.Established)) },
		"SND.UNA moves back":     func(_ *World, s *Step) { change(s, tcp.FieldSndUNA, 2, 1) },
		"SND.NXT moves back":     func(_ *World, s *Step) { change(s, tcp.FieldSndNXT, 2, 1) },
		"RCV.NXT moves back":     func(_ *World, s *Step) { change(s, tcp.FieldRcvNXT, 2, 1) },
		"RCV.EDGE moves back":    func(_ *World, s *Step) { change(s, tcp.FieldRcvEdge, 2, 1) },
		"bytes were taken in":    func(_ *World, s *Step) { note(s, tcp.Fact{Kind: tcp.BytesIn, To: 5}) },
		"RCV.NXT has moved by 2": func(_ *World, s *Step) { change(s, tcp.FieldRcvNXT, 1, 3) },
		"the facts say CLOSED":   func(_ *World, s *Step) { change(s, tcp.FieldState, int64(tcp.Established), int64(tcp.Closed)) },
		"should have arrived":    func(w *World, _ *Step) { w.Wire[0].ArriveAt = w.Now - 1 },
		"waits in accept()":      func(w *World, _ *Step) { w.Hosts[1].Socks[0].TCB.State = tcp.Closed },
		"another byte": func(w *World, _ *Step) {
			sent := w.Hosts[0].Socks[0].TCB.Sent[0]
			to := w.Hosts[1].Peer(w.Hosts[0].Socks[0].TCB.Remote, w.Hosts[0].Socks[0].TCB.Local)
			to.In, to.Unread = []string{"x"}, 1
			to.Rcv.NXT = sent.Seq + 1
		},
	} {
		// The step in which the client has written, its segment is on the wire and the server waits for it.
		w := NewWorld(p)
		var s Step
		for w.Step(p, &s) && (s.Host != 0 || len(s.Sent) == 0 || s.Sent[0].Seg.Data == "") {
		}
		if err := sound(w, p, &s); err != nil {
			t.Fatalf("not sound to begin with: %v", err)
		}
		spoil(w, &s)
		if err := sound(w, p, &s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the checks say %v, want %q", err, want)
		}
	}
}

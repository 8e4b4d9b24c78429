package tcp

import (
	"strings"
	"testing"
)

// Each invariant of a connection can fail: its complaint is made of a connection that was sound before.
func TestCheckFindsWhatIsWrong(t *testing.T) {
	held := func(seq Seq, data string) func(*TCB) {
		return func(t *TCB) { t.Held = append(t.Held, Held{Seq: seq, Data: data}) }
	}
	for _, c := range []struct {
		in    State
		want  string
		spoil func(*TCB)
	}{
		{Closed, "CLOSED with segments queued", func(t *TCB) { t.Out = []string{"x"} }},
		{Listen, "LISTEN with a timer running", func(t *TCB) { t.Timer[KeepaliveTimer] = 1 }},
		{Established, "is past SND.NXT", func(t *TCB) { t.Snd.UNA = t.Snd.NXT + 1 }},
		{SynSent, "is before ISS", func(t *TCB) { t.Snd.ISS++ }},
		{Established, "is not past IRS", func(t *TCB) { t.Rcv.IRS = t.Rcv.NXT }},
		{SynRcvd, "though our SYN is not acknowledged", func(t *TCB) { t.State = Established }},
		{Established, "is past the window's edge", func(t *TCB) { t.Rcv.Edge = t.Rcv.NXT - 2 }},
		{FinWait1, "has a gap at", func(t *TCB) { t.Sent[0].Seq++ }},
		{FinWait1, "SND.NXT is", func(t *TCB) { t.Snd.NXT++ }},
		{Established, "1 bytes wait to be sent, not 0", func(t *TCB) { t.Out = []string{"x"} }},
		{Established, "1 bytes wait to be read, not 2", func(t *TCB) { t.In, t.Unread = []string{"x"}, 2 }},
		{Established, "held run 0 at 500001 is out of place", held(irs+1, "x")},
		{Established, "held run 1 at 500010 is out of place", func(t *TCB) { held(irs+10, "xx")(t); held(irs+10, "x")(t) }},
		{Established, "past the window's edge", held(irs+1<<17, "x")},
		{Established, "an ACK that must not wait", func(t *TCB) { t.Ack = AckNow }},
		{Established, "an ACK that waits for no timer", func(t *TCB) { t.Ack = AckDelay }},
		{Established, "something to send and nothing that will send it", func(t *TCB) { t.FinQueue = true }},
		{CloseWait, "a congestion window of nothing", func(t *TCB) { t.Cwnd = 0 }},
		{Established, "with the time-wait timer running", func(t *TCB) { t.Timer[TimeWaitTimer] = 1 }},
		{FinWait1, "segments in flight and no timer for them", func(t *TCB) { t.Timer = [NumTimers]Time{} }},
		{TimeWait, "TIME_WAIT for ever", func(t *TCB) { t.Timer[TimeWaitTimer] = 0 }},
	} {
		f := in(t, "linux", c.in)
		if c.in == FinWait1 && f.t.State != FinWait1 {
			t.Fatal(f.t.State)
		}
		if err := f.t.Check(); err != nil {
			t.Errorf("%s was not sound to begin with: %v", c.in, err)
		}
		c.spoil(&f.t)
		if err := f.t.Check(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: Check says %v, want %q", c.in, err, c.want)
		}
	}
}

// Every timer but one that a state has is one that the state must not have.
func TestTimersRunOnlyWhereTheirStateHasThem(t *testing.T) {
	for i := range Timer(NumTimers) {
		for s := SynSent; s < NumStates; s++ {
			f := in(t, "linux", s)
			f.t.Timer[i] = 1
			allowed := false
			for _, a := range timerStates[i] {
				allowed = allowed || a == s
			}
			if err := f.t.Check(); (err == nil) != allowed {
				t.Errorf("%s with the %s timer: %v", s, i, err)
			}
		}
	}
}

// What one end has taken in, or holds early, is compared with what the other end still remembers.
func TestUnlikeFindsAnotherByte(t *testing.T) {
	sender := TCB{Sent: []Flight{{Seq: 1000, Data: "hello"}, {Seq: 1005, Data: "world"}}}
	for _, c := range []struct {
		what  string
		r     TCB
		found bool
	}{
		{"nothing", TCB{}, false},
		{"the same", TCB{Vars: Vars{Rcv: RecvVars{NXT: 1010}, Control: Control{Unread: 10}}, In: []string{"hel", "loworld"}}, false},
		{"the same, with a FIN after it", TCB{Vars: Vars{Rcv: RecvVars{NXT: 1011}, Control: Control{Unread: 10}}, In: []string{"helloworld"}, Traits: Traits{PeerClosed: true}}, false},
		{"another byte", TCB{Vars: Vars{Rcv: RecvVars{NXT: 1010}, Control: Control{Unread: 10}}, In: []string{"hel", "lowerld"}}, true},
		{"a byte twice", TCB{Vars: Vars{Rcv: RecvVars{NXT: 1006}, Control: Control{Unread: 6}}, In: []string{"hhello"}}, true},
		{"another byte held early", TCB{Held: []Held{{Seq: 1006, Data: "arld"}}}, true},
		{"older than what is remembered", TCB{Vars: Vars{Rcv: RecvVars{NXT: 1000}, Control: Control{Unread: 3}}, In: []string{"xyz"}}, false},
	} {
		if at, ok := sender.Unlike(&c.r); ok != c.found {
			t.Errorf("%s: %d, %t", c.what, at, ok)
		}
	}
}

// RFC 9293 SHLD-31: what came early is delivered from where what fills the gap ends; what that covers, a FIN too, is dropped.
func TestHeldRunsThatTheGapOverlaps(t *testing.T) {
	for _, c := range []struct {
		what, early, late string
		at                int // where the early run begins, from the first byte
		fin               bool
		want              string
		next              State
	}{
		{"they meet", "world", "hello", 5, false, "helloworld", Established},
		{"they overlap", "loworld", "hello", 3, false, "helloworld", Established},
		{"all of it again, and more", "low", "helloworld", 3, false, "helloworld", Established},
		{"the same end", "rld", "helloworld", 7, false, "helloworld", Established},
		{"with a FIN", "loworld", "hello", 3, true, "helloworld", CloseWait},
		{"a FIN beyond the window", strings.Repeat("x", 1<<17), "hello", 100, true, "hello", Established},
		{"a FIN in the midst", "", "helloworld", 4, true, "helloworld", Established},
	} {
		for _, book := range []string{"linux", "rfc9293"} {
			f := in(t, book, Established)
			fl := ACK
			if c.fin {
				fl |= FIN
			}
			f.get((irs + 1).Add(c.at), iss+1, fl, c.early)
			f.get(irs+1, iss+1, ACK, c.late)
			held := len(f.t.Held) > 0 && len(c.early) < 1<<16
			if got := strings.Join(f.t.In, ""); got != c.want || held || f.t.State != c.next {
				t.Errorf("%s, %s: %q is in store, %v held, state %s", book, c.what, got, f.t.Held, f.t.State)
			}
		}
	}
}

// A FIN in order is the end: what was held beyond it is dropped (tcp_input.c tcp_fin).
func TestNothingComesAfterTheFIN(t *testing.T) {
	f := in(t, "linux", Established)
	f.get(irs+11, iss+1, ACK, "late")
	f.get(irs+1, iss+1, FIN|ACK, "hello")
	if f.t.State != CloseWait || len(f.t.Held) > 0 || f.t.NBlocks > 0 {
		t.Errorf("state %s, %v held, %d blocks", f.t.State, f.t.Held, f.t.NBlocks)
	}
}

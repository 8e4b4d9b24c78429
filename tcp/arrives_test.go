package tcp

import (
	"testing"
	"time"
)

// Fixtures by state, with numbers that tell themselves apart: ours are in the thousands, the peer's in the hundreds of
// thousands.
const (
	iss = Seq(1000)
	irs = Seq(500_000)
)

// fixture is a connection in a state, and the turn that events are given to it by.
type fixture struct {
	*testing.T
	x Turn
	t TCB
}

func in(t *testing.T, book string, s State) *fixture {
	t.Helper()
	b, err := FindBook(book)
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{T: t}
	f.x.Reset(Time(time.Second), b, &b.Sysctls)
	f.x.Queues = Queues{Listening: true, Backlog: 5}
	f.t.Local, f.t.Remote = Endpoint{IPv4(10, 0, 0, 1), 40000}, Endpoint{IPv4(10, 0, 0, 2), 80}
	f.t.MSSLocal = 1460
	f.x.ISS = iss
	f.bring(s)
	f.clear()
	return f
}

// bring plays a connection into a state by calls and segments.
func (f *fixture) bring(s State) {
	passive := s == SynRcvd
	switch {
	case s == Closed:
		return
	case s == Listen:
		f.t.State = Listen
		return
	case passive:
		f.t.RcvBuf = 1
		f.x.Seg = Segment{Src: f.t.Remote, Dst: f.t.Local, Seq: irs, Flags: SYN, Wnd: 8000}
		Call(&f.x, &f.t, DoorSpawn)
		return
	}
	f.x.ISS = iss
	Call(&f.x, &f.t, DoorOpen)
	if s == SynSent {
		return
	}
	f.get(irs, iss+1, SYN|ACK, "")
	switch s {
	case FinWait1, FinWait2, Closing, TimeWait:
		Call(&f.x, &f.t, DoorClose)
	case CloseWait, LastAck:
		f.get(irs+1, iss+1, FIN|ACK, "")
	}
	switch s {
	case FinWait2, TimeWait:
		f.get(irs+1, iss+2, ACK, "")
	case Closing:
		f.get(irs+1, iss+1, FIN|ACK, "")
	case LastAck:
		Call(&f.x, &f.t, DoorClose)
	}
	if s == TimeWait {
		f.get(irs+1, iss+2, FIN|ACK, "")
	}
}

func (f *fixture) clear() { f.x.Reset(f.x.Now, f.x.Book, f.x.Sysctl) }

// get lets a segment arrive.
func (f *fixture) get(seq, ack Seq, fl Flags, data string) {
	f.clear()
	f.x.Seg = Segment{Src: f.t.Remote, Dst: f.t.Local, Seq: seq, Ack: ack, Flags: fl, Wnd: 8000, Data: data}
	Arrive(&f.x, &f.t)
	if err := f.t.Check(); err != nil {
		f.Error(err)
	}
}

// wants holds the state and what was sent: the flags of each segment, in order.
func (f *fixture) wants(s State, sent ...Flags) {
	f.Helper()
	if f.t.State != s {
		f.Errorf("state %s, want %s", f.t.State, s)
	}
	if len(f.x.Out) != len(sent) {
		f.Errorf("%d segments sent, want %d: %v", len(f.x.Out), len(sent), f.x.Out)
		return
	}
	for i := range sent {
		if f.x.Out[i].Flags != sent[i] {
			f.Errorf("segment %d is %s, want %s", i, f.x.Out[i].Flags, sent[i])
		}
	}
}

// RFC 9293 §3.3.2: the eleven states, each reached by calls and segments.
func TestFixturesReachTheirStates(t *testing.T) {
	for s := Closed; s < NumStates; s++ {
		for _, b := range []string{"linux", "rfc9293"} {
			if f := in(t, b, s); f.t.State != s {
				t.Errorf("%s: the fixture for %s is in %s", b, s, f.t.State)
			}
		}
	}
}

// RFC 9293 §3.10.7.1: CLOSED. Without ACK: <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>; with: <SEQ=SEG.ACK><CTL=RST>.
func TestClosedAnswers(t *testing.T) {
	f := in(t, "rfc9293", Closed)
	f.get(irs, 0, SYN, "abc")
	f.wants(Closed, RST|ACK)
	if o := f.x.Out[0]; o.Seq != 0 || o.Ack != irs+4 {
		t.Errorf("seq %d ack %d", o.Seq, o.Ack)
	}
	f.get(irs, 77, ACK, "")
	f.wants(Closed, RST)
	if o := f.x.Out[0]; o.Seq != 77 {
		t.Errorf("seq %d", o.Seq)
	}
	f.get(irs, 0, RST, "")
	f.wants(Closed)
}

// RFC 9293 §3.10.7.2: LISTEN. KERNEL §7: what a listener answers and what it ignores.
func TestListenAnswers(t *testing.T) {
	for _, c := range []struct {
		book string
		fl   Flags
		data string
		sent []Flags
	}{
		{"linux", ACK, "", []Flags{RST}}, {"linux", FIN | ACK, "", []Flags{RST}}, {"linux", ACK, "x", []Flags{RST}},
		{"linux", SYN | ACK, "", []Flags{RST}}, {"linux", RST, "", nil}, {"linux", FIN, "", nil},
		{"linux", SYN | FIN, "", nil}, {"linux", SYN | RST, "", nil}, {"linux", 0, "x", nil},
		{"rfc9293", ACK, "", []Flags{RST}}, {"rfc9293", RST | ACK, "", nil}, {"rfc9293", FIN, "", nil},
	} {
		f := in(t, c.book, Listen)
		f.get(irs, 77, c.fl, c.data)
		f.wants(Listen, c.sent...)
		if f.x.Events&EvSpawn != 0 {
			t.Errorf("%s: %s makes a connection", c.book, c.fl)
		}
	}
	f := in(t, "linux", Listen)
	f.get(irs, 0, SYN, "")
	if f.wants(Listen); f.x.Events&EvSpawn == 0 {
		t.Error("a SYN makes no connection")
	}
}

// RFC 9293 §3.10.7.3, first check: a bad ACK gets <SEQ=SEG.ACK><CTL=RST>, unless it is a RST itself.
func TestSynSentBadAck(t *testing.T) {
	for _, ack := range []Seq{iss, iss + 2} {
		f := in(t, "rfc9293", SynSent)
		f.get(irs, ack, SYN|ACK, "")
		f.wants(SynSent, RST)
		if f.x.Out[0].Seq != ack {
			t.Errorf("RST with seq %d", f.x.Out[0].Seq)
		}
		f.get(irs, ack, RST|ACK, "")
		f.wants(SynSent)
	}
}

// RFC 9293 §3.10.7.3, second check; KERNEL §7: RST with the right ACK refuses; a plain RST is ignored.
func TestSynSentReset(t *testing.T) {
	f := in(t, "linux", SynSent)
	f.get(irs, 0, RST, "")
	f.wants(SynSent)
	f.get(irs, iss+1, RST|ACK, "")
	f.wants(Closed)
	if f.x.Err != ECONNREFUSED {
		t.Errorf("the user is told %s", f.x.Err)
	}
}

// RFC 9293 §3.10.7.4, first check: an unacceptable segment is answered with <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK> and dropped.
func TestUnacceptableSegmentIsAcknowledged(t *testing.T) {
	for s := Established; s < TimeWait; s++ {
		f := in(t, "rfc9293", s)
		nxt := f.t.Rcv.NXT
		f.get(nxt-10, iss+1, ACK, "old")
		f.wants(s, ACK)
		if o := f.x.Out[0]; o.Ack != nxt || o.Seq != f.t.Snd.NXT {
			t.Errorf("%s: seq %d ack %d", s, o.Seq, o.Ack)
		}
		f.get(nxt-10, iss+1, RST|ACK, "")
		f.wants(s)
	}
}

// RFC 5961 §3.2: a RST at RCV.NXT resets; elsewhere in the window it draws a challenge ACK; outside it is dropped.
func TestResetMustBeExact(t *testing.T) {
	for _, book := range []string{"linux", "rfc9293"} {
		for _, s := range []State{Established, FinWait1, FinWait2, CloseWait} {
			f := in(t, book, s)
			f.get(f.t.Rcv.NXT+1, 0, RST, "")
			f.wants(s, ACK)
			f.get(f.t.Rcv.Edge+10, 0, RST, "")
			f.wants(s)
			f.get(f.t.Rcv.NXT, 0, RST, "")
			f.wants(Closed)
			want := ECONNRESET
			if s == CloseWait && book == "linux" {
				want = EPIPE // KERNEL/7.4
			}
			if f.x.Err != want {
				t.Errorf("%s in %s: the user is told %s", book, s, f.x.Err)
			}
		}
	}
}

// RFC 5961 §4.2, §7: a SYN on a connection draws a challenge ACK; KERNEL §7: one in half a second.
func TestSynOnAConnectionIsChallenged(t *testing.T) {
	f := in(t, "linux", Established)
	f.get(f.t.Rcv.NXT+5, 0, SYN, "")
	f.wants(Established, ACK)
	f.get(f.t.Rcv.NXT+5, 0, SYN, "")
	f.wants(Established)
	f.x.Now = f.x.Now.Add(600 * time.Millisecond)
	f.get(f.t.Rcv.NXT+5, 0, SYN, "")
	f.wants(Established, ACK)
}

// RFC 9293 §3.10.7.4, fifth check, by state.
func TestAckOfOurFin(t *testing.T) {
	for _, book := range []string{"linux", "rfc9293"} {
		for from, to := range map[State]State{FinWait1: FinWait2, Closing: TimeWait, LastAck: Closed} {
			f := in(t, book, from)
			f.get(f.t.Rcv.NXT, f.t.Snd.NXT-1, ACK, "")
			f.wants(from)
			f.get(f.t.Rcv.NXT, f.t.Snd.NXT, ACK, "")
			f.wants(to)
		}
	}
}

// RFC 9293 §3.10.7.4, eighth check, by state. A FIN may ride with data and with the ACK of ours.
func TestFinByState(t *testing.T) {
	for _, book := range []string{"linux", "rfc9293"} {
		f := in(t, book, Established)
		f.get(irs+1, iss+1, FIN|ACK, "bye")
		if f.t.State != CloseWait || f.t.Rcv.NXT != irs+5 || f.t.Unread != 3 {
			t.Errorf("RCV.NXT %d, unread %d", f.t.Rcv.NXT, f.t.Unread)
		}
		f = in(t, book, FinWait1)
		f.get(irs+1, iss+1, FIN|ACK, "")
		f.wants(Closing, ACK)
		f = in(t, book, FinWait1)
		f.get(irs+1, iss+2, FIN|ACK, "")
		f.wants(TimeWait, ACK)
		f = in(t, book, FinWait2)
		f.get(irs+1, iss+2, FIN|ACK, "")
		f.wants(TimeWait, ACK)
	}
}

// RFC 9293 §3.10.7.4: TIME_WAIT acknowledges the FIN again and starts 2 MSL anew.
func TestTimeWaitFinAgain(t *testing.T) {
	for _, book := range []string{"linux", "rfc9293"} {
		f := in(t, book, TimeWait)
		f.x.Now = f.x.Now.Add(30 * time.Second)
		f.get(irs+1, iss+2, FIN|ACK, "")
		f.wants(TimeWait, ACK)
		if got := f.t.Timer[TimeWaitTimer].Since(f.x.Now); got != f.x.Book.Numbers.TimeWaitLen {
			t.Errorf("%s: %v left", book, got)
		}
	}
}

// RFC 9293 SHLD-31: what comes early is held, and delivered in order when the gap closes; a FIN too.
func TestEarlySegmentsAreHeld(t *testing.T) {
	for _, book := range []string{"linux", "rfc9293"} {
		f := in(t, book, Established)
		f.get(irs+7, iss+1, FIN|ACK, "three")
		f.wants(Established, ACK)
		f.get(irs+4, iss+1, ACK, "two")
		f.wants(Established, ACK)
		f.get(irs+1, iss+1, ACK, "one")
		f.wants(CloseWait, ACK)
		Call(&f.x, &f.t, DoorRecv)
		if f.x.Data != "onetwothree" {
			t.Errorf("%s: read %q", book, f.x.Data)
		}
	}
}

package tcp

import "slices"

// Events are what a turn tells the operating system around the connection.
type Events uint32

// The events.
const (
	EvEstablished  Events = 1 << iota // the handshake is complete at this end
	EvDialled                         // and was so by the answer to our SYN
	EvReadable                        // bytes, or the end of them, can be read
	EvWritable                        // there is room to write
	EvError                           // the connection failed: Turn.Err says how
	EvClosed                          // the connection is gone: the TCB can be forgotten
	EvSpawn                           // a SYN asks for a new connection: call DoorSpawn for it
	EvRefused                         // an arriving segment found the accept queue full
	EvReopen                          // a new SYN ends TIME_WAIT: it goes to the listener, with Turn.ISS
	EvUrgent                          // urgent data has been announced
	EvSynDropped                      // a SYN was dropped because a queue is full
	EvSynKeptOut                      // a SYN was dropped for want of a place that tcp_max_syn_backlog keeps
	EvCookieWanted                    // a SYN found the SYN queue full, or was not to be remembered anyway
	EvCookie                          // a SYN is to be answered with a cookie: call AnswerWithCookie
	EvCookieBack                      // an ACK has brought a cookie back: call DoorCookieBack for its connection
	EvEmbryonicRst                    // a half-open connection was reset
	EvSoftError                       // ICMP has something to say that does not end the connection: Turn.Err
	EvProven                          // the connection has ended well: its peer is alive
	EvTimers                          // a timer was set or stopped: the connection's deadline may be another
)

// Queues is what a listener's rules may know of its queues (KERNEL §4).
type Queues struct {
	Listening bool // there is a listener for the connection's local endpoint
	Backlog   int  // as listen() was told, capped by somaxconn
	Half      int  // connections half-open: the SYN queue
	Ready     int  // connections complete and not yet accepted: the accept queue
	Proven    bool // a connection with the peer of the segment has ended well before
}

// Turn is one event and all that comes of it: what goes in, and the buffers that fill. The caller owns it and
// uses it again and again.
type Turn struct {
	Now    Time
	Book   *Book
	Sysctl *Sysctls

	// What the event brings.
	Seg    Segment     // the segment that arrives
	Data   string      // the bytes of a SEND; after a RECEIVE, the bytes it got
	Want   int64       // the most bytes a RECEIVE takes; 0 for all there are
	Urgent bool        // the SEND is of urgent data (MSG_OOB)
	Queues Queues      // of the listener concerned
	Code   Unreachable // of an ICMP error about Seg
	Cookie Cookie      // what SYN cookies are made and known by
	ISS    Seq         // initial sequence number for a connection made in this turn
	Conn   int32       // serial number of the connection, for facts
	Host   uint8       // index of its host, for facts

	// What comes of it. Out and Facts are appended to.
	Out    []Segment
	Again  []bool  // for each of Out: a retransmission
	Told   []int32 // for each of Out: the fact that says so
	Facts  []Fact
	Events Events
	Err    Errno

	none    TCB    // no connection at all, for segments that belong to none
	hold    bool   // a rule holds back what does not fill a segment
	dup     bool   // this turn's ACK is a duplicate (RFC 5681 §2)
	newly   uint32 // segments that this turn's ACK took off the retransmission queue
	fresh   uint32 // segments that it says have arrived, and none before it
	clocked bool   // it came while something was outstanding
	lost    bool   // it has shown a loss
	sacked  bool   // it has named segments beyond a gap (SACK)
	forward bool   // new data goes out before what is lost
	resent  uint32 // segments sent again at once

	mark Vars // the connection's variables when the last rule had done its work
}

// Reset makes the turn ready for an event at that instant, keeping its memory.
func (x *Turn) Reset(now Time, b *Book, s *Sysctls) {
	x.Now, x.Book, x.Sysctl = now, b, s
	x.Out, x.Again, x.Told, x.Facts = x.Out[:0], x.Again[:0], x.Told[:0], x.Facts[:0]
	x.Events, x.Err, x.Urgent = 0, OK, false
}

// instant is the present as what happened is remembered by: 0 is never.
func (x *Turn) instant() Time { return max(x.Now, 1) }

// Arrive is the door for segments (RFC 9293 §3.10.7): x.Seg has come for connection t.
func Arrive(x *Turn, t *TCB) {
	x.begin(t)
	x.run(x.Book.checks(t.State, &x.Seg), t)
	if x.clocked && x.Book.Numbers.Bursts {
		t.pace()
	}
	x.output(t)
}

// output lets leave what may leave now.
func (x *Turn) output(t *TCB) { x.run(x.Book.follows(t), t) }

// ArriveAtNobody is the same for a segment that belongs to no connection and no listener (RFC 9293 §3.10.7.1).
func ArriveAtNobody(x *Turn) {
	x.none.Local, x.none.Remote = x.Seg.Dst, x.Seg.Src
	Arrive(x, &x.none)
}

// Call is the door for user calls (RFC 9293 §3.10.1 to §3.10.6).
func Call(x *Turn, t *TCB, d Door) {
	x.begin(t)
	x.run(x.Book.Doors[d], t)
	x.output(t)
}

// Expire is the door for timeouts (RFC 9293 §3.10.8): timer i of connection t has run out.
func Expire(x *Turn, t *TCB, i Timer) {
	x.begin(t)
	t.Timer[i] = 0
	x.Note(TimerFired, x.Conn).Field = FieldTimer + Field(i)
	x.mark.Timer[i] = 0
	x.Events |= EvTimers
	x.run(x.Book.Timeouts[i], t)
	x.output(t)
}

func (x *Turn) begin(t *TCB) {
	x.mark = t.Vars
	x.hold, x.dup, x.newly, x.fresh, x.clocked, x.lost, x.resent = false, false, 0, 0, false, false, 0
	x.sacked, x.forward = false, false
}

// run asks the checks in their order, and writes down what each that applied has changed.
func (x *Turn) run(list []*Rule, t *TCB) {
	for _, r := range list {
		v := r.Do(x, t)
		if v == Pass {
			continue
		}
		x.tell(r, t)
		if v == Done {
			return
		}
	}
}

// Note appends an empty fact of a kind about a socket and returns it to be filled in.
func (x *Turn) Note(kind FactKind, conn int32) *Fact {
	f := x.fact()
	f.Kind, f.Field, f.Host, f.Errno = kind, 0, x.Host, OK
	f.Rule, f.Conn = 0, conn
	f.From, f.To = 0, 0
	return f
}

// fact makes room for one more. A fact is written where it stands: made elsewhere and copied it costs twice as much
// (measured), and there are a hundred and sixty in a connection's life.
func (x *Turn) fact() *Fact {
	n := len(x.Facts)
	if n < cap(x.Facts) {
		x.Facts = x.Facts[:n+1]
	} else {
		x.Facts = append(x.Facts, Fact{})
	}
	return &x.Facts[n]
}

// tell appends the facts of a rule that has applied: the rule, every variable it changed, every segment it sent.
func (x *Turn) tell(r *Rule, t *TCB) {
	first := len(x.Facts)
	if cap(x.Facts)-first < len(told{}) {
		x.Facts = slices.Grow(x.Facts, len(told{}))
	}
	fs := (*told)(x.Facts[first : first+len(told{})])
	fs[0] = Fact{Kind: RuleApplied, Host: x.Host, Rule: r.ID, Conn: x.Conn}
	n := x.diff(fs, r.ID, &x.mark, &t.Vars)
	x.Facts = x.Facts[:first+n]
	for i := len(x.Told); i < len(x.Out); i++ {
		x.Told = append(x.Told, int32(len(x.Facts)))
		f := x.Note(SegmentSent, x.Conn)
		f.Rule, f.To = r.ID, int64(i)
	}
}

// told is room for as many facts as one rule can make: that it has applied, and a change of each variable.
type told [1 + NumFields]Fact

// diff writes down what differs between a and b, and makes a what b is. The first fact says which rule did it; it returns how many there are then.
func (x *Turn) diff(fs *told, r RuleID, a, b *Vars) int {
	n := 1
	n = changed(x, fs, n, r, FieldState, &a.State, b.State)
	n = changed(x, fs, n, r, FieldAck, &a.Ack, b.Ack)
	n = changed(x, fs, n, r, FieldRetries, &a.Retries, b.Retries)
	n = changed(x, fs, n, r, FieldBackoff, &a.Backoff, b.Backoff)
	n = changed(x, fs, n, r, FieldDupAcks, &a.DupAcks, b.DupAcks)
	if a.FinQueue != b.FinQueue {
		from, to := flag(a.FinQueue), flag(b.FinQueue)
		n = changed(x, fs, n, r, FieldFinQueue, &from, to)
		a.FinQueue = b.FinQueue
	}
	n = changed(x, fs, n, r, FieldProbes, &a.Probes, b.Probes)
	n = changed(x, fs, n, r, FieldRecovery, &a.Recovery, b.Recovery)
	n = changed(x, fs, n, r, FieldUnsent, &a.Unsent, b.Unsent)
	n = changed(x, fs, n, r, FieldUnread, &a.Unread, b.Unread)
	n = changed(x, fs, n, r, FieldSndUNA, &a.Snd.UNA, b.Snd.UNA)
	n = changed(x, fs, n, r, FieldSndNXT, &a.Snd.NXT, b.Snd.NXT)
	n = changed(x, fs, n, r, FieldSndISS, &a.Snd.ISS, b.Snd.ISS)
	n = changed(x, fs, n, r, FieldSndWL1, &a.Snd.WL1, b.Snd.WL1)
	n = changed(x, fs, n, r, FieldSndWL2, &a.Snd.WL2, b.Snd.WL2)
	n = changed(x, fs, n, r, FieldSndUP, &a.Snd.UP, b.Snd.UP)
	n = changed(x, fs, n, r, FieldSndWND, &a.Snd.WND, b.Snd.WND)
	n = changed(x, fs, n, r, FieldSndMaxWND, &a.Snd.MaxWND, b.Snd.MaxWND)
	n = changed(x, fs, n, r, FieldSndWScale, &a.Snd.WScale, b.Snd.WScale)
	n = changed(x, fs, n, r, FieldSndMSS, &a.Snd.MSS, b.Snd.MSS)
	n = changed(x, fs, n, r, FieldRcvNXT, &a.Rcv.NXT, b.Rcv.NXT)
	n = changed(x, fs, n, r, FieldRcvIRS, &a.Rcv.IRS, b.Rcv.IRS)
	n = changed(x, fs, n, r, FieldRcvUP, &a.Rcv.UP, b.Rcv.UP)
	n = changed(x, fs, n, r, FieldRcvEdge, &a.Rcv.Edge, b.Rcv.Edge)
	n = changed(x, fs, n, r, FieldRcvWND, &a.Rcv.WND, b.Rcv.WND)
	n = changed(x, fs, n, r, FieldRcvWScale, &a.Rcv.WScale, b.Rcv.WScale)
	n = changed(x, fs, n, r, FieldCwnd, &a.Cwnd, b.Cwnd)
	n = changed(x, fs, n, r, FieldSsthresh, &a.Ssthresh, b.Ssthresh)
	n = changed(x, fs, n, r, FieldRTO, &a.RTO, b.RTO)
	n = changed(x, fs, n, r, FieldSRTT, &a.SRTT, b.SRTT)
	n = changed(x, fs, n, r, FieldRTTVar, &a.RTTVar, b.RTTVar)
	n = changed(x, fs, n, r, FieldRecover, &a.Recover, b.Recover)
	still := n
	n = changed(x, fs, n, r, FieldTimer+Field(RetransmitTimer), &a.Timer[RetransmitTimer], b.Timer[RetransmitTimer])
	n = changed(x, fs, n, r, FieldTimer+Field(SynackTimer), &a.Timer[SynackTimer], b.Timer[SynackTimer])
	n = changed(x, fs, n, r, FieldTimer+Field(ProbeTimer), &a.Timer[ProbeTimer], b.Timer[ProbeTimer])
	n = changed(x, fs, n, r, FieldTimer+Field(DelayedAckTimer), &a.Timer[DelayedAckTimer], b.Timer[DelayedAckTimer])
	n = changed(x, fs, n, r, FieldTimer+Field(PersistTimer), &a.Timer[PersistTimer], b.Timer[PersistTimer])
	n = changed(x, fs, n, r, FieldTimer+Field(KeepaliveTimer), &a.Timer[KeepaliveTimer], b.Timer[KeepaliveTimer])
	n = changed(x, fs, n, r, FieldTimer+Field(FinWait2Timer), &a.Timer[FinWait2Timer], b.Timer[FinWait2Timer])
	n = changed(x, fs, n, r, FieldTimer+Field(TimeWaitTimer), &a.Timer[TimeWaitTimer], b.Timer[TimeWaitTimer])
	n = changed(x, fs, n, r, FieldTimer+Field(ReorderTimer), &a.Timer[ReorderTimer], b.Timer[ReorderTimer])
	if n > still {
		x.Events |= EvTimers
	}
	return n
}

// changed notes a variable as the n-th if it is another now; like has what all these facts have.
func changed[T ~uint8 | ~uint16 | ~uint32 | ~int64](x *Turn, fs *told, n int, r RuleID, f Field, was *T, is T) int {
	if *was == is {
		return n
	}
	c := &fs[n]
	c.Kind, c.Field, c.Host, c.Errno = Changed, f, x.Host, OK
	c.Rule, c.Conn = r, x.Conn
	c.From, c.To = int64(*was), int64(is)
	*was = is
	return n + 1
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

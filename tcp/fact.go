package tcp

// Field names a variable in a Changed fact.
type Field uint8

// The variables whose changes are facts. Sequence numbers are absolute in facts; text shows them relative.
const (
	FieldState Field = iota
	FieldAck
	FieldRetries
	FieldBackoff
	FieldDupAcks
	FieldFinQueue
	FieldProbes
	FieldRecovery
	FieldSndUNA
	FieldSndNXT
	FieldSndISS
	FieldSndWL1
	FieldSndWL2
	FieldSndUP
	FieldSndWND
	FieldSndMaxWND
	FieldSndWScale
	FieldSndMSS
	FieldRcvNXT
	FieldRcvIRS
	FieldRcvUP
	FieldRcvEdge
	FieldRcvWND
	FieldRcvWScale
	FieldCwnd
	FieldSsthresh
	FieldRTO
	FieldSRTT
	FieldRTTVar
	FieldRecover
	FieldUnsent
	FieldUnread
	FieldTimer // FieldTimer + Timer: that timer's deadline; 0 is off
	NumFields  = FieldTimer + Field(NumTimers)
)

var fieldNames = [FieldTimer]string{
	"state", "ack", "retries", "backoff", "dup.acks", "fin.queued", "probes", "recovery",
	"SND.UNA", "SND.NXT", "ISS", "SND.WL1", "SND.WL2", "SND.UP", "SND.WND", "SND.MAXWND", "SND.WSCALE", "SND.MSS",
	"RCV.NXT", "IRS", "RCV.UP", "RCV.EDGE", "RCV.WND", "RCV.WSCALE",
	"cwnd", "ssthresh", "RTO", "SRTT", "RTTVAR", "recover", "unsent", "unread",
}

// String is the variable's name as the RFC writes it, or "timer." and the timer's word.
func (f Field) String() string {
	if f >= FieldTimer {
		return "timer." + Timer(f-FieldTimer).String()
	}
	return fieldNames[f]
}

// FactKind says what a fact is about.
type FactKind uint8

// The kinds of fact and what their fields mean.
const (
	RuleApplied  FactKind = iota // Rule did its work; what it changed and sent follows
	Changed                      // variable Field went From -> To
	SegmentSent                  // the connection sent a segment: To is its index in the turn's Out
	TimerFired                   // Field is FieldTimer + the timer
	CallStarted                  // From: the call (host.Op); To: its thread
	CallBlocked                  // likewise
	CallReturned                 // From: the call; To: the value; Field unused; Errno tells the error
	QueueChanged                 // Field: 0 SYN queue, 1 accept queue; From -> To entries, Conn the listener
	Counted                      // counter Field (host.Counter) went From -> To
	Created                      // a connection or socket came to be
	Forgotten                    // it is gone
	BytesIn                      // To bytes were taken in, in order
	BytesRead                    // To bytes were handed to the user
)

// Fact is one thing that happened, flat and typed; text is made when it is shown.
type Fact struct {
	Kind  FactKind
	Field Field
	Host  uint8 // index of the host in its world
	Errno Errno
	Rule  RuleID // the rule that did it; 0 when it was the operating system
	Conn  int32  // the socket's serial number on its host; 0 when none
	From  int64
	To    int64
}

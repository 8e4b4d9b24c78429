package tcp

import (
	"slices"
	"time"
)

// Timer names one of a connection's timers. Deadlines are data: TCB.Timer holds an instant for each, zero
// when it does not run.
type Timer uint8

// The timers (RFC 9293 §3.10.8, and Linux's own).
const (
	RetransmitTimer Timer = iota // the RTO: SYN, data and FIN (RFC 6298)
	SynackTimer                  // a half-open passive connection's SYN,ACK (KERNEL §2)
	ProbeTimer                   // tail-loss probe (RFC 8985 §7, KERNEL §5)
	DelayedAckTimer              // an acknowledgement that waits for company (RFC 9293 §3.8.6.3)
	PersistTimer                 // zero-window probe (RFC 9293 §3.8.6.1)
	KeepaliveTimer               // RFC 9293 §3.8.4
	FinWait2Timer                // a closed socket's patience in FIN_WAIT_2 (KERNEL §5)
	TimeWaitTimer                // 2 MSL (RFC 9293 §3.6)
	ReorderTimer                 // a segment overtaken by others may still come: when it counts as lost (RFC 8985 §6.3)
	NumTimers
)

var timerNames = [NumTimers]string{
	"retransmit", "synack", "probe", "delayed-ack", "persist", "keepalive", "fin-wait-2", "time-wait", "reordering",
}

// String is the timer's word in the notation of moments ("retransmit fires").
func (t Timer) String() string { return timerNames[t] }

// ParseTimer finds a timer by its word.
func ParseTimer(s string) (Timer, bool) {
	for i, n := range timerNames {
		if n == s {
			return Timer(i), true
		}
	}
	return 0, false
}

// SendVars are the send sequence variables (RFC 9293 §3.3.1), in its names.
type SendVars struct {
	UNA     Seq    // oldest number not yet acknowledged
	NXT     Seq    // next number to send
	ISS     Seq    // initial send sequence number
	WL1     Seq    // SEG.SEQ of the segment that last updated the window
	WL2     Seq    // SEG.ACK of that segment
	UP      Seq    // urgent pointer
	WND     uint32 // send window in bytes, scaling undone
	MaxWND  uint32 // largest window the peer ever offered (RFC 9293 §3.8.6.2.1)
	WScale  uint8  // shift that the peer's windows need
	Scaling bool   // both SYNs carried window scale
	MSS     uint16 // payload bytes a segment may carry, options taken off
}

// RecvVars are the receive sequence variables (RFC 9293 §3.3.1), in its names.
type RecvVars struct {
	NXT    Seq    // next number expected
	IRS    Seq    // the peer's initial sequence number
	UP     Seq    // urgent pointer
	Edge   Seq    // right edge of the widest window offered: it must not move left (RFC 9293 §3.8.6)
	WND    uint32 // window last offered, in bytes
	WScale uint8  // shift that our window fields need once scaling is agreed
}

// AckNeed says whether the connection owes its peer an acknowledgement.
type AckNeed uint8

// The kinds of debt.
const (
	AckNone  AckNeed = iota
	AckDelay         // owed; may wait for the delayed-ACK timer or a segment that carries it
	AckNow           // owed at once
)

// Recovery is what the connection makes of losses.
type Recovery uint8

// The kinds of recovery (Linux's congestion states, tcp.h enum tcp_ca_state).
const (
	RecoveryNone Recovery = iota // nothing is known to be lost
	RecoveryFast                 // fast recovery: a loss found by duplicate ACKs or SACK (RFC 5681 §3.2)
	RecoveryLoss                 // the retransmission timer has fired (RFC 5681 §3.1)
)

var recoveryNames = [...]string{"none", "fast", "loss"}

// String is the recovery's word in the notation of values.
func (r Recovery) String() string { return recoveryNames[r] }

// Control is where the connection stands.
type Control struct {
	State    State
	Ack      AckNeed
	Retries  uint8 // how often the oldest segment has been sent again
	Backoff  uint8 // doublings of the RTO in force
	DupAcks  uint8
	Probes   uint8    // keep-alive and window probes sent since the peer was last heard
	Recovery Recovery // what the connection makes of losses just now
	FinQueue bool     // the user has closed: a FIN follows the last byte
	Unsent   uint32   // bytes the user wrote that were never sent
	Unread   uint32   // bytes in order that the user has not read
}

// Pace is how fast the connection may go: congestion control and the retransmission timeout.
type Pace struct {
	Cwnd     uint32 // congestion window, segments (RFC 5681)
	Ssthresh uint32 // slow start threshold, segments
	Recover  Seq    // SND.NXT when the last recovery began: it ends when all before is acknowledged (RFC 6582 "recover")
	RTO      time.Duration
	SRTT     time.Duration // smoothed round trip; 0 before the first sample
	RTTVar   time.Duration
}

// Vars are the connection's variables: all that a fact can say changed. They come in groups that compare with ==.
type Vars struct {
	Control
	Pace
	Snd   SendVars
	Rcv   RecvVars
	Timer [NumTimers]Time
}

// Flight is a segment in the network, or believed to be: the retransmission queue's element.
type Flight struct {
	Seq    Seq
	Flags  Flags
	Data   string
	SentAt Time // latest transmission
	Again  bool // transmitted more than once: no RTT sample without a timestamp (Karn, RFC 6298 §3)
	SACKed bool
	Lost   bool
	Joined bool // it left in one buffer with the one before it, for a book that sends in bursts
}

// Len is the sequence space the segment takes.
func (f *Flight) Len() int {
	n := len(f.Data)
	if f.Flags.Any(SYN | FIN) {
		n++
	}
	return n
}

// End is the first number after it.
func (f *Flight) End() Seq { return f.Seq.Add(f.Len()) }

// Held is a run of bytes that arrived out of order (RFC 9293 SHLD-31).
type Held struct {
	Seq  Seq
	FIN  bool
	Data string
}

// TCB is the transmission control block (RFC 9293 §3.3.1): one end of one connection. It is plain data: a copy
// of it (with its slices copied) is the same connection at the same instant.
type TCB struct {
	Vars
	Traits
	Sent []Flight // retransmission queue, oldest first
	Out  []string // written and not yet sent
	In   []string // received in order, not yet read
	Held []Held   // received out of order, by Seq, not overlapping

	Pieces []Piece // the buffers that Out is in, for a book that has such
}

// Traits are what a connection is and remembers besides its variables: no fact tells of their changes.
type Traits struct {
	Local, Remote Endpoint
	Passive       bool           // made by a SYN that a listener heard (RFC 9293 MUST-11)
	Orphan        bool           // no process holds it any more
	RcvShut       bool           // the user does not want to read: shutdown(SHUT_RD)
	NoDelay       bool           // TCP_NODELAY: Nagle off (RFC 9293 MUST-17)
	Cork          bool           // TCP_CORK: no segment that is not full leaves
	UrgentInline  bool           // SO_OOBINLINE: the urgent byte stays in the stream where a book would keep it apart
	KeepAlive     bool           // SO_KEEPALIVE (RFC 9293 MUST-24)
	Reordered     bool           // the path has been seen to reorder: RACK gives late segments a moment (RFC 8985 §6.2)
	Blocks        [MaxSACK]Block // runs held out of order, latest first: what SACK reports
	NBlocks       uint8          // how many of Blocks are in use
	KeepCnt       uint8          // TCP_KEEPCNT; 0: as the sysctl says
	KeepIdle      time.Duration  // TCP_KEEPIDLE; 0: as the sysctl says
	KeepIntvl     time.Duration  // TCP_KEEPINTVL; 0: as the sysctl says
	UserTimeout   time.Duration  // TCP_USER_TIMEOUT; 0: as the sysctls say (RFC 9293 MUST-21)
	RcvLimit      uint32         // SO_RCVBUF: most receive window, bytes; 0: as the sysctls say
	RenoSacked    uint32         // without SACK: segments that duplicate ACKs say have left the network
	MinRTT        time.Duration  // least round trip seen; 0 before the first sample
	Var4          time.Duration  // what is added to SRTT for the RTO, where that comes down once in a round trip
	Var4Max       time.Duration  // four times the largest RTTVAR in this round trip
	RTTEnd        Seq            // it is over when this is acknowledged
	RackAt        Time           // when the segment sent last of those delivered was sent (RFC 8985 RACK.xmit_ts)
	RackEnd       Seq            // its end
	RackRTT       time.Duration  // its round trip
	SndTS         bool           // both SYNs carried timestamps (RFC 7323)
	SACKOK        bool           // both SYNs carried SACK-permitted (RFC 2018)
	RcvMSS        uint16         // how large a full segment of the peer's is, as far as is known
	LastSize      uint16         // of the last segment, when it was smaller and may yet be full
	Pushes        uint8          // segments that came and have still to be acknowledged, and that more need not follow soon: 0, 1, or more
	QuickAcks     uint8          // acknowledgements still to be sent at once (KERNEL §14)
	PingPong      bool           // an answer followed a question: acknowledgements may wait for it (KERNEL §14)
	MSSLocal      uint16         // MSS we announce
	RcvBuf        uint32         // receive window we can offer in all, bytes
	Space         uint32         // memory of the receive buffer, for a book that counts it, bytes; 0 for others
	RcvdAt        Time           // when data last came in order (KERNEL §14); 0 never
	TSRecent      uint32         // peer's timestamp to echo (RFC 7323 §4.3)
	TSRecentAt    Time           // when it came (RFC 7323 §5.5)
	TSOffset      uint32         // our timestamp clock's start, ms
	FirstSent     Time           // when the SYN or SYN,ACK first left
	SynAgain      uint8          // how often it has been sent again
	StallAt       Time           // first RTO retransmission of this stall; 0 when none (KERNEL §5)
	Pushed        Seq            // up to where what was written has been marked PSH
	DataAt        Time           // when data last left: how long the sender has been idle (RFC 5681 §4.1); 0 never
	ChallengeAt   Time           // when an unacceptable segment was last answered (KERNEL §7); 0 never
	SynackAt      Time           // when a duplicate SYN was last answered (KERNEL §2)
	TSBase        uint32         // the peer's timestamp clock as its SYN showed it, less our own time then, ms: what makes TSRecent relative
	DSACK         Block          // a duplicate to report with the next ACK (RFC 2883); empty when none
	Probed        bool           // a tail-loss probe has gone out since the last acknowledgement
	Doubted       bool           // the retransmission timer has run out, and it may have been too early (RFC 5682)
	CwndLimited   bool           // the congestion window has held something back in this round trip
	PaceSegs      uint32         // a hundred times as many segments as may leave in a round trip, as of the last ACK
	PaceRTT       time.Duration  // how long it was then
	Before        uint32         // the congestion window when fast recovery began (RFC 6937 RecoverFS)
	Arrived       uint32         // segments delivered since (prr_delivered)
	Repaired      uint32         // segments sent since (prr_out)
	MostOut       uint32         // most segments outstanding in it
	UsageEnd      Seq            // the round trip is over when this is acknowledged
	CwndCredit    uint32         // segments acknowledged towards the next step of congestion avoidance
	Patience      bool           // a closed socket's patience in FIN_WAIT_2 has begun to run out (KERNEL §5)
	WaitSince     Time           // when TIME_WAIT began: what net.ipv4.tcp_tw_reuse_delay counts from
	PeerClosed    bool           // a FIN has been received in order
}

// Deadline is the connection's earliest deadline; Never when no timer runs.
func (t *TCB) Deadline() Time {
	at := uint64(Never) - 1
	for _, d := range &t.Timer {
		at = min(at, uint64(d)-1) // one that does not run, 0, is later than all
	}
	return Time(at + 1)
}

// Next is the earliest deadline and the timer it belongs to: of several the first, none at Never.
func (t *TCB) Next() (Time, Timer) {
	at := t.Deadline()
	return at, Timer(max(slices.Index(t.Timer[:], at), 0))
}

func (h *Held) end() Seq {
	n := len(h.Data)
	if h.FIN {
		n++
	}
	return h.Seq.Add(n)
}

package trace

// Record is one step as a JSON object, a line of `tcptutor run --format json`. A field that does not apply is left out. Names are the
// project's own and stay: hosts and sockets as the scenario calls them ("s"; "child1" for a listener's child; "#7" for a socket
// without a name), states (SYN_SENT), rules (fin-acked), timers (retransmit), errors (ECONNRESET). Whatever ends in _ns counts
// nanoseconds, instants from the start of the run. Sequence numbers are absolute.
type Record struct {
	Step     int     `json:"step"`                // number of the step, from 0
	AtNS     int64   `json:"at_ns"`               // when it happened
	Cause    string  `json:"cause"`               // what it is: arrive, lost, call, return, wait, timer
	Host     string  `json:"host"`                // where it happened
	Socket   string  `json:"socket,omitempty"`    // the socket concerned
	SocketID int32   `json:"socket_id,omitempty"` // its serial number on its host
	Thread   string  `json:"thread,omitempty"`    // call, return, wait: the thread, "server" or "server/2"
	Line     int     `json:"line,omitempty"`      // its line in the scenario's text, from 1
	Timer    string  `json:"timer,omitempty"`     // timer: which one fired
	Segment  *Packet `json:"segment,omitempty"`   // arrive, lost: the segment
	Call     *Call   `json:"call,omitempty"`      // call, return: the system call
	Returned bool    `json:"returned,omitempty"`  // the call is over; a call without it blocks
	Result   *Result `json:"result,omitempty"`    // what it returned, where it has
	// Sent are the segments that this step put on the wire, in order.
	Sent []Packet `json:"sent,omitempty"`
	// Facts are what came of the step, in order: each rule that applied, then what it changed and sent.
	Facts []Fact `json:"facts,omitempty"`
}

// Packet is a segment on the wire.
type Packet struct {
	ID       uint32   `json:"id"`                  // number of this transmission in the run, from 1
	From     string   `json:"from"`                // host, or "outside"
	To       string   `json:"to"`                  // host, or "outside"
	SocketID int32    `json:"socket_id,omitempty"` // of the sender's socket; absent when no socket sent it
	Src      string   `json:"src"`                 // address and port
	Dst      string   `json:"dst"`
	Flags    []string `json:"flags"` // SYN FIN RST ACK PSH URG
	Seq      uint32   `json:"seq"`
	Ack      *uint32  `json:"ack,omitempty"`    // with ACK
	Window   uint16   `json:"window"`           // as sent, not scaled
	Urgent   uint16   `json:"urgent,omitempty"` // urgent pointer
	Options  *Options `json:"options,omitempty"`
	Length   int      `json:"length"` // bytes of payload
	Payload
	SentNS   int64 `json:"sent_ns"`
	ArriveNS int64 `json:"arrive_ns"`       // when it arrives, or would have
	Lost     bool  `json:"lost,omitempty"`  // it never arrives
	Copy     bool  `json:"copy,omitempty"`  // the wire made it out of another
	Again    bool  `json:"again,omitempty"` // a retransmission
}

// Options are a segment's TCP options; one that is not there is left out.
type Options struct {
	MSS           *uint16     `json:"mss,omitempty"`
	WindowScale   *uint8      `json:"window_scale,omitempty"` // shift count
	SACKPermitted bool        `json:"sack_permitted,omitempty"`
	TSVal         *uint32     `json:"ts_val,omitempty"` // milliseconds of the sender's clock
	TSEcr         *uint32     `json:"ts_ecr,omitempty"`
	SACK          [][2]uint32 `json:"sack,omitempty"` // blocks: first number, first number after
}

// Payload is bytes: as text where they are valid UTF-8, else in base64.
type Payload struct {
	Data   string `json:"data,omitempty"`
	Base64 []byte `json:"data_base64,omitempty"`
}

// Call is a system call.
type Call struct {
	Op      string   `json:"op"`             // its C name
	FD      int32    `json:"fd,omitempty"`   // the descriptor it is about
	Args    [3]int64 `json:"args,omitzero"`  // its other numeric arguments in C's order, with Linux's values
	Address string   `json:"addr,omitempty"` // bind, connect
	Payload
}

// Result is what a system call returned.
type Result struct {
	Value   int64  `json:"value"`           // as in C
	Errno   string `json:"errno,omitempty"` // its name, with value -1
	Address string `json:"addr,omitempty"`  // accept, getsockname, getpeername
	Payload
}

// Fact is one thing that came of a step. Kind says which of the other fields there are:
//
//	rule       rule, source: a rule applied; what it changed and sent follows
//	changed    field, and from and to, from_ns and to_ns, or from_state and to_state; rule: whose doing it was
//	sent       index: which of the step's sent
//	timer      field: the timer that fired
//	started    call: a system call began
//	blocked    call: it waits
//	returned   call, to: what it returned; errno
//	queue      field: syn_queue or accept_queue; from, to: entries; the socket is the listener
//	counted    field: the counter; from, to
//	created    a socket or connection came to be
//	forgotten  it is gone
//	bytes_in   to: bytes taken in, in order
//	bytes_read to: bytes handed to the program
type Fact struct {
	Kind      string `json:"kind"`
	Host      string `json:"host"`
	Socket    string `json:"socket,omitempty"`
	SocketID  int32  `json:"socket_id,omitempty"`
	Rule      string `json:"rule,omitempty"`
	Source    string `json:"source,omitempty"` // where the rule comes from: "RFC9293/3.10.7.4", "KERNEL/4.1"
	Field     string `json:"field,omitempty"`
	From      *int64 `json:"from,omitempty"`
	To        *int64 `json:"to,omitempty"`
	FromNS    *int64 `json:"from_ns,omitempty"` // a timer's deadline (0 is off), or an estimate such as RTO
	ToNS      *int64 `json:"to_ns,omitempty"`
	FromState string `json:"from_state,omitempty"`
	ToState   string `json:"to_state,omitempty"`
	Index     *int64 `json:"index,omitempty"`
	Call      string `json:"call,omitempty"`
	Errno     string `json:"errno,omitempty"`
}

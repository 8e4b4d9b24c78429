package sim

import (
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
)

// Packet is a segment on the wire.
type Packet struct {
	ID       uint32 // number of this transmission in its world, from 1
	Seg      tcp.Segment
	From, To uint8 // hosts; OpenEnd for outside the world
	Conn     int32 // the sender's socket; 0 when no socket sent it
	SentAt   tcp.Time
	ArriveAt tcp.Time        // when it arrives, or would have
	Lost     bool            // it never will: a fault took it
	Copy     bool            // a fault made it out of another
	twice    bool            // a fault asks for a second copy, extra later
	behind   bool            // a fault holds it until another of its direction has overtaken it
	notice   bool            // no segment: an ICMP error about Seg on its way to Seg's sender
	code     tcp.Unreachable // what it says
	extra    time.Duration
	Again    bool   // a retransmission
	order    uint32 // scheduling order, for ties
}

// OpenEnd is the host index of the world's open end: segments to addresses no host has go there, and injected ones
// come from there.
const OpenEnd = 255

// Thread is a line of execution of a host's program: where it is in its text.
type Thread struct {
	Task     int32    // its place among the tasks of its host
	Line     int32    // index of its next line in the program's thread
	Wake     tcp.Time // when it goes on by itself; tcp.Never while a call or a `when` holds it
	Inside   bool     // its line's call is under way
	Got      int64    // bytes read so far by a line that reads until something
	Over     bool     // no line left, or its process is dead
	Unborn   bool     // its process has not been forked yet
	runnable bool
	at       tcp.Time // when it goes on, as schedule found it; tcp.Never while something holds it
	order    uint32
}

// World is everything there is at one instant: hosts, programs' places, the wire, the clock. It is plain data; the
// text it came from is its Program, which never changes.
type World struct {
	Clockwork
	Hosts   []host.Host
	Threads []Thread // by Program.Threads
	Wire    []Packet // in flight, a heap by arrival
	Vars    []Var    // by Program.Vars
	Hits    []int32  // by Program.Moments: how often each has happened
	Seen    []int32  // by Program.Faults: how often its moment has happened
	Outside []Packet // segments that left through the open end in the last step
	scratch []byte   // for Key
	sorted  []int32  // for Key
}

// Clockwork is what of a world are single numbers: where it is in time, what chance goes by, its counts.
type Clockwork struct {
	Now     tcp.Time
	Seed    uint64
	Dice    uint64 // what faults by chance are decided by; 0 where there is none
	Steps   int    // steps taken since the beginning
	first   int32  // the thread that goes on first, as schedule found it
	packets uint32
	orders  uint32
}

// Var is what a program's variable holds.
type Var struct {
	FD   int32 // descriptor; -1 before the first assignment
	Sock int32 // serial number of the socket the descriptor named when it was assigned; 0 for none
}

// Program is a compiled scenario: everything about a run that does not change while it runs. It is shared by all
// its worlds.
type Program struct {
	Seed       uint64
	Hosts      []HostSpec
	Links      []Link // exceptions first; the last one, with From and To AnyHost, is for all others
	Threads    []ThreadSpec
	Vars       []VarSpec
	Moments    []Moment // what `when` lines, faults and injections wait for
	Faults     []Fault
	Injections []Injection
	Limits     Limits
}

// AnyHost in a Link matches every host.
const AnyHost = -1

// HostSpec is a host as the scenario sets it up.
type HostSpec struct {
	Name   string
	Addr   tcp.Addr
	Book   string
	MTU    int // bytes of a packet on the wire; 0: 1500
	Sysctl []Setting
}

// Setting is a sysctl with its value.
type Setting struct {
	Knob  tcp.Sysctl
	Value int64
}

// Link is a direction of the wire.
type Link struct {
	From, To int // host indexes or AnyHost
	Delay    time.Duration
}

// ThreadSpec is a thread's text.
type ThreadSpec struct {
	Host  int
	Name  string // "server", or "server/2"
	Lines []Line
	Child bool // it begins when another thread forks it
}

// LineKind says what a line does.
type LineKind uint8

// The kinds of line.
const (
	LineCall      LineKind = iota // one system call
	LineReadUntil                 // read(fd) until eof, or until N bytes have come
	LineWait                      // let time pass
)

// Line is one line of a program.
type Line struct {
	Kind   LineKind
	Call   host.Call     // FD is filled from FDVar, Addr.Addr from the scenario's addresses
	FDVar  int           // index in Program.Vars of the descriptor's variable; -1 when FD is a literal
	Assign int           // index of the variable the result goes to; -1 for none
	Wait   time.Duration // LineWait
	Until  int64         // LineReadUntil: bytes; 0 for end of file
	When   int           // index in Program.Moments that must have happened first; -1 for none
	Text   string        // the line as written, canonical
	Pos    int           // line number in the file, from 1
}

// VarSpec names a variable: each host's program has its own.
type VarSpec struct {
	Host int
	Name string
}

// FaultKind is what happens to a segment.
type FaultKind uint8

// The faults.
const (
	Drop        FaultKind = iota // it is lost
	Delay                        // it takes Extra longer
	Duplicate                    // a second copy arrives Extra later
	Reorder                      // it arrives just after the next segment of its direction: Extra after it
	Unreachable                  // it is lost, and Extra after a round trip its sender hears Code by ICMP
)

var faultNames = [...]string{"drop", "delay", "duplicate", "reorder", "unreachable"}

// String is the fault's word in scenario text.
func (k FaultKind) String() string { return faultNames[k] }

// Fault is something the wire does to the segments that a moment names.
type Fault struct {
	Kind   FaultKind
	Moment int // index in Program.Moments; of the kind "HOST sends SEGMENT"
	Always bool
	Chance uint32 // of a million: each segment of the moment meets the fault so often, by the seed; 0: N and Always decide
	Extra  time.Duration
	Code   tcp.Unreachable // Unreachable
	Pos    int
}

// Limits bound a run, so that every text ends.
type Limits struct {
	Steps int      // most steps
	Time  tcp.Time // no step after this instant
}

// CauseKind says what a step is about.
type CauseKind uint8

// The causes of a step, in the order in which they happen at one instant (arrivals, then calls, then timers).
const (
	CauseArrive      CauseKind = iota // a segment reaches its host
	CauseLost                         // a segment would have arrived, but was lost
	CauseCall                         // a call starts; it may return at once, or block
	CauseReturn                       // a call that had blocked returns
	CauseWait                         // a program's pause begins or ends
	CauseTimer                        // a timer fires
	CauseUnreachable                  // an ICMP error about a segment reaches its sender
)

var causeNames = [...]string{"arrive", "lost", "call", "return", "wait", "timer", "unreachable"}

// String is the cause's word in JSON.
func (k CauseKind) String() string { return causeNames[k] }

// Step is one thing that happened at one instant, and all that came of it.
type Step struct {
	At     tcp.Time
	Cause  CauseKind
	Host   uint8 // where it happened
	Conn   int32 // the socket concerned; 0 when none
	Thread int32 // CauseCall, CauseReturn, CauseWait: index in Program.Threads; -1 otherwise
	Line   int32 // the thread's line; -1 when none
	Timer  tcp.Timer
	Packet Packet // CauseArrive, CauseLost
	Call   host.Call
	Result host.Result // of a call that returned in this step (see Returned)
	// Returned: the call of this step is over. A CauseCall step without it is one that blocked.
	Returned bool
	Sent     []Packet   // put on the wire by this step, in order; what a fault lost is marked
	Facts    []tcp.Fact // what changed and which rules did it, in order; a SegmentSent's To indexes Sent
	turn     *tcp.Turn  // the engine's buffers, of a step that is written again and again; nil in one that is kept
}

package packetdrill

import (
	"regexp"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
	"tcptutor/tcp/sim"
)

// IPVersion is which addresses a script's sockets and segments have.
type IPVersion uint8

// The versions of --ip_version.
const (
	IPv4   IPVersion = iota // AF_INET sockets
	IPv6                    // AF_INET6 sockets
	Mapped                  // AF_INET6 sockets, IPv4 on the wire
)

var ipNames = [...]string{"ipv4", "ipv6", "ipv4-mapped-ipv6"}

// String is the version as --ip_version has it.
func (v IPVersion) String() string { return ipNames[v] }

// Script is a script that has been read and understood.
type Script struct {
	Name      string
	IP        IPVersion
	Tolerance time.Duration // how far from its time an event may happen, at least
	Tick      time.Duration // of the subject's timestamp clock; 0: timestamps are compared loosely
	MTU       int
	Events    []Event
	Skipped   []Skip
}

// Skip is a part of a script that was not understood and is left out.
type Skip struct {
	Line int // from 1
	Text string
}

// Kind says what an event is.
type Kind uint8

// The kinds of event.
const (
	CallEvent   Kind = iota // a system call
	InjectEvent             // a segment arrives
	ExpectEvent             // a segment has to be sent
	SetEvent                // sysctls are set
	CheckEvent              // something has to hold of the subject
)

// Event is one event of a script.
type Event struct {
	Kind Kind
	Line int // from 1
	Col  int // in characters from 1
	Text string
	when when
	call call
	seg  segment
	sets []sim.Setting
	look check
	skip bool // it is a call that hosts here do not have, and is left out
}

// timing says what an event's time is counted from.
type timing uint8

const (
	absolute timing = iota // from the script's beginning
	relative               // from the event before
	anyTime                // not at all
)

// when is an event's time.
type when struct {
	timing
	from, to time.Duration // the same but for a range
	blocks   bool          // a call that returns later:
	end      time.Duration // then, counted as from is
}

// call is a system call of a script and what it has to give.
type call struct {
	host.Call
	ask    ask
	any    bool  // its result is not looked at
	want   int64 // -1 with errno
	errno  tcp.Errno
	option int64 // getsockopt: the value wanted, where known says so
	known  bool
	wait   time.Duration // poll: a timeout that is to run out: the call is made only then
}

// ask is a question that no system call of host's answers, but a look at the subject does.
type ask uint8

const (
	askNothing ask = iota
	askUnread      // ioctl(SIOCINQ): bytes that can be read
	askUnacked     // ioctl(SIOCOUTQ): bytes written and not acknowledged
)

// segment is a segment of a script: its numbers count from each side's first.
type segment struct {
	flags    tcp.Flags
	seq, ack uint32
	size     int
	hasWin   bool
	win      uint16
	anyOpts  bool // <...>
	opts     []opt
}

// opt is one option of a segment, in the order in which they stand.
type opt struct {
	name   string // "mss", "nop", "eol", "sackOK", "wscale", "TS", "sack"
	a, b   uint32 // mss, wscale: a; TS: val and ecr
	blocks []block
}

// block is a range of numbers in a sack option.
type block struct{ start, end uint32 }

// check is what a line of python or a shell command asserts.
type check struct {
	asserts []assertion
	command *command
}

// assertion compares a field of struct tcp_info with a number.
type assertion struct {
	field string
	op    string
	value int64
}

// command is a test of the subject's sockets: a listing, and what grep lets through of it.
type command struct {
	listing listing
	states  []tcp.State // of the sockets listed
	bare    bool        // without the column of states
	filters []filter
	negated bool // ! before it: nothing may be left
}

// filter is one grep: the lines that match, or those that do not.
type filter struct {
	pattern *regexp.Regexp
	without bool
}

// listing is a tool that lists sockets.
type listing uint8

const (
	listSS listing = iota
	listNetstat
	listSockstat // /proc/net/sockstat
	listBSD      // netstat and sockstat of BSD
)

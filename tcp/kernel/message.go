//go:build linux

package kernel

import (
	"errors"
	"time"

	"golang.org/x/sys/unix"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
)

// order is a message to a helper: one of its fields says what to do.
type order struct {
	Build *plan    // keeper: set the network up
	Set   *setting // keeper: give a sysctl a value
	Look  bool     // keeper: all sockets and counters; a process: its descriptors
	Begin bool     // keeper: start the host's first process
	Run   *Command // keeper: run a command; its three files come along
	Call  *call    // a process: a thread makes a call
}

// plan is what network is wanted.
type plan struct {
	Addr   tcp.Addr // the host's one address
	NoVeth bool     // as on a kernel without veth devices
}

// setting is a sysctl's real name, with a bracketed place where it has several numbers, and its value.
type setting struct {
	Name  string
	Value int64
}

// call is a system call on its way to a helper. JSON has texts, not bytes: the bytes of a call and its result travel beside it.
type call struct {
	Seq    int // numbers the calls of a process
	Thread int
	Call   host.Call
	Data   []byte
}

// answer is a message from a helper.
type answer struct {
	Err      string    // what went wrong; empty when nothing did
	HasLack  bool      // something is missing, and Err is the system's word for it
	Lack     Lack      // what
	Hello    bool      // a process: it is there
	Returned *returned // a process: a call is over
	Blocked  *call     // a process: the call of this thread and Seq waits
	Look     *look     // keeper and process: what was seen
	Wire     *wireEnd  // keeper: the network is up; the wire's end comes along
	Status   int       // of a command that has ended
}

// returned is a call that is over. At is CLOCK_MONOTONIC's, in nanoseconds.
type returned struct {
	call
	At     int64
	Result host.Result
	Cookie uint64 // of the socket that the result is a descriptor of; 0 for none
}

// wireEnd is the caller's end of the wire: a TUN device, or a packet socket, with where it is attached and the address of the other end,
// which frames go to.
type wireEnd struct {
	TUN   bool
	Index int
	To    []byte
}

// look is what a helper sees: of the keeper, sockets and counters; of a process, descriptors.
type look struct {
	Socks    []seen
	Counters [host.NumCounters]int64
	FDs      []descriptor
}

// seen is a socket as sock_diag and TCP_INFO have it. Times are of the answer's instant.
type seen struct {
	Cookie        uint64
	State         tcp.State
	Local, Remote tcp.Endpoint
	Inode         uint32 // 0: no process holds it
	Recv, Send    uint32 // Recv-Q and Send-Q as ss(8) prints them
	Timer         uint8  // idiag_timer
	Expires       time.Duration
	Tries         uint8
	Info          *info
}

// info is the part of TCP_INFO that a TCB has a place for.
type info struct {
	RTO, SRTT, RTTVar, MinRTT time.Duration
	Backoff, Probes, CA       uint8
	SndScale, RcvScale        uint8
	Scaling, TS, SACK         bool
	MSS, Cwnd, Ssthresh, Wnd  uint32
	Unsent                    uint32 // bytes written and never sent
	Received                  uint64 // sequence numbers received in order after the SYN
}

// descriptor is an entry of a process's table.
type descriptor struct {
	FD       int32
	Cookie   uint64
	Nonblock bool
	Local    tcp.Endpoint
}

// failure makes an answer of an error. What is missing travels as such.
func failure(err error) answer {
	a := answer{Err: err.Error()}
	if m, ok := errors.AsType[*Missing](err); ok {
		a.Lack, a.HasLack, a.Err = m.Lack, true, ""
		if m.Err != nil {
			a.Err = m.Err.Error()
		}
	}
	return a
}

// err is the error that an answer tells of; nil for none.
func (a *answer) err() error {
	switch {
	case a.HasLack && a.Err != "":
		return &Missing{a.Lack, errors.New(a.Err)}
	case a.HasLack:
		return &Missing{Lack: a.Lack}
	case a.Err != "":
		return errors.New(a.Err)
	}
	return nil
}

// monotonic is the clock that helpers and their starter share, in nanoseconds.
func monotonic() int64 {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &t); err != nil {
		panic("kernel: no CLOCK_MONOTONIC: " + err.Error()) // Linux always has it
	}
	return t.Nano()
}

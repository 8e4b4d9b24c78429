package host

import "tcptutor/tcp"

// Op is a system call.
type Op uint8

// The system calls. OpExit and OpKill end the process, the second as kill -9 does; OpReboot is the machine's power switch.
const (
	OpSocket Op = iota
	OpBind
	OpListen
	OpAccept
	OpConnect
	OpRead
	OpWrite
	OpShutdown
	OpClose
	OpDup
	OpFork
	OpSetsockopt
	OpGetsockopt
	OpGetsockname
	OpGetpeername
	OpFcntl
	OpPoll
	OpExit
	OpKill
	OpReboot
	NumOps
)

var opNames = [NumOps]string{
	"socket", "bind", "listen", "accept", "connect", "read", "write", "shutdown", "close", "dup", "fork",
	"setsockopt", "getsockopt", "getsockname", "getpeername", "fcntl", "poll", "exit", "kill", "reboot",
}

// String is the call's C name.
func (o Op) String() string { return opNames[o] }

// ParseOp finds a call by its C name.
func ParseOp(name string) (Op, bool) {
	for i, n := range opNames {
		if n == name {
			return Op(i), true
		}
	}
	return 0, false
}

// Values of arguments, with Linux's numbers.
const (
	AFUnix   = 1
	AFInet   = 2
	AFInet6  = 10
	AFPacket = 17

	SockStream    = 1
	SockDgram     = 2
	SockRaw       = 3
	SockSeqpacket = 5
	SockNonblock  = 0x800 // SOCK_NONBLOCK, or'ed to the type

	IPProtoIP  = 0
	IPProtoTCP = 6
	IPProtoUDP = 17

	ShutRD   = 0
	ShutWR   = 1
	ShutRDWR = 2

	MsgOOB = 0x1 // write: the bytes are urgent (RFC 9293 §3.8.5)

	FGetFL    = 3
	FSetFL    = 4
	ONonblock = 0x800

	PollIn  = 0x1
	PollPri = 0x2 // urgent data has been announced (RFC 9293 MUST-32); in Linux: has come
	PollOut = 0x4
	PollErr = 0x8
	PollHup = 0x10
)

// Option names a socket option: its own numbering, for setsockopt and getsockopt.
type Option uint8

// The socket options.
const (
	SoReuseaddr Option = iota
	SoReuseport
	SoLinger // value: seconds + 1 when on, 0 when off
	SoError  // getsockopt only
	SoRcvbuf
	SoKeepalive
	SoOobinline
	TCPNodelay
	TCPCork
	TCPUserTimeout // ms
	TCPKeepidle    // s
	TCPKeepintvl   // s
	TCPKeepcnt
	NumOptions
)

var optionNames = [NumOptions]string{
	"SO_REUSEADDR", "SO_REUSEPORT", "SO_LINGER", "SO_ERROR", "SO_RCVBUF", "SO_KEEPALIVE", "SO_OOBINLINE",
	"TCP_NODELAY", "TCP_CORK", "TCP_USER_TIMEOUT", "TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT",
}

// String is the option's C name.
func (o Option) String() string { return optionNames[o] }

// ParseOption finds an option by its C name.
func ParseOption(name string) (Option, bool) {
	for i, n := range optionNames {
		if n == name {
			return Option(i), true
		}
	}
	return 0, false
}

// Call is a system call with its arguments.
type Call struct {
	Op   Op
	FD   int32        // the descriptor it is about
	Addr tcp.Endpoint // bind, connect
	// A, B, C are the other arguments in C's order: socket: domain, type, protocol; listen: backlog; read: most
	// bytes wanted, 0 for as many as there are; shutdown: how; setsockopt: Option, value; getsockopt: Option;
	// fcntl: command, flags; poll: events; write: unused, flags; fork: which of the program's threads the child runs.
	A, B, C int64
	Data    string // write: the bytes
}

// Result is what a call returned.
type Result struct {
	Value int64        // as in C: a descriptor, a count of bytes, 0; -1 with Errno
	Errno tcp.Errno    // 0 when it succeeded
	Data  string       // read: the bytes
	Addr  tcp.Endpoint // getsockname, getpeername, accept: the address
}

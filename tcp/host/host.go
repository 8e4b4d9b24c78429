package host

import "tcptutor/tcp"

// Role is what a socket is used for.
type Role uint8

// The roles.
const (
	Fresh      Role = iota // socket() made it; maybe bound, not yet connected or listening
	Listener               // listen() was called
	Connection             // one end of a connection, or of one that failed
)

// Sock is the kernel's end of a socket, with the connection it carries. A connection that nobody has accepted yet
// and one that nobody holds any more are Socks too, as is a half-open one and one in TIME_WAIT.
type Sock struct {
	Face
	TCB    tcp.TCB // Local and Remote are valid in every role; State is CLOSED or LISTEN where there is no connection
	Accept []Ref   // accept queue, oldest first
}

// Face is what a socket is to its programs and to its listener.
type Face struct {
	ID   int32 // serial number on its host, from 1, never used again
	Role Role
	Dead bool // the slot is free: skip it

	Refs       int32     // descriptors that name it, over all processes
	Err        tcp.Errno // pending error: SO_ERROR, given by the next call
	Soft       tcp.Errno // what ICMP said without ending the connection: SO_ERROR, given once
	WriteShut  bool      // shutdown(SHUT_WR) or close() was called
	Half       bool      // half-open, in its listener's SYN queue
	Waiting    bool      // in its listener's accept queue
	HadFD      bool      // a program has held it: it has, or had, a name
	Failed     bool      // the connection ended by an error rather than by FINs
	SawEOF     bool      // read() has returned 0: the peer\'s FIN no longer counts in ss\'s Recv-Q
	Connecting bool      // a connect() has begun and none has told yet how it ended
	Bound      bool      // bind() or the kernel gave it a local port
	UserPort   bool      // the port was asked for by bind()
	Opt        [NumOptions]int64

	// A listener's part.
	Backlog  int32    // as listen() was told
	HalfN    int32    // entries in the SYN queue
	Parent   int32    // ID of the listener a connection came from; 0 when none
	parent   int32    // its slot
	Child    int32    // which of its listener's children it is, counted from 1 in the order they came to be
	Born     int32    // a listener's number of children so far
	CookieAt tcp.Time // when a listener last sent a SYN cookie; 0 never
	due      tcp.Time // earliest deadline, as the heap knows it
	heapAt   int32    // place in the heap of timers, from 1; 0 when in none
	inTable  bool     // found by its 4-tuple
	claims   bool     // its port is in the host's list of bound ones
}

// Ref names a socket: its ID, and where to find it.
type Ref struct {
	ID   int32
	slot int32
}

// FD is an entry of a process's descriptor table.
type FD struct {
	Sock     int32 // the socket's ID; 0 when the entry is free
	slot     int32
	Nonblock bool // O_NONBLOCK
}

// Process is a running program: a descriptor table. Descriptors 0, 1 and 2 are the terminal.
type Process struct {
	Alive bool
	FDs   []FD
}

// Task is a thread of a program that may be inside a system call.
type Task struct {
	Proc    int32
	Busy    bool // inside a call
	Blocked bool // the call waits
	Ready   bool // the wait is over: the call will return when the scheduler gets to it
	Call    Call
	Since   tcp.Time
	Sock    int32 // the socket the call is about; 0 when none
	slot    int32
	Result  Result // of the last call that returned
}

// Counter names a statistic of nstat(8), or one of ours.
type Counter uint8

// The counters (KERNEL §4).
const (
	ListenOverflows Counter = iota
	ListenDrops
	TCPReqQFullDrop
	TCPReqQFullDoCookies
	SyncookiesSent
	SyncookiesRecv
	EmbryonicRsts
	OutRsts
	NumCounters
)

var counterNames = [NumCounters]string{
	"ListenOverflows", "ListenDrops", "TCPReqQFullDrop", "TCPReqQFullDoCookies", "SyncookiesSent", "SyncookiesRecv",
	"EmbryonicRsts", "OutRsts",
}

// String is the counter's name in nstat(8), without its Tcp or TcpExt prefix.
func (c Counter) String() string { return counterNames[c] }

// Host is a machine: its kernel's sockets, its processes, its settings. It is plain data.
type Host struct {
	Machine
	Socks []Sock // by slot; Dead ones are free
	Procs []Process
	Tasks []Task

	free      []int32    // free slots of Socks
	table     []entry    // demultiplexing: hash of the 4-tuple -> slot, open addressing
	timers    []int32    // heap of slots by deadline
	listeners []int32    // slots
	bound     []binding  // ports given away by bind() and listen(), ascending
	proven    []tcp.Addr // peers whose last connection ended well, ascending
}

// Machine is a host without its sockets, processes and tasks: who it is, its settings, its counts.
type Machine struct {
	Index    uint8
	Addr     tcp.Addr
	MTU      int32 // bytes of a packet on the wire; 0: 1500
	Book     tcp.BookID
	Secret   uint64 // what its initial sequence numbers and ports are made from
	Sysctl   tcp.Sysctls
	Counters [NumCounters]int64

	serial  int32 // last socket ID given
	portSeq uint32
	tuples  int32  // connections in table
	stride  uint32 // how far the search for ephemeral ports has moved on
}

// Package scenario is the text that sets a world up and drives it. It reads top to bottom like a story:
//
//	book linux
//	link delay 10ms
//
//	server s = socket()
//	server bind(s, 8080)
//	server listen(s, 10)
//	server c = accept(s)                    # blocks until a connection is ready
//
//	client s = socket()
//	client connect(s, server:8080)
//	client write(s, "hello")
//	client close(s)
//
//	server read(c) until eof
//	server wait 2s                          # a program that takes its time
//	server close(c)
//
//	drop client sends FIN                   # the first one
//
// [Parse] compiles it to a [sim.Program], or finds all its mistakes, each with its place. [Format] prints a program back, [Apply] makes
// its what-ifs and [Expand] fills in a template.
//
//	text ──Expand──▶ text ──Parse──▶ Program ──Format──▶ text
//	                                  │    ▲
//	                                  └─Apply (a patch)
//
// # Lines
//
// One line says one thing. What stands after a # that begins the line or follows white space is a comment, unless it is in a text.
// Most lines begin with a host, and say what it is or what its program does; the others are about the world. Files are UTF-8.
//
//	LINE      = SETTING | HOST SETTING-OF-HOST | HOST[/N] STATEMENT | FAULT | INJECT
//	HOST, VAR = letters, digits and _, at most 32, no digit first, no word of the language
//	DURATION  = a decimal number with ns us ms s min or h: 10ms, 1.5 s, 4min
//
// # Hosts
//
// A host is there because a line begins with its name; it needs no other line to make it. Their order is the screen's, from left to
// right, and decides who is first at one instant: first the hosts that connect and never listen, then the others, each as first
// mentioned. So a client stands left of its server whichever is written first. A line `hosts NAME NAME ...` sets another
// order; it then has to name every host, and a misspelt one is found at once. A host may be there without a program: a machine with
// no server on it.
//
// Addresses are 10.0.0.1, 10.0.0.2, ... in that order; as soon as one host is given an IPv6 address, the others get fd00::1, fd00::2, ...
//
// # Settings
//
//	hosts client server               # the order of hosts, and that there are no others
//	book linux                        # the rules of every host that has no book of its own; without the line, linux
//	link delay 10ms                   # how long a segment travels; without the line, 10ms
//	link client server delay 50ms     # between two hosts, in both directions
//	link client -> server delay 50ms  # in one direction
//	sysctl net.ipv4.tcp_sack 0        # on every host; sysctl -w's NAME=VALUE is understood too
//	seed 7                            # what initial sequence numbers and ports are made from; without the line, 1
//	limit steps 5000                  # the run stops there; without the line at 100000, at most 1000000
//	limit time 10min                  # likewise; without the line after one hour, at most 720h
//
//	server book rfc9293               # one host's book, or linux+no-time-wait: a book and patches of it
//	server addr 10.0.0.9              # its one address, IPv4 or IPv6
//	server sysctl net.core.somaxconn 3
//
// Each is said once; what is said of one host goes before what is said of all. The order of lines does not matter.
//
// # Programs
//
// A host's statements run in their order, each when the one before has returned. `server/2 ...` is a second thread of the same process
// (server/1 is server); threads have the same variables. Threads of several hosts may stand in any mixture.
//
//	STATEMENT = [when MOMENT:] ACTION
//	ACTION    = wait DURATION
//	          | [VAR =] CALL(ARGUMENT, ...)
//	          | read(FD [, N]) until eof  |  read(FD) until N bytes
//
// With `when`, the thread waits until the moment has happened (the N-th time, with @N), if it has not yet; the notation of moments is
// package observe's. The colon may be left out. A line may not wait for a call that only it, or a line after it, could make.
// `read ... until` reads again and again; until eof also ends at an error.
//
// # Calls
//
// Calls are C's, less what C needs pointers for; recv and send are read and write. A descriptor is a variable of the same
// host, which some line has to have given its value, or a number. A constant may be written as its number.
//
//	s = socket()                       # a stream socket of the host's own address family
//	s = socket(AF_INET, SOCK_STREAM|SOCK_NONBLOCK, 0)
//	bind(s, 8080)                      # the wildcard address; *:8080 is the same
//	bind(s, 127.0.0.1:8080)            # ADDRESS:PORT; an IPv6 address in brackets; a host's name is its address; localhost
//	listen(s, 10)                      # also SOMAXCONN
//	c = accept(s)                      # also accept(s, NULL, NULL)
//	connect(s, server:8080)
//	read(c)   read(c, 100)             # as much as there is, or at most 100 bytes
//	write(c, "text\n")                 # a text with Go's escapes: \n \t \" \\ \x00
//	write(c, "x" * 100000)             # repeated; all writes together have at most 8 MiB
//	write(c, "hello", 3)               # its first bytes, as C has it
//	write(c, "now!", 4, MSG_OOB)       # urgent data, as send() has it
//	shutdown(c, SHUT_WR)               # SHUT_RD SHUT_WR SHUT_RDWR
//	close(c)
//	d = dup(c)
//	setsockopt(s, SO_REUSEADDR, 1)     # C's level before the option may be there: it is passed over
//	setsockopt(s, SO_LINGER, {1, 0})   # {on, seconds}
//	getsockopt(s, SO_ERROR)
//	getsockname(s)   getpeername(s)
//	fcntl(s, F_SETFL, O_NONBLOCK)      # F_GETFL
//	poll(s, POLLIN|POLLOUT)            # waits; poll(s, POLLIN, 0) does not
//	exit()                             # the process ends, with all its threads; kill() is the same, as by kill -9
//	fork(server/2)                     # a child with the same descriptors; its program is the lines of server/2
//	reboot()                           # the machine loses its power: sockets and all threads are gone, but for this one, which
//	                                   # goes on in a new life without descriptors; nobody on the network is told
//
// # Faults
//
// A fault is what the wire does to a segment, named by a moment of the kind WHO sends SEGMENT. Without more it is the first such
// segment; @2 is the second, retransmissions counted; `always` is each; `5%` is each with that probability, decided by the seed.
//
//	FAULT = drop MOMENT [WHICH]
//	      | delay MOMENT [WHICH] by DURATION       # it takes that much longer
//	      | duplicate MOMENT [WHICH] [by DURATION] # a second copy arrives, that much later
//	      | unreachable MOMENT [WHICH] [code N] [by DURATION] # it is lost, and ICMP tells its sender so, that much after a round
//	                                               # trip: 0 net, 1 host (without the word), 2 protocol, 3 port, 5 source route
//	      | reorder MOMENT [WHICH] [by DURATION]   # it arrives after the next segment of its direction, that much later
//	WHICH = always | PERCENT%
//
// # Injected segments
//
// An inject line is a segment that no program sends: forged, old, or a stranger's. It comes from outside of the world, so no fault meets it
// and the link's delay is not its; it reaches its host at its moment, or so much later.
//
//	INJECT  = inject when MOMENT: SEGMENT            # the N-th time, with @N
//	        | inject DURATION after MOMENT: SEGMENT
//	        | inject at DURATION: SEGMENT            # after the beginning of the run; between addresses, as no socket is there yet
//	SEGMENT = END > END [FLAGS] seq N [ack N] [win N] [urg N] [<OPTION,...>] ["text"]
//	END     = HOST.SOCKET | peer | HOST:PORT | ADDRESS:PORT
//	OPTION  = mss N | sackOK | TS val N ecr N | wscale N | sack {N:N}... | nop
//
//	inject when server accept returns: peer > server.c [R] seq 1 win 0
//	inject 5ms after client connect blocks: client.s > peer [S] seq -10 <mss 1460>
//	inject at 0s: 10.9.9.9:4000 > server:8080 [P.] seq 1 ack 1 "hello"
//
// An end is a socket's address, as it is at the moment; `peer` is the other end of that socket; or it is an address that anybody may
// write on a segment. When the socket is not there, or not connected, there is no segment. Flags are tcpdump's letters, FSRP.U, or
// none; commas may stand between the numbers. The window is 65535 where nothing is said.
//
// Numbers are relative, so that a text does not depend on initial sequence numbers. They count from what the receiver counts from: seq from the
// first number it has from the sender (IRS), ack and sack blocks from its own first number (ISS), TS val from the timestamp it saw last,
// ecr from its clock at the moment. Where the receiver knows none yet, they count from those of the connection whose name the segment
// bears; between strangers they are absolute. So seq 1 is the first byte, seq 0 the SYN, and seq -10 is from before the connection.
//
// # What-ifs
//
// A patch is text in the same language. A setting takes the place of the one there was (`book X` of every host's, `sysctl` of every
// host's); a fault, an injected segment or a host's line is added, the latter at the end of its thread. Programs and faults are changed by these:
//
//	without server wait 2s                      # the line is gone; `remove` is the same
//	without drop client sends FIN
//	replace server wait 2s -> wait 5s           # the new line is the same host's, or names one
//	before server close(c) -> write(c, "bye")
//	after server listen(s, 10) -> wait 1s
//
// The old line may be spelt in any way that means the same. Where several lines are alike, @N after it says which.
//
// # Templates
//
// Expand replaces ${name} before anything is parsed, so a parameter may be a time, a port, a word, a line, or nothing.
//
// # Limits
//
// Files come from strangers, so everything is bounded (limits.go), and what a file may make a run do is bounded by its limit lines. A
// mistake is file:line:col, what is wrong, what was expected; columns count characters.
package scenario

// Package kernel is the real Linux in a host's place: a sim.Subject whose calls are system calls and whose segments are packets.
//
//	this process                    a namespace of its own
//	┌───────────────┐   calls   ┌──────────────────────────────────────────────┐
//	│ Start, Wait   │◀─────────▶│ process 1   threads inside socket calls      │
//	│               │           │ process 2   what fork() made                 │
//	│ Look, Set     │◀─────────▶│ keeper      network, sysctls, sock_diag      │
//	│               │           ├──────────────────────────────────────────────┤
//	│ Inject        │──────────▶│ "wire" ═══ veth ═══ "host", the one address  │
//	│ Wait          │◀──────────│  packet socket        the kernel's TCP       │
//	│               │  packets  │        └───── "lo", what it says to itself   │
//	└───────────────┘           └──────────────────────────────────────────────┘
//
// The namespace is a network namespace, and for an ordinary user a user namespace around it: nothing outside is touched, nothing leaves
// the machine. Its host has one address, on one end of a veth pair; every other address lies behind the other end, where a packet
// socket hears what the kernel sends and says what it gets to hear. What the host says to itself is heard on the loopback device, and
// nothing can be done about it there. There is no ARP, nothing is offloaded, and the clock of a segment that left is the kernel's own
// (SO_TIMESTAMPNS). Where a kernel has no veth devices or no packet sockets the wire is a TUN device, which an ordinary user may not be
// allowed to open: a segment's time is when it was read, and loopback traffic is not heard.
//
// # The helpers
//
// The calls are made by helper processes in the namespace: this program's own file, started again with an environment variable that
// makes it a helper before main begins. The keeper sets the network up and looks at it; each process of the host's program is a helper
// of its own, so that fork, exit and kill -9 are what they are. A helper lives as long as its connection to the process that
// started it: when that one dies, even by SIGKILL, helpers end, and with the last of them the namespace and all that was in it.
//
// # Commands
//
// Run runs a program of the machine's own in the namespace, such as curl or ss, and a Door lets another terminal do so: live sessions are
// made of that.
//
// # What is known of a socket
//
// Look asks sock_diag for every TCP socket, with its queues, its timer and TCP_INFO, and keeps one ID for a socket by the kernel's
// cookie, which a half-open connection hands on to the connection and that to its TIME_WAIT. Sequence numbers are the wire's: the SYNs
// that passed say where each side begins; so is the timestamp that is to be echoed. What no interface tells is left zero: pending errors,
// which of several timers "on" stands for, how much window was offered.
//
// # What is set
//
// Sysctls that the engine knows have their documented defaults, whatever the machine's are. Besides: congestion control is reno, nothing is
// remembered of past connections, buffers neither grow nor are grown into (the send buffer has its full size at once, the receive buffer
// keeps its first), and no ACK waits to be merged with the next: all that hangs on the machine and not on TCP.
//
// # What is not modelled
//
// A reboot takes some milliseconds. No fault meets loopback traffic. Of ICMP there is "destination unreachable", for IPv4.
package kernel

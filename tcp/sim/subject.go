package sim

import (
	"tcptutor/tcp"
	"tcptutor/tcp/host"
)

// Subject is one host that stands apart from a world, with its wire in the caller's hands: a host of the engine, or a
// real kernel. Scripts run against one, and one can take the place of a host in a world.
//
// Time at a subject runs from 0. At the engine's it passes only in Wait; at a kernel's it passes by itself, and Wait sleeps. An error
// of any method means that the subject is of no further use; a call that fails is no such error, but a Result with an errno.
type Subject interface {
	// Now is the present instant.
	Now() tcp.Time
	// Start begins a system call of a thread (0, 1, ...) at the present instant; descriptors are the subject's own. A thread has one
	// call under way at a time. That it returned, even at once, is told by Wait.
	Start(thread int, c host.Call) error
	// Inject lets a segment reach the subject at the present instant.
	Inject(seg tcp.Segment) error
	// Unreachable lets an ICMP "destination unreachable" about a segment that the subject has sent reach it at the present instant.
	Unreachable(seg tcp.Segment, code tcp.Unreachable) error
	// Wait lets time pass until something happens, but not beyond an instant, and appends what happened, in its order. Nothing
	// appended means that the instant has come and nothing had happened.
	Wait(until tcp.Time, events []SubjectEvent) ([]SubjectEvent, error)
	// Look fills h with what can be known of the subject now: its sockets with addresses, state, queues and timers, and its counters.
	// A socket keeps its ID from one look to the next.
	Look(h *host.Host) error
	// Set gives a sysctl a value, in its own unit. It has to be said before the first call.
	Set(knob tcp.Sysctl, value int64) error
	// Close ends the subject and gives back what it took of the machine.
	Close() error
}

// SubjectEvent is something that happened at a subject: a segment left, or a call returned. A segment that the subject sends to itself
// leaves it, too, and reaches it without the caller.
type SubjectEvent struct {
	At     tcp.Time
	Sent   bool        // a segment left; otherwise a call returned
	Seg    tcp.Segment // that left
	Thread int         // whose call returned
	Call   host.Call   // that returned
	Result host.Result
}

// Looped tells whether a segment that left never left the host: it is one to itself.
func (e *SubjectEvent) Looped() bool {
	src, dst := e.Seg.Src.Addr, e.Seg.Dst.Addr
	return e.Sent && (src == dst || src.IsLoopback() || dst.IsLoopback())
}

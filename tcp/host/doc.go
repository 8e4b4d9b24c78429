// Package host is a machine around TCP connections: what a program calls, what a kernel keeps.
//
// A Host has processes with descriptor tables, tasks that may be inside a system call, and sockets. A socket is a listener
// with its two queues, or one end of a connection: half-open, waiting to be accepted, held by a program, orphaned, or in
// TIME_WAIT, it is always a Sock with a TCB. Segments find their socket by 4-tuple first, then by listening port; what belongs
// to nobody is answered as RFC 9293 §3.10.7.1 says.
//
//	Start   a task begins a call; it returns at once or blocks
//	Resume  a blocked call whose wait is over returns
//	Arrive  a segment comes in
//	Expire  the earliest timer fires
//
// Each takes a tcp.Turn to fill and the present time, and does nothing by itself: when things happen is package sim's affair.
// Errors are the errno that a C program would see. Like everything below sim, a Host is plain data and CopyInto copies it.
//
// # What is not modelled
//
// Measured of Linux 6.18 and left: in TIME_WAIT an accepted socket is to its program one that has never had a port, so that bind() succeeds
// and the descriptor parts with the connection; here it is EINVAL. And a SYN,FIN,ACK makes a half-open connection one that accept() returns,
// still in SYN_RCVD and with no timer that would end it; here it stays half-open.
package host

// Package packetdrill writes one end of a run as a packetdrill script: the field's language for "these calls, these segments, at these
// times". The real tool (github.com/google/packetdrill) runs such a script against a real kernel.
//
//	the run                         the script, of the host "server"
//	─────────────────────────       ─────────────────────────────────────────────
//	a call returns                  0.000000 listen(3, 10) = 0
//	a call blocks, and returns      0.000000...0.030000 accept(3, ..., ...) = 4
//	a segment arrives               0.010000 < S 0:0(0) win 64240 <mss 1460,...>
//	a segment is sent               0.010000 > S. 0:0(0) ack 1 win 65160 <mss 1460,...>
//	a sysctl of the host            `sysctl -q -w net.ipv4.tcp_sack=0`
//
// Times are seconds since the run began. Numbers are relative to each side's first, timestamps likewise, from 100 on: an echoed value
// always names one that the other side sent before. What the host sends is there also when it is lost later; what is lost on its way to
// the host is not there.
//
// # What a script cannot say
//
// A script has one connection, one thread and no payload, only its length. A run with more is refused, and the Refusal says why. Calls
// that scripts have no word for and that change nothing (poll, getsockname, getpeername), and those that never return, are comments.
package packetdrill

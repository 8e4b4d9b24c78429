// Package packetdrill reads and writes packetdrill scripts: the field's language for "these calls, these segments, at these
// times". The real tool (github.com/google/packetdrill) runs such a script against a real kernel.
//
//	the run                         the script, of the host "server"
//	─────────────────────────       ─────────────────────────────────────────────
//	a call returns                  +0 listen(3, 10) = 0
//	a call blocks, and returns      +0...0.03 accept(3, ..., ...) = 4
//	a segment arrives               +0.01 < S 0:0(0) win 64240 <mss 1460,...>
//	a segment is sent               +0 > S. 0:0(0) ack 1 win 65160 <mss 1460,...>
//	a sysctl of the host            `sysctl -q -w net.ipv4.tcp_sack=0`
//
// # Running
//
// Parse reads a script, Run runs it against a sim.Subject: a host of the engine or a real kernel. Simulate is Run with a host of the engine.
//
//	Parse ──▶ Script ──▶ Run ──Start, Inject, Set──▶ sim.Subject
//	                      ▲ ◀──Wait: what it sent,────┘
//	                      │    what returned
//	                      └── nil, or a Failure: the line, what came instead
//
// Times are absolute (0.1), from the event before (+.1), a range (+.3~+.4), or any (*); a call that blocks has two (0...0.2). Numbers count from
// each side's first. A script passes when every expected segment comes in order, with its content and at its time, when nothing else is
// sent before the next event nor within 50 ms after the last one, and when every call gives what it has to. A time may be missed by 4 ms
// (--tolerance_usecs) or an eighth of the wait. Options are compared in their order; a window only where it is written; a timestamp's val
// loosely (but see --tcp_ts_tick_usecs), its ecr exactly, and one that is injected has to name a val that the host sent before.
//
// Shell commands are never executed. sysctl sets the subject's knob; ss, netstat and /proc/net/sockstat with grep behind them become an
// assertion about the subject's sockets, as `assert tcpi_x == N` in python does. Script.Skipped lists the rest.
//
// # Writing
//
// Write writes one end of a run. The first event has the seconds since the run began, every other those since the one before: where a
// kernel's timer is late, the script waits for it. Numbers are relative to each side's first, timestamps likewise, from 100 on: an echoed value always names one that the other side sent before. What the host sends is there also when it is lost later;
// what is lost on its way to the host is not there. After a segment of 128 bytes or more has come no window is written: Linux lets its own
// grow then, which the engine does not.
//
// A script has one connection, one thread and no payload, only its length. A run with more is refused, and the Refusal says why. Calls
// that scripts have no word for and that change nothing (poll, getsockname, getpeername), and those that never return, are comments.
package packetdrill

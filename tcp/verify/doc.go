// Package verify holds the engine to the real kernel: a scenario is run twice, once all by the engine and once with a subject in one host's
// place, and what can be observed from outside is compared.
//
//	the program ──▶ sim.Timeline ─────────────▶ observed ─┐
//	           ├──▶ sim.StandIn (tcp/kernel) ─▶ observed ─┴─▶ differences, in the order of time
//	           └──▶ sim.StandIn (sim.Paced) ──▶ observed, where there are any, and compared again
//
// Compared are the segments that each host sends (flags, relative numbers, bytes, options, window, lost or not, which timestamp they echo),
// what each call returns, the states of each connection's ends, listeners' queues and counters at the end; and the times of all that, which
// a real machine keeps only roughly.
//
// # A machine that is late
//
// A scenario says when a call is made and when a segment arrives; a real machine does both some milliseconds later, and a close() that comes
// after a timer instead of before it is another scenario. So when the two runs differ, the engine runs once more in pace with the kernel:
// its host's calls begin and its segments arrive at the instants, and in the order, at which they really did. Kernel and engine agree when
// any of the engine's runs agrees.
//
// Taken out is lateness: of what is done to the kernel, however much; of a thread that wakes up, up to 25 ms; of a timer, up to what the
// cogs of the kernel's wheel make it (sim.Lateness). A timer fires here when a segment left the kernel; if the two were not done at one
// instant, that is known, and else the segment is tried as the timer's and as an answer. Not taken out is what the kernel does then: each
// segment, each result, each state, and their times are compared as ever.
//
// # What is compared roughly
//
// Windows are compared to the byte until data has reached their host. Then Linux widens its window by the memory that packets take, which is
// the network card's affair: the engine counts it as it is behind a veth, but not where small segments share it, and the two windows may
// differ by as much as a window can grow.
//
// What is a machine's own is not compared: initial numbers, ports that nobody asked for, descriptors, timestamps' beginnings, and how many
// read()s a stream takes where the program reads until something.
package verify

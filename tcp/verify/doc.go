// Package verify holds the engine to the real kernel: a scenario is run twice, once all by the engine and once with a subject in one host's
// place, and what can be observed from outside is compared.
//
//	the program ──▶ sim.Timeline ─────────────▶ observed ─┐
//	           └──▶ sim.StandIn (tcp/kernel) ─▶ observed ─┴─▶ differences, in the order of time
//
// Compared are the segments that each host sends (flags, relative numbers, bytes, options, window, lost or not, which timestamp they echo),
// what each call returns, the states of each connection's ends, listeners' queues and counters at the end; and the times of all that, which
// a real machine keeps only roughly.
//
// Windows are compared to the byte until data has reached their host. Then Linux widens its window by the memory that packets take, which is
// the network card's affair, and it may differ by as much as that can be.
//
// What is a machine's own is not compared: initial numbers, ports that nobody asked for, descriptors, timestamps' beginnings, and how many
// read()s a stream takes where the program reads until something.
package verify

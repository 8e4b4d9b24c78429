// Package source is the list of what the engine's rules cite: which sentence of which RFC, or which measured fact about Linux, a rule
// exists for. A rule carries an [ID]; a screen, a lesson or the coverage table turns it into words with [Lookup].
//
//	rule ── ID "RFC9293/3.10.7.3" ──▶ rfc9293.tsv ─┐
//	                                              ├─▶ Entry: where it stands, what it says, in two languages
//	rule ── ID "KERNEL/4.1" ────────▶ kernel.tsv ──┘
//
// # The two lists
//
// rfc9293.tsv has the sections and numbered requirements of RFC 9293 (MUST-10, SHLD-3, MAY-2, REC-1) and the sections of the other
// RFCs that rules need (RFC 1337, 5961, 6298, 7323 ...). The words are ours, shorter than the text they stand for; read the RFC
// for the law. A row whose scope is [NotApplicable] belongs to parts that a simulator of hosts and a wire leaves out: IP options, the
// Diffserv field, TTL, ECN.
//
// kernel.tsv has one row for each fact measured on Linux 6.18.44 (HZ=250, defaults but for tcp_congestion_control=cubic and
// tcp_no_metrics_save=1): two network namespaces, a wire of 10 ms each way unless a row says otherwise, segments dropped at the
// receiver by rule. Times count from the first event. Linux rounds long timers up, so 60 s comes out as 60 to 62 s: where a row
// gives a nominal value and a measured one, the nominal value is the one to model.
//
// Section 16 has what came out when every state of such a kernel was sent every kind of segment over a TUN device.
//
// Ids are stable: a row keeps its id for ever, a new fact goes to the end of its section.
package source

// Package tcp is one end of a TCP connection, in RFC 9293's own words.
//
// It has no I/O, no clock, no goroutine and no source of chance: the same state and the same event always give the same
// result. Everything enters by one of three doors, which are the subsections of RFC 9293 §3.10:
//
//	Call     a user call            §3.10.1 to §3.10.6
//	Arrive   a segment arrives      §3.10.7, its checks in its order
//	Expire   a timeout              §3.10.8
//
// An event is a Turn. It brings the time, the segment or the bytes, and the buffers that fill: segments to send, and
// facts. The connection is a TCB, plain data with the RFC's variable names: t.Snd.UNA, t.Rcv.NXT. Copy it (CopyInto) and
// you have the same connection at the same instant, so stepping back, forking and comparing need nothing else.
//
// # Rules are data
//
// What a stack does is not written into these functions. It stands in a Book: for each state the checks in their order, for
// each timer and each call the same. A check is a Rule, a value with a name, a source and a function:
//
//	state ──▶ Book.Arrives[state] ──▶ rule, rule, rule ...      each says Pass, Applied or Done
//	                                    │
//	                                    ├─▶ the TCB changes      ─▶ facts: which rule, what from, what to
//	                                    └─▶ segments leave       ─▶ facts: which rule sent it
//
// "rfc9293" is the RFC by the letter; "linux" is Linux 6.18 as measured, which puts rules of its own in the places where the
// kernel does otherwise. A counterfactual is a Patch of a book, one rule replaced or one number changed, and has a name like
// "linux+no-time-wait". No rule asks which book it is in.
//
// # The reason is the product
//
// Facts are flat structs that say which rule applied and what it changed from what to what. They are taken by comparing
// the variables before and after each rule, so none can be forgotten. Screens show them, lessons and quizzes are anchored
// on them, tests count them. Each rule cites the sentence it comes from by an ID of package source.
//
// # What holds it
//
// REQUIREMENTS.md, which is generated, has every requirement of RFC 9293 in scope with the rules and tests that answer for it. Three
// tables in sim/testdata are the engine at a glance, both books side by side: arrives/, every state against every kind of segment; calls.txt,
// every call in every state; timeouts.txt, what each state does in silence. Linux 6.18 was asked the same and agrees.
//
// # The house around it
//
//	tcp ◀─ host ◀─ sim ◀─ observe ◀─ scenario ◀─ trace ◀─ quiz ◀─ lessons ◀─ tui ◀─ main
//
// Package host is an operating system around connections: sockets, descriptors, queues, ports, errno. Package sim is the
// world: hosts, their programs, the wire and its faults, one clock that runs forward and back. Imports point one way; a test
// of this package holds that, with the rest of the module's style.
package tcp

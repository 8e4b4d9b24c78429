// Package generate makes scenarios up: programs that call, write, read, close and abort as they please, over a wire that loses, repeats
// and delays segments, with forged and old ones among them. A seed names a scenario for ever, and one that shows a fault can be made
// shorter.
//
//	text := generate.New(seed, generate.Options{})
//	if fails(text) {
//		text = generate.Shrink(text, fails)
//	}
//
// Transfer makes another kind: one connection that carries data in writes of all sizes, and loses some of it.
//
// # What is made
//
// A server with a listener and one client or more, each with a program of its own: connections overlap, queues overflow. With
// Options.Single there is one client and one connection, which is what a packetdrill script can say.
//
//	world     link delay, at most one sysctl
//	server    socket, bind, listen, a pause, accept, then a talk; with several clients some more accepts
//	client    socket, options, connect, then a talk
//	talk      write, read, read until eof, shutdown, close, SO_LINGER, pauses, in any order and number
//	wire      drop, duplicate, delay, reorder of any kind of segment
//	strangers segments injected into a connection: RST, SYN, FIN, data, ACK, of old, right and future numbers
package generate

// Package wire turns segments into the bytes that travel, and back: an IPv4 or IPv6 packet with a TCP segment in it, options and
// checksums as the network has them.
//
//	                 ┌───────────────┬──────────────────────────────────┬──────────┐
//	tcp.Segment ───▶ │ IPv4 or IPv6  │ TCP header        options        │ payload  │ ───▶ tcp.Segment
//	        Encode   └───────────────┴──────────────────────────────────┴──────────┘   Decode
//	                   addresses        ports, numbers, flags, window,     Data
//	                                    urgent pointer, options
//
// The headers and checksums are github.com/gopacket/gopacket's. The options are written in the order and with the padding that Linux
// sends (tcp_output.c tcp_options_write), so a capture of a run looks like a capture of a kernel:
//
//	SYN                  mss,sackOK,TS,nop,wscale
//	SYN, no timestamps   mss,nop,nop,sackOK,nop,wscale
//	the rest             nop,nop,TS and nop,nop,sack
//
// # What comes from strangers
//
// Decode takes any bytes. What is no packet it refuses with an Error, which says what is wrong and at which offset. A checksum is always
// verified and never optional (RFC 9293 MUST-2, MUST-3). Options are read in every segment and at any alignment (MUST-5, MUST-64); those
// the engine does not know are skipped by their length (MUST-6, MUST-68). An option whose length is illegal ends the options, and the
// segment survives with those before it (MUST-7), as in Linux (tcp_input.c tcp_parse_options).
//
// # What is not modelled
//
// Of ICMP "destination unreachable" is written, and nothing is read. Fragments are refused: nobody here puts them together. ECN's bits and the reserved ones are ignored, as are the fields of the IP
// header that TCP does not see (DSCP, TTL, identification, flow label). Of IPv6's extension headers hop-by-hop and destination
// options are skipped; a packet with another one is refused.
package wire

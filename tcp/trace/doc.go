// Package trace tells a run as text: what tcpdump, ss and strace would have printed of it, the story of its steps, JSON, a
// sequence diagram.
//
//	        sim.Run ──▶ Printer ──▶ lines ──▶ Write   a file or a pipe, step by step, nothing kept
//	                                     └──▶ Page    a screen: the lines of the first n steps, remembered
//
//	NewTCPDump(at)   tcpdump -n, at one host's interface or over the whole wire
//	NewCalls(host)   system calls, as strace tells them
//	NewText(opts)    every step: what happened, what was sent, what changed, and why
//	NewJSON()        every step as one JSON object (see Record); Decode reads them back
//	NewMermaid()     a Mermaid sequence diagram
//	SS(w, host)      ss -tano of a host at one instant
//	WriteBeside(...) two runs in two columns, aligned in time, with where they part; Compared is the words for it
//	WritePcapng      the packets themselves, for Wireshark
//
// A Printer is given the steps in their order, once each, because some lines need what came before them: tcpdump shows sequence
// numbers relative to the SYN,ACK it has seen. Nothing here changes the run, and nothing depends on more than the run: the
// same run gives the same bytes.
//
// What imitates a program imitates it to the letter, quirks included: tcpdump numbers a RST without ACK absolutely, and ss
// writes a second and a half as "1.500ms". Only what these programs guess from port numbers (": HTTP" after a segment to port
// 8080) is left out.
package trace

// Package observe is the one notation for "when" and "what": moments and values. Scenarios wait for moments, faults and lesson
// headings name them, the screen goes to them; prose, quizzes and claims ask for values. Both speak of hosts and variables by their
// names, and of the run by what happens in it, never by the number of a step.
//
// # Moments
//
//	MOMENT  = WHO EVENT [@N]
//	WHO     = client            any socket of a host, and what is no socket's
//	        | client.s          the socket that a variable of its program holds at that time
//	        | server.child1     the first connection that a listener's SYNs made, accepted or not
//	EVENT   = enters STATE
//	        | sends SEGMENT | gets SEGMENT     the instant it leaves, the instant it arrives
//	        | loses SEGMENT                    one that it sent: the instant it would have arrived
//	        | CALL blocks | CALL returns       read includes recv, write send
//	        | TIMER fires
//	        | RULE applies                     a rule of the host's book, by its name
//	STATE   = CLOSED LISTEN SYN_SENT SYN_RCVD ESTABLISHED FIN_WAIT_1 FIN_WAIT_2 CLOSE_WAIT CLOSING LAST_ACK TIME_WAIT
//	SEGMENT = SYN (without ACK) | SYN,ACK | ACK (a bare one) | FIN | RST | DATA (these three with or without ACK) | segment (any)
//	TIMER   = retransmit synack probe delayed-ack persist keepalive fin-wait-2 time-wait user
//
// Retransmissions count; second copies that a fault makes are not sent by anybody and don't. @N is which time it happens, from 1; without
// it, the first. States are read in every spelling (SYN-RECEIVED, SYN_RECV, ESTAB), segments as SYN-ACK, SYN+ACK or syn,ack too, and
// `receives` is gets. [FormatMoment] gives the one canonical spelling.
//
// [ParseMoment] reads a moment of a known program. A scenario that is still being read uses [ReadMoment], which stops where the
// moment does, and resolves the [Words] when all names are known.
//
// # Values
//
// A value is an expression of github.com/expr-lang/expr on the world after some steps: arithmetic, comparison, and, or, not, `c ? a : b`, lists,
// and the functions len min max abs int float string round floor ceil and duration("1.5s"). Integers are int, times
// time.Duration, states and errors their names. Times can be added, subtracted and compared; seconds(d) and milliseconds(d) make
// numbers of them.
//
// Of a socket (client.s, server.child1); a socket that is gone, or not there yet, is CLOSED and all its numbers are 0:
//
//	state  orphan  eof                             strings and truths
//	snd.una  snd.nxt  snd.wnd  snd.wscale  snd.mss numbers count from ISS
//	rcv.nxt  rcv.wnd  rcv.wscale  rcv.mss          numbers count from IRS
//	iss  irs                                       absolute
//	rto  srtt  rttvar  retries  backoff  cwnd  ssthresh  held  quick_acks  ts_recent  nodelay  cork
//	timer.retransmit  timer.time_wait  ...         what is left to run; 0 when it does not (dashes become _)
//	recv_queue  send_queue                         bytes to read; numbers not acknowledged
//	accept_queue  syn_queue  backlog               of a listener
//	local.addr  local.port  remote.addr  remote.port
//	errno  refs  fd                                pending error (SO_ERROR), descriptors, the variable's descriptor
//
// Of a host:
//
//	client.result  client.errno  client.call  client.blocked  client.read    its first thread: last call, what it gave, bytes read so far
//	client.addr
//	server.counter.ListenDrops  ...                                          nstat's counters
//	server.book.time_wait  ...                                               its book's numbers
//
// Of the run (a moment is a text in quotes; single ones do as well):
//
//	now                              the time of the step, from the beginning
//	count("MOMENT")                  how often it has happened by now
//	total("MOMENT")                  how often in the whole run
//	at("MOMENT")                     when it happens
//	step("MOMENT")                   which step it is, from 1: for comparing what is first at one instant
//	between("MOMENT", "MOMENT")      the time from one to the other
//	seg("MOMENT").seq                the segment of a moment with sends, gets or loses: seq ack (from the ISNs) raw_seq raw_ack flags win len
//	                                 seg_len mss wscale sack_ok sack urg ts_val ts_ecr src_port dst_port again lost sent_at arrives_at
//	value_at("MOMENT", "EXPR")       a value right after a moment
//	sysctl("server", "net.core.somaxconn")
//	book("rfc9293").time_wait        any book's number
//
// at, step, between, seg and value_at of a moment that never happens are a [NeverError]. [Check] finds every misspelt name, wrong type
// and impossible moment without running anything. [SockFields] and [HostFields] list the values with a line about each.
package observe

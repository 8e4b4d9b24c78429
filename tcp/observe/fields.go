package observe

import (
	"reflect"
	"strings"
	"time"

	"github.com/expr-lang/expr/types"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
	"tcptutor/tcp/sim"
)

// look is what a field reads: a world, and the host or socket that it is asked about.
type look struct {
	w    *sim.World
	p    *sim.Program
	host int
	sock *host.Sock // nil when it is gone or never was
	fd   int        // descriptor of the variable; -1 without one
	run  sim.Run
	at   int // steps taken
}

// Field documents one value that stands after `HOST.` or `HOST.SOCK.`.
type Field struct {
	Path string // "snd.nxt"
	Type string // "int", "duration", "bool" or "string"
	Doc  string // one line

	typ types.Type
	get func(*look) any
}

var typeNames = map[types.Type]string{types.Int: "int", types.String: "string", types.Bool: "bool", durationType: "duration"}

var durationType = types.TypeOf(time.Duration(0))

func number(path, doc string, get func(*host.Sock) int) Field {
	return Field{path, "int", doc, types.Int, func(l *look) any {
		if l.sock == nil {
			return 0
		}
		return get(l.sock)
	}}
}

func span(path, doc string, get func(*host.Sock) time.Duration) Field {
	return Field{path, "duration", doc, durationType, func(l *look) any {
		if l.sock == nil {
			return time.Duration(0)
		}
		return get(l.sock)
	}}
}

func truth(path, doc string, get func(*host.Sock) bool) Field {
	return Field{path, "bool", doc, types.Bool, func(l *look) any { return l.sock != nil && get(l.sock) }}
}

func word(path, doc, gone string, get func(*host.Sock) string) Field {
	return Field{path, "string", doc, types.String, func(l *look) any {
		if l.sock == nil {
			return gone
		}
		return get(l.sock)
	}}
}

// sendFields are the send sequence variables (RFC 9293 §3.3.1). Sequence numbers count from ISS.
var sendFields = []Field{
	number("iss", "initial send sequence number, absolute", func(s *host.Sock) int { return int(s.TCB.Snd.ISS) }),
	number("snd.una", "SND.UNA: oldest number not acknowledged, from ISS", func(s *host.Sock) int { return s.TCB.Snd.UNA.Since(s.TCB.Snd.ISS) }),
	number("snd.nxt", "SND.NXT: next number to send, from ISS", func(s *host.Sock) int { return s.TCB.Snd.NXT.Since(s.TCB.Snd.ISS) }),
	number("snd.wnd", "SND.WND: what the peer is ready to take, bytes", func(s *host.Sock) int { return int(s.TCB.Snd.WND) }),
	number("snd.wscale", "shift of the peer's windows", func(s *host.Sock) int { return int(s.TCB.Snd.WScale) }),
	number("snd.mss", "most payload of a segment sent, bytes", func(s *host.Sock) int { return int(s.TCB.Snd.MSS) }),
}

// receiveFields are the receive sequence variables (RFC 9293 §3.3.1). Sequence numbers count from IRS.
var receiveFields = []Field{
	number("irs", "the peer's initial sequence number, absolute", func(s *host.Sock) int { return int(s.TCB.Rcv.IRS) }),
	number("rcv.nxt", "RCV.NXT: next number expected, from IRS", func(s *host.Sock) int { return s.TCB.Rcv.NXT.Since(s.TCB.Rcv.IRS) }),
	number("rcv.wnd", "RCV.WND: window last offered, bytes", func(s *host.Sock) int { return int(s.TCB.Rcv.WND) }),
	number("rcv.wscale", "shift of our own windows", func(s *host.Sock) int { return int(s.TCB.Rcv.WScale) }),
	number("rcv.mss", "most payload of a segment that we announce, bytes", func(s *host.Sock) int { return int(s.TCB.MSSLocal) }),
}

// connectionFields are the rest of a connection, and what the operating system keeps beside it.
var connectionFields = []Field{
	word("state", "the state; CLOSED for a socket that is gone", tcp.Closed.String(), func(s *host.Sock) string { return s.TCB.State.String() }),
	span("rto", "retransmission timeout in force, before doubling", func(s *host.Sock) time.Duration { return s.TCB.RTO }),
	span("srtt", "smoothed round trip; 0 before the first sample", func(s *host.Sock) time.Duration { return s.TCB.SRTT }),
	span("rttvar", "variation of the round trip", func(s *host.Sock) time.Duration { return s.TCB.RTTVar }),
	number("retries", "how often the oldest segment has been sent again", func(s *host.Sock) int { return int(s.TCB.Retries) }),
	number("backoff", "doublings of the RTO in force", func(s *host.Sock) int { return int(s.TCB.Backoff) }),
	number("cwnd", "congestion window, segments", func(s *host.Sock) int { return int(s.TCB.Cwnd) }),
	number("ssthresh", "slow start threshold, segments", func(s *host.Sock) int { return int(s.TCB.Ssthresh) }),
	word("recovery", "what is made of losses: none, fast or loss", tcp.RecoveryNone.String(), func(s *host.Sock) string { return s.TCB.Recovery.String() }),
	number("dup_acks", "duplicate ACKs in a row", func(s *host.Sock) int { return int(s.TCB.DupAcks) }),
	number("probes", "keep-alive and window probes since the peer was last heard", func(s *host.Sock) int { return int(s.TCB.Probes) }),
	number("held", "bytes that have arrived out of order and wait for what lies before them", held),
	number("quick_acks", "ACKs still to be sent at once", func(s *host.Sock) int { return int(s.TCB.QuickAcks) }),
	number("ts_recent", "the peer's timestamp to echo, ms; 0 without timestamps", func(s *host.Sock) int { return int(s.TCB.TSRecent) }),
	number("unsent", "bytes written and never sent", func(s *host.Sock) int { return int(s.TCB.Unsent) }),
	number("urgent", "bytes to read until the end of urgent data; 0 for none", func(s *host.Sock) int { return s.TCB.Urgent() }),
	number("recv_queue", "bytes that wait to be read", func(s *host.Sock) int { return int(s.TCB.Unread) }),
	number("send_queue", "sequence numbers written and not acknowledged", sendQueue),
	number("accept_queue", "a listener's connections that nobody has accepted", func(s *host.Sock) int { return len(s.Accept) }),
	number("syn_queue", "a listener's half-open connections", func(s *host.Sock) int { return int(s.HalfN) }),
	number("backlog", "a listener's backlog as listen() was told", func(s *host.Sock) int { return int(s.Backlog) }),
	number("refs", "descriptors that name the socket", func(s *host.Sock) int { return int(s.Refs) }),
	word("errno", "SO_ERROR: the error that the next call will give; 0 for none", "0", func(s *host.Sock) string { return s.Err.String() }),
	word("local.addr", "our address", "0.0.0.0", func(s *host.Sock) string { return s.TCB.Local.Addr.String() }),
	number("local.port", "our port", func(s *host.Sock) int { return int(s.TCB.Local.Port) }),
	word("remote.addr", "the peer's address", "0.0.0.0", func(s *host.Sock) string { return s.TCB.Remote.Addr.String() }),
	number("remote.port", "the peer's port", func(s *host.Sock) int { return int(s.TCB.Remote.Port) }),
	truth("nodelay", "TCP_NODELAY is on: Nagle holds nothing back", func(s *host.Sock) bool { return s.TCB.NoDelay }),
	truth("cork", "TCP_CORK is on: only full segments leave", func(s *host.Sock) bool { return s.TCB.Cork }),
	truth("orphan", "no process holds the socket any more", func(s *host.Sock) bool { return s.TCB.Orphan }),
	truth("eof", "the peer's FIN has arrived in order", func(s *host.Sock) bool { return s.TCB.PeerClosed }),
	{"fd", "int", "the descriptor in the variable; -1 before it has one", types.Int, func(l *look) any { return l.fd }},
}

func held(s *host.Sock) int {
	n := 0
	for i := range s.TCB.Held {
		n += len(s.TCB.Held[i].Data)
	}
	return n
}

func sendQueue(s *host.Sock) int {
	if s.TCB.State == tcp.Closed || s.TCB.State == tcp.Listen {
		return 0
	}
	return s.TCB.Snd.NXT.Since(s.TCB.Snd.UNA) + int(s.TCB.Unsent)
}

// timerFields are how long each timer has still to run.
func timerFields() []Field {
	var list []Field
	for t := tcp.Timer(0); t < tcp.NumTimers; t++ {
		name := strings.ReplaceAll(t.String(), "-", "_")
		list = append(list, Field{"timer." + name, "duration", "what is left of the " + t.String() + " timer; 0 when it does not run", durationType,
			func(l *look) any {
				if l.sock == nil || l.sock.TCB.Timer[t] == 0 {
					return time.Duration(0)
				}
				return l.sock.TCB.Timer[t].Since(l.w.Now)
			}})
	}
	return list
}

var sockFields = append(append(append(append([]Field(nil), connectionFields...), sendFields...), receiveFields...), timerFields()...)

// SockFields are the values of a socket, in the order in which help lists them.
func SockFields() []Field { return append([]Field(nil), sockFields...) }

// HostFields are the values of a host, in the order in which help lists them.
func HostFields() []Field { return append([]Field(nil), hostFields...) }

var hostFields = append(append([]Field{
	{"addr", "string", "the host's address", types.String, func(l *look) any { return l.p.Hosts[l.host].Addr.String() }},
	{"result", "int", "what the last call of the host's first thread returned", types.Int, func(l *look) any {
		return int(l.task().Result.Value)
	}},
	{"errno", "string", "that call's error; 0 for none", types.String, func(l *look) any { return l.task().Result.Errno.String() }},
	{"call", "string", "the call that the first thread is in, or was in last", types.String, callName},
	{"blocked", "bool", "the first thread waits inside a call", types.Bool, func(l *look) any { return l.task().Blocked }},
	{"read", "int", "bytes that the first thread has read so far", types.Int, bytesRead},
}, counterFields()...), bookFields()...)

func counterFields() []Field {
	var list []Field
	for c := host.Counter(0); c < host.NumCounters; c++ {
		list = append(list, Field{"counter." + c.String(), "int", "nstat's " + c.String(), types.Int,
			func(l *look) any { return int(l.w.Hosts[l.host].Counters[c]) }})
	}
	return list
}

// bookFields are the numbers of the host's book, as the function book() has them.
func bookFields() []Field {
	var list []Field
	t := reflect.TypeFor[bookView]()
	for i := range t.NumField() {
		f := t.Field(i)
		typ := types.TypeOf(reflect.Zero(f.Type).Interface())
		list = append(list, Field{"book." + f.Tag.Get("expr"), typeNames[typ], f.Tag.Get("doc"), typ, func(l *look) any {
			return reflect.ValueOf(viewBook(tcp.BookOf(l.w.Hosts[l.host].Book))).Field(i).Interface()
		}})
	}
	return list
}

// thread is the host's first thread; -1 when it runs no program.
func (l *look) thread() int {
	for i := range l.p.Threads {
		if l.p.Threads[i].Host == l.host && i < len(l.w.Threads) {
			return i
		}
	}
	return -1
}

// task is what the first thread does in the kernel; an idle one when there is none.
func (l *look) task() host.Task {
	if i := l.thread(); i >= 0 {
		if k := int(l.w.Threads[i].Task); k < len(l.w.Hosts[l.host].Tasks) {
			return l.w.Hosts[l.host].Tasks[k]
		}
	}
	return host.Task{}
}

// callName is empty before the first call.
func callName(l *look) any {
	t := l.task()
	if i := l.thread(); !t.Busy && (i < 0 || t.Call == host.Call{} && l.w.Threads[i].Line == 0) {
		return ""
	}
	return t.Call.Op.String()
}

// bytesRead adds up what reads returned. It goes through the run's steps, and so uses up the view it is called with.
func bytesRead(l *look) any {
	thread, n := l.thread(), 0
	for i := range l.at {
		s := l.run.Step(i)
		if s.Returned && s.Call.Op == host.OpRead && int(s.Thread) == thread && s.Result.Value > 0 {
			n += int(s.Result.Value)
		}
	}
	return n
}

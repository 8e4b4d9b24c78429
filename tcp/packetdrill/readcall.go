package packetdrill

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
)

// expr is an argument of a call.
type expr struct {
	at    int
	kind  exprKind
	n     int64
	text  string // of a string
	items []expr // of a list; the values of an object
	keys  []string
}

type exprKind uint8

const (
	exprAny    exprKind = iota // ...
	exprNumber                 // 3, -1, 0x800, A | B
	exprString                 // "hello"
	exprList                   // [1]
	exprObject                 // {onoff=1, linger=0}
)

// field is an object's value by its key; nil when it has none.
func (e *expr) field(key string) *expr {
	if i := slices.Index(e.keys, key); i >= 0 {
		return &e.items[i]
	}
	return nil
}

// names are the constants that arguments have, with Linux's numbers.
var names = map[string]int64{
	"AF_UNIX": host.AFUnix, "AF_INET": host.AFInet, "AF_INET6": host.AFInet6, "AF_PACKET": host.AFPacket,
	"SOCK_STREAM": host.SockStream, "SOCK_DGRAM": host.SockDgram, "SOCK_RAW": host.SockRaw,
	"SOCK_NONBLOCK": host.SockNonblock, "SOCK_CLOEXEC": cloexec,
	"IPPROTO_IP": host.IPProtoIP, "IPPROTO_TCP": host.IPProtoTCP, "IPPROTO_UDP": host.IPProtoUDP,
	"SOL_SOCKET": solSocket, "SOL_TCP": host.IPProtoTCP, "SOL_IP": host.IPProtoIP, "SOL_IPV6": solIPv6, "IPPROTO_IPV6": solIPv6,
	"SHUT_RD": host.ShutRD, "SHUT_WR": host.ShutWR, "SHUT_RDWR": host.ShutRDWR,
	"F_GETFL": host.FGetFL, "F_SETFL": host.FSetFL, "O_RDONLY": 0, "O_WRONLY": 1, "O_RDWR": readWrite, "O_NONBLOCK": host.ONonblock,
	"POLLIN": host.PollIn, "POLLPRI": host.PollPri, "POLLOUT": host.PollOut, "POLLERR": host.PollErr, "POLLHUP": host.PollHup,
	"MSG_NOSIGNAL": noSignal, "SIOCINQ": siocInq, "SIOCOUTQ": siocOutq, "FIONREAD": siocInq, "TIOCOUTQ": siocOutq, "INADDR_ANY": 0,
}

// Numbers of Linux that package host has no use for.
const (
	cloexec   = 0x80000 // SOCK_CLOEXEC
	solSocket = 1
	solIPv6   = 41
	readWrite = 2 // O_RDWR
	noSignal  = 0x4000
	siocInq   = 0x541b
	siocOutq  = 0x5411
)

// expression reads an argument.
func (r *reader) expression(e *expr, depth int) bool {
	r.gap()
	e.at = r.at
	if depth > maxDepth {
		return r.fail(r.at, "", "brackets within brackets, %d deep", maxDepth)
	}
	switch c := r.peek(); {
	case strings.HasPrefix(r.text[r.at:], "..."):
		r.at += 3
		return true
	case c == '[':
		e.kind = exprList
		return r.items(e, depth, ']')
	case c == '{':
		e.kind = exprObject
		return r.items(e, depth, '}')
	case c == '"':
		e.kind = exprString
		return r.quoted(&e.text)
	}
	for {
		n, ok := r.term(e, depth)
		if !ok {
			return false
		}
		e.n |= n
		r.gap()
		if !r.take("|") {
			return true
		}
		r.gap()
	}
}

// term reads one number or name; htons(8080) and inet_addr("10.0.0.1") are what stands in their brackets.
func (r *reader) term(e *expr, depth int) (int64, bool) {
	r.gap()
	at := r.at
	negative := r.take("-")
	w := r.word()
	switch {
	case w == "":
		return 0, r.fail(at, "an argument: a number, a name, ..., [N] or {name=N}", "%s", r.found())
	case isDigit(w[0]):
		n, err := strconv.ParseInt(w, 0, 64)
		if err != nil || n > 1<<40 {
			return 0, r.fail(at, "a number", "%q is not a number", w)
		}
		e.kind = exprNumber
		if negative {
			n = -n
		}
		return n, true
	case slices.Contains([]string{"htons", "htonl", "inet_addr", "inet_pton"}, w):
		var inner expr
		if !r.need("(") || !r.expression(&inner, depth+1) {
			return 0, false
		}
		if w == "inet_pton" && (!r.need(",") || !r.expression(&inner, depth+1)) { // the family goes first
			return 0, false
		}
		if !r.need(")") {
			return 0, false
		}
		e.kind, e.text = inner.kind, inner.text
		return inner.n, true
	}
	e.kind = exprNumber
	if n, ok := r.definition(w); ok {
		return n, true
	}
	if n, ok := names[w]; ok {
		return n, true
	}
	if o, ok := host.ParseOption(w); ok {
		return optionBase + int64(o), true
	}
	if slices.Contains(otherOptions, w) {
		return otherOption, true
	}
	if errno, ok := tcp.ParseErrno(w); ok {
		return int64(errno), true
	}
	return 0, r.fail(at, "", "the name %s is not known here", w)
}

// optionBase tells the names of socket options, which are package host's numbers, from Linux's numbers.
const optionBase = 1 << 50

// otherOption is the number of every socket option that hosts here do not have: calls about them are skipped.
const otherOption = optionBase + int64(host.NumOptions)

var otherOptions = []string{
	"SO_BROADCAST", "SO_DEBUG", "SO_DONTROUTE", "SO_INCOMING_CPU", "SO_MARK", "SO_MAX_PACING_RATE", "SO_PRIORITY", "SO_RCVLOWAT", "SO_RCVTIMEO",
	"SO_SNDBUF", "SO_SNDLOWAT", "SO_SNDTIMEO", "SO_TIMESTAMP", "SO_TIMESTAMPING", "SO_ZEROCOPY",
	"TCP_CONGESTION", "TCP_DEFER_ACCEPT", "TCP_FASTOPEN", "TCP_FASTOPEN_CONNECT", "TCP_FUNCTION_BLK", "TCP_INFO", "TCP_INQ", "TCP_KEEPINIT", "TCP_LINGER2",
	"TCP_LOG", "TCP_MAXSEG", "TCP_NOOPT", "TCP_NOPUSH", "TCP_NOTSENT_LOWAT", "TCP_QUICKACK", "TCP_SYNCNT", "TCP_TIMESTAMP", "TCP_WINDOW_CLAMP",
	"IP_BIND_ADDRESS_NO_PORT", "IP_FREEBIND", "IP_MTU_DISCOVER", "IP_RECVERR", "IP_TOS", "IP_TTL", "IPV6_RECVERR", "IPV6_TCLASS", "IPV6_V6ONLY",
}

// items reads what stands in brackets, the opening one included.
func (r *reader) items(e *expr, depth int, last byte) bool {
	r.at++
	for {
		r.gap()
		if r.peek() == last {
			r.at++
			return true
		}
		key := ""
		if e.kind == exprObject {
			if key = r.word(); key == "" {
				return r.fail(r.at, "name=value", "%s", r.found())
			}
			r.gap()
			if !r.need("=") {
				return false
			}
		}
		var item expr
		if !r.expression(&item, depth+1) {
			return false
		}
		e.items, e.keys = append(e.items, item), append(e.keys, key)
		r.gap()
		if !r.take(",") && r.peek() != last {
			return r.fail(r.at, fmt.Sprintf("\",\" or %q", last), "%s", r.found())
		}
	}
}

func (r *reader) quoted(text *string) bool {
	end := strings.IndexAny(r.text[r.at+1:], "\"\n")
	if end < 0 || r.text[r.at+1+end] == '\n' {
		return r.fail(r.at, `"`, "this string has no end")
	}
	*text = r.text[r.at+1 : r.at+1+end]
	r.at += end + 2
	return r.carry(r.at, end)
}

// call reads name(arguments) = result.
func (r *reader) call(e *Event) bool {
	b := builder{reader: r, e: e, begin: r.at}
	b.name = r.word()
	f, known := forms[b.name]
	if !known {
		return r.fail(b.begin, strings.Join(slices.Sorted(maps.Keys(forms)), ", "), "no call is called %q here", b.name)
	}
	r.gap()
	if !r.need("(") {
		return false
	}
	for r.gap(); !r.take(")"); r.gap() {
		var a expr
		if !r.expression(&a, 0) {
			return false
		}
		b.args = append(b.args, a)
		r.gap()
		if !r.take(",") && r.peek() != ')' {
			return r.fail(r.at, `"," or ")"`, "%s", r.found())
		}
	}
	if n := len(b.args); n < f.least || n > f.most {
		return r.fail(b.begin, f.use, "%s() has %d arguments", b.name, n)
	}
	b.use = f.use
	e.call.Op = f.op
	r.gap()
	return r.need("=") && b.result() && f.fill(&b)
}

// result reads what the call has to give: 3, -1 EAGAIN (Resource temporarily unavailable), 0x802 (flags O_RDWR|O_NONBLOCK), ... for anything.
func (b *builder) result() bool {
	c := &b.e.call
	b.gap()
	if b.take("?") {
		c.any = true
		return true
	}
	var v expr
	if !b.expression(&v, 0) {
		return false
	}
	switch {
	case v.kind == exprAny:
		c.any = true
	case v.kind != exprNumber:
		return b.fail(v.at, "a number", "a call gives a number")
	}
	c.want = v.n
	b.space()
	at := b.at
	if w := b.peekWord(); w != "" && isLetter(w[0]) {
		b.word()
		errno, ok := tcp.ParseErrno(w)
		if !ok {
			return b.fail(at, "an error's name, such as ECONNRESET", "no error is called %s here", w)
		}
		c.errno = errno
	}
	switch {
	case c.want == -1 && c.errno == tcp.OK:
		return b.fail(v.at, "-1 EAGAIN (Resource temporarily unavailable)", "a call that fails has an error")
	case c.want != -1 && c.errno != tcp.OK:
		return b.fail(at, "-1 before it", "a call that gives %d has no error", c.want)
	}
	return b.note()
}

// note goes over the text in brackets after a result.
func (r *reader) note() bool {
	if !r.take("(") {
		return true
	}
	end := strings.IndexAny(r.text[r.at:], ")\n")
	if end < 0 || r.text[r.at+end] == '\n' {
		return r.fail(r.at-1, ")", "this bracket has no end")
	}
	r.at += end + 1
	return true
}

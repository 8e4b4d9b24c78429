package packetdrill

import (
	"cmp"
	"strings"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
)

// builder makes the call of one event.
type builder struct {
	*reader
	e     *Event
	begin int
	name  string
	use   string // an example of the call
	args  []expr
}

// form is what a call's arguments are.
type form struct {
	op          host.Op
	least, most int
	use         string
	fill        func(*builder) bool
}

// forms are the calls that scripts have.
var forms = map[string]form{
	"socket":     {host.OpSocket, 3, 3, "socket(..., SOCK_STREAM, IPPROTO_TCP) = 3", (*builder).socket},
	"bind":       {host.OpBind, 3, 3, "bind(3, ..., ...) = 0", (*builder).address},
	"connect":    {host.OpConnect, 3, 3, "connect(3, ..., ...) = 0", (*builder).address},
	"accept":     {host.OpAccept, 3, 3, "accept(3, ..., ...) = 4", (*builder).descriptor},
	"listen":     {host.OpListen, 2, 2, "listen(3, 1) = 0", (*builder).numbered},
	"close":      {host.OpClose, 1, 1, "close(4) = 0", (*builder).descriptor},
	"shutdown":   {host.OpShutdown, 2, 2, "shutdown(4, SHUT_WR) = 0", (*builder).numbered},
	"read":       {host.OpRead, 3, 3, "read(4, ..., 1000) = 1000", (*builder).read},
	"recv":       {host.OpRead, 4, 4, "recv(4, ..., 1000, 0) = 1000", (*builder).read},
	"write":      {host.OpWrite, 3, 3, "write(4, ..., 1000) = 1000", (*builder).write},
	"send":       {host.OpWrite, 4, 4, "send(4, ..., 1000, 0) = 1000", (*builder).write},
	"sendto":     {host.OpWrite, 6, 6, "sendto(4, ..., 1000, 0, ..., ...) = 1000", (*builder).write},
	"fcntl":      {host.OpFcntl, 2, 3, "fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0", (*builder).fcntl},
	"setsockopt": {host.OpSetsockopt, 5, 5, "setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0", (*builder).setsockopt},
	"getsockopt": {host.OpGetsockopt, 5, 5, "getsockopt(3, SOL_SOCKET, SO_ERROR, [0], [4]) = 0", (*builder).getsockopt},
	"ioctl":      {host.NumOps, 3, 3, "ioctl(4, SIOCINQ, [1000]) = 0", (*builder).ioctl},
	"poll":       {host.OpPoll, 3, 3, "poll([{fd=4, events=POLLIN, revents=POLLIN}], 1, 0) = 1", (*builder).poll},
}

// wrong notes a mistake in argument i.
func (b *builder) wrong(i int, problem string, args ...any) bool {
	return b.fail(b.args[i].at, b.use, problem, args...)
}

// number is argument i as one.
func (b *builder) integer(i int, n *int64) bool {
	if b.args[i].kind != exprNumber {
		return b.wrong(i, "%s() wants a number here", b.name)
	}
	*n = b.args[i].n
	return true
}

// descriptor is the first argument.
func (b *builder) descriptor() bool {
	var fd int64
	if !b.integer(0, &fd) {
		return false
	}
	const most = 1 << 20
	if fd < -1 || fd > most {
		return b.wrong(0, "%d is no descriptor", fd)
	}
	b.e.call.FD = int32(fd)
	return true
}

// numbered is for a descriptor and a number.
func (b *builder) numbered() bool {
	return b.descriptor() && b.integer(1, &b.e.call.A)
}

func (b *builder) socket() bool {
	c := &b.e.call
	c.A = host.AFInet
	if b.s.IP != IPv4 {
		c.A = host.AFInet6
	}
	if b.args[0].kind != exprAny && !b.integer(0, &c.A) {
		return false
	}
	if !b.integer(1, &c.B) || !b.integer(2, &c.C) {
		return false
	}
	c.B &^= cloexec
	return true
}

// address is for a descriptor and an endpoint. An elided one is the script's own; of a written one a zero part is.
func (b *builder) address() bool {
	if !b.descriptor() {
		return false
	}
	c, a := &b.e.call, &b.args[1]
	c.Addr.Port = scriptPort
	switch a.kind {
	case exprAny:
		return true
	case exprObject:
	default:
		return b.wrong(1, "an address is ... or {sa_family = AF_INET, sin_port = htons(8080), sin_addr = inet_addr(\"192.168.0.1\")}")
	}
	for _, key := range [...]string{"sin_port", "sin6_port"} {
		if p := a.field(key); p != nil && p.kind == exprNumber && p.n >= 0 && p.n < 1<<16 {
			c.Addr.Port = uint16(p.n)
		} else if p != nil && p.kind != exprAny {
			return b.fail(p.at, "from 0 to 65535, or ...", "this is no port")
		}
	}
	for _, key := range [...]string{"sin_addr", "sin6_addr"} {
		p := a.field(key)
		if p == nil || p.kind == exprAny || p.kind == exprNumber && p.n == 0 {
			continue
		}
		addr, err := tcp.ParseAddr(p.text)
		if err != nil || p.kind != exprString {
			return b.fail(p.at, "an address, such as inet_addr(\"192.168.0.1\"), or ...", "this is no address")
		}
		c.Addr.Addr = addr
		if addr.IsUnspecified() {
			c.Addr.Addr = tcp.IPv4(0, 0, 0, 0) // said to be none, where the zero Addr is not said
		}
	}
	return true
}

// length is argument i as a number of bytes.
func (b *builder) length(i int, n *int64) bool {
	if !b.integer(i, n) {
		return false
	}
	if *n < 1 || *n > maxBytes {
		return b.wrong(i, "%s() of %d bytes: 1 to %d can be asked for", b.name, *n, maxBytes)
	}
	return true
}

func (b *builder) read() bool {
	var flags int64
	if !b.descriptor() || !b.length(2, &b.e.call.A) || len(b.args) > 3 && !b.integer(3, &flags) {
		return false
	}
	return flags == 0 || b.wrong(3, "recv() knows no flag here")
}

func (b *builder) write() bool {
	c := &b.e.call
	var flags, n int64
	if !b.descriptor() || !b.length(2, &n) || len(b.args) > 3 && !b.integer(3, &flags) || !b.carry(b.args[2].at, int(n)) {
		return false
	}
	if flags&^noSignal != 0 {
		return b.wrong(3, "%s() knows MSG_NOSIGNAL and no other flag", b.name)
	}
	switch a := &b.args[1]; {
	case a.kind == exprString && int64(len(a.text)) != n:
		return b.wrong(1, "the string has %d bytes, not %d", len(a.text), n)
	case a.kind == exprString:
		c.Data = a.text
	case a.kind == exprAny:
		c.Data = strings.Repeat("x", int(n))
	default:
		return b.wrong(1, "the bytes are ... or \"a string\"")
	}
	return true
}

func (b *builder) fcntl() bool {
	c := &b.e.call
	if !b.numbered() {
		return false
	}
	switch {
	case c.A == host.FGetFL:
		return true
	case c.A != host.FSetFL || len(b.args) < 3:
		return b.wrong(1, "fcntl() knows F_GETFL and F_SETFL")
	}
	return b.integer(2, &c.B)
}

// socketOption is the option that arguments 1 and 2 name.
func (b *builder) socketOption(o *host.Option) bool {
	var level, n int64
	if !b.descriptor() || !b.integer(1, &level) || !b.integer(2, &n) {
		return false
	}
	if n < optionBase {
		return b.wrong(2, "this is no socket option")
	}
	*o = host.Option(n - optionBase)
	if n == otherOption {
		b.e.skip = true
		return true
	}
	want := int64(solSocket)
	if *o >= host.TCPNodelay {
		want = host.IPProtoTCP
	}
	return level == want || b.wrong(1, "%v is an option of another level", *o)
}

// optionValue is argument 3: [1], or {onoff=1, linger=0} of SO_LINGER, which the engine keeps as one number.
func (b *builder) optionValue(o host.Option, v *int64) bool {
	a := &b.args[3]
	switch {
	case b.e.skip:
		return true
	case o == host.SoLinger && a.kind == exprObject:
		on, seconds := cmp.Or(a.field("onoff"), a.field("l_onoff")), cmp.Or(a.field("linger"), a.field("l_linger"))
		if on == nil || seconds == nil || seconds.n < 0 {
			return b.wrong(3, "SO_LINGER is {onoff=1, linger=0}")
		}
		if on.n != 0 {
			*v = seconds.n + 1
		}
		return true
	case o != host.SoLinger && a.kind == exprList && len(a.items) == 1 && a.items[0].kind == exprNumber:
		*v = a.items[0].n
		return true
	}
	return b.wrong(3, "the option's value is [N], of SO_LINGER {onoff=N, linger=N}")
}

func (b *builder) setsockopt() bool {
	var o host.Option
	if !b.socketOption(&o) || !b.optionValue(o, &b.e.call.B) {
		return false
	}
	b.e.call.A = int64(o)
	return true
}

func (b *builder) getsockopt() bool {
	c := &b.e.call
	var o host.Option
	if !b.socketOption(&o) {
		return false
	}
	c.A = int64(o)
	if b.args[3].kind == exprAny || c.any || c.errno != tcp.OK {
		return true
	}
	c.known = true
	return b.optionValue(o, &c.option)
}

func (b *builder) ioctl() bool {
	c := &b.e.call
	if !b.numbered() {
		return false
	}
	switch c.A {
	case siocInq:
		c.ask = askUnread
	case siocOutq:
		c.ask = askUnacked
	default:
		return b.wrong(1, "ioctl() knows SIOCINQ and SIOCOUTQ")
	}
	a := &b.args[2]
	switch {
	case a.kind == exprAny || c.any:
		return true
	case a.kind != exprList || len(a.items) != 1 || a.items[0].kind != exprNumber:
		return b.wrong(2, "the number wanted is [N]")
	}
	c.known, c.option = true, a.items[0].n
	return true
}

// poll is for one descriptor.
func (b *builder) poll() bool {
	c := &b.e.call
	list := &b.args[0]
	var timeout int64
	if list.kind != exprList || len(list.items) != 1 || list.items[0].kind != exprObject {
		return b.wrong(0, "poll() looks at one descriptor here: [{fd=4, events=POLLIN, revents=POLLIN}]")
	}
	for _, f := range [...]struct {
		name string
		to   *int64
	}{{"events", &c.A}, {"revents", &c.option}} {
		e := list.items[0].field(f.name)
		if e == nil || e.kind != exprNumber {
			return b.wrong(0, "%s is missing", f.name)
		}
		*f.to = e.n
	}
	fd := list.items[0].field("fd")
	if fd == nil || fd.kind != exprNumber || !b.integer(2, &timeout) {
		return b.wrong(0, "fd or the timeout is missing")
	}
	c.FD, c.known = int32(fd.n), !c.any
	if timeout == 0 || timeout > 0 && c.want == 0 {
		// A timeout that is to run out is one look at its end: what came sooner would still be there.
		c.C, c.wait = 1, time.Duration(timeout)*time.Millisecond
	}
	return true
}

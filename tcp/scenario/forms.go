package scenario

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"tcptutor/tcp/host"
	"tcptutor/tcp/sim"
)

// The calls' arguments, one function each. Constants have C's names; their values are Linux's.

var (
	families  = []constant{{"AF_INET", host.AFInet}, {"AF_INET6", host.AFInet6}, {"AF_UNIX", host.AFUnix}, {"AF_PACKET", host.AFPacket}}
	types     = []constant{{"SOCK_STREAM", host.SockStream}, {"SOCK_DGRAM", host.SockDgram}, {"SOCK_RAW", host.SockRaw}, {"SOCK_SEQPACKET", host.SockSeqpacket}, {"SOCK_NONBLOCK", host.SockNonblock}}
	protocols = []constant{{"IPPROTO_IP", host.IPProtoIP}, {"IPPROTO_TCP", host.IPProtoTCP}, {"IPPROTO_UDP", host.IPProtoUDP}}
	hows      = []constant{{"SHUT_RD", host.ShutRD}, {"SHUT_WR", host.ShutWR}, {"SHUT_RDWR", host.ShutRDWR}}
	commands  = []constant{{"F_GETFL", host.FGetFL}, {"F_SETFL", host.FSetFL}}
	polls     = []constant{{"POLLIN", host.PollIn}, {"POLLPRI", host.PollPri}, {"POLLOUT", host.PollOut}}
	nothing   = constant{"NULL", 0}
)

const maxInt = 1<<31 - 1

func (b *builder) socket() bool {
	b.line.Call.A, b.line.Call.B = host.AFInet, host.SockStream
	if !b.p.Hosts[b.host].Addr.Is4() {
		b.line.Call.A = host.AFInet6
	}
	var ok bool
	for i := range b.st.args {
		switch i {
		case 0:
			b.line.Call.A, ok = b.number(i, 0, maxInt, families...)
		case 1:
			b.line.Call.B, ok = b.number(i, 0, maxInt, types...)
		case 2:
			b.line.Call.C, ok = b.number(i, 0, maxInt, protocols...)
		}
		if !ok {
			return false
		}
	}
	return true
}

func (b *builder) bind() bool    { return b.fd() && b.endpoint(1, true) }
func (b *builder) connect() bool { return b.fd() && b.endpoint(1, false) }
func (b *builder) fdOnly() bool  { return b.fd() }

func (b *builder) listen() bool {
	if !b.fd() {
		return false
	}
	var ok bool
	b.line.Call.A, ok = b.number(1, -1, maxInt, constant{"SOMAXCONN", 4096})
	return ok
}

// accept may have C's two pointers, which have to be NULL: the address is shown anyway.
func (b *builder) accept() bool { return b.fd() && b.zeros(1) }

// zeros checks that the arguments from i on are 0 or NULL, and does not show them.
func (b *builder) zeros(i int) bool {
	for shown := len(b.shown); i < len(b.st.args); i++ {
		if _, ok := b.number(i, 0, 0, nothing); !ok {
			return false
		}
		b.shown = b.shown[:shown]
	}
	return true
}

func (b *builder) read() bool {
	if !b.fd() {
		return false
	}
	if len(b.st.args) == 1 {
		return true
	}
	var ok bool
	b.line.Call.A, ok = b.number(1, 1, maxInt)
	return ok && b.zeros(2)
}

// write takes a text, and how much of it as C would have it.
func (b *builder) write() bool {
	if !b.fd() {
		return false
	}
	data, show, ok := b.text(b.st.args[1])
	if !ok {
		return false
	}
	b.shown = append(b.shown, show)
	if len(b.st.args) > 2 {
		n, ok := b.number(2, 0, int64(len(data)))
		if !ok {
			return false
		}
		data = data[:n]
	}
	b.line.Call.Data = data
	if len(b.st.args) > 3 && b.st.args[3].text == "MSG_OOB" {
		b.line.Call.B, ok = b.number(3, 0, 0, constant{"MSG_OOB", host.MsgOOB})
		return ok
	}
	return b.zeros(3)
}

// text reads a quoted text, and `* N` after it.
func (b *builder) text(a arg) (data, show string, ok bool) {
	const use = `a text in quotes, such as "hello" or "x" * 1000`
	literal, err := strconv.QuotedPrefix(a.text)
	if err != nil || literal[0] != '"' {
		return "", "", b.fail(a.at, use, "%s is no text", cutText(a.text))
	}
	if data, err = strconv.Unquote(literal); err != nil {
		return "", "", b.fail(a.at, use, "%s is no text", cutText(a.text))
	}
	show = strconv.Quote(data)
	times := int64(1)
	if rest := strings.TrimSpace(a.text[len(literal):]); rest != "" {
		number, found := strings.CutPrefix(rest, "*")
		times, err = strconv.ParseInt(strings.TrimSpace(number), 10, 64)
		if !found || err != nil || times < 1 {
			return "", "", b.fail(a.at+len(literal), "* NUMBER, or nothing", "%s is out of place", cutText(rest))
		}
		show += " * " + strconv.FormatInt(times, 10)
	}
	if times > maxData || int64(len(data))*times > int64(maxData-b.data) {
		return "", "", b.fail(a.at, "at most 8 MiB in all writes together", "the text is too long")
	}
	b.data += len(data) * int(times)
	return strings.Repeat(data, int(times)), show, true
}

// cutText is the beginning of a text, for an error.
func cutText(s string) string {
	const most = 20
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most]) + "..."
	}
	return s
}

func (b *builder) shutdown() (ok bool) {
	if !b.fd() {
		return false
	}
	b.line.Call.A, ok = b.number(1, 0, 2, hows...)
	return ok
}

// option reads a socket option, passing over C's level before it, and returns the place of the argument after it.
func (b *builder) option() (next int, ok bool) {
	if !b.fd() {
		return 0, false
	}
	next = 1
	if level := b.st.args[1].text; (strings.HasPrefix(level, "SOL_") || strings.HasPrefix(level, "IPPROTO_")) && len(b.st.args) > 2 {
		next = 2
	}
	var known []constant
	for o := host.Option(0); o < host.NumOptions; o++ {
		known = append(known, constant{o.String(), int64(o)})
	}
	a := b.st.args[next]
	o, ok := host.ParseOption(a.text)
	if !ok {
		return 0, b.noConstant(a, a.text, known)
	}
	b.line.Call.A = int64(o)
	b.shown = append(b.shown, o.String())
	return next + 1, true
}

func (b *builder) getsockopt() bool {
	next, ok := b.option()
	return ok && b.complete(next)
}

// complete checks that no argument is left.
func (b *builder) complete(next int) bool {
	if next < len(b.st.args) {
		return b.fail(b.st.args[next].at, b.use, "an argument too many")
	}
	return true
}

func (b *builder) setsockopt() bool {
	next, ok := b.option()
	if !ok {
		return false
	}
	if next >= len(b.st.args) {
		return b.fail(b.st.call.at, b.use, "the option has no value")
	}
	if host.Option(b.line.Call.A) == host.SoLinger {
		return b.linger(b.st.args[next]) && b.complete(next+1)
	}
	b.line.Call.B, ok = b.number(next, 0, maxInt)
	return ok && b.complete(next+1)
}

// linger reads C's struct linger: {on, seconds}.
func (b *builder) linger(a arg) bool {
	on, seconds, ok := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(a.text, "{"), "}"), ",")
	x, err := strconv.ParseInt(strings.TrimSpace(on), 10, 64)
	y, err2 := strconv.ParseInt(strings.TrimSpace(seconds), 10, 64)
	if !ok || a.text[0] != '{' || err != nil || err2 != nil || x < 0 || x > 1 || y < 0 || y > 1<<16 {
		return b.fail(a.at, "{1, 0}: on, and the seconds; or {0, 0}", "%s is no struct linger", cutText(a.text))
	}
	if x == 1 {
		b.line.Call.B = y + 1 // host.SoLinger's own coding
	}
	b.shown = append(b.shown, "{"+strconv.FormatInt(x, 10)+", "+strconv.FormatInt(y, 10)+"}")
	return true
}

func (b *builder) fcntl() (ok bool) {
	if !b.fd() {
		return false
	}
	if b.line.Call.A, ok = b.number(1, 0, maxInt, commands...); !ok || len(b.st.args) == 2 {
		return ok
	}
	b.line.Call.B, ok = b.number(2, 0, maxInt, constant{"O_NONBLOCK", host.ONonblock})
	return ok
}

// poll waits without end, or with the timeout 0 not at all.
func (b *builder) poll() (ok bool) {
	if !b.fd() {
		return false
	}
	if b.line.Call.A, ok = b.number(1, 0, maxInt, polls...); !ok || len(b.st.args) == 2 {
		return ok
	}
	timeout, ok := b.number(2, -1, 0)
	if timeout == 0 {
		b.line.Call.C = 1 // there is a timeout, B, and it is 0
	}
	return ok
}

// exit ends the process; what C gives it as status is of no interest to TCP.
func (b *builder) exit() bool {
	if len(b.st.args) == 0 {
		return true
	}
	if _, ok := b.number(0, 0, 255); !ok {
		return false
	}
	b.shown = nil
	return true
}

// fork names the thread whose lines the child runs.
func (b *builder) fork() bool {
	a := b.st.args[0]
	who := b.st.host.text
	i := slices.IndexFunc(b.p.Threads, func(t sim.ThreadSpec) bool { return t.Name == a.text && t.Host == b.host })
	switch {
	case !strings.HasPrefix(a.text, who+"/"):
		return b.fail(a.at, who+"/2", "%s is no child", cutText(a.text))
	case i < 0:
		return b.fail(a.at, "lines such as "+a.text+" close(s)", "%s has no lines of %s", who, cutText(a.text))
	case i == b.at.thread:
		return b.fail(a.at, "another thread", "%s cannot be its own child", a.text)
	case b.p.Threads[i].Child:
		return b.fail(a.at, "another thread", "%s is forked already", a.text)
	}
	b.p.Threads[i].Child = true
	b.line.Call.A = int64(i)
	b.shown = append(b.shown, a.text)
	return true
}

func (b *builder) nothing() bool { return true }

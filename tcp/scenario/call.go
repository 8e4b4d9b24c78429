package scenario

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
	"tcptutor/tcp/observe"
	"tcptutor/tcp/sim"
)

// builder makes the call of one statement: its arguments, and its canonical text.
type builder struct {
	*compiler
	st    *statement
	line  *sim.Line
	host  int
	at    place
	use   string   // an example of the call
	shown []string // the arguments in their canonical spelling
}

// form is what a call's arguments are.
type form struct {
	least, most int
	use         string
	fill        func(*builder) bool
}

// forms are the calls that scenarios have, by host.Op. A call without an entry has been refused before.
var forms = [host.NumOps]form{
	host.OpSocket:      {0, 3, "socket() or socket(AF_INET, SOCK_STREAM, 0)", (*builder).socket},
	host.OpBind:        {2, 2, "bind(s, 8080) or bind(s, 10.0.0.1:8080)", (*builder).bind},
	host.OpListen:      {2, 2, "listen(s, 10)", (*builder).listen},
	host.OpAccept:      {1, 3, "accept(s)", (*builder).accept},
	host.OpConnect:     {2, 2, "connect(s, server:8080)", (*builder).connect},
	host.OpRead:        {1, 3, "read(c) or read(c, 100)", (*builder).read},
	host.OpWrite:       {2, 4, `write(c, "hello")`, (*builder).write},
	host.OpShutdown:    {2, 2, "shutdown(c, SHUT_WR)", (*builder).shutdown},
	host.OpClose:       {1, 1, "close(c)", (*builder).fdOnly},
	host.OpDup:         {1, 1, "d = dup(c)", (*builder).fdOnly},
	host.OpSetsockopt:  {3, 4, "setsockopt(s, SO_REUSEADDR, 1)", (*builder).setsockopt},
	host.OpGetsockopt:  {2, 3, "getsockopt(s, SO_ERROR)", (*builder).getsockopt},
	host.OpGetsockname: {1, 1, "getsockname(s)", (*builder).fdOnly},
	host.OpGetpeername: {1, 1, "getpeername(s)", (*builder).fdOnly},
	host.OpFcntl:       {2, 3, "fcntl(s, F_SETFL, O_NONBLOCK)", (*builder).fcntl},
	host.OpPoll:        {2, 3, "poll(s, POLLIN)", (*builder).poll},
	host.OpExit:        {0, 1, "exit()", (*builder).exit},
	host.OpFork:        {1, 1, "fork(server/2)", (*builder).fork},
	host.OpKill:        {0, 0, "kill()", (*builder).nothing},
	host.OpReboot:      {0, 0, "reboot()", (*builder).nothing},
}

// build checks the call and writes it into the line.
func (b *builder) build() bool {
	st := b.st
	b.line.Call.Op = st.op
	f := &forms[st.op]
	b.use = f.use
	if n := len(st.args); n < f.least || n > f.most {
		return b.fail(st.call.at, f.use, "%s() with %s", st.op, count(n, "argument"))
	}
	if i := slices.IndexFunc(st.args, func(a arg) bool { return a.text == "" }); i >= 0 {
		return b.fail(st.args[i].at, f.use, "an argument is missing")
	}
	if !b.assign() || !f.fill(b) {
		return false
	}
	text := st.op.String() + "(" + strings.Join(b.shown, ", ") + ")"
	if st.assign.text != "" {
		text = st.assign.text + " = " + text
	}
	if st.kind == sim.LineReadUntil {
		switch st.until {
		case 0:
			text += " until eof"
		case 1:
			text += " until 1 byte"
		default:
			text += fmt.Sprintf(" until %d bytes", st.until)
		}
	}
	b.line.Text = text
	return true
}

func count(n int, what string) string {
	switch n {
	case 0:
		return "no " + what
	case 1:
		return "one " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

func (b *builder) fail(at int, expected, problem string, args ...any) bool {
	b.errs.add(b.st.src, at, expected, problem, args...)
	return false
}

func (b *builder) assign() bool {
	st := b.st
	if st.assign.text == "" {
		return true
	}
	switch st.op {
	case host.OpSocket, host.OpAccept, host.OpDup:
		b.line.Assign = slices.Index(b.p.Vars, sim.VarSpec{Host: b.host, Name: st.assign.text})
		return b.line.Assign >= 0
	}
	return b.fail(st.assign.at, "the call alone", "%s() gives no descriptor to keep", st.op)
}

// fd is the call's first argument: a variable of this host that has a value by then, or a number.
func (b *builder) fd() bool {
	a := b.st.args[0]
	b.shown = append(b.shown, a.text)
	if n, err := strconv.ParseInt(a.text, 10, 32); err == nil && n >= 0 {
		b.line.Call.FD = int32(n)
		b.shown[0] = strconv.FormatInt(n, 10)
		return true
	}
	if wordAt(a.text, 0) != a.text || isDigit(a.text[0]) {
		return b.badVariable(a)
	}
	v := sim.VarSpec{Host: b.host, Name: a.text}
	places := b.assigns[v]
	if len(places) == 0 {
		return b.noVariable(a)
	}
	if !slices.ContainsFunc(places, func(p place) bool { return p.thread != b.at.thread || p.line < b.at.line }) {
		return b.fail(a.at, a.text+" = ... in a line above", "%s is used before it has a value", a.text)
	}
	b.line.FDVar = slices.Index(b.p.Vars, v)
	return b.line.FDVar >= 0
}

func (b *builder) badVariable(a arg) bool {
	if who, variable, ok := strings.Cut(a.text, "."); ok && b.hostIndex(who) >= 0 {
		return b.fail(a.at, "a variable of "+b.st.host.text, "%s is a variable of %s: each host has its own", variable, who)
	}
	return b.fail(a.at, "a variable such as s, or a number", "%q is no descriptor", a.text)
}

// noVariable words the mistake by what was probably meant: another host, another variable.
func (b *builder) noVariable(a arg) bool {
	var mine, owners []string
	for _, v := range b.p.Vars {
		owner := b.p.Hosts[v.Host].Name
		switch {
		case v.Host == b.host:
			mine = append(mine, v.Name)
		case v.Name == a.text:
			owners = append(owners, owner)
		}
	}
	who := b.st.host.text
	if near := observe.Closest(who, owners); near != "" && len(mine) == 0 {
		return b.fail(b.st.host.at, near+"?", "%s has no variable %s", who, a.text)
	}
	expected := who + " " + a.text + " = socket() in a line above"
	if len(mine) > 0 {
		expected = observe.OneOf(a.text, mine)
	}
	if len(owners) > 0 {
		return b.fail(a.at, expected, "%s is a variable of %s: each host has its own", a.text, owners[0])
	}
	return b.fail(a.at, expected, "%s has no variable %s", who, a.text)
}

// constant is a name with its number.
type constant struct {
	name  string
	value int64
}

// number reads argument i: a number, or constants joined by '|'.
func (b *builder) number(i int, least, most int64, known ...constant) (int64, bool) {
	a := b.st.args[i]
	if n, err := strconv.ParseInt(a.text, 0, 64); err == nil {
		if n < least || n > most {
			return 0, b.fail(a.at, fmt.Sprintf("a number from %d to %d", least, most), "%d is out of range", n)
		}
		b.shown = append(b.shown, strconv.FormatInt(n, 10))
		return n, true
	}
	var value int64
	var names []string
	for part := range strings.SplitSeq(a.text, "|") {
		part = strings.TrimSpace(part)
		k := slices.IndexFunc(known, func(c constant) bool { return c.name == part })
		if k < 0 {
			return 0, b.noConstant(a, part, known)
		}
		value |= known[k].value
		names = append(names, part)
	}
	b.shown = append(b.shown, strings.Join(names, "|"))
	return value, true
}

func (b *builder) noConstant(a arg, part string, known []constant) bool {
	names := make([]string, len(known))
	for i, c := range known {
		names[i] = c.name
	}
	expected := "a number"
	if len(names) > 0 {
		expected = observe.OneOf(part, names)
	}
	return b.fail(a.at, expected, "%q cannot stand here", part)
}

// endpoint reads argument i as ADDRESS:PORT, with the name of a host for the address; a port alone is the wildcard address.
func (b *builder) endpoint(i int, wildcard bool) bool {
	a := b.st.args[i]
	e, show, bad := b.readEndpoint(a.text, b.host)
	switch {
	case bad == nil && e.Addr == (tcp.Addr{}) && !strings.Contains(a.text, ":") && !wildcard:
		return b.fail(a.at, endpointUse, "%s is not where one can connect to", a.text)
	case bad != nil:
		return b.fail(a.at+bad.at, bad.expected, "%s", bad.problem)
	}
	b.line.Call.Addr = e
	b.shown = append(b.shown, show)
	return true
}

const endpointUse = "an address and a port, such as server:8080 or 10.0.0.2:8080"

// misread is what is wrong with a piece of text, at a byte of it.
type misread struct {
	at                int
	problem, expected string
}

// readEndpoint reads ADDRESS:PORT, with the name of a host for the address, and gives its canonical spelling; a port alone is the
// wildcard address. localhost is of host self's family.
func (c *compiler) readEndpoint(text string, self int) (e tcp.Endpoint, show string, bad *misread) {
	colon := strings.LastIndexByte(text, ':')
	port, err := strconv.ParseUint(text[colon+1:], 10, 16)
	switch {
	case err != nil && colon >= 0:
		return e, "", &misread{colon + 1, fmt.Sprintf("%q is no port", text[colon+1:]), "a number from 0 to 65535"}
	case err != nil:
		return e, "", &misread{0, text + " is not where one can connect to", endpointUse}
	}
	e.Port = uint16(port)
	show = strconv.FormatUint(port, 10)
	if colon >= 0 {
		who := text[:colon]
		if e.Addr, who, err = c.address(who, self); err != nil {
			return e, "", &misread{0, err.Error(), endpointUse}
		}
		show = who + ":" + show
	}
	return e, show, nil
}

// address finds the address that a word means, and the word's canonical spelling.
func (c *compiler) address(who string, self int) (tcp.Addr, string, error) {
	if h := c.hostIndex(who); h >= 0 {
		return c.p.Hosts[h].Addr, who, nil
	}
	switch who {
	case "*", "INADDR_ANY":
		return tcp.Addr{}, "*", nil
	case "localhost":
		if c.p.Hosts[self].Addr.Is4() {
			return tcp.IPv4(127, 0, 0, 1), who, nil
		}
		return tcp.Addr{15: 1}, who, nil
	}
	bare, bracketed := strings.CutPrefix(who, "[")
	if bracketed {
		bare = strings.TrimSuffix(bare, "]")
	}
	addr, err := tcp.ParseAddr(bare)
	switch {
	case err == nil && (addr.Is4() || bracketed):
		e := tcp.Endpoint{Addr: addr}.String()
		if addr == (tcp.Addr{}) {
			return addr, "*", nil
		}
		return addr, strings.TrimSuffix(e, ":0"), nil
	case err == nil:
		return addr, "", fmt.Errorf("an IPv6 address needs brackets: [%s]", who)
	}
	if near := observe.Closest(who, c.hostNames()); near != "" {
		return addr, "", fmt.Errorf("no host is called %s (%s?)", who, near)
	}
	return addr, "", fmt.Errorf("%q is neither a host nor an address", who)
}

package scenario

import (
	"slices"
	"strconv"
	"strings"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
	"tcptutor/tcp/observe"
	"tcptutor/tcp/sim"
)

// hostLine reads a line that begins with a host: a setting of it or a line of its program.
func (s *script) hostLine(c *cursor, first string, at int) {
	who := name{first, c.source, at}
	switch {
	case first == "":
		c.fail(at, "a host or one of "+strings.Join(keywords, ", "), "no line begins with %s", c.next())
		return
	case c.peek("=") || c.peek("("):
		c.fail(at, "HOST before it, as in client "+strings.TrimSpace(c.code), "no host is named")
		return
	case first == "wait":
		c.fail(at, "HOST before it, as in server wait 2s", "no host is named")
		return
	case !c.goodName(first, at, "host"):
		return
	}
	st := statement{src: c.source, host: who, thread: 1}
	numbered := c.at < len(c.code) && c.code[c.at] == '/'
	if numbered {
		c.at++
		w, at := wordAt(c.code, c.at), c.at
		c.at += len(w)
		n, err := strconv.Atoi(w)
		if err != nil || n < 1 || n > maxThreads {
			c.fail(at, "a number from 1 to "+strconv.Itoa(maxThreads)+", as in server/2", "%q is no number of a thread", w)
			return
		}
		st.thread = n
	}
	from := c.at
	kind, kindAt := c.word()
	if slices.Contains([]string{"book", "addr", "sysctl"}, kind) && !c.peek("=") && !c.peek("(") {
		if numbered {
			c.fail(kindAt, "HOST "+kind+" ...", "a setting belongs to the host, not to one of its threads")
			return
		}
		s.setting(c, who, kind)
		return
	}
	c.at = from
	if s.statement(c, &st) {
		s.statements = append(s.statements, st)
	}
}

func (c *cursor) peek(p string) bool { c.space(); return strings.HasPrefix(c.rest(), p) }

func (s *script) setting(c *cursor, who name, kind string) {
	switch kind {
	case "book":
		if b, ok := c.bookName(); ok {
			s.settings = append(s.settings, setting{host: who, kind: kind, name: b})
		}
	case "addr":
		w, at := c.field()
		if w == "" {
			c.fail(at, "HOST addr ADDRESS, such as addr 10.0.0.7", "no address is given")
			return
		}
		if c.done("nothing after the address") {
			s.settings = append(s.settings, setting{host: who, kind: kind, name: name{w, c.source, at}})
		}
	case "sysctl":
		s.sysctlLine(c, who)
	}
}

func (s *script) sysctlLine(c *cursor, who name) {
	const use = "sysctl NAME VALUE, such as sysctl net.core.somaxconn 3"
	c.space()
	at := c.at
	for c.at < len(c.code) && !strings.ContainsRune(" \t=", rune(c.code[c.at])) {
		c.at++
	}
	knobName := c.code[at:c.at]
	if knobName == "" {
		c.fail(at, use, "no sysctl is named")
		return
	}
	knob, ok := tcp.ParseSysctl(knobName)
	if !ok {
		c.fail(at, closestSysctl(knobName), "no sysctl is called %s", knobName)
		return
	}
	c.skip("=")
	w, valueAt := c.field()
	value, err := strconv.ParseInt(w, 10, 64)
	if k := &tcp.Knobs[knob]; err != nil || !k.Allows(value) {
		least, most := strconv.FormatInt(k.Least, 10), strconv.FormatInt(k.Most, 10)
		if k.Unit == "" {
			c.fail(valueAt, "a whole number from "+least+" to "+most+", without a unit", "%q is no value of a sysctl", w)
		} else {
			c.fail(valueAt, "a whole number from "+least+" to "+most+", in "+k.Unit, "%q is no value of a sysctl", w)
		}
		return
	}
	if c.done("nothing after the value") {
		s.settings = append(s.settings, setting{host: who, kind: "sysctl", name: name{knobName, c.source, at}, knob: knob, value: value})
	}
}

// closestSysctl suggests a knob, whichever part of its name was written.
func closestSysctl(word string) string {
	var full, short []string
	for k := range tcp.Knobs {
		full = append(full, tcp.Knobs[k].Name)
		short = append(short, tcp.Knobs[k].Name[strings.LastIndexByte(tcp.Knobs[k].Name, '.')+1:])
	}
	last := word[strings.LastIndexByte(word, '.')+1:]
	if i := slices.Index(short, observe.Closest(last, short)); i >= 0 {
		return full[i] + "?"
	}
	return observe.OneOf(word, full)
}

// statement reads what a host does: [when MOMENT:] wait DURATION, or a call. It is false when nothing can be made of the line.
func (s *script) statement(c *cursor, st *statement) bool {
	if c.skip("when") {
		c.space()
		words, n, err := observe.ReadMoment(c.rest())
		if err != nil {
			return c.take(c.at, err)
		}
		st.when, st.whenAt = &words, c.at
		c.at += n
		c.skip(":")
	}
	w, at := c.word()
	if w == "wait" && !c.peek("(") && !c.peek("=") {
		st.kind = sim.LineWait
		d, ok := c.duration()
		st.wait = d
		return ok && c.done("nothing after the time")
	}
	if c.skip("=") {
		if !c.goodName(w, at, "variable") {
			return false
		}
		st.assign = name{w, c.source, at}
		w, at = c.word()
	}
	st.call = name{w, c.source, at}
	if w == "" || !c.skip("(") {
		return s.noCall(c, st)
	}
	st.bad = !s.callLine(c, st)
	return true
}

// noCall says what is wrong with a host's line that has no call. With a variable before it, the variable is known all the same.
func (s *script) noCall(c *cursor, st *statement) bool {
	w, at := st.call.text, st.call.at
	_, isCall := observe.ParseCall(w)
	keyword := observe.Closest(st.host.text, keywords)
	words := append(observe.CallNames(), "book", "addr", "sysctl", "when", "wait")
	near := observe.Closest(w, words)
	switch {
	case isCall:
		c.fail(c.at, "( after "+w, "%s is out of place", c.next())
	case keyword != "" && near == "" && st.assign.text == "":
		c.fail(st.host.at, keyword+"?", "no line begins with %s", st.host.text)
	case w == "":
		c.fail(at, "a call such as "+st.host.text+" s = socket(), wait, book, addr or sysctl", "%s is no call", c.next())
	case near != "":
		c.fail(at, near+"?", "%s is neither a call nor a setting", w)
	default:
		c.fail(at, "a call such as s = socket(), wait, book, addr or sysctl", "%s is neither a call nor a setting", w)
	}
	st.bad = true
	return st.assign.text != ""
}

// callLine reads a call from its arguments on.
func (s *script) callLine(c *cursor, st *statement) bool {
	op, ok := observe.ParseCall(st.call.text)
	switch {
	case !ok:
		return c.fail(st.call.at, observe.OneOf(st.call.text, observe.CallNames()), "there is no call %s()", st.call.text)
	}
	st.op = op
	if st.args, ok = c.arguments(); !ok {
		return false
	}
	c.space()
	untilAt := c.at
	if c.skip("until") {
		if op != host.OpRead {
			return c.fail(untilAt, "nothing: only read() goes on until something", "until is too much")
		}
		st.kind = sim.LineReadUntil
		if !c.until(st) {
			return false
		}
	}
	return c.done("nothing after the call")
}

// until reads what a reading line waits for.
func (c *cursor) until(st *statement) bool {
	w, at := c.word()
	if strings.EqualFold(w, "eof") {
		return true
	}
	n, err := strconv.ParseInt(w, 10, 64)
	if err != nil || n < 1 || n > maxData {
		return c.fail(at, "eof, or a number of bytes", "%q is nothing to read until", w)
	}
	st.until = n
	if !c.skip("bytes") && !c.skip("byte") {
		return c.fail(c.at, "bytes after the number", "%s is out of place", c.next())
	}
	return true
}

// arguments takes everything up to the closing parenthesis, cut at the commas.
func (c *cursor) arguments() ([]arg, bool) {
	var args []arg
	open, from, depth, quoted := c.at-1, c.at, 0, false
	for ; c.at < len(c.code); c.at++ {
		b := c.code[c.at]
		switch {
		case quoted && b == '\\':
			c.at++
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == '(' || b == '{' || b == '[':
			depth++
		case b == ')' && depth == 0:
			args = append(args, cut(c.code, from, c.at))
			c.at++
			if len(args) == 1 && args[0].text == "" {
				return nil, true
			}
			return args, true
		case b == ')' || b == '}' || b == ']':
			depth--
		case b == ',' && depth == 0:
			args = append(args, cut(c.code, from, c.at))
			from = c.at + 1
		}
	}
	c.at = len(c.code)
	if quoted {
		return nil, c.fail(c.at, `" at the end of the text`, "the text does not end")
	}
	c.fail(c.at, ") that closes the call", "the ( in column %d is not closed", len([]rune(c.code[:open]))+1)
	return nil, false
}

func cut(code string, from, to int) arg {
	for from < to && (code[from] == ' ' || code[from] == '\t') {
		from++
	}
	return arg{strings.TrimRight(code[from:to], " \t"), from}
}

package scenario

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
	"tcptutor/tcp/observe"
	"tcptutor/tcp/sim"
)

// name is a word of the text and where it stands.
type name struct {
	text string
	src  *source
	at   int
}

// script is a text taken apart line by line: what each line says, before anybody asks whether it makes sense together.
type script struct {
	errs       mistakes
	hosts      []name // of the `hosts` line
	book       name
	seed       name
	limits     [2]name // steps, time
	bounds     sim.Limits
	seedValue  uint64
	links      []link
	settings   []setting // of hosts
	statements []statement
	faults     []fault
	injections []injection
}

// link is a `link` line; with no names it is for every pair of hosts.
type link struct {
	where    name // the word `link`
	from, to name
	oneWay   bool
	delay    time.Duration
}

// setting is `HOST book`, `HOST addr`, `HOST sysctl`, or `sysctl` for all hosts (host.text is empty then).
type setting struct {
	host  name
	kind  string // "book", "addr", "sysctl"
	name  name   // the book, the address, the sysctl
	knob  tcp.Sysctl
	value int64
}

// statement is a line of a host's program.
type statement struct {
	src    *source
	host   name
	thread int
	when   *observe.Words
	whenAt int
	kind   sim.LineKind
	assign name
	op     host.Op
	call   name // the call's name as written
	args   []arg
	until  int64 // LineReadUntil
	wait   time.Duration
	bad    bool // it has a mistake already: only its host and its variable count
}

// arg is an argument of a call as it is written.
type arg struct {
	text string
	at   int
}

// fault is a fault line.
type fault struct {
	src    *source
	kind   sim.FaultKind
	words  observe.Words
	at     int
	always bool
	chance uint32 // of a million
	extra  time.Duration
	code   tcp.Unreachable
}

// keywords begin the lines that belong to no host.
var keywords = []string{"hosts", "book", "link", "sysctl", "seed", "limit", "drop", "delay", "duplicate", "reorder", "unreachable", "inject"}

// patchWords begin the lines of a what-if that change others.
var patchWords = []string{"without", "remove", "replace", "before", "after"}

// faultKinds are the fault words, by FaultKind.
var faultKinds = []string{sim.Drop.String(), sim.Delay.String(), sim.Duplicate.String(), sim.Reorder.String(), sim.Unreachable.String()}

// split cuts a file into lines. It is where binary and oversized files stop.
func (s *script) split(file string, text []byte) []source {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	if len(text) > maxSize {
		s.errs.whole(file, "a scenario: a page or two of text", "the file has %d bytes, more than the limit of %d", len(text), maxSize)
		return nil
	}
	if bytes.IndexByte(text, 0) >= 0 {
		s.errs.whole(file, "text in UTF-8", "this is a binary file")
		return nil
	}
	if n := bytes.Count(text, []byte("\n")); n > maxLines {
		s.errs.whole(file, "a scenario: a page or two of text", "the file has %d lines, more than the limit of %d", n, maxLines)
		return nil
	}
	var lines []source
	for i, t := range strings.Split(string(text), "\n") {
		t = strings.TrimSuffix(t, "\r")
		src := source{file: file, no: i + 1, text: t, pos: i + 1}
		if !utf8.ValidString(t) {
			src.text = strings.ToValidUTF8(t, "\ufffd")
			s.errs.add(&src, strings.Index(src.text, "\ufffd"), "text in UTF-8", "bytes that are no text")
			return nil
		}
		if len(t) > maxLine {
			s.errs.add(&src, 0, "shorter lines; write(s, \"x\" * 1000) repeats a text", "the line has %d bytes, more than the limit of %d", len(t), maxLine)
			continue
		}
		src.code = uncomment(t)
		lines = append(lines, src)
	}
	return lines
}

// uncomment takes off a comment: from a # at the beginning or after white space, outside of a string, to the end.
func uncomment(line string) string {
	quoted := false
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '\\':
			if quoted {
				i++
			}
		case '"':
			quoted = !quoted
		case '#':
			if !quoted && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t') {
				return strings.TrimRight(line[:i], " \t")
			}
		}
	}
	return strings.TrimRight(line, " \t")
}

// line reads one line.
func (s *script) line(src *source) {
	c := &cursor{source: src, errs: &s.errs}
	if !s.asciiOnly(src) || c.end() {
		return
	}
	first, at := c.word()
	if k := slices.Index(faultKinds, first); k >= 0 {
		s.fault(c, sim.FaultKind(k))
		return
	}
	switch first {
	case "hosts":
		s.hostsLine(c, at)
	case "book":
		s.bookLine(c, at)
	case "link":
		s.linkLine(c, at)
	case "seed":
		s.seedLine(c, at)
	case "limit":
		s.limitLine(c)
	case "sysctl":
		s.sysctlLine(c, name{"", src, at})
	case "inject":
		s.inject(c)
	case "when":
		c.fail(at, "HOST when MOMENT: CALL", "when stands after the host whose line waits")
	default:
		s.hostLine(c, first, at)
	}
}

// asciiOnly complains of the first full-width character outside of a text, and goes on as if they were the right ones, so
// that the line's other mistakes are found too. Every character keeps its place. It is false when a template was not filled in.
func (s *script) asciiOnly(src *source) bool {
	quoted, told := false, false
	var b strings.Builder
	for i, r := range src.code {
		if r == '"' {
			quoted = !quoted
		}
		if r == '$' && !quoted && strings.HasPrefix(src.code[i:], "${") {
			s.errs.add(src, i, "its value: this text is a template", "a placeholder is not filled in")
			return false
		}
		right := fullWidth[r]
		if right == "" || quoted {
			b.WriteRune(r)
			continue
		}
		if !told {
			s.errs.add(src, i, "", "")
			told = true
		}
		b.WriteString((right + "   ")[:utf8.RuneLen(r)])
	}
	if told {
		src.code = b.String()
	}
	return true
}

func (s *script) hostsLine(c *cursor, at int) {
	if len(s.hosts) > 0 {
		c.fail(at, "one line that names all hosts", "the hosts are named already, in line %d", s.hosts[0].src.no)
		return
	}
	for !c.end() {
		w, at := c.word()
		if !c.goodName(w, at, "host") {
			return
		}
		if slices.ContainsFunc(s.hosts, func(n name) bool { return n.text == w }) {
			c.fail(at, "each host once", "%s stands here twice", w)
			return
		}
		s.hosts = append(s.hosts, name{w, c.source, at})
	}
	if len(s.hosts) == 0 {
		c.fail(c.at, "names, such as hosts client server", "no host is named")
	}
}

// goodName reports whether a word can be a host's or a variable's name.
func (c *cursor) goodName(w string, at int, what string) bool {
	switch {
	case w == "" || isDigit(w[0]):
		return c.fail(at, "a name of letters, digits and _", "%s is no name of a %s", c.next(), what)
	case len(w) > maxName:
		return c.fail(at, "at most 32 letters", "the name is too long")
	case what == "host" && (observe.Reserved(w) || slices.Contains(keywords, w) || slices.Contains(patchWords, w) || isCall(w)):
		return c.fail(at, "another name", "%s is a word of the language and cannot be a %s's name", w, what)
	case what == "variable" && (observe.ReservedMember(w) || isCall(w)):
		return c.fail(at, "another name", "%s is a word of the language and cannot be a %s's name", w, what)
	}
	return true
}

func isCall(w string) bool {
	_, ok := observe.ParseCall(w)
	return ok || w == "wait" || w == "when" || w == "until"
}

func (s *script) bookLine(c *cursor, at int) {
	if s.book.text != "" {
		c.fail(at, "one book; HOST book NAME gives one host another", "the book is chosen already, in line %d", s.book.src.no)
		return
	}
	b, ok := c.bookName()
	if ok {
		s.book = b
	}
}

func (c *cursor) bookName() (name, bool) {
	w, at := c.field()
	if w == "" {
		return name{}, c.fail(at, "one of "+strings.Join(tcp.BaseBooks(), ", "), "no book is named")
	}
	if len(w) > maxBook {
		return name{}, c.fail(at, "a book and a few patches", "the name is too long")
	}
	return name{w, c.source, at}, c.done("nothing after the book's name")
}

func (s *script) linkLine(c *cursor, at int) {
	l := link{where: name{"link", c.source, at}}
	if !c.skip("delay") {
		var w string
		if w, at = c.word(); w == "" || isDigit(w[0]) {
			c.at = at
			c.fail(at, "link delay 10ms, or link client server delay 10ms", "%s is out of place", c.next())
			return
		}
		l.from = name{w, c.source, at}
		l.oneWay = c.skip("->")
		if w, at = c.word(); w == "" {
			c.fail(at, "the other end of the link", "%s is out of place", c.next())
			return
		}
		l.to = name{w, c.source, at}
		if !c.skip("delay") {
			c.fail(c.at, "delay", "%s is out of place", c.next())
			return
		}
	}
	d, ok := c.duration()
	if !ok || !c.done("nothing after the delay") {
		return
	}
	l.delay = d
	s.links = append(s.links, l)
}

func (s *script) seedLine(c *cursor, at int) {
	if s.seed.text != "" {
		c.fail(at, "one seed", "the seed is given already, in line %d", s.seed.src.no)
		return
	}
	w, at := c.word()
	n, err := strconv.ParseUint(w, 10, 64)
	if err != nil {
		c.fail(at, "a whole number, such as seed 7", "%q is no seed", w)
		return
	}
	if c.done("nothing after the seed") {
		s.seed, s.seedValue = name{w, c.source, at}, n
	}
}

func (s *script) limitLine(c *cursor) {
	what, at := c.word()
	which := slices.Index([]string{"steps", "time"}, what)
	if which < 0 {
		c.fail(at, "limit steps NUMBER or limit time DURATION", "no limit is called %q", what)
		return
	}
	if s.limits[which].text != "" {
		c.fail(at, "each limit once", "the limit is given already, in line %d", s.limits[which].src.no)
		return
	}
	s.limits[which] = name{what, c.source, at}
	if which == 1 {
		if d, ok := c.duration(); ok && c.done("nothing after the time") {
			s.bounds.Time = tcp.Time(d)
		}
		return
	}
	w, at := c.word()
	n, err := strconv.Atoi(w)
	if err != nil || n < 1 || n > maxSteps {
		c.fail(at, "a number of steps from 1 to "+strconv.Itoa(maxSteps), "%q is no such number", w)
		return
	}
	if c.done("nothing after the number") {
		s.bounds.Steps = n
	}
}

func (s *script) fault(c *cursor, kind sim.FaultKind) {
	f := fault{src: c.source, kind: kind}
	c.space()
	f.at = c.at
	words, n, err := observe.ReadMoment(c.rest())
	if err != nil {
		c.take(f.at, err)
		return
	}
	f.words = words
	c.at += n
	if words.Event() != sim.Sends {
		c.fail(f.at, kind.String()+" HOST sends SEGMENT", "a fault names the segment by who sends it")
		return
	}
	c.space()
	if alwaysAt := c.at; c.skip("always") {
		f.always = true
		if words.N() > 0 {
			c.fail(alwaysAt, "@N or always, not both", "always is too much")
			return
		}
	} else if !c.chance(&f) {
		return
	}
	if kind == sim.Unreachable && !c.reason(&f) {
		return
	}
	c.space()
	byAt := c.at
	if by := c.skip("by"); by {
		if kind == sim.Drop {
			c.fail(byAt, "nothing: a lost segment has no time", "by is too much")
			return
		}
		var ok bool
		if f.extra, ok = c.duration(); !ok {
			return
		}
	} else if kind == sim.Delay {
		c.fail(c.at, "by DURATION, such as by 500ms", "the delay has no length")
		return
	}
	if c.done("@N, always, by DURATION, or nothing") {
		s.faults = append(s.faults, f)
	}
}

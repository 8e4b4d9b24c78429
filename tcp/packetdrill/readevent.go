package packetdrill

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"tcptutor/tcp"
)

// event reads a time and what happens then.
func (r *reader) event() bool {
	begin := r.at
	e := Event{}
	e.Line, e.Col = r.place(begin)
	if !r.when(&e.when) {
		return false
	}
	r.gap()
	what := r.at
	ok := false
	switch c := r.peek(); {
	case c == '`':
		return r.shell(e, begin)
	case strings.HasPrefix(r.text[r.at:], "%{"):
		return r.python(e, begin)
	case c == '<' || c == '>':
		e.Kind = InjectEvent
		if c == '>' {
			e.Kind = ExpectEvent
		}
		r.at++
		ok = r.segment(&e)
	case isLetter(c):
		ok = r.call(&e)
	default:
		return r.fail(r.at, "a call, < or > with a segment, `a command`, or %{ assert ... }%", "%s", r.found())
	}
	switch {
	case !ok:
		return false
	case e.when.blocks && e.Kind != CallEvent:
		return r.fail(begin, "", "only a call has a time at which it returns")
	case e.when.from != e.when.to && e.Kind != ExpectEvent:
		return r.fail(begin, "one time", "only a segment that is expected (>) can come within a range of times")
	}
	e.Text = r.words(begin, what)
	if e.skip {
		r.skipped(begin, e.Text)
		return true
	}
	r.s.Events = append(r.s.Events, e)
	return true
}

// words is the event as one line: its time and what happens.
func (r *reader) words(begin, what int) string {
	return strings.TrimSpace(oneLine(r.text[begin:what]) + " " + oneLine(r.text[what:r.at]))
}

// peek is the next byte; 0 at the end.
func (r *reader) peek() byte {
	if r.at < len(r.text) {
		return r.text[r.at]
	}
	return 0
}

// when reads an event's time: 0.1, +0, + .1, *, +.3~+.4, 0...0.2. A command and an assertion can do without.
func (r *reader) when(w *when) bool {
	begin := r.at
	switch c := r.peek(); {
	case c == '`' || c == '%':
		w.timing = anyTime
		return true
	case c == '*':
		r.at++
		w.timing = anyTime
		return true
	case c == '+':
		r.at++
		w.timing = relative
	}
	if !r.seconds(&w.from) {
		return false
	}
	w.to = w.from
	switch {
	case r.take("~"):
		r.take("+")
		if !r.seconds(&w.to) {
			return false
		}
		if w.to < w.from {
			return r.fail(begin, "the earlier time first", "a range of times that ends before it begins")
		}
	case r.take("..."):
		r.take("+")
		w.blocks = true
		if !r.seconds(&w.end) {
			return false
		}
		if w.end < w.from {
			return r.fail(begin, "the earlier time first", "a call that returns before it begins")
		}
	}
	return true
}

// seconds reads a time: 1, 0.25, .1.
func (r *reader) seconds(d *time.Duration) bool {
	r.space()
	begin := r.at
	for isDigit(r.peek()) {
		r.at++
	}
	whole := r.text[begin:r.at]
	fraction := ""
	if rest := r.text[r.at:]; strings.HasPrefix(rest, ".") && !strings.HasPrefix(rest, "..") {
		r.at++
		for isDigit(r.peek()) {
			r.at++
		}
		fraction = r.text[begin+len(whole)+1 : r.at]
	}
	if whole+fraction == "" {
		r.at = begin
		return r.fail(begin, "a time in seconds: 0.1, +.1 or *", "%s", r.found())
	}
	if isLetter(r.peek()) {
		return r.fail(r.at, "a time in seconds, such as 0.001", "a time has no unit")
	}
	const digits = 9 // nanoseconds
	if len(fraction) > digits {
		fraction = fraction[:digits]
	}
	s, err := strconv.ParseInt("0"+whole, 10, 32)
	ns, _ := strconv.ParseInt(fraction+strings.Repeat("0", digits-len(fraction)), 10, 64)
	*d = time.Duration(s)*time.Second + time.Duration(ns)
	if err != nil || *d > maxTime {
		return r.fail(begin, "", "a time after %d seconds: that is too long", int64(maxTime/time.Second))
	}
	return true
}

// flagBits are the letters of a segment's flags.
var flagBits = map[byte]tcp.Flags{'F': tcp.FIN, 'S': tcp.SYN, 'R': tcp.RST, 'P': tcp.PSH, '.': tcp.ACK, '-': 0}

// segment reads "P. 1:6(5) ack 1 win 63 <nop,nop,TS val 120 ecr 110>".
func (r *reader) segment(e *Event) bool {
	s := &e.seg
	r.space()
	begin := r.at
	for r.at < len(r.text) && (isLetter(r.text[r.at]) || r.text[r.at] == '.' || r.text[r.at] == '-') {
		bit, known := flagBits[r.text[r.at]]
		if !known {
			return r.fail(r.at, "some of F S R P and . (the ACK bit), or - for none", "%s", r.found())
		}
		s.flags |= bit
		r.at++
	}
	if r.at == begin {
		return r.fail(r.at, "the segment's flags: some of F S R P and . (the ACK bit), or - for none", "%s", r.found())
	}
	if !r.numbers(s) {
		return false
	}
	for {
		r.space()
		at := r.at
		switch w := r.word(); {
		case w == "ack":
			var ok bool
			if s.ack, ok = r.number("ack"); !ok {
				return false
			}
		case w == "win":
			n, ok := r.number("win")
			if !ok {
				return false
			}
			if n > 65535 {
				return r.fail(at, "at most 65535: it is the header's field, not scaled", "a window of %d", n)
			}
			s.win, s.hasWin = uint16(n), true
		case w != "":
			return r.fail(at, "ack N, win N, or <options>", "found %q", w)
		case r.take("<"):
			return r.options(e)
		default:
			return true
		}
	}
}

// numbers reads FIRST:NEXT(BYTES).
func (r *reader) numbers(s *segment) bool {
	var next, size uint32
	var ok bool
	if s.seq, ok = r.number("FIRST"); !ok || !r.need(":") {
		return false
	}
	r.space()
	at := r.at
	if next, ok = r.number("NEXT"); !ok || !r.need("(") {
		return false
	}
	if size, ok = r.number("BYTES"); !ok || !r.need(")") {
		return false
	}
	if s.seq+size != next {
		return r.fail(at, fmt.Sprint(s.seq+size), "%d bytes from %d do not end before %d", size, s.seq, next)
	}
	if size > mostMTU {
		return r.fail(at, "", "no packet has %d bytes", size)
	}
	s.size = int(size)
	return r.carry(at, s.size)
}

// carry counts bytes that are to be carried.
func (r *reader) carry(at, n int) bool {
	r.bytes += n
	return r.bytes <= maxBytes || r.fail(at, "", "the script carries more than %d bytes", maxBytes)
}

// options reads a segment's options, after the <.
func (r *reader) options(e *Event) bool {
	if r.take("...") {
		if e.Kind == InjectEvent {
			return r.fail(r.at-3, "the options", "what is sent to the host has to be said")
		}
		e.seg.anyOpts = true
		return r.need(">")
	}
	for !r.take(">") {
		o, ok := r.oneOption()
		if !ok {
			return false
		}
		e.seg.opts = append(e.seg.opts, o)
		if !r.take(",") && r.peek() != '>' {
			return r.fail(r.at, `"," or ">"`, "%s", r.found())
		}
	}
	return true
}

func (r *reader) oneOption() (opt, bool) {
	r.space()
	at := r.at
	o := opt{name: r.word()}
	ok := true
	switch o.name {
	case "nop", "eol", "sackOK":
	case "mss":
		o.a, ok = r.number("mss")
		if ok && o.a > 65535 {
			return o, r.fail(at, "at most 65535", "a segment size of %d", o.a)
		}
	case "wscale":
		o.a, ok = r.number("wscale")
		if ok && o.a > 255 {
			return o, r.fail(at, "at most 255", "a window scale of %d", o.a)
		}
	case "TS":
		for _, f := range [...]struct {
			name string
			to   *uint32
		}{{"val", &o.a}, {"ecr", &o.b}} {
			if !r.take(f.name) {
				return o, r.fail(r.at, "TS val N ecr N", "%s", r.found())
			}
			if *f.to, ok = r.number(f.name); !ok {
				return o, false
			}
		}
	case "sack":
		return r.sack(at)
	default:
		r.at = at
		return o, r.fail(at, "mss N, nop, eol, sackOK, wscale N, TS val N ecr N, sack A:B, or <...> for any", "%s", r.found())
	}
	return o, ok
}

func (r *reader) sack(at int) (opt, bool) {
	o := opt{name: "sack"}
	for r.space(); isDigit(r.peek()); r.space() {
		var k block
		var ok bool
		if k.start, ok = r.number("sack"); !ok || !r.need(":") {
			return o, false
		}
		if k.end, ok = r.number("sack"); !ok {
			return o, false
		}
		o.blocks = append(o.blocks, k)
	}
	if n := len(o.blocks); n == 0 || n > tcp.MaxSACK {
		return o, r.fail(at, fmt.Sprintf("one to %d blocks, such as sack 1:6 9:12", tcp.MaxSACK), "there are %d blocks", n)
	}
	return o, true
}

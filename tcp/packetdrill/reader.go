package packetdrill

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"tcptutor/tcp/scenario"
)

// What a script may ask for. Files come from strangers: everything has a bound.
const (
	maxSize   = 1 << 20 // bytes of a file
	maxEvents = 5_000
	maxBytes  = 8 << 20 // that all calls and segments together carry
	maxErrors = 100     // mistakes reported
	maxDepth  = 8       // of braces and brackets in a call's arguments
	maxTime   = 30 * 24 * time.Hour
)

// The tool's own, where a script says nothing.
const (
	defaultTolerance = 4 * time.Millisecond
	defaultMTU       = 1500
	leastMTU         = 576
	mostMTU          = 65535
)

// Definition is a name that a script finds defined, and the number that it stands for.
type Definition struct {
	Name  string
	Value int64
}

// ParseDefinition reads what the real tool's --define takes, NAME or NAME=NUMBER, and tells whether it is that.
func ParseDefinition(text string) (Definition, bool) {
	name, value, valued := strings.Cut(text, "=")
	for i := range len(name) {
		if !isLetter(name[i]) && (i == 0 || !isDigit(name[i])) {
			return Definition{}, false
		}
	}
	n, err := strconv.ParseInt(value, 0, 64)
	return Definition{name, n}, name != "" && (err == nil || !valued)
}

// Parse reads a script. Name is the file's name for mistakes; what lies between `#ifdef NAME` and `#endif` is read only where NAME is
// defined, and in a call NAME stands for its number. The mistakes are all there are, in the order of lines; with any of them there is no
// script.
func Parse(name string, text []byte, defined ...Definition) (*Script, scenario.Errors) {
	r := &reader{file: name, defined: defined, s: &Script{Name: name, Tolerance: defaultTolerance, MTU: defaultMTU}}
	switch {
	case len(text) > maxSize:
		r.whole("the file is longer than %d bytes", maxSize)
	case !utf8.Valid(text) || slices.Contains(text, 0):
		r.whole("the file is not text")
	default:
		r.source = strings.TrimPrefix(string(text), "\ufeff")
		r.text = r.choose()
		r.events()
	}
	if len(r.errs) > 0 {
		slices.SortStableFunc(r.errs, func(a, b scenario.Error) int {
			return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
		})
		return nil, r.errs
	}
	return r.s, nil
}

// reader goes through a script. Every method that reads something returns false when it has noted a mistake.
type reader struct {
	file    string
	source  string // as it stands in the file
	text    string // with what #ifdef leaves out blanked, byte for byte
	at      int
	defined []Definition
	s       *Script
	bytes   int // carried so far
	errs    scenario.Errors
}

func (r *reader) whole(problem string, args ...any) {
	r.errs = append(r.errs, scenario.Error{File: r.file, Problem: fmt.Sprintf(problem, args...)})
}

// place is the line and the column of a byte.
func (r *reader) place(at int) (line, col int) {
	at = min(at, len(r.source))
	begin := strings.LastIndexByte(r.source[:at], '\n') + 1
	return strings.Count(r.source[:at], "\n") + 1, utf8.RuneCountInString(r.source[begin:at]) + 1
}

// fail notes a mistake at a byte.
func (r *reader) fail(at int, expected, problem string, args ...any) bool {
	if len(r.errs) > maxErrors {
		return false
	}
	if len(r.errs) == maxErrors {
		r.whole("more than %d mistakes: the rest is not shown", maxErrors)
		return false
	}
	at = min(at, len(r.source))
	line, col := r.place(at)
	for i := range args {
		const enough = 40 // bytes of a word
		if s, ok := args[i].(string); ok && len(s) > enough {
			args[i] = strings.ToValidUTF8(s[:enough], "") + "..."
		}
	}
	begin := strings.LastIndexByte(r.source[:at], '\n') + 1
	shown, _, _ := strings.Cut(r.source[begin:], "\n")
	r.errs = append(r.errs, scenario.Error{
		File: r.file, Line: line, Col: col, Problem: fmt.Sprintf(problem, args...), Expected: expected, LineText: shown,
	})
	return false
}

func (r *reader) skipped(at int, text string) {
	line, _ := r.place(at)
	r.s.Skipped = append(r.s.Skipped, Skip{line, oneLine(text)})
}

// oneLine is a part of the script as it can be printed.
func oneLine(text string) string { return scenario.Printable(strings.Join(strings.Fields(text), " ")) }

// definition is the number that a defined name stands for.
func (r *reader) definition(name string) (int64, bool) {
	for _, d := range r.defined {
		if d.Name == name {
			return d.Value, true
		}
	}
	return 0, false
}

// choose blanks what lies between #ifdef and #endif where the name is not defined, and the directives themselves.
func (r *reader) choose() string {
	type condition struct {
		at   int
		read bool
	}
	var open []condition
	out := []byte(r.source)
	at := 0
	for line := range strings.Lines(r.source) {
		words := strings.Fields(line)
		directive := ""
		if len(words) > 0 {
			directive = words[0]
		}
		reading := !slices.ContainsFunc(open, func(c condition) bool { return !c.read })
		switch directive {
		case "#ifdef", "#ifndef":
			if len(words) < 2 {
				r.fail(at, directive+" NAME", "%s without a name", directive)
				words = append(words, "")
			}
			_, is := r.definition(words[1])
			open = append(open, condition{at, is == (directive == "#ifdef")})
		case "#else", "#endif":
			switch n := len(open); {
			case n == 0:
				r.fail(at, "", "%s without #ifdef", directive)
			case directive == "#else":
				open[n-1].read = !open[n-1].read
			default:
				open = open[:n-1]
			}
		default:
			directive = ""
		}
		if directive != "" || !reading {
			blank(out[at : at+len(strings.TrimRight(line, "\r\n"))])
		}
		at += len(line)
	}
	for _, c := range open {
		r.fail(c.at, "", "#ifdef without #endif")
	}
	return string(out)
}

func blank(b []byte) {
	for i := range b {
		b[i] = ' '
	}
}

// events reads the file to its end. After a mistake it goes on with the next line.
func (r *reader) events() {
	for r.gap(); r.at < len(r.text); r.gap() {
		if len(r.s.Events) >= maxEvents {
			r.fail(r.at, "", "there are more than %d events", maxEvents)
			return
		}
		begin := r.at
		if strings.HasPrefix(r.text[r.at:], "--") {
			if !r.option() {
				r.nextLine(begin)
			}
			continue
		}
		n := len(r.s.Events)
		if !r.event() {
			r.s.Events = r.s.Events[:n]
			r.nextLine(begin)
		}
	}
	if len(r.s.Events) == 0 && len(r.errs) == 0 {
		r.whole("nothing happens here")
		r.errs[0].Expected = "lines such as\n    0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n    +0 < S 0:0(0) win 1000 <mss 1460>"
	}
}

// nextLine goes behind the line that an event begins in.
func (r *reader) nextLine(begin int) {
	r.at = len(r.text)
	if i := strings.IndexByte(r.text[begin:], '\n'); i >= 0 {
		r.at = begin + i + 1
	}
}

// gap goes over white space, line ends and comments.
func (r *reader) gap() {
	for r.at < len(r.text) {
		rest := r.text[r.at:]
		switch {
		case strings.ContainsRune(" \t\r\n", rune(rest[0])):
			r.at++
		case strings.HasPrefix(rest, "//"), rest[0] == '#':
			r.at += len(rest)
			if i := strings.IndexByte(rest, '\n'); i >= 0 {
				r.at += i - len(rest)
			}
		case strings.HasPrefix(rest, "/*"):
			i := strings.Index(rest, "*/")
			if i < 0 {
				r.fail(r.at, "*/", "this comment has no end")
				i = len(rest) - 2
			}
			r.at += i + 2
		default:
			return
		}
	}
}

// space goes over blanks within a line.
func (r *reader) space() {
	for r.at < len(r.text) && (r.text[r.at] == ' ' || r.text[r.at] == '\t') {
		r.at++
	}
}

// take goes over a piece of punctuation, after blanks, if it is next.
func (r *reader) take(s string) bool {
	r.space()
	if strings.HasPrefix(r.text[r.at:], s) {
		r.at += len(s)
		return true
	}
	return false
}

// need is take where nothing else will do.
func (r *reader) need(s string) bool {
	return r.take(s) || r.fail(r.at, fmt.Sprintf("%q", s), "%s", r.found())
}

// found describes what stands at the present place.
func (r *reader) found() string {
	rest := r.text[r.at:]
	if rest == "" || rest[0] == '\n' || rest[0] == '\r' {
		return "the line ends here"
	}
	if w := r.peekWord(); w != "" {
		return fmt.Sprintf("found %q", w)
	}
	c, _ := utf8.DecodeRuneInString(rest)
	return fmt.Sprintf("found %q", c)
}

func isLetter(b byte) bool { return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '_' }
func isDigit(b byte) bool  { return b >= '0' && b <= '9' }

func (r *reader) peekWord() string {
	end := r.at
	for end < len(r.text) && (isLetter(r.text[end]) || isDigit(r.text[end])) {
		end++
	}
	return r.text[r.at:end]
}

// word takes a word, after blanks; "" when there is none.
func (r *reader) word() string {
	r.space()
	w := r.peekWord()
	r.at += len(w)
	return w
}

// number takes a number of at most 32 bits, after blanks.
func (r *reader) number(what string) (uint32, bool) {
	r.space()
	begin := r.at
	w := r.word()
	if w == "" || !isDigit(w[0]) {
		r.at = begin
		return 0, r.fail(begin, "a number", "%s has no value: %s", what, r.found())
	}
	n, err := strconv.ParseUint(w, 10, 32)
	if err != nil {
		return 0, r.fail(begin, "a number below 4294967296", "%q is no value for %s", w, what)
	}
	return uint32(n), true
}

// option reads --name=value.
func (r *reader) option() bool {
	begin := r.at
	n := strings.IndexAny(r.text[r.at:], " \t\r\n")
	if n < 0 {
		n = len(r.text) - r.at
	}
	name, value, _ := strings.Cut(r.text[r.at:r.at+n], "=")
	r.at += n
	switch name {
	case "--ip_version":
		i := slices.Index(ipNames[:], value)
		if i < 0 {
			return r.fail(begin, strings.Join(ipNames[:], ", "), "%q is no IP version", value)
		}
		r.s.IP = IPVersion(i)
		return true
	case "--tolerance_usecs", "--tcp_ts_tick_usecs", "--mtu":
	default:
		r.skipped(begin, r.text[begin:r.at])
		return true
	}
	v, err := strconv.ParseUint(value, 10, 31)
	switch {
	case err != nil:
		return r.fail(begin+len(name)+1, "a whole number", "%q is no value for %s", value, name)
	case name == "--tolerance_usecs":
		r.s.Tolerance = time.Duration(v) * time.Microsecond
	case name == "--tcp_ts_tick_usecs":
		r.s.Tick = time.Duration(v) * time.Microsecond
	case v < leastMTU || v > mostMTU:
		return r.fail(begin, fmt.Sprintf("from %d to %d", leastMTU, mostMTU), "a packet cannot have %d bytes", v)
	default:
		r.s.MTU = int(v)
	}
	return true
}

package packetdrill

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"tcptutor/tcp"
	"tcptutor/tcp/sim"
)

// assertLine is what is understood of the python: a field of struct tcp_info compared with a number, and perhaps a message.
var assertLine = regexp.MustCompile(`^assert[ \t(]+(tcpi_\w+)\s*(==|!=|<=|>=|<|>)\s*(-?\w+)[ \t)]*(?:,.*)?$`)

// python reads %{ assert tcpi_state == 1 }%. What it does not understand is skipped.
func (r *reader) python(e Event, begin int) bool {
	const open, closing = "%{", "}%"
	from := r.at + len(open)
	n := strings.Index(r.text[from:], closing)
	if n < 0 {
		return r.fail(r.at, closing, "this assertion has no end")
	}
	body := r.text[from : from+n]
	r.at = from + n + len(closing)
	e.Kind, e.Text = CheckEvent, r.words(begin, from-len(open))
	at := from
	for part := range strings.FieldsFuncSeq(body, func(c rune) bool { return c == '\n' || c == ';' }) {
		at = from + strings.Index(r.text[from:], part)
		part = strings.TrimSpace(part)
		if part == "" || part[0] == '#' {
			continue
		}
		m := assertLine.FindStringSubmatch(part)
		if m != nil && infoFields[m[1]] != nil {
			if v, err := strconv.ParseInt(m[3], 0, 64); err == nil {
				e.look.asserts = append(e.look.asserts, assertion{m[1], m[2], v})
				continue
			}
		}
		r.skipped(at, part)
	}
	if len(e.look.asserts) > 0 {
		r.s.Events = append(r.s.Events, e)
	}
	return true
}

// shell reads `commands`. Nothing of it is ever executed: sysctls are set on the subject, and a listing of sockets that grep looks
// through becomes an assertion; the rest is skipped.
func (r *reader) shell(e Event, begin int) bool {
	from := r.at + 1
	n := strings.IndexByte(r.text[from:], '`')
	if n < 0 {
		return r.fail(r.at, "`", "this command has no end")
	}
	body := r.text[from : from+n]
	r.at = from + n + 1
	e.Text = r.words(begin, from-1)
	for _, text := range splitOutside(body, "\n", ";", "&&") {
		text = strings.TrimSpace(text)
		if text == "" || text[0] == '#' || text == "true" {
			continue
		}
		e.Kind, e.sets, e.look = SetEvent, settings(text), check{}
		if len(e.sets) == 0 {
			e.Kind, e.look = CheckEvent, check{command: listingOf(text)}
			if e.look.command == nil {
				r.skipped(from+strings.Index(body, text), text)
				continue
			}
		}
		r.s.Events = append(r.s.Events, e)
	}
	return true
}

// splitOutside splits a text at any of the separators that stands outside of quotes.
func splitOutside(text string, separators ...string) (parts []string) {
	begin, quote := 0, byte(0)
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
			continue
		case c == '"' || c == '\'':
			quote = c
			continue
		}
		for _, s := range separators {
			if strings.HasPrefix(text[i:], s) {
				parts = append(parts, text[begin:i])
				begin = i + len(s)
				i = begin - 1
				break
			}
		}
	}
	return append(parts, text[begin:])
}

// shellWords splits a command at blanks, and takes quotes off.
func shellWords(text string) (words []string) {
	for _, w := range splitOutside(text, " ", "\t") {
		if w != "" {
			words = append(words, strings.NewReplacer(`"`, "", `'`, "").Replace(w))
		}
	}
	return words
}

// settings are what `sysctl -q -w name=value ...` or `echo value > /proc/sys/...` sets; none for other commands, and none where one of them is not
// known here.
func settings(text string) (sets []sim.Setting) {
	words := shellWords(text)
	pairs := [][2]string{}
	switch {
	case words[0] == "sysctl":
		for _, w := range words[1:] {
			if strings.HasPrefix(w, "-") {
				continue
			}
			name, value, _ := strings.Cut(w, "=")
			pairs = append(pairs, [2]string{name, value})
		}
	case words[0] == "echo" && len(words) == 4 && words[2] == ">" && strings.HasPrefix(words[3], "/proc/sys/"):
		name := strings.ReplaceAll(strings.TrimPrefix(words[3], "/proc/sys/"), "/", ".")
		pairs = append(pairs, [2]string{name, words[1]})
	}
	for _, p := range pairs {
		known := setting(p[0], strings.Fields(p[1]))
		if known == nil {
			return nil
		}
		sets = append(sets, known...)
	}
	return sets
}

// setting is a sysctl with its number, or with its several numbers, of which some may be known here.
func setting(name string, values []string) (sets []sim.Setting) {
	for i, text := range values {
		v, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil
		}
		part := name
		if len(values) > 1 {
			part = name + "[" + strconv.Itoa(i) + "]"
		}
		if knob, ok := tcp.ParseSysctl(part); ok {
			sets = append(sets, sim.Setting{Knob: knob, Value: v})
		}
	}
	return sets
}

// listingOf understands a test of the subject's sockets, such as ! ss -tan | grep -q TIME-WAIT; nil for any other command.
func listingOf(text string) *command {
	for _, giveUp := range [...]string{"|| exit 1", "|| false"} {
		text = strings.TrimSuffix(text, giveUp)
	}
	text, negated := strings.CutPrefix(strings.TrimSpace(text), "! ")
	c := command{negated: negated}
	stages := splitOutside(text, "|")
	words := shellWords(stages[0])
	if len(words) == 0 {
		return nil
	}
	greps := stages[1:]
	switch {
	case words[0] == "ss" && c.socketsOfSS(words[1:]):
	case words[0] == "netstat" && c.socketsOfNetstat(words[1:]):
	case words[0] == "sockstat" && c.socketsOfSockstat(words[1:]):
	case slices.Equal(words, []string{"cat", sockstat}):
		c.listing = listSockstat
	case words[0] == "grep" && words[len(words)-1] == sockstat:
		c.listing = listSockstat
		greps = append([]string{strings.TrimSuffix(strings.TrimSpace(stages[0]), sockstat)}, greps...)
	default:
		return nil
	}
	if len(greps) == 0 {
		return nil
	}
	for _, g := range greps {
		f, ok := grep(shellWords(g))
		if !ok {
			return nil
		}
		c.filters = append(c.filters, f)
	}
	return &c
}

// sockstat is where Linux counts its sockets.
const sockstat = "/proc/net/sockstat"

// The states that ss shows unless it is told (ss.c SS_CONN), those it shows with -a, and those with -l.
var (
	ssConnected = []tcp.State{tcp.SynSent, tcp.Established, tcp.FinWait1, tcp.FinWait2, tcp.CloseWait, tcp.Closing, tcp.LastAck}
	ssAll       = append([]tcp.State{tcp.Listen, tcp.SynRcvd, tcp.TimeWait}, ssConnected...)
	ssListening = []tcp.State{tcp.Listen}
)

// socketsOfSS takes ss's arguments: single letters, and "state NAME".
func (c *command) socketsOfSS(words []string) bool {
	c.listing, c.states = listSS, ssConnected
	for i := 0; i < len(words); i++ {
		letters, isOption := strings.CutPrefix(words[i], "-")
		switch {
		case isOption && strings.Trim(letters, "tnaloHeimp46") != "":
			return false
		case isOption && strings.Contains(letters, "a"):
			c.states = ssAll
		case isOption && strings.Contains(letters, "l"):
			c.states = ssListening
		case isOption:
		case words[i] == "state" && i+1 < len(words):
			s, ok := tcp.ParseState(words[i+1])
			if !ok {
				return false
			}
			c.states, c.bare = []tcp.State{s}, true
			i++
		default:
			return false
		}
	}
	return true
}

// socketsOfNetstat takes netstat's arguments, of Linux's or, where a protocol or a family is named, of BSD's.
func (c *command) socketsOfNetstat(words []string) bool {
	c.listing = listNetstat
	c.states = append([]tcp.State{tcp.SynRcvd, tcp.TimeWait}, ssConnected...)
	for i, w := range words {
		letters, isOption := strings.CutPrefix(w, "-")
		named := !isOption && i > 0 && (strings.HasSuffix(words[i-1], "p") || strings.HasSuffix(words[i-1], "f"))
		switch {
		case named && slices.Contains([]string{"tcp", "inet", "inet6"}, w):
			c.listing = listBSD
		case isOption && strings.HasSuffix(letters, "f") && strings.Trim(letters, "tnalopf46") == "":
		case !isOption || strings.Trim(letters, "tnalop46") != "":
			return false
		case strings.Contains(letters, "a"):
			c.states = ssAll
		case strings.Contains(letters, "l"):
			c.states = ssListening
		}
	}
	return true
}

// socketsOfSockstat takes the arguments of BSD's sockstat: letters, some with a value behind them.
func (c *command) socketsOfSockstat(words []string) bool {
	c.listing, c.states = listBSD, ssAll
	for i := 0; i < len(words); i++ {
		letters, isOption := strings.CutPrefix(words[i], "-")
		switch {
		case !isOption || strings.Trim(letters, "46clLnqsSuvwPp") != "":
			return false
		case strings.Contains(letters, "l"):
			c.states = ssListening
		case strings.Contains(letters, "c"):
			c.states = ssAll[1:]
		}
		if strings.HasSuffix(letters, "P") || strings.HasSuffix(letters, "p") { // the protocol, the port
			i++
		}
	}
	return true
}

// grep takes grep's options and its pattern.
func grep(words []string) (f filter, ok bool) {
	if len(words) == 0 || words[0] != "grep" {
		return f, false
	}
	pattern, given := "", false
	extended, fixed, prefix, suffix := false, false, "", ""
	for _, w := range words[1:] {
		letters, isOption := strings.CutPrefix(w, "-")
		switch {
		case isOption && !given && strings.Trim(letters, "qcvwiEFe") == "":
			f.without = f.without || strings.Contains(letters, "v")
			extended = extended || strings.Contains(letters, "E")
			fixed = fixed || strings.Contains(letters, "F")
			if strings.Contains(letters, "i") {
				prefix = "(?i)" + prefix
			}
			if strings.Contains(letters, "w") {
				prefix, suffix = prefix+`\b`, `\b`
			}
		case w == ">/dev/null" || w == ">" || w == "/dev/null":
		case given:
			return f, false
		default:
			pattern, given = w, true
		}
	}
	switch {
	case fixed:
		pattern = regexp.QuoteMeta(pattern)
	case !extended:
		pattern = basicPattern(pattern)
	}
	re, err := regexp.Compile(prefix + "(?:" + pattern + ")" + suffix)
	f.pattern = re
	return f, given && err == nil
}

// basicPattern turns a basic regular expression, as grep has it, into an extended one: there + ? | ( ) { } mean themselves unless a
// backslash stands before them (POSIX, XBD 9.3; GNU grep).
func basicPattern(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		special := func(c byte) bool { return strings.IndexByte("+?|(){}", c) >= 0 }
		switch {
		case s[i] == '\\' && i+1 < len(s) && special(s[i+1]):
			i++
			b.WriteByte(s[i])
		case special(s[i]):
			b.WriteString(`\` + string(s[i]))
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

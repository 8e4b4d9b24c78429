package scenario

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"tcptutor/tcp"
	"tcptutor/tcp/observe"
)

// source is a line of a text, and where it came from.
type source struct {
	file string
	no   int    // line number in file, from 1
	text string // as written, for errors
	code string // without its comment
	pos  int    // Line.Pos of what it becomes
}

// mistakes collects errors.
type mistakes struct {
	list Errors
}

// add notes a mistake at a byte of a line.
func (m *mistakes) add(s *source, at int, expected, problem string, args ...any) {
	if len(m.list) > maxErrors {
		return
	}
	if len(m.list) == maxErrors {
		m.list = append(m.list, Error{File: s.file, Problem: fmt.Sprintf("more than %d mistakes: the rest is not shown", maxErrors)})
		return
	}
	at = min(at, len(s.text))
	e := Error{s.file, s.no, utf8.RuneCountInString(s.text[:at]) + 1, fmt.Sprintf(problem, args...), expected, s.text}
	if r, _ := utf8.DecodeRuneInString(s.text[at:]); fullWidth[r] != "" {
		e.Problem, e.Expected = fmt.Sprintf("%q is a full-width character", r), fmt.Sprintf("%q", fullWidth[r])
	}
	m.list = append(m.list, e)
}

// whole notes a mistake of the file as a whole.
func (m *mistakes) whole(file, expected, problem string, args ...any) {
	m.list = append(m.list, Error{File: file, Problem: fmt.Sprintf(problem, args...), Expected: expected})
}

// fullWidth are the characters that a Chinese keyboard gives in place of the notation's own.
var fullWidth = map[rune]string{
	'（': "(", '）': ")", '，': ",", '：': ":", '＝': "=", '“': `"`, '”': `"`, '＂': `"`, '；': ";", '．': ".", '／': "/", '＃': "#",
	'　': " ", '＊': "*", '｜': "|", '、': ",", '。': ".", '｛': "{", '｝': "}", '＠': "@", '－': "-",
}

// cursor goes through the code of one line.
type cursor struct {
	*source
	at   int
	errs *mistakes
}

// fail notes a mistake and is always false, so that a reader can return it.
func (c *cursor) fail(at int, expected, problem string, args ...any) bool {
	c.errs.add(c.source, at, expected, problem, args...)
	return false
}

// take moves what package observe says of a piece of the line that begins at `from` into the mistakes.
func (c *cursor) take(from int, err error) bool {
	if e, ok := err.(*observe.Error); ok {
		return c.fail(from+e.Pos, e.Expected, "%s", e.Problem)
	}
	return c.fail(from, "", "%v", err)
}

func (c *cursor) space() {
	for c.at < len(c.code) && (c.code[c.at] == ' ' || c.code[c.at] == '\t') {
		c.at++
	}
}

func (c *cursor) end() bool { c.space(); return c.at >= len(c.code) }

// rest is what is left of the line.
func (c *cursor) rest() string { return c.code[c.at:] }

func isLetter(b byte) bool { return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '_' }
func isDigit(b byte) bool  { return b >= '0' && b <= '9' }

// wordAt is the word of letters and digits at a byte of a text.
func wordAt(text string, at int) string {
	end := at
	for end < len(text) && (isLetter(text[end]) || isDigit(text[end])) {
		end++
	}
	return text[at:end]
}

// word takes a word of letters and digits, after spaces; "" when there is none.
func (c *cursor) word() (string, int) {
	c.space()
	w := wordAt(c.code, c.at)
	c.at += len(w)
	return w, c.at - len(w)
}

// field takes everything up to the next space.
func (c *cursor) field() (string, int) {
	c.space()
	n := strings.IndexAny(c.rest(), " \t")
	if n < 0 {
		n = len(c.rest())
	}
	c.at += n
	return c.code[c.at-n : c.at], c.at - n
}

// skip takes a piece of punctuation, or a word, if it is next.
func (c *cursor) skip(s string) bool {
	c.space()
	if !strings.HasPrefix(c.rest(), s) || isLetter(s[0]) && wordAt(c.code, c.at) != s {
		return false
	}
	c.at += len(s)
	return true
}

// done reports whether the line ends here, and says what is too much if it does not.
func (c *cursor) done(expected string) bool {
	if c.end() {
		return true
	}
	return c.fail(c.at, expected, "%s is too much", c.next())
}

// lineEnd is what stands at the cursor behind all else.
const lineEnd = "the end of the line"

// next is what stands at the cursor, for an error.
func (c *cursor) next() string {
	if c.end() {
		return lineEnd
	}
	w := wordAt(c.code, c.at)
	if w == "" {
		_, n := utf8.DecodeRuneInString(c.rest())
		w = c.code[c.at : c.at+n]
	}
	return strconv.Quote(w)
}

// units of durations, in the spellings that people use.
var units = map[string]time.Duration{
	"ns": time.Nanosecond, "us": time.Microsecond, "µs": time.Microsecond, "ms": time.Millisecond, "s": time.Second, "sec": time.Second,
	"min": time.Minute, "m": time.Minute, "h": time.Hour,
}

const durationUse = "a time with its unit, such as 10ms, 2s, 4min"

// duration takes a time with its unit.
func (c *cursor) duration() (time.Duration, bool) {
	c.space()
	from := c.at
	for c.at < len(c.code) && (isDigit(c.code[c.at]) || c.code[c.at] == '.') {
		c.at++
	}
	number := c.code[from:c.at]
	if number == "" {
		return 0, c.fail(from, durationUse, "%s is no time", c.next())
	}
	c.space()
	unitAt := c.at
	for c.at < len(c.code) && (isLetter(c.code[c.at]) || c.code[c.at] >= utf8.RuneSelf) {
		c.at++
	}
	unit, ok := units[c.code[unitAt:c.at]]
	if !ok {
		if c.at == unitAt {
			return 0, c.fail(unitAt, "ns, us, ms, s, min or h after the number", "the time %s has no unit", number)
		}
		return 0, c.fail(unitAt, "ns, us, ms, s, min or h", "no unit is called %s", c.code[unitAt:c.at])
	}
	d, ok := scale(number, unit)
	if !ok {
		return 0, c.fail(from, fmt.Sprintf("at most %s", formatDuration(maxTime)), "%s is no time that can be waited for", c.code[from:c.at])
	}
	return d, true
}

// scale multiplies a decimal number with a unit, exactly to the nanosecond where the number is exact to it.
func scale(number string, unit time.Duration) (time.Duration, bool) {
	whole, fraction, _ := strings.Cut(number, ".")
	n, err := strconv.ParseInt("0"+whole, 10, 64)
	if err != nil || n > int64(maxTime/unit) || number == "." {
		return 0, false
	}
	d := time.Duration(n) * unit
	for _, digit := range []byte(fraction) {
		if !isDigit(digit) {
			return 0, false
		}
		unit /= 10
		d += time.Duration(digit-'0') * unit
	}
	return d, d <= maxTime
}

// formatDuration is the canonical spelling of a time: exact, with the largest unit that suits it.
func formatDuration(d time.Duration) string {
	switch {
	case d >= 2*time.Hour && d%time.Hour == 0:
		return strconv.FormatInt(int64(d/time.Hour), 10) + "h"
	case d >= 2*time.Minute && d%time.Minute == 0:
		return strconv.FormatInt(int64(d/time.Minute), 10) + "min"
	case d >= time.Second || d == 0:
		return decimal(d, time.Second) + "s"
	case d >= time.Millisecond:
		return decimal(d, time.Millisecond) + "ms"
	case d >= time.Microsecond:
		return decimal(d, time.Microsecond) + "us"
	}
	return strconv.FormatInt(int64(d), 10) + "ns"
}

func decimal(d, unit time.Duration) string {
	text := strconv.FormatInt(int64(d/unit), 10)
	rest := d % unit
	if rest == 0 {
		return text
	}
	digits := len(strconv.FormatInt(int64(unit), 10)) - 1
	return text + "." + strings.TrimRight(fmt.Sprintf("%0*d", digits, rest), "0")
}

// chance reads a fault's `5%`, if it is there; false when there is a mistake in it.
func (c *cursor) chance(f *fault) bool {
	word, from := c.field()
	number, found := strings.CutSuffix(word, "%")
	if !found {
		c.at = from
		return true
	}
	percent, err := strconv.ParseFloat(number, 64)
	if err != nil || percent < 0.0001 || percent > 100 {
		return c.fail(from, "a probability from 0.0001% to 100%", "%q is no such probability", number+"%")
	}
	if f.words.N() > 0 {
		return c.fail(from, "@N or a probability, not both", "%s%% is too much", number)
	}
	f.chance = uint32(percent*10_000 + 0.5)
	return true
}

// reasons are the codes of ICMP "destination unreachable" that mean something to TCP.
var reasons = []int{int(tcp.NetUnreachable), int(tcp.HostUnreachable), int(tcp.ProtocolUnreachable), int(tcp.PortUnreachable), int(tcp.SourceRouteFailed)}

// reason reads what the sender of an undeliverable segment is told: `code N`, or nothing for the host.
func (c *cursor) reason(f *fault) bool {
	f.code = tcp.HostUnreachable
	if !c.skip("code") {
		return true
	}
	word, at := c.field()
	n, err := strconv.Atoi(word)
	if err != nil || !slices.Contains(reasons, n) {
		return c.fail(at, "0 net, 1 host, 2 protocol, 3 port or 5 source route", "%q is no code of ICMP's that TCP knows", word)
	}
	f.code = tcp.Unreachable(n)
	return true
}

package quiz

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"

	"tcptutor/tcp"
)

// Unreadable is what comes of a typed answer that is no answer of its kind at all: it says what one looks like. It counts as
// nothing, right or wrong.
type Unreadable struct {
	Text
	formless bool // the text only says what an answer looks like
}

// Error is the English text.
func (u *Unreadable) Error() string { return u.English }

// longest is how much of a typed answer is looked at, bytes: anything longer is none.
const longest = 64

// examples show what an answer of a kind looks like: its words, how many examples follow them, and those to choose from. None may be the answer
// of the question they stand below.
var examples = [numKinds]struct {
	what  Text
	shown int
	of    []string
}{
	Number:  {Text{"a whole number", "一个整数"}, 1, []string{"12", "7"}},
	Time:    {Text{"seconds, or a time with its unit", "秒数，或带单位的时间"}, 3, []string{"5", "2.5 s", "30 ms", "7", "8 min"}},
	StateOf: {Text{"a state", "一个状态"}, 1, []string{"SYN_SENT", "CLOSING"}},
	FlagsOf: {Text{"flags", "标志位"}, 2, []string{"SYN,ACK", "[S.]", "FIN,ACK", "[F.]"}},
	ErrnoOf: {Text{"the name of an error, or 0 for none", "错误名，没有错误写 0"}, 1, []string{"EPIPE", "EBADF"}},

	StateSS:   {Text{"a state as ss spells it", "ss 里的状态"}, 1, []string{"SYN-SENT", "CLOSING"}},
	FlagsDump: {Text{"flags as tcpdump prints them", "tcpdump 里的标志位"}, 1, []string{"[R.]", "[P.]"}},
}

// Hint says what a typed answer of the kind looks like.
func (k Kind) Hint() Text { return k.hintBut(func(Value) bool { return false }) }

// hintBut is the hint without the examples that are the answer.
func (k Kind) hintBut(answer func(Value) bool) Text {
	e, list := &examples[k], k.examplesBut(answer)
	return Text{
		e.what.English + ", for example " + strings.Join(list, " or "),
		e.what.Chinese + "，例如 " + strings.Join(list, " 或 "),
	}
}

// examplesBut are the examples to show that are not the answer.
func (k Kind) examplesBut(answer func(Value) bool) []string {
	var list []string
	for _, text := range examples[k].of {
		if v, err := k.Read(text); err == nil && !answer(v) && len(list) < examples[k].shown {
			list = append(list, text)
		}
	}
	return list
}

// Read reads a typed answer as people write it: states in any spelling, flags in any order or as tcpdump prints them, times with or without a unit (then
// they are seconds), errors by name, text or number. The error is an *Unreadable.
func (k Kind) Read(typed string) (Value, error) {
	s := narrow(typed)
	v, ok := int64(0), false
	if s != "" && len(typed) <= longest {
		switch k {
		case Number:
			v, ok = readNumber(s)
		case Time:
			v, ok = readTime(s)
		case StateOf, StateSS:
			return k.readState(s)
		case FlagsOf, FlagsDump:
			v, ok = readFlags(s)
		case ErrnoOf:
			v, ok = readErrno(s)
		}
	}
	if !ok {
		return Value{}, &Unreadable{Text: asksFor(k.Hint()), formless: true}
	}
	return Value{k, v}, nil
}

// asksFor is what is said to an answer that is none.
func asksFor(hint Text) Text {
	return Text{"Type " + hint.English + ".", "请输入" + hint.Chinese + "。"}
}

// narrow takes an answer out of its quotes and makes full-width letters, digits and signs, as Chinese input methods give
// them, ASCII.
func narrow(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == '　', unicode.IsSpace(r):
			return ' '
		case r == '。':
			return '.'
		case r == '、':
			return ','
		case r == '−', r == '–', r == '—', r == '‑':
			return '-'
		}
		return r
	}, s)
	return strings.Trim(s, " \"'`“”‘’「」")
}

var numberWords = map[string]int64{
	"zero": 0, "none": 0, "no": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
	"零": 0, "没有": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10,
}

func readNumber(s string) (int64, bool) {
	s = strings.TrimRight(strings.ToLower(s), " .个次段")
	if n, ok := numberWords[s]; ok {
		return n, true
	}
	if hex, ok := strings.CutPrefix(s, "0x"); ok {
		n, err := strconv.ParseUint(hex, 16, 32)
		return int64(n), err == nil
	}
	n, err := strconv.ParseInt(ungrouped(s), 10, 64)
	return n, err == nil
}

// ungrouped takes out what groups the digits of a number, where it stands before three digits: 4,294,967,295 and 4 294 967 295.
func ungrouped(s string) string {
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' || r == '_' })
	for i, p := range parts {
		if i > 0 && len(p) != 3 || p == "" {
			return s
		}
	}
	return strings.Join(parts, "")
}

var timeUnits = map[string]time.Duration{
	"": time.Second, "s": time.Second, "sec": time.Second, "secs": time.Second, "second": time.Second, "seconds": time.Second, "秒": time.Second, "秒钟": time.Second,
	"ms": time.Millisecond, "msec": time.Millisecond, "millisecond": time.Millisecond, "milliseconds": time.Millisecond, "毫秒": time.Millisecond,
	"us": time.Microsecond, "µs": time.Microsecond, "μs": time.Microsecond, "微秒": time.Microsecond,
	"m": time.Minute, "min": time.Minute, "mins": time.Minute, "minute": time.Minute, "minutes": time.Minute, "分": time.Minute, "分钟": time.Minute,
	"h": time.Hour, "hour": time.Hour, "hours": time.Hour, "小时": time.Hour,
}

// readTime reads numbers with units, one after the other: 3, 1.5s, "2 min 30 s", 3000毫秒.
func readTime(s string) (int64, bool) {
	s = strings.TrimRight(strings.ToLower(s), ". ")
	total, some := 0.0, false
	for s != "" {
		digits := strings.IndexFunc(s, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
		if digits < 0 {
			digits = len(s)
		}
		n, err := strconv.ParseFloat(s[:digits], 64)
		s = strings.TrimLeft(s[digits:], " ")
		end := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) })
		if end < 0 {
			end = len(s)
		}
		unit, ok := timeUnits[s[:end]]
		if err != nil || !ok || end == 0 && some {
			return 0, false
		}
		total += n * float64(unit)
		some = true
		s = strings.TrimLeft(s[end:], " ")
	}
	if !some || total > float64(1000*time.Hour) {
		return 0, false
	}
	return int64(math.Round(total/1000) * 1000), true // to the microsecond: 0.1 has no exact binary form
}

func (k Kind) readState(s string) (Value, error) {
	if st, ok := tcp.ParseState(s); ok {
		return Value{k, int64(st)}, nil
	}
	best, least := tcp.Closed, 4
	for st := tcp.Closed; st < tcp.NumStates; st++ {
		if d := distance(strings.ToUpper(strings.ReplaceAll(s, "-", "_")), st.String()); d < least {
			best, least = st, d
		}
	}
	if least == 4 {
		return Value{}, &Unreadable{Text: asksFor(k.Hint()), formless: true}
	}
	return Value{}, &Unreadable{Text: Text{
		"There is no state " + s + ". Do you mean " + best.String() + "?",
		"没有 " + s + " 这个状态。你是想写 " + best.String() + " 吗？",
	}}
}

// distance is how many letters must be changed, added or taken out to make b of a (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0]++
		for j := range len(b) {
			here := corner
			if a[i] != b[j] {
				here = 1 + min(corner, row[j], row[j+1])
			}
			corner, row[j+1] = row[j+1], here
		}
	}
	return row[len(b)]
}

var flagNames = map[string]tcp.Flags{"SYN": tcp.SYN, "FIN": tcp.FIN, "RST": tcp.RST, "RESET": tcp.RST, "ACK": tcp.ACK, "PSH": tcp.PSH, "PUSH": tcp.PSH, "URG": tcp.URG}

var flagLetters = map[rune]tcp.Flags{'S': tcp.SYN, 'F': tcp.FIN, 'R': tcp.RST, '.': tcp.ACK, 'A': tcp.ACK, 'P': tcp.PSH, 'U': tcp.URG}

// readFlags reads the bits' names in any order with anything between them, or tcpdump's letters.
func readFlags(s string) (int64, bool) {
	s = strings.Trim(strings.ToUpper(s), "[]() ")
	if s == "-" || s == "NONE" {
		return 0, true
	}
	if all, ok := readLetters(s); ok {
		return int64(all & asked), true
	}
	all := tcp.Flags(0)
	words := strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) })
	for _, word := range words {
		if word == "AND" {
			continue
		}
		for word != "" {
			name, bit := leadingFlag(word)
			if name == "" {
				return 0, false
			}
			all |= bit
			word = word[len(name):]
		}
	}
	return int64(all & asked), all != 0
}

func readLetters(s string) (tcp.Flags, bool) {
	all := tcp.Flags(0)
	for _, r := range s {
		bit, ok := flagLetters[r]
		if !ok {
			return 0, false
		}
		all |= bit
	}
	return all, all != 0
}

// leadingFlag finds the bit whose name the word begins with; "SYNACK" is SYN and ACK.
func leadingFlag(word string) (string, tcp.Flags) {
	for _, name := range [...]string{"SYN", "FIN", "RST", "RESET", "ACK", "PSH", "PUSH", "URG"} {
		if strings.HasPrefix(word, name) {
			return name, flagNames[name]
		}
	}
	return "", 0
}

func readErrno(s string) (int64, bool) {
	s = strings.TrimRight(s, ". ")
	switch strings.ToLower(s) {
	case "0", "ok", "none", "no error", "success", "没有错误", "没有", "无", "成功":
		return 0, true
	}
	if e, ok := tcp.ParseErrno(strings.ToUpper(s)); ok {
		return int64(e), true
	}
	n, err := strconv.Atoi(s)
	byNumber := err == nil && n > 0
	for e := tcp.Errno(1); e < errnoEnd; e++ {
		if strings.EqualFold(e.Text(), s) || byNumber && n == int(e) {
			_, known := tcp.ParseErrno(e.String())
			return int64(e), known
		}
	}
	return 0, false
}

// errnoEnd is beyond every error number there is (Linux's MAX_ERRNO is larger, its list of names is not).
const errnoEnd = 200

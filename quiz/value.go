package quiz

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"tcptutor/tcp"
)

// Kind is what an answer is: how it is written and how a typed one is read.
type Kind uint8

// The kinds of answer.
const (
	Number    Kind = iota // a count, a sequence number
	Time                  // a time that passes, in nanoseconds
	StateOf               // a state (tcp.State)
	FlagsOf               // control bits of a segment (tcp.Flags); PSH and URG are not asked for
	ErrnoOf               // an error of a call (tcp.Errno); 0 is none
	StateSS               // a state as ss spells it
	FlagsDump             // control bits as tcpdump prints them
	numKinds
)

var kindNames = [numKinds]string{"number", "time", "state", "flags", "errno", "ss-state", "tcpdump-flags"}

// String is the kind's word in quiz.yaml.
func (k Kind) String() string { return kindNames[k] }

func parseKind(s string) (Kind, bool) {
	for k, name := range kindNames {
		if name == s {
			return Kind(k), true
		}
	}
	return 0, false
}

// Value is an answer: of a kind, and its number there.
type Value struct {
	Of Kind
	N  int64
}

// asked are the control bits that count in an answer.
const asked = ^(tcp.PSH | tcp.URG)

// valueOf takes a result of the engine as an answer of a kind. States, flags and errors come as their names.
func valueOf(of Kind, v any) (Value, error) {
	switch v := v.(type) {
	case int:
		if of == Number {
			return Value{of, int64(v)}, nil
		}
	case time.Duration:
		if of == Time {
			return Value{of, int64(v)}, nil
		}
	case string:
		if read, err := of.Read(v); err == nil && of != Number && of != Time {
			return read, nil
		}
	}
	return Value{}, fmt.Errorf("gives %v (%T), expected %s", v, v, kindWords[of].English)
}

var kindWords = [numKinds]Text{
	{"a whole number", "一个整数"},
	{"a time", "一段时间"},
	{"a state", "一个状态"},
	{"flags", "标志位"},
	{"an error", "一个错误"},
	{"a state", "一个状态"},
	{"flags", "标志位"},
}

// Text is the value as it is shown.
func (v Value) Text() Text {
	switch v.Of {
	case Time:
		s := clock(time.Duration(v.N))
		return Text{s, s}
	case StateOf:
		s := tcp.State(v.N).String()
		return Text{s, s}
	case StateSS:
		s := tcp.State(v.N).SS()
		return Text{s, s}
	case FlagsOf:
		s := tcp.Flags(v.N).String()
		return Text{s, s}
	case FlagsDump:
		s := "[" + dumped(tcp.Flags(v.N)) + "]"
		return Text{s, s}
	case ErrnoOf:
		if v.N == 0 {
			return Text{"no error", "没有错误"}
		}
		s := tcp.Errno(v.N).String()
		return Text{s, s}
	}
	s := strconv.FormatInt(v.N, 10)
	return Text{s, s}
}

// clock writes a time the way people do: milliseconds below one second, else seconds; nothing behind the point that says nothing.
func clock(d time.Duration) string {
	if d > -time.Second && d < time.Second {
		return trimmed(float64(d)/float64(time.Millisecond)) + " ms"
	}
	return trimmed(d.Seconds()) + " s"
}

func trimmed(f float64) string {
	s := strconv.FormatFloat(f, 'f', 3, 64)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// dumped are flags as tcpdump prints them, in its order.
func dumped(all tcp.Flags) string {
	if all == 0 {
		return "none"
	}
	var b strings.Builder
	for _, letter := range "FSRP.U" {
		if all.Has(flagLetters[letter]) {
			b.WriteRune(letter)
		}
	}
	return b.String()
}

// like reports whether w is the same answer: times within so much of one another, the rest exactly.
func (v Value) like(w Value, within time.Duration) bool {
	if v.Of != Time {
		return v == w
	}
	return w.Of == Time && max(v.N-w.N, w.N-v.N) <= int64(within)
}

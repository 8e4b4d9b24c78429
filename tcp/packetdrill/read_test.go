package packetdrill

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// mistaken are texts and the first mistake in each.
var mistaken = []struct{ text, want string }{
	{"socket(..., SOCK_STREAM, IPPROTO_TCP) = 3", `1:1: found "socket", expected a time in seconds: 0.1, +.1 or *`},
	{"0", "1:2: the line ends here, expected a call, < or >"},
	{"0 ?", `1:3: found '?', expected a call, < or > with a segment, ` + "`a command`, or %{ assert ... }%"},
	{"0s close(3) = 0", "1:2: a time has no unit"},
	{"3000000000 close(3) = 0", "1:1: a time after 2592000 seconds: that is too long"},
	{"+.4~+.3 > . 1:1(0) ack 1", "1:1: a range of times that ends before it begins"},
	{"+.3~+.4 < . 1:1(0) ack 1", "1:1: only a segment that is expected (>) can come within a range of times"},
	{"0.2...0.1 read(3, ..., 1) = 1", "1:1: a call that returns before it begins"},
	{"0...1 < . 1:1(0) ack 1", "1:1: only a call has a time at which it returns"},
	{"0 < X 0:0(0)", `1:5: found "X", expected some of F S R P and .`},
	{"0 < 0:0(0)", `1:5: found "0", expected the segment's flags`},
	{"0 < S 0(0)", `1:8: found '(', expected ":"`},
	{"0 < S 0:0", `1:10: the line ends here, expected "("`},
	{"0 < P. 1:6(4) ack 1", "1:10: 4 bytes from 1 do not end before 6, expected 5"},
	{"0 < . 1:70001(70000) ack 1", "1:9: no packet has 70000 bytes"},
	{"0 < . 1:1(0) ack", "1:17: ack has no value: the line ends here, expected a number"},
	{"0 < . 5000000000:1(0) ack 1", `1:7: "5000000000" is no value for FIRST, expected a number below 4294967296`},
	{"0 < . 1:1(0) ack 1 win 70000", "1:20: a window of 70000, expected at most 65535"},
	{"0 < . 1:1(0) ack 1 wnd 70", `1:20: found "wnd", expected ack N, win N, or <options>`},
	{"0 < S 0:0(0) <mss>", "1:18: mss has no value: found '>', expected a number"},
	{"0 < S 0:0(0) <mss 70000>", "1:15: a segment size of 70000"},
	{"0 < S 0:0(0) <mss 1460 nop>", `1:24: found "nop", expected "," or ">"`},
	{"0 < S 0:0(0) <wscale 256>", "1:15: a window scale of 256"},
	{"0 < S 0:0(0) <tfo 1>", `1:15: found "tfo", expected mss N, nop, eol, sackOK`},
	{"0 < S 0:0(0) <TS 1 2>", `1:18: found "1", expected TS val N ecr N`},
	{"0 < S 0:0(0) <...>", "1:15: what is sent to the host has to be said, expected the options"},
	{"0 < . 1:1(0) ack 1 <sack>", "1:21: there are 0 blocks, expected one to 4 blocks"},
	{"0 < . 1:1(0) ack 1 <sack 1:2 3:4 5:6 7:8 9:10>", "1:21: there are 5 blocks"},
	{"0 dup(3) = 4", `1:3: no call is called "dup" here, expected accept, bind, close`},
	{"0 listen(3) = 0", "1:3: listen() has 1 arguments, expected listen(3, 1) = 0"},
	{"0 listen(3, 1)", `1:15: the line ends here, expected "="`},
	{"0 listen(3, 1) = 0 ENOBODY", "1:20: no error is called ENOBODY here"},
	{"0 listen(3, 1) = -1", "1:18: a call that fails has an error, expected -1 EAGAIN"},
	{"0 listen(3, 1) = 3 EINVAL", "1:20: a call that gives 3 has no error"},
	{"0 listen(3, 1) = -1 EINVAL (Invalid", `1:28: this bracket has no end, expected )`},
	{"0 listen(3, ONE) = 0", "1:13: the name ONE is not known here"},
	{"0 setsockopt(3, SOL_SOCKET, SO_NOTHING, [1], 4) = 0", "1:29: the name SO_NOTHING is not known here"},
	{"0 listen(3, \"1\") = 0", "1:13: listen() wants a number here"},
	{"0 listen(-3, 1) = 0", "1:10: -3 is no descriptor"},
	{"0 read(3, ..., 0) = 0", "1:16: read() of 0 bytes: 1 to 8388608 can be asked for"},
	{"0 write(3, \"ab\", 3) = 3", "1:12: the string has 2 bytes, not 3"},
	{"0 write(3, \"ab, 3) = 3", `1:12: this string has no end`},
	{"0 write(3, [1], 3) = 3", `1:12: the bytes are ... or "a string"`},
	{"0 send(3, ..., 3, 1) = 3", "1:19: send() knows MSG_NOSIGNAL and no other flag"},
	{"0 recv(3, ..., 3, 1) = 3", "1:19: recv() knows no flag here"},
	{"0 fcntl(3, 99) = 3", "1:12: fcntl() knows F_GETFL and F_SETFL"},
	{"0 bind(3, 7, ...) = 0", "1:11: an address is ... or {sa_family"},
	{"0 bind(3, {sin_port = 70000}, ...) = 0", "1:23: this is no port"},
	{"0 bind(3, {sin_addr = inet_addr(\"10.0.0\")}, ...) = 0", "1:23: this is no address"},
	{"0 bind(3, {7}, ...) = 0", `1:13: found '}', expected "="`},
	{"0 setsockopt(3, SOL_TCP, SO_REUSEADDR, [1], 4) = 0", "1:17: SO_REUSEADDR is an option of another level"},
	{"0 setsockopt(3, SOL_TCP, 7, [1], 4) = 0", "1:26: this is no socket option"},
	{"0 setsockopt(3, SOL_SOCKET, SO_REUSEADDR, 1, 4) = 0", "1:43: the option's value is [N]"},
	{"0 setsockopt(3, SOL_SOCKET, SO_LINGER, {onoff=1}, 8) = 0", "1:40: SO_LINGER is {onoff=1, linger=0}"},
	{"0 ioctl(3, 7, [1]) = 0", "1:12: ioctl() knows SIOCINQ and SIOCOUTQ"},
	{"0 ioctl(3, SIOCINQ, 1) = 0", "1:21: the number wanted is [N]"},
	{"0 poll([], 0, 0) = 0", "1:8: poll() looks at one descriptor here"},
	{"0 poll([{fd=3, events=POLLIN}], 1, 0) = 0", "1:8: revents is missing"},
	{"0 listen([[[[[[[[[[1]]]]]]]]]], 1) = 0", "1:19: brackets within brackets, 8 deep"},
	{"--ip_version=ipv5", `1:1: "ipv5" is no IP version, expected ipv4, ipv6, ipv4-mapped-ipv6`},
	{"--mtu=many", `1:7: "many" is no value for --mtu, expected a whole number`},
	{"--mtu=10", "1:1: a packet cannot have 10 bytes, expected from 576 to 65535"},
	{"`sysctl -w a=b", "1:1: this command has no end"},
	{"%{ assert tcpi_state == 1", "1:1: this assertion has no end"},
	{"/* nothing", "1:1: this comment has no end"},
	{"#ifdef\n#endif", "1:1: #ifdef without a name"},
	{"#ifdef X", "1:1: #ifdef without #endif"},
	{"#endif", "1:1: #endif without #ifdef"},
	{"", "test.pkt: nothing happens here"},
	{"0 close(3) = \x00", "test.pkt: the file is not text"},
	{"0 close(3) = \xff", "test.pkt: the file is not text"},
}

// Every mistake has its place, says what is wrong there, and what was expected where that is known.
func TestMistakes(t *testing.T) {
	for _, test := range mistaken {
		_, mistakes := Parse("test.pkt", []byte(test.text))
		if len(mistakes) == 0 || !strings.Contains(mistakes[0].Error(), test.want) {
			t.Errorf("%q: %v\nwant %q", test.text, mistakes, test.want)
		}
	}
}

// All mistakes are reported, in the order of lines, and lines between them are read.
func TestAllMistakes(t *testing.T) {
	_, mistakes := Parse("test.pkt", []byte("0 dup(3) = 3\n#ifdef X\n0 dup(3) = 3\n#endif\n\t0 < S 0(0)\n+0 close(3) = 0\n+0 setsockopt(3,\n  SOL_SOCKET, 7, [1], 4) = 0\n`sysctl"))
	var places []string
	for _, m := range mistakes {
		places = append(places, fmt.Sprintf("%d:%d", m.Line, m.Col))
	}
	if want := []string{"1:3", "5:9", "8:3", "8:15", "9:1"}; !slices.Equal(places, want) { // 8:3 is the echo of 8:15
		t.Errorf("mistakes at %v, want %v:\n%s", places, want, mistakes.Format())
	}
	if text := mistakes[1].Format(); !strings.HasSuffix(text, "    \t0 < S 0(0)\n    \t       ^\n") {
		t.Errorf("the mark is elsewhere:\n%s", text)
	}
}

// Whatever a file asks for has a bound.
func TestLimits(t *testing.T) {
	for want, text := range map[string]string{
		"the file is longer than 1048576 bytes":              strings.Repeat("# a comment\n", 100_000),
		"there are more than 5000 events":                    strings.Repeat("+0 close(3) = 0\n", 6_000),
		"more than 100 mistakes: the rest is not shown":      strings.Repeat("+0 dup(3) = 0\n", 6_000),
		"the script carries more than 8388608 bytes":         strings.Repeat("+0 write(3, ..., 4000000) = 0\n", 3),
		"brackets within brackets, 8 deep":                   "0 listen(" + strings.Repeat("[", 100_000),
		"\"" + strings.Repeat("9", 40) + "...\" is no value": "0 < . " + strings.Repeat("9", 400) + ":1(0)",
	} {
		_, mistakes := Parse("test.pkt", []byte(text))
		if len(mistakes) == 0 || len(mistakes) > 101 || !strings.Contains(mistakes.Error(), want) {
			t.Errorf("%d mistakes, want %q", len(mistakes), want)
		}
	}
}

// What is not understood and not needed is listed with its line: nothing of a shell is ever executed.
func TestSkipped(t *testing.T) {
	s, mistakes := Parse("test.pkt", []byte("--local_ip=10.0.0.1\n`rm -rf x; sysctl -q net.core.busy_poll=1`\n0 `ss -tn`\n`ss -tn | awk x`\n`ss state big | grep x`\n"+
		"%{ print(tcpi_state)\nassert tcpi_nothing == 1\nassert tcpi_state == 7 }%\n`ss -tn dst 1.2.3.4 | grep x`\n`grep '[' /proc/net/sockstat`\n"+
		"0 setsockopt(3, SOL_SOCKET, SO_SNDBUF, [200000], 4) = 0\n+0 getsockopt(3, IPPROTO_IPV6, IPV6_V6ONLY, [0], [4]) = 0\n`sockstat -j 1 | grep x`\n"))
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	var got []string
	for _, k := range s.Skipped {
		got = append(got, fmt.Sprintf("%d %s", k.Line, k.Text))
	}
	want := []string{
		"1 --local_ip=10.0.0.1", "2 rm -rf x", "2 sysctl -q net.core.busy_poll=1", "3 ss -tn", "4 ss -tn | awk x", "5 ss state big | grep x",
		"6 print(tcpi_state)", "7 assert tcpi_nothing == 1", "9 ss -tn dst 1.2.3.4 | grep x", "10 grep '[' /proc/net/sockstat",
		"11 0 setsockopt(3, SOL_SOCKET, SO_SNDBUF, [200000], 4) = 0", "12 +0 getsockopt(3, IPPROTO_IPV6, IPV6_V6ONLY, [0], [4]) = 0", "13 sockstat -j 1 | grep x",
	}
	if !slices.Equal(got, want) {
		t.Errorf("skipped is %q, want %q", got, want)
	}
	if len(s.Events) != 1 {
		t.Errorf("%d events, want the assertion alone", len(s.Events))
	}
}

// #ifdef reads what is defined.
func TestDefined(t *testing.T) {
	const text = "0 close(1) = 0\n#ifdef A\n0 close(2) = 0\n#ifdef B\n0 close(3) = 0\n#endif\n#else\n0 close(4) = 0\n#endif\n#ifndef A\n0 close(5) = 0\n#endif\n"
	for defined, want := range map[string][]int32{"": {1, 4, 5}, "A": {1, 2}, "B": {1, 4, 5}, "A B": {1, 2, 3}} {
		var names []Definition
		for _, name := range strings.Fields(defined) {
			names = append(names, Definition{Name: name})
		}
		s, mistakes := Parse("test.pkt", []byte(text), names...)
		if len(mistakes) > 0 {
			t.Fatal(mistakes)
		}
		var got []int32
		for i := range s.Events {
			got = append(got, s.Events[i].call.FD)
		}
		if !slices.Equal(got, want) {
			t.Errorf("with %q: close of %v, want %v", defined, got, want)
		}
	}
}

// What a stranger's text could do to a terminal it does not do, and an endless word is cut short.
func TestStrangersText(t *testing.T) {
	s, mistakes := Parse("test.pkt", []byte("\ufeff0 close(3) = 0\r\n`\x1b[31mtouch x`\r\n0 write(3, \"\x1b[2J\", 4) = 4\r\n"))
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	if got, want := s.Skipped[0].Text+", "+s.Events[1].Text, "\ufffd[31mtouch x, 0 write(3, \"\ufffd[2J\", 4) = 4"; got != want {
		t.Errorf("it is shown as %q, want %q", got, want)
	}
	for _, text := range []string{"+0 %s(3) = 0", "0 listen(3, %s) = 0", "0 < . 1:1(0) %s", "--mtu=%s", "0 close(3) = -1 %s"} {
		_, mistakes := Parse("test.pkt", []byte(fmt.Sprintf(text, strings.Repeat("x", 100_000))))
		if len(mistakes) != 1 || len(mistakes[0].Problem) > 200 || len(mistakes.Format()) > 700 {
			t.Errorf("%s: a message of %d bytes", text, len(mistakes.Format()))
		}
	}
}

// A name that is defined stands for its number in a call, and what is no definition is told from one.
func TestDefinitions(t *testing.T) {
	for text, want := range map[string]Definition{"A": {"A", 0}, "A_1=7": {"A_1", 7}, "_=-0x10": {"_", -16}} {
		d, ok := ParseDefinition(text)
		if d != want || !ok {
			t.Errorf("%s is %+v, %v, want %+v", text, d, ok, want)
		}
		s, mistakes := Parse("test.pkt", []byte("0 listen(3, "+d.Name+") = 0"), d)
		if len(mistakes) > 0 || s.Events[0].call.A != d.Value {
			t.Errorf("with %s: %v", text, mistakes)
		}
	}
	for _, text := range []string{"", "=", "=1", "1A", "A-B", "A=", "A=b", "A=1=2", "\u00e4"} {
		if d, ok := ParseDefinition(text); ok {
			t.Errorf("%q is the definition %+v", text, d)
		}
	}
}

// No text makes the reader or the runner panic or run for ever.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/*/*.pkt")
	if err != nil || len(files) == 0 {
		f.Fatal(err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, mistakes := Parse("fuzz.pkt", []byte(text))
		if (s == nil) == (len(mistakes) == 0) {
			t.Fatalf("script %v, mistakes %v", s, mistakes)
		}
		_ = mistakes.Format()
		if s == nil || len(s.Events) > 200 {
			return
		}
		if _, err := Simulate(s, "linux"); err != nil {
			t.Fatal(err)
		}
	})
}

// Every mistake is said in Chinese, too: nothing is left in English but what the notation itself is.
func TestMistakesInChinese(t *testing.T) {
	words := regexp.MustCompile(`\b(the|is|has|no|of|expected|such as|found|ends|whole|number|one|time|or)\b`)
	for _, test := range mistaken {
		_, mistakes := Parse("test.pkt", []byte(test.text))
		if got := mistakes[0].Chinese(); words.MatchString(got) {
			t.Errorf("%q: %s", test.text, got)
		}
	}
}

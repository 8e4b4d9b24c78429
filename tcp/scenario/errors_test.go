package scenario_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"tcptutor/tcp/scenario"
)

// good is what every mistake below is added to; its lines are 1 to 6.
const good = `server s = socket()
server listen(s, 10)
server c = accept(s)
client s = socket()
client connect(s, server:80)
client/2 wait 1s
`

// mistakes are lines, and what is said of them.
var mistakes = []struct{ text, want string }{
	{"bok linux", "7:1: no line begins with bok, expected book?"},
	{"book lnux", "7:6: no book is called lnux, expected linux?"},
	{"book linux+no-time-wat", "7:12: no patch is called \"no-time-wat\", expected no-time-wait?"},
	{"book linux\nbook rfc9293", "8:1: the book is chosen already, in line 7"},
	{"client book", "7:12: no book is named"},
	{"link 10ms", "7:6: \"10ms\" is out of place"},
	{"link delay 10", "7:14: the time 10 has no unit"},
	{"link client sever delay 1ms", "7:13: no host is called sever, expected server?"},
	{"link client client delay 1ms", "7:13: a host has no link to itself"},
	{"link client server delay 1ms\nlink client -> server delay 2ms", "8:1: this link has its delay already, from line 7"},
	{"seed x", "7:6: \"x\" is no seed"},
	{"limit stesp 3", "7:7: no limit is called \"stesp\""},
	{"limit steps 99999999", "7:13: \"99999999\" is no such number, expected a number of steps from 1 to 1000000"},
	{"limit time 99999h", "7:12: 99999h is no time that can be waited for, expected at most 720h"},
	{"server sysctl net.core.somaxcon 3", "7:15: no sysctl is called net.core.somaxcon, expected net.core.somaxconn?"},
	{"server sysctl tcp_fin_timout 3", "expected net.ipv4.tcp_fin_timeout?"},
	{"server sysctl tcp_fin_timeout 3s", "7:31: \"3s\" is no value of a sysctl, expected a whole number from 0 to 8589934, in s"},
	{"server sysctl tcp_syn_retries 0", "7:31: \"0\" is no value of a sysctl, expected a whole number from 1 to 127, without a unit"},
	{"sysctl ip_local_port_range[0] 80", "\"80\" is no value of a sysctl, expected a whole number from 1024 to 65535"},
	{"sysctl tcp_sack 0\nsysctl net.ipv4.tcp_sack 1", "8:8: this is set already, in line 7"},
	{"server addr 127.0.0.1", "7:13: 127.0.0.1 cannot be a host's own address"},
	{"server addr nowhere", "7:13: \"nowhere\" is no host's address"},
	{"server addr 10.0.0.9\nclient addr 10.0.0.9", "8:13: server has this address"},
	{"server wait 2", "7:14: the time 2 has no unit, expected ns, us, ms, s, min or h after the number"},
	{"server wait 2 parsecs", "7:15: no unit is called parsecs"},
	{"server wait", "7:12: the end of the line is no time"},
	{"server close(q)", "7:14: server has no variable q, expected one of s, c"},
	{"client close(c)", "7:14: c is a variable of server: each host has its own, expected s"},
	{"client close(server.c)", "7:14: c is a variable of server: each host has its own, expected a variable of client"},
	{"client close(d)\nclient d = dup(s)", "7:14: d is used before it has a value"},
	{"sever close(c)", "7:1: sever has no variable c, expected server?"},
	{"server c = close(s)", "7:8: close() gives no descriptor to keep"},
	{"server sockt()", "7:8: there is no call sockt(), expected socket?"},
	{"server clos s", "7:8: clos is neither a call nor a setting, expected close?"},
	{"server close", "7:13: the end of the line is out of place, expected ( after close"},
	{"server close(s", "7:15: the ( in column 13 is not closed"},
	{"server close(s) now", "7:17: \"now\" is too much"},
	{"server close(s, 1)", "7:8: close() with 2 arguments, expected close(c)"},
	{"server close(s) until eof", "7:17: until is too much"},
	{"server read(c) until 5", "7:23: the end of the line is out of place, expected bytes"},
	{"server write(c, hello)", "7:17: hello is no text, expected a text in quotes"},
	{`server write(c, "hello)`, `7:24: the text does not end, expected "`},
	{`server write(c, "x" * 9000000)`, "7:17: the text is too long"},
	{"server shutdown(c, SHUT_RW)", "7:20: \"SHUT_RW\" cannot stand here, expected SHUT_RD?"},
	{"server setsockopt(s, SO_REUSADDR, 1)", "expected SO_REUSEADDR?"},
	{"server setsockopt(s, SO_LINGER, 1)", "7:33: 1 is no struct linger"},
	{"client connect(s, servr:80)", "7:19: no host is called servr (server?)"},
	{"client connect(s, server:99999)", "7:26: \"99999\" is no port"},
	{"client connect(s, 80)", "7:19: 80 is not where one can connect to"},
	{"client connect(s, fd00::1:80)", "7:19: an IPv6 address needs brackets"},
	{"client fork()", "fork() with no argument, expected fork(server/2)"},
	{"client fork(client/9)", "client has no lines of client/9, expected lines such as client/9 close(s)"},
	{"client fork(client)\nclient/2 exit()", "client is no child, expected client/2"},
	{"client fork(client/2)\nclient/2 exit()\nclient fork(client/2)", "client/2 is forked already"},
	{"client/2 fork(client/2)\nclient s = socket()", "client/2 cannot be its own child"},
	{"inject client SYN", "7:8: \"client\" is out of place, expected inject when MOMENT: FROM > TO"},
	{"inject when client sends SYN server:80 > peer [S] seq 1", "7:30: \"server\" is out of place, expected : and the segment"},
	{"inject when clint sends SYN: client:1 > server:80 [S] seq 1", "7:13: no host is called clint, expected client?"},
	{"inject 5ms when client sends SYN: client:1 > server:80 [S] seq 1", "7:12: \"when\" is out of place, expected after MOMENT"},
	{"inject at 5: client:1 > server:80 [S] seq 1", "7:12: the time 5 has no unit"},
	{"inject at 1s: client:1 server:80 [S] seq 1", "7:24: \"server\" is out of place, expected > and whom"},
	{"inject at 1s: client:1 > [S] seq 1", "7:26: one end of the segment is missing"},
	{"inject at 1s: client > server:80 [S] seq 1", "7:15: client has no port"},
	{"inject when client sends SYN: client. > peer [S] seq 1", "client. has no port"},
	{"inject at 1s: client:0 > server:80 [S] seq 1", "7:15: client:0 is nobody's address"},
	{"inject at 1s: client:99999 > server:80 [S] seq 1", "7:22: \"99999\" is no port"},
	{"inject at 1s: client:1 > sever:80 [S] seq 1", "7:26: no host is called sever (server?)"},
	{"inject at 1s: client:1 > 10.9.9.9:80 [S] seq 1", "7:26: no host would get this segment"},
	{"inject at 1s: client.s > server:80 [S] seq 1", "7:15: in the beginning there is no socket, expected client:8080"},
	{"inject at 1s: peer > server:80 [S] seq 1", "7:15: peer is the other end of a socket, and there is none, expected peer > HOST.SOCKET"},
	{"inject when client sends SYN: client:1 > peer [S] seq 1", "7:42: peer is the other end of a socket"},
	{"inject when client sends SYN: client.x > peer [S] seq 1", "client has no variable x"},
	{"inject at 1s: client:1 > server:80 S seq 1", "7:36: \"S\" is out of place, expected the flags, such as [S]"},
	{"inject at 1s: client:1 > server:80 [SA] seq 1", "7:38: 'A' is no flag, expected the flags, such as [S] or [F.], of the letters FSRP.U"},
	{"inject at 1s: client:1 > server:80 [S]", "7:39: the segment has no number, expected seq N"},
	{"inject at 1s: client:1 > server:80 [S] seq x", "7:44: \"x\" is no such number, expected a number from -2147483648"},
	{"inject at 1s: client:1 > server:80 [S] seq 1 ack 1", "7:46: a segment without the flag ACK acknowledges nothing"},
	{"inject at 1s: client:1 > server:80 [S.] seq 1", "7:46: the segment does not say what it acknowledges"},
	{"inject at 1s: client:1 > server:80 [S] seq 1 seq 2", "7:46: seq stands here twice"},
	{"inject at 1s: client:1 > server:80 [S] seq 1 win 65536", "7:50: \"65536\" is no such number, expected a number from 0 to 65535"},
	{"inject at 1s: client:1 > server:80 [S] seq 1 ttl 3", "7:46: \"ttl\" is out of place, expected seq, ack, win, urg"},
	{"inject at 1s: client:1 > server:80 [S] seq 1 <mms 5>", "7:47: \"mms\" is no option, expected mss N"},
	{"inject at 1s: client:1 > server:80 [S] seq 1 <mss 5", "7:52: the end of the line is out of place, expected , or > after an option"},
	{"inject at 1s: client:1 > server:80 [S] seq 1 <TS 5>", "7:50: \"5\" is out of place, expected TS val N ecr N"},
	{"inject at 1s: client:1 > server:80 [S] seq 1 <sack>", "7:51: \">\" is out of place, expected {START:END}"},
	{"inject at 1s: client:1 > server:80 [S] seq 1 <sack {1-2}>", "7:54: \"-\" is out of place, expected {START:END}"},
	{"inject at 1s: client:1 > server:80 [S] seq 1 \"x", "7:46: the text does not end"},
	{"inject at 1s: client:1 > server:80 [S] seq 1 \"x\" now", "7:50: \"now\" is too much"},
	{"when client sends SYN: server close(s)", "7:1: when stands after the host"},
	{"server when client sents SYN: close(s)", "7:20: no event is called sents, expected sends?"},
	{"server when clent sends SYN: close(s)", "7:13: no host is called clent, expected client?"},
	{"server when client.x sends SYN: close(s)", "7:20: client has no variable x"},
	{"server when client enters TIME_WAITS: close(s)", "expected TIME_WAIT?"},
	{"client when client close returns: close(s)", "7:13: this line waits for close() of client, which no other line calls before it, expected a call of another line or thread"},
	{"client when client close blocks: wait 1s\nclient close(s)", "7:13: this line waits for close() of client"},
	{"client when client.s close returns: wait 1s\nclient wait 1s\nclient close(s)", "7:13: this line waits for close() of client"},
	{"client/2 when server read returns: close(s)", "7:15: this line waits for read() of server, which no line calls, expected a call of another line or thread"},
	{"drop client gets FIN", "7:6: a fault names the segment by who sends it"},
	{"drop client sends FIN by 1s", "7:23: by is too much"},
	{"unreachable client sends FIN code 4", "7:35: \"4\" is no code of ICMP's that TCP knows, expected 0 net"},
	{"drop client sends FIN code 3", `"code" is too much`},
	{"drop client sends FIN@2 always", "7:25: always is too much"},
	{"drop client sends FIN 101%", "7:23: \"101%\" is no such probability, expected a probability from 0.0001% to 100%"},
	{"drop client sends FIN x%", "no such probability"},
	{"drop client sends FIN@2 5%", "7:25: 5% is too much, expected @N or a probability, not both"},
	{"drop client sends FIN@0", "7:23: \"0\" does not say which time"},
	{"delay client sends FIN", "7:23: the delay has no length"},
	{"drop clent sends FIN", "7:6: no host is called clent, expected client?"},
	{"s = socket()", "7:1: no host is named, expected HOST before it, as in client s = socket()"},
	{"wait 2s", "7:1: no host is named"},
	{"server/99 wait 2s", "7:8: \"99\" is no number of a thread"},
	{"server/2 book linux", "7:10: a setting belongs to the host"},
	{"now x = socket()", "7:1: now is a word of the language"},
	{"server errno = socket()", "7:8: errno is a word of the language"},
	{"(", "7:1: no line begins with \"(\""},
	{"server close（s)", "7:13: '（' is a full-width character, expected \"(\""},
	{"link delay ${delay}", "7:12: a placeholder is not filled in"},
	{"hosts client server\nclint s = socket()", "8:1: no host is called clint, expected client?"},
}

func TestMistakesSayWhatIsWrongAndWhatWasExpected(t *testing.T) {
	for _, c := range mistakes {
		_, errs := scenario.Parse("f", []byte(good+c.text+"\n"))
		if len(errs) != 1 || !strings.Contains(errs.Error(), c.want) {
			t.Errorf("%s\n got %v\nwant %s", c.text, errs, c.want)
		}
		for _, e := range errs {
			if got := e.Chinese(); strings.Contains(got, e.Problem) || strings.Contains(got, "expected") {
				t.Errorf("in Chinese: %s", got)
			}
		}
	}
}

func TestAllMistakesAreFoundInTheOrderOfLines(t *testing.T) {
	_, errs := scenario.Parse("f.tcp", []byte("drop clent sends FIN\nserver close(q)\nbok linux\nserver wait 2\n"+good))
	var lines []int
	for _, e := range errs {
		lines = append(lines, e.Line)
	}
	if fmt.Sprint(lines) != "[1 2 3 4]" {
		t.Errorf("lines %v\n%v", lines, errs)
	}
}

// A tab and a Chinese character are one column each, and the mark stands below the place all the same.
func TestTheMarkStandsUnderTheColumn(t *testing.T) {
	_, errs := scenario.Parse("f.tcp", []byte("server s = socket()\n\tserver write(s, \"中文\" 3)\n"))
	want := "f.tcp:2:22: 3 is out of place, expected * NUMBER, or nothing\n" +
		"    \tserver write(s, \"中文\" 3)\n" +
		"    \t                      ^\n"
	if got := errs.Format(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestALongLineIsShownAroundTheColumn(t *testing.T) {
	_, errs := scenario.Parse("f", []byte("server s = socket()\nserver write(s, \""+strings.Repeat("long ", 200)+"\" 3)\n"))
	lines := strings.Split(errs.Format(), "\n")
	if len(lines[1]) > 120 || lines[1][strings.Index(lines[2], "^")] != '3' && !strings.Contains(lines[1], "...") {
		t.Errorf("%s", errs.Format())
	}
}

func TestWhatATerminalWouldObeyIsNotPrinted(t *testing.T) {
	_, errs := scenario.Parse("f", []byte("server \x1b[31m\u202efoo\n"))
	if out := errs.Format(); strings.ContainsAny(out, "\x1b\u202e") {
		t.Errorf("%q", out)
	}
}

func TestFilesThatAreNoScenarioGetAClearError(t *testing.T) {
	cases := []struct {
		name string
		text []byte
		want string
	}{
		{"empty", nil, "nothing happens here: no host has a line to run, expected lines such as"},
		{"only comments", []byte("# hello\n\n"), "nothing happens here"},
		{"settings only", []byte("book linux\n"), "nothing happens here"},
		{"huge", bytes.Repeat([]byte("server wait 1s\n"), 700_000), "more than the limit of 1048576"},
		{"one huge line", bytes.Repeat([]byte("x"), 1<<20), "more than the limit of 2000"},
		{"many lines", bytes.Repeat([]byte("\n"), 20_000), "more than the limit of 10000"},
		{"binary", []byte("\x7fELF\x00\x01"), "this is a binary file"},
		{"not UTF-8", []byte("server s = socket()\nserver \xff\xfe\n"), "f:2:8: bytes that are no text, expected text in UTF-8"},
		{"many hosts", manyLines(100, "h%d wait 1s\n"), "hosts, expected at most 32"},
		{"many variables", manyLines(9000, "a v%d = socket()\n"), "there are 9000 variables"},
		{"many faults", append([]byte("a wait 1s\n"), bytes.Repeat([]byte("drop a sends SYN\n"), 9000)...), "there are 9000 faults"},
		{"much data", append([]byte("a s = socket()\n"), bytes.Repeat([]byte("a write(s, \"x\" * 4000000)\n"), 9000)...), "the text is too long"},
		{"many mistakes", bytes.Repeat([]byte("?\n"), 9000), "more than 100 mistakes"},
	}
	for _, c := range cases {
		_, errs := scenario.Parse("f", c.text)
		if !strings.Contains(errs.Error(), c.want) {
			t.Errorf("%s: %.300v", c.name, errs)
		}
		_ = errs.Format()
	}
}

func manyLines(n int, format string) []byte {
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.Bytes()
}

func TestErrIsNilWithoutMistakes(t *testing.T) {
	_, errs := scenario.Parse("f", []byte(good))
	if err := errs.Err(); err != nil {
		t.Error(err)
	}
	_, errs = scenario.Parse("f", nil)
	if err := errs.Err(); err == nil {
		t.Error("an empty file is no mistake")
	}
}

func FuzzParse(f *testing.F) {
	f.Add(story)
	f.Add(good + "drop client sends SYN always\nserver when client.s enters CLOSED@2: exit()\n")
	f.Add(good + "inject 5ms after client.s sends SYN@2: client.s > peer [FSRP.U] seq -1, ack 2, win 3, urg 4 <mss 1,sackOK,TS val 5 ecr -6,nop,wscale 7,sack 1 {1:2}> \"x\"\n")
	f.Add("hosts a b\nlink a -> b delay 1us\na s = socket()\na write(s, \"\\xff\" * 2)\na/2 read(s) until 4 bytes\n")
	f.Fuzz(func(t *testing.T, text string) {
		p, errs := scenario.Parse("f", []byte(text))
		if errs != nil {
			_ = errs.Format()
			return
		}
		checkFormat(t, p)
	})
}

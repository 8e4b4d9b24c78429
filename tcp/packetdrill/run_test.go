package packetdrill

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// accepted is a connection that a host has accepted, at 0.1 s, with a round trip of 0.1 s.
const accepted = `
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 1000 <mss 1000>
+0 > S. 0:0(0) ack 1 win 64240 <mss 1460>
+.1 < . 1:1(0) ack 1 win 1000
+0 accept(3, ..., ...) = 4
`

// read reads a script without mistakes, of which nothing is skipped.
func read(t *testing.T, name, text string) *Script {
	t.Helper()
	s, mistakes := Parse(name, []byte(text))
	if len(mistakes) > 0 {
		t.Fatalf("%s", mistakes.Format())
	}
	if len(s.Skipped) > 0 {
		t.Fatalf("skipped: %v", s.Skipped)
	}
	return s
}

// run runs a script under a book and returns why it does not pass; nil when it does. Every world on the way holds.
func run(t *testing.T, s *Script, book string) *Failure {
	t.Helper()
	got, err := Simulate(s, book)
	if err != nil {
		t.Fatal(err)
	}
	p := got.Run.Program()
	for i := range got.Run.Len() {
		w := got.Run.View(i + 1)
		if err := errors.Join(w.Check(p), w.CheckStep(got.Run.Step(i))); err != nil {
			t.Errorf("step %d: %v", i, err)
		}
	}
	f, ok := errors.AsType[*Failure](got.Err)
	if got.Err != nil && !ok {
		t.Fatal(got.Err)
	}
	return f
}

// Every script of testdata says in its first line what it shows, and passes under the rules of Linux.
func TestScriptsPass(t *testing.T) {
	count := 0
	err := filepath.WalkDir("testdata", func(name string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(name) != ".pkt" {
			return err
		}
		count++
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		t.Run(strings.TrimPrefix(name, "testdata/"), func(t *testing.T) {
			if !strings.HasPrefix(string(text), "// ") {
				t.Error("the first line does not say what the script shows")
			}
			if f := run(t, read(t, name, string(text)), "linux"); f != nil {
				t.Errorf("%s:%v", name, f)
			}
		})
		return nil
	})
	if err != nil || count < 6 {
		t.Errorf("%d scripts: %v", count, err)
	}
}

// What does not pass, by the rule that it breaks: where, what is wrong, and what came instead.
func TestVerdicts(t *testing.T) {
	const data = accepted + "+0 write(4, ..., 10) = 10\n"
	const stamps = `
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 1000 <mss 1000,TS val 50 ecr 0>
`
	for _, test := range []struct{ rule, script, want string }{
		{"flags", data + "+0 > . 1:11(10) ack 1\n", "another segment comes: [flags]: 0.100000 > P. 1:11(10) ack 1"},
		{"sequence number", data + "+0 > P. 2:12(10) ack 1\n", "[seq]"},
		{"length", data + "+0 > P. 1:10(9) ack 1\n", "[length]"},
		{"acknowledgement", data + "+0 > P. 1:11(10) ack 2\n", "[ack]"},
		{"window", data + "+0 > P. 1:11(10) ack 1 win 7\n", "[win]: 0.100000 > P. 1:11(10) ack 1 win 64240"},
		{"several", data + "+0 > F. 3:3(0) ack 1\n", "[flags seq length]"},
		{"options", stamps + "+0 > S. 0:0(0) ack 1 <nop,nop,TS val 100 ecr 50,mss 1460>\n", "[options]: 0.000000 > S. 0:0(0) ack 1 win 65160 <mss 1460,nop,nop,TS val 100 ecr 50>"},
		{"an option too many", stamps + "+0 > S. 0:0(0) ack 1\n", "[options]"},
		{"an echo", stamps + "+0 > S. 0:0(0) ack 1 <mss 1460,nop,nop,TS val 100 ecr 51>\n", "[ecr]"},
		{"a timestamp that does not tick", "--tcp_ts_tick_usecs=1000" + stamps +
			"+0 > S. 0:0(0) ack 1 <mss 1460,nop,nop,TS val 100 ecr 50>\n+1 > S. 0:0(0) ack 1 <mss 1460,nop,nop,TS val 200 ecr 50>\n", "[val]"},
		{"an echo of what was never sent", stamps + "+0 > S. 0:0(0) ack 1 <...>\n+0 < . 1:1(0) ack 1 <nop,nop,TS val 60 ecr 100>\n",
			"7:1: +0 < . 1:1(0) ack 1 <nop,nop,TS val 60 ecr 100>: the host has never sent the timestamp that this echoes (ecr 100)"},
		{"too late", data + "+0 > P. 1:11(10) ack 1\n+.1 > P. 1:11(10) ack 1\n", "the host sends nothing by 0.212500"},
		{"too early", data + "+0 > P. 1:11(10) ack 1\n+1 > P. 1:11(10) ack 1\n", "it comes at another time: 0.400000"},
		{"before the range", data + "+0 > P. 1:11(10) ack 1\n+.5~+.6 > P. 1:11(10) ack 1\n", "it comes at another time"},
		{"nothing", accepted + "* > . 1:1(0) ack 1\n", "the host sends nothing by 10800.100000"},
		{"before the next event", data + "+.1 < . 1:1(0) ack 11\n", "+.1 < . 1:1(0) ack 11: before this the host sends what no line expects: 0.100000 > P. 1:11(10) ack 1 win 64240"},
		{"before the next event, at its instant", data + "+0 < . 1:1(0) ack 1\n+0 > . 11:11(0) ack 1\n", "before this the host sends what no line expects"},
		{"before the next event, long ago", data + "+.01 < . 1:1(0) ack 1\n+0 > P. 1:11(10) ack 1\n", "before this the host sends what no line expects"},
		{"after the last event", data, "after the last line the host sends what no line expects: 0.100000 > P. 1:11(10) ack 1"},
		{"after the last event, a delayed answer", accepted + "+0 < F. 1:1(0) ack 1\n", "after the last line the host sends what no line expects: 0.104000 > . 1:1(0) ack 2"},
		{"another connection's", accepted + "+0 close(3) = 0\n+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 fcntl(3, F_SETFL, O_NONBLOCK) = 0\n" +
			"+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)\n+0 > S 0:0(0) <...>\n+0 close(4) = 0\n+0 > F. 1:1(0) ack 1\n", "192.168.0.1:8080 > 192.0.2.1:50000"},
		{"a result", accepted + "+0 listen(3, 1) = 1\n", "listen() gives something else: 0"},
		{"an error", accepted + "+0 listen(99, 1) = -1 EINVAL (Invalid argument)\n", "listen() gives something else: -1 EBADF (Bad file descriptor)"},
		{"no error", accepted + "+0 listen(99, 1) = 0\n", "-1 EBADF"},
		{"an option's value", accepted + "+0 getsockopt(4, SOL_SOCKET, SO_REUSEADDR, [1], [4]) = 0\n", "getsockopt() tells something else: SOL_SOCKET, SO_REUSEADDR, [0], 4"},
		{"what poll() sees", accepted + "+0 poll([{fd=4, events=POLLIN|POLLOUT, revents=POLLIN}], 1, 0) = 1\n", "poll() tells something else: revents 0x4"},
		{"what ioctl() counts", accepted + "+0 ioctl(4, SIOCINQ, [3]) = 0\n", "ioctl() tells something else: [0]"},
		{"a call that should not block", accepted + "+0 read(4, ..., 1) = 1\n", "read() has not returned by 0.104000"},
		{"a call that should block longer", accepted + "+0...1 read(4, ..., 1) = 1\n+.1 < P. 1:2(1) ack 1\n+0 > . 1:1(0) ack 2\n", "read() returns at another time: 0.200000"},
		{"a call that blocks for ever", accepted + "+0...1 read(4, ..., 1) = 1\n", "9:1: +0...1 read(4, ..., 1) = 1: read() has not returned by 1.225000"},
		{"it is too late for a line", accepted + "0.01 close(4) = 0\n", "it is 0.100000 already"},
		{"an assertion", accepted + "%{ assert tcpi_state == 4 }%\n", "the assertion tcpi_state == 4 does not hold: tcpi_state = 1"},
		{"a listing", accepted + "`ss -tan | grep TIME-WAIT`\n", "the sockets are other ones: State"},
		{"a listing with nothing", accepted + "`! ss -tan | grep LISTEN`\n", "the sockets are other ones: State"},
		{"a sysctl", "`sysctl -q -w net.ipv4.tcp_synack_retries=0`\n0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 bind(3, ..., ...) = 0\n+0 listen(3, 1) = 0\n" +
			"+0 < S 0:0(0) win 1000\n+0 > S. 0:0(0) ack 1 <mss 1460>\n+1 > S. 0:0(0) ack 1 <mss 1460>\n", "the host sends nothing by 1.125000"},
		{"the size of a packet", "--mtu=1400" + accepted, "[win options]"},
	} {
		t.Run(test.rule, func(t *testing.T) {
			f := run(t, read(t, "test.pkt", test.script), "linux")
			if f == nil {
				t.Fatalf("it passes:\n%s", test.script)
			}
			if !strings.Contains(f.Error(), test.want) {
				t.Errorf("%v\nwant %q", f, test.want)
			}
			if f.Problem[1] == "" || f.Problem[0] == f.Problem[1] || strings.Contains(f.Problem[1], "%!") || strings.Contains(f.Problem[0], "%!") {
				t.Errorf("in the two languages: %q", f.Problem)
			}
		})
	}
}

// The book decides: RFC 9293 lets the acknowledgement of a FIN wait for up to half a second, and Linux sends it within a jiffy.
func TestBookDecides(t *testing.T) {
	const fin = accepted + "+0 < F. 1:1(0) ack 1\n"
	late := read(t, "late.pkt", fin+"+.2 > . 1:1(0) ack 2\n")
	soon := read(t, "soon.pkt", strings.Replace(fin, "<mss 1000>", "", 1)+"+.004 > . 1:1(0) ack 2\n")
	for _, test := range []struct {
		script *Script
		book   string
		passes bool
	}{{late, "rfc9293", true}, {late, "linux", false}, {soon, "rfc9293", false}, {soon, "linux", true}} {
		if f := run(t, test.script, test.book); (f == nil) != test.passes {
			t.Errorf("%s under %s: %v", test.script.Name, test.book, f)
		}
	}
	if _, err := Simulate(late, "cobol"); err == nil {
		t.Error("a book that does not exist")
	}
}

package scenario_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"tcptutor/tcp/scenario"
	"tcptutor/tcp/sim"
)

// samePos leaves out what Format says it changes.
var samePos = cmp.Options{cmpopts.IgnoreFields(sim.Line{}, "Pos"), cmpopts.IgnoreFields(sim.Fault{}, "Pos"), cmpopts.IgnoreFields(sim.Injection{}, "Pos")}

func TestFormatIsTheCanonicalText(t *testing.T) {
	got := scenario.Format(parse(t, strings.Replace(story, "client close(s)", "client when server   gets DATA @1 close( s )", 1)+
		"server sysctl somaxconn 3\nlink server client delay 1000us\ndelay  client sends syn+ack by 0.5 s\n"+
		"inject 1000us after server  accept returns:peer>server.c [.R], seq 1, ack 4294967295 <nop,nop,sack 1 {0:1},mss 5>\"x\"\n"))
	want := `book linux
link client server delay 1ms
link delay 10ms

server sysctl net.core.somaxconn 3

server s = socket()
server bind(s, 8080)
server listen(s, 10)
server c = accept(s)

client s = socket()
client connect(s, server:8080)
client write(s, "hello # not a comment")
client when server gets DATA@1: close(s)

server read(c) until eof
server wait 2s
server close(c)

drop client sends FIN
delay client sends SYN,ACK by 500ms
inject 1ms after server accept returns: peer > server.c [R.] seq 1 ack -1 <mss 5,sack {0:1}> "x"
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestFormatNamesTheHostsWhereTheirOrderIsNotTheUsual(t *testing.T) {
	got := scenario.Format(parse(t, "hosts server idle client\n"+story))
	if !strings.HasPrefix(got, "hosts server idle client\n") {
		t.Error(got)
	}
	if got := scenario.Format(parse(t, "hosts client server\n"+story)); strings.Contains(got, "hosts") {
		t.Error(got)
	}
}

func TestFormattedTextIsTheSameProgram(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := randomText(t)
		p, errs := scenario.Parse("x", []byte(text))
		if errs != nil {
			t.Fatalf("%s\n%s", text, errs.Format())
		}
		checkFormat(t, p)
	})
}

type fataler interface{ Fatalf(string, ...any) }

func checkFormat(t fataler, p *sim.Program) {
	text := scenario.Format(p)
	q, errs := scenario.Parse("x", []byte(text))
	if errs != nil {
		t.Fatalf("%s\n%s", text, errs.Format())
	}
	if diff := cmp.Diff(p, q, samePos); diff != "" {
		t.Fatalf("%s\n%s", text, diff)
	}
	if again := scenario.Format(q); again != text {
		t.Fatalf("Format is not its own canonical form:\n%s", cmp.Diff(text, again))
	}
}

// randomText writes a scenario that is right by construction: every line uses what lines above it made.
func randomText(t *rapid.T) string {
	pick := func(of ...string) string { return rapid.SampledFrom(of).Draw(t, "word") }
	number := func(from, to int) int { return rapid.IntRange(from, to).Draw(t, "number") }
	hosts := rapid.Permutation([]string{"a", "b", "server"}[:number(1, 3)]).Draw(t, "hosts")
	var lines []string
	settings := []string{"hosts " + strings.Join(hosts, " "), "book rfc9293", "link delay 3ms", "seed 99", "limit steps 77", "limit time 90s",
		"sysctl tcp_sack 0", "a addr fd00::9", "a addr 10.0.0.2", "a book linux+no-time-wait", "a sysctl net.core.somaxconn 1"}
	if len(hosts) > 1 {
		settings = append(settings, "link a -> b delay 2h", "link b -> a delay 7us", "b book rfc9293")
	}
	for _, s := range settings {
		if kind := strings.Join(strings.Fields(s)[:2], " "); number(0, 3) == 0 && !strings.Contains(strings.Join(lines, "\n"), kind) {
			lines = append(lines, s)
		}
	}
	for _, h := range hosts {
		lines = append(lines, h+" s = socket()", h+"/3 read(s)", h+"/3 accept(s)") // calls that lines of other threads may wait for
	}
	seg := func() string { return pick("SYN", "SYN,ACK", "syn-ack", "ACK", "FIN", "RST", "DATA", "segment") }
	moment := func() string {
		return pick(hosts...) + pick("", ".s", ".child2") + " " + pick("enters TIME_WAIT", "sends "+seg(), "gets "+seg(), "loses "+seg(), "read blocks",
			"accept returns", "time-wait fires") + pick("", "@2", " @11")
	}
	for range number(0, 25) {
		when := pick("", "", "when "+moment()+": ", "when "+moment()+" ")
		lines = append(lines, pick(hosts...)+pick("", "", "/2", "/1")+" "+when+pick("bind(s, 80)", "listen(s, 1)", "c = accept(s)", "connect(s, "+pick(hosts...)+":80)",
			"connect(s, 10.9.9.9:1)", `write(s, "x" * 3)`, `write(s, "\xff中")`, "read(s) until eof", "read(s, 2) until 5 bytes", "read(s)", "close(s)", "wait 2s",
			"wait 1500 us", "wait 61s", "wait 2min", "close(7)", "d = dup(s)", "shutdown(s, SHUT_RD)", "exit()", "setsockopt(s, SO_LINGER, {1,5})",
			"fcntl(s, F_GETFL)", "x = socket(AF_INET, SOCK_STREAM)"))
	}
	for range number(0, 3) {
		lines = append(lines, pick("drop", "duplicate", "reorder")+" "+pick(hosts...)+" sends "+seg()+pick("", "@3", " always", " 12.5%"))
	}
	for range number(0, 2) {
		lines = append(lines, "unreachable "+pick(hosts...)+" sends "+seg()+pick("", "@3", " always")+pick("", " code 1", " code 3")+pick("", " by 5s"))
		lines = append(lines, "inject "+pick("when", "5ms after", "3 min after")+" "+moment()+": "+pick(hosts[0]+":7", "10.9.9.9:1", "peer", hosts[0]+".s")+
			" > "+hosts[0]+pick(".s", ".child3")+" ["+pick("S", "none", "FR", "PU")+"] seq "+pick("-7", "4000000000", "1, win 9 urg 2")+
			pick("", " <mss 5,nop,nop,sackOK>", "<TS val -1 ecr 5,wscale 200,sack 2 {1:2}{3:-4}>", "<mss 3>\"\\xff中\""))
	}
	lines = append(lines, "inject at 0s: "+hosts[0]+":7 > "+hosts[0]+":80 [P.] seq 0 ack 1 \"x\"")
	return strings.Join(lines, "\n")
}

package observe_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"tcptutor/tcp/observe"
	"tcptutor/tcp/sim"
)

// Each value is taken right after its moment; "" is the end of the run.
func TestValuesAtMoments(t *testing.T) {
	cases := []struct{ at, text, want string }{
		{"client sends SYN", "client.s.state", "SYN_SENT"},
		{"client sends SYN", "client.s.snd.nxt", "1"},
		{"client sends SYN", "client.s.snd.una", "0"},
		{"client sends SYN", "client.s.rcv.nxt", "0"},
		{"client sends SYN", "client.s.timer.retransmit", "1.00 s"},
		{"client sends SYN", "client.call + ' ' + string(client.blocked)", "connect true"},
		{"server listen returns", "server.s.state", "LISTEN"},
		{"server listen returns", "server.s.backlog", "10"},
		{"server listen returns", "server.s.local.port", "8080"},
		{"client sends SYN", "server.child1.state", "CLOSED"},
		{"server sends SYN,ACK", "server.child1.state", "SYN_RCVD"},
		{"server sends SYN,ACK", "server.child1.rcv.nxt", "1"},
		{"server sends SYN,ACK", "server.child1.irs == client.s.iss", "true"},
		{"server sends SYN,ACK", "server.s.syn_queue", "1"},
		{"server sends SYN,ACK", "server.c.state", "CLOSED"},
		{"server sends SYN,ACK", "server.c.fd", "-1"},
		{"server sends SYN,ACK", "server.s.fd", "3"},
		{"client connect returns", "client.result", "0"},
		{"client connect returns", "client.errno", "0"},
		{"client connect returns", "client.s.remote.port", "8080"},
		{"client connect returns", "client.s.remote.addr", "10.0.0.2"},
		{"client connect returns", "now", "20.0 ms"},
		{"client connect returns", `count("client sends segment")`, "2"},
		{"server enters ESTABLISHED", "server.s.accept_queue", "1"},
		{"server accept returns", "server.s.accept_queue", "0"},
		{"server accept returns", "server.c.fd", "4"},
		{"server accept returns", "server.c.state", "ESTABLISHED"},
		{"client sends DATA", "client.s.snd.nxt", "6"},
		{"client sends DATA", "client.s.send_queue", "5"},
		{"server gets FIN", "server.c.eof", "true"},
		{"server read returns@2", "server.read", "5"},
		{"server read returns@2", "server.result", "0"},
		{"client enters TIME_WAIT", "client.s.timer.time_wait", "60 s"},
		{"", "client.s.state", "CLOSED"},
		{"", "client.s.timer.time_wait", "0.0 ms"},
		{"", `total("client sends FIN")`, "1"},
		{"", `at("client sends FIN")`, "1.02 s"},
		{"", `at("client sends FIN") == duration("1020ms")`, "true"},
		{"", `between("client sends SYN", "client connect returns")`, "20.0 ms"},
		{"", `seconds(between("client enters TIME_WAIT", "client enters CLOSED"))`, "60"},
		{"", `step("client sends SYN") < step("server gets SYN")`, "true"},
		{"", `value_at("client sends SYN", "client.s.state")`, "SYN_SENT"},
		{"", `sysctl("server", "net.core.somaxconn")`, "4096"},
		{"", `sysctl("server", "somaxconn") - 1`, "4095"},
		{"", `book("rfc9293").time_wait`, "4 min"},
		{"", "server.book.time_wait", "60 s"},
		{"", "server.book.name", "linux"},
		{"", "server.counter.ListenDrops", "0"},
		{"", `seg("client sends SYN").flags`, "SYN"},
		{"", `seg("client sends SYN").seq`, "0"},
		{"", `seg("server sends SYN,ACK").ack`, "1"},
		{"", `seg("server sends SYN,ACK").mss`, "1460"},
		{"", `seg("client sends DATA").len`, "5"},
		{"", `seg("client gets SYN,ACK").raw_ack == seg("client sends SYN").raw_seq + 1`, "true"},
		{"", `seg("client sends FIN").seq`, "6"},
		{"", `seg("client sends FIN").seg_len`, "1"},
		{"", `["client.s", client.s.state]`, "client.s, CLOSED"},
	}
	run := runOf(t, textbook())
	for _, c := range cases {
		got, err := observe.Eval(run, stepsTo(t, run, c.at), c.text)
		if err != nil || got.String() != c.want {
			t.Errorf("after %q, %s is %s, %v; want %s", c.at, c.text, got, err, c.want)
		}
	}
}

func stepsTo(t testing.TB, run sim.Run, at string) int {
	t.Helper()
	if at == "" {
		return run.Len()
	}
	m, err := observe.ParseMoment(run.Program(), at)
	if err != nil {
		t.Fatal(err)
	}
	i, ok := observe.FindMoment(run, m)
	if !ok {
		t.Fatalf("%s never happens", at)
	}
	return i + 1
}

func TestValuesAreIntsDurationsAndStrings(t *testing.T) {
	run := runOf(t, textbook())
	for text, want := range map[string]any{
		"client.s.snd.nxt - 8":                      0,
		"client.s.state":                            "CLOSED",
		"book('linux').time_wait - duration('59s')": time.Second,
		"client.s.state == 'CLOSED'":                true,
		"seconds(book('linux').time_wait) / 8":      7.5,
	} {
		if text == "client.s.snd.nxt - 8" {
			text = `value_at("client sends FIN", "client.s.snd.nxt") - 7`
		}
		got, err := observe.Eval(run, run.Len(), text)
		if err != nil || got.Any != want {
			t.Errorf("%s is %T %v, %v; want %T %v", text, got.Any, got.Any, err, want, want)
		}
	}
}

func TestRecordingsHaveTheSameValues(t *testing.T) {
	run := runOf(t, lossy())
	for _, text := range []string{"client.s.state", `total("client sends SYN")`, `seg("client sends SYN@2").again`, "server.read"} {
		a, errA := observe.Eval(run, 9, text)
		b, errB := observe.Eval(sim.Record(run), 9, text)
		if a != b || errA != nil || errB != nil {
			t.Errorf("%s is %v, %v on the timeline and %v, %v on its recording", text, a, errA, b, errB)
		}
	}
}

func TestMistakesInValues(t *testing.T) {
	cases := []struct{ text, want string }{
		{"", "no expression"},
		{"clent.s.state", `column 1: nothing is called clent, expected client?`},
		{"client.q.state", `column 8: client has no q, expected one of s,`},
		{"client.s.stat", "column 10: client.s has no stat, expected state?"},
		{"1 + client.s.snd.nxz", "column 18: client.s.snd has no nxz, expected nxt?"},
		{"client.s.snd", "client.s.snd is not a value by itself, expected client.s.snd. and one of una, nxt, wnd, wscale, mss"},
		{"client.s", "client.s is not a value by itself"},
		{"server.counter.ListenDrop", "expected ListenDrops?"},
		{`count("client sents SYN")`, "column 15: no event is called sents, expected sends?"},
		{`between("client sends SYN", "nobody sends SYN")`, "column 30: no host is called nobody"},
		{`value_at("client sends SYN", "client.s.stat")`, "column 40: client.s has no stat"},
		{`sysctl("server", "net.core.somaxcon")`, "expected net.core.somaxconn?"},
		{`sysctl("sever", "net.core.somaxconn")`, "expected server?"},
		{`book("linus").time_wait`, "no book"},
		{`seg("client enters CLOSED").seq`, "names no segment"},
		{`seg("client sends SYN").sek`, "sek"},
		{`cuont("client sends SYN")`, "there is no function cuont, expected count?"},
		{"client.s.state + 1", "mismatched types"},
		{"client.s.state ==", "unexpected token"},
		{"now()", "not callable"},
		{`date("2024-01-01")`, "there is no function date"},
		{strings.Repeat("1+", 2000) + "1", "at most 2000"},
	}
	p := textbook()
	for _, c := range cases {
		err := observe.Check(p, c.text)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Check(%.40q) = %v, want %q", c.text, err, c.want)
		}
		var mine *observe.Error
		if err != nil && !errors.As(err, &mine) {
			t.Errorf("Check(%.40q) gives a %T", c.text, err)
		}
	}
}

func TestAMomentThatNeverHappensHasNoTime(t *testing.T) {
	run := runOf(t, textbook())
	for _, text := range []string{`at("client sends RST")`, `value_at("client sends SYN@9", "client.s.state")`, `seg("server loses FIN").seq`} {
		_, err := observe.Eval(run, 0, text)
		if never := (*observe.NeverError)(nil); !errors.As(err, &never) {
			t.Errorf("%s gives %v", text, err)
		}
	}
}

func TestCheckAgreesWithEval(t *testing.T) {
	run := runOf(t, textbook())
	for _, f := range observe.SockFields() {
		text := "client.s." + f.Path
		if err := observe.Check(run.Program(), text); err != nil {
			t.Error(err)
		}
		checkType(t, run, text, f.Type)
	}
	for _, f := range observe.HostFields() {
		checkType(t, run, "server."+f.Path, f.Type)
	}
}

func checkType(t *testing.T, run sim.Run, text, want string) {
	t.Helper()
	for _, i := range []int{0, 8, run.Len()} {
		v, err := observe.Eval(run, i, text)
		got := "nothing documented"
		switch v.Any.(type) {
		case int:
			got = "int"
		case string:
			got = "string"
		case bool:
			got = "bool"
		case time.Duration:
			got = "duration"
		}
		if err != nil || got != want {
			t.Errorf("%s after %d steps is a %T (%v), documented as %s", text, i, v.Any, err, want)
		}
	}
}

func BenchmarkEval(b *testing.B) {
	run := runOf(b, textbook())
	for b.Loop() {
		if _, err := observe.Eval(run, 8, "client.s.snd.nxt"); err != nil {
			b.Fatal(err)
		}
	}
}

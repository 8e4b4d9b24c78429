package observe_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"tcptutor/tcp/observe"
)

func TestMomentsAreReadInAnySpellingAndPrintedInOne(t *testing.T) {
	p := textbook()
	for text, want := range map[string]string{
		"client sends SYN":                  "client sends SYN",
		"client sends syn+ack @2":           "client sends SYN,ACK@2",
		"client.s gets SYNACK@10":           "client.s gets SYN,ACK@10",
		"server.child1 enters SYN-RECEIVED": "server.child1 enters SYN_RCVD",
		"server.c enters estab":             "server.c enters ESTABLISHED",
		"server enters SYN_RECV":            "server enters SYN_RCVD",
		"client enters FIN-WAIT-1":          "client enters FIN_WAIT_1",
		"client loses FIN,ACK":              "client loses FIN",
		"client receives data":              "client gets DATA",
		"client sends any":                  "client sends segment",
		"server accept blocks":              "server accept blocks",
		"server recv returns@2":             "server read returns@2",
		"client time-wait fires":            "client time-wait fires",
		"client ack-new applies":            "client ack-new applies",
	} {
		m, err := observe.ParseMoment(p, text)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		if got := observe.FormatMoment(p, m); got != want {
			t.Errorf("%q is printed as %q, want %q", text, got, want)
		}
	}
}

func TestMistakesInMoments(t *testing.T) {
	p := textbook()
	for _, c := range []struct{ text, want string }{
		{"", "column 1: the moment ends here, expected WHO EVENT"},
		{"client", "column 7: the moment ends here, expected enters STATE"},
		{"clent sends SYN", "column 1: no host is called clent, expected client?"},
		{"server.d sends SYN", "column 8: server has no variable d, expected one of s, c, child1"},
		{"server. sends SYN", "expected a variable after server."},
		{"server.child0 sends SYN", "server has no variable child0, expected child1?"},
		{"server.child99999999999999 sends SYN", "no listener has so many children"},
		{"client sneds SYN", "column 8: no event is called sneds, expected sends?"},
		{"client sends SIN", "column 14: \"SIN\" is out of place, expected SYN?"},
		{"client sends", "column 13: the moment ends here, expected one of SYN,"},
		{"client enters TIMEWAITT", "expected TIME_WAIT?"},
		{"client conect returns", "column 8: no call is named conect, expected connect?"},
		{"client connect retruns", "column 16: no event is called retruns, expected returns?"},
		{"client timewait fires", "expected time-wait?"},
		{"client nonsense-rule applies", "no rule is called nonsense-rule"},
		{"client sends SYN@", "\"\" does not say which time, expected a number from 1"},
		{"client sends SYN@x", "\"x\" does not say which time"},
		{"client sends SYN twice", "column 18: the moment is complete here"},
	} {
		_, err := observe.ParseMoment(p, c.text)
		var mine *observe.Error
		if !errors.As(err, &mine) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %s", c.text, err, c.want)
		}
	}
}

func TestAMomentMayStandBeforeSomethingElse(t *testing.T) {
	for text, want := range map[string]string{
		"client sends SYN,ACK: close(s)":  ": close(s)",
		"client sends SYN @2 close(s)":    " close(s)",
		"client connect returns close(s)": " close(s)",
		"client sends FIN always":         " always",
	} {
		_, n, err := observe.ReadMoment(text)
		if err != nil || text[n:] != want {
			t.Errorf("%q leaves %q, %v", text, text[n:], err)
		}
	}
}

func TestOccurrences(t *testing.T) {
	run := runOf(t, lossy())
	m, err := observe.ParseMoment(run.Program(), "client sends SYN@2")
	if err != nil {
		t.Fatal(err)
	}
	steps := observe.Occurrences(run, m)
	second, ok := observe.FindMoment(run, m)
	if len(steps) != 2 || !ok || steps[1] != second || !slices.IsSorted(steps) {
		t.Errorf("%v, the second at %d %v", steps, second, ok)
	}
	m.N = 3
	if _, ok := observe.FindMoment(run, m); ok {
		t.Error("there is no third")
	}
}

func TestClosest(t *testing.T) {
	known := []string{"sends", "gets", "SO_REUSEADDR", "tcp_fin_timeout"}
	for word, want := range map[string]string{
		"snds": "sends", "sedns": "sends", "GETS": "gets", "so-reuseadr": "SO_REUSEADDR", "tcp_fin_timout": "tcp_fin_timeout",
		"": "", "x": "", "listen": "", strings.Repeat("s", 1000): "",
	} {
		if got := observe.Closest(word, known); got != want {
			t.Errorf("%.20q is closest to %q, want %q", word, got, want)
		}
	}
}

func FuzzParseMoment(f *testing.F) {
	f.Add("client.s sends SYN,ACK@2")
	f.Add("server.child1 enters SYN-RECEIVED")
	f.Add("server retransmit fires @3")
	p := textbook()
	f.Fuzz(func(t *testing.T, text string) {
		m, err := observe.ParseMoment(p, text)
		if err != nil {
			_ = err.Error()
			return
		}
		again, err := observe.ParseMoment(p, observe.FormatMoment(p, m))
		if err != nil || again != m {
			t.Errorf("%q is printed as %q and read as %+v, %v", text, observe.FormatMoment(p, m), again, err)
		}
	})
}

func FuzzCheck(f *testing.F) {
	f.Add(`client.s.snd.nxt - 1 + count("client sends SYN")`)
	f.Add(`value_at("client sends SYN", "seg('server gets SYN').flags")`)
	p := textbook()
	f.Fuzz(func(t *testing.T, text string) {
		if err := observe.Check(p, text); err != nil {
			_ = err.Error()
		}
	})
}

package scenario_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tcptutor/tcp/scenario"
	"tcptutor/tcp/sim"
)

// Each what-if gives the story's canonical text with some lines gone and some new ones.
func TestApply(t *testing.T) {
	cases := []struct{ patch, gone, come string }{
		{"book linux+no-time-wait", "book linux", "book linux+no-time-wait"},
		{"server book rfc9293", "book linux", "book linux\nserver book rfc9293"},
		{"link delay 1s", "link delay 10ms", "link delay 1s"},
		{"link client -> server delay 1s", "", "link client -> server delay 1s"},
		{"seed 5\nlimit time 5s", "", "seed 5\nlimit time 5s"},
		{"server sysctl somaxconn 1", "", "server sysctl net.core.somaxconn 1"},
		{"drop client sends ACK", "", "drop client sends ACK"},
		{"without drop client sends FIN", "drop client sends FIN", ""},
		{"without server wait 2s  # no pause", "server wait 2s", ""},
		{"remove server wait 2000ms", "server wait 2s", ""},
		{"replace server wait 2s -> wait 5s", "server wait 2s", "server wait 5s"},
		{"replace server wait 2s -> server wait 5s", "server wait 2s", "server wait 5s"},
		{"replace drop client sends FIN->drop server sends FIN", "drop client sends FIN", "drop server sends FIN"},
		{"before server close(c) -> write(c, \"a -> b\")", "", `server write(c, "a -> b")`},
		{"after server  listen( s,10 ) -> when client enters SYN_SENT: wait 1s", "", "server when client enters SYN_SENT: wait 1s"},
		{"client wait 9s", "", "client wait 9s"},
		{"inject when server accept returns@1: peer > server.c [R] seq 1", "", "inject when server accept returns@1: peer > server.c [R] seq 1"},
		{"\n# nothing\nserver/2 wait 1s\n", "", "server/2 wait 1s"},
	}
	p := parse(t, story)
	before := scenario.Format(p)
	for _, c := range cases {
		q, errs := scenario.Apply(p, c.patch)
		if errs != nil {
			t.Errorf("%s\n%s", c.patch, errs.Format())
			continue
		}
		gone, come := lineDifference(before, scenario.Format(q))
		if gone != c.gone && c.gone != "book linux" || come != c.come && c.gone != "book linux" {
			t.Errorf("%s\n took %q, want %q\n gave %q, want %q", c.patch, gone, c.gone, come, c.come)
		}
		if c.gone == "book linux" && !strings.Contains(scenario.Format(q), strings.ReplaceAll(c.come, "book linux\n", "")) {
			t.Errorf("%s\n%s", c.patch, scenario.Format(q))
		}
		checkFormat(t, q)
	}
	if diff := cmp.Diff(before, scenario.Format(p)); diff != "" {
		t.Errorf("the program itself has changed: %s", diff)
	}
}

// lineDifference lists the lines that only one of two texts has.
func lineDifference(a, b string) (gone, come string) {
	only := func(x, y string) string {
		var list []string
		for line := range strings.SplitSeq(x, "\n") {
			if line != "" && !strings.Contains("\n"+y, "\n"+line+"\n") {
				list = append(list, line)
			}
		}
		return strings.Join(list, "\n")
	}
	return only(a, b), only(b, a)
}

func TestWhatStaysKeepsItsPlace(t *testing.T) {
	p := parse(t, story)
	q, errs := scenario.Apply(p, "replace server wait 2s -> wait 5s\nafter client write(s, \"hello # not a comment\") -> wait 1s")
	if errs != nil {
		t.Fatal(errs.Format())
	}
	var pos []int
	for _, th := range q.Threads {
		for _, l := range th.Lines {
			pos = append(pos, l.Pos)
		}
	}
	if diff := cmp.Diff([]int{9, 10, 11, 11, 12, 4, 5, 6, 7, 14, 15, 16}, pos); diff != "" {
		t.Error(diff)
	}
	a, b := sim.NewTimeline(p), sim.NewTimeline(q)
	if at := a.Fork(4, q); at.Len() == a.Len() && b.Len() == a.Len() {
		t.Error("the change changes nothing")
	}
}

func TestMistakesInPatches(t *testing.T) {
	cases := []struct{ patch, want string }{
		{"", "nothing is changed"},
		{"without server wait 3s", "what-if:1:9: the scenario has no such line"},
		{"without server book linux", "this cannot be taken away"},
		{"replace server wait 2s", "the line has no ->"},
		{"replace server wait 2s -> wait 5", "what-if:1:33: the time 5 has no unit"},
		{"replace server wait 2s -> close(q)", "what-if:1:33: server has no variable q"},
		{"\nbok linux", "what-if:2:1: no line begins with bok"},
		{"nobody wait 2s", "what-if:1:1: no host is called nobody"},
		{"without server s = socket()", "scenario:5:13: s is a variable of client: each host has its own, expected c"},
		{"hosts a b", "a what-if has the same hosts"},
	}
	p := parse(t, story)
	for _, c := range cases {
		_, errs := scenario.Apply(p, c.patch)
		if !strings.Contains(errs.Error(), c.want) {
			t.Errorf("%q\n got %v\nwant %s", c.patch, errs, c.want)
		}
	}
}

func TestOneOfLinesThatAreAlikeIsNamedByItsNumber(t *testing.T) {
	p := parse(t, "a wait 1s\na wait 2s\na wait 1s\n")
	if _, errs := scenario.Apply(p, "without a wait 1s"); !strings.Contains(errs.Error(), "the scenario has 2 lines like this") {
		t.Error(errs)
	}
	q, errs := scenario.Apply(p, "without a wait 1s @2")
	if errs != nil || scenario.Format(q) != "book linux\nlink delay 10ms\n\na wait 1s\na wait 2s\n" {
		t.Errorf("%v\n%s", errs, scenario.Format(q))
	}
}

func TestExpand(t *testing.T) {
	params := map[string]string{"delay": "10ms", "lost": "", "two": "a\nb", "self": "${self}"}
	cases := []struct{ text, want, mistake string }{
		{"link delay ${delay} # ${delay}", "link delay 10ms # 10ms", ""},
		{"x\n${lost}\ny${two}z", "x\n\nya\nbz", ""},
		{"${self}", "${self}", ""},
		{"$${delay} $ {} $5", "${delay} $ {} $5", ""},
		{"a\n  ${dealy}", "", "template:2:5: no parameter is called \"dealy\", expected delay?"},
		{"${delay", "", "template:1:1: the placeholder is not closed"},
	}
	for _, c := range cases {
		got, errs := scenario.Expand(c.text, params)
		if got != c.want || (c.mistake == "") != (errs == nil) || !strings.Contains(errs.Error(), c.mistake) {
			t.Errorf("%q gives %q, %v", c.text, got, errs)
		}
	}
	if _, errs := scenario.Expand(strings.Repeat("${x}", 1000), map[string]string{"x": strings.Repeat("y", 10_000)}); errs == nil {
		t.Error("a text may grow without bound")
	}
}

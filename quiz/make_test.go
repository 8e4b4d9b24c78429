package quiz

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tcptutor/tcp/sim"
)

// shown is all of a question that does not depend on how it was made.
type shown struct {
	Code, Book    string
	Title, Prompt Text
	Choices       []Choice
	Hint          Text
	Asked, See    int
	Verdicts      []Verdict
}

func show1(t interface{ Fatal(...any) }, q *Question) shown {
	verdicts, err := q.everyVerdict()
	if err != nil {
		t.Fatal(err)
	}
	for i := range verdicts {
		verdicts[i].See.Run, verdicts[i].Theirs = nil, nil
	}
	return shown{q.Code, q.Book, q.Title, q.Prompt, q.Choices, q.Hint, q.asked, q.see, verdicts}
}

func TestAQuestionIsAFunctionOfItemAndSeed(t *testing.T) {
	one, two := contents(t), contents(t)
	rapid.Check(t, func(t *rapid.T) {
		lesson := rapid.IntRange(0, len(one)-1).Draw(t, "lesson")
		item := rapid.IntRange(0, len(one[lesson].Items)-1).Draw(t, "item")
		seed := rapid.Uint64().Draw(t, "seed")
		a, err := one[lesson].Items[item].Make(seed)
		if err != nil {
			t.Fatal(err)
		}
		id, again, err := ParseCode(a.Code)
		if err != nil || id != a.Item.ID || again != a.Seed {
			t.Fatalf("code %s is %s %d, %v", a.Code, id, again, err)
		}
		b, err := two[lesson].Item(id).Make(again)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(show1(t, a), show1(t, b)); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestAnswersVaryWithTheSeed(t *testing.T) {
	// These ask for something that parameters are there to change; the others ask for what stays the same whatever they are.
	for _, id := range []string{
		"third-segment", "when-calls-return", "handshake-states", "closed-port", "answer-to-a-syn", "syn-lost", "syn-never-answered", "third-ack-lost",
		"how-many-segments", "who-waits", "time-wait-length", "fin-wait-patience", "both-close", "unread-data", "fin-takes-a-number",
	} {
		answers := map[string]bool{}
		for seed := range uint64(40) {
			answers[question(t, id, seed).Answer().English] = true
		}
		if len(answers) < 2 {
			t.Errorf("%s: always %v", id, answers)
		}
	}
}

func question(t testing.TB, id string, seed uint64) *Question {
	t.Helper()
	for _, s := range loaded(t) {
		if it := s.Item(id); it != nil {
			q, err := it.Make(seed)
			if err != nil {
				t.Fatal(err)
			}
			return q
		}
	}
	t.Fatalf("there is no item %s", id)
	return nil
}

// kept are the contents, read once for the tests of this file.
var kept []*Set

func loaded(t testing.TB) []*Set {
	if kept == nil {
		kept = contents(t)
	}
	return kept
}

func TestAWrongChoiceIsRefutedByRunningIt(t *testing.T) {
	q := question(t, "syn-lost", 2) // three SYNs lost: the two books differ
	for i, c := range q.Choices {
		v, err := q.Grade(i, "")
		if err != nil {
			t.Fatal(err)
		}
		if v.Right != c.Right || v.Choice != q.right || v.Answer != q.Choices[q.right].Text {
			t.Errorf("choice %d: %+v", i, v)
		}
		if c.Misconception != "doubled-at-once" {
			continue
		}
		if v.Theirs == nil || v.Theirs.Book != "rfc9293" || v.Because == (Text{}) || v.Misconception != "doubled-at-once" {
			t.Fatalf("%+v", v)
		}
		if v.See.Book != "linux" || v.See.Step != q.Decides() {
			t.Errorf("%+v", v.See)
		}
		if ours, theirs := v.See.Run.Step(v.See.Step).At, v.Theirs.Run.Step(v.Theirs.Step).At; ours >= theirs {
			t.Errorf("the fourth SYN leaves at %d on Linux and at %d by RFC 6298", ours, theirs)
		}
	}
	if _, err := q.Grade(len(q.Choices), ""); err == nil {
		t.Error("a choice that is not there is graded")
	}
	if _, err := q.Grade(-1, "3 s"); err == nil {
		t.Error("a text is graded where there are choices")
	}
}

// TestTheRuleThatDecidesIsNoBookkeeping: the ACK that is dropped carries a timestamp, which is noted first.
func TestTheRuleThatDecidesIsNoBookkeeping(t *testing.T) {
	q := question(t, "backlog-two-opinions", 1)
	v, err := q.Grade(-1, "LISTEN")
	if err != nil || v.Rule != "accept-queue-full" {
		t.Errorf("rule %q, %v", v.Rule, err)
	}
}

func TestATypedAnswerMeetsItsMisconception(t *testing.T) {
	q := question(t, "when-calls-return", 0)
	right := q.answer.Text().English
	for _, c := range []struct{ typed, misconception string }{
		{right, ""}, {strings.ReplaceAll(right, " ", ""), ""}, {q.taken[0].value.Text().English, q.taken[0].name}, {"77 s", ""},
	} {
		v, err := q.Grade(0, c.typed)
		if err != nil {
			t.Fatal(err)
		}
		isRight := c.misconception == "" && c.typed != "77 s"
		if v.Right != isRight || v.Misconception != c.misconception || v.Given != c.typed || v.Choice != -1 {
			t.Errorf("%s: %+v", c.typed, v)
		}
		if (v.Because == Text{}) != isRight || !v.Explain.whole() {
			t.Errorf("%s: %q, %q", c.typed, v.Because, v.Explain)
		}
	}
	var unreadable *Unreadable
	if _, err := q.Grade(0, "soon"); !errors.As(err, &unreadable) || !strings.Contains(unreadable.English, q.Hint.English) {
		t.Error(err)
	}
	wrong, err := q.Grade(0, "77 s")
	if err != nil || !strings.Contains(wrong.Because.English, wrong.Answer.English+": look at step "+strconv.Itoa(wrong.See.Step+1)) {
		t.Errorf("%q, %v", wrong.Because.English, err)
	}
}

func TestTheRunIsAskedAboutBeforeItIsShown(t *testing.T) {
	q := question(t, "closed-port", 1)
	run, asked := q.Run()
	if asked != q.asked || asked >= run.Len() || run.Step(asked).Cause != sim.CauseReturn {
		t.Errorf("asked at step %d of %d", asked, run.Len())
	}
}

func TestItemsThatOnlyARunShowsToBeWrong(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"see: client sends SYN@2", "see: client sends SYN@9", "client sends SYN@9 never happens"},
		{"see: client sends SYN@2", "see: nobody sends SYN", "no host is called nobody"},
		{"at: client connect returns", "at: client accept returns", "never happens"},
		{"between(\"client connect blocks\",", "betwixt(\"client connect blocks\",", "betwixt"},
		{`'between("client connect blocks", "client connect returns")'`, `'count("client sends SYN")'`, "its answer gives 2 (int), expected a time"},
		{"server listen(s, 5)", "server listens(s, 5)", "listens"},
		{"book: linux", "book: minix", "minix"},
		{"when: lost == \"one\" && delay > 10", "when: lost == 5", "turns down whatever is drawn"},
		{"when: lost == \"one\" && delay > 10", "when: lost +", "its condition"},
		{"slip: 'between(\"client connect blocks\", \"client sends SYN@2\")'", "slip: '${answer}'", "no seed gives the wrong answer half a value of its own"},
		{"slip: 'between(\"client connect blocks\", \"client sends SYN@2\")'", "slip: 'client.s.state'", "its wrong answer half gives"},
		{"set: {lost: none}", "set: {lost: \"drop it\"}", "the moment ends here"},
		{"set: {lost: none}", "set: {lost: one}", "no seed gives the wrong answer nothing-lost a value of its own"},
		{"You counted {{this}}.", "You counted {{client.s.nothing}}.", "has no nothing"},
		{"The timer runs out first.", "The timer {{that}}.", ""},
		{"    question:", "    holds: total(\"client sends SYN\") == 1\n    question:", "does not hold"},
		{"    see:", "    rule: fin\n    see:", "names the rule fin, which does not apply"},
	} {
		text := strings.Replace(good, c.old, c.new, 1)
		if text == good {
			t.Fatalf("%q changes nothing", c.old)
		}
		s, err := loadText(text)
		if err != nil {
			if c.want != "" {
				t.Errorf("%q: found before any run: %v", c.new, err)
			}
			continue
		}
		if errs := s.Check(20); !strings.Contains(fmt.Sprint(errs), c.want) || errs == nil {
			t.Errorf("%q: %v\nwant %s", c.new, errs, c.want)
		}
	}
	s, err := loadText(good)
	if err != nil {
		t.Fatal(err)
	}
	if errs := s.Check(20); errs != nil {
		t.Error(errs)
	}
}

func TestAChoiceNeedsTwoWrongOnes(t *testing.T) {
	s, err := loadText(strings.NewReplacer("kind: fill", "kind: choose", "{lost: none}", "{lost: one}").Replace(good))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Items[0].Make(0); err == nil || !strings.Contains(err.Error(), "leaves 1 wrong choices, expected two or more") {
		t.Error(err)
	}
}

func TestAnItemMayPatchTheLessonsScenario(t *testing.T) {
	head, tail, _ := strings.Cut(good, "    scenario: |\n")
	_, tail, _ = strings.Cut(tail, "    at:")
	text := head + "    scenario: lesson\n    patch: |\n      ${lost}\n      link delay ${delay}\n      book ${book}\n    at:" + tail
	s, err := Load(fstest.MapFS{
		"lost/quiz.yaml":    {Data: []byte(text)},
		"lost/scenario.tcp": {Data: []byte("server s = socket()\nserver bind(s, 8080)\nserver listen(s, 5)\nclient s = socket()\nclient connect(s, server:8080)\n")},
	}, "lost/quiz.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if errs := s.Check(20); errs != nil {
		t.Error(errs)
	}
}

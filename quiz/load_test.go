package quiz

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"
)

// good is an item with nothing wrong; tests break it one line at a time.
const good = `items:
  - id: syn-lost
    kind: fill
    title: {en: A lost SYN, zh: SYN 丢了}
    book: linux
    params:
      delay: {from: 10ms, to: 50ms, step: 10ms}
      lost:
        - {name: none, text: ""}
        - {name: one, text: drop client sends SYN, en: The first SYN is, zh: 第一个 SYN}
    when: lost == "one" && delay > 10
    scenario: |
      book ${book}
      link delay ${delay}
      server s = socket()
      server bind(s, 8080)
      server listen(s, 5)
      client s = socket()
      client connect(s, server:8080)
      ${lost}
    at: client connect returns
    question:
      en: One way takes {{delay}}. {{lost}} lost. When does connect() return?
      zh: 单程 {{delay}}。{{lost}}丢了。connect() 何时返回？
    answer: {of: time, value: 'between("client connect blocks", "client connect returns")', within: 1ms}
    wrong:
      - name: nothing-lost
        set: {lost: none}
        en: You forgot that one is lost.
        zh: 你忘了丢了一个。
      - name: half
        slip: 'between("client connect blocks", "client sends SYN@2")'
        en: You counted {{this}}.
        zh: 你数成了 {{this}}。
    explain:
      en: The timer runs out first.
      zh: 先要等定时器。
    see: client sends SYN@2
`

func loadText(text string) (*Set, error) {
	return Load(fstest.MapFS{"lost/quiz.yaml": {Data: []byte(text)}}, "lost/quiz.yaml")
}

func TestLoadReadsAnItem(t *testing.T) {
	s, err := loadText(good)
	if err != nil {
		t.Fatal(err)
	}
	it := s.Item("syn-lost")
	if s.Lesson != "lost" || it == nil || it.Lesson != "lost" || it.Form != Fill || it.of != Time || len(it.params) != 2 || len(it.wrong) != 2 {
		t.Errorf("%+v", it)
	}
	if s.Item("other") != nil {
		t.Error("an item that is not there is found")
	}
}

func TestMistakesOfAFileAreToldWithTheirPlace(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"id: syn-lost", "id: Syn lost", `lost/quiz.yaml:2:9: "Syn lost" is no id, expected lower-case words with dashes`},
		{"kind: fill", "kind: guess", `lost/quiz.yaml:3:11: "guess" is no kind of item, expected choose, fill, claim, order, blanks`},
		{"zh: SYN 丢了}", "ja: x}", `lost/quiz.yaml:4:29: title of item syn-lost has no "ja", expected en, zh`},
		{"    book: linux\n", "", "lost/quiz.yaml:2:5: item syn-lost has no book, expected book: …"},
		{"to: 50ms", "to: 5ms", "lost/quiz.yaml:7:14: delay is no range, expected {from: 10ms, to: 50ms, step: 5ms} or {from: 1, to: 9}"},
		{"to: 50ms", "to: 50", "lost/quiz.yaml:7:14: delay is no range"},
		{"step: 10ms", "step: -1ms", "lost/quiz.yaml:7:14: delay is no range"},
		{"      delay: {", "      de-lay: {", "de-lay is no name of a parameter"},
		{"link delay ${delay}", "link delay ${dilay}", "nothing is called dilay in item syn-lost, expected delay, lost"},
		{"{{lost}} lost", "{{last}} lost", "nothing is called last in item syn-lost"},
		{"{{lost}} lost", "{{lost.much}} lost", "not every value of lost has a much, expected much: …"},
		{"{{delay}}. {{lost}} lost", "{{delay}}. {{lost} lost", "a {{ and a }} do not match"},
		{"One way takes {{delay}}", "One way takes 20 ms", `"20" is a number that somebody typed, expected {{an expression}}, or words`},
		{"of: time", "of: thyme", "lost/quiz.yaml:25:18: the answer of item syn-lost is of no known kind, expected number, time, state, flags, errno, ss-state, tcpdump-flags"},
		{"within: 1ms", "within: x", `lost/quiz.yaml:25:101: "x" cannot be how near an answer must be`},
		{"set: {lost: none}", "set: {loss: none}", "lost/quiz.yaml:28:21: loss is no parameter, expected delay, lost"},
		{"set: {lost: none}", "slip: x\n        book: rfc9293", "must say how it comes about in one way"},
		{"        set: {lost: none}\n", "", "must say how it comes about in one way, expected slip, or book or set"},
		{"    answer:", "    choices: []\n    answer:", "item syn-lost is filled in and has choices, expected answer"},
		{"    see: client", "    seen: client", `an item has no "seen", expected id, kind`},
		{"scenario: |", "scenario: lesson\n    patch: |", "the lesson's scenario cannot be read"},
		{"    scenario: |", "    patch: x\n    scenario: |", "item syn-lost patches its own scenario, expected scenario: lesson"},
		{"items:\n", "items: 5\nrest:\n", `the file has no "rest", expected items`},
		{good, "items: []\n", "there are no questions, expected items:"},
		{good, "items: 5\n", "items of the file is a text, expected a list"},
		{good, "[]\n", "the file is a list, expected a mapping: items"},
		{good, "", "0 documents with something in them, expected one"},
		{good, "items: [\n", "lost/quiz.yaml:1:8:"},
		{good, good + strings.TrimPrefix(good, "items:\n"), "lost/quiz.yaml:39:5: there are two items syn-lost, expected another id"},
	} {
		text := strings.Replace(good, c.old, c.new, 1)
		if text == good {
			t.Fatalf("%q changes nothing", c.old)
		}
		_, err := loadText(text)
		var problems Problems
		if !errors.As(err, &problems) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q for %q:\n%v\nwant %s", c.new, c.old, err, c.want)
		}
	}
}

func TestChoicesArePlain(t *testing.T) {
	head, tail, _ := strings.Cut(strings.Replace(good, "kind: fill", "kind: choose", 1), "    answer:")
	_, tail, _ = strings.Cut(tail, "    explain:")
	set := func(says string) error {
		_, err := loadText(head + "    choices:\n      - {name: a, is: 'true', en: Yes, zh: 是}\n      - {name: b, is: 'false', en: " + says + ", zh: 否}\n    explain:" + tail)
		return err
	}
	if err := set("No"); err != nil {
		t.Fatal(err)
	}
	if err := set("'`No`'"); err == nil || !strings.Contains(err.Error(), "lost/quiz.yaml:27:36: a choice of item syn-lost has Markdown, expected plain text") {
		t.Error(err)
	}
}

func TestAllMistakesAreTold(t *testing.T) {
	text := strings.NewReplacer("kind: fill", "kind: guess", "of: time", "of: thyme", "to: 50ms", "to: x", "see:", "sea:").Replace(good)
	_, err := loadText(text)
	var problems Problems
	if !errors.As(err, &problems) || len(problems) < 5 {
		t.Fatal(err)
	}
	for i := range problems[1:] {
		if problems[i].Line > problems[i+1].Line {
			t.Errorf("%s comes before %s", problems[i], problems[i+1])
		}
	}
}

func TestAMissingFileIsNotAMistakeInIt(t *testing.T) {
	_, err := Load(fstest.MapFS{}, "x/quiz.yaml")
	var problems Problems
	if err == nil || errors.As(err, &problems) {
		t.Error(err)
	}
	if _, err := loadText(strings.Repeat("#", largest+1)); err == nil || !strings.Contains(err.Error(), "expected at most") {
		t.Error(err)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(good)
	f.Add("items: [{id: a, params: {x: [1]}, choices: [{}]}]")
	f.Add("items:\n  - *a\n  - &a {id: |\n")
	f.Add("? a\n: b\n---\n...")
	f.Add("items: {<<: *x}")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := loadText(text)
		if err == nil && len(s.Items) == 0 {
			t.Fatal("no items, and no mistake")
		}
		if err != nil && s != nil {
			t.Fatal("a set with mistakes")
		}
	})
}

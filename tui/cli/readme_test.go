package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tcptutor/tcp/host"
	"tcptutor/tcp/scenario"
)

// span is a word of the README in back quotes.
var span = regexp.MustCompile("`([^`]+)`")

// modelled are the two columns of the README's tables of what is modelled and what is not yet: English, then Chinese.
func modelled(t *testing.T) (there, notYet [2][]string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for lang, head := range []string{"| There | Not there yet |\n|---|---|\n", "| 有 | 还没有 |\n|---|---|\n"} {
		_, rest, ok := strings.Cut(string(text), head)
		table, _, _ := strings.Cut(rest, "\n\n")
		if !ok || !strings.Contains(table, "\n") {
			t.Fatalf("the README has no table that begins %q", head)
		}
		for line := range strings.Lines(table) {
			cells := strings.Split(line, "|")
			for i, words := range []*[]string{&there[lang], &notYet[lang]} {
				for _, m := range span.FindAllStringSubmatch(cells[i+1], -1) {
					*words = append(*words, m[1])
				}
			}
		}
	}
	return there, notYet
}

// has says whether the program has what a word of the README names: a call, a command, or a word of the scenarios' language.
func has(a *app, word string) bool {
	if name, call := strings.CutSuffix(word, "()"); call {
		_, ok := host.ParseOp(name)
		return ok
	}
	if name, command := strings.CutPrefix(word, "tcptutor "); command {
		for _, c := range a.commands() {
			if c.Name() == name {
				return true
			}
		}
		return false
	}
	text := map[string]string{
		"MSG_OOB": "a s = socket()\na write(s, \"x\", 1, MSG_OOB)\n",
		"inject":  "a s = socket()\ninject at 1s: 10.9.9.9:1 > a:80 [S] seq 1\n",
	}[word]
	_, mistakes := scenario.Parse("README.md", []byte(text))
	return text != "" && len(mistakes) == 0
}

// What the README says is there is there, what it says is not yet is not, and both languages say the same.
func TestREADMETellsWhatThereIs(t *testing.T) {
	a := &app{w: &wordsOf[0]}
	there, notYet := modelled(t)
	if len(there[0]) < 5 || len(notYet[0]) < 3 {
		t.Fatalf("the table names %q and %q", there[0], notYet[0])
	}
	for _, w := range there[0] {
		if !has(a, w) {
			t.Errorf("%s is said to be there", w)
		}
	}
	for _, w := range notYet[0] {
		if has(a, w) {
			t.Errorf("%s is said not to be there yet", w)
		}
	}
	for i, both := range [][2][]string{there, notYet} {
		if !slices.Equal(both[0], both[1]) {
			t.Errorf("column %d: in English %q, in Chinese %q", i+1, both[0], both[1])
		}
	}
}

// Every command and every format of a run is in the README, in both its halves.
func TestREADMENamesEveryCommand(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	english, chinese, ok := strings.Cut(string(text), "\n## 简体中文\n")
	if !ok {
		t.Fatal("the README has no Chinese half")
	}
	a := &app{w: &wordsOf[0]}
	for half, text := range map[string]string{"English": english, "Chinese": chinese} {
		for _, c := range a.commands() {
			if !strings.Contains(text, "`tcptutor "+c.Name()) {
				t.Errorf("%s: nothing of tcptutor %s", half, c.Name())
			}
		}
		for _, f := range formats {
			if f == "text" || f == "calls" { // words of each language's own
				continue
			}
			if !strings.Contains(strings.ToLower(text), f) {
				t.Errorf("%s: nothing of the format %s", half, f)
			}
		}
	}
}

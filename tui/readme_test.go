package tui_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"tcptutor/tcp/scenario"
	"tcptutor/tcp/sim"
	"tcptutor/tcp/trace"
	"tcptutor/tui"
)

var readmePath = filepath.Join("..", "README.md")

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(readmePath)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// fenced is the block of the README that is marked with that word.
func fenced(t *testing.T, text, word string) string {
	t.Helper()
	_, after, ok := strings.Cut(text, "\n```"+word+"\n")
	block, _, closed := strings.Cut(after, "```\n")
	if !ok || !closed {
		t.Fatalf("the README has no block ```%s", word)
	}
	return block
}

// The README's scenario is one, and its run prints the lines that the README shows, in their order.
func TestREADMEScenario(t *testing.T) {
	text := readme(t)
	p, mistakes := scenario.Parse("README.md", []byte(fenced(t, text, "tcp")))
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	run := sim.NewTimeline(p)
	var out bytes.Buffer
	if err := trace.Write(&out, run, run.Len(), trace.NewText(trace.TextOptions{})); err != nil {
		t.Fatal(err)
	}
	rest := out.String()
	for line := range strings.Lines(fenced(t, text, "text")) {
		_, after, ok := strings.Cut(rest, "\n"+line)
		if !ok {
			t.Fatalf("the run does not print, at its place:\n%s\nit prints:\n%s", line, &out)
		}
		rest = "\n" + after
	}
}

// What the README points at is there.
func TestREADMELinks(t *testing.T) {
	links := regexp.MustCompile(`\]\(([^)#]+)\)`).FindAllStringSubmatch(readme(t), -1)
	if len(links) < 4 {
		t.Fatalf("%d links in the README, want the pictures and the pages", len(links))
	}
	for _, l := range links {
		if _, err := os.Stat(filepath.Join("..", l[1])); err != nil {
			t.Error(err)
		}
	}
}

// The README's keys are those of the key table.
func TestREADMEKeys(t *testing.T) {
	text := readme(t)
	const end = "<!-- end of keys -->"
	from := strings.Index(text, "<!-- keys:")
	to := strings.Index(text, end)
	if from < 0 || to < from {
		t.Fatal("the README has no place for the keys")
	}
	from += strings.Index(text[from:], "\n") + 1
	fresh(t, readmePath, []byte(text[:from]+keyTable()+text[to:]))
}

// places are the screens that keys are told of, in the order of the README.
var places = []struct {
	in   tui.Context
	name tui.Text
}{
	{tui.OnLesson, tui.Text{English: "lesson", Chinese: "课程"}},
	{tui.OnCompare, tui.Text{English: "side by side", Chinese: "并排"}},
	{tui.OnHome, tui.Text{English: "home", Chinese: "首页"}},
	{tui.OnQuiz, tui.Text{English: "quiz", Chinese: "测验"}},
	{tui.OnVerdict, tui.Text{English: "verdict", Chinese: "判题"}},
}

// keyTable is the key table in Markdown: each key with what it does, and where.
func keyTable() string {
	var b strings.Builder
	b.WriteString("\n| Key | It does | On | 作用 | 在 |\n|---|---|---|---|---|\n")
	for _, k := range tui.Bindings {
		var on [tui.NumLangs][]string
		for _, p := range places {
			if k.In&p.in != 0 {
				on[tui.English] = append(on[tui.English], p.name.English)
				on[tui.Chinese] = append(on[tui.Chinese], p.name.Chinese)
			}
		}
		if k.Show == "" || len(on[tui.English]) == 0 {
			continue
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", k.Show, k.Help.English, strings.Join(on[tui.English], ", "),
			k.Help.Chinese, strings.Join(on[tui.Chinese], "、"))
	}
	b.WriteString("\n")
	return b.String()
}

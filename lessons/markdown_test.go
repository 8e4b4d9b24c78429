package lessons

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tcptutor/quiz"
)

// filled parses a step's body and fills {{x}} with x in capitals.
func filled(t *testing.T, body string, l Lang) []Block {
	t.Helper()
	p := parseProse(file{"x.md", []byte("## T {at=\"m\"}\n\n" + body)}, l)
	if err := p.problems.err(); err != nil {
		t.Fatal(err)
	}
	f := filler{eval: func(e string) (string, error) { return strings.ToUpper(e), nil }}
	return f.blocks(p.sections[0].body)
}

func para(spans ...Span) Block { return Block{Kind: Paragraph, Spans: spans} }

func TestMarkdownBecomesBlocks(t *testing.T) {
	for _, c := range []struct {
		name, body string
		want       []Block
	}{
		{"styles", "a **b** *c* `d`", []Block{para(Span{"a ", Plain}, Span{"b", Strong}, Span{" ", Plain}, Span{"c", Em}, Span{" ", Plain}, Span{"d", Mono})}},
		{"a value in a sentence", "is {{a.b_c.d}} now", []Block{para(Span{"is ", Plain}, Span{"A.B_C.D", Mono}, Span{" now", Plain})}},
		{"a value in code", "`x {{a}}y`", []Block{para(Span{"x Ay", Mono})}},
		{"quotes, stars and braces in a value", `{{f("a }} b") * g}}`, []Block{para(Span{`F("A }} B") * G`, Mono})}},
		{"lines are joined", "one\ntwo `three`\nfour", []Block{para(Span{"one two ", Plain}, Span{"three", Mono}, Span{" four", Plain})}},
		{"a link is its text", "see [the queue](term:syn-queue).", []Block{para(Span{"see the queue.", Plain})}},
		{"what is escaped", `a \* b`, []Block{para(Span{"a * b", Plain})}},
		{"code", "```\na {{b}}\n  c\n```", []Block{{Kind: Code, Lines: []string{"a B", "  c"}}}},
		{"a list", "1. a\n2. b\n   - c", []Block{{Kind: ListBlock, Ordered: true, Items: [][]Block{
			{para(Span{"a", Plain})},
			{para(Span{"b", Plain}), {Kind: ListBlock, Level: 1, Items: [][]Block{{para(Span{"c", Plain})}}}},
		}}}},
		{"a heading", "### h", []Block{{Kind: Heading, Level: 2, Spans: []Span{{"h", Plain}}}}},
		{"a table", "| a | b |\n|---|---|\n| {{c}} | d |", []Block{{Kind: Table, Rows: [][][]Span{
			{{{"a", Plain}}, {{"b", Plain}}}, {{{"C", Mono}}, {{"d", Plain}}}}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, filled(t, c.body, English)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestChineseLinesJoinWithoutSpace: a line's end is a space between words and between Chinese and Latin, and nothing between characters.
func TestChineseLinesJoinWithoutSpace(t *testing.T) {
	for body, want := range map[string]string{
		"半连接\n队列":     "半连接队列",
		"好，\n再来":      "好，再来",
		"收到\nSYN":     "收到 SYN",
		"收到\n{{syn}}": "收到 SYN",
		"是 `A`\n的":    "是 A 的",
		"（`A`）\n好":    "（A）好",
	} {
		if got := textOf(filled(t, body, Chinese)[0].Spans); got != want {
			t.Errorf("%q reads %q, expected %q", body, got, want)
		}
	}
}

func TestAFailedValueIsTold(t *testing.T) {
	p := parseProse(file{"x.md", []byte("## T {at=\"m\"}\n\nis {{a}}")}, English)
	var told string
	f := filler{
		eval:   func(string) (string, error) { return "", errors.New("no") },
		failed: func(offset int, err error) { told = mistakes{p.file.problem(offset, "", "%s", err)}.err().Error() },
	}
	if got := textOf(f.blocks(p.sections[0].body)[0].Spans); got != "is ?" || told != "x.md:3:4: no" {
		t.Errorf("%q, %q", got, told)
	}
}

func TestCharactersAreCountedAsWordProcessorsDo(t *testing.T) {
	for s, want := range map[string]int{"": 0, "服务器": 3, "收到 SYN,ACK 了": 4, "好，好。": 4, "FIN_WAIT_1": 1} {
		if got := characters(s); got != want {
			t.Errorf("characters(%q) = %d, expected %d", s, got, want)
		}
	}
}

func TestSnippetSetsAQuestionsText(t *testing.T) {
	got := Snippet(quiz.Text{English: "a `b`\n\nc", Chinese: "甲"})
	want := Prose{
		English: {para(Span{"a ", Plain}, Span{"b", Mono}), para(Span{"c", Plain})},
		Chinese: {para(Span{"甲", Plain})},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// FuzzProse: prose of strangers is refused or read, and never anything else.
func FuzzProse(f *testing.F) {
	f.Add("## T {at=\"m\"}\n\na {{b}} [c](term:d)\n\n{{predict \"e\"}}\n")
	f.Add("| {{ | }} |\n|-|-|\n# x\n> y\n")
	f.Fuzz(func(t *testing.T, s string) {
		p := parseProse(file{"x.md", []byte(s)}, Chinese)
		for i := range p.sections {
			fill := filler{eval: func(e string) (string, error) { return e, nil }}
			fill.blocks(p.sections[i].body)
		}
		for _, problem := range p.problems {
			if problem.Line < 0 || problem.Problem == "" {
				t.Errorf("%+v", problem)
			}
		}
	})
}

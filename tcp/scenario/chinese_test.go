package scenario

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"tcptutor/tcp"
	"tcptutor/tcp/observe"
)

// verb is a place of a format that is filled in.
var verb = regexp.MustCompile(`%%|%[sdqvw]`)

// notation says whether a text is the same in every language: nothing but capitals for places, words of the language, and signs.
func notation(text string) bool {
	words := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && r != '_' })
	for _, w := range words {
		known := []string{"x", "val", "ecr", "after", "sends", "HOST", "peer", "delay", "server", "close", "when"}
		if strings.ToUpper(w) != w && !slices.Contains(known, w) && !slices.Contains(keywords, w) {
			return false
		}
	}
	return true
}

// filled are formats with a word of ours in a place: each sentence that comes out stands in the lists by itself.
var filled = []string{"x() with x", "the scenario has x like this", "x is no name of a x", "x is a word of the language and cannot be a x's name",
	"a whole number, x", "the step has x x", "x: xx", "xx", "x x", "x is x", "its wrong answer x x"}

// asWritten are what stands in a lesson's files, in every language.
var asWritten = []string{"whatifs: …", `## Title {at="MOMENT"}`, "lines: [{tcpdump: MOMENT, blanks: […]}]", "items:", "answer", "answer: {of: …, value: …}",
	"scenario: lesson", "PIECE before PIECE", "x: {en: …, zh: …}", "x: …"}

// literal is what a string expression of the source says, with x for what is not written out; false when nothing is.
func literal(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		return verb.ReplaceAllString(s, "x"), err == nil && s != ""
	case *ast.BinaryExpr:
		a, okA := literal(e.X)
		b, okB := literal(e.Y)
		if !okA {
			a = "x"
		}
		if !okB {
			b = "x"
		}
		return a + b, okA || okB
	case *ast.CallExpr:
		if f, ok := e.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "Sprintf" {
			return literal(e.Args[0])
		}
	}
	return "", false
}

// Everything that is said of a mistake here, in package observe or by those that read lessons is said in Chinese, too: the source is searched
// for it.
func TestEveryMistakeIsInChinese(t *testing.T) {
	var files []string
	for _, folder := range []string{".", "../observe", "../../lessons", "../../quiz"} {
		more, err := filepath.Glob(folder + "/*.go")
		if err != nil || len(more) == 0 {
			t.Fatal(folder, " is not there: ", err)
		}
		files = append(files, more...)
	}
	said := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		complain := func(e ast.Expr, list func() []pattern, what string) {
			text, ok := literal(e)
			if !ok || text == "x" || slices.Contains(filled, text) || slices.Contains(asWritten, text) {
				return
			}
			said++
			if before, ok := strings.CutSuffix(text, " x"); ok { // a sentence within the sentence, where there has to be one
				if _, ok := translate(text, list); !ok {
					text = before + " nothing is changed"
				}
			}
			if zh, ok := translate(text, list); strings.Contains(zh, " or ") || !ok && !notation(text) && !strings.HasSuffix(text, "?") {
				t.Errorf("%s: no Chinese for %s %q", set.Position(e.Pos()), what, text)
			}
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				problem, expected := saidBy(n, filepath.Base(filepath.Dir(name)))
				if problem != nil {
					complain(problem, problems, "the problem")
					complain(expected, expectations, "the expectation")
				}
			case *ast.ValueSpec: // const use = "..."
				if len(n.Values) == 1 && strings.HasSuffix(strings.ToLower(n.Names[0].Name), "use") {
					complain(n.Values[0], expectations, "the expectation")
				}
			}
			return true
		})
	}
	if said < 400 {
		t.Errorf("only %d sentences were found in the source", said)
	}
}

// saidBy finds the sentences in a call that notes a mistake: package observe says the problem first, the others what was expected.
func saidBy(call *ast.CallExpr, where string) (problem, expected ast.Expr) {
	name, on := "", ""
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		name = f.Sel.Name
		if x, ok := f.X.(*ast.Ident); ok {
			on = x.Name
		}
	case *ast.Ident:
		name = f.Name
	}
	observe, lessons := where == "observe", where == "lessons" || where == "quiz"
	switch n := len(call.Args); {
	case lessons && name == "complain" && on == "t" && n >= 4, lessons && name == "at" && on != "w" && n >= 4:
		return call.Args[3], call.Args[2]
	case lessons && (name == "complain" || name == "problem" || name == "at" && on == "w") && n >= 3:
		return call.Args[2], call.Args[1]
	case lessons && name == "wrap" && on == "q": // of the question that it names first
		return &ast.BinaryExpr{X: &ast.BasicLit{Value: `"x "`}, Y: call.Args[0]}, &ast.Ident{Name: "none"}
	case lessons && name == "Errorf":
		return call.Args[0], &ast.Ident{Name: "none"}
	case lessons:
	case observe && name == "fail" && n == 3:
		return call.Args[1], call.Args[2]
	case !observe && name == "fail" && n >= 3, !observe && name == "whole" && n >= 3:
		return call.Args[2], call.Args[1]
	case !observe && name == "done" && n == 1:
		return &ast.Ident{Name: "none"}, call.Args[0]
	case !observe && name == "add" && n >= 4:
		return call.Args[3], call.Args[2]
	case !observe && name == "Errorf" && n >= 1:
		return call.Args[0], &ast.Ident{Name: "none"}
	}
	return nil, nil
}

// Sayings have as many places in Chinese as in English, and each of them once.
func TestSayingsFillTheSamePlaces(t *testing.T) {
	for _, list := range []func() []pattern{problems, expectations, things} {
		for _, p := range list() {
			for n := 1; n <= p.english.NumSubexp(); n++ {
				if strings.Count(p.chinese, "%"+strconv.Itoa(n))+strings.Count(p.chinese, "&"+strconv.Itoa(n)) != 1 {
					t.Errorf("%s: place %d in %q", p.english, n, p.chinese)
				}
			}
			if len(placeholder.FindAllString(p.chinese, -1)) != p.english.NumSubexp() {
				t.Errorf("%s: too many places in %q", p.english, p.chinese)
			}
		}
	}
}

// No saying stands behind a more general one, which would take its sentences.
func TestSpecialSayingsStandFirst(t *testing.T) {
	for _, list := range []func() []pattern{problems, expectations, things} {
		for i, p := range list() {
			sentence := strings.NewReplacer("(?s)^", "", "(.+?)", "x", `\\`, `\`, `\`, "").Replace(strings.TrimSuffix(p.english.String(), "$"))
			for _, q := range list()[:i] {
				if q.english.MatchString(sentence) {
					t.Errorf("%q is told by %q", sentence, q.english)
				}
			}
		}
	}
}

// A line that breaks off, wherever it does, is told of in Chinese.
func TestTheEndOfALineIsInChinese(t *testing.T) {
	for line := range strings.Lines(`link client server delay 10ms
limit time 1s
client sysctl tcp_syn_retries 2
client when server accept blocks: s = socket()
client connect(s, server:8080)
client write(s, 10 bytes)
drop client sends SYN after 10ms
inject 1ms after client sends SYN: 10.9.9.9:9 > client:8080 [S.] seq 1 ack 1 win 5 <mss 1460,sack {1:2},TS val 1 ecr 2>
`) {
		for n := range line {
			_, mistakes := Parse("f.tcp", []byte(line[:n]))
			if told := mistakes.Chinese(); strings.Contains(told, "end of the line") {
				t.Errorf("%q: %s", line[:n], told)
			}
		}
	}
}

// What is wrong, what was expected, and where, as a Chinese reader gets it; a mistake that is not in the lists is left in English.
func TestMistakesReadAsChinese(t *testing.T) {
	_, mistakes := Parse("f.tcp", []byte("server s = socket()\nserver wait 2\nserver clos(s)\nserver listen(s, 1\n"))
	want := "f.tcp:2:14: 时长 2 没有单位，应为数后面的 ns、us、ms、s、min 或 h\n" +
		"f.tcp:3:8: 没有 clos() 这个调用，是不是 close？\n" +
		"f.tcp:4:19: 第 14 列的 ( 没有配对，应为结束调用的 )"
	if got := mistakes.Chinese(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := Chinese(mistakes); got != want {
		t.Errorf("as an error:\n%s", got)
	}
	p, _ := Parse("f.tcp", []byte("client s = socket()\n"))
	_, err := observe.ParseMoment(p, "client sings")
	if got, want := Chinese(err), `"client sings" 第 8 列："sings" 不是事件，应为 enters STATE，`; !strings.HasPrefix(got, want) {
		t.Errorf("got %s, want %s...", got, want)
	}
	_, err = tcp.FindBook("bsd")
	if got, want := Chinese(err), `没有叫 "bsd" 的规则集；有 linux`; !strings.HasPrefix(got, want) {
		t.Errorf("got %s, want %s...", got, want)
	}
	for what, want := range map[string]string{
		`an item has no "anwser"`:                                                         `f: 一道题没有 "anwser"`,
		"name of a wrong answer of item syn-lost is empty":                                "f: 题目 syn-lost 的错误答案的 name 是空的",
		"item syn-lost has no title":                                                      "f: 题目 syn-lost 没有 title",
		"item a: its scenario, line 3: s is a variable of client: each host has its own":  "f: 题目 a：场景第 3 行：s 是 client 的变量，各台主机用各自的变量",
		`"one": there are too many blocks (in the run of what-if no-listener)`:            `f: "one"：块太多（「假如」no-listener 的运行）`,
		"the prediction \"a\" cannot be asked: its answer gives 3 (int), expected a time": `f: 预测 "a" 问不了：答案得到 3 (int)，应为时长`,
		"item a: nobody says this":                                                        "f: item a: nobody says this",
	} {
		e := Error{File: "f", Problem: what}
		if got := e.Chinese(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	e := Error{File: "lesson.yaml", Line: 3, Col: 1, Problem: "nobody says this", Expected: "another one"}
	if got, want := e.Chinese(), "lesson.yaml:3:1: nobody says this, expected another one"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

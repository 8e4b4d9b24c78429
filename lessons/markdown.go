package lessons

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// section is a step of the prose as it was written: a heading with its moment, and what follows it.
type section struct {
	title  string
	at     string // the moment
	whatIf string // ID of the what-if whose run it is for; "" for the lesson's own
	body   []draft
	ask    []directive // items asked here
	links  []directive // where its links point
	offset int         // of the heading in the file
	atPos  int         // of the moment in the file
}

// directive is a word of the prose that is not shown as it stands, and where it is written.
type directive struct {
	text   string
	offset int
}

// draft is a Block whose values are not filled in yet.
type draft struct {
	kind    BlockKind
	level   int
	ordered bool
	spans   []piece
	items   [][]draft
	lines   [][]piece
	rows    [][][]piece
}

// piece is a Span, or a value to be filled in, or the end of a line of the source.
type piece struct {
	Span
	expr   string // the value's expression; "" when there is none
	brk    bool
	offset int // in the file
}

// valueNode is {{...}} in the tree of goldmark.
type valueNode struct {
	ast.BaseInline
	inner string
	start int
}

var kindValue = ast.NewNodeKind("Value")

// Kind and Dump make it a node of the tree.
func (*valueNode) Kind() ast.NodeKind          { return kindValue }
func (n *valueNode) Dump(source []byte, l int) { ast.DumpHelper(n, source, l, nil, nil) }
func newMarkdown() goldmark.Markdown {
	return goldmark.New(goldmark.WithExtensions(extension.Table), goldmark.WithParserOptions(
		parser.WithHeadingAttribute(), parser.WithInlineParsers(util.Prioritized(valueParser{}, 50))))
}

// valueParser reads {{...}} before anything else does, so that the quotes, stars and underscores of an expression are its own.
type valueParser struct{}

// Trigger is the byte that a value begins with.
func (valueParser) Trigger() []byte { return []byte{'{'} }

// Parse takes a value off the line; what never ends is left as text, for the checks to complain about.
func (valueParser) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, at := block.PeekLine()
	n := valueLen(string(line))
	if n == 0 {
		return nil
	}
	block.Advance(n)
	return &valueNode{inner: string(line[2 : n-2]), start: at.Start}
}

// valueLen is the length of the {{...}} that s begins with; 0 when it begins with none.
func valueLen(s string) int {
	if !strings.HasPrefix(s, "{{") {
		return 0
	}
	quoted := false
	for i := 2; i < len(s); i++ {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case s[i] == '\n':
			return 0
		case !quoted && strings.HasPrefix(s[i:], "}}"):
			return i + 2
		}
	}
	return 0
}

// prose is a parsed en.md or zh.md.
type prose struct {
	file     file
	lang     Lang
	sections []section
	problems mistakes
}

// parseProse reads a prose file.
func parseProse(f file, l Lang) *prose {
	p := &prose{file: f, lang: l}
	root := newMarkdown().Parser().Parse(text.NewReader(f.text))
	for n := root.FirstChild(); n != nil; n = n.NextSibling() {
		if h, ok := n.(*ast.Heading); ok && h.Level == 2 {
			p.sections = append(p.sections, p.heading(h))
			continue
		}
		if len(p.sections) == 0 {
			p.complain(start(n), `## Title {at="MOMENT"}`, "there is text before the first step")
			break
		}
		s := &p.sections[len(p.sections)-1]
		if !p.predict(s, n) {
			if len(s.ask) > 0 {
				p.complain(start(n), "predictions at the end of their step", "there is text after a prediction")
			}
			s.body = append(s.body, p.blocks(s, n, 0)...)
		}
	}
	return p
}

// parseSnippet reads a few paragraphs of Markdown that stand alone: a what-if's `about`.
func parseSnippet(f file, l Lang) *prose {
	p := &prose{file: f, lang: l, sections: make([]section, 1)}
	root := newMarkdown().Parser().Parse(text.NewReader(f.text))
	s := &p.sections[0]
	for n := root.FirstChild(); n != nil; n = n.NextSibling() {
		s.body = append(s.body, p.blocks(s, n, 0)...)
	}
	return p
}

func (p *prose) complain(offset int, want, format string, args ...any) {
	p.problems = append(p.problems, p.file.problem(offset, want, format, args...))
}

// heading begins a step.
func (p *prose) heading(h *ast.Heading) section {
	s := section{offset: start(h)}
	s.title = strings.TrimSpace(plain(p.spans(&s, h, Plain)))
	for _, a := range h.Attributes() {
		value, ok := a.Value.([]byte)
		switch name := string(a.Name); {
		case !ok:
			p.complain(s.offset, "a quoted text", "the heading's %s is no text", name)
		case name == "at":
			s.at = string(value)
		case name == "whatif":
			s.whatIf = string(value)
		default:
			p.complain(s.offset, `at="MOMENT" or whatif="ID"`, "a step has no %q", name)
		}
	}
	line := p.file.text[max(s.offset, 0):] // a heading without a title has no place
	if end := bytes.IndexByte(line, '\n'); end >= 0 {
		line = line[:end]
	}
	s.atPos = max(s.offset, 0) + max(bytes.Index(line, []byte(`at="`))+len(`at="`), 0)
	if s.at == "" {
		s.atPos = s.offset
		p.complain(s.offset, `## Title {at="MOMENT"}`, "the step has no moment")
	}
	if s.title == "" {
		p.complain(s.offset, `## Title {at="MOMENT"}`, "the step has no title")
	}
	return s
}

// predict takes a paragraph that asks items and nothing else; it reports whether n was one.
func (p *prose) predict(s *section, n ast.Node) bool {
	if n.Kind() != ast.KindParagraph {
		return false
	}
	var ask []directive
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *valueNode:
			item, ok := predictItem(c.inner)
			if !ok {
				return false
			}
			ask = append(ask, directive{item, c.start})
		case *ast.Text:
			if strings.TrimSpace(string(c.Segment.Value(p.file.text))) != "" {
				return false
			}
		default:
			return false
		}
	}
	s.ask = append(s.ask, ask...)
	return len(ask) > 0
}

// predictItem is the item of `predict "item"`.
func predictItem(inner string) (item string, ok bool) {
	rest, ok := strings.CutPrefix(strings.TrimSpace(inner), "predict ")
	item = strings.Trim(strings.TrimSpace(rest), `"`)
	return item, ok && fmt.Sprintf("%q", item) == strings.TrimSpace(rest)
}

// start is the offset of a block's first line.
func start(n ast.Node) int {
	if n.Type() == ast.TypeBlock && n.Lines() != nil && n.Lines().Len() > 0 {
		return n.Lines().At(0).Start
	}
	if t, ok := n.(*ast.Text); ok {
		return t.Segment.Start
	}
	if n.FirstChild() != nil {
		return start(n.FirstChild())
	}
	return n.Pos()
}

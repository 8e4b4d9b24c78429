package lessons

import (
	"net/url"
	"strings"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/util"
)

const wantedBlocks = "paragraphs, ### headings, lists, tables and fenced code"

// blocks turns a block of the tree into drafts; depth is how many lists it lies in.
func (p *prose) blocks(s *section, n ast.Node, depth int) []draft {
	switch n := n.(type) {
	case *ast.Paragraph, *ast.TextBlock:
		return []draft{{kind: Paragraph, spans: p.spans(s, n, Plain)}}
	case *ast.Heading:
		if n.Level == 3 {
			return []draft{{kind: Heading, level: 2, spans: p.spans(s, n, Plain)}}
		}
		p.complain(start(n), "## for a step, ### within one", "a heading of level %d", n.Level)
	case *ast.List:
		d := draft{kind: ListBlock, level: depth, ordered: n.IsOrdered()}
		for item := n.FirstChild(); item != nil; item = item.NextSibling() {
			var blocks []draft
			for c := item.FirstChild(); c != nil; c = c.NextSibling() {
				blocks = append(blocks, p.blocks(s, c, depth+1)...)
			}
			d.items = append(d.items, blocks)
		}
		return []draft{d}
	case *ast.FencedCodeBlock:
		d := draft{kind: Code}
		for i := range n.Lines().Len() {
			line := n.Lines().At(i)
			d.lines = append(d.lines, p.raw(strings.TrimRight(string(line.Value(p.file.text)), "\r\n"), line.Start, Plain))
		}
		return []draft{d}
	case *east.Table:
		return []draft{p.table(s, n)}
	default:
		p.complain(start(n), wantedBlocks, "%s is not for lessons", strings.ToLower(n.Kind().String()))
	}
	return nil
}

func (p *prose) table(s *section, n *east.Table) draft {
	d := draft{kind: Table}
	for row := n.FirstChild(); row != nil; row = row.NextSibling() {
		var cells [][]piece
		for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
			cells = append(cells, p.spans(s, cell, Plain))
		}
		d.rows = append(d.rows, cells)
	}
	return d
}

// spans turns what is inside a block into pieces of one style or another; the innermost style wins.
func (p *prose) spans(s *section, parent ast.Node, style SpanStyle) []piece {
	var out []piece
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			words := string(util.UnescapePunctuations(n.Segment.Value(p.file.text)))
			out = append(out, piece{Span: Span{words, style}, offset: n.Segment.Start})
			if n.SoftLineBreak() || n.HardLineBreak() {
				out = append(out, piece{brk: true, Span: Span{Style: style}, offset: n.Segment.Stop})
			}
		case *ast.CodeSpan:
			var code strings.Builder
			for c := n.FirstChild(); c != nil; c = c.NextSibling() {
				code.Write(c.(*ast.Text).Segment.Value(p.file.text))
			}
			out = append(out, p.raw(strings.ReplaceAll(code.String(), "\n", " "), start(n), Mono)...)
		case *ast.Emphasis:
			inner := Em
			if n.Level == 2 {
				inner = Strong
			}
			out = append(out, p.spans(s, n, inner)...)
		case *ast.Link:
			s.links = append(s.links, directive{string(n.Destination), start(n)})
			out = append(out, p.spans(s, n, style)...)
		case *valueNode:
			out = append(out, p.value(n.inner, n.start)...)
		default:
			p.complain(start(parent), "text, **strong**, *em*, `code`, [links](lesson:ID) and {{values}}",
				"%s is not for lessons", strings.ToLower(n.Kind().String()))
		}
	}
	return out
}

// value is a value to be filled in.
func (p *prose) value(inner string, offset int) []piece {
	expr := strings.TrimSpace(inner)
	if item, ok := predictItem(inner); ok {
		p.complain(offset, "a paragraph of its own at the end of the step", "the prediction %q stands within a text", item)
		return nil
	}
	if expr == "" {
		p.complain(offset, "an expression: {{client.s.snd.nxt}}", "the value is empty")
		return nil
	}
	return []piece{{Span: Span{Style: Mono}, expr: expr, offset: offset}}
}

// raw is text in which nothing is Markdown but values.
func (p *prose) raw(s string, offset int, style SpanStyle) []piece {
	var out []piece
	from := 0
	for i := 0; i < len(s); i++ {
		n := valueLen(s[i:])
		if n == 0 {
			continue
		}
		if i > from {
			out = append(out, piece{Span: Span{s[from:i], style}, offset: offset + from})
		}
		out = append(out, p.value(s[i+2:i+n-2], offset+i)...)
		from = i + n
		i = from - 1
	}
	if from < len(s) || len(out) == 0 {
		out = append(out, piece{Span: Span{s[from:], style}, offset: offset + from})
	}
	return out
}

// plain is the text of pieces alone; a value is its expression in braces.
func plain(ps []piece) string {
	var b strings.Builder
	for _, p := range ps {
		switch {
		case p.brk:
			b.WriteByte('\n')
		case p.expr != "":
			b.WriteString("{{" + p.expr + "}}")
		default:
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

// walk calls f for every run of pieces in the drafts, in the order of reading.
func walk(ds []draft, f func(d *draft, ps []piece)) {
	for i := range ds {
		d := &ds[i]
		if len(d.spans) > 0 {
			f(d, d.spans)
		}
		for _, item := range d.items {
			walk(item, f)
		}
		for _, line := range d.lines {
			f(d, line)
		}
		for _, row := range d.rows {
			for _, cell := range row {
				f(d, cell)
			}
		}
	}
}

// target splits a link: "lesson:close" is lesson and close. Other than lesson, term and https there is nothing to link to.
func target(link string) (kind, id string, ok bool) {
	u, err := url.Parse(link)
	if err != nil {
		return "", "", false
	}
	switch u.Scheme {
	case "lesson", "term":
		return u.Scheme, u.Opaque, u.Opaque != ""
	case "https":
		return u.Scheme, link, u.Host != ""
	}
	return "", "", false
}

package quiz

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Problem is a mistake in a file: where it is, what is wrong and what belongs there.
type Problem struct {
	File      string
	Line, Col int // from 1; 0 when it is about the whole file
	What      string
	Expected  string // may be empty
}

// String is the problem in one line: file:line:col: what, expected.
func (p Problem) String() string {
	s := p.File
	if p.Line > 0 {
		s += ":" + strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Col)
	}
	s += ": " + p.What
	if p.Expected != "" {
		s += ", expected " + p.Expected
	}
	return s
}

// Problems are all mistakes of a file, in its order.
type Problems []Problem

// Error lists them, one a line.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i := range p {
		lines[i] = p[i].String()
	}
	return strings.Join(lines, "\n")
}

// place is a position in a file.
type place struct{ line, col int }

func placeOf(n ast.Node) place {
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return place{}
	}
	at := n.GetToken().Position
	return place{at.Line, max(at.Column, 1)} // a text of several lines has no column
}

// reader takes a YAML document apart and collects what is wrong with it.
type reader struct {
	file     string
	problems Problems
	refs     []ref // names the item at hand uses
}

func (r *reader) complain(at place, expected, what string, args ...any) {
	r.problems = append(r.problems, Problem{r.file, at.line, at.col, fmt.Sprintf(what, args...), expected})
}

// largest is how much of a file is read, bytes.
const largest = 256 << 10

// document parses the text; nil after a complaint.
func (r *reader) document(text []byte) ast.Node {
	if len(text) > largest {
		r.complain(place{}, fmt.Sprintf("at most %d", largest), "%d bytes of questions", len(text))
		return nil
	}
	file, err := parser.ParseBytes(text, 0)
	var syntax *yaml.SyntaxError
	if errors.As(err, &syntax) && syntax.Token != nil && syntax.Token.Position != nil {
		at := syntax.Token.Position
		r.complain(place{at.Line, at.Column}, "", "%s", syntax.Message)
		return nil
	}
	if err != nil {
		r.complain(place{}, "", "%s", firstLine(err.Error()))
		return nil
	}
	if len(file.Docs) != 1 || file.Docs[0].Body == nil {
		r.complain(place{}, "one", "%d documents with something in them", filled(file))
		return nil
	}
	return file.Docs[0].Body
}

func filled(f *ast.File) int {
	n := 0
	for _, d := range f.Docs {
		if d.Body != nil {
			n++
		}
	}
	return n
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// fields are a mapping's entries, to be asked for by name.
type fields struct {
	*reader
	at    place
	of    string // what it is, for complaints
	names []string
	nodes []ast.Node
}

// mapping takes a node as a mapping that has no other keys than those allowed (any, when none are named).
func (r *reader) mapping(n ast.Node, of string, allowed ...string) (f fields, ok bool) {
	f = fields{reader: r, at: placeOf(n), of: of}
	m, is := n.(ast.MapNode)
	if !is {
		r.complain(f.at, "a mapping: "+strings.Join(allowed, ", "), "%s is %s", of, kindOf(n))
		return f, false
	}
	for it := m.MapRange(); it.Next(); {
		name := it.Key().String()
		at := placeOf(it.Key())
		if f.at == (place{}) || at.line < f.at.line || at.line == f.at.line && at.col < f.at.col {
			f.at = at
		}
		switch {
		case slices.Contains(f.names, name):
			r.complain(at, "one", "%s has two %s", of, name)
			continue
		case len(allowed) > 0 && !slices.Contains(allowed, name):
			r.complain(at, strings.Join(allowed, ", "), "%s has no %q", of, name)
			continue
		}
		f.names = append(f.names, name)
		f.nodes = append(f.nodes, it.Value())
	}
	return f, true
}

// kindOf says what a node is, in words.
func kindOf(n ast.Node) string {
	switch n := n.(type) {
	case nil, *ast.NullNode:
		return "empty"
	case ast.MapNode:
		return "a mapping"
	case *ast.SequenceNode:
		return "a list"
	case *ast.LiteralNode, ast.ScalarNode:
		return "a text"
	default:
		return strings.ToLower(n.Type().String())
	}
}

// node is the entry of that name; nil when there is none.
func (f *fields) node(name string) ast.Node {
	if i := slices.Index(f.names, name); i >= 0 {
		return f.nodes[i]
	}
	return nil
}

// has reports whether the entry is there.
func (f *fields) has(name string) bool { return f.node(name) != nil }

// where is the place of an entry, or of the mapping when it has none of that name.
func (f *fields) where(name string) place {
	if n := f.node(name); n != nil {
		if l, ok := n.(*ast.LiteralNode); ok && l.Value != nil {
			return placeOf(l.Value)
		}
		return placeOf(n)
	}
	return f.at
}

// text is the entry as a text; it must be there and not be empty.
func (f *fields) text(name string) string {
	n := f.node(name)
	if n == nil {
		f.complain(f.at, name+": …", "%s has no %s", f.of, name)
		return ""
	}
	s, ok := scalar(n)
	if !ok || strings.TrimSpace(s) == "" {
		f.complain(placeOf(n), "a text", "%s of %s is %s", name, f.of, kindOf(n))
		return ""
	}
	f.refer(s, f.where(name))
	return strings.TrimRight(s, "\n")
}

// optional is the entry as a text, if it is there.
func (f *fields) optional(name string) string {
	if !f.has(name) {
		return ""
	}
	return f.text(name)
}

// scalar is a node as the text it was written as.
func scalar(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.StringNode:
		return n.Value, true
	case *ast.NullNode, *ast.MergeKeyNode:
		return "", false
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return n.GetToken().Value, true
	}
	return "", false
}

// list is the entry as a list; a complaint and nothing when it is something else.
func (f *fields) list(name string) []ast.Node {
	n := f.node(name)
	if n == nil {
		return nil
	}
	s, ok := n.(*ast.SequenceNode)
	if !ok {
		f.complain(placeOf(n), "a list", "%s of %s is %s", name, f.of, kindOf(n))
		return nil
	}
	return s.Values
}

// unspaced finds the spaces that folding lines has put next to a full-width sign or between two Chinese characters.
var unspaced = regexp.MustCompile(`([，。、；：？！「」『』（）《》…—]) +| +([，。、；：？！「」『』（）《》…—])`)

// both is a text in two languages that stands in the mapping as en and zh.
func (f *fields) both() Text {
	t := Text{f.text("en"), unspaced.ReplaceAllString(f.text("zh"), "$1$2")}
	f.prose(t.English, f.where("en"))
	f.prose(t.Chinese, f.where("zh"))
	return t
}

// texts is an entry that is a mapping of en and zh.
func (f *fields) texts(name string) Text {
	n := f.node(name)
	if n == nil {
		f.complain(f.at, name+": {en: …, zh: …}", "%s has no %s", f.of, name)
		return Text{}
	}
	if g, ok := f.mapping(n, name+" of "+f.of, "en", "zh"); ok {
		return g.both()
	}
	return Text{}
}

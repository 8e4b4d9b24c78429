package observe

import (
	"slices"
	"strconv"
	"strings"

	"github.com/expr-lang/expr/ast"

	"tcptutor/tcp"
)

// call checks the texts that a function of ours is given, as far as they are written out.
func (s *survey) call(f *ast.IdentifierNode, args []ast.Node) error {
	texts := make([]*ast.StringNode, len(args))
	for i := range args {
		texts[i], _ = args[i].(*ast.StringNode)
	}
	text := func(i int) *ast.StringNode {
		if i < len(texts) {
			return texts[i]
		}
		return nil
	}
	switch f.Value {
	case "count", "total", "at", "step", "seg":
		return s.moment(text(0), f.Value == "seg")
	case "between":
		if err := s.moment(text(0), false); err != nil {
			return err
		}
		return s.moment(text(1), false)
	case "value_at":
		if err := s.moment(text(0), false); err != nil {
			return err
		}
		return s.nested(text(1))
	case "sysctl":
		return s.sysctl(text(0), text(1))
	case "book":
		return s.book(text(0))
	}
	if !slices.Contains(functionNames, f.Value) {
		return s.fail(f.Location().From, "there is no function "+f.Value, OneOf(f.Value, functionNames))
	}
	return nil
}

// inside moves an error in a text to its place in the expression; escapes in the text are not undone.
func (s *survey) inside(n *ast.StringNode, err error) error {
	mine, ok := err.(*Error)
	if !ok {
		return s.fail(n.Location().From, err.Error(), "")
	}
	const quote = 1
	return s.fail(n.Location().From+quote+len([]rune(mine.Text[:min(mine.Pos, len(mine.Text))])), mine.Problem, mine.Expected)
}

func (s *survey) moment(n *ast.StringNode, segment bool) error {
	if n == nil {
		return nil
	}
	m, err := ParseMoment(s.p, n.Value)
	if err != nil {
		return s.inside(n, err)
	}
	if segment && !aboutSegment(m) {
		return s.fail(n.Location().From, strconv.Quote(n.Value)+" names no segment", "WHO sends, gets or loses SEGMENT")
	}
	return nil
}

func (s *survey) nested(n *ast.StringNode) error {
	if n == nil {
		return nil
	}
	if _, err := compile(s.p, n.Value, s.depth+1); err != nil {
		return s.inside(n, err)
	}
	return nil
}

func (s *survey) sysctl(who, knob *ast.StringNode) error {
	if who == nil || knob == nil {
		return nil
	}
	if !slices.Contains(hostNames(s.p), who.Value) {
		return s.fail(who.Location().From, "no host is called "+who.Value, OneOf(who.Value, hostNames(s.p)))
	}
	if _, ok := tcp.ParseSysctl(knob.Value); !ok {
		var known []string
		for k := range tcp.Knobs {
			known = append(known, tcp.Knobs[k].Name)
		}
		return s.fail(knob.Location().From, "no sysctl is called "+knob.Value, OneOf(knob.Value, known))
	}
	return nil
}

func (s *survey) book(n *ast.StringNode) error {
	if n == nil {
		return nil
	}
	if _, err := tcp.FindBook(n.Value); err != nil {
		problem, expected, _ := strings.Cut(err.Error(), "; there are ")
		if expected != "" {
			expected = "one of " + expected
		}
		return s.fail(n.Location().From, problem, expected)
	}
	return nil
}

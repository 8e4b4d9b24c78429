package observe

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/builtin"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/types"
	"github.com/expr-lang/expr/vm"

	"tcptutor/tcp/sim"
)

// maxText is the longest expression, in bytes.
const maxText = 2000

// compiled is an expression made ready for the programs with certain names.
type compiled struct {
	text    string
	program *vm.Program
	uses    []use
}

// cache keeps what has been compiled, by names and text. Compiling costs some hundred times what running does.
var cache struct {
	sync.Mutex
	entries map[string]*compiled
}

// maxCache bounds the cache; it is emptied when it is full, which a program with its lessons never sees.
const maxCache = 4096

// compile makes an expression ready, or says what is wrong with it.
func compile(p *sim.Program, text string, depth int) (*compiled, error) {
	key := names(p) + "\n" + text
	cache.Lock()
	c := cache.entries[key]
	cache.Unlock()
	if c != nil && depth <= maxDepth {
		return c, nil
	}
	c = &compiled{text: text}
	if err := c.make(p, depth); err != nil {
		return nil, err
	}
	cache.Lock()
	defer cache.Unlock()
	if cache.entries == nil || len(cache.entries) >= maxCache {
		cache.entries = map[string]*compiled{}
	}
	cache.entries[key] = c
	return c, nil
}

// names is what an expression can depend on: hosts and variables.
func names(p *sim.Program) string {
	var b strings.Builder
	for i := range p.Hosts {
		b.WriteString(p.Hosts[i].Name + " ")
	}
	for _, v := range p.Vars {
		b.WriteString(strconv.Itoa(v.Host) + v.Name + " ")
	}
	return b.String()
}

func (c *compiled) make(p *sim.Program, depth int) error {
	switch {
	case strings.TrimSpace(c.text) == "":
		return &Error{c.text, 0, "there is no expression", "a value such as client.s.state"}
	case len(c.text) > maxText:
		return &Error{"", 0, "the expression has " + strconv.Itoa(len(c.text)) + " bytes", "at most " + strconv.Itoa(maxText)}
	case depth > maxDepth:
		return &Error{c.text, 0, "value_at stands inside value_at too often", ""}
	}
	config := conf.CreateNew()
	for _, name := range builtin.Names {
		config.Disabled[name] = !slices.Contains(keptBuiltins, name)
	}
	for _, name := range ownFunctions { // as the environment will: else count( would be read as the library's
		config.Functions[name] = new(builtin.Function)
	}
	tree, err := parser.ParseWithConfig(c.text, config)
	if err != nil {
		return c.located(err)
	}
	s := &survey{p: p, c: c, depth: depth, inner: map[ast.Node]bool{}}
	ast.Walk(&tree.Node, s)
	if err := s.check(); err != nil {
		return err
	}
	options := []expr.Option{expr.Env(s.types()), expr.DisableAllBuiltins()}
	for _, name := range keptBuiltins {
		options = append(options, expr.EnableBuiltin(name))
	}
	c.program, err = expr.Compile(c.text, options...)
	if err != nil {
		return c.located(err)
	}
	return nil
}

// located turns an error of the expression library into one of ours.
func (c *compiled) located(err error) error {
	var mine *Error
	if errors.As(err, &mine) {
		return mine
	}
	var at *file.Error
	if !errors.As(err, &at) {
		return &Error{c.text, 0, err.Error(), ""}
	}
	pos := 0
	for n := 0; n < at.From && pos < len(c.text); n++ {
		_, size := utf8.DecodeRuneInString(c.text[pos:])
		pos += size
	}
	message := at.Message
	if at.Prev != nil {
		message = at.Prev.Error()
	}
	return &Error{c.text, pos, message, ""}
}

// survey goes through an expression's tree and collects what it speaks of.
type survey struct {
	p      *sim.Program
	c      *compiled
	depth  int
	inner  map[ast.Node]bool // nodes that are the beginning of a longer chain
	chains []chain
	err    error
}

// chain is HOST.NAME.NAME.
type chain struct {
	node  ast.Node
	steps []string
	at    []int // where each step stands
}

// Visit is called for children before their parents.
func (s *survey) Visit(n *ast.Node) {
	switch x := (*n).(type) {
	case *ast.IdentifierNode:
		s.chains = append(s.chains, chain{x, []string{x.Value}, []int{x.Location().From}})
	case *ast.MemberNode:
		name, ok := x.Property.(*ast.StringNode)
		i := slices.IndexFunc(s.chains, func(c chain) bool { return c.node == x.Node })
		if !ok || i < 0 {
			return
		}
		s.inner[x.Node] = true
		from := s.chains[i]
		s.chains = append(s.chains, chain{x, append(slices.Clone(from.steps), name.Value), append(slices.Clone(from.at), name.Location().From)})
	case *ast.CallNode:
		s.inner[x.Callee] = true
		if f, ok := x.Callee.(*ast.IdentifierNode); ok && s.err == nil {
			s.err = s.call(f, x.Arguments)
		}
	}
}

// check settles every chain that begins with a host, and finds the names that nothing has.
func (s *survey) check() error {
	if s.err != nil {
		return s.err
	}
	for _, ch := range s.chains {
		if s.inner[ch.node] {
			continue
		}
		if err := s.chain(ch); err != nil {
			return err
		}
	}
	return nil
}

func (s *survey) fail(at int, problem, expected string) error {
	return s.c.shift(&Error{Pos: at, Problem: problem, Expected: expected})
}

// shift gives an error whose place counts characters its place in bytes.
func (c *compiled) shift(e *Error) error {
	runes := []rune(c.text)
	e.Text, e.Pos = c.text, len(string(runes[:min(max(e.Pos, 0), len(runes))]))
	return e
}

func (s *survey) chain(ch chain) error {
	first := ch.steps[0]
	h := slices.Index(hostNames(s.p), first)
	if h < 0 {
		if first == "now" || strings.HasPrefix(first, "#") || strings.HasPrefix(first, "$") {
			return nil
		}
		known := append(hostNames(s.p), functionNames...)
		return s.fail(ch.at[0], "nothing is called "+first, OneOf(first, known))
	}
	u := use{path: strings.Join(ch.steps, "."), host: h}
	fields, rest, at := hostFields, ch.steps[1:], ch.at[1:]
	if len(rest) > 0 && (slices.Contains(varNames(s.p, h), rest[0]) || childName.MatchString(rest[0])) {
		u.sock, fields, rest, at = rest[0], sockFields, rest[1:], at[1:]
	}
	path := strings.Join(rest, ".")
	for i := range fields {
		if fields[i].Path == path {
			u.field = &fields[i]
			s.c.uses = append(s.c.uses, u)
			return nil
		}
	}
	return s.noField(ch, fields, u, rest, at)
}

// noField says how far the names made sense, and what could have followed.
func (s *survey) noField(ch chain, fields []Field, u use, rest []string, at []int) error {
	good, known := 0, []string(nil)
	for {
		prefix := strings.Join(rest[:good], ".")
		known = nil
		for _, f := range fields {
			tail, ok := strings.CutPrefix(f.Path, prefix)
			if tail = strings.TrimPrefix(tail, "."); ok && (prefix == "" || f.Path[len(prefix):] != tail) && tail != "" {
				next, _, _ := strings.Cut(tail, ".")
				if !slices.Contains(known, next) {
					known = append(known, next)
				}
			}
		}
		if good == len(rest) || !slices.Contains(known, rest[good]) {
			break
		}
		good++
	}
	if u.sock == "" && good == 0 {
		known = append(varNames(s.p, u.host), known...)
	}
	whole := strings.Join(ch.steps[:len(ch.steps)-len(rest)+good], ".")
	if good == len(rest) {
		return s.fail(ch.at[0], whole+" is not a value by itself", whole+". and one of "+strings.Join(known, ", "))
	}
	return s.fail(at[good], whole+" has no "+rest[good], OneOf(rest[good], known))
}

// types is the environment's type: strict, so that a misspelt name is a mistake before anything runs.
func (s *survey) types() types.Map {
	m := types.Map{
		"now": durationType, "count": types.TypeOf(func(string) (int, error) { return 0, nil }),
		"seconds": types.TypeOf(time.Duration.Seconds), "milliseconds": types.TypeOf(milliseconds), "book": types.TypeOf(findBook),
		"between":  types.TypeOf(func(string, string) (time.Duration, error) { return 0, nil }),
		"seg":      types.TypeOf(func(string) (segmentView, error) { return segmentView{}, nil }),
		"sysctl":   types.TypeOf(func(string, string) (int, error) { return 0, nil }),
		"value_at": types.TypeOf(func(string, string) (any, error) { return nil, nil }),
		"at":       types.TypeOf(func(string) (time.Duration, error) { return 0, nil }),
	}
	m["total"], m["step"] = m["count"], m["count"]
	for _, u := range s.c.uses {
		at, path := m, strings.Split(u.path, ".")
		for _, step := range path[:len(path)-1] {
			next, ok := at[step].(types.Map)
			if !ok {
				next = types.Map{}
				at[step] = next
			}
			at = next
		}
		at[path[len(path)-1]] = u.field.typ
	}
	return m
}

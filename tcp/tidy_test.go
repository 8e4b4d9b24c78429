package tcp_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// The style of the whole module is a test, so that `go test ./...` is the only command anybody needs. Each rule is a function from
// parsed files to complaints; TestTidyRulesCanFail shows every one of them a bad source that it must reject.

const (
	module       = "tcptutor"
	functionSize = 70  // a function has fewer lines than this, its signature and closing brace counted
	fileSize     = 500 // a file has fewer lines than this
)

// below says which packages stand directly under each package: it may import those and whatever stands under them. "." is main.
var below = map[string][]string{
	"tcp/source":            nil,
	"tcp":                   {"tcp/source"},
	"tcp/wire":              {"tcp"},
	"tcp/host":              {"tcp"},
	"tcp/sim":               {"tcp/host"},
	"tcp/observe":           {"tcp/sim"},
	"tcp/scenario":          {"tcp/observe"},
	"tcp/scenario/generate": {"tcp/scenario"},
	"tcp/trace":             {"tcp/scenario", "tcp/wire"},
	"tcp/packetdrill":       {"tcp/trace"},
	"tcp/kernel":            {"tcp/trace"},
	"tcp/verify":            {"tcp/kernel"},
	"tcp/explore":           {"tcp/trace"},
	"quiz/progress":         nil,
	"quiz":                  {"tcp/packetdrill", "tcp/verify", "tcp/explore", "quiz/progress"},
	"lessons":               {"quiz"},
	"tui/cell":              nil,
	"tui/look":              {"tui/cell"},
	"tui":                   {"lessons", "tui/look"},
	"tui/study":             {"tui"},
	"tui/cli":               {"tui/study"},
	".":                     {"tui/cli"},
}

// pure are the packages whose results depend on nothing but their arguments.
var pure = []string{"tcp", "tcp/host", "tcp/sim"}

// tidyRules are the rules by name; the name is the subtest's.
var tidyRules = map[string]func([]source) []string{
	"imports point one way":                 importRule,
	"functions are short":                   functionRule,
	"files are short":                       fileRule,
	"nothing is put off":                    laterRule,
	"exported names are documented":         documentRule,
	"the engine is pure":                    pureRule,
	"packages explain themselves in doc.go": docFileRule,
}

// source is one parsed Go file.
type source struct {
	path  string // from the module's root, slashes
	dir   string // its package's directory, "." for the root
	lines int
	set   *token.FileSet
	ast   *ast.File
}

func (s source) test() bool { return strings.HasSuffix(s.path, "_test.go") }

// complain words a complaint the way compilers do.
func (s source) complain(at token.Pos, format string, args ...any) string {
	return fmt.Sprintf("%s:%d: %s", s.path, s.set.Position(at).Line, fmt.Sprintf(format, args...))
}

func parseSource(name string, text []byte) (source, error) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return source{}, err
	}
	lines := strings.Count(string(text), "\n")
	return source{path: name, dir: path.Dir(name), lines: lines, set: set, ast: file}, nil
}

// moduleSources parses every Go file the go command would see, once for all tests.
var moduleSources = sync.OnceValues(func() ([]source, error) {
	root, err := moduleRoot()
	if err != nil {
		return nil, err
	}
	var all []source
	err = filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := entry.Name()
		if entry.IsDir() {
			if name != root && (base == "testdata" || base[0] == '.' || base[0] == '_') {
				return filepath.SkipDir
			}
			return nil
		}
		if filepath.Ext(base) != ".go" || base[0] == '.' || base[0] == '_' {
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		parsed, err := parseSource(filepath.ToSlash(relative), text)
		if err != nil {
			return err
		}
		all = append(all, parsed)
		return nil
	})
	return all, err
})

func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", fmt.Errorf("no go.mod above the test's directory")
		}
		dir = parent
	}
}

func TestTidy(t *testing.T) {
	all, err := moduleSources()
	if err != nil {
		t.Fatal(err)
	}
	for name, rule := range tidyRules {
		t.Run(name, func(t *testing.T) {
			for _, complaint := range rule(all) {
				t.Error(complaint)
			}
		})
	}
}

// stands reports whether one package stands somewhere under another.
func stands(under, over string) bool {
	for _, direct := range below[over] {
		if direct == under || stands(under, direct) {
			return true
		}
	}
	return false
}

// importRule holds the house together: a package imports only what stands under it. An external test package looks at its subject from
// outside and may use whatever it needs to set the subject up.
func importRule(all []source) (complaints []string) {
	for _, s := range all {
		if _, known := below[s.dir]; !known {
			complaints = append(complaints, s.complain(s.ast.Package,
				"package %s has no place in the house: add it to the table `below` with what it may import", s.dir))
			continue
		}
		if strings.HasSuffix(s.ast.Name.Name, "_test") {
			continue
		}
		for _, spec := range s.ast.Imports {
			name, _ := strconv.Unquote(spec.Path.Value)
			name, inside := strings.CutPrefix(name, module+"/")
			if inside && !stands(name, s.dir) {
				complaints = append(complaints, s.complain(spec.Pos(), "%s imports %s, which does not stand under it", s.dir, name))
			}
		}
	}
	return complaints
}

func functionRule(all []source) (complaints []string) {
	for _, s := range all {
		if ast.IsGenerated(s.ast) {
			continue
		}
		ast.Inspect(s.ast, func(n ast.Node) bool {
			name := "a function literal"
			switch n := n.(type) {
			case *ast.FuncDecl:
				name = n.Name.Name
			case *ast.FuncLit:
			default:
				return true
			}
			if lines := s.set.Position(n.End()).Line - s.set.Position(n.Pos()).Line + 1; lines >= functionSize {
				complaints = append(complaints, s.complain(n.Pos(), "%s has %d lines, want under %d", name, lines, functionSize))
			}
			return true
		})
	}
	return complaints
}

func fileRule(all []source) (complaints []string) {
	for _, s := range all {
		if s.lines >= fileSize && !ast.IsGenerated(s.ast) {
			complaints = append(complaints, s.complain(s.ast.Package, "file has %d lines, want under %d", s.lines, fileSize))
		}
	}
	return complaints
}

// laterRule finds the words people leave where work was put off.
func laterRule(all []source) (complaints []string) {
	for _, s := range all {
		for _, group := range s.ast.Comments {
			for _, c := range group.List {
				for _, word := range []string{"TODO", "FIXME", "XXX"} {
					if strings.Contains(c.Text, word) {
						complaints = append(complaints, s.complain(c.Pos(), "comment says %s: do it, or say in the docs what is not modelled", word))
					}
				}
			}
		}
	}
	return complaints
}

func documentRule(all []source) (complaints []string) {
	for _, s := range all {
		if s.test() || ast.IsGenerated(s.ast) {
			continue
		}
		for _, decl := range s.ast.Decls {
			for _, name := range undocumented(decl) {
				complaints = append(complaints, s.complain(name.Pos(), "%s is exported and has no comment", name.Name))
			}
		}
	}
	return complaints
}

// undocumented returns the exported names of a declaration that no comment explains. The comment of a group speaks for its constants and
// variables, not for its types.
func undocumented(decl ast.Decl) (names []*ast.Ident) {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		if d.Doc == nil && d.Name.IsExported() && exportedReceiver(d) {
			names = append(names, d.Name)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				alone := !d.Lparen.IsValid() && d.Doc != nil
				if spec.Name.IsExported() && spec.Doc == nil && spec.Comment == nil && !alone {
					names = append(names, spec.Name)
				}
			case *ast.ValueSpec:
				if d.Doc != nil || spec.Doc != nil || spec.Comment != nil {
					continue
				}
				for _, name := range spec.Names {
					if name.IsExported() {
						names = append(names, name)
					}
				}
			}
		}
	}
	return names
}

// exportedReceiver reports whether a function is reachable from outside: no method, or a method of an exported type.
func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	t := d.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		case *ast.Ident:
			return x.IsExported()
		default:
			return true
		}
	}
}

// pureRule keeps the wall clock, chance, concurrency and the order of map iteration out of everything that reaches an engine result.
// A map type is refused altogether: what is not there is not ranged over.
func pureRule(all []source) (complaints []string) {
	for _, s := range all {
		if s.test() || !slices.Contains(pure, s.dir) {
			continue
		}
		for _, spec := range s.ast.Imports {
			switch name, _ := strconv.Unquote(spec.Path.Value); name {
			case "math/rand", "math/rand/v2", "crypto/rand", "maps":
				complaints = append(complaints, s.complain(spec.Pos(), "imports %s: an engine result must follow from its inputs", name))
			case "time":
				if spec.Name != nil {
					complaints = append(complaints, s.complain(spec.Pos(), "renames time: the wall clock must be visible to this test"))
				}
			}
		}
		ast.Inspect(s.ast, func(n ast.Node) bool {
			if what := impure(n); what != "" {
				complaints = append(complaints, s.complain(n.Pos(), "%s: an engine result must follow from its inputs", what))
			}
			return true
		})
	}
	return complaints
}

// impure names what makes a node's result depend on more than its inputs, or is empty.
func impure(n ast.Node) string {
	switch n := n.(type) {
	case *ast.GoStmt:
		return "starts a goroutine"
	case *ast.SelectStmt:
		return "selects among channels"
	case *ast.MapType:
		return "has a map"
	case *ast.SelectorExpr:
		clock := []string{"Now", "Since", "Until", "After", "AfterFunc", "Sleep", "Tick", "NewTimer", "NewTicker"}
		if x, ok := n.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains(clock, n.Sel.Name) {
			return "reads the wall clock (time." + n.Sel.Name + ")"
		}
	}
	return ""
}

// docFileRule wants each package's essay where readers look for it. Package main has no doc.go: main.go only names the commands.
func docFileRule(all []source) (complaints []string) {
	home := func(dir string) string {
		if dir == "." {
			return "main.go"
		}
		return path.Join(dir, "doc.go")
	}
	explained := map[string]bool{}
	for _, s := range all {
		if s.path == home(s.dir) && s.ast.Doc != nil {
			explained[s.dir] = true
		}
	}
	for _, s := range all {
		if !s.test() && !explained[s.dir] {
			explained[s.dir] = true // one complaint a package
			complaints = append(complaints, fmt.Sprintf("%s: package has no comment there", home(s.dir)))
		}
	}
	return complaints
}

// Every rule rejects a source made to break it, and all rules accept one that breaks none.
func TestTidyRulesCanFail(t *testing.T) {
	long := strings.Repeat("\tprintln()\n", functionSize-2)
	for _, bad := range []struct{ rule, path, text, want string }{
		{"imports point one way", "tcp/host/a.go", "package host\nimport _ \"tcptutor/tcp/sim\"\n", "tcp/host/a.go:2: tcp/host imports tcp/sim"},
		{"imports point one way", "tcp/wire/a.go", "package wire\nimport _ \"tcptutor/tcp/host\"\n", "tcp/wire imports tcp/host"},
		{"imports point one way", "tcp/cake/a.go", "package cake\n", "package tcp/cake has no place"},
		{"imports point one way", "tui/a.go", "package tui\nimport _ \"tcptutor/tcp/cake\"\n", "tui imports tcp/cake"},
		{"functions are short", "tcp/a_test.go", "package tcp\nfunc f() {\n" + long + "}\n", "f has 70 lines"},
		{"functions are short", "tcp/a.go", "package tcp\nvar f = func() {\n" + long + "}\n", "a function literal has 70 lines"},
		{"files are short", "tcp/a.go", "package tcp\n" + strings.Repeat("\n", fileSize-1), "file has 500 lines"},
		{"nothing is put off", "tcp/a.go", "package tcp\n// TODO: later\n", "tcp/a.go:2: comment says TODO"},
		{"nothing is put off", "tcp/a.go", "package tcp\nvar x int /* FIXME */\n", "comment says FIXME"},
		{"exported names are documented", "quiz/a.go", "package quiz\nfunc F() {}\n", "F is exported"},
		{"exported names are documented", "quiz/a.go", "package quiz\n// T is.\ntype T[V any] struct{}\nfunc (*T[V]) M() {}\n", "M is exported"},
		{"exported names are documented", "quiz/a.go", "package quiz\n// Types.\ntype (\n\tT int\n)\n", "T is exported"},
		{"exported names are documented", "quiz/a.go", "package quiz\nconst (\n\tA = 1 // one\n\tB = 2\n)\n", "B is exported"},
		{"the engine is pure", "tcp/sim/a.go", "package sim\nimport \"time\"\nvar now = time.Now\n", "(time.Now)"},
		{"the engine is pure", "tcp/sim/a.go", "package sim\nimport . \"time\"\n", "renames time"},
		{"the engine is pure", "tcp/host/a.go", "package host\nimport _ \"math/rand/v2\"\n", "imports math/rand/v2"},
		{"the engine is pure", "tcp/host/a.go", "package host\nimport _ \"crypto/rand\"\n", "imports crypto/rand"},
		{"the engine is pure", "tcp/a.go", "package tcp\nfunc f() { go f() }\n", "starts a goroutine"},
		{"the engine is pure", "tcp/a.go", "package tcp\nfunc f() { select {} }\n", "selects among channels"},
		{"the engine is pure", "tcp/a.go", "package tcp\nvar m map[string]int\n", "has a map"},
		{"packages explain themselves in doc.go", "lessons/a.go", "// Package lessons is.\npackage lessons\n", "lessons/doc.go: package has no comment"},
		{"packages explain themselves in doc.go", "main.go", "package main\n", "main.go: package has no comment"},
	} {
		s, err := parseSource(bad.path, []byte(bad.text))
		if err != nil {
			t.Fatal(err)
		}
		got := tidyRules[bad.rule]([]source{s})
		if len(got) != 1 || !strings.Contains(got[0], bad.want) {
			t.Errorf("%s: on %q: complaints %q, want one with %q", bad.rule, bad.path, got, bad.want)
		}
	}
}

func TestTidyRulesAcceptTidySource(t *testing.T) {
	const text = "// Package host is.\npackage host\n\nimport (\n\t\"time\"\n\n\t_ \"tcptutor/tcp\"\n\t_ \"tcptutor/tcp/source\"\n)\n\n" +
		"// D is a duration.\nconst D = time.Second\n\ntype t struct{}\n\nfunc (t) M() {}\n"
	s, err := parseSource("tcp/host/doc.go", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	for name, rule := range tidyRules {
		if got := rule([]source{s}); len(got) != 0 {
			t.Errorf("%s: %q", name, got)
		}
	}
}

package lessons

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"tcptutor/tcp/scenario"
)

// spec is lesson.yaml.
type spec struct {
	ID      string       `yaml:"id"`
	Order   int          `yaml:"order"`
	Needs   []string     `yaml:"needs"`
	Title   Text         `yaml:"title"`
	Summary Text         `yaml:"summary"`
	WhatIfs []whatIfSpec `yaml:"whatifs"`

	file file
	tree *ast.File // for positions; nil when the text is no YAML
}

// whatIfSpec is a what-if as lesson.yaml has it.
type whatIfSpec struct {
	ID      string `yaml:"id"`
	Title   Text   `yaml:"title"`
	About   Text   `yaml:"about"`   // Markdown, no values
	Patch   string `yaml:"patch"`   // in the language of scenario.Apply
	Changes string `yaml:"changes"` // an expression that has another value at the end of the changed run
}

func (s *spec) info() Info {
	return Info{ID: s.ID, Order: s.Order, Needs: s.Needs, Title: s.Title, Summary: s.Summary}
}

// parseSpec reads a lesson.yaml. What it could read is returned with the problems, too.
func parseSpec(f file) (*spec, mistakes) {
	s := &spec{file: f}
	if err := yaml.UnmarshalWithOptions(f.text, s, yaml.Strict()); err != nil {
		return s, mistakes{yamlProblem(f, err)}
	}
	s.tree, _ = parser.ParseBytes(f.text, 0)
	return s, s.validate()
}

// yamlProblem words an error of the YAML library.
func yamlProblem(f file, err error) scenario.Error {
	const want = "the fields that the documentation of package lessons lists"
	var at yaml.Error
	if !errors.As(err, &at) {
		return f.problem(-1, want, "%s", err)
	}
	if t := at.GetToken(); t != nil && t.Position != nil {
		return f.at(t.Position.Line, t.Position.Column, want, "%s", at.GetMessage())
	}
	return f.problem(-1, want, "%s", at.GetMessage())
}

// problem points at a field, "$.whatifs[0].patch"; where it is absent, at the file.
func (s *spec) problem(field, want, format string, args ...any) scenario.Error {
	if at, err := yaml.PathString(field); err == nil && s.tree != nil {
		if node, err := at.FilterFile(s.tree); err == nil && node != nil && node.GetToken() != nil {
			place := node.GetToken().Position
			return s.file.at(place.Line, place.Column, want, format, args...)
		}
	}
	return s.file.problem(-1, want, format, args...)
}

// within moves a mistake that was found in the value of a field to its place in the file. Line is the field's: a value in a block (field: |)
// begins on the next one, as far in as that line is.
func (s *spec) within(field string, line int, e *scenario.Error) scenario.Error {
	lines := strings.Split(string(s.file.text), "\n")
	if line < 1 || line+e.Line > len(lines) || !strings.HasSuffix(strings.TrimSpace(lines[line-1]), "|") {
		return s.problem(field, e.Expected, "%s", e.Problem)
	}
	text := lines[line] // the value's first line says how far in it stands
	indent := len(text) - len(strings.TrimLeft(text, " "))
	return s.file.at(line+e.Line, indent+e.Col, e.Expected, "%s", e.Problem)
}

// validate checks what needs no run.
func (s *spec) validate() mistakes {
	var ps mistakes
	if folder := path.Base(path.Dir(s.file.name)); s.ID != folder {
		ps = append(ps, s.problem("$.id", fmt.Sprintf("%q, the folder's name", folder), "the id is %q", s.ID))
	}
	if s.Order < 1 {
		ps = append(ps, s.problem("$.order", "the lesson's place in the course, from 1", "order is %d", s.Order))
	}
	ps = append(ps, s.bilingual("$.title", s.Title)...)
	ps = append(ps, s.bilingual("$.summary", s.Summary)...)
	seen := map[string]bool{}
	for i, w := range s.WhatIfs {
		field := fmt.Sprintf("$.whatifs[%d]", i)
		if w.ID == "" || seen[w.ID] {
			ps = append(ps, s.problem(field+".id", "a name of its own", "the what-if's id %q is missing or taken", w.ID))
		}
		seen[w.ID] = true
		ps = append(ps, s.bilingual(field+".title", w.Title)...)
		ps = append(ps, s.bilingual(field+".about", w.About)...)
		if strings.TrimSpace(w.Patch) == "" {
			ps = append(ps, s.problem(field+".patch", "lines that change the scenario", "what-if %q has no patch", w.ID))
		}
		if strings.TrimSpace(w.Changes) == "" {
			ps = append(ps, s.problem(field+".changes", "an expression whose value the patch changes", "what-if %q does not say what changes", w.ID))
		}
	}
	return ps
}

// bilingual wants a text in every language.
func (s *spec) bilingual(field string, t Text) mistakes {
	var ps mistakes
	for l := range NumLangs {
		if strings.TrimSpace(t.In(l)) == "" {
			ps = append(ps, s.problem(field, "en and zh", "%s has no %s", strings.TrimPrefix(field, "$."), l))
		}
	}
	return ps
}

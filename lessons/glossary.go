package lessons

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"tcptutor/tcp/scenario"
)

// Term is a word of the lessons.
type Term struct {
	ID      string `yaml:"id"`
	English string `yaml:"en"`
	Chinese string `yaml:"zh"`
	Meaning Text   `yaml:"meaning"` // one line
	// Refused are variants that are wrong, or right elsewhere and not ours.
	Refused Variants `yaml:"refused"`
}

// Name is the term in one language.
func (t *Term) Name(l Lang) string { return Text{t.English, t.Chinese}.In(l) }

// Variants are spellings by language.
type Variants struct {
	English []string `yaml:"en"`
	Chinese []string `yaml:"zh"`
}

// In is the spellings of one language.
func (v Variants) In(l Lang) []string {
	if l == Chinese {
		return v.Chinese
	}
	return v.English
}

// Glossary is the terms of the lessons, and the words that no lesson uses.
type Glossary struct {
	Terms []Term `yaml:"terms"`
	// Banned are words that belittle the reader or say nothing.
	Banned Variants `yaml:"banned"`

	refused [NumLangs][]refusal
}

// refusal is a spelling that must not be written.
type refusal struct {
	match *regexp.Regexp
	word  string
	want  string
}

// ReadGlossary reads the program's glossary.
func ReadGlossary() (*Glossary, error) {
	g, ps := readGlossary(content)
	return g, ps.err()
}

const glossaryFile = "glossary.yaml"

func readGlossary(fsys fs.FS) (*Glossary, mistakes) {
	g := &Glossary{}
	text, err := readFile(fsys, glossaryFile)
	if err != nil {
		return g, mistakes{{File: glossaryFile, Problem: err.Error()}}
	}
	if err := yaml.UnmarshalWithOptions(text, g, yaml.Strict()); err != nil {
		return g, mistakes{yamlProblem(file{glossaryFile, text}, err)}
	}
	var ps mistakes
	seen := map[string]bool{}
	for i := range g.Terms {
		t := &g.Terms[i]
		whole := t.ID != "" && t.English != "" && t.Chinese != "" && t.Meaning.English != "" && t.Meaning.Chinese != ""
		if !whole || seen[t.ID] {
			ps = append(ps, scenario.Error{File: glossaryFile, Problem: fmt.Sprintf("term %q is not whole, or is there twice", t.ID), Expected: "id, en, zh, meaning"})
		}
		seen[t.ID] = true
	}
	for l := range NumLangs {
		for i := range g.Terms {
			for _, word := range g.Terms[i].Refused.In(l) {
				g.refused[l] = append(g.refused[l], newRefusal(l, word, g.Terms[i].Name(l)))
			}
		}
		for _, word := range g.Banned.In(l) {
			g.refused[l] = append(g.refused[l], newRefusal(l, word, "another way to say it, or nothing"))
		}
	}
	return g, ps
}

// newRefusal matches English words from their beginning, so that plurals match, too; case counts only in words that have capitals or
// differ from the right spelling by nothing else.
func newRefusal(l Lang, word, want string) refusal {
	pattern := regexp.QuoteMeta(word)
	if l == English {
		pattern = `\b` + pattern
		if word == strings.ToLower(word) && !strings.EqualFold(word, want) {
			pattern = `(?i)` + pattern
		}
	}
	return refusal{regexp.MustCompile(pattern), word, want}
}

func (g *Glossary) has(id string) bool {
	return slices.ContainsFunc(g.Terms, func(t Term) bool { return t.ID == id })
}

// refuse finds the spellings that must not be written. Names of the machine's, such as the expressions of values, are no words.
func (g *Glossary) refuse(w written) mistakes {
	var ps mistakes
	words := blankValues(w.text)
	for _, r := range g.refused[w.lang] {
		for _, at := range r.match.FindAllStringIndex(words, -1) {
			ps = append(ps, w.at(at[0], r.want, "%q is not how the lessons say it", r.word))
		}
	}
	return ps
}

var valuePattern = regexp.MustCompile(`\{\{.*?\}\}`)

// blankValues puts spaces in the place of {{expressions}}; offsets stay.
func blankValues(s string) string {
	return valuePattern.ReplaceAllStringFunc(s, func(v string) string { return strings.Repeat(" ", len(v)) })
}

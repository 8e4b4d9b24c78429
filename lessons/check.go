package lessons

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"unicode"

	"tcptutor/quiz"
	"tcptutor/tcp/scenario"
)

// Check looks for mistakes in every lesson of the program, and in its glossary; package quiz tries their questions out. The error is
// scenario.Errors, all of them.
func Check() error {
	c, ps := newChecker(content)
	c.finished = true
	return append(ps, c.all(content)...).err()
}

// CheckDir looks for mistakes in a lesson's folder outside the program, and tries its questions out. It may link to the lessons and the terms of the
// program. The error is scenario.Errors, all of them.
func CheckDir(folder string) error {
	abs, err := filepath.Abs(folder)
	if err != nil {
		return err
	}
	c, ps := newChecker(content)
	c.finished, c.seeds = true, enoughSeeds
	c.lessons[filepath.Base(abs)] = true
	return append(ps, c.lesson(plainFiles{os.DirFS(filepath.Dir(abs))}, filepath.Base(abs))...).err()
}

// enoughSeeds is how many variations of a question are tried out: as many as an author waits for.
const enoughSeeds = 30

// checker holds what a lesson may refer to, and how far it looks.
type checker struct {
	folders  []string
	lessons  map[string]bool
	glossary *Glossary
	finished bool // a lesson has to have everything that one of the program has
	seeds    int  // variations of each question that are tried out
}

// all checks every folder.
func (c *checker) all(fsys fs.FS) mistakes {
	var ps mistakes
	for _, name := range c.folders {
		ps = append(ps, c.lesson(fsys, name)...)
	}
	return ps
}

func newChecker(fsys fs.FS) (*checker, mistakes) {
	all, _ := readSpecs(fsys) // what is wrong with them is told when each lesson is read
	c := &checker{lessons: map[string]bool{}}
	for _, s := range all {
		folder, _, _ := strings.Cut(s.file.name, "/")
		c.folders = append(c.folders, folder)
		c.lessons[folder] = true
	}
	g, ps := readGlossary(fsys)
	c.glossary = g
	return c, ps
}

// lesson checks one folder: that it loads, and what a lesson that loads may still have wrong.
func (c *checker) lesson(fsys fs.FS, folder string) mistakes {
	l, src, ps := load(fsys, folder)
	for i, need := range src.spec.Needs {
		if !c.lessons[need] {
			ps = append(ps, src.spec.problem(fmt.Sprintf("$.needs[%d]", i), "the id of a lesson", "there is no lesson %q", need))
		}
	}
	for _, s := range src.written() {
		ps = append(ps, c.text(s)...)
	}
	for l := range NumLangs { // the questions speak as the lesson does; the rest of their prose package quiz looks after
		ps = append(ps, c.glossary.refuse(written{l, string(src.quizFile.text), src.quizFile.problem})...)
	}
	for lang, p := range src.prose {
		if p == nil {
			continue
		}
		for i := range p.sections {
			ps = append(ps, c.references(src, p, &p.sections[i], Lang(lang))...)
		}
	}
	if l == nil || src.run == nil {
		return ps
	}
	ps = append(ps, src.tried(c.seeds)...)
	ps = append(ps, lengths(src, l.Notes)...)
	for i, w := range l.WhatIfs {
		story, _, problems := src.openWhatIf(i)
		ps = ps.andNew(problems)
		if story.Run == nil {
			continue
		}
		ps = ps.andNew(lengths(src, story.Notes))
		ps = append(ps, src.outcome(i, &story, w.ID)...)
	}
	if c.finished && len(ps) == 0 { // first things first
		return unfinished(src, l)
	}
	return ps
}

// references checks what a step points to.
func (c *checker) references(src *source, p *prose, s *section, l Lang) mistakes {
	var ps mistakes
	for _, link := range s.links {
		kind, id, ok := target(link.text)
		known := ok
		switch kind {
		case "lesson":
			known = c.lessons[id]
		case "term":
			known = c.glossary.has(id)
		}
		if !known {
			ps = append(ps, p.file.problem(link.offset, "lesson:ID, term:ID or https://...", "the link %q leads nowhere", link.text))
		}
	}
	for _, a := range s.ask {
		if item, seed := src.asked(a.text); src.quiz != nil && src.program != nil {
			ps = append(ps, src.askable(p, a, item, seed)...)
		}
	}
	if s.whatIf != "" && s.whatIf != ownRun && !src.spec.hasWhatIf(s.whatIf) {
		ps = append(ps, p.file.problem(s.offset, "the id of one, or "+ownRun, "lesson.yaml has no what-if %q", s.whatIf))
	}
	return ps
}

func (s *spec) hasWhatIf(id string) bool {
	for _, w := range s.WhatIfs {
		if w.ID == id {
			return true
		}
	}
	return false
}

// outcome holds a what-if to what it says it changes.
func (src *source) outcome(i int, story *Story, id string) mistakes {
	expr := src.spec.WhatIfs[i].Changes
	field := whatIfField(i) + ".changes"
	before, err := evaluate(src.run, src.run.Len()-1, expr)
	if err != nil {
		what, _ := faulty(err)
		return mistakes{src.spec.problem(field, "an expression that holds at the end of the run", "%s", what)}
	}
	after, err := evaluate(story.Run, story.Run.Len()-1, expr)
	if err != nil {
		what, _ := faulty(err)
		return mistakes{src.spec.problem(field, "an expression that holds at the end of the changed run, too", "%s", what)}
	}
	if before == after {
		return mistakes{src.spec.problem(field, "another value in the changed run", "what-if %q does not change %s: it is %s in both runs", id, expr, before)}
	}
	return nil
}

// The most a step says, so that it fits beside the ladder and holds one idea.
const (
	mostWords      = 70  // English
	mostCharacters = 110 // Chinese, as word processors count them
)

// lengths checks the steps of a run. Code and tables are looked at, not read: they do not count.
func lengths(src *source, notes []Note) mistakes {
	var ps mistakes
	for _, n := range notes {
		for l := range NumLangs {
			most, unit := mostWords, "words"
			if l == Chinese {
				most, unit = mostCharacters, "characters"
			}
			if got := length(l, n.Body[l]); got > most {
				p := src.prose[l]
				ps = append(ps, p.file.problem(p.sections[n.section].offset, fmt.Sprintf("at most %d", most), "the step has %d %s", got, unit))
			}
		}
	}
	return ps
}

// length counts words, or in Chinese characters: a Latin word or a number counts as one.
func length(l Lang, blocks []Block) int {
	n := 0
	for _, b := range blocks {
		if b.Kind == Code || b.Kind == Table {
			continue
		}
		words := textOf(b.Spans)
		if l == Chinese {
			n += characters(words)
		} else {
			n += len(strings.Fields(words))
		}
		for _, item := range b.Items {
			n += length(l, item)
		}
	}
	return n
}

func characters(s string) int {
	n, inWord := 0, false
	for _, r := range s {
		wide := unicode.Is(unicode.Han, r) || fullWidth(r)
		word := !wide && !unicode.IsSpace(r)
		if wide || word && !inWord {
			n++
		}
		inWord = word
	}
	return n
}

// written is a run of text as it stands in a file, with values as {{expressions}}.
type written struct {
	lang Lang
	text string
	at   func(offset int, want, format string, args ...any) scenario.Error // offset in text
}

// written lists everything a lesson says.
func (src *source) written() []written {
	var all []written
	for l, p := range src.prose {
		if p == nil {
			continue
		}
		for i := range p.sections {
			s := &p.sections[i]
			all = append(all, written{Lang(l), s.title, func(_ int, want, format string, args ...any) scenario.Error {
				return p.file.problem(s.offset, want, format, args...)
			}})
			walk(s.body, func(_ *draft, ps []piece) { all = append(all, p.written(ps)) })
		}
	}
	s := src.spec
	short := func(field string, t Text) {
		for l := range NumLangs {
			all = append(all, written{l, t.In(l), func(_ int, want, format string, args ...any) scenario.Error {
				return s.problem(field+"."+l.String(), want, format, args...)
			}})
		}
	}
	short("$.title", s.Title)
	short("$.summary", s.Summary)
	for i, w := range s.WhatIfs {
		short(whatIfField(i)+".title", w.Title)
		short(whatIfField(i)+".about", w.About)
	}
	return all
}

func (p *prose) written(ps []piece) written {
	return written{p.lang, plain(ps), func(offset int, want, format string, args ...any) scenario.Error {
		at := 0
		for i := range ps {
			if n := len(plain(ps[i : i+1])); offset >= n {
				offset -= n
				continue
			}
			at = ps[i].offset + offset
			break
		}
		return p.file.problem(at, want, format, args...)
	}}
}

// text checks the wording of one run of text.
func (c *checker) text(w written) mistakes {
	var ps mistakes
	for _, typed := range quiz.TypedNumbers(w.text) {
		ps = append(ps, w.at(typed.Offset, "{{an expression}}: numbers are the engine's", "the digit in %q was typed", typed.Text))
	}
	if i := strings.Index(blankValues(w.text), "{{"); i >= 0 {
		ps = append(ps, w.at(i, "}} on the same line", "{{ has no end"))
	}
	if i := strings.Index(w.text, "**"); i >= 0 {
		// Between a punctuation mark and a Chinese character ** is no end of strong text (CommonMark, delimiter runs).
		ps = append(ps, w.at(i, "the mark beside a letter, punctuation outside", "** begins or ends nothing"))
	}
	ps = append(ps, c.glossary.refuse(w)...)
	if w.lang == Chinese {
		ps = append(ps, typography(w)...)
	}
	return ps
}

// Between Chinese and anything Latin stands a space; punctuation after Chinese is full-width.
var (
	tight     = regexp.MustCompile(`\p{Han}[A-Za-z0-9{]|[A-Za-z0-9})]\p{Han}`)
	halfWidth = regexp.MustCompile(`\p{Han}[,.;:?!()]`)
)

func typography(w written) mistakes {
	var ps mistakes
	for _, at := range tight.FindAllStringIndex(w.text, -1) {
		ps = append(ps, w.at(at[0], "a space between Chinese and Latin", "%q stands together", w.text[at[0]:at[1]]))
	}
	for _, at := range halfWidth.FindAllStringIndex(w.text, -1) {
		ps = append(ps, w.at(at[0], "full-width punctuation", "%q has half-width punctuation", w.text[at[0]:at[1]]))
	}
	return ps
}

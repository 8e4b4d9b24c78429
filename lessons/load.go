package lessons

import (
	"errors"
	"io/fs"
	"path"
	"strings"

	"tcptutor/quiz"
	"tcptutor/tcp/scenario"
	"tcptutor/tcp/sim"
)

// source is a lesson as it was read: what the checks look into, and what a changed run is told from.
type source struct {
	spec     *spec
	scenario file
	program  *sim.Program
	prose    [NumLangs]*prose
	abouts   []Prose // by what-if
	aboutOf  [][NumLangs]*prose
	quizFile file
	quiz     *quiz.Set
	run      *sim.Timeline // the lesson's own
}

// load reads a lesson's folder and runs it. The lesson is nil when there are problems that leave nothing to show; the source has what could be
// read.
func load(fsys fs.FS, folder string) (*Lesson, *source, mistakes) {
	src, ps := readSource(fsys, folder)
	if src.program == nil || src.prose[English] == nil || src.prose[Chinese] == nil {
		return nil, src, ps
	}
	if diff := src.compareLanguages(); len(diff) > 0 {
		return nil, src, append(ps, diff...)
	}
	src.run = sim.NewTimeline(src.program)
	story, problems := src.story(src.run, "")
	ps = append(ps, problems...)
	l := &Lesson{Info: src.spec.info(), Story: story, Scenario: string(src.scenario.text), Quiz: src.quiz, seeds: src.seeds()}
	for i := range src.spec.WhatIfs {
		w := &src.spec.WhatIfs[i]
		l.WhatIfs = append(l.WhatIfs, WhatIf{ID: w.ID, Title: w.Title, About: src.abouts[i], Open: func() (Story, int, error) {
			story, differs, ps := src.openWhatIf(i)
			return story, differs, ps.err()
		}})
	}
	return l, src, ps
}

// readSource reads the files of a lesson, each on its own.
func readSource(fsys fs.FS, folder string) (*source, mistakes) {
	src := &source{spec: &spec{}}
	var ps mistakes
	read := func(name string) (file, bool) {
		f := file{name: path.Join(folder, name)}
		text, err := readFile(fsys, f.name)
		if err != nil {
			ps = append(ps, scenario.Error{File: f.name, Problem: err.Error(), Expected: "lesson.yaml, scenario.tcp, en.md, zh.md and quiz.yaml"})
		}
		f.text = text
		return f, err == nil
	}
	if f, ok := read("lesson.yaml"); ok {
		var problems mistakes
		src.spec, problems = parseSpec(f)
		ps = append(ps, problems...)
	}
	if f, ok := read("scenario.tcp"); ok {
		src.scenario = f
		ps = append(ps, src.compile()...)
	}
	for l := range NumLangs {
		if f, ok := read(l.String() + ".md"); ok {
			src.prose[l] = parseProse(f, l)
			ps = append(ps, src.prose[l].problems...)
		}
	}
	if f, ok := read("quiz.yaml"); ok {
		src.quizFile = f
		set, err := quiz.Load(fsys, path.Join(folder, "quiz.yaml"))
		ps = append(ps, quizProblems(f, err)...)
		src.quiz = set
	}
	return src, append(ps, src.readAbouts()...)
}

// readAbouts parses what the what-ifs say of themselves.
func (src *source) readAbouts() mistakes {
	var ps mistakes
	for i, w := range src.spec.WhatIfs {
		var about Prose
		var parsed [NumLangs]*prose
		for l := range NumLangs {
			p := parseSnippet(file{src.spec.file.name, []byte(w.About.In(l))}, l)
			for _, problem := range p.problems {
				ps = append(ps, src.spec.problem(aboutField(i, l), problem.Expected, "%s", problem.Problem))
			}
			fill := filler{eval: func(string) (string, error) { return "", errNoValues }, failed: func(_ int, err error) {
				ps = append(ps, src.spec.problem(aboutField(i, l), "", "%s", err))
			}}
			about[l] = fill.blocks(p.sections[0].body)
			parsed[l] = p
		}
		src.abouts = append(src.abouts, about)
		src.aboutOf = append(src.aboutOf, parsed)
	}
	return ps
}

var errNoValues = errors.New("what a what-if says of itself is shown before it runs: it has no values")

func aboutField(i int, l Lang) string {
	return whatIfField(i) + ".about." + l.String()
}

// quizProblems words the error of quiz.Load.
func quizProblems(f file, err error) mistakes {
	var all quiz.Problems
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &all):
		return mistakes{f.problem(-1, "", "%s", err)}
	}
	var ps mistakes
	for _, p := range all {
		ps = append(ps, f.at(p.Line, p.Col, p.Expected, "%s", p.What))
	}
	return ps
}

// compareLanguages holds both languages to the same steps, what-ifs, predictions and values, in the same order.
func (src *source) compareLanguages() mistakes {
	en, zh := src.prose[English], src.prose[Chinese]
	var ps mistakes
	for i := range min(len(en.sections), len(zh.sections)) {
		a, b := &en.sections[i], &zh.sections[i]
		if a.at != b.at || a.whatIf != b.whatIf {
			return append(ps, zh.file.problem(b.offset, a.anchor()+", as "+en.file.name+" has it", "the step is %s", b.anchor()))
		}
		if got, want := texts(b.ask), texts(a.ask); got != want {
			ps = append(ps, zh.file.problem(b.offset, want+", as "+en.file.name+" has it", "the step asks %s", got))
		}
		if got, want := values(b), values(a); got != want {
			ps = append(ps, zh.file.problem(b.offset, want+", as "+en.file.name+" has it", "the step's values are %s", got))
		}
	}
	if len(zh.sections) != len(en.sections) {
		long, short := en, zh
		if len(zh.sections) > len(en.sections) {
			long, short = zh, en
		}
		extra := &long.sections[len(short.sections)]
		ps = append(ps, long.file.problem(extra.offset, "the same steps in both", "the step %s is not in %s", extra.anchor(), short.file.name))
	}
	return ps
}

// anchor is a step's heading without its title.
func (s *section) anchor() string {
	if s.whatIf != "" {
		return `{whatif="` + s.whatIf + `" at="` + s.at + `"}`
	}
	return `{at="` + s.at + `"}`
}

func texts(ds []directive) string {
	var all []string
	for _, d := range ds {
		all = append(all, d.text)
	}
	if len(all) == 0 {
		return "nothing"
	}
	return strings.Join(all, ", ")
}

// values lists a step's expressions in their order.
func values(s *section) string {
	var all []directive
	walk(s.body, func(_ *draft, ps []piece) {
		for _, p := range ps {
			if p.expr != "" {
				all = append(all, directive{p.expr, p.offset})
			}
		}
	})
	return texts(all)
}

package lessons

import (
	"bytes"
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/goccy/go-yaml"

	"tcptutor/tcp/scenario"
)

// content is the lessons that come with the program: every folder here that has a lesson.yaml is one.
//
//go:embed */lesson.yaml */scenario.tcp */en.md */zh.md */quiz.yaml glossary.yaml
var content embed.FS

// specs are the lesson.yaml of all lessons in the program, in the lessons' order. They are read once, when they are first asked for.
var specs = sync.OnceValues(func() ([]*spec, error) {
	all, ps := readSpecs(content)
	return all, ps.err()
})

// readSpecs reads every lesson.yaml of a file system, in the lessons' order.
func readSpecs(fsys fs.FS) ([]*spec, mistakes) {
	names, err := fs.Glob(fsys, "*/lesson.yaml")
	if err != nil {
		return nil, mistakes{{File: "lesson.yaml", Problem: err.Error()}}
	}
	var all []*spec
	var ps mistakes
	for _, name := range names {
		text, err := readFile(fsys, name)
		if err != nil {
			ps = append(ps, scenario.Error{File: name, Problem: err.Error()})
			continue
		}
		s, problems := parseSpec(file{name, text})
		all, ps = append(all, s), append(ps, problems...)
	}
	slices.SortFunc(all, func(a, b *spec) int { return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.ID, b.ID)) })
	return all, ps
}

// List tells of the lessons in the program, in their order. It reads the head of each lesson.yaml, what stands above its what-ifs, and
// nothing else: the home screen waits for it. A lesson that cannot be read is left out; Check tells what is wrong with it.
func List() []Info { return slices.Clone(heads()) }

// heads are what List tells, read once.
var heads = sync.OnceValue(func() []Info {
	names, _ := fs.Glob(content, "*/lesson.yaml") // the pattern is right
	var all []Info
	for _, name := range names {
		text, err := readFile(content, name)
		if err != nil {
			continue
		}
		head, _, _ := bytes.Cut(text, []byte("\nwhatifs:"))
		var s spec
		if yaml.Unmarshal(head, &s) == nil && s.ID == path.Dir(name) {
			all = append(all, s.info())
		}
	}
	slices.SortFunc(all, func(a, b Info) int { return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.ID, b.ID)) })
	return all
})

// Load readies a lesson of the program. Each call makes a run of its own. The error is scenario.Errors, or says that there is no such lesson and
// which there are.
func Load(id string) (*Lesson, error) {
	all, _ := specs()
	var ids []string
	for _, s := range all {
		ids = append(ids, s.ID)
	}
	if !slices.Contains(ids, id) {
		return nil, fmt.Errorf("there is no lesson %q; there are: %s", id, strings.Join(ids, ", "))
	}
	l, _, ps := load(content, id)
	if err := ps.err(); err != nil {
		return nil, err
	}
	return l, nil
}

// LoadDir readies a lesson from a folder outside the program. The error is scenario.Errors.
func LoadDir(folder string) (*Lesson, error) {
	abs, err := filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	l, _, ps := load(plainFiles{os.DirFS(filepath.Dir(abs))}, filepath.Base(abs))
	if err := ps.err(); err != nil {
		return nil, err
	}
	return l, nil
}

// largest is how much of a lesson's file is read, bytes: files may come from strangers.
const largest = 256 << 10

var (
	errLarge   = errors.New("the file is larger than a lesson's file may be")
	errNoFile  = errors.New("this is no file: a folder, a pipe or a device")
	errNotText = errors.New("the file is not text")
)

// plainFiles is a file system that opens files only, and no large ones: to read a pipe or a device may have no end.
type plainFiles struct{ under fs.FS }

// Open opens a file; the errors of what it does not open are errNoFile and errLarge.
func (p plainFiles) Open(name string) (fs.File, error) {
	info, err := fs.Stat(p.under, name)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, &fs.PathError{Op: "open", Path: name, Err: errNoFile}
	case info.Size() > largest:
		return nil, &fs.PathError{Op: "open", Path: name, Err: errLarge}
	}
	return p.under.Open(name)
}

func readFile(fsys fs.FS, name string) ([]byte, error) {
	text, err := fs.ReadFile(fsys, path.Clean(name))
	if inner := errors.Unwrap(err); inner != nil {
		return nil, inner
	}
	if err == nil && (!utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0) {
		err = errNotText
	}
	return text, err
}

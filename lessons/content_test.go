package lessons

import (
	"flag"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write the transcripts in testdata")

// TestLessonsHold runs every check on every lesson of the program.
func TestLessonsHold(t *testing.T) {
	if len(List()) < 2 {
		t.Fatalf("there are %d lessons", len(List()))
	}
	if err := Check(); err != nil {
		t.Fatal(err)
	}
}

// TestEveryLessonLoads asks for what each of them must have, whatever it is about.
func TestEveryLessonLoads(t *testing.T) {
	for _, info := range List() {
		l, err := Load(info.ID)
		if err != nil {
			t.Fatal(err)
		}
		asked := map[string]bool{}
		for _, n := range l.Notes {
			for _, id := range n.Ask {
				asked[id] = true
			}
		}
		if len(asked) < 2 {
			t.Errorf("%s asks for %d predictions, expected two or more", info.ID, len(asked))
		}
		if n := len(l.Notes); n < 9 || n > 14 {
			t.Errorf("%s has %d steps of prose, expected 9 to 14", info.ID, n)
		}
		if len(l.WhatIfs) == 0 {
			t.Errorf("%s has no what-if", info.ID)
		}
		if l.Notes[0].Step != 0 {
			t.Errorf("%s says nothing at its first step", info.ID)
		}
	}
}

// TestWhatRulesNoLessonTeaches reports the rules of the books that apply in no lesson's run; it does not fail.
func TestWhatRulesNoLessonTeaches(t *testing.T) {
	taught, all := rulesTaught(t), rulesOfBooks(t)
	var missing []string
	for _, name := range all {
		if !taught[name] {
			missing = append(missing, name)
		}
	}
	t.Logf("%d of %d rules apply in no lesson: %s", len(missing), len(all), strings.Join(missing, " "))
	if len(missing) == len(all) {
		t.Error("no rule applies in any lesson")
	}
}

// whole is the lesson without a mistake.
func whole(t *testing.T) fstest.MapFS {
	t.Helper()
	a, err := txtar.ParseFile("testdata/whole.txtar")
	if err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{}
	for _, f := range a.Files {
		fsys[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	return fsys
}

// TestTheWholeLessonIsWhole makes sure that what the broken ones are accused of is theirs.
func TestTheWholeLessonIsWhole(t *testing.T) {
	if err := checkAll(whole(t)).err(); err != nil {
		t.Fatal(err)
	}
}

// TestMistakesAreFound plants one mistake after another. An archive of testdata/broken says in its head what must be found, a "want:" line for each
// mistake that may end early, and how the whole lesson is changed: "edit FILE" puts the second line, to its end, in the place
// of the first; "cut FILE" takes away what follows the line; "delete FILE" takes the file away.
func TestMistakesAreFound(t *testing.T) {
	archives, err := fs.Glob(os.DirFS("testdata/broken"), "*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no archives: ", err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(name, ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile("testdata/broken/" + name)
			if err != nil {
				t.Fatal(err)
			}
			fsys := whole(t)
			for _, f := range a.Files {
				change(t, fsys, f)
			}
			var got []string
			for _, p := range checkAll(fsys) {
				got = append(got, p.Error())
			}
			slices.Sort(got)
			got = slices.Compact(got)
			want := wanted(string(a.Comment))
			if len(want) == 0 {
				t.Fatal("the archive wants nothing")
			}
			if !slices.EqualFunc(got, want, strings.HasPrefix) {
				t.Errorf("found\n%s\nexpected\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

func wanted(comment string) []string {
	var want []string
	for _, line := range strings.Split(comment, "\n") {
		if w, ok := strings.CutPrefix(line, "want: "); ok {
			want = append(want, w)
		}
	}
	slices.Sort(want)
	return want
}

func change(t *testing.T, fsys fstest.MapFS, f txtar.File) {
	t.Helper()
	verb, name, _ := strings.Cut(f.Name, " ")
	was := fsys[name]
	if was == nil {
		t.Fatalf("there is no file %s", name)
	}
	first, rest, _ := strings.Cut(string(f.Data), "\n")
	i := strings.Index(string(was.Data), first)
	if i < 0 {
		t.Fatalf("%s has no %q", name, first)
	}
	switch verb {
	case "edit":
		to := strings.TrimSuffix(rest, "\n")
		fsys[name] = &fstest.MapFile{Data: []byte(string(was.Data[:i]) + to + string(was.Data[i+len(first):]))}
	case "cut":
		fsys[name] = &fstest.MapFile{Data: was.Data[:i]}
	case "delete":
		delete(fsys, name)
	default:
		t.Fatalf("%q is no change", verb)
	}
}

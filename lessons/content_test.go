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

// checkAll looks for mistakes in lessons that need not be finished.
func checkAll(fsys fs.FS) mistakes {
	c, ps := newChecker(fsys)
	return append(ps, c.all(fsys)...)
}

// TestWhatIsMissingIsTold: the whole lesson has no mistake, and is not a finished one.
func TestWhatIsMissingIsTold(t *testing.T) {
	fsys := whole(t)
	for name, from := range map[string]string{"lesson.yaml": "whatifs:", "en.md": "## Another", "zh.md": "## 再敲"} {
		kept, _, _ := strings.Cut(string(fsys["tiny/"+name].Data), from)
		fsys["tiny/"+name] = &fstest.MapFile{Data: []byte(kept)}
	}
	c, ps := newChecker(fsys)
	c.finished = true
	err := append(ps, c.all(fsys)...).err()
	if err == nil {
		t.Fatal("nothing is missing")
	}
	for _, want := range []string{
		"tiny/en.md: the lesson has 2 steps, those of what-ifs not counted, expected 9 to 14",
		"tiny/en.md:1:17: the lesson says nothing before step 2 of its run, expected the moment of the first one",
		"tiny/en.md: the lesson asks for 1 predictions, expected 2 or more",
		"tiny/lesson.yaml: the lesson has no what-if, expected whatifs: …",
		"tiny/quiz.yaml: questions: 1, expected 8 or more",
		"tiny/quiz.yaml: there is no question of kind choose, claim, order, blanks, expected one or more of each",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%s\nis not in\n%v", want, err)
		}
	}
}

// TestQuestionsThatCannotBeMadeAreFound, whether the prose asks them or not.
func TestQuestionsThatCannotBeMadeAreFound(t *testing.T) {
	fsys := whole(t)
	items := string(fsys["tiny/quiz.yaml"].Data)
	_, item, _ := strings.Cut(items, "items:\n")
	item = strings.NewReplacer("which-state", "another", "see: client sends SYN", "see: client sends RST").Replace(item)
	fsys["tiny/quiz.yaml"] = &fstest.MapFile{Data: []byte(items + "\n" + item)}
	c, _ := newChecker(fsys)
	c.seeds = 1
	want := "tiny/quiz.yaml:22:5: item another: in this run, client sends RST never happens"
	if err := c.all(fsys).err(); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v\nexpected %s", err, want)
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

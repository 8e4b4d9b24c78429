package quiz

import (
	"io/fs"
	"os"
	"testing"
)

// contents are the lessons' questions as they stand in the repository.
func contents(t testing.TB) []*Set {
	t.Helper()
	lessons := os.DirFS("../lessons")
	files, err := fs.Glob(lessons, "*/quiz.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no lesson asks questions: ", err)
	}
	var sets []*Set
	for _, file := range files {
		s, err := Load(lessons, file)
		if err != nil {
			t.Fatal(err)
		}
		sets = append(sets, s)
	}
	return sets
}

func TestEveryItemHoldsForManySeeds(t *testing.T) {
	for _, s := range contents(t) {
		t.Run(s.Lesson, func(t *testing.T) {
			t.Parallel() // sets have nothing in common
			for _, err := range s.Check(seeds) {
				t.Error(err)
			}
		})
	}
}

func TestIDsAreUniqueOverAllLessons(t *testing.T) {
	of := map[string]string{}
	for _, s := range contents(t) {
		if len(s.Items) < 8 {
			t.Errorf("%s has %d items", s.Lesson, len(s.Items))
		}
		for _, it := range s.Items {
			if was, taken := of[it.ID]; taken {
				t.Errorf("%s and %s have an item %s: its codes would be of two questions", was, s.Lesson, it.ID)
			}
			of[it.ID] = s.Lesson
		}
	}
}

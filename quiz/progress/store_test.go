package progress

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// day is a second of an ordinary day; no test reads a clock.
const day int64 = 1_760_000_000

func openNew(t *testing.T) *Store {
	t.Helper()
	return openAt(t, filepath.Join(t.TempDir(), "state", "tcptutor", "progress.db"))
}

// openAt opens a file that must be well.
func openAt(t *testing.T, path string) *Store {
	t.Helper()
	s, notice := Open(path)
	if notice != nil {
		t.Fatalf("Open(%s): %v", path, notice)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func answer(item string, right bool, at int64) Answer {
	return Answer{Lesson: "handshake", Item: item, Seed: 1<<63 + 7, Book: "linux", Choice: "a client's \x00 窗口", Right: right, At: at}
}

func record(t *testing.T, s *Store, a Answer) int64 {
	t.Helper()
	id, err := s.Record(a)
	if err != nil {
		t.Fatalf("Record: %v", err)
	}
	return id
}

func history(t *testing.T, s *Store, item string) []Answer {
	t.Helper()
	list, err := s.History("handshake", item, 1000)
	if err != nil {
		t.Fatalf("History: %v", err)
	}
	return list
}

func mustEqual(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestEverythingIsThereAfterReopening(t *testing.T) {
	s := openNew(t)
	first, second := answer("isn", false, day), answer("isn", true, day+60)
	first.ID = record(t, s, first)
	second.ID = record(t, s, second)
	for _, err := range []error{
		s.SavePosition(Position{Lesson: "close", Step: 2, Steps: 9, At: day}),
		s.SavePosition(Position{Lesson: "handshake", Step: 7, Steps: 11, At: day + 1}),
		s.SavePosition(Position{Lesson: "handshake", Step: 4, Steps: 11, At: day + 2}),
		s.SetSetting(Language, "en"),
		s.SetSetting(Language, "zh"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	s = openAt(t, s.path)
	mustEqual(t, "history, newest first", history(t, s, "isn"), []Answer{second, first})
	at, ok, err := s.Continue()
	if err != nil || !ok {
		t.Fatalf("Continue: %v %v", ok, err)
	}
	mustEqual(t, "continue", at, Position{Lesson: "handshake", Step: 4, Steps: 11, At: day + 2})
	language, err := s.Setting(Language)
	if err != nil || language != "zh" {
		t.Errorf("language %q, %v", language, err)
	}
	lessons, err := s.Lessons()
	if err != nil {
		t.Fatal(err)
	}
	mustEqual(t, "lessons", lessons, []Lesson{
		{Position: Position{Lesson: "close", Step: 2, Steps: 9, At: day}, Furthest: 2},
		{Position: at, Furthest: 7, Asked: 2, Right: 1},
	})
	totals, err := s.Totals(day + 60)
	if err != nil {
		t.Fatal(err)
	}
	mustEqual(t, "totals", totals, Totals{Asked: 2, Right: 1, Items: 1})
}

func TestAnEmptyStoreAnswersEveryQuestion(t *testing.T) {
	for name, s := range map[string]*Store{"file": openNew(t), "memory": OpenMemory()} {
		if s.Saving() != (name == "file") {
			t.Errorf("%s: Saving is %v", name, s.Saving())
		}
		if _, ok, err := s.Continue(); ok || err != nil {
			t.Errorf("%s: Continue %v %v", name, ok, err)
		}
		if _, ok, err := s.Card("handshake", "isn"); ok || err != nil {
			t.Errorf("%s: Card %v %v", name, ok, err)
		}
		if list, err := s.Due(day, 10); len(list) != 0 || err != nil {
			t.Errorf("%s: Due %v %v", name, list, err)
		}
		lesson, err := s.Lesson("handshake")
		if err != nil {
			t.Errorf("%s: Lesson %v", name, err)
		}
		mustEqual(t, name, lesson, Lesson{Position: Position{Lesson: "handshake"}, Furthest: -1})
		if value, err := s.Setting(Language); value != "" || err != nil {
			t.Errorf("%s: Setting %q %v", name, value, err)
		}
		record(t, s, answer("isn", true, day))
	}
}

func TestALessonThatBecameShorterKeepsFurthestInside(t *testing.T) {
	s := openNew(t)
	for _, p := range []Position{
		{Lesson: "close", Step: 9, Steps: 10, At: day},
		{Lesson: "close", Step: 1, Steps: 4, At: day},
	} {
		if err := s.SavePosition(p); err != nil {
			t.Fatal(err)
		}
	}
	lesson, err := s.Lesson("close")
	if err != nil || lesson.Furthest != 3 || lesson.Step != 1 {
		t.Errorf("%+v, %v", lesson, err)
	}
}

func TestValuesOutsideTheirLimitsAreRefused(t *testing.T) {
	s := openNew(t)
	long := strings.Repeat("x", MaxText+1)
	_, noItem := s.Record(Answer{Lesson: "close", At: day})
	_, noLesson := s.Record(Answer{Item: "isn", At: day})
	_, early := s.Record(answer("isn", true, -1))
	_, late := s.Record(answer("isn", true, MaxTime+1))
	_, wide := s.Record(Answer{Lesson: "close", Item: "isn", Choice: long, At: day})
	for what, err := range map[string]error{
		"no item": noItem, "no lesson": noLesson, "early": early, "late": late, "wide": wide,
		"setting":   s.SetSetting(Language, long),
		"step":      s.SavePosition(Position{Lesson: "close", Step: 4, Steps: 4}),
		"negative":  s.SavePosition(Position{Lesson: "close", Step: -1, Steps: 4}),
		"no steps":  s.SavePosition(Position{Lesson: "close"}),
		"too many":  s.SavePosition(Position{Lesson: "close", Steps: MaxSteps + 1}),
		"no name":   s.SavePosition(Position{Steps: 4}),
		"when":      s.SavePosition(Position{Lesson: "close", Steps: 4, At: -1}),
		"long name": s.SavePosition(Position{Lesson: long, Steps: 4}),
	} {
		wantCode(t, what, err, CodeInvalid)
	}
	totals, err := s.Totals(day)
	if err != nil || totals != (Totals{}) {
		t.Errorf("a refused value was stored: %+v, %v", totals, err)
	}
	record(t, s, answer("isn", true, MaxTime))
}

func TestAClosedStoreSaysSo(t *testing.T) {
	s := openNew(t)
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	_, err := s.Record(answer("isn", true, day))
	wantCode(t, "Record", err, CodeClosed)
	_, err = s.Lessons()
	wantCode(t, "Lessons", err, CodeClosed)
}

func TestAPathMayHoldAnyCharacter(t *testing.T) {
	for _, name := range []string{"a b?mode=memory#c%41&d", "进度", "line\nbreak"} {
		path := filepath.Join(t.TempDir(), name, "progress.db")
		s := openAt(t, path)
		record(t, s, answer("isn", true, day))
		if !exists(path) {
			t.Errorf("no file at %q", path)
		}
	}
}

func TestDefaultPathIsUnderTheStateDirectory(t *testing.T) {
	got := filepath.ToSlash(DefaultPath())
	if !strings.HasSuffix(got, "/tcptutor/progress.db") || !filepath.IsAbs(DefaultPath()) {
		t.Error(got)
	}
}

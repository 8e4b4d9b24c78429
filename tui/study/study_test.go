package study

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"tcptutor/lessons"
	"tcptutor/quiz"
	"tcptutor/quiz/progress"
	"tcptutor/tui"
	"tcptutor/tui/cell"
)

func open(t *testing.T, path string) *Store {
	t.Helper()
	s := NewStore(path)
	if _, notice := s.Open(); notice != (tui.Text{}) {
		t.Fatal(notice.English)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// Every lesson in the program opens, with its notes, its what-ifs and the predictions its notes ask.
func TestLessonsOpen(t *testing.T) {
	b := NewLibrary()
	for _, i := range b.Lessons() {
		l, err := b.Open(i.ID)
		if err != nil {
			t.Errorf("%s: %v", i.ID, err)
			continue
		}
		asked := 0
		for _, n := range l.Notes {
			asked += len(n.Ask)
		}
		own, _ := b.Load(i.ID)
		want := 0
		for _, n := range own.Notes {
			want += len(n.Ask)
		}
		if asked != want || asked == 0 {
			t.Errorf("%s: %d of %d predictions can be asked", i.ID, asked, want)
		}
		for _, w := range l.WhatIfs {
			if _, _, err := w.Open(); err != nil {
				t.Errorf("%s, %s: %v", i.ID, w.ID, err)
			}
		}
	}
	if _, err := b.Open("nothing"); err == nil {
		t.Error("a lesson that is not there opens")
	}
}

// An answer is judged, kept, counted, and the next quiz asks something else.
func TestAnswersAreKeptAndNotAskedAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "progress.db")
	s := open(t, path)
	b := NewLibrary()
	first := answerFirst(t, b, s, 0)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again := open(t, path)
	p, err := again.Progress()
	if err != nil {
		t.Fatal(err)
	}
	if p.Asked != 1 || p.Lessons["handshake"].Asked != 1 {
		t.Errorf("%d answers are kept, %d of the lesson", p.Asked, p.Lessons["handshake"].Asked)
	}
	if next := answerFirst(t, b, again, 0); next == first {
		t.Errorf("%s is asked again before anything else", next)
	}
}

// answerFirst answers the first question of a quiz on the handshake with a choice or, where one types, with nothing that
// could be right, and returns its item.
func answerFirst(t *testing.T, b *Library, s *Store, choice int) string {
	t.Helper()
	if _, err := s.Progress(); err != nil {
		t.Fatal(err)
	}
	z, err := NewQuizzer(b, s).Start("handshake")
	if err != nil {
		t.Fatal(err)
	}
	for i := range z.Len() {
		q, err := z.Question(i)
		if err != nil {
			t.Fatal(err)
		}
		if len(q.Choices) == 0 {
			continue
		}
		v, err := q.Grade(choice, "")
		if err != nil {
			t.Fatal(err)
		}
		if _, step, err := v.See(); err != nil || step < 0 {
			t.Errorf("the run of %s does not open at a step: %v", q.Item, err)
		}
		if err := s.Record(q, &v); err != nil {
			t.Fatal(err)
		}
		return q.Item
	}
	t.Fatal("no question to choose an answer for")
	return ""
}

// Place and language come back.
func TestPlaceAndLanguageAreKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "progress.db")
	s := open(t, path)
	if err := s.SavePosition("close", 4, 20); err != nil {
		t.Fatal(err)
	}
	if err := s.SetLang(tui.Chinese); err != nil {
		t.Fatal(err)
	}
	p, err := s.Progress()
	if err != nil {
		t.Fatal(err)
	}
	if l := p.Lessons["close"]; p.Continue != "close" || l.Step != 4 || l.Steps != 20 || p.Lang != tui.Chinese || !p.LangKept {
		t.Errorf("what came back: %+v", p)
	}
}

// Every problem of the progress file is said in both languages, each with what to do.
func TestProblemsAreSaidInBothLanguages(t *testing.T) {
	for _, code := range []progress.Code{
		progress.CodeUnwritable, progress.CodeFull, progress.CodeCorrupt, progress.CodeNewer, progress.CodeForeign,
		progress.CodeMoved, progress.CodeBusy, progress.CodeIO, progress.CodeInvalid, progress.CodeClosed,
	} {
		for _, saving := range []bool{true, false} {
			p := &progress.Problem{Code: code, Path: "/somewhere/progress.db", Saving: saving}
			said := say(p)
			if said.English != p.Error() || !strings.ContainsFunc(said.Chinese, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
				t.Errorf("%s: %+v", code, said)
			}
			if err := told(p); err.Error() != said.English {
				t.Errorf("%s is told as %q", code, err)
			}
		}
	}
}

// A file where the directory should be: the program runs, and says that nothing is kept.
func TestNowhereToKeepProgress(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s := NewStore(filepath.Join(file, "progress.db"))
	if _, notice := s.Open(); notice.English == "" {
		t.Error("nothing is said")
	}
	defer s.Close()
	if _, err := s.Progress(); err != nil {
		t.Error(err)
	}
}

// What cannot be read as an answer is said in the learner's language.
func TestUnreadableAnswersAreSaid(t *testing.T) {
	l, err := lessons.Load("handshake")
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range l.Quiz.Items {
		if it.Form != quiz.Fill {
			continue
		}
		q, err := it.Make(0)
		if err != nil {
			t.Fatal(err)
		}
		_, err = question(q).Grade(-1, "what?")
		said, ok := err.(interface{ In(tui.Lang) string })
		if !ok || said.In(tui.Chinese) == said.In(tui.English) {
			t.Errorf("%s: %v", it.ID, err)
		}
		return
	}
}

// What is said of an answer that cannot be read is seen whole on the bottom line of 80 columns, its example with it.
func TestUnreadableAnswersFitTheLine(t *testing.T) {
	b := NewLibrary()
	typed := 0
	for _, i := range b.Lessons() {
		l, err := b.Load(i.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, it := range l.Quiz.Items {
			q, err := it.Make(0)
			if err != nil {
				t.Fatal(err)
			}
			if len(q.Choices) > 0 {
				continue
			}
			typed++
			_, err = question(q).Grade(-1, "?")
			said, ok := err.(interface{ In(tui.Lang) string })
			if !ok {
				t.Errorf("%s: %v", it.ID, err)
				continue
			}
			for lang := range tui.NumLangs {
				if text := said.In(lang); cell.Width(text) > 80-2 {
					t.Errorf("%s: %d columns: %s", it.ID, cell.Width(text), text)
				}
			}
		}
	}
	if typed == 0 {
		t.Error("no question is answered by typing")
	}
}

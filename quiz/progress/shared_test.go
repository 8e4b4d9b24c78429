package progress

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
)

// isWhole holds one of SQLite's checks over a file nobody has open.
func isWhole(t *testing.T, path string, how check) {
	t.Helper()
	conn, err := dial(path, "ro")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := inspect(conn, how); err != nil {
		t.Errorf("%s: %v", path, err)
	}
}

func TestTwoStoresWritingInTurnLoseNothing(t *testing.T) {
	a := openNew(t)
	b := openAt(t, a.path)
	want := Card{Lesson: "handshake", Item: "isn"}
	for i := range 20 {
		s := []*Store{a, b}[i%2]
		if id := record(t, s, answer("isn", i%3 != 0, day+int64(i))); id != int64(i+1) {
			t.Errorf("answer %d has id %d", i+1, id)
		}
		want = want.review(i%3 != 0, day+int64(i))
	}
	for _, s := range []*Store{a, b} {
		if n := len(history(t, s, "isn")); n != 20 {
			t.Errorf("%d of 20 answers", n)
		}
		card, _, err := s.Card("handshake", "isn")
		if err != nil {
			t.Fatal(err)
		}
		mustEqual(t, "card", card, want)
	}
}

func TestTwoStoresWritingAtOnceLoseNothing(t *testing.T) {
	const each = 40
	a := openNew(t)
	b := openAt(t, a.path)
	var group sync.WaitGroup
	for _, s := range []*Store{a, b} {
		group.Go(func() {
			for i := range each {
				if _, err := s.Record(answer("isn", true, day+int64(i))); err != nil {
					t.Error(err)
				}
				if _, err := s.Lessons(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	card, _, err := a.Card("handshake", "isn")
	if n := len(history(t, b, "isn")); n != 2*each || card.Reps != 2*each || err != nil {
		t.Errorf("%d answers, %d reviews of %d; %v", n, card.Reps, 2*each, err)
	}
	for _, s := range []*Store{a, b} {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	isWhole(t, a.path, thorough)
}

func TestManyOpeningOneMissingFileAtOnceAllGetIt(t *testing.T) {
	together(t, t.TempDir()+"/new/progress.db", 0)
}

// The slower must not set aside the fresh file of the faster.
func TestManyOpeningOneDamagedFileAtOnceSetItAsideOnce(t *testing.T) {
	path := t.TempDir() + "/progress.db"
	write(t, path, []byte("no database"))
	together(t, path, 1)
	if got := string(read(t, path+".corrupt-1")); got != "no database" {
		t.Errorf("set aside: %q", got)
	}
	if exists(path + ".corrupt-2") {
		t.Error("a fresh file was set aside")
	}
}

// together opens path from several goroutines, each recording one answer, and
// expects the given number of notices.
func together(t *testing.T, path string, notices int) {
	t.Helper()
	const programs = 6
	var group sync.WaitGroup
	told := make([]*Problem, programs)
	for i := range programs {
		group.Go(func() {
			s, notice := Open(path)
			told[i] = notice
			if !s.Saving() {
				t.Errorf("not saving: %v", notice)
			}
			if _, err := s.Record(answer("isn", true, day)); err != nil {
				t.Error(err)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	count := 0
	for _, notice := range told {
		if notice != nil {
			wantCode(t, "Open", notice, CodeCorrupt)
			count++
		}
	}
	if count != notices {
		t.Errorf("%d notices, want %d", count, notices)
	}
	if n := len(history(t, openAt(t, path), "isn")); n != programs {
		t.Errorf("%d of %d answers", n, programs)
	}
}

func TestAFileMovedWhileOpenIsBegunAfreshAndTheAnswerKept(t *testing.T) {
	s := openNew(t)
	record(t, s, answer("isn", true, day))
	if err := os.Rename(s.path, s.path+".elsewhere"); err != nil {
		t.Fatal(err)
	}
	record(t, s, answer("isn", false, day+1))
	notice := wantCode(t, "Notice", s.Notice(), CodeMoved)
	if !notice.Saving || !strings.Contains(notice.Error(), "fresh") {
		t.Errorf("%+v reads %q", notice, notice)
	}
	if !exists(s.path) || len(history(t, s, "isn")) != 1 {
		t.Error("the answer is not in a fresh file")
	}
	if list := history(t, openAt(t, s.path+".elsewhere"), "isn"); len(list) != 1 || !list[0].Right {
		t.Errorf("the moved file has %v", list)
	}
}

func TestDamageMetInMidSessionIsSetAsideAndTheAnswerKept(t *testing.T) {
	s := openNew(t)
	for i := range 50 {
		record(t, s, answer(fmt.Sprint("item", i), true, day))
	}
	data := read(t, s.path)
	for i := 4096; i < len(data); i++ {
		data[i] = 0xA5
	}
	// A changed file counter makes the open connection read the pages again.
	data[27]++
	write(t, s.path, data)
	record(t, s, answer("isn", true, day))
	notice := wantCode(t, "Notice", s.Notice(), CodeCorrupt)
	if !notice.Saving || notice.Aside == "" || !exists(notice.Aside) {
		t.Errorf("%+v", notice)
	}
	if n := len(history(t, openAt(t, s.path), "isn")); n != 1 {
		t.Errorf("%d answers in the fresh file", n)
	}
}

func TestAMovedFileWhoseDirectoryIsGoneDoesNotLookSaved(t *testing.T) {
	s := openNew(t)
	dir := s.path[:strings.LastIndex(s.path, "/tcptutor")]
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	write(t, dir, []byte("a file now"))
	_, err := s.Record(answer("isn", true, day))
	if p := wantCode(t, "Record", err, CodeUnwritable); p.Saving || s.Saving() {
		t.Errorf("%+v", p)
	}
	record(t, s, answer("isn", true, day))
	if n := len(history(t, s, "isn")); n != 1 {
		t.Errorf("%d answers in memory", n)
	}
}

func TestALockedFileIsReportedAndWorksAfterwards(t *testing.T) {
	s, other := openNew(t), (*Store)(nil)
	other = openAt(t, s.path)
	// The wait itself is SQLite's; here it is cut short.
	execOn(t, s, "PRAGMA busy_timeout=1")
	execOn(t, other, "BEGIN EXCLUSIVE")
	_, err := s.Record(answer("isn", true, day))
	wantCode(t, "Record", err, CodeBusy)
	execOn(t, other, "ROLLBACK")
	record(t, s, answer("isn", true, day))
}

func TestTheFileIsKeptInTheJournalModeThatDocGoPromises(t *testing.T) {
	s := openNew(t)
	for pragma, want := range map[string]string{"journal_mode": "persist", "synchronous": "2", "busy_timeout": "5000"} {
		var got string
		if err := each(s.conn, scan(&got), "PRAGMA "+pragma); err != nil || got != want {
			t.Errorf("%s is %q, want %q; %v", pragma, got, want, err)
		}
	}
}

func execOn(t *testing.T, s *Store, query string) {
	t.Helper()
	if _, err := s.conn.ExecContext(t.Context(), query); err != nil {
		t.Fatal(err)
	}
}

package progress

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func wantCode(t *testing.T, what string, err error, code Code) *Problem {
	t.Helper()
	var p *Problem
	if !errors.As(err, &p) || p.Code != code {
		t.Fatalf("%s: got %v, want a problem with code %s", what, err, code)
	}
	return p
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// broken opens a file that must be met with a notice.
func broken(t *testing.T, path string, code Code, saving bool) (*Store, *Problem) {
	t.Helper()
	s, notice := Open(path)
	if notice == nil {
		t.Fatal("no notice")
	}
	t.Cleanup(func() { _ = s.Close() })
	wantCode(t, "Open", notice, code)
	if notice.Saving != saving || s.Saving() != saving || notice.Path != s.path {
		t.Errorf("notice %+v, Saving %v, path %s", notice, s.Saving(), s.path)
	}
	if text := notice.Error(); !strings.Contains(text, path) || strings.Contains(text, "not saved") == saving {
		t.Errorf("notice reads %q", text)
	}
	// Whatever is wrong, a session can be held.
	if id := record(t, s, answer("after", true, day)); id < 1 {
		t.Errorf("id %d", id)
	}
	return s, notice
}

func execute(t *testing.T, path, query string) {
	t.Helper()
	conn, err := dial(path, "rwc")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.ExecContext(context.Background(), query); err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
}

// filled is the path of a closed, good file with n answers to "isn".
func filled(t *testing.T, n int) string {
	t.Helper()
	s := openNew(t)
	for i := range n {
		record(t, s, answer("isn", i%2 == 0, day+int64(i)))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return s.path
}

func TestADirectoryThatCannotBeMadeGivesASessionInMemory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state")
	write(t, file, []byte("a file where a directory should be"))
	for _, path := range []string{filepath.Join(file, "progress.db"), filepath.Join(file, "tcptutor", "progress.db")} {
		broken(t, path, CodeUnwritable, false)
	}
	if got := read(t, file); string(got) != "a file where a directory should be" {
		t.Errorf("the file became %q", got)
	}
}

func TestAReadOnlyDirectoryGivesASessionThatBeginsWithWhatWasThere(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may write to a directory of any mode")
	}
	path := filled(t, 3)
	// While the journal of an earlier answer is there, and may be written, so
	// may the file: nothing is wrong then.
	if err := os.Remove(path + "-journal"); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Dir(path), 0o500); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(filepath.Dir(path), 0o700) })
	before := read(t, path)
	s, _ := broken(t, path, CodeUnwritable, false)
	if list := history(t, s, "isn"); len(list) != 3 {
		t.Errorf("%d of 3 answers shown", len(list))
	}
	if !bytes.Equal(read(t, path), before) {
		t.Error("the file was changed")
	}
}

// SQLite refuses to write to a file whose header has a write version above 2
// (sqlite.org/fileformat.html §1.3.3): a read-only file that binds root too.
func TestAReadOnlyFileGivesASessionThatBeginsWithWhatWasThere(t *testing.T) {
	path := filled(t, 3)
	data := read(t, path)
	data[18] = 3
	write(t, path, data)
	s, _ := broken(t, path, CodeUnwritable, false)
	if list := history(t, s, "isn"); len(list) != 3 {
		t.Errorf("%d of 3 answers shown", len(list))
	}
	if !bytes.Equal(read(t, path), data) {
		t.Error("the file was changed")
	}
}

func TestSomethingElseAtThePathIsNotTouched(t *testing.T) {
	dir := t.TempDir()
	broken(t, dir, CodeForeign, false)

	other := filepath.Join(dir, "other.db")
	execute(t, other, "CREATE TABLE recipes(name TEXT); INSERT INTO recipes VALUES('soup')")
	before := read(t, other)
	broken(t, other, CodeForeign, false)
	execute(t, other, "PRAGMA application_id=42")
	broken(t, other, CodeForeign, false)
	execute(t, other, "PRAGMA application_id=0")
	if got := read(t, other); len(got) != len(before) || !bytes.Contains(got, []byte("soup")) || exists(other+".corrupt-1") {
		t.Error("another program's database was touched")
	}
}

func TestANewerSchemaIsNotTouched(t *testing.T) {
	path := filled(t, 2)
	execute(t, path, "CREATE TABLE tomorrow(x); PRAGMA user_version=99")
	before := read(t, path)
	s, notice := broken(t, path, CodeNewer, false)
	if !strings.Contains(notice.Detail, "99") {
		t.Errorf("detail %q", notice.Detail)
	}
	if list := history(t, s, "isn"); len(list) != 0 {
		t.Errorf("read %d answers by rules that may have changed", len(list))
	}
	if !bytes.Equal(read(t, path), before) || exists(path+".corrupt-1") {
		t.Error("the file was touched")
	}
}

func TestADamagedFileIsKeptUnderANewName(t *testing.T) {
	path := filled(t, 200)
	good := read(t, path)
	cases := []struct {
		name  string
		spoil func() []byte
	}{
		{"not a database", func() []byte { return []byte("this was never a database, only some prose") }},
		{"cut short", func() []byte { return good[:len(good)/2] }},
		{"a page of zeros", func() []byte {
			data := bytes.Clone(good)
			clear(data[4096 : 2*4096])
			return data
		}},
		{"no table answers", func() []byte { return bytes.ReplaceAll(good, []byte("answers"), []byte("antlers")) }},
	}
	for i, c := range cases {
		data := c.spoil()
		write(t, path, data)
		write(t, path+"-shm", []byte(c.name))
		s, notice := broken(t, path, CodeCorrupt, true)
		want := path + ".corrupt-" + string(rune('1'+i))
		if notice.Aside != want || !strings.Contains(notice.Error(), want) {
			t.Errorf("%s: aside is %q, want %q; notice %q", c.name, notice.Aside, want, notice)
		}
		if !bytes.Equal(read(t, want), data) || string(read(t, want+"-shm")) != c.name {
			t.Errorf("%s: the bytes set aside differ", c.name)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = openAt(t, path)
		if list := history(t, s, "after"); len(list) != 1 {
			t.Errorf("%s: the fresh file has %d answers", c.name, len(list))
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAFreeNameIsFreeOfCompanionsToo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "progress.db")
	write(t, path, []byte("no database"))
	write(t, path+".corrupt-1-journal", []byte("left behind"))
	write(t, path+".corrupt-2", nil)
	_, notice := broken(t, path, CodeCorrupt, true)
	if notice.Aside != path+".corrupt-3" {
		t.Errorf("aside is %q", notice.Aside)
	}
}

func TestADamagedFileThatCannotBeRenamedStaysWhereItIs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "progress.db")
	write(t, path, []byte("no database"))
	if err := os.Mkdir(path+".lock", 0o700); err != nil { // nothing can be locked
		t.Fatal(err)
	}
	_, notice := broken(t, path, CodeCorrupt, false)
	if notice.Aside != "" || string(read(t, path)) != "no database" {
		t.Errorf("%+v", notice)
	}
}

func TestATriggerInTheFileIsDamage(t *testing.T) {
	path := filled(t, 1)
	execute(t, path, "CREATE TRIGGER t AFTER INSERT ON answers BEGIN DELETE FROM answers; END")
	_, notice := broken(t, path, CodeCorrupt, true)
	if notice.Aside == "" {
		t.Error("not set aside")
	}
}

func TestOnAFullDiskNothingIsHalfWrittenAndTheSameCallWorksLater(t *testing.T) {
	s := openNew(t)
	ctx := context.Background()
	if _, err := s.conn.ExecContext(ctx, "PRAGMA max_page_count=1"); err != nil { // as small as it is now
		t.Fatal(err)
	}
	written := 0
	a := answer("isn", true, day)
	a.Choice = strings.Repeat("x", 3000)
	var err error
	for ; written < 1000 && err == nil; written++ {
		_, err = s.Record(a)
	}
	written--
	for range 2 {
		_, err = s.Record(a)
		p := wantCode(t, "Record", err, CodeFull)
		if !p.Saving || !strings.Contains(p.Error(), "try again") {
			t.Errorf("%+v reads %q", p, p)
		}
	}
	wantCode(t, "SetSetting", s.SetSetting(Language, strings.Repeat("x", MaxText)), CodeFull)
	totals, err := s.Totals(day)
	if err != nil || totals.Asked != written {
		t.Errorf("%+v, want %d answers; %v", totals, written, err)
	}
	if _, err := s.conn.ExecContext(ctx, "PRAGMA max_page_count=100000"); err != nil {
		t.Fatal(err)
	}
	record(t, s, a)
	card, _, err := s.Card("handshake", "isn")
	if err != nil || card.Reps != int64(written+1) || len(history(t, s, "isn")) != written+1 {
		t.Errorf("%+v, %v", card, err)
	}
}

func TestCausesStayVisible(t *testing.T) {
	p := problemOf("x", &fs.PathError{Op: "mkdir", Path: "x", Err: fs.ErrPermission})
	if p.Code != CodeUnwritable || !errors.Is(p, fs.ErrPermission) {
		t.Errorf("%+v", p)
	}
}

func TestEveryCodeReadsAsASentenceOfItsOwn(t *testing.T) {
	seen := map[string]Code{}
	for _, code := range []Code{CodeUnwritable, CodeFull, CodeCorrupt, CodeNewer, CodeForeign,
		CodeMoved, CodeBusy, CodeIO, CodeInvalid, CodeClosed} {
		text := (&Problem{Code: code, Path: "progress.db"}).Error()
		if other, dup := seen[text]; dup || text == "" {
			t.Errorf("%s and %s both read %q", code, other, text)
		}
		seen[text] = code
	}
}

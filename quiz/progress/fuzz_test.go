package progress

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// Whatever stands at the path, Open gives a session, and the bytes are still
// somewhere: where they were, or under the name that the notice gives. Only a
// file that passes SQLite's check and is ours (or has no content at all) may
// be opened and so changed.
func FuzzOpenAnyBytes(f *testing.F) {
	good := goodBytes(f)
	f.Add([]byte{})
	f.Add([]byte("no database"))
	f.Add(good)
	f.Add(good[:4096])
	f.Add(good[:100])
	newer := bytes.Clone(good)
	newer[63] = 99 // user_version, sqlite.org/fileformat.html §1.3
	f.Add(newer)
	wal := bytes.Clone(good)
	wal[18], wal[19] = 2, 2
	f.Add(wal)
	for at := 4096; at < len(good); at += 4096 {
		holed := bytes.Clone(good)
		holed[at+5] ^= 0xff
		f.Add(holed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "progress.db")
		write(t, path, data)
		s, notice := Open(path)
		if _, err := s.Record(answer("isn", true, day)); err != nil {
			t.Errorf("a session that cannot record: %v (notice: %v)", err, notice)
		}
		// Damage may be met later than Open; the notice is then the store's.
		notice = s.Notice()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		switch {
		case notice == nil:
			copied := filepath.Join(t.TempDir(), "copy.db")
			write(t, copied, data)
			if len(data) > 0 {
				isWhole(t, copied, quick)
			}
		case notice.Aside != "":
			if !bytes.Equal(read(t, notice.Aside), data) {
				t.Errorf("the bytes set aside differ; %v", notice)
			}
		default:
			if !bytes.Equal(read(t, path), data) {
				t.Errorf("the file was changed; %v", notice)
			}
		}
	})
}

func goodBytes(f *testing.F) []byte {
	path := filepath.Join(f.TempDir(), "progress.db")
	s, notice := Open(path)
	if notice != nil {
		f.Fatal(notice)
	}
	for i := range int64(10) {
		if _, err := s.Record(answer("isn", true, day+i)); err != nil {
			f.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		f.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	return data
}

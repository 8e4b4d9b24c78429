//go:build unix

package lessons

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A lesson's folder comes from a stranger: whatever stands in a file's place is told, and nothing is read that may have no end.
func TestStrangeFilesOfAFolderAreTold(t *testing.T) {
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	files := []string{"scenario.tcp", "quiz.yaml"} // package quiz reads these two by itself, too; the others are read as they are
	for i, c := range []struct {
		name string
		put  func(path string)
		want error
	}{
		{"a pipe that nobody writes to", func(path string) { must(syscall.Mkfifo(path, 0o600)) }, errNoFile},
		{"a device without an end", func(path string) { must(os.Symlink("/dev/zero", path)) }, errNoFile},
		{"a folder", func(path string) { must(os.Mkdir(path, 0o700)) }, errNoFile},
		{"a link to itself", func(path string) { must(os.Symlink(filepath.Base(path), path)) }, syscall.ELOOP},
		{"a huge file", func(path string) { must(os.WriteFile(path, make([]byte, 10<<20), 0o600)) }, errLarge},
		{"zeros", func(path string) { must(os.WriteFile(path, make([]byte, 100), 0o600)) }, errNotText},
		{"bytes of no text", func(path string) { must(os.WriteFile(path, []byte("id: \xff\xfe"), 0o600)) }, errNotText},
	} {
		in := files[:1]
		if i == 0 {
			in = files
		}
		for _, file := range in {
			folder := filepath.Join(t.TempDir(), "close")
			must(os.CopyFS(folder, os.DirFS("close")))
			must(os.Remove(filepath.Join(folder, file)))
			c.put(filepath.Join(folder, file))
			want := "close/" + file + ": " + c.want.Error()
			if err := CheckDir(folder); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s as %s: CheckDir says %v, want %q", c.name, file, err, want)
			}
			if _, err := LoadDir(folder); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s as %s: LoadDir says %v, want %q", c.name, file, err, want)
			}
		}
	}
}

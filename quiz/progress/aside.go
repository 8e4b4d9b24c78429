package progress

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// companions are the files SQLite may keep beside a database. They may hold
// what the database lost, so they move with it.
var companions = []string{"-journal", "-wal", "-shm"}

// maxAside bounds the search for a free number.
const maxAside = 10_000

// setAside renames a damaged file, and its companions, to path.corrupt-N for
// the first N that no file uses. It returns the new name, or "" when the file
// turned out to be sound: another program has set it aside and begun afresh.
//
// Two programs may find the damage at once, and the slower must not rename the
// fresh file of the faster. So the check is made again by who has it alone.
func setAside(path string, how check) (aside string, err error) {
	err = whileAlone(path, func() error {
		conn, err := connect(path, how)
		if err == nil {
			return conn.Close()
		}
		if problemOf(path, err).Code != CodeCorrupt {
			return err
		}
		aside, err = rename(path)
		return err
	})
	return aside, err
}

// rename moves the file and its companions to the first free name, and returns
// that.
func rename(path string) (string, error) {
	aside, err := claim(path)
	if err != nil {
		return "", err
	}
	// The database last: SQLite deletes a journal whose database is gone.
	for _, suffix := range append(companions[:len(companions):len(companions)], "") {
		err := os.Rename(path+suffix, aside+suffix)
		if err != nil && !(suffix != "" && errors.Is(err, fs.ErrNotExist)) {
			// Only the empty file that claim made.
			_ = os.Remove(aside)
			return "", err
		}
	}
	return aside, nil
}

// claim finds the first free name and makes an empty file there, so that no
// other program can take it before the rename replaces it.
func claim(path string) (string, error) {
next:
	for n := 1; n <= maxAside; n++ {
		name := fmt.Sprintf("%s.corrupt-%d", path, n)
		for _, suffix := range companions {
			if _, err := os.Lstat(name + suffix); !errors.Is(err, fs.ErrNotExist) {
				continue next
			}
		}
		file, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		return name, file.Close()
	}
	return "", fmt.Errorf("%s.corrupt-1 to -%d are all taken", path, maxAside)
}

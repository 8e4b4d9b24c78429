package progress

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/adrg/xdg"
)

const (
	// BusyTimeout is how long a call waits for another program's transaction.
	BusyTimeout = 5 * time.Second
	// maxCopy bounds, in bytes, the file that is copied into memory when it
	// cannot be written: a million answers take about 100 MB.
	maxCopy = 256 << 20
)

// DefaultPath is tcptutor/progress.db in the XDG state directory
// ($XDG_STATE_HOME as it was when the program started, else ~/.local/state).
func DefaultPath() string {
	return filepath.Join(xdg.StateHome, "tcptutor", "progress.db")
}

// Open opens the progress file at path, and makes it and its directory when
// they are missing. The store it returns always works. The notice is nil when
// all is well; otherwise it says what was wrong, and Saving whether this
// session will be there tomorrow.
func Open(path string) (*Store, *Problem) {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	// Companions and set-aside files belong beside the file, not beside a link
	// to it.
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	s := &Store{path: path}
	s.open(quick)
	return s, s.notice
}

// OpenMemory opens an empty store that ends with the program.
func OpenMemory() *Store {
	s := &Store{}
	s.useMemory(nil)
	return s
}

// open fills in conn, saving and notice.
func (s *Store) open(how check) {
	s.notice = nil
	err := s.useFile(how)
	if err == nil {
		return
	}
	p := problemOf(s.path, err)
	s.notice = p
	if p.Code == CodeCorrupt {
		aside, err := setAside(s.path, how)
		p.Aside = aside
		if err == nil {
			err = s.useFile(how)
		}
		if err == nil {
			p.Saving = true
			if aside == "" {
				// Another program was first; it has told its learner.
				s.notice = nil
			}
			return
		}
		p.Detail += "; " + err.Error()
	}
	var image []byte
	switch p.Code {
	case CodeUnwritable, CodeFull, CodeIO:
		image = snapshot(s.path)
	}
	s.useMemory(image)
}

// useFile puts the session in the file.
func (s *Store) useFile(how check) error {
	if err := place(s.path); err != nil {
		return err
	}
	return whileNamed(s.path, func() error {
		conn, err := connect(s.path, how)
		if err != nil {
			return err
		}
		info, err := os.Stat(s.path)
		if err != nil {
			_ = conn.Close()
			return err
		}
		s.conn, s.file, s.saving = conn, info, true
		return nil
	})
}

// connect opens the file for reading and writing and makes sure of both. The
// caller holds the lock.
func connect(path string, how check) (*link, error) {
	conn, err := dial(path, "rwc")
	if err != nil {
		return nil, err
	}
	if err := settle(conn, how); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return conn, nil
}

// place makes the directory and refuses what is no regular file: SQLite would
// report a directory or a device in words of its own, or block on a pipe.
func place(path string) error {
	info, err := os.Stat(path)
	switch {
	case err == nil && !info.Mode().IsRegular():
		return &Problem{Code: CodeForeign, Detail: info.Mode().Type().String()}
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		// 0700: the XDG base directory specification, "Referencing this
		// specification".
		return os.MkdirAll(filepath.Dir(path), 0o700)
	default:
		return err
	}
}

// A link is one connection and the pool that it alone lives in: settings hold
// for a connection, and an in-memory database lives as long as it.
type link struct {
	*sql.Conn
	pool *sql.DB
}

// Close closes the connection and its pool.
func (l *link) Close() error { return errors.Join(l.Conn.Close(), l.pool.Close()) }

// dial connects to the file with one of SQLite's open modes, ro or rwc.
func dial(path, mode string) (*link, error) {
	slashed := filepath.ToSlash(path)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed
	}
	name := url.URL{Scheme: "file", Path: slashed, RawQuery: fmt.Sprintf(
		"mode=%s&_pragma=busy_timeout(%d)", mode, BusyTimeout.Milliseconds())}
	return dialName(name.String())
}

func dialName(name string) (*link, error) {
	pool, err := sql.Open("sqlite", name)
	if err != nil {
		return nil, err
	}
	conn, err := pool.Conn(context.Background())
	if err != nil {
		_ = pool.Close()
		return nil, err
	}
	return &link{conn, pool}, nil
}

// settle checks, migrates and configures an open file, and makes sure that it
// can be written: a learner is told at the start that nothing will be saved, not
// after the first answer.
func settle(conn *link, how check) error {
	if err := prepare(conn, how); err != nil {
		return err
	}
	// Only now, because a change of the journal mode may write to the file.
	// fullfsync is for macOS, where fsync alone does not reach the disk.
	if _, err := conn.ExecContext(context.Background(),
		"PRAGMA journal_mode=PERSIST; PRAGMA journal_size_limit=1048576; PRAGMA synchronous=FULL; PRAGMA fullfsync=ON"); err != nil {
		return err
	}
	err := tryWrite(conn)
	if err != nil && problemOf("", err).Code == CodeBusy {
		// Somebody is writing, so it can be done.
		return nil
	}
	return err
}

// errTakeBack rolls back the write that only asks whether writing is possible.
var errTakeBack = errors.New("take back")

// tryWrite makes a change that changes nothing, and takes it back.
func tryWrite(conn *link) error {
	err := transaction(conn, func() error {
		_, version, err := identity(conn)
		if err == nil {
			_, err = conn.ExecContext(context.Background(), fmt.Sprintf("PRAGMA user_version=%d", version))
		}
		if err == nil {
			err = errTakeBack
		}
		return err
	})
	if errors.Is(err, errTakeBack) {
		return nil
	}
	return err
}

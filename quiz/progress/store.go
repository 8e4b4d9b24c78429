package progress

import (
	"context"
	"os"
	"sync"
)

// A Store is an open progress file, or a session in memory. Its methods may be
// called from several goroutines. Their errors are of type *[Problem].
type Store struct {
	mu     sync.Mutex
	path   string
	conn   *link       // nil when closed or broken
	saving bool        // conn is the file, not memory
	file   os.FileInfo // the file that conn has open, when saving
	notice *Problem    // what was wrong at the last open, or nil
	broken *Problem    // not even memory could be had
}

// Saving reports whether answers go to the file.
func (s *Store) Saving() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.saving
}

// Notice returns what was wrong when the file was last opened, or nil. That is
// Open's notice, or a later one: a store whose file is moved or found damaged
// in mid-session opens it anew.
func (s *Store) Notice() *Problem {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.notice
}

// Close closes the file. Everything recorded is on the disk already, so a
// program that never comes to call it loses nothing.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn == nil {
		return nil
	}
	err := s.conn.Close()
	s.conn, s.saving = nil, false
	if err != nil {
		return problemOf(s.path, err)
	}
	return nil
}

// use runs do on the connection. When the file turns out to be moved or
// damaged, it is opened anew, set aside where needed, and do runs on that.
func (s *Store) use(do func(*link) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return s.broken
	}
	if s.conn == nil {
		return &Problem{Code: CodeClosed, Path: s.path}
	}
	err := s.try(do)
	if err == nil {
		return nil
	}
	p := problemOf(s.path, err)
	if s.saving && (p.Code == CodeCorrupt || p.Code == CodeMoved) {
		if p := s.reopen(p.Code); p != nil {
			return p
		}
		if err = s.try(do); err == nil {
			return nil
		}
		p = problemOf(s.path, err)
	}
	p.Saving = s.saving
	return p
}

// try runs do on the connection, while the file has its name. It looks for a
// moved file first, before SQLite can see the journal of the file that now has
// the name.
func (s *Store) try(do func(*link) error) error {
	if !s.saving {
		return do(s.conn)
	}
	return whileNamed(s.path, func() error {
		if s.moved() {
			return &Problem{Code: CodeMoved, Path: s.path}
		}
		err := do(s.conn)
		if err != nil && s.moved() {
			return &Problem{Code: CodeMoved, Path: s.path, Detail: err.Error(), Err: err}
		}
		return err
	})
}

// moved reports whether the path no longer names the file that is open.
func (s *Store) moved() bool {
	now, err := os.Stat(s.path)
	return err != nil || !os.SameFile(now, s.file)
}

// reopen opens the file anew after what code says. It returns a problem when
// only memory is left: the call is then not tried again, since an answer that
// will not last must not look saved. The caller is told once and may decide.
func (s *Store) reopen(code Code) *Problem {
	_ = s.conn.Close()
	s.conn = nil
	s.open(thorough)
	if s.notice == nil && code == CodeMoved {
		s.notice = &Problem{Code: CodeMoved, Path: s.path, Saving: true}
	}
	if s.saving {
		return nil
	}
	return s.notice
}

// write is use inside a transaction.
func (s *Store) write(do func(*link) error) error {
	return s.use(func(conn *link) error {
		return transaction(conn, func() error { return do(conn) })
	})
}

// A Setting names something remembered from one run to the next.
type Setting string

// The settings.
const (
	// Language is the language of the screen, "en" or "zh".
	Language Setting = "language"
	// LastLesson is the lesson to continue with; SavePosition keeps it.
	LastLesson Setting = "last lesson"
)

// Setting returns the value of a setting, or "" when it was never set.
func (s *Store) Setting(name Setting) (string, error) {
	var value string
	err := s.use(func(conn *link) error {
		value = ""
		return each(conn, scan(&value), "SELECT value FROM settings WHERE name = ?", string(name))
	})
	return value, err
}

// SetSetting keeps the value of a setting, at most MaxText bytes.
func (s *Store) SetSetting(name Setting, value string) error {
	if err := checkTexts(string(name), value); err != nil {
		return err
	}
	return s.write(func(conn *link) error { return set(conn, name, value) })
}

func set(conn *link, name Setting, value string) error {
	_, err := conn.ExecContext(context.Background(),
		`INSERT INTO settings(name, value) VALUES(?, ?)
		 ON CONFLICT(name) DO UPDATE SET value = excluded.value`, string(name), value)
	return err
}

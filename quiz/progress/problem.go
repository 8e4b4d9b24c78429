package progress

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Code says which kind of thing went wrong; a screen words it.
type Code string

// The codes of a [Problem].
const (
	// CodeUnwritable: the directory or the file cannot be made or written.
	CodeUnwritable Code = "unwritable"
	// CodeFull: no space is left on the disk.
	CodeFull Code = "full"
	// CodeCorrupt: the file is damaged. Aside names where it now is; an empty
	// Aside says that it could not be renamed and is where it was.
	CodeCorrupt Code = "corrupt"
	// CodeNewer: a newer tcptutor wrote the file; it was not touched.
	CodeNewer Code = "newer"
	// CodeForeign: something else stands at the path, a directory or another
	// program's database; it was not touched.
	CodeForeign Code = "foreign"
	// CodeMoved: the file was renamed or removed while it was open.
	CodeMoved Code = "moved"
	// CodeBusy: another program kept the file locked for [BusyTimeout].
	CodeBusy Code = "busy"
	// CodeIO: the system could not read or write, for a reason of its own.
	CodeIO Code = "io"
	// CodeInvalid: the caller passed a value outside its documented limits.
	CodeInvalid Code = "invalid"
	// CodeClosed: the store was used after Close.
	CodeClosed Code = "closed"
)

// A Problem is what went wrong, in data. Open returns one as a notice beside a
// store that works; every other method returns one as its error.
type Problem struct {
	Code Code
	// Path is the progress file; empty when there is none.
	Path string
	// Aside is the new name of a damaged file, or empty.
	Aside string
	// Detail is what the system said, in its words; not translated.
	Detail string
	// Saving says whether the store writes to the file from now on. When it
	// is false, the session lives in memory and ends with the program.
	Saving bool
	// Err is the cause, or nil.
	Err error
}

// Unwrap returns the cause, so that errors.Is finds fs.ErrPermission and such.
func (p *Problem) Unwrap() error { return p.Err }

// Error says in English what is wrong and what a person can do about it.
func (p *Problem) Error() string {
	s := p.what()
	if p.Detail != "" {
		s += " (" + p.Detail + ")"
	}
	if next := p.next(); next != "" {
		s += ": " + next
	}
	return s
}

func (p *Problem) what() string {
	switch p.Code {
	case CodeUnwritable:
		return "progress cannot be written to " + p.Path
	case CodeFull:
		return "no space is left for " + p.Path
	case CodeCorrupt:
		if p.Aside == "" {
			return p.Path + " is damaged and could not be renamed"
		}
		return p.Path + " was damaged and is kept as " + p.Aside
	case CodeNewer:
		return p.Path + " was written by a newer tcptutor"
	case CodeForeign:
		return p.Path + " is not a progress file of tcptutor"
	case CodeMoved:
		return p.Path + " was moved or removed while it was open"
	case CodeBusy:
		return "another program keeps " + p.Path + " locked"
	case CodeInvalid:
		return "progress was given a wrong value"
	case CodeClosed:
		return "progress is closed"
	default:
		return "progress could not read or write " + p.Path
	}
}

func (p *Problem) next() string {
	const inMemory = "; until then this session is not saved"
	switch {
	case p.Code == CodeInvalid || p.Code == CodeClosed:
		return ""
	case p.Saving && (p.Code == CodeCorrupt || p.Code == CodeMoved):
		return "a fresh file was begun"
	case p.Saving && p.Code == CodeFull:
		return "nothing was saved; free some space and try again"
	case p.Saving:
		return "nothing was saved; try again"
	case p.Code == CodeFull:
		return "free some space and start again" + inMemory
	case p.Code == CodeNewer:
		return "update tcptutor" + inMemory
	case p.Code == CodeForeign:
		return "move it away or set XDG_STATE_HOME to another directory" + inMemory
	case p.Code == CodeBusy:
		return "close the other program and start again" + inMemory
	default:
		return "make its directory writable or set XDG_STATE_HOME to one that is" + inMemory
	}
}

// invalid is the error for a caller's value outside its limits.
func invalid(format string, args ...any) *Problem {
	return &Problem{Code: CodeInvalid, Detail: fmt.Sprintf(format, args...)}
}

// problemOf classifies err, from SQLite or from the file system. It returns err
// itself when that is a Problem already.
func problemOf(path string, err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		if p.Path == "" {
			p.Path = path
		}
		return p
	}
	p = &Problem{Code: CodeIO, Path: path, Detail: err.Error(), Err: err}
	var fromDB *sqlite.Error
	var fromPath *os.PathError
	var fromLink *os.LinkError
	switch {
	case errors.As(err, &fromDB):
		p.Code = codeOf(fromDB.Code())
	case errors.Is(err, syscall.ENOSPC):
		p.Code = CodeFull
	case errors.As(err, &fromPath), errors.As(err, &fromLink):
		p.Code = CodeUnwritable
	}
	return p
}

// codeOf maps SQLite's result codes (sqlite.org/rescode.html); the low byte of
// an extended code is its primary code.
func codeOf(rc int) Code {
	if rc == sqlite3.SQLITE_READONLY_DBMOVED {
		return CodeMoved
	}
	switch rc & 0xff {
	case sqlite3.SQLITE_FULL:
		return CodeFull
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return CodeCorrupt
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH:
		return CodeUnwritable
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return CodeBusy
	default:
		return CodeIO
	}
}

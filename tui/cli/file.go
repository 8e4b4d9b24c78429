package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
	"time"
	"unicode/utf8"
)

// maxFile is the most bytes a scenario may have.
const maxFile = 1 << 20

// patience is how long a file that is not a regular one (a pipe, a device) may take to be read. Standard input may take for ever.
const patience = time.Second

// readFile reads a scenario; "-" is standard input. It never reads more than maxFile and a byte, nor waits on a pipe that nobody
// writes to, and what is not text is refused here.
func (a *app) readFile(name string) ([]byte, error) {
	var text []byte
	var err error
	if name == "-" {
		text, err = io.ReadAll(io.LimitReader(a.in, maxFile+1))
	} else {
		text, err = readNamed(name)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, &problem{fmt.Sprintf(a.w.noFile, name), a.w.noFileNext, failed}
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, &problem{fmt.Sprintf(a.w.slowFile, name), a.w.slowFileNext, failed}
	case errors.Is(err, syscall.EISDIR):
		return nil, &problem{fmt.Sprintf(a.w.directory, name), a.w.directoryNext, failed}
	case err != nil:
		if p, ok := errors.AsType[*fs.PathError](err); ok {
			err = p.Err
		}
		return nil, &problem{fmt.Sprintf(a.w.unreadable, name, err), a.w.unreadableNext, failed}
	case len(text) > maxFile:
		return nil, &problem{fmt.Sprintf(a.w.hugeFile, name), a.w.notScenarioNext, failed}
	case len(bytes.TrimSpace(text)) == 0:
		return nil, &problem{fmt.Sprintf(a.w.emptyFile, name), a.w.notScenarioNext, failed}
	case bytes.IndexByte(text, 0) >= 0 || !utf8.Valid(text):
		return nil, &problem{fmt.Sprintf(a.w.binaryFile, name), a.w.notScenarioNext, failed}
	}
	return text, nil
}

func readNamed(name string) ([]byte, error) {
	// Without O_NONBLOCK the open itself would wait for somebody to write to a named pipe.
	f, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	// A regular file knows no deadlines and needs none.
	_ = f.SetReadDeadline(time.Now().Add(patience))
	return io.ReadAll(io.LimitReader(f, maxFile+1))
}

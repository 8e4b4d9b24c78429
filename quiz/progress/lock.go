package progress

import (
	"context"
	"errors"
	"time"

	"github.com/gofrs/flock"
)

// lockRetry is how long to wait before a lock that is taken is tried again.
const lockRetry = 2 * time.Millisecond

// SQLite finds a journal by the name its database had when it was opened. A
// connection that still has a damaged file open when another program has set it
// aside would take the journal of the fresh file for its own: it would roll it
// back into the file set aside, and delete it
// (sqlite.org/howtocorrupt.html §2.4). So the name has a lock, a flock(2) on an
// empty file beside it: any number of programs share it while they open the file
// or read and write it, and who renames the file has it alone. The system lets
// go of it when its holder dies.

// lockOf is a new hold on the lock of the file at path.
func lockOf(path string) *flock.Flock { return flock.New(path + ".lock") }

// whileNamed runs do while no program may rename the file at path. Where there
// can be no lock, a read-only directory for one, nobody can rename either.
func whileNamed(path string, do func() error) error {
	lock := lockOf(path)
	err := wait(lock.TryRLockContext)
	if errors.Is(err, context.DeadlineExceeded) {
		return &Problem{Code: CodeBusy, Path: path, Err: err}
	}
	if err == nil {
		defer func() { _ = lock.Unlock() }()
	}
	return do()
}

// whileAlone runs do while no program has the file at path in use.
func whileAlone(path string, do func() error) error {
	lock := lockOf(path)
	if err := wait(lock.TryLockContext); err != nil {
		return err
	}
	defer func() { _ = lock.Unlock() }()
	return do()
}

// wait tries for a lock until [BusyTimeout] is over, and then returns
// context.DeadlineExceeded.
func wait(try func(context.Context, time.Duration) (bool, error)) error {
	ctx, cancel := context.WithTimeout(context.Background(), BusyTimeout)
	defer cancel()
	_, err := try(ctx, lockRetry)
	return err
}

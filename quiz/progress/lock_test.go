package progress

import (
	"runtime"
	"testing"
)

// held reports that do, which waits for a database that is kept locked here,
// keeps others from the lock that try wants.
func held(t *testing.T, path string, try func() bool, do func()) {
	t.Helper()
	other := openAt(t, path)
	execOn(t, other, "BEGIN EXCLUSIVE")
	done := make(chan struct{})
	go func() { do(); close(done) }()
	for try() {
		select {
		case <-done:
			t.Error("the lock was never held")
			return
		default:
			runtime.Gosched()
		}
	}
	execOn(t, other, "ROLLBACK")
	<-done
}

// canRename and canUse say whether the lock can be had, and let go of it.
func canRename(path string) bool {
	lock := lockOf(path)
	defer func() { _ = lock.Unlock() }()
	ok, err := lock.TryLock()
	return ok && err == nil
}

func canUse(path string) bool {
	lock := lockOf(path)
	defer func() { _ = lock.Unlock() }()
	ok, err := lock.TryRLock()
	return ok && err == nil
}

func TestNobodyMayRenameTheFileWhileItIsBeingOpened(t *testing.T) {
	path := filled(t, 1)
	held(t, path, func() bool { return canRename(path) }, func() {
		s, notice := Open(path)
		if notice != nil {
			t.Error(notice)
		}
		_ = s.Close()
	})
}

func TestNobodyMayRenameTheFileWhileItIsReadOrWritten(t *testing.T) {
	s := openNew(t)
	if !canRename(s.path) {
		t.Error("the lock is held between calls")
	}
	for _, use := range []func(func(*link) error) error{s.use, s.write} {
		if err := use(func(*link) error {
			if canRename(s.path) {
				t.Error("the lock is free")
			}
			if !canUse(s.path) {
				t.Error("another program may not read")
			}
			return nil
		}); err != nil {
			t.Error(err)
		}
	}
}

func TestWhoSetsAFileAsideHasItAlone(t *testing.T) {
	path := filled(t, 1)
	held(t, path, func() bool { return canUse(path) }, func() {
		if aside, err := setAside(path, thorough); aside != "" || err != nil {
			t.Errorf("a sound file went to %q; %v", aside, err)
		}
	})
}

// What the lock is for: SQLite, left alone, takes the journal of the fresh file
// for that of the file set aside, as sqlite.org/howtocorrupt.html §2.4 says.
func TestWithoutTheLockAFileSetAsideIsWrittenOver(t *testing.T) {
	path := t.TempDir() + "/progress.db"
	write(t, path, []byte("no database"))
	slow, err := dial(path, "rwc")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = slow.Close() }()
	fast, _ := broken(t, path, CodeCorrupt, true)
	// More than the cache holds, so that the journal is synced before the end.
	execOn(t, fast, `PRAGMA cache_size=1; BEGIN IMMEDIATE;
		WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n WHERE i<3000)
		INSERT INTO settings SELECT i, hex(zeroblob(100)) FROM n`)
	_, _ = examine(slow, quick)
	if string(read(t, path+".corrupt-1")) == "no database" && exists(path+"-journal") {
		t.Error("SQLite leaves both alone: the lock is needless")
	}
	execOn(t, fast, "ROLLBACK")
}

package progress

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// applicationID marks the file as ours in SQLite's header: "tcpt".
const applicationID = 0x74637074

// migrations are the steps of the schema: step i takes a file from
// user_version i to i+1. A released step is never edited, only followed.
var migrations = []string{
	`CREATE TABLE answers(
		id      INTEGER PRIMARY KEY AUTOINCREMENT,
		lesson  TEXT NOT NULL,
		item    TEXT NOT NULL,
		seed    INTEGER NOT NULL,
		book    TEXT NOT NULL,
		choice  TEXT NOT NULL,
		correct INTEGER NOT NULL,
		at      INTEGER NOT NULL
	) STRICT;
	CREATE INDEX answers_by_item ON answers(lesson, item, correct);
	CREATE TABLE cards(
		lesson     TEXT NOT NULL,
		item       TEXT NOT NULL,
		due        INTEGER NOT NULL,
		last       INTEGER NOT NULL,
		stability  REAL NOT NULL,
		difficulty REAL NOT NULL,
		elapsed    INTEGER NOT NULL,
		scheduled  INTEGER NOT NULL,
		reps       INTEGER NOT NULL,
		lapses     INTEGER NOT NULL,
		state      INTEGER NOT NULL,
		PRIMARY KEY(lesson, item)
	) STRICT, WITHOUT ROWID;
	CREATE INDEX cards_by_due ON cards(due);
	CREATE TABLE positions(
		lesson   TEXT PRIMARY KEY,
		step     INTEGER NOT NULL,
		steps    INTEGER NOT NULL,
		furthest INTEGER NOT NULL,
		at       INTEGER NOT NULL
	) STRICT, WITHOUT ROWID;
	CREATE TABLE settings(
		name  TEXT PRIMARY KEY,
		value TEXT NOT NULL
	) STRICT, WITHOUT ROWID;`,
}

// The columns each query reads, in the order its scan expects. They double as
// the check that a file has the shape this program works with.
const (
	answerColumns   = "id, lesson, item, seed, book, choice, correct, at"
	cardColumns     = "lesson, item, due, last, stability, difficulty, elapsed, scheduled, reps, lapses, state"
	positionColumns = "lesson, step, steps, furthest, at"
)

var shape = []string{
	"SELECT " + answerColumns + " FROM answers LIMIT 1",
	"SELECT " + cardColumns + " FROM cards LIMIT 1",
	"SELECT " + positionColumns + " FROM positions LIMIT 1",
	"SELECT name, value FROM settings LIMIT 1",
}

// A check is one of SQLite's own over a whole file.
type check string

const (
	// quick reads every page and row: each Open can afford it.
	quick check = "quick_check"
	// thorough compares every index with its table too. It runs when a query
	// met damage that the quick one had not seen.
	thorough check = "integrity_check"
)

// prepare checks that the database is whole and ours, and brings it to the
// newest schema. It writes nothing unless the database is empty or older.
func prepare(conn *link, how check) error {
	version, err := examine(conn, how)
	if err != nil {
		return err
	}
	if version < len(migrations) {
		if err := migrate(conn); err != nil {
			return damage(version > 0, err)
		}
	}
	for _, probe := range shape {
		if err := each(conn, func(*sql.Rows) error { return nil }, probe); err != nil {
			return damage(true, err)
		}
	}
	return nil
}

// examine returns the schema version of a database that is whole and ours, or
// 0 for one that is empty. It reads in one transaction: another program may be
// making the schema at this moment.
func examine(conn *link, how check) (version int, err error) {
	ctx := context.Background()
	// The schema is data from outside: it may not call functions with side
	// effects, and pages are checked as they are read (sqlite.org/security.html).
	if _, err := conn.ExecContext(ctx, "PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; BEGIN"); err != nil {
		return 0, err
	}
	defer func() {
		if _, e := conn.ExecContext(ctx, "ROLLBACK"); err == nil {
			err = e
		}
	}()
	app, version, err := identity(conn)
	if err != nil {
		return 0, err
	}
	ours := app == applicationID
	if ours && version > len(migrations) {
		return 0, &Problem{Code: CodeNewer,
			Detail: fmt.Sprintf("schema %d > %d", version, len(migrations))}
	}
	objects, err := inspect(conn, how)
	if err != nil {
		return 0, damage(ours, err)
	}
	empty := version == 0 && objects == 0 && (ours || app == 0)
	if !empty && (!ours || version <= 0) {
		return 0, damage(ours, &shapeError{fmt.Sprintf("application id %#x, schema %d", app, version)})
	}
	return version, nil
}

// identity reads the two numbers of the header that say whose file it is and
// how old. An empty file has 0 for both.
func identity(conn *link) (app, version int, err error) {
	ctx := context.Background()
	if err = conn.QueryRowContext(ctx, "PRAGMA application_id").Scan(&app); err == nil {
		err = conn.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version)
	}
	return app, version, err
}

// inspect runs the check and counts the objects of
// its schema. A trigger or a view is never ours and could rewrite what we
// store, so a file with one does not pass.
func inspect(conn *link, how check) (objects int, err error) {
	ctx := context.Background()
	var verdict string
	if err := conn.QueryRowContext(ctx, "PRAGMA "+string(how)+"(1)").Scan(&verdict); err != nil {
		return 0, err
	}
	if verdict != "ok" {
		return 0, &Problem{Code: CodeCorrupt, Detail: verdict}
	}
	var active int
	err = conn.QueryRowContext(ctx,
		"SELECT count(*), coalesce(sum(type IN ('trigger', 'view')), 0) FROM sqlite_schema").Scan(&objects, &active)
	if err == nil && active > 0 {
		err = &shapeError{fmt.Sprintf("%d triggers or views", active)}
	}
	return objects, err
}

// shapeError is a schema that SQLite accepts and that is not ours.
type shapeError struct{ detail string }

func (e *shapeError) Error() string { return e.detail }

// damage turns "no such table" and the like into the code for a damaged file
// when the file says it is ours, and for a foreign one when it does not.
func damage(ours bool, err error) error {
	var fromDB *sqlite.Error
	var wrongShape *shapeError
	if !errors.As(err, &wrongShape) &&
		!(errors.As(err, &fromDB) && fromDB.Code()&0xff == sqlite3.SQLITE_ERROR) {
		return err
	}
	code := CodeForeign
	if ours {
		code = CodeCorrupt
	}
	return &Problem{Code: code, Detail: err.Error(), Err: err}
}

// migrate runs the steps that the file lacks, all in one transaction. The
// version is read again inside it: another program may have been first.
func migrate(conn *link) error {
	ctx := context.Background()
	return transaction(conn, func() error {
		_, version, err := identity(conn)
		if err != nil {
			return err
		}
		for ; version < len(migrations); version++ {
			if _, err := conn.ExecContext(ctx, migrations[version]); err != nil {
				return fmt.Errorf("schema step %d: %w", version+1, err)
			}
		}
		_, err = conn.ExecContext(ctx, fmt.Sprintf(
			"PRAGMA application_id=%d; PRAGMA user_version=%d", applicationID, version))
		return err
	})
}

// transaction runs do inside BEGIN IMMEDIATE and COMMIT. The write lock is
// taken first, so that what do reads cannot change before it writes. After any
// error nothing of it remains, a commit that failed included.
func transaction(conn *link, do func() error) error {
	ctx := context.Background()
	if _, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	err := do()
	if err == nil {
		_, err = conn.ExecContext(ctx, "COMMIT")
	}
	if err != nil {
		// SQLite rolls back on its own after some errors and not after
		// others; where it has, this one says so and means nothing.
		_, _ = conn.ExecContext(ctx, "ROLLBACK")
	}
	return err
}

// each runs a query and calls row for every row of its result.
func each(conn *link, row func(*sql.Rows) error, query string, args ...any) error {
	rows, err := conn.QueryContext(context.Background(), query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := row(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

package progress

import (
	"context"
	"database/sql"
)

// Limits on what is stored. A value outside them is a CodeInvalid problem.
const (
	// MaxText is the longest text of an answer or a setting, in bytes.
	MaxText = 64 << 10
	// MaxTime is the last second that can be recorded, the end of year 9999.
	MaxTime = 253_402_300_799
)

// An Answer is one question answered once.
type Answer struct {
	// ID is given by Record, counts up, and is never given twice.
	ID int64
	// Lesson and Item name the question; together they are its review card.
	Lesson, Item string
	// Seed is the variant of the item that was asked.
	Seed uint64
	// Book is the rules the item was answered under, "linux" or "rfc9293".
	Book string
	// Choice is what the learner chose or typed.
	Choice string
	// Right says whether that was the engine's answer.
	Right bool
	// At is when, in seconds since the Unix epoch, 0 to MaxTime.
	At int64
}

// Record stores an answer and moves its review card. It returns the answer's ID
// once both are on the disk; after an error neither is stored.
func (s *Store) Record(a Answer) (int64, error) {
	if err := a.check(); err != nil {
		return 0, err
	}
	var id int64
	err := s.write(func(conn *link) error {
		// The seed keeps its 64 bits; SQLite's integers are signed.
		res, err := conn.ExecContext(context.Background(),
			`INSERT INTO answers(lesson, item, seed, book, choice, correct, at) VALUES(?, ?, ?, ?, ?, ?, ?)`,
			a.Lesson, a.Item, int64(a.Seed), a.Book, a.Choice, a.Right, a.At)
		if err != nil {
			return err
		}
		if id, err = res.LastInsertId(); err != nil {
			return err
		}
		card, err := loadCard(conn, a.Lesson, a.Item)
		if err != nil {
			return err
		}
		return saveCard(conn, card.review(a.Right, a.At))
	})
	if err != nil {
		return 0, err
	}
	return id, nil
}

func (a Answer) check() error {
	if a.Lesson == "" || a.Item == "" {
		return invalid("an answer needs a lesson and an item, got %q and %q", a.Lesson, a.Item)
	}
	if err := checkTexts(a.Lesson, a.Item, a.Book, a.Choice); err != nil {
		return err
	}
	return checkTime(a.At)
}

func checkTexts(texts ...string) error {
	for _, text := range texts {
		if len(text) > MaxText {
			return invalid("a text has %d bytes, the limit is %d", len(text), MaxText)
		}
	}
	return nil
}

func checkTime(at int64) error {
	if at < 0 || at > MaxTime {
		return invalid("the time %d is not in 0 to %d", at, MaxTime)
	}
	return nil
}

// History returns the answers given to one item, the newest first, at most
// limit of them.
func (s *Store) History(lesson, item string, limit int) ([]Answer, error) {
	var list []Answer
	err := s.use(func(conn *link) error {
		list = nil
		return each(conn, func(rows *sql.Rows) error {
			var a Answer
			var seed int64
			err := rows.Scan(&a.ID, &a.Lesson, &a.Item, &seed, &a.Book, &a.Choice, &a.Right, &a.At)
			a.Seed = uint64(seed)
			list = append(list, a)
			return err
		}, "SELECT "+answerColumns+" FROM answers WHERE lesson = ? AND item = ? ORDER BY id DESC LIMIT ?",
			lesson, item, max(limit, 0))
	})
	return list, err
}

// Totals are counts over everything answered.
type Totals struct {
	// Asked and Right count answers.
	Asked, Right int
	// Items counts the different items answered, Due those of them whose
	// review has come.
	Items, Due int
}

// Totals counts all answers and, at the given Unix time, the reviews due.
func (s *Store) Totals(at int64) (Totals, error) {
	var t Totals
	err := s.use(func(conn *link) error {
		if err := each(conn, scan(&t.Asked, &t.Right),
			"SELECT count(*), coalesce(sum(correct), 0) FROM answers"); err != nil {
			return err
		}
		return each(conn, scan(&t.Items, &t.Due),
			"SELECT count(*), coalesce(sum(due <= ?), 0) FROM cards", at)
	})
	return t, err
}

// scan reads a row into the given variables.
func scan(into ...any) func(*sql.Rows) error {
	return func(rows *sql.Rows) error { return rows.Scan(into...) }
}

// Asked counts how often each item has been answered, by the item's name.
func (s *Store) Asked() (map[string]int, error) {
	var count map[string]int
	err := s.use(func(conn *link) error {
		count = map[string]int{}
		return each(conn, func(rows *sql.Rows) error {
			var item string
			var n int
			err := rows.Scan(&item, &n)
			count[item] = n
			return err
		}, "SELECT item, count(*) FROM answers GROUP BY item")
	})
	return count, err
}

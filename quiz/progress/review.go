package progress

import (
	"context"
	"database/sql"
	"time"

	"github.com/open-spaced-repetition/go-fsrs/v3"
)

// A Card is what FSRS remembers of one item: how well the learner is likely to
// know it, and when to ask again. Times are seconds since the Unix epoch.
type Card struct {
	Lesson, Item string
	// Due is when to ask again.
	Due int64
	// Last is when it was last answered.
	Last int64
	// Stability is the days until the chance to recall falls to 90 %;
	// Difficulty goes from 1 to 10.
	Stability, Difficulty float64
	// Elapsed is the days between the last two answers; Scheduled is the days
	// until Due that FSRS chose, 0 for a matter of minutes.
	Elapsed, Scheduled int64
	// Reps counts answers, Lapses the times a known item was forgotten.
	Reps, Lapses int64
	// State is FSRS's: 0 new, 1 learning, 2 review, 3 relearning.
	State int
}

// review returns the card after an answer at the given time: right is FSRS's
// Good, wrong is Again. A clock that was set back counts as standing still:
// FSRS's day counts are unsigned.
func (c Card) review(right bool, at int64) Card {
	before := fsrs.NewCard()
	if c.sound() {
		at = max(at, c.Last)
		before = fsrs.Card{
			Due: time.Unix(c.Due, 0).UTC(), LastReview: time.Unix(c.Last, 0).UTC(),
			Stability: c.Stability, Difficulty: c.Difficulty,
			ElapsedDays: uint64(c.Elapsed), ScheduledDays: uint64(c.Scheduled),
			Reps: uint64(c.Reps), Lapses: uint64(c.Lapses), State: fsrs.State(c.State),
		}
	}
	grade := fsrs.Again
	if right {
		grade = fsrs.Good
	}
	// A scheduler a call: it keeps scratch values inside. Fuzz is off by
	// default and stays so, or two runs would differ.
	after := fsrs.NewFSRS(fsrs.DefaultParam()).Next(before, time.Unix(at, 0).UTC(), grade).Card
	return Card{
		Lesson: c.Lesson, Item: c.Item,
		Due: after.Due.Unix(), Last: after.LastReview.Unix(),
		Stability: after.Stability, Difficulty: after.Difficulty,
		Elapsed: int64(after.ElapsedDays), Scheduled: int64(after.ScheduledDays),
		Reps: int64(after.Reps), Lapses: int64(after.Lapses), State: int(after.State),
	}
}

// sound reports whether FSRS can go on from this card. A card edited by hand to
// values outside its formulas would give NaN; it begins anew.
func (c Card) sound() bool {
	return c.Reps > 0 && c.Lapses >= 0 && c.Elapsed >= 0 && c.Scheduled >= 0 &&
		c.Last >= 0 && c.Last <= MaxTime && c.State >= int(fsrs.Learning) && c.State <= int(fsrs.Relearning) &&
		c.Stability > 0 && c.Stability <= 1e9 && c.Difficulty >= 1 && c.Difficulty <= 10
}

// Due returns the cards whose review has come at the given Unix time, the
// longest overdue first, at most limit of them.
func (s *Store) Due(at int64, limit int) ([]Card, error) {
	return s.cards("WHERE due <= ? ORDER BY due, lesson, item LIMIT ?", at, max(limit, 0))
}

// Card returns the review card of an item; ok is false when it was never
// answered.
func (s *Store) Card(lesson, item string) (card Card, ok bool, err error) {
	list, err := s.cards("WHERE lesson = ? AND item = ?", lesson, item)
	if err != nil || len(list) == 0 {
		return Card{Lesson: lesson, Item: item}, false, err
	}
	return list[0], true, nil
}

func (s *Store) cards(where string, args ...any) ([]Card, error) {
	var list []Card
	err := s.use(func(conn *link) error {
		var err error
		list, err = selectCards(conn, where, args...)
		return err
	})
	return list, err
}

func selectCards(conn *link, where string, args ...any) ([]Card, error) {
	var list []Card
	err := each(conn, func(rows *sql.Rows) error {
		var c Card
		err := rows.Scan(&c.Lesson, &c.Item, &c.Due, &c.Last, &c.Stability, &c.Difficulty,
			&c.Elapsed, &c.Scheduled, &c.Reps, &c.Lapses, &c.State)
		list = append(list, c)
		return err
	}, "SELECT "+cardColumns+" FROM cards "+where, args...)
	return list, err
}

// loadCard returns the stored card, or a new one.
func loadCard(conn *link, lesson, item string) (Card, error) {
	list, err := selectCards(conn, "WHERE lesson = ? AND item = ?", lesson, item)
	if err != nil || len(list) == 0 {
		return Card{Lesson: lesson, Item: item}, err
	}
	return list[0], nil
}

func saveCard(conn *link, c Card) error {
	_, err := conn.ExecContext(context.Background(),
		"INSERT OR REPLACE INTO cards("+cardColumns+") VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		c.Lesson, c.Item, c.Due, c.Last, c.Stability, c.Difficulty,
		c.Elapsed, c.Scheduled, c.Reps, c.Lapses, c.State)
	return err
}

package progress

import (
	"context"
	"database/sql"
)

// MaxSteps is the largest number of steps a lesson can have.
const MaxSteps = 100_000

// A Position is a place in a lesson.
type Position struct {
	Lesson string
	// Step is the step on the screen, counted from 0; Steps is how many the
	// lesson has.
	Step, Steps int
	// At is when, in seconds since the Unix epoch.
	At int64
}

// A Lesson is how far a learner has come in one lesson.
type Lesson struct {
	Position
	// Furthest is the furthest step seen, counted from 0; -1 when the lesson
	// was never opened and only its questions were answered. It stays below
	// Steps when a lesson has become shorter.
	Furthest int
	// Asked and Right count the answers to the lesson's items.
	Asked, Right int
}

// SavePosition keeps where the learner is, and that this is the lesson to
// continue with. It is one synced transaction: a screen calls it when the
// learner rests or leaves, not for every step of a held key.
func (s *Store) SavePosition(p Position) error {
	if p.Lesson == "" || p.Steps < 1 || p.Steps > MaxSteps || p.Step < 0 || p.Step >= p.Steps {
		return invalid("step %d of %d in lesson %q", p.Step, p.Steps, p.Lesson)
	}
	if err := checkTexts(p.Lesson); err != nil {
		return err
	}
	if err := checkTime(p.At); err != nil {
		return err
	}
	return s.write(func(conn *link) error {
		_, err := conn.ExecContext(context.Background(),
			`INSERT INTO positions(lesson, step, steps, furthest, at) VALUES(?1, ?2, ?3, ?2, ?4)
			 ON CONFLICT(lesson) DO UPDATE SET step = excluded.step, steps = excluded.steps, at = excluded.at,
			   furthest = min(max(furthest, excluded.furthest), excluded.steps - 1)`,
			p.Lesson, p.Step, p.Steps, p.At)
		if err != nil {
			return err
		}
		return set(conn, LastLesson, p.Lesson)
	})
}

// Lessons returns the progress of every lesson opened or asked about, in the
// order of their ids.
func (s *Store) Lessons() ([]Lesson, error) {
	return s.lessons(`SELECT lesson FROM positions UNION SELECT lesson FROM answers`)
}

// Lesson returns the progress of one lesson. An unknown one has Furthest -1 and
// zeros.
func (s *Store) Lesson(id string) (Lesson, error) {
	list, err := s.lessons("SELECT ?1", id)
	if err != nil {
		return Lesson{Position: Position{Lesson: id}, Furthest: -1}, err
	}
	return list[0], nil
}

// Continue returns where the learner was last; ok is false when there is no
// such place yet.
func (s *Store) Continue() (p Position, ok bool, err error) {
	err = s.use(func(conn *link) error {
		p, ok = Position{}, false
		return each(conn, func(rows *sql.Rows) error {
			ok = true
			return rows.Scan(&p.Lesson, &p.Step, &p.Steps, &p.At)
		}, `SELECT lesson, step, steps, at FROM positions
			WHERE lesson = (SELECT value FROM settings WHERE name = ?)`, string(LastLesson))
	})
	return p, ok, err
}

// lessons reports on the lessons that the query ids names.
func (s *Store) lessons(ids string, args ...any) ([]Lesson, error) {
	var list []Lesson
	err := s.use(func(conn *link) error {
		list = nil
		return each(conn, func(rows *sql.Rows) error {
			var l Lesson
			err := rows.Scan(&l.Lesson, &l.Step, &l.Steps, &l.Furthest, &l.At, &l.Asked, &l.Right)
			list = append(list, l)
			return err
		}, `WITH ids(lesson) AS (`+ids+`),
			 asked(lesson, asked, correct) AS (SELECT lesson, count(*), sum(correct) FROM answers GROUP BY lesson)
			 SELECT ids.lesson, coalesce(p.step, 0), coalesce(p.steps, 0), coalesce(p.furthest, -1),
			   coalesce(p.at, 0), coalesce(q.asked, 0), coalesce(q.correct, 0)
			 FROM ids LEFT JOIN positions p ON p.lesson = ids.lesson LEFT JOIN asked q ON q.lesson = ids.lesson
			 ORDER BY ids.lesson`, args...)
	})
	return list, err
}

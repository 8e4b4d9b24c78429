package progress

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Each benchmark times its reference in the same loop and reports the ratio, so
// that a slow disk or a busy machine moves both.

// An answer against the least that durability costs: the bytes of its row
// appended to a plain file, and synced.
func BenchmarkRecord(b *testing.B) {
	dir := b.TempDir()
	s, notice := Open(filepath.Join(dir, "progress.db"))
	if notice != nil {
		b.Fatal(notice)
	}
	defer s.Close()
	file, err := os.Create(filepath.Join(dir, "plain"))
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	a := answer("isn", true, day)
	row := []byte(a.Lesson + a.Item + a.Book + a.Choice + strings.Repeat("n", 8+8+8+1))
	compare(b, func() error {
		_, err := s.Record(a)
		return err
	}, func() error {
		if _, err := file.Write(row); err != nil {
			return err
		}
		return file.Sync()
	})
}

// Opening a file of n answers, with the check of every page, against reading
// its bytes; opening an almost empty one is the fixed cost.
func BenchmarkOpen(b *testing.B) {
	for _, size := range []struct {
		name    string
		answers int
	}{{"1answer", 1}, {"10000answers", 10_000}} {
		b.Run(size.name, func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "progress.db")
			fillAnswers(b, path, size.answers)
			compare(b, func() error {
				s, notice := Open(path)
				if notice != nil {
					return notice
				}
				return s.Close()
			}, func() error {
				file, err := os.Open(path)
				if err != nil {
					return err
				}
				defer file.Close()
				_, err = io.Copy(io.Discard, file)
				return err
			})
		})
	}
}

// compare runs both, and reports the time of ours as ns/op of the benchmark's
// own and the ratio of the two.
func compare(b *testing.B, ours, reference func() error) {
	var spent, least time.Duration
	for b.Loop() {
		start := time.Now()
		if err := ours(); err != nil {
			b.Fatal(err)
		}
		spent += time.Since(start)
		start = time.Now()
		if err := reference(); err != nil {
			b.Fatal(err)
		}
		least += time.Since(start)
	}
	n := float64(b.N)
	b.ReportMetric(float64(spent.Microseconds())/n, "µs/ours")
	b.ReportMetric(float64(least.Microseconds())/n, "µs/reference")
	b.ReportMetric(float64(spent)/float64(least), "ratio")
	b.ReportMetric(0, "ns/op") // the sum of both says nothing
}

// fillAnswers makes a file with n answers, in one transaction for speed.
func fillAnswers(b *testing.B, path string, n int) {
	s, notice := Open(path)
	if notice != nil {
		b.Fatal(notice)
	}
	defer s.Close()
	a := answer("isn", true, day)
	if _, err := s.Record(a); err != nil {
		b.Fatal(err)
	}
	_, err := s.conn.ExecContext(b.Context(),
		`WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
		 INSERT INTO answers(lesson, item, seed, book, choice, correct, at)
		 SELECT lesson, item || i % 100, i, book, choice, i % 2, at + i FROM n, answers WHERE id = 1 AND i <= ?`, n, n)
	if err != nil {
		b.Fatal(err)
	}
}

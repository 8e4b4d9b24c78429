package progress_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"tcptutor/quiz/progress"
)

// A learner answers a question wrongly, quits, and comes back a minute later.
func Example() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "tcptutor", "progress.db")
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC).Unix()

	store, notice := progress.Open(path)
	if notice != nil {
		fmt.Println(notice) // a screen words notice.Code itself
	}
	_, err = store.Record(progress.Answer{
		Lesson: "handshake", Item: "who-is-first", Seed: 7, Book: "linux", Choice: "server", At: now,
	})
	if err == nil {
		err = store.SavePosition(progress.Position{Lesson: "handshake", Step: 4, Steps: 11, At: now})
	}
	if err != nil {
		log.Fatal(err)
	}
	_ = store.Close()

	store, _ = progress.Open(path)
	defer store.Close()
	place, _, _ := store.Continue()
	fmt.Printf("continue %s, step %d of %d\n", place.Lesson, place.Step+1, place.Steps)
	due, _ := store.Due(now+60, 10)
	for _, card := range due {
		fmt.Printf("review %s/%s\n", card.Lesson, card.Item)
	}
	// Output:
	// continue handshake, step 5 of 11
	// review handshake/who-is-first
}

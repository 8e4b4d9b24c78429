package study_test

import (
	"fmt"
	"os"
	"path/filepath"

	"tcptutor/lessons"
	"tcptutor/tui/study"
)

// What the screen asks for: a lesson, a question about it, and a place to keep the answer.
func Example() {
	dir, err := os.MkdirTemp("", "study")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	library := study.NewLibrary()
	lesson, _ := library.Open("handshake")
	fmt.Println(lesson.Title.In(lessons.English))

	store := study.NewStore(filepath.Join(dir, "progress.db"))
	defer store.Close()
	file, _ := store.Open()
	quiz, _ := study.NewQuizzer(library, store).Start("handshake")
	question, _ := quiz.Question(0)
	verdict, _ := question.Grade(0, "")
	fmt.Println("kept:", file.Record(question, &verdict))
	progress, _ := file.Progress()
	fmt.Println("answers:", progress.Lessons["handshake"].Asked)

	// Output:
	// The three-way handshake
	// kept: <nil>
	// answers: 1
}

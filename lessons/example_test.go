package lessons_test

import (
	"fmt"

	"tcptutor/lessons"
)

// A lesson is a run with notes bound to its steps.
func Example() {
	l, err := lessons.Load("handshake")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, n := range l.Notes[2:5] {
		fmt.Printf("step %d, when %s: %s\n", n.Step, n.At, n.Title.In(lessons.English))
	}
	story, differs, err := l.WhatIfs[0].Open()
	fmt.Println(l.WhatIfs[0].Title.English, "- from step", differs, "on;", len(story.Notes), "notes", err)
	// Output:
	// step 5, when client sends SYN: The client speaks first
	// step 6, when server gets SYN: A SYN takes a number
	// step 6, when server sends SYN,ACK: One segment, two jobs
	// The client's ACK is lost - from step 7 on; 14 notes <nil>
}

// The list costs no run: it is there before the first frame.
func ExampleList() {
	for _, l := range lessons.List() {
		if l.ID == "handshake" || l.ID == "close" {
			fmt.Println(l.Order, l.ID, l.Title.English, l.Title.Chinese)
		}
	}
	// Output:
	// 2 handshake The three-way handshake 三次握手
	// 9 close Closing a connection 四次挥手
}

package generate_test

import (
	"fmt"
	"strings"

	"tcptutor/tcp/scenario"
	"tcptutor/tcp/scenario/generate"
)

// A seed names a scenario for ever; one that shows a fault is made as short as the fault allows.
func Example() {
	text := generate.New(1, generate.Options{Single: true})
	_, mistakes := scenario.Parse("made", []byte(text))
	fmt.Println("mistakes:", len(mistakes), "the same again:", generate.New(1, generate.Options{Single: true}) == text)

	listens := func(text string) bool { return strings.Contains(text, "listen(") } // what a fault would be
	fmt.Println(generate.Shrink(text, listens))
	// Output:
	// mistakes: 0 the same again: true
	// server s = socket()
	// server listen(s, 0)
}

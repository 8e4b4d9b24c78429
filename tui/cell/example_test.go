package cell_test

import (
	"fmt"

	"tcptutor/tui/cell"
)

func ExampleWrap() {
	for _, line := range cell.Wrap([]cell.Run{{Text: "服务器回答（SYN,ACK）。The client waits."}}, 14) {
		for _, r := range line {
			fmt.Print(r.Text)
		}
		fmt.Println()
	}
	// Output:
	// 服务器回答
	// （SYN,ACK）。
	// The client
	// waits.
}

func ExampleGrid() {
	var g cell.Grid
	g.Reset(8, 2)
	a := g.All()
	a.Text(0, 0, 0, "ab")
	a.In(2, 1, 4, 1).Text(0, 0, 1, "clipped")
	fmt.Printf("%q", g.Render(nil, []string{"<plain>", "<bold>"}))
	// Output: "ab      \n  <bold>clip<plain>  "
}

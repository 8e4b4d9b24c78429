package tui_test

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"tcptutor/tui"
)

// A model needs no terminal: it is given messages and shows frames.
func ExampleModel() {
	m := tui.New(tui.Options{Lang: tui.Chinese})
	m.Update(tea.WindowSizeMsg{Width: 60, Height: 15})
	frame := strings.Split(m.View().Content, "\n")
	fmt.Println(len(frame), "lines")
	m.Update(tea.WindowSizeMsg{Width: 20, Height: 3})
	fmt.Println(strings.TrimSpace(strings.Split(m.View().Content, "\n")[1]))
	// Output:
	// 15 lines
	// 太小；q 退出
}

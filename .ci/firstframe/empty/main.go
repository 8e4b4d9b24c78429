// Command empty is the least Bubble Tea program: it links the screen libraries that tcptutor links and shows one line. The time to its first
// frame is what those libraries cost before a program has done anything of its own.
package main

import (
	"fmt"
	"os"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
)

type model struct{ line string }

func (m model) Init() tea.Cmd { return nil }

func (m model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if _, ok := msg.(tea.KeyPressMsg); ok {
		return m, tea.Quit
	}
	return m, nil
}

func (m model) View() tea.View {
	view := tea.NewView(m.line)
	view.AltScreen = true
	return view
}

func main() {
	m := model{lipgloss.NewStyle().Bold(true).Render("ready")}
	if _, err := tea.NewProgram(m).Run(); err != nil {
		fmt.Fprintln(os.Stderr, "empty:", err)
		os.Exit(1)
	}
}

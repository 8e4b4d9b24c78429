package tui

import (
	"strconv"
	"strings"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/observe"
	"tcptutor/tui/cell"
)

func itoa(n int) string { return strconv.Itoa(n) }

// clip shortens a text to a width; what is cut off leaves a mark.
func clip(s string, width int, more rune) string {
	if cell.Width(s) <= width {
		return s
	}
	if width < 1 {
		return ""
	}
	var b strings.Builder
	room := width - 1
	for _, r := range s {
		room -= cell.RuneWidth(r)
		if room < 0 {
			break
		}
		b.WriteRune(r)
	}
	b.WriteRune(more)
	return b.String()
}

// spell is a duration, written everywhere on the screen the same way.
func spell(d time.Duration) string { return observe.Duration(d) }

// clock is an instant in the ladder's column of times, each with the unit that suits it: a run may take microseconds and then wait a
// minute. What is too long for the column goes without the part of a second.
func clock(t tcp.Time) string {
	text := spell(time.Duration(t))
	if len(text) >= ladderTime {
		text = spell(time.Duration(t).Truncate(time.Second))
	}
	return text
}

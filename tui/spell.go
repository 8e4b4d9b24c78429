package tui

import (
	"strconv"
	"strings"
	"time"

	"tcptutor/tcp"
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

// spell is a duration in the unit that suits it: "10 ms", "1.05 s", "2 min 3 s".
func spell(d time.Duration) string {
	switch {
	case d < 0:
		return "-" + spell(-d)
	case d < time.Second:
		return fixed(float64(d)/float64(time.Millisecond), 1) + " ms"
	case d < time.Minute:
		return fixed(d.Seconds(), 3) + " s"
	case d < time.Hour:
		text := itoa(int(d/time.Minute)) + " min"
		if rest := d % time.Minute; rest >= time.Second {
			text += " " + fixed(rest.Truncate(time.Second).Seconds(), 0) + " s"
		}
		return text
	}
	text := itoa(int(d/time.Hour)) + " h"
	if rest := d % time.Hour / time.Minute; rest > 0 {
		text += " " + itoa(int(rest)) + " min"
	}
	return text
}

// fixed has at most that many places, and no zeros at its end.
func fixed(f float64, places int) string {
	s := strconv.FormatFloat(f, 'f', places, 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// clock is an instant for the column of times, where all stand below each other: milliseconds, from ten seconds on seconds.
func clock(t tcp.Time) string {
	if d := time.Duration(t); d >= 10*time.Second {
		return strconv.FormatFloat(d.Seconds(), 'f', 2, 64) + " s"
	}
	return strconv.FormatFloat(float64(t)/1e6, 'f', 1, 64)
}

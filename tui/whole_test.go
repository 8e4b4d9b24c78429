package tui

import (
	"strings"
	"testing"

	"tcptutor/tui/cell"
)

// A machine's text that is too wide goes on in the next line, with every digit.
func TestCodeIsNeverCutOff(t *testing.T) {
	for _, text := range []string{
		"server > client  [S.]  seq 1718233121, ack 21926460",
		"0123456789012345678901234567890123456789012345678901234567890123456789",
		"",
	} {
		l := layer{width: 38}
		l.code(text, 2)
		var all strings.Builder
		for i, at := range l.lines {
			s := runsText(at.runs)
			all.WriteString(s)
			if at.indent+cell.Width(s) > l.width {
				t.Errorf("line %q is wider than %d", s, l.width)
			}
			if want := min(i, 1)*4 + 2; at.indent != want {
				t.Errorf("line %q begins at %d, want %d", s, at.indent, want)
			}
		}
		if got, want := strings.ReplaceAll(all.String(), " ", ""), strings.ReplaceAll(text, " ", ""); got != want {
			t.Errorf("laid out %q, want %q", got, want)
		}
	}
}

// A notice that is longer than a line is on the home screen to its end, where it says what to do.
func TestLongNoticeIsReadToItsEnd(t *testing.T) {
	const end = "until then this session is not saved"
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		s := open(t, size[0], size[1], English, Intent{})
		s.m.notice = say(strings.Repeat("progress cannot be written to /a/long/path: ", 4)+end, "进度无法保存")
		s.m.stale = true
		if flat := strings.Join(strings.Fields(strip(s.frame())), " "); !strings.Contains(flat, end) {
			t.Errorf("%dx%d: no %q on the screen:\n%s", size[0], size[1], end, strip(s.frame()))
		}
		s.m.notice = say("short", "短")
		s.m.stale = true
		if n := strings.Count(strip(s.frame()), "short"); n != 1 {
			t.Errorf("a short notice is shown %d times, want once", n)
		}
	}
}

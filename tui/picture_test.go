package tui_test

import (
	"bytes"
	"flag"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"tcptutor/tui"
	"tcptutor/tui/cell"
	"tcptutor/tui/look"
	"tcptutor/tui/study"
)

// updating reports whether files made by tests are to be written anew.
func updating() bool { return flag.Lookup("update").Value.String() == "true" }

// fresh compares a file made by a test with what it should hold, or writes it.
func fresh(t *testing.T, path string, want []byte) {
	t.Helper()
	if updating() {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is stale: go test ./tui -run '%s' -update writes it anew", path, t.Name())
	}
}

// The README's pictures are the program's own frames.
func TestPictures(t *testing.T) {
	for _, p := range []struct {
		lang tui.Lang
		name string
	}{{tui.English, "en"}, {tui.Chinese, "zh"}} {
		t.Run(p.name, func(t *testing.T) {
			frame := lessonFrame(t, p.lang, 120, 32)
			fresh(t, filepath.Join("pictures", "handshake."+p.name+".svg"), picture(frame, 120, 32))
		})
	}
}

// lessonFrame is the handshake on the screen at the moment the client's end is open and the server's is not.
func lessonFrame(t *testing.T, lang tui.Lang, w, h int) string {
	t.Helper()
	m := tui.New(tui.Options{
		Library: study.NewLibrary(), Texts: tui.Tools(), Lang: lang, Start: tui.Intent{Kind: tui.OpenLesson, Text: "handshake"},
		Look: look.Look{Glyphs: &look.Unicode, Theme: &look.Dark},
	})
	m.Update(tea.WindowSizeMsg{Width: w, Height: h})
	m.Do(tui.Intent{Kind: tui.GoTo, Text: "client enters ESTABLISHED"})
	frame := m.View().Content
	if !strings.Contains(frame, "ESTABLISHED") {
		t.Fatalf("the lesson is not on the screen:\n%s", frame)
	}
	return frame
}

// Sizes of the picture, in its own units.
const (
	fontSize = 14.0
	wideSize = 16.0
	cellW    = 8.4 // 0.6 of the size: what most monospaced fonts take
	cellH    = 19.0
	marginX  = 16.0
	marginY  = 40.0 // the window's title bar
)

// pen is the look of the runes that follow, as a frame's escape sequences set it.
type pen struct {
	bold, italic bool
	colour       string
}

const ink = "#d8dee9"

// set takes the parameters of an escape sequence in.
func (p *pen) set(params string) {
	*p = pen{colour: ink}
	list := strings.Split(params, ";")
	for i := 0; i < len(list); i++ {
		switch list[i] {
		case "1":
			p.bold = true
		case "3":
			p.italic = true
		case "38":
			n, _ := strconv.Atoi(list[i+2])
			p.colour = paint(n)
			i += 2
		}
	}
}

// paint is a colour of xterm's 256, of the cube or the greys: the themes use no others.
func paint(n int) string {
	if n >= 232 {
		v := 8 + 10*(n-232)
		return fmt.Sprintf("#%02x%02x%02x", v, v, v)
	}
	levels := [...]int{0, 95, 135, 175, 215, 255}
	n -= 16
	return fmt.Sprintf("#%02x%02x%02x", levels[n/36], levels[n/6%6], levels[n%6])
}

// brush draws the lines of a frame, one run of like cells after another.
type brush struct {
	svg  bytes.Buffer
	pen  pen
	text strings.Builder // the run
	from int             // its first column
	wide bool            // whether its runes take two columns
}

// picture is a frame as an SVG: text where there is text, each run at its column, and lines where there are lines, so that they meet
// whatever the font.
func picture(frame string, w, h int) []byte {
	width, height := 2*marginX+float64(w)*cellW, marginY+float64(h)*cellH+12
	b := &brush{pen: pen{colour: ink}}
	fmt.Fprintf(&b.svg, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %g %g" width="%g" height="%g"`, width, height, width, height)
	fmt.Fprintf(&b.svg, ` font-family="Menlo, 'DejaVu Sans Mono', Consolas, 'Noto Sans Mono CJK SC', 'PingFang SC', 'Microsoft YaHei', monospace" font-size="%g">`+"\n", fontSize)
	fmt.Fprintf(&b.svg, `<rect width="%g" height="%g" rx="10" fill="#161a21"/>`+"\n", width, height)
	for i, c := range []string{"#ec6a5e", "#f4bf4f", "#61c554"} {
		fmt.Fprintf(&b.svg, `<circle cx="%d" cy="20" r="6" fill="%s"/>`+"\n", 22+20*i, c)
	}
	fmt.Fprintf(&b.svg, `<text x="%g" y="25" fill="#8a919e" text-anchor="middle">tcptutor</text>`+"\n", width/2)
	for y, row := range strings.Split(frame, "\n") {
		b.row(y, row)
	}
	b.svg.WriteString("</svg>\n")
	return b.svg.Bytes()
}

func (b *brush) row(y int, row string) {
	x, spaces := 0, 0
	for len(row) > 0 {
		if rest, ok := strings.CutPrefix(row, "\x1b["); ok {
			b.end(y)
			params, after, _ := strings.Cut(rest, "m")
			b.pen.set(params)
			row = after
			continue
		}
		r := []rune(row)[0]
		row = row[len(string(r)):]
		w := cell.RuneWidth(r)
		switch {
		case r == ' ':
			spaces++
			x++
			continue
		case r == '─':
			n := 1
			for strings.HasPrefix(row, "─") {
				row = row[len("─"):]
				n++
			}
			b.end(y)
			b.path(x, y, fmt.Sprintf("M0 %g H%g", cellH/2, float64(n)*cellW))
			w = n
		case b.line(x, y, r):
		default:
			if spaces > 1 || spaces > 0 && b.wide || b.wide != (w == 2) || shape(r) {
				b.end(y)
			}
			if b.text.Len() == 0 {
				b.from, b.wide = x, w == 2
			} else if spaces == 1 {
				b.text.WriteByte(' ')
			}
			b.text.WriteRune(r)
			if shape(r) {
				b.end(y)
			}
		}
		x += w
		spaces = 0
	}
	b.end(y)
}

// shape reports whether a rune is a mark that fonts give widths of their own: it stands alone.
func shape(r rune) bool { return strings.ContainsRune("▶◀●◉○·━╳✓✗▏", r) }

// end draws the run.
func (b *brush) end(y int) {
	text := b.text.String()
	b.text.Reset()
	if text == "" {
		return
	}
	fmt.Fprintf(&b.svg, `<text x="%.1f" y="%.1f" fill="%s"`, marginX+float64(b.from)*cellW, marginY+float64(y)*cellH+fontSize, b.pen.colour)
	if b.pen.bold {
		b.svg.WriteString(` font-weight="bold"`)
	}
	if b.pen.italic {
		b.svg.WriteString(` font-style="italic"`)
	}
	switch n := cell.Width(text); {
	case b.wide:
		fmt.Fprintf(&b.svg, ` font-size="%g" letter-spacing="%.1f"`, wideSize, 2*cellW-wideSize) // an ideograph is as wide as its type
	case n > 1:
		fmt.Fprintf(&b.svg, ` textLength="%.1f"`, float64(n)*cellW)
	}
	fmt.Fprintf(&b.svg, ">%s</text>\n", html.EscapeString(text))
}

// line draws a rune that is a line, through the middle of its cell; false when it is none.
func (b *brush) line(x, y int, r rune) bool {
	const midX, midY, bend = cellW / 2, cellH / 2, 4.0
	d, ok := map[rune]string{
		'│': fmt.Sprintf("M%g 0 V%g", midX, cellH),
		'┬': fmt.Sprintf("M0 %g H%g M%g %g V%g", midY, cellW, midX, midY, cellH),
		'┴': fmt.Sprintf("M0 %g H%g M%g 0 V%g", midY, cellW, midX, midY),
		'├': fmt.Sprintf("M%g 0 V%g M%g %g H%g", midX, cellH, midX, midY, cellW),
		'┼': fmt.Sprintf("M0 %g H%g M%g 0 V%g", midY, cellW, midX, cellH),
		'╮': fmt.Sprintf("M0 %g H%g Q%g %g %g %g V%g", midY, midX-bend, midX, midY, midX, midY+bend, cellH),
		'╰': fmt.Sprintf("M%g 0 V%g Q%g %g %g %g H%g", midX, midY-bend, midX, midY, midX+bend, midY, cellW),
		'╭': fmt.Sprintf("M%g %g V%g Q%g %g %g %g H%g", midX, cellH, midY+bend, midX, midY, midX+bend, midY, cellW),
		'╯': fmt.Sprintf("M%g 0 V%g Q%g %g %g %g H0", midX, midY-bend, midX, midY, midX-bend, midY),
	}[r]
	if !ok {
		return false
	}
	b.end(y)
	b.path(x, y, d)
	return true
}

// path draws lines that begin in a cell, d in its own coordinates.
func (b *brush) path(x, y int, d string) {
	fmt.Fprintf(&b.svg, `<path transform="translate(%.1f %.1f)" d="%s" fill="none" stroke="%s"/>`+"\n",
		marginX+float64(x)*cellW, marginY+float64(y)*cellH, d, b.pen.colour)
}

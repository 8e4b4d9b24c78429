package tui

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"tcptutor/tui/cell"
)

// BenchmarkKeyToFrame measures a key press and the frame after it, stepping back and forth in a lesson, against filling every cell of a
// bare buffer of that size and rendering it: Bubble Tea's own cell buffer (x-of-reference, x-of-goal), and ours (x-of-own-grid). The goal
// is at most twice the first.
func BenchmarkKeyToFrame(b *testing.B) {
	for _, size := range [][2]int{{120, 40}, {200, 50}} {
		b.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(b *testing.B) {
			w, h := size[0], size[1]
			s := open(b, w, h, English, openHandshake)
			s.m.later = func(time.Duration, tea.Msg) tea.Cmd { return nil }
			keys := []tea.KeyPressMsg{keyMsg("l"), keyMsg("h")}
			pressed := 0
			press := func() {
				pressed++
				s.m.Update(keys[pressed%2])
				_ = s.m.View().Content
			}
			var g cell.Grid
			var buf []byte
			took := inTurns(20, 20, press, func() { bareBuffer(w, h) }, func() { buf = bareGrid(&g, buf, w, h) })
			b.ReportAllocs()
			for b.Loop() {
				press()
			}
			b.ReportMetric(took[0]/took[1], "x-of-reference")
			b.ReportMetric(took[0]/took[1]/2, "x-of-goal")
			b.ReportMetric(took[0]/took[2], "x-of-own-grid")
		})
	}
}

// inTurns measures functions in turns, so that a busy moment hits all of them, and takes the best of each.
func inTurns(rounds, calls int, do ...func()) []float64 {
	best := slices.Repeat([]float64{math.Inf(1)}, len(do))
	for range rounds {
		for i, f := range do {
			began := time.Now()
			for range calls {
				f()
			}
			best[i] = min(best[i], float64(time.Since(began)))
		}
	}
	return best
}

// bareBuffer fills and renders Bubble Tea's cell buffer.
func bareBuffer(w, h int) string {
	s := uv.NewScreenBuffer(w, h)
	c := uv.Cell{Content: "x", Width: 1}
	for y := range h {
		for x := range w {
			s.SetCell(x, y, &c)
		}
	}
	return s.Render()
}

// bareGrid fills and renders ours.
func bareGrid(g *cell.Grid, buf []byte, w, h int) []byte {
	g.Reset(w, h)
	a := g.All()
	for y := range h {
		for x := range w {
			a.Put(x, y, 0, 'x')
		}
	}
	return g.Render(buf[:0], []string{""})
}

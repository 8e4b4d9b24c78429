package tui

import (
	"fmt"
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
			b.ReportAllocs()
			began := time.Now()
			for i := range b.N {
				s.m.Update(keys[i%2])
				_ = s.m.View().Content
			}
			ours := time.Since(began)
			b.StopTimer()
			reference := timed(b.N, func() { bareBuffer(w, h) })
			var g cell.Grid
			var buf []byte
			own := timed(b.N, func() { buf = bareGrid(&g, buf, w, h) })
			b.ReportMetric(float64(ours)/float64(reference), "x-of-reference")
			b.ReportMetric(float64(ours)/float64(reference)/2, "x-of-goal")
			b.ReportMetric(float64(ours)/float64(own), "x-of-own-grid")
		})
	}
}

func timed(n int, do func()) time.Duration {
	began := time.Now()
	for range n {
		do()
	}
	return time.Since(began)
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

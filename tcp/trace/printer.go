package trace

import (
	"bufio"
	"io"
	"slices"

	"tcptutor/tcp/sim"
)

// Printer turns the steps of a run into lines. It is given them in order from step 0, each once.
type Printer interface {
	// Head appends what stands above the first step's lines.
	Head(dst []string, run sim.Run) []string
	// Step appends the lines of step i, none when the step does not concern this printer.
	Step(dst []string, run sim.Run, i int) []string
}

// Write prints the first n steps of a run, a line at a time; the run's end ends it sooner. It holds one step's lines and no more.
// Its error is the writer's.
func Write(w io.Writer, run sim.Run, n int, p Printer) error {
	out := bufio.NewWriter(w)
	lines := p.Head(nil, run)
	for i := 0; ; i++ {
		for _, l := range lines {
			out.WriteString(l)
			// The writer keeps its first error and gives it at the end of the line.
			if err := out.WriteByte('\n'); err != nil {
				return err
			}
		}
		if i >= n || i >= run.Len() {
			return out.Flush()
		}
		lines = p.Step(lines[:0], run, i)
	}
}

// Page holds the lines of a run's first steps for a screen that goes forward and back: each step is printed once.
type Page struct {
	run   sim.Run
	p     Printer
	lines []string
	ends  []int // ends[n] is how many of lines belong to the head and the first n steps
}

// NewPage makes a page of a run, with a printer of its own.
func NewPage(run sim.Run, p Printer) *Page {
	g := &Page{run: run, p: p}
	g.lines = p.Head(nil, run)
	g.ends = append(g.ends, len(g.lines))
	return g
}

// UpTo is the head and the lines of the first n steps. The slice is the page's own: not to be changed, and valid for good.
func (g *Page) UpTo(n int) []string {
	n = g.reach(n)
	return slices.Clip(g.lines[:g.ends[n]])
}

// Step is the lines of step i alone; none when there is no such step.
func (g *Page) Step(i int) []string {
	if i < 0 || g.reach(i+1) != i+1 {
		return nil
	}
	return slices.Clip(g.lines[g.ends[i]:g.ends[i+1]])
}

// reach prints as far as n steps, or to the end of the run, and returns how far that is.
func (g *Page) reach(n int) int {
	n = max(n, 0)
	for i := len(g.ends) - 1; i < n && i < g.run.Len(); i++ {
		g.lines = g.p.Step(g.lines, g.run, i)
		g.ends = append(g.ends, len(g.lines))
	}
	return min(n, len(g.ends)-1)
}

package cell

import "unicode/utf8"

// Style is an index into the table of styles that a frame is rendered with; 0 is plain.
type Style uint8

// Cell is one cell of the screen.
type Cell struct {
	Ch    rune  // what stands there; below 0: ^Ch is the index of a cluster of runes in the grid's list
	W     uint8 // 1, or 2 for the first cell of a wide one; 0 for its second cell
	Style Style
}

var blank = Cell{Ch: ' ', W: 1}

// Grid is a screen of cells.
type Grid struct {
	W, H int
	// Fold replaces runes that some terminals give two cells, or do not have, by ASCII ones.
	Fold     bool
	cells    []Cell
	clusters []string
}

// Reset makes the grid empty and of that size, keeping its memory.
func (g *Grid) Reset(w, h int) {
	g.W, g.H = max(w, 0), max(h, 0)
	n := g.W * g.H
	if cap(g.cells) < n {
		g.cells = make([]Cell, n)
	}
	g.cells = g.cells[:n]
	g.clusters = g.clusters[:0]
	if n == 0 {
		return
	}
	g.cells[0] = blank
	for k := 1; k < n; k *= 2 {
		copy(g.cells[k:], g.cells[:k])
	}
}

// At is the cell at x, y.
func (g *Grid) At(x, y int) Cell { return g.cells[y*g.W+x] }

// set puts a rune of width w at x, y, which is inside the grid with all its cells. A wide rune that it cuts in half becomes blank.
func (g *Grid) set(x, y int, r rune, w int, st Style) {
	row := g.cells[y*g.W : (y+1)*g.W]
	if row[x].W == 0 {
		row[x-1] = blank
	}
	if end := x + w; end < g.W && row[end].W == 0 {
		row[end] = blank
	}
	row[x] = Cell{r, uint8(w), st}
	if w == 2 {
		row[x+1] = Cell{0, 0, st}
	}
}

// join adds a mark to the rune that ends before x.
func (g *Grid) join(x, y int, r rune) {
	for x--; x >= 0; x-- {
		c := &g.cells[y*g.W+x]
		if c.W == 0 {
			continue
		}
		if c.Ch < 0 {
			// The learner's own text can hold any number of marks; a cell shows a few.
			if s := g.clusters[^c.Ch]; len(s) < 16 {
				g.clusters[^c.Ch] = s + string(r)
			}
			return
		}
		g.clusters = append(g.clusters, string(c.Ch)+string(r))
		c.Ch = ^rune(len(g.clusters) - 1)
		return
	}
}

// Area is a rectangle of a grid, with coordinates of its own. What would lie outside is not drawn.
type Area struct {
	Grid       *Grid
	X, Y, W, H int
}

// All is the whole grid.
func (g *Grid) All() Area { return Area{g, 0, 0, g.W, g.H} }

// In is the part of the area that begins at x, y and is at most w by h.
func (a Area) In(x, y, w, h int) Area {
	x, y = min(max(x, 0), a.W), min(max(y, 0), a.H)
	return Area{a.Grid, a.X + x, a.Y + y, max(min(w, a.W-x), 0), max(min(h, a.H-y), 0)}
}

// Put draws one rune of width 1 or 2.
func (a Area) Put(x, y int, st Style, r rune) {
	w := RuneWidth(r)
	if x < 0 || y < 0 || w == 0 || x+w > a.W || y >= a.H {
		return
	}
	a.Grid.set(a.X+x, a.Y+y, r, w, st)
}

// Text draws a line of text and returns the x after it, clipped or not. Controls are left out, so text of strangers can't
// move the cursor or change colours.
func (a Area) Text(x, y int, st Style, s string) int {
	if y < 0 || y >= a.H {
		return x + Width(s)
	}
	joined := false
	for _, r := range s {
		if a.Grid.Fold && r >= 0x7f {
			r = fold(r)
		}
		w := RuneWidth(r)
		switch {
		case r == '\u200d': // joins the next rune to this one: shown as this one
			joined = true
			continue
		case w == 0:
			if x > 0 && x <= a.W && mark(r) {
				a.Grid.join(a.X+x, a.Y+y, r)
			}
			continue
		case joined:
			joined = false
			continue
		}
		if x >= 0 && x+w <= a.W {
			a.Grid.set(a.X+x, a.Y+y, r, w, st)
		}
		x += w
	}
	return x
}

func fold(r rune) rune {
	if p, ok := plain[r]; ok {
		return p
	}
	if Ambiguous(r) {
		return '?'
	}
	return r
}

// Right draws text that ends before x.
func (a Area) Right(x, y int, st Style, s string) { a.Text(x-Width(s), y, st, s) }

// Runs draws a wrapped line and returns the x after it.
func (a Area) Runs(x, y int, line []Run) int {
	for _, r := range line {
		x = a.Text(x, y, r.Style, r.Text)
	}
	return x
}

// HLine draws n runes side by side.
func (a Area) HLine(x, y, n int, st Style, r rune) {
	for i := range n {
		a.Put(x+i, y, st, r)
	}
}

// VLine draws n runes below each other.
func (a Area) VLine(x, y, n int, st Style, r rune) {
	for i := range n {
		a.Put(x, y+i, st, r)
	}
}

// Restyle gives every cell of a row of the area another style.
func (a Area) Restyle(y int, st Style) {
	if y < 0 || y >= a.H {
		return
	}
	for x := range a.W {
		a.Grid.cells[(a.Y+y)*a.Grid.W+a.X+x].Style = st
	}
}

// Render appends the grid as lines joined by line feeds, each as wide as the grid. sgr is the escape sequence that turns each style on,
// whatever was on before; where it is empty for all, the text holds no sequence. A line ends in style 0.
func (g *Grid) Render(dst []byte, sgr []string) []byte {
	for y := range g.H {
		if y > 0 {
			dst = append(dst, '\n')
		}
		on := Style(0)
		for _, c := range g.cells[y*g.W : (y+1)*g.W] {
			if c.W == 0 {
				continue
			}
			if c.Style != on {
				on = c.Style
				dst = append(dst, sgr[on]...)
			}
			switch {
			case c.Ch < 0:
				dst = append(dst, g.clusters[^c.Ch]...)
			case c.Ch < utf8.RuneSelf:
				dst = append(dst, byte(c.Ch))
			default:
				dst = utf8.AppendRune(dst, c.Ch)
			}
		}
		if on != 0 {
			dst = append(dst, sgr[0]...)
		}
	}
	return dst
}

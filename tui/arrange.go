package tui

// The smallest terminal that lessons fit on.
const (
	MinWidth  = 60
	MinHeight = 15
)

// Rect is a rectangle of the screen.
type Rect struct{ X, Y, W, H int }

// Contains reports whether a cell lies in the rectangle.
func (r Rect) Contains(x, y int) bool { return x >= r.X && x < r.X+r.W && y >= r.Y && y < r.Y+r.H }

// Layout is where things stand on the lesson screen. A rectangle of no size is not shown.
type Layout struct {
	Small  bool // the terminal is too small for anything
	Wide   bool // prose beside the view, hosts below it; else the view above the prose
	Header Rect
	Tabs   Rect
	View   Rect
	Words  Rect
	Hosts  Rect
	Footer Rect
	Rules  []int // rows that are lines across the screen
	Split  int   // column of the line between prose and view; 0 when there is none
	Below  int   // row of the line between view and hosts; 0 when there is none
}

// arrange places the panes of the lesson screen on a terminal of that size.
func arrange(w, h int) Layout {
	if w < MinWidth || h < MinHeight {
		return Layout{Small: true}
	}
	l := Layout{Header: Rect{0, 0, w, 1}, Footer: Rect{0, h - 1, w, 1}}
	if w >= 100 && h >= 28 {
		l.Wide = true
		l.Rules = []int{1, h - 2}
		prose := min(max(w/3, 38), 60)
		hosts := min(max(h/4, 8), 12)
		l.Words = Rect{1, 2, prose - 2, h - 4}
		l.Split = prose
		right := w - prose - 1
		l.Tabs = Rect{prose + 1, 2, right, 1}
		l.Below = h - 3 - hosts
		l.View = Rect{prose + 1, 4, right, l.Below - 4}
		l.Hosts = Rect{prose + 1, l.Below + 1, right, hosts}
		return l
	}
	words := min(max((h-6)/3, 3), 12)
	l.Tabs = Rect{0, 1, w, 1}
	l.Rules = []int{2, h - 3 - words, h - 2}
	l.View = Rect{0, 3, w, h - 6 - words}
	l.Words = Rect{1, h - 2 - words, w - 2, words}
	return l
}

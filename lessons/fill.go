package lessons

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// filler makes blocks of drafts: it fills the values in.
type filler struct {
	eval   func(expr string) (string, error)
	failed func(offset int, err error) // a value that could not be had; "?" stands in its place
}

func (f *filler) blocks(ds []draft) []Block {
	var out []Block
	for i := range ds {
		d := &ds[i]
		b := Block{Kind: d.kind, Level: d.level, Ordered: d.ordered, Spans: f.spans(d.spans)}
		for _, item := range d.items {
			b.Items = append(b.Items, f.blocks(item))
		}
		for _, line := range d.lines {
			b.Lines = append(b.Lines, textOf(f.spans(line)))
		}
		for _, row := range d.rows {
			var cells [][]Span
			for _, cell := range row {
				cells = append(cells, f.spans(cell))
			}
			b.Rows = append(b.Rows, cells)
		}
		out = append(out, b)
	}
	return out
}

// spans fills values in, joins the lines of the source, and merges neighbours of one style.
func (f *filler) spans(ps []piece) []Span {
	var out []Span
	pending := false // a line of the source has ended
	for _, p := range ps {
		if p.brk {
			pending = true
			continue
		}
		s := p.Span
		if p.expr != "" {
			s.Text = f.value(p)
		}
		if s.Text == "" {
			continue
		}
		if pending && len(out) > 0 {
			last := &out[len(out)-1]
			if joint := between(last.Text, s.Text); last.Style == Mono {
				out = append(out, Span{joint, Plain})
			} else {
				last.Text += joint
			}
		}
		pending = false
		if n := len(out); n > 0 && (out[n-1].Style == s.Style || out[n-1].Text == "") {
			s.Text = out[n-1].Text + s.Text
			out = out[:n-1]
		}
		out = append(out, s)
	}
	return out
}

func (f *filler) value(p piece) string {
	v, err := f.eval(p.expr)
	if err != nil {
		f.failed(p.offset, err)
		return "?"
	}
	return v
}

// between is what stands for a line's end in the source: a space, but not between two Chinese characters nor at a full-width
// punctuation mark, which carries its own.
func between(before, after string) string {
	a, _ := utf8.DecodeLastRuneInString(before)
	b, _ := utf8.DecodeRuneInString(after)
	if fullWidth(a) || fullWidth(b) || unicode.Is(unicode.Han, a) && unicode.Is(unicode.Han, b) {
		return ""
	}
	return " "
}

// fullWidth reports whether r is a punctuation mark of Chinese text.
func fullWidth(r rune) bool {
	return strings.ContainsRune("，。、；：？！「」『』（）《》…—", r)
}

// textOf is the text of spans without their styles.
func textOf(spans []Span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.Text)
	}
	return b.String()
}

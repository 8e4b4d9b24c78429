package lessons

import "tcptutor/quiz"

// Snippet makes prose of a quiz's text: a few paragraphs of Markdown whose values are filled in already.
func Snippet(t quiz.Text) Prose {
	var out Prose
	for l, text := range [NumLangs]string{t.English, t.Chinese} {
		p := parseSnippet(file{name: "quiz.yaml", text: []byte(text)}, Lang(l))
		f := filler{
			eval:   func(expr string) (string, error) { return expr, nil },
			failed: func(int, error) {},
		}
		out[l] = f.blocks(p.sections[0].body)
	}
	return out
}

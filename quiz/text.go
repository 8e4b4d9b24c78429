package quiz

// Text is a text in every language of the project. It is Markdown of one paragraph or more, with `code`.
type Text struct {
	English, Chinese string
}

// whole reports whether the text says something in both languages.
func (t Text) whole() bool { return t.English != "" && t.Chinese != "" }

// each applies f to the text of either language.
func (t Text) each(f func(string) (string, error)) (Text, error) {
	en, err := f(t.English)
	if err != nil {
		return Text{}, err
	}
	zh, err := f(t.Chinese)
	return Text{en, zh}, err
}

package lessons

import (
	"errors"
	"fmt"

	"tcptutor/quiz"
)

// Predict makes the question of a prediction: always the same variation of the item, the one that the prose around it was written for. The
// error is a mistake in the item; the content tests see to it that there is none.
func (l *Lesson) Predict(item string) (*quiz.Question, error) {
	it := l.Quiz.Item(item)
	if it == nil {
		return nil, fmt.Errorf("lesson %s has no item %q", l.ID, item)
	}
	return it.Make(l.seeds[item])
}

// asked takes apart what a prediction names: an item, or the code of one of its variations (package quiz): "who-is-first-004a".
func (src *source) asked(name string) (item string, seed uint64) {
	if src.quiz == nil || src.quiz.Item(name) != nil {
		return name, 0
	}
	item, seed, err := quiz.ParseCode(name)
	if err != nil {
		return name, 0
	}
	return item, seed
}

// seeds are the variations that the prose asks, by item.
func (src *source) seeds() map[string]uint64 {
	seeds := map[string]uint64{}
	for _, s := range src.prose[English].sections {
		for _, a := range s.ask {
			item, seed := src.asked(a.text)
			seeds[item] = seed
		}
	}
	return seeds
}

// askable holds a prediction to an item that is there and can be made.
func (src *source) askable(p *prose, a directive, item string, seed uint64) mistakes {
	it := src.quiz.Item(item)
	if it == nil {
		return mistakes{p.file.problem(a.offset, "the id of an item, or a question's code", "quiz.yaml has no item %q", item)}
	}
	if _, err := it.Make(seed); err != nil {
		if f, ok := errors.AsType[*quiz.Fault](err); ok {
			err = f.Err
		}
		what, want := faulty(err)
		return mistakes{p.file.problem(a.offset, want, "the prediction %q cannot be asked: %s", a.text, what)}
	}
	return nil
}

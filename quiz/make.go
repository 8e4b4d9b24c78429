package quiz

import (
	"fmt"
	"slices"

	"tcptutor/tcp"
	"tcptutor/tcp/sim"
)

// Choice is an answer to choose.
type Choice struct {
	Text  Text
	Right bool
	// Misconception names what one who chooses it must have been thinking; "" for the right one.
	Misconception string
}

// Evidence is a run with the step to open it at.
type Evidence struct {
	Run  sim.Run
	Step int // index of the step, from 0
	Book string
}

// Question is an item for one seed.
type Question struct {
	Item    *Item
	Seed    uint64 // makes the same question again; below 65,536
	Code    string // likewise, for people: "syn-lost-4f2a"
	Title   Text
	Prompt  Text
	Book    string
	Choices []Choice // none when the answer is typed
	Hint    Text     // what a typed answer looks like

	run    *run
	asked  int // the step at which it is asked
	see    int // the step that decides
	answer answer
	right  int
	below  Text     // what stands below the question's own words: pieces, or lines with blanks
	story  Text     // the item's explanation, once it has been filled
	taken  []misled // what the wrong answers are: by choice, or those that a typed answer may match
}

// misled is a wrong answer as it came about.
type misled struct {
	name    string
	value   answer
	because Text
	theirs  *Evidence

	early, late int // of an order: the numbers of pieces that stand the wrong way round; 0 when it is a whole order
}

// Run is the run the question is about, and the step at which the question is asked: what comes after it is not shown before the
// answer.
func (q *Question) Run() (run sim.Run, asked int) { return q.run.line, q.asked }

// Decides is the step that decides the answer.
func (q *Question) Decides() int { return q.see }

// Answer is the right answer as it is shown.
func (q *Question) Answer() Text {
	if q.Choices != nil {
		return q.Choices[q.right].Text
	}
	return q.answer.Text()
}

// most is how many choices there are at most: the keys are the digits, the screen has 24 lines.
const most = 5

// Make makes the item's question for a seed. The same seed makes the same question. An error is a mistake in the item that only a run
// shows; the content tests see to it that there is none (see [Set.Check]).
func (it *Item) Make(seed uint64) (*Question, error) {
	seed = fold(seed)
	b, err := it.bind(seed)
	if err != nil {
		return nil, err
	}
	q := &Question{Item: it, Seed: seed, Code: code(it.ID, seed), Title: it.Title, Book: b.book, right: -1}
	if q.run, err = b.run(); err != nil {
		return nil, err
	}
	if q.asked, err = q.run.step(it.moment); err != nil {
		return nil, err
	}
	if q.see, err = q.run.step(it.see); err != nil {
		return nil, err
	}
	if err = q.holds(); err != nil {
		return nil, err
	}
	switch {
	case it.choices != nil:
		err = q.sentences(b)
	case it.Form == Order:
		err = q.order(b)
	case it.Form == Blanks:
		err = q.fillIn(b)
	default:
		err = q.values(b)
	}
	if err != nil {
		return nil, err
	}
	q.Prompt, err = b.prose(it.question, q.run, nil)
	if q.below != (Text{}) {
		q.Prompt.English += "\n" + q.below.English
		q.Prompt.Chinese += "\n" + q.below.Chinese
	}
	return q, err
}

// holds sees to it that the run is what the question's text says it is.
func (q *Question) holds() error {
	it := q.Item
	if it.holds == "" {
		return nil
	}
	v, err := q.run.value(it.holds, end)
	if err == nil && v != true {
		err = it.wrap(fmt.Errorf("%s: in its run %s does not hold", q.Code, it.holds))
	}
	return err
}

// values computes the answer and the wrong answers of an item that asks for one.
func (q *Question) values(b *binding) error {
	it := q.Item
	raw, err := q.run.value(it.answer.text, it.moment)
	if err != nil {
		return err
	}
	v, err := valueOf(it.of, raw)
	if err != nil {
		return it.wrap(fmt.Errorf("its answer %w", err))
	}
	q.answer = answer{v}
	for i := range it.wrong {
		if err := q.mislead(b, &it.wrong[i]); err != nil {
			return err
		}
	}
	if it.Form == Fill {
		q.Hint = it.of.hintBut(func(v Value) bool { return v.like(q.answer[0], it.within) })
		return nil
	}
	if len(q.taken) < 2 {
		return it.wrap(fmt.Errorf("seed %d leaves %d wrong choices, expected two or more", q.Seed, len(q.taken)))
	}
	q.taken = q.taken[:min(len(q.taken), most-1)]
	all := append([]misled{{value: q.answer}}, q.taken...)
	q.taken = make([]misled, len(all))
	for to, from := range stream(q.Seed, it.ID, "order").shuffled(len(all)) {
		q.taken[to] = all[from]
		q.Choices = append(q.Choices, Choice{all[from].value.Text(), from == 0, all[from].name})
		if from == 0 {
			q.right = to
		}
	}
	return nil
}

// mislead computes what a misconception gives, and keeps it if it is an answer of its own.
func (q *Question) mislead(b *binding, m *mistake) error {
	it := q.Item
	r, value, moment := q.run, m.slip, it.moment
	theirs, err := q.elsewhere(b, m)
	if err != nil {
		return err
	}
	if theirs != nil {
		b, r = theirs.bound, theirs
		if value = it.answer.text; m.value != "" {
			value = m.value
		}
	}
	if m.moment != "" {
		moment = m.moment
	}
	raw, err := r.value(value, moment)
	if never(err) {
		return nil // what is asked for does not happen in that run
	}
	if err != nil {
		return err
	}
	one, err := valueOf(it.of, raw)
	if err != nil {
		return it.wrap(fmt.Errorf("its wrong answer %s %w", m.name, err))
	}
	v := answer{one}
	if !v.sensible() || v.like(q.answer, it.within) || q.has(v) {
		return nil
	}
	q.taken = append(q.taken, misled{name: m.name, value: v})
	w := &q.taken[len(q.taken)-1]
	if theirs != nil {
		w.theirs = theirs.evidence(it.see, moment)
	}
	w.because, err = b.prose(m.because, r, map[string]Text{"this": v.Text(), "answer": q.answer.Text()})
	return err
}

// elsewhere is the run that a misconception describes; nil when it is the question's own.
func (q *Question) elsewhere(b *binding, m *mistake) (*run, error) {
	if !m.elsewhere() {
		return nil, nil
	}
	changed, err := b.with(m)
	if err != nil {
		return nil, err
	}
	return changed.run()
}

// evidence opens a run at the first of some moments that happen in it.
func (r *run) evidence(moments ...string) *Evidence {
	e := &Evidence{Run: r.line, Book: r.bound.book}
	for _, m := range moments {
		if at, err := r.step(m); err == nil {
			e.Step = at
			break
		}
	}
	return e
}

// sensible reports whether it could be an answer at all: what a slip computes may not be.
func (a answer) sensible() bool {
	return !slices.ContainsFunc(a, func(v Value) bool {
		return v.N < 0 || (v.Of == StateOf || v.Of == StateSS) && v.N >= int64(tcp.NumStates)
	})
}

func (q *Question) has(v answer) bool {
	for i := range q.taken {
		if q.taken[i].value.like(v, q.Item.within) {
			return true
		}
	}
	return false
}

// sentences asks the engine which of the choices is right.
func (q *Question) sentences(b *binding) error {
	it := q.Item
	for i, from := range stream(q.Seed, it.ID, "order").shuffled(len(it.choices)) {
		if it.Form == Claim {
			from = i
		}
		c := &it.choices[from]
		v, err := q.run.value(c.is.text, it.moment)
		if err != nil {
			return err
		}
		is, ok := v.(bool)
		if !ok {
			return it.wrap(fmt.Errorf("its choice %s gives %v (%T), expected true or false", c.name, v, v))
		}
		says, err := b.prose(c.says, q.run, nil)
		if err != nil {
			return err
		}
		w := misled{name: c.name}
		if is {
			if q.right >= 0 {
				return it.wrap(fmt.Errorf("seed %d finds two choices right, %s one of them", q.Seed, c.name))
			}
			q.right, w.name = len(q.Choices), ""
		} else if err := q.refute(b, c, &w); err != nil {
			return err
		}
		q.Choices = append(q.Choices, Choice{says, is, w.name})
		q.taken = append(q.taken, w)
	}
	if q.right < 0 {
		return it.wrap(fmt.Errorf("seed %d finds no choice right", q.Seed))
	}
	return nil
}

// refute readies what is said about a sentence that is not right.
func (q *Question) refute(b *binding, c *choice, w *misled) error {
	r := q.run
	theirs, err := q.elsewhere(b, &c.miss)
	if err != nil {
		return err
	}
	if theirs != nil {
		b, r = theirs.bound, theirs
		w.theirs = theirs.evidence(q.Item.see, q.Item.moment)
	}
	if c.miss.because == (Text{}) {
		return nil
	}
	w.because, err = b.prose(c.miss.because, r, nil)
	return err
}

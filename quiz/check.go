package quiz

import (
	"fmt"
	"slices"
	"strings"
)

// Check makes every item of the set for so many seeds and tells all that is wrong with what comes out: an item that cannot be made, choices that
// look alike, texts that are not filled, explanations that open nothing, misconceptions that never come up, answers that never
// vary though there are parameters, wrong runs that do not show what they are said to. Each error is a *[Fault].
func (s *Set) Check(seeds int) []error {
	var errs []error
	for _, it := range s.Items {
		errs = append(errs, it.check(seeds)...)
	}
	return errs
}

// seen is what the questions of an item have shown.
type seen struct {
	prompts map[string]bool
	taken   map[string]bool // misconceptions
}

func (it *Item) check(seeds int) []error {
	var errs []error
	all := seen{map[string]bool{}, map[string]bool{}}
	for seed := range uint64(seeds) {
		q, err := it.Make(seed)
		if err == nil {
			err = q.check(&all)
		}
		if err != nil {
			const most = 3
			if errs = append(errs, err); len(errs) >= most {
				return errs
			}
		}
	}
	for _, m := range it.wrong {
		if !all.taken[m.name] {
			errs = append(errs, it.wrap(fmt.Errorf("no seed gives the wrong answer %s a value of its own", m.name)))
		}
	}
	for _, c := range it.choices {
		if c.miss.because != (Text{}) && !all.taken[c.name] {
			errs = append(errs, it.wrap(fmt.Errorf("no seed finds the choice %s wrong, and it says what one who takes it must have been thinking", c.name)))
		}
	}
	if len(it.params) > 0 && len(all.prompts) < 2 {
		errs = append(errs, it.wrap(fmt.Errorf("its parameters change nothing in the question")))
	}
	return errs
}

// check looks at everything that a learner may see of the question.
func (q *Question) check(all *seen) error {
	all.prompts[q.Prompt.English] = true
	texts := []Text{q.Title, q.Prompt}
	var shown []string
	for _, c := range q.Choices {
		if slices.Contains(shown, c.Text.English) {
			return q.wrap("has the choice %q twice", c.Text.English)
		}
		shown = append(shown, c.Text.English)
		texts = append(texts, c.Text)
	}
	if q.Choices == nil {
		texts = append(texts, q.Hint)
	}
	verdicts, err := q.everyVerdict()
	if err != nil {
		return err
	}
	right := 0
	for _, v := range verdicts {
		texts = append(texts, v.Answer, v.Explain)
		if v.Right {
			right++
		} else {
			all.taken[v.Misconception] = true
			texts = append(texts, v.Because)
		}
		if err := q.checkVerdict(&v); err != nil {
			return err
		}
	}
	if right != 1 {
		return q.wrap("has %d right answers", right)
	}
	for _, t := range texts {
		if !t.whole() || strings.Contains(t.English+t.Chinese, "{{") || strings.Contains(t.English+t.Chinese, "${") {
			return q.wrap("shows an unfinished text: %q", t)
		}
	}
	return nil
}

// everyVerdict grades every answer that the question knows of.
func (q *Question) everyVerdict() ([]Verdict, error) {
	var all []Verdict
	for i := range q.Choices {
		v, err := q.Grade(i, "")
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	if q.Choices != nil {
		return all, nil
	}
	typed := []answer{q.answer}
	for i := range q.taken {
		typed = append(typed, q.taken[i].value)
	}
	for _, value := range typed {
		v, err := q.Grade(-1, value.Text().English)
		if err != nil {
			return nil, q.wrap("shows %q and cannot read it: %v", value.Text().English, err)
		}
		all = append(all, v)
	}
	return all, nil
}

func (q *Question) checkVerdict(v *Verdict) error {
	switch {
	case v.See.Step < 0 || v.See.Step >= v.See.Run.Len():
		return q.wrap("opens step %d of %d", v.See.Step, v.See.Run.Len())
	case v.Theirs != nil && v.Theirs.Step >= v.Theirs.Run.Len():
		return q.wrap("opens step %d of %d of the run of %s", v.Theirs.Step, v.Theirs.Run.Len(), v.Misconception)
	case q.Item.rule != "" && v.Rule == "":
		return q.wrap("names the rule %s, which does not apply in the step that decides", q.Item.rule)
	case !v.Right && q.Item.choices != nil && v.Theirs != nil && !q.shows(v.Misconception):
		return q.wrap("shows a run for %s in which it does not happen either", v.Misconception)
	}
	return nil
}

// shows reports whether the run that a wrong sentence names is one in which the sentence is right.
func (q *Question) shows(name string) bool {
	for i := range q.Item.choices {
		c := &q.Item.choices[i]
		if c.name != name {
			continue
		}
		r, err := q.elsewhere(q.run.bound, &c.miss)
		if err != nil {
			return false
		}
		v, err := r.value(c.is.text, q.Item.moment)
		return err == nil && v == true
	}
	return false
}

func (q *Question) wrap(format string, args ...any) error {
	return q.Item.wrap(fmt.Errorf("%s "+format, append([]any{q.Code}, args...)...))
}

package quiz

import (
	"errors"
	"strconv"

	"tcptutor/tcp"
	"tcptutor/tcp/source"
)

// Verdict is what became of an answer.
type Verdict struct {
	Right  bool
	Given  string // the answer as it is kept: a choice's English text, or what was typed
	Choice int    // index of the right choice; -1 when the answer is typed
	Answer Text   // the right answer
	// Misconception names what a wrong answer comes from; "" when the answer is right, or comes from nothing that is known.
	Misconception string
	// Because says what one must have been thinking; empty when the answer is right.
	Because Text
	// Explain says what happens and why.
	Explain Text
	Rule    string // name of the rule that decides; "" when none applied in the deciding step
	Cite    string // where the rule stands
	See     Evidence
	Theirs  *Evidence // the run that the wrong answer describes; nil when it describes none
}

// errUnasked is for a Grade that is handed no choice of the question.
var errUnasked = errors.New("quiz: no such choice")

// Grade judges an answer: the index of a choice, or, where there are none, what was typed. The error is an [*Unreadable] when the text is no answer of the
// kind asked for: nothing was judged then.
func (q *Question) Grade(choice int, typed string) (Verdict, error) {
	if q.Choices == nil {
		return q.gradeTyped(typed)
	}
	if choice < 0 || choice >= len(q.Choices) {
		return Verdict{}, errUnasked
	}
	given := q.Choices[choice]
	return q.verdict(given.Right, given.Text.English, &q.taken[choice])
}

func (q *Question) gradeTyped(typed string) (Verdict, error) {
	v, err := q.read(typed)
	if err != nil {
		return Verdict{}, err
	}
	if v.like(q.answer, q.Item.within) {
		return q.verdict(true, typed, &misled{})
	}
	for i := range q.taken {
		if q.from(&q.taken[i], v) {
			return q.verdict(false, typed, &q.taken[i])
		}
	}
	return q.verdict(false, typed, &misled{value: v, because: q.where(q.differs(v))})
}

// from reports whether a wrong answer comes from a misconception. Of an order it has the two pieces the wrong way round, of blanks what the
// misconception writes where it writes something else; whatever else is wrong with it.
func (q *Question) from(w *misled, given answer) bool {
	switch {
	case w.early != 0:
		return given.putsBefore(w.early, w.late)
	case q.Item.Form != Blanks:
		return w.value.like(given, q.Item.within)
	}
	for i, v := range w.value {
		if v != q.answer[i] && v != given[i] {
			return false
		}
	}
	return true
}

func (q *Question) verdict(right bool, given string, w *misled) (Verdict, error) {
	v := Verdict{Right: right, Given: given, Choice: q.right, Answer: q.Answer()}
	if !right {
		v.Misconception, v.Because, v.Theirs = w.name, w.because, w.theirs
		if v.Because == (Text{}) {
			answer := q.Answer()
			v.Because = q.where(Text{"The run shows " + answer.English, "实际结果是 " + answer.Chinese})
		}
	}
	if q.story == (Text{}) {
		story, err := q.run.bound.prose(q.Item.explain, q.run, map[string]Text{"answer": v.Answer})
		if err != nil {
			return Verdict{}, err
		}
		q.story = story
	}
	v.Explain = q.story
	v.See = Evidence{q.run.line, q.see, q.Book}
	r, err := q.rule()
	if r != nil {
		v.Rule, v.Cite = r.Name, cite(r)
	}
	return v, err
}

// where says what the run shows and in which step, when nothing is known of what a wrong answer comes from.
func (q *Question) where(shows Text) Text {
	step := strconv.Itoa(q.see + 1)
	english, chinese := shows.English+": look at step "+step, shows.Chinese+"：请看第 "+step+" 步"
	if moment, err := q.run.bound.text(q.Item.see); err == nil && moment != "" {
		english, chinese = english+", `"+moment+"`", chinese+"（`"+moment+"`）"
	}
	return Text{english + ".", chinese + "。"}
}

// bookkeeping is the rule that comes before the checks of nearly every segment and decides none of them: it notes which timestamp to echo.
const bookkeeping = "timestamp-recent"

// rule is the one that decides: the item's; by default, of those that apply in the deciding step, the one that changed a state, or else
// the first that is no bookkeeping. It is nil when none applies.
func (q *Question) rule() (*tcp.Rule, error) {
	name, err := q.run.bound.text(q.Item.rule)
	if err != nil {
		return nil, err
	}
	var first *tcp.Rule
	for _, f := range q.run.line.Step(q.see).Facts {
		switch r := tcp.RuleOf(f.Rule); {
		case r == nil || name != "" && r.Name != name || name == "" && r.Name == bookkeeping:
		case f.Kind == tcp.Changed && f.Field == tcp.FieldState:
			return r, nil
		case first == nil:
			first = r
		}
	}
	return first, nil
}

func cite(r *tcp.Rule) string {
	if e, ok := source.Lookup(r.Source); ok {
		return e.Cite()
	}
	return string(r.Source)
}

package quiz

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// answer is what a question asks for: one value; of pieces to order or of blanks to fill, one for each place.
type answer []Value

// Text is the answer as it is shown.
func (a answer) Text() Text {
	var en, zh []string
	for _, v := range a {
		t := v.Text()
		en, zh = append(en, t.English), append(zh, t.Chinese)
	}
	return Text{strings.Join(en, " "), strings.Join(zh, " ")}
}

// like reports whether b is the same answer.
func (a answer) like(b answer, within time.Duration) bool {
	return slices.EqualFunc(a, b, func(v, w Value) bool { return v.like(w, within) })
}

// read reads a typed answer of as many values as the right one has. The error is an *Unreadable.
func (q *Question) read(typed string) (answer, error) {
	if len(q.answer) == 1 {
		v, err := q.answer[0].Of.Read(typed)
		if u, ok := errors.AsType[*Unreadable](err); ok && u.formless {
			return nil, q.formless()
		}
		return answer{v}, err
	}
	words := split(typed, len(q.answer), q.Item.Form == Order)
	if len(words) != len(q.answer) {
		return nil, q.formless()
	}
	given := make(answer, len(words))
	for i, word := range words {
		v, err := q.answer[i].Of.Read(word)
		if u, ok := errors.AsType[*Unreadable](err); ok {
			return nil, &Unreadable{Text: inPlace(i, u.Text)}
		}
		given[i] = v
	}
	if q.Item.Form == Order && !isOrder(given) {
		return nil, q.formless()
	}
	return given, nil
}

// formless is what is said to something that is no answer of this question.
func (q *Question) formless() error { return &Unreadable{Text: asksFor(q.Hint), formless: true} }

func inPlace(i int, t Text) Text {
	return Text{fmt.Sprintf("(%d) %s", i+1, t.English), fmt.Sprintf("(%d) %s", i+1, t.Chinese)}
}

// split takes apart a typed answer of n values: they stand apart, or have arrows or semicolons between them, or commas (one may also stand within
// flags). Single digits may have anything between them, or nothing.
func split(typed string, n int, digits bool) []string {
	if len(typed) > longest {
		return nil
	}
	s := strings.NewReplacer("->", " ", "→", " ", ">", " ", ";", " ", ", ", " ").Replace(narrow(typed))
	words := strings.Fields(s)
	if len(words) == n {
		return words
	}
	if words = strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' }); len(words) == n {
		return words
	}
	if joined := strings.Join(strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsDigit(r) }), ""); digits && len(joined) == n {
		return strings.Split(joined, "")
	}
	return words
}

// isOrder reports whether the values are the numbers from 1 on, each once.
func isOrder(a answer) bool {
	seen := make([]bool, len(a))
	for _, v := range a {
		if v.N < 1 || v.N > int64(len(a)) || seen[v.N-1] {
			return false
		}
		seen[v.N-1] = true
	}
	return true
}

// numbers are the whole numbers as an answer has them.
func numbers(of []int) answer {
	a := make(answer, len(of))
	for i, n := range of {
		a[i] = Value{Number, int64(n)}
	}
	return a
}

// orderHint says how pieces are put in order, by an example that is not the answer.
func (q *Question) orderHint() Text {
	example := make([]int, len(q.answer))
	for i := range example {
		example[i] = len(example) - i
	}
	if numbers(example).like(q.answer, 0) {
		slices.Reverse(example)
	}
	n, of := strconv.Itoa(len(q.answer)), numbers(example).Text().English
	return Text{
		"the numbers 1 to " + n + " in the order of events, for example " + of,
		"数字 1 到 " + n + "，按发生的先后排，例如 " + of,
	}
}

// blanksHint shows how blanks are filled, each by an example that is not its answer.
func (q *Question) blanksHint() Text {
	var of []string
	for _, v := range q.answer {
		of = append(of, v.Of.examplesBut(func(w Value) bool { return w == v })[0])
	}
	example := strings.Join(of, " ")
	return Text{"what fills the blanks in turn, like " + example, "各空的内容，用空格隔开，形如 " + example}
}

// differs says what the run shows in the place of a wrong answer: of an order where it leaves the right one, of blanks those that are wrong.
func (q *Question) differs(given answer) Text {
	var places []int
	for i := range given {
		if given[i] != q.answer[i] {
			places = append(places, i)
		}
	}
	switch first := places[0]; {
	case q.Item.Form == Order && first == 0:
		next := q.answer[:1].Text()
		return Text{"First comes " + next.English, "最先的是 " + next.Chinese}
	case q.Item.Form == Order:
		same, next := q.answer[:first].Text(), q.answer[first:first+1].Text()
		return Text{"Right so far: " + same.English + "; then comes " + next.English, "前面没错：" + same.Chinese + "；接着是 " + next.Chinese}
	case q.Item.Form == Blanks:
		var en, zh []string
		for _, i := range places {
			is := inPlace(i, q.answer[i].Text())
			en, zh = append(en, is.English), append(zh, is.Chinese)
		}
		return Text{"What belongs there: " + strings.Join(en, ", "), "应该是 " + strings.Join(zh, "，")}
	}
	answer := q.Answer()
	return Text{"The run shows " + answer.English, "实际结果是 " + answer.Chinese}
}

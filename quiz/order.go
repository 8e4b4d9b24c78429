package quiz

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// piece is one of the things that are to be put in order: what happens at a moment.
type piece struct {
	name   string
	at     place
	moment string
	says   Text
}

// The number of pieces that are put in order: the fewest that are worth it, and as many as there are digits.
const (
	fewestPieces = 3
	mostPieces   = 9
)

// pieces reads what is to be put in order.
func (r *reader) pieces(f *fields, it *Item) {
	nodes := f.list("pieces")
	if len(nodes) < fewestPieces || len(nodes) > mostPieces {
		r.complain(f.where("pieces"), fmt.Sprintf("%d to %d", fewestPieces, mostPieces), "%s has %d pieces to put in order", f.of, len(nodes))
	}
	for _, n := range nodes {
		g, ok := r.mapping(n, "a piece of "+f.of, "name", "at", "en", "zh")
		if !ok {
			continue
		}
		p := piece{g.text("name"), g.at, g.text("at"), g.both()}
		if it.piece(p.name) >= 0 {
			r.complain(p.at, "another name", "%s has two pieces %s", f.of, p.name)
		}
		it.pieces = append(it.pieces, p)
	}
	for _, n := range f.list("wrong") {
		m, ok := r.mistake(n, "a wrong answer of "+f.of, it, "slip")
		if !ok {
			continue
		}
		if m.slip != "" {
			r.swapped(&m, it)
		}
		it.wrong = append(it.wrong, m)
	}
}

// swapped reads the slip of an order: that one piece comes before another, which it does not.
func (r *reader) swapped(m *mistake, it *Item) {
	early, late, ok := strings.Cut(m.slip, " before ")
	m.early, m.late = it.piece(strings.TrimSpace(early)), it.piece(strings.TrimSpace(late))
	if !ok || m.early < 0 || m.late < 0 || m.early == m.late {
		r.complain(m.at, "PIECE before PIECE", "%q is no slip of an order", m.slip)
	}
}

// piece is the index of the piece of that name; -1 when there is none.
func (it *Item) piece(name string) int {
	return slices.IndexFunc(it.pieces, func(p piece) bool { return p.name == name })
}

// order asks the engine for the order, and what misconceptions make of it.
func (q *Question) order(b *binding) error {
	it := q.Item
	shown := stream(q.Seed, it.ID, "order").shuffled(len(it.pieces)) // shown[i] is the piece that is number i+1
	right, err := q.run.happen(it.pieces)
	if err != nil {
		return err
	}
	q.answer = labels(right, shown)
	q.Hint = q.orderHint()
	for i := range it.wrong {
		if err := q.disorder(b, &it.wrong[i], right, shown); err != nil {
			return err
		}
	}
	var list Text
	for i, p := range shown {
		says, err := b.prose(it.pieces[p].says, q.run, nil)
		if err != nil {
			return err
		}
		list.English += "\n" + strconv.Itoa(i+1) + ". " + says.English
		list.Chinese += "\n" + strconv.Itoa(i+1) + ". " + says.Chinese
	}
	q.below = list
	return nil
}

// disorder computes the order that a misconception gives, and keeps it if it is another one.
func (q *Question) disorder(b *binding, m *mistake, right, shown []int) error {
	w := misled{name: m.name}
	r, wrong := q.run, right
	theirs, err := q.elsewhere(b, m)
	switch {
	case err != nil:
		return err
	case theirs != nil:
		b, r = theirs.bound, theirs
		if wrong, err = theirs.happen(q.Item.pieces); never(err) {
			return nil // a piece does not happen in that run
		} else if err != nil {
			return err
		}
		w.theirs = theirs.evidence(q.Item.see, q.Item.moment)
	default:
		w.early, w.late = slices.Index(shown, m.early)+1, slices.Index(shown, m.late)+1
		wrong = pulled(right, m.early, m.late)
	}
	if w.value = labels(wrong, shown); w.value.like(q.answer, 0) {
		return nil
	}
	w.because, err = b.prose(m.because, r, map[string]Text{"this": w.value.Text(), "answer": q.answer.Text()})
	q.taken = append(q.taken, w)
	return err
}

// happen is the pieces, by index, in the order in which they happen in a run.
func (r *run) happen(pieces []piece) ([]int, error) {
	at := make([]int, len(pieces))
	order := make([]int, len(pieces))
	for i := range pieces {
		step, err := r.step(pieces[i].moment)
		if err != nil {
			return nil, err
		}
		at[i], order[i] = step, i
	}
	slices.SortFunc(order, func(a, b int) int { return at[a] - at[b] })
	for i := range len(order) - 1 {
		if a, b := order[i], order[i+1]; at[a] == at[b] {
			return nil, r.bound.item.wrap(fmt.Errorf("its pieces %s and %s happen in the same step", pieces[a].name, pieces[b].name))
		}
	}
	return order, nil
}

// labels are the numbers under which pieces are shown.
func labels(order, shown []int) answer {
	ns := make([]int, len(order))
	for i, p := range order {
		ns[i] = slices.Index(shown, p) + 1
	}
	return numbers(ns)
}

// pulled is an order with one piece moved to before another, if it comes later.
func pulled(order []int, early, late int) []int {
	from, to := slices.Index(order, early), slices.Index(order, late)
	if from < to {
		return order
	}
	return slices.Insert(slices.Delete(slices.Clone(order), from, from+1), to, early)
}

// putsBefore reports whether an order has the piece number early before the piece number late.
func (a answer) putsBefore(early, late int) bool {
	return slices.Index(a, Value{Number, int64(early)}) < slices.Index(a, Value{Number, int64(late)})
}

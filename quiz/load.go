package quiz

import (
	"cmp"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// Set is the items of one file, in its order.
type Set struct {
	Lesson string // the folder's name, which is the lesson's ID
	Items  []*Item
}

// Item finds an item by its ID; nil when the set has none of that name.
func (s *Set) Item(id string) *Item {
	for _, it := range s.Items {
		if it.ID == id {
			return it
		}
	}
	return nil
}

// Form is how an answer is given.
type Form uint8

// The forms.
const (
	Choose Form = iota // one of several choices
	Fill               // typed
	Claim              // a sentence ruled right, imprecise or wrong
	Order              // pieces put in order, typed as their numbers
	Blanks             // what is left out of tools' lines, typed
)

var formNames = [...]string{"choose", "fill", "claim", "order", "blanks"}

// rulings are the choices of a claim, in the order in which they are shown.
var rulings = []string{"right", "imprecise", "wrong"}

// String is the form's word in quiz.yaml.
func (f Form) String() string { return formNames[f] }

// Item is a question that varies by seed. It never changes once it is loaded, but for what it remembers of its own runs; it is not
// safe for use by several goroutines.
type Item struct {
	ID     string
	Lesson string
	Form   Form
	Title  Text
	Book   string

	file     string
	at       place
	params   []param
	when     string
	scenario string
	patch    string // of the lesson's scenario, in the language of scenario.Apply
	moment   string // where values are taken
	holds    string // what the question's text claims of the run
	question Text
	of       Kind
	within   time.Duration
	answer   expression
	wrong    []mistake // of an item with one answer, each a value
	choices  []choice  // of a conceptual one
	pieces   []piece   // of one to order
	lines    []printed // of one to fill the blanks of
	explain  Text
	see      string
	rule     string

	cache cache
}

// expression is an expression of the engine's values, with parameters to be filled in.
type expression struct {
	text string
	at   place
}

// mistake is a misconception: what it would give, and what one must have been thinking.
type mistake struct {
	name    string
	at      place
	slip    string // another expression on the same run; "" when the run is another
	value   string // of another run: the expression, if it is not the answer's
	moment  string // and its moment, if it is not the item's
	book    string
	set     []setting
	because Text

	early, late int      // of a slip in an order: pieces, by index
	slips       []slipAt // of a slip in blanks
}

// elsewhere reports whether the misconception is another run.
func (m *mistake) elsewhere() bool { return m.book != "" || m.set != nil }

// setting gives a parameter another value than the seed does.
type setting struct{ param, value string }

// choice is a sentence that the engine finds right or wrong.
type choice struct {
	name string
	is   expression
	says Text
	miss mistake // what one who chooses it wrongly must have been thinking
}

var (
	word   = regexp.MustCompile(`^[a-z][a-z_]*$`)
	itemID = regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
)

// Load reads a lesson's questions. The error, if what it read is at fault, is Problems: all mistakes that can be seen without running
// anything; [Set.Check] finds the rest.
func Load(fsys fs.FS, name string) (*Set, error) {
	text, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	r := &reader{file: name}
	s := &Set{Lesson: path.Base(path.Dir(name))}
	r.set(fsys, text, s)
	if r.problems != nil {
		slices.SortStableFunc(r.problems, func(a, b Problem) int {
			return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
		})
		return nil, r.problems
	}
	return s, nil
}

func (r *reader) set(fsys fs.FS, text []byte, s *Set) {
	body := r.document(text)
	if body == nil {
		return
	}
	f, ok := r.mapping(body, "the file", "items")
	if !ok {
		return
	}
	nodes := f.list("items")
	if len(nodes) == 0 {
		r.complain(f.at, "items:", "there are no questions")
	}
	for _, n := range nodes {
		it := r.item(fsys, n, s.Lesson)
		if it == nil {
			continue
		}
		if s.Item(it.ID) != nil {
			r.complain(it.at, "another id", "there are two items %s", it.ID)
		}
		s.Items = append(s.Items, it)
	}
}

func (r *reader) item(fsys fs.FS, n ast.Node, lesson string) *Item {
	f, ok := r.mapping(n, "an item", "id", "kind", "title", "book", "params", "when", "scenario", "patch", "at", "holds", "question", "answer", "wrong",
		"choices", "pieces", "lines", "explain", "see", "rule")
	if !ok {
		return nil
	}
	r.refs = nil
	it := &Item{ID: f.text("id"), Lesson: lesson, file: r.file, at: f.at}
	f.of = "item " + it.ID
	if it.ID != "" && !itemID.MatchString(it.ID) {
		r.complain(f.where("id"), "lower-case words with dashes", "%q is no id", it.ID)
	}
	it.Title = f.texts("title")
	it.Book = f.text("book")
	it.params = r.params(f.node("params"), f.of)
	it.when = f.optional("when")
	it.scenario = r.scenario(fsys, &f, it)
	it.moment = f.text("at")
	it.holds = f.optional("holds")
	it.question = f.texts("question")
	it.explain = f.texts("explain")
	it.see = f.text("see")
	it.rule = f.optional("rule")
	r.form(&f, it)
	r.names(it)
	return it
}

// form reads what depends on the kind of item.
func (r *reader) form(f *fields, it *Item) {
	kind := f.text("kind")
	at := slices.Index(formNames[:], kind)
	if at < 0 && kind != "" {
		r.complain(f.where("kind"), strings.Join(formNames[:], ", "), "%q is no kind of item", kind)
	}
	it.Form = Form(max(at, 0))
	switch it.Form {
	case Order:
		r.belong(f, "pieces")
		r.pieces(f, it)
		return
	case Blanks:
		r.belong(f, "lines")
		r.printed(f, it)
		return
	case Claim:
		r.belong(f, "choices")
	}
	if !f.has("choices") && it.Form != Claim {
		r.answer(f, it)
		for _, n := range f.list("wrong") {
			if m, ok := r.mistake(n, "a wrong answer of "+f.of, it, "value", "at", "slip"); ok {
				it.wrong = append(it.wrong, m)
			}
		}
		return
	}
	if it.Form == Fill {
		r.complain(f.where("choices"), "answer", "%s is filled in and has choices", f.of)
	}
	for _, also := range []string{"answer", "wrong"} {
		if f.has(also) {
			r.complain(f.where(also), "one of the two", "%s has choices and %s", f.of, also)
		}
	}
	for _, n := range f.list("choices") {
		r.choice(n, it)
	}
	if it.Form == Claim {
		r.rulings(f, it)
	}
}

// rulings brings the choices of a claim into their order.
func (r *reader) rulings(f *fields, it *Item) {
	rank := func(c choice) int { return slices.Index(rulings, c.name) }
	slices.SortStableFunc(it.choices, func(a, b choice) int { return rank(a) - rank(b) })
	if !slices.EqualFunc(it.choices, rulings, func(c choice, name string) bool { return c.name == name }) {
		r.complain(f.where("choices"), strings.Join(rulings, ", "), "%s does not have a choice for each ruling", f.of)
	}
}

// belong turns down what items of another kind have.
func (r *reader) belong(f *fields, own string) {
	for _, name := range []string{"answer", "choices", "pieces", "lines"} {
		if name != own && f.has(name) {
			r.complain(f.where(name), own+": …", "%s has %s, which is not of its kind", f.of, name)
		}
	}
}

func (r *reader) answer(f *fields, it *Item) {
	n := f.node("answer")
	if n == nil {
		r.complain(f.at, "answer: {of: …, value: …}", "%s has neither answer nor choices", f.of)
		return
	}
	g, ok := r.mapping(n, "the answer of "+f.of, "of", "value", "within")
	if !ok {
		return
	}
	it.of, ok = parseKind(g.text("of"))
	if !ok {
		r.complain(g.where("of"), strings.Join(kindNames[:], ", "), "the answer of %s is of no known kind", f.of)
	}
	it.answer = expression{g.text("value"), g.where("value")}
	if s := g.optional("within"); s != "" {
		if it.within, ok = duration(s); !ok || it.of != Time {
			r.complain(g.where("within"), "a time, for an answer of time", "%q cannot be how near an answer must be", s)
		}
	}
}

// mistake reads a misconception, whose fields may be those of another run and those named.
func (r *reader) mistake(n ast.Node, of string, it *Item, also ...string) (mistake, bool) {
	allowed := append([]string{"book", "set", "en", "zh"}, also...)
	if len(also) > 0 {
		allowed = append(allowed, "name")
	}
	f, ok := r.mapping(n, of, allowed...)
	if !ok {
		return mistake{}, false
	}
	m := mistake{at: f.at, because: f.both()}
	if len(also) > 0 {
		m.name = f.text("name")
		f.of += " (" + m.name + ")"
	}
	m.value, m.moment, m.book = f.optional("value"), f.optional("at"), f.optional("book")
	if it.Form == Blanks && f.has("slip") {
		m.slips = r.slips(f.node("slip"), f.of)
	} else {
		m.slip = f.optional("slip")
	}
	if f.has("set") {
		g, _ := r.mapping(f.node("set"), "set of "+f.of)
		for i, name := range g.names {
			value, ok := scalar(g.nodes[i])
			if !ok {
				r.complain(placeOf(g.nodes[i]), "a value", "%s is set to %s", name, kindOf(g.nodes[i]))
			}
			if it.param(name) == nil {
				r.complain(placeOf(g.nodes[i]), it.paramNames(), "%s is no parameter", name)
				continue
			}
			m.set = append(m.set, setting{name, value})
		}
	}
	if len(also) > 0 && f.has("slip") == m.elsewhere() {
		r.complain(f.at, "slip, or book or set", "%s must say how it comes about in one way", f.of)
	}
	return m, true
}

func (r *reader) choice(n ast.Node, it *Item) {
	of := "a choice of item " + it.ID
	f, ok := r.mapping(n, of, "name", "is", "en", "zh", "wrong")
	if !ok {
		return
	}
	c := choice{name: f.text("name"), is: expression{f.text("is"), f.where("is")}, says: f.both()}
	for _, lang := range []string{"en", "zh"} {
		if strings.ContainsAny(f.optional(lang), "`*") {
			r.complain(f.where(lang), "plain text", "a choice of item %s has Markdown", it.ID)
		}
	}
	if w := f.node("wrong"); w != nil {
		c.miss, _ = r.mistake(w, "wrong of "+of, it)
	}
	c.miss.name, c.miss.at = c.name, f.at
	it.choices = append(it.choices, c)
}

// scenario is the item's text of a run: its own, or the lesson's with a patch.
func (r *reader) scenario(fsys fs.FS, f *fields, it *Item) string {
	text := f.text("scenario")
	if text != "lesson" {
		if f.has("patch") {
			r.complain(f.where("patch"), "scenario: lesson", "%s patches its own scenario", f.of)
		}
		return text
	}
	lesson, err := fs.ReadFile(fsys, path.Join(path.Dir(r.file), "scenario.tcp"))
	if err != nil {
		r.complain(f.where("scenario"), "", "the lesson's scenario cannot be read: %v", err)
		return ""
	}
	it.patch = f.optional("patch")
	return string(lesson)
}

func (it *Item) param(name string) *param {
	for i := range it.params {
		if it.params[i].name == name {
			return &it.params[i]
		}
	}
	return nil
}

func (it *Item) paramNames() string {
	var names []string
	for i := range it.params {
		names = append(names, it.params[i].name)
	}
	if names == nil {
		return "params"
	}
	return strings.Join(names, ", ")
}

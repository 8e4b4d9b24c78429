package scenario

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tcptutor/tcp"
	"tcptutor/tcp/observe"
	"tcptutor/tcp/sim"
)

// Format is a program's canonical text: settings first, then the hosts' lines in the order they had in their file, then
// faults. Comments are gone and every time, moment and argument has its one spelling. Parse makes the same program of it, but for
// Pos, which counts the new text's lines. The program has to be one that Parse or Apply made.
func Format(p *sim.Program) string {
	w := &writer{p: p}
	lines := w.all(false)
	if q, errs := parseLines(lines); errs != nil || !slices.EqualFunc(p.Hosts, q.Hosts, sameHost) {
		lines = w.all(true)
	}
	var b strings.Builder
	for i, l := range lines {
		if i > 0 && l.group != lines[i-1].group {
			b.WriteByte('\n')
		}
		b.WriteString(l.text + "\n")
	}
	return b.String()
}

func sameHost(a, b sim.HostSpec) bool { return a.Name == b.Name && a.Addr == b.Addr }

func parseLines(lines []written) (*sim.Program, Errors) {
	s := &script{bounds: defaultLimits()}
	sources := make([]source, len(lines))
	for i, l := range lines {
		sources[i] = source{text: l.text, code: l.text, no: i + 1, pos: l.pos}
	}
	return s.run("", sources)
}

// written is a line of canonical text.
type written struct {
	text  string
	pos   int    // of a statement or a fault
	group string // lines of one group stand together
}

// writer turns a program into lines.
type writer struct {
	p     *sim.Program
	lines []written
	group string
	apart bool // every direction of a link has a line of its own
}

func (w *writer) add(pos int, format string, args ...any) {
	w.lines = append(w.lines, written{fmt.Sprintf(format, args...), pos, w.group})
}

func (w *writer) all(hosts bool) []written {
	w.lines = nil
	w.group = "settings"
	if hosts {
		var names []string
		for _, h := range w.p.Hosts {
			names = append(names, h.Name)
		}
		w.add(0, "hosts %s", strings.Join(names, " "))
	}
	book := w.commonBook()
	w.add(0, "book %s", book)
	w.links()
	if w.p.Seed != defaultSeed {
		w.add(0, "seed %d", w.p.Seed)
	}
	if w.p.Limits.Steps != defaultSteps {
		w.add(0, "limit steps %d", w.p.Limits.Steps)
	}
	if w.p.Limits.Time != tcp.Time(defaultTime) {
		w.add(0, "limit time %s", formatDuration(w.p.Limits.Time.Since(0)))
	}
	w.hosts(book)
	w.statements()
	w.faults()
	return w.lines
}

// commonBook is the book of most hosts; of several, the first host's.
func (w *writer) commonBook() string {
	best, most := defaultBook, 0
	for _, h := range w.p.Hosts {
		n := 0
		for _, o := range w.p.Hosts {
			if o.Book == h.Book {
				n++
			}
		}
		if n > most {
			best, most = h.Book, n
		}
	}
	return best
}

func (w *writer) links() {
	for _, l := range w.p.Links {
		delay := formatDuration(l.Delay)
		if l.From == sim.AnyHost {
			w.add(0, "link delay %s", delay)
			continue
		}
		from, to := w.p.Hosts[l.From].Name, w.p.Hosts[l.To].Name
		both := !w.apart && slices.Contains(w.p.Links, sim.Link{From: l.To, To: l.From, Delay: l.Delay})
		switch {
		case both && l.From < l.To:
			w.add(0, "link %s %s delay %s", from, to, delay)
		case !both:
			w.add(0, "link %s -> %s delay %s", from, to, delay)
		}
	}
}

func (w *writer) hosts(book string) {
	w.group = "hosts"
	explicit := explicitAddresses(w.p.Hosts)
	for i, h := range w.p.Hosts {
		if explicit[i] {
			w.add(0, "%s addr %s", h.Name, h.Addr)
		}
		if h.Book != book {
			w.add(0, "%s book %s", h.Name, h.Book)
		}
		for _, s := range h.Sysctl {
			w.add(0, "%s sysctl %s %d", h.Name, tcp.Knobs[s.Knob].Name, s.Value)
		}
	}
}

// explicitAddresses finds which hosts have to be given their address, because they would not get it by themselves.
func explicitAddresses(hosts []sim.HostSpec) []bool {
	explicit := make([]bool, len(hosts))
	for again := true; again; {
		try := slices.Clone(hosts)
		for i := range try {
			if !explicit[i] {
				try[i].Addr = tcp.Addr{}
			}
		}
		giveAddresses(try)
		again = false
		for i := range try {
			if try[i].Addr != hosts[i].Addr {
				explicit[i], again = true, true
			}
		}
	}
	return explicit
}

// statements are the threads' lines, in the order of the file they came from.
func (w *writer) statements() {
	from := len(w.lines)
	for _, t := range w.p.Threads {
		w.group = t.Name
		for _, l := range t.Lines {
			when := ""
			if l.When >= 0 {
				when = "when " + observe.FormatMoment(w.p, w.p.Moments[l.When]) + ": "
			}
			w.add(l.Pos, "%s", t.Name+" "+when+l.Text)
		}
	}
	slices.SortStableFunc(w.lines[from:], func(a, b written) int { return cmp.Compare(a.pos, b.pos) })
}

func (w *writer) faults() {
	w.group = "faults "
	for _, f := range w.p.Faults {
		text := f.Kind.String() + " " + observe.FormatMoment(w.p, w.p.Moments[f.Moment])
		if f.Always {
			text += " always"
		}
		if f.Chance > 0 {
			text += " " + strconv.FormatFloat(float64(f.Chance)/10_000, 'f', -1, 64) + "%"
		}
		if f.Kind == sim.Unreachable && f.Code != tcp.HostUnreachable {
			text += fmt.Sprintf(" code %d", f.Code)
		}
		if f.Extra != 0 || f.Kind == sim.Delay {
			text += " by " + formatDuration(f.Extra)
		}
		w.add(f.Pos, "%s", text)
	}
	for i := range w.p.Injections {
		w.add(w.p.Injections[i].Pos, "%s", w.formatInjection(&w.p.Injections[i]))
	}
}

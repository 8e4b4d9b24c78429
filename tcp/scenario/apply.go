package scenario

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tcptutor/tcp/sim"
)

// Apply makes the what-if of a program: the same text with a few lines changed. Lines of a patch are lines of a scenario, or
// changes of the hosts' programs and of faults; see the package's documentation. The program itself is left alone. Lines that
// stay keep their Pos, and hosts keep their order.
func Apply(p *sim.Program, patch string) (*sim.Program, Errors) {
	w := &writer{p: p, apart: true}
	a := &patcher{p: p}
	for _, l := range w.all(true) {
		src := &source{file: "scenario", no: l.pos, text: l.text, code: l.text, pos: l.pos}
		a.lines = append(a.lines, entry{src, read(src)})
	}
	lines := (&script{}).lines(patch, &a.errs)
	for i := range lines {
		a.change(&lines[i])
	}
	if len(a.errs.list) == 0 && !a.changed {
		a.errs.whole("what-if", "lines such as drop client sends ACK, or without server wait 2s", "nothing is changed")
	}
	if len(a.errs.list) > 0 {
		return nil, a.errs.list
	}
	s := &script{bounds: defaultLimits()}
	sources := make([]source, len(a.lines))
	for i := range a.lines {
		sources[i] = *a.lines[i].src
	}
	return s.run("what-if", sources)
}

// lines cuts a patch into lines.
func (s *script) lines(patch string, errs *mistakes) []source {
	lines := s.split("what-if", []byte(patch))
	*errs = s.errs
	return lines
}

// entry is a line and what it says.
type entry struct {
	src *source
	is  *script
}

// read takes one line apart by itself.
func read(src *source) *script {
	s := &script{}
	s.line(src)
	return s
}

// patcher changes lines.
type patcher struct {
	p       *sim.Program
	lines   []entry
	errs    mistakes
	changed bool
}

// change carries out one line of a patch.
func (a *patcher) change(src *source) {
	c := &cursor{source: src, errs: &a.errs}
	if c.end() {
		return
	}
	a.changed = true
	verb, _ := c.word()
	from := c.at
	switch verb {
	case "without", "remove":
		if i, ok := a.find(a.part(src, "", from, len(src.code))); ok {
			a.lines = slices.Delete(a.lines, i, i+1)
		}
	case "replace", "before", "after":
		a.exchange(src, verb, from)
	case "hosts":
		c.fail(0, "changes of their lines", "a what-if has the same hosts")
	default:
		a.put(src)
	}
}

// part is a piece of a patch's line as a line by itself: every character stays in its place, so that mistakes are shown in the
// patch. The prefix is written over what stands before the piece.
func (a *patcher) part(src *source, prefix string, from, to int) *source {
	one := *src
	one.code = strings.Repeat(" ", from-len(prefix)) + prefix + strings.TrimRight(src.code[from:to], " \t")
	return &one
}

// put adds a line, in the place of those that it takes the meaning from.
func (a *patcher) put(src *source) {
	is := read(src)
	if len(is.errs.list) > 0 {
		a.errs.list = append(a.errs.list, is.errs.list...)
		return
	}
	a.lines = slices.DeleteFunc(a.lines, func(old entry) bool { return supersedes(is, old.is) })
	src.pos = 0
	if len(is.statements) > 0 {
		src.pos = a.lastPos(&is.statements[0])
	}
	a.lines = append(a.lines, entry{src, is})
}

// lastPos is where the last line of a statement's thread stands, so that what is added to it comes after it.
func (a *patcher) lastPos(st *statement) int {
	pos := 0
	for _, l := range a.lines {
		if len(l.is.statements) > 0 && l.is.statements[0].host.text == st.host.text && l.is.statements[0].thread == st.thread {
			pos = max(pos, l.src.pos)
		}
	}
	return pos
}

// exchange carries out `replace OLD -> NEW`, and the same with before and after.
func (a *patcher) exchange(src *source, verb string, from int) {
	arrow := arrowIn(src.code, from)
	if arrow < 0 {
		a.errs.add(src, len(src.code), verb+" HOST CALL -> CALL", "the line has no ->")
		return
	}
	i, ok := a.find(a.part(src, "", from, arrow))
	if !ok {
		return
	}
	old := a.lines[i]
	to := arrow + len("->")
	prefix := ""
	first, _ := (&cursor{source: &source{code: src.code[to:]}}).word()
	if len(old.is.statements) > 0 && !slices.ContainsFunc(a.p.Hosts, func(h sim.HostSpec) bool { return h.Name == first }) {
		prefix = threadName(&old.is.statements[0]) + " "
	}
	line := a.part(src, prefix, to, len(src.code))
	line.pos = old.src.pos
	is := read(line)
	a.errs.list = append(a.errs.list, is.errs.list...)
	switch verb {
	case "replace":
		a.lines[i] = entry{line, is}
	case "before":
		a.lines = slices.Insert(a.lines, i, entry{line, is})
	case "after":
		a.lines = slices.Insert(a.lines, i+1, entry{line, is})
	}
}

func threadName(st *statement) string {
	if st.thread == 1 {
		return st.host.text
	}
	return fmt.Sprintf("%s/%d", st.host.text, st.thread)
}

// arrowIn finds the -> that is in no text.
func arrowIn(code string, from int) int {
	quoted := false
	for i := from; i+1 < len(code); i++ {
		switch {
		case quoted && code[i] == '\\':
			i++
		case code[i] == '"':
			quoted = !quoted
		case !quoted && code[i:i+2] == "->":
			return i
		}
	}
	return -1
}

// find finds the line that a patch names: a host's line, a fault or an injected segment, in any spelling. With @N at its end it is the N-th of those
// that are alike.
func (a *patcher) find(src *source) (int, bool) {
	which := 0
	is := read(src)
	if k := strings.LastIndexByte(src.code, '@'); k > 0 && len(is.faults) == 0 {
		if n, err := strconv.Atoi(src.code[k+1:]); err == nil && n > 0 {
			which = n
			src.code = strings.TrimRight(src.code[:k], " \t")
			is = read(src)
		}
	}
	at := len(src.code) - len(strings.TrimLeft(src.code, " \t"))
	if len(is.errs.list) > 0 {
		a.errs.list = append(a.errs.list, is.errs.list...)
		return 0, false
	}
	if len(is.statements)+len(is.faults)+len(is.injections) == 0 {
		a.errs.add(src, at, "a host's line, a fault or an injected segment; a setting is changed by a line with the new one", "this cannot be taken away")
		return 0, false
	}
	var found []int
	for i := range a.lines {
		if alike(is, a.lines[i].is) {
			found = append(found, i)
		}
	}
	switch {
	case len(found) == 0:
		a.errs.add(src, at, "a line of it", "the scenario has no such line")
		return 0, false
	case which > len(found), which == 0 && len(found) > 1:
		a.errs.add(src, at, fmt.Sprintf("@N after it, N from 1 to %d", len(found)), "the scenario has %s like this", count(len(found), "line"))
		return 0, false
	}
	return found[max(which-1, 0)], true
}

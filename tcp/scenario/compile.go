package scenario

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
	"tcptutor/tcp/observe"
	"tcptutor/tcp/sim"
)

// compiler makes a program of a script: it knows the names, and whether they make sense together.
type compiler struct {
	*script
	p       *sim.Program
	order   []*statement // in the order of threads and lines
	thread  []int        // of each in order: its thread
	assigns map[sim.VarSpec][]place
	data    int // bytes of all writes so far
}

// place is a line of a thread.
type place struct{ thread, line int }

// compile gives a program of everything that made sense; the mistakes are in the script's list.
func (s *script) compile(file string) *sim.Program {
	c := &compiler{script: s, p: &sim.Program{Seed: defaultSeed, Limits: s.bounds}, assigns: map[sim.VarSpec][]place{}}
	if s.seed.text != "" {
		c.p.Seed = s.seedValue
	}
	c.nameHosts()
	if len(c.p.Hosts) > maxHosts {
		s.errs.whole(file, fmt.Sprintf("at most %d", maxHosts), "there are %d hosts", len(c.p.Hosts))
		return c.p
	}
	c.setHosts()
	c.setLinks()
	c.makeThreads()
	c.makeVars(file)
	lines := make([]int, len(c.p.Threads))
	for i, st := range c.order {
		t := &c.p.Threads[c.thread[i]]
		if line, ok := c.line(st, place{c.thread[i], lines[c.thread[i]]}); ok {
			t.Lines = append(t.Lines, line)
		}
		lines[c.thread[i]]++
	}
	if len(s.errs.list) == 0 {
		c.findDeadWaits()
	}
	if n := len(s.faults) + len(s.injections); n > maxFaults {
		s.errs.whole(file, fmt.Sprintf("at most %d", maxFaults), "there are %d faults and injected segments", n)
		return c.p
	}
	for i := range s.faults {
		c.fault(&s.faults[i])
	}
	for i := range s.injections {
		c.injection(&s.injections[i])
	}
	return c.p
}

func (c *compiler) hostIndex(who string) int {
	return slices.IndexFunc(c.p.Hosts, func(h sim.HostSpec) bool { return h.Name == who })
}

func (c *compiler) hostNames() []string {
	var names []string
	for _, h := range c.p.Hosts {
		names = append(names, h.Name)
	}
	return names
}

// nameHosts settles which hosts there are and their order: that of the `hosts` line, else first those that connect and never
// listen, then the others, each as first mentioned.
func (c *compiler) nameHosts() {
	for _, n := range c.hosts {
		c.p.Hosts = append(c.p.Hosts, sim.HostSpec{Name: n.text})
	}
	if len(c.hosts) > 0 {
		return
	}
	type mention struct {
		name
		connects, listens bool
	}
	var all []mention
	meet := func(n name) *mention {
		i := slices.IndexFunc(all, func(m mention) bool { return m.text == n.text })
		if i < 0 {
			i, all = len(all), append(all, mention{name: n})
		}
		return &all[i]
	}
	for _, set := range c.settings {
		if set.host.text != "" && len(all) <= maxHosts {
			meet(set.host)
		}
	}
	for i := range c.statements {
		if st := &c.statements[i]; len(all) <= maxHosts {
			m := meet(st.host)
			m.connects = m.connects || st.call.text == host.OpConnect.String()
			m.listens = m.listens || st.call.text == host.OpListen.String()
		}
	}
	slices.SortStableFunc(all, func(a, b mention) int {
		if x, y := a.connects && !a.listens, b.connects && !b.listens; x != y {
			if x {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.src.no, b.src.no))
	})
	for _, m := range all {
		c.p.Hosts = append(c.p.Hosts, sim.HostSpec{Name: m.text})
	}
}

// known finds a host by name and complains if there is none.
func (c *compiler) known(n name) (int, bool) {
	i := c.hostIndex(n.text)
	if i < 0 {
		c.errs.add(n.src, n.at, observe.OneOf(n.text, c.hostNames()), "no host is called %s", n.text)
	}
	return i, i >= 0
}

// setLinks puts exceptions in the order of hosts, and the rule for all others last.
func (c *compiler) setLinks() {
	rest := sim.Link{From: sim.AnyHost, To: sim.AnyHost, Delay: defaultDelay}
	given := 0
	seen := map[[2]int]int{}
	add := func(l *link, from, to int) {
		if at, ok := seen[[2]int{from, to}]; ok {
			c.errs.add(l.where.src, l.where.at, "each direction once", "this link has its delay already, from line %d", at)
			return
		}
		seen[[2]int{from, to}] = l.where.src.no
		c.p.Links = append(c.p.Links, sim.Link{From: from, To: to, Delay: l.delay})
	}
	for i := range c.links[:min(len(c.links), maxLinks)] {
		l := &c.links[i]
		if l.from.text == "" {
			if given != 0 {
				c.errs.add(l.where.src, l.where.at, "one link for all; link A B delay ... for a pair", "the delay is given already, in line %d", given)
			}
			rest.Delay, given = l.delay, l.where.src.no
			continue
		}
		from, ok := c.known(l.from)
		to, ok2 := c.known(l.to)
		switch {
		case !ok || !ok2:
		case from == to:
			c.errs.add(l.to.src, l.to.at, "two hosts", "a host has no link to itself")
		default:
			add(l, from, to)
			if !l.oneWay {
				add(l, to, from)
			}
		}
	}
	slices.SortStableFunc(c.p.Links, func(a, b sim.Link) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	c.p.Links = append(c.p.Links, rest)
}

// makeThreads makes a thread for each that has a line, ordered by host and number, and puts the statements in that order.
func (c *compiler) makeThreads() {
	type key struct{ host, number int }
	var keys []key
	hosts := make([]key, 0, len(c.statements))
	for i := range c.statements {
		st := &c.statements[i]
		h, ok := c.known(st.host)
		if !ok {
			continue
		}
		k := key{h, st.thread}
		hosts = append(hosts, k)
		c.order = append(c.order, st)
		if !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	compare := func(a, b key) int { return cmp.Or(cmp.Compare(a.host, b.host), cmp.Compare(a.number, b.number)) }
	slices.SortFunc(keys, compare)
	for _, k := range keys {
		spec := sim.ThreadSpec{Host: k.host, Name: c.p.Hosts[k.host].Name}
		if k.number > 1 {
			spec.Name = fmt.Sprintf("%s/%d", spec.Name, k.number)
		}
		c.p.Threads = append(c.p.Threads, spec)
	}
	byThread := make([][]*statement, len(keys))
	for i, st := range c.order {
		t, _ := slices.BinarySearchFunc(keys, hosts[i], compare)
		byThread[t] = append(byThread[t], st)
	}
	c.order = c.order[:0:0]
	for t, list := range byThread {
		for _, st := range list {
			c.order, c.thread = append(c.order, st), append(c.thread, t)
		}
	}
}

// makeVars numbers the variables in the order of threads and lines, so that where a file has its lines does not matter.
func (c *compiler) makeVars(file string) {
	lines := make([]int, len(c.p.Threads))
	for i, st := range c.order {
		t := c.thread[i]
		if st.assign.text != "" {
			v := sim.VarSpec{Host: c.p.Threads[t].Host, Name: st.assign.text}
			if len(c.assigns[v]) == 0 {
				c.p.Vars = append(c.p.Vars, v)
			}
			c.assigns[v] = append(c.assigns[v], place{t, lines[t]})
		}
		lines[t]++
	}
	if len(c.p.Vars) > maxVars {
		c.errs.whole(file, fmt.Sprintf("at most %d", maxVars), "there are %d variables", len(c.p.Vars))
	}
}

// line compiles a statement.
func (c *compiler) line(st *statement, at place) (sim.Line, bool) {
	line := sim.Line{Kind: st.kind, FDVar: -1, Assign: -1, When: -1, Wait: st.wait, Until: st.until, Pos: st.src.pos}
	ok := !st.bad
	if st.when != nil {
		m, err := st.when.Resolve(c.p)
		if err != nil {
			ok = (&cursor{source: st.src, errs: &c.errs}).take(st.whenAt, err)
		} else {
			line.When = len(c.p.Moments)
			c.p.Moments = append(c.p.Moments, m)
		}
	}
	if st.bad {
		return line, false
	}
	if st.kind == sim.LineWait {
		line.Text = "wait " + formatDuration(st.wait)
		return line, ok
	}
	b := &builder{compiler: c, st: st, line: &line, host: c.p.Threads[at.thread].Host, at: at}
	return line, b.build() && ok
}

func (c *compiler) fault(f *fault) {
	m, err := f.words.Resolve(c.p)
	if err != nil {
		(&cursor{source: f.src, errs: &c.errs}).take(f.at, err)
		return
	}
	c.p.Moments = append(c.p.Moments, m)
	c.p.Faults = append(c.p.Faults, sim.Fault{Kind: f.kind, Moment: len(c.p.Moments) - 1, Always: f.always, Chance: f.chance, Extra: f.extra, Code: f.code, Pos: f.src.pos})
}

// findBook finds a book and words what is wrong with its name.
func (c *compiler) findBook(n name) bool {
	if _, err := tryBook(n.text); err == nil {
		return true
	}
	parts := strings.Split(n.text, "+")
	if bases := tcp.BaseBooks(); !slices.Contains(bases, parts[0]) {
		c.errs.add(n.src, n.at, observe.OneOf(parts[0], bases), "no book is called %s", parts[0])
		return false
	}
	var patches []string
	for _, p := range tcp.Patches() {
		patches = append(patches, p.Name)
	}
	at := n.at + len(parts[0]) + 1
	for _, p := range parts[1:] {
		if !slices.Contains(patches, p) {
			c.errs.add(n.src, at, observe.OneOf(p, patches), "no patch is called %q", p)
			return false
		}
		at += len(p) + 1
	}
	c.errs.add(n.src, n.at, "another patch or another book", "these patches do not fit %s", parts[0])
	return false
}

// tryBook finds a book; a patch that has nothing to change in its book panics, which here is the text's mistake.
func tryBook(name string) (b *tcp.Book, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	return tcp.FindBook(name)
}

package scenario

import (
	"fmt"
	"strings"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/observe"
	"tcptutor/tcp/sim"
)

// injection is an inject line.
type injection struct {
	src      *source
	when     *observe.Words // nil: at an instant
	whenAt   int
	after    time.Duration
	from, to arg // HOST.SOCKET, peer, HOST:PORT or ADDRESS:PORT
	seg      tcp.Segment
}

const (
	injectUse = "inject when MOMENT: FROM > TO [FLAGS] seq N, such as inject when server accept returns: peer > server.c [R] seq 1"
	partyUse  = "client.s, peer, client:8080 or 10.9.9.9:8080"
)

// inject reads the line: when, from whom to whom, and what.
func (s *script) inject(c *cursor) {
	in := injection{src: c.source}
	if c.injectWhen(&in) && c.parties(&in) && c.segment(&in.seg) {
		s.injections = append(s.injections, in)
	}
}

// injectWhen reads `when MOMENT:`, `DURATION after MOMENT:` or `at DURATION:`.
func (c *cursor) injectWhen(in *injection) (ok bool) {
	at, when := c.skip("at"), c.skip("when")
	if !at && !when && (c.end() || !isDigit(c.code[c.at])) {
		return c.fail(c.at, injectUse, "%s is out of place", c.next())
	}
	if !when {
		if in.after, ok = c.duration(); !ok {
			return false
		}
	}
	if !at {
		if !when && !c.skip("after") {
			return c.fail(c.at, "after MOMENT", "%s is out of place", c.next())
		}
		c.space()
		words, n, err := observe.ReadMoment(c.rest())
		if err != nil {
			return c.take(c.at, err)
		}
		in.when, in.whenAt = &words, c.at
		c.at += n
	}
	return c.skip(":") || c.fail(c.at, ": and the segment", "%s is out of place", c.next())
}

func (c *cursor) parties(in *injection) bool {
	in.from = c.oneEnd()
	if !c.skip(">") {
		return c.fail(c.at, "> and whom the segment is for", "%s is out of place", c.next())
	}
	in.to = c.oneEnd()
	for _, p := range []arg{in.from, in.to} {
		if p.text == "" || p.text[0] == '[' && !strings.Contains(p.text, ":") {
			return c.fail(p.at, partyUse, "one end of the segment is missing")
		}
	}
	return true
}

// oneEnd takes one end of a segment: everything up to the next space or >.
func (c *cursor) oneEnd() arg {
	c.space()
	from := c.at
	for c.at < len(c.code) && !strings.ContainsRune(" \t>", rune(c.code[c.at])) {
		c.at++
	}
	return arg{c.code[from:c.at], from}
}

// injection compiles an inject line.
func (c *compiler) injection(in *injection) {
	out := sim.Injection{Moment: -1, After: in.after, Seg: in.seg, Pos: in.src.pos}
	if in.when != nil {
		m, err := in.when.Resolve(c.p)
		if err != nil {
			(&cursor{source: in.src, errs: &c.errs}).take(in.whenAt, err)
			return
		}
		out.Moment = len(c.p.Moments)
		c.p.Moments = append(c.p.Moments, m)
	}
	var ok, ok2 bool
	out.From, ok = c.party(in.src, in.from)
	out.To, ok2 = c.party(in.src, in.to)
	if !ok || !ok2 || !c.meaningful(in, &out) {
		return
	}
	c.p.Injections = append(c.p.Injections, out)
}

func (c *compiler) party(src *source, a arg) (p sim.Party, ok bool) {
	cur := &cursor{source: src, errs: &c.errs}
	if a.text == "peer" {
		p.Kind = sim.PeerOf
		return p, true
	}
	if strings.Contains(a.text, ":") {
		e, _, bad := c.readEndpoint(a.text, 0)
		switch {
		case bad != nil:
			return p, cur.fail(a.at+bad.at, bad.expected, "%s", bad.problem)
		case e.Port == 0 || e.Addr.IsUnspecified():
			return p, cur.fail(a.at, partyUse, "%s is nobody's address", a.text)
		}
		p.At = e
		return p, true
	}
	who, sock, found := strings.Cut(a.text, ".")
	switch {
	case !found || sock == "":
		return p, cur.fail(a.at, partyUse, "%s has no port", a.text)
	case who == "":
		return p, cur.fail(a.at, partyUse, "no host is named")
	}
	words := observe.Words{Host: who, Sock: sock}
	m, err := words.Resolve(c.p)
	if err != nil {
		return p, cur.take(a.at, err)
	}
	return sim.Party{Kind: sim.OfSocket, Host: m.Host, Var: m.Var, Child: m.Child}, true
}

// meaningful checks the two parties against each other.
func (c *compiler) meaningful(in *injection, out *sim.Injection) bool {
	cur := &cursor{source: in.src, errs: &c.errs}
	from, to := out.From.Kind, out.To.Kind
	switch {
	case from == sim.PeerOf && to != sim.OfSocket:
		return cur.fail(in.from.at, "peer > HOST.SOCKET", "peer is the other end of a socket, and there is none")
	case to == sim.PeerOf && from != sim.OfSocket:
		return cur.fail(in.to.at, "HOST.SOCKET > peer", "peer is the other end of a socket, and there is none")
	case in.when == nil && (from != sim.AtEndpoint || to != sim.AtEndpoint):
		return cur.fail(in.from.at, "client:8080 or 10.9.9.9:8080, or a moment", "in the beginning there is no socket")
	}
	if to != sim.AtEndpoint {
		return true
	}
	for i := range c.p.Hosts {
		if c.p.Hosts[i].Addr == out.To.At.Addr {
			return true
		}
	}
	return cur.fail(in.to.at, "a host's address", "no host would get this segment")
}

// formatInjection is the canonical text of an injection.
func (w *writer) formatInjection(in *sim.Injection) string {
	when := "at " + formatDuration(in.After)
	if in.Moment >= 0 {
		when = "when " + observe.FormatMoment(w.p, w.p.Moments[in.Moment])
		if in.After > 0 {
			when = formatDuration(in.After) + " after" + strings.TrimPrefix(when, "when")
		}
	}
	return fmt.Sprintf("inject %s: %s > %s %s", when, w.formatParty(&in.From), w.formatParty(&in.To), formatSegment(&in.Seg))
}

func (w *writer) formatParty(p *sim.Party) string {
	switch p.Kind {
	case sim.PeerOf:
		return "peer"
	case sim.OfSocket:
		if p.Var >= 0 {
			return w.p.Hosts[p.Host].Name + "." + w.p.Vars[p.Var].Name
		}
		return fmt.Sprintf("%s.child%d", w.p.Hosts[p.Host].Name, p.Child)
	}
	for i := range w.p.Hosts {
		if w.p.Hosts[i].Addr == p.At.Addr {
			return fmt.Sprintf("%s:%d", w.p.Hosts[i].Name, p.At.Port)
		}
	}
	return p.At.String()
}

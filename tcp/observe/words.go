package observe

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
	"tcptutor/tcp/sim"
)

// Words is a moment as it is written, before anybody knows which hosts and variables there are: what package scenario
// holds while it still collects names. Everything but WHO is settled.
type Words struct {
	Host string // the name before the dot
	Sock string // the name after it: a variable, or childN; "" when WHO is a whole host

	Text           string
	hostAt, sockAt int
	moment         sim.Moment // but for Host, Var, Child
}

// maxTimes bounds @N and childN: no run has more steps.
const maxTimes = 10_000_000

var childName = regexp.MustCompile(`^child([1-9][0-9]*)$`)

// ReadMoment reads a moment at the beginning of a text and returns how many bytes it took, so that something may follow it.
func ReadMoment(text string) (Words, int, error) {
	r := reader{text: text}
	w := Words{}
	if err := r.who(&w); err != nil {
		return w, 0, err
	}
	if err := r.event(&w.moment); err != nil {
		return w, 0, err
	}
	if err := r.times(&w.moment); err != nil {
		return w, 0, err
	}
	w.Text = text[:r.pos]
	return w, r.pos, nil
}

// ParseWords reads a text that is a moment and nothing else.
func ParseWords(text string) (Words, error) {
	w, n, err := ReadMoment(text)
	if err != nil {
		return w, err
	}
	if rest := strings.TrimLeft(text[n:], " \t"); rest != "" {
		return w, &Error{text, len(text) - len(rest), "the moment is complete here", "@N, or nothing more"}
	}
	return w, nil
}

// ParseMoment reads a moment that speaks of the hosts and variables of a program.
func ParseMoment(p *sim.Program, text string) (sim.Moment, error) {
	w, err := ParseWords(text)
	if err != nil {
		return sim.Moment{}, err
	}
	return w.Resolve(p)
}

// Resolve finds WHO among the hosts and variables of a program; of p, only Hosts[].Name and Vars are read.
func (w *Words) Resolve(p *sim.Program) (sim.Moment, error) {
	m := w.moment
	m.Host = slices.IndexFunc(p.Hosts, func(h sim.HostSpec) bool { return h.Name == w.Host })
	m.Var, m.Child = -1, 0
	if m.Host < 0 {
		return m, &Error{w.Text, w.hostAt, "no host is called " + w.Host, OneOf(w.Host, hostNames(p))}
	}
	if w.Sock == "" {
		return m, nil
	}
	if c := childName.FindStringSubmatch(w.Sock); c != nil {
		n, err := strconv.Atoi(c[1])
		if err != nil || n > maxTimes {
			return m, &Error{w.Text, w.sockAt, "no listener has so many children", "child1, child2, ..."}
		}
		m.Child = n
		return m, nil
	}
	m.Var = slices.Index(p.Vars, sim.VarSpec{Host: m.Host, Name: w.Sock})
	if m.Var < 0 {
		return m, &Error{w.Text, w.sockAt, w.Host + " has no variable " + w.Sock, OneOf(w.Sock, append(varNames(p, m.Host), "child1"))}
	}
	return m, nil
}

// Event is what the moment waits for; a scenario's faults need it to be Sends.
func (w *Words) Event() sim.EventKind { return w.moment.Event }

// Same reports whether two moments are written of the same WHO, EVENT and N, in whatever spelling.
func (w *Words) Same(o *Words) bool {
	return w.Host == o.Host && w.Sock == o.Sock && w.moment == o.moment
}

// N is the number after '@'; 0 when there is none.
func (w *Words) N() int { return w.moment.N }

func hostNames(p *sim.Program) []string {
	names := make([]string, len(p.Hosts))
	for i := range p.Hosts {
		names[i] = p.Hosts[i].Name
	}
	return names
}

func varNames(p *sim.Program, host int) []string {
	var names []string
	for _, v := range p.Vars {
		if v.Host == host {
			names = append(names, v.Name)
		}
	}
	return names
}

// reader goes through a moment word by word.
type reader struct {
	text string
	pos  int
}

func (r *reader) fail(at int, problem, expected string) error {
	return &Error{r.text, at, problem, expected}
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }

// word takes the longest run of letters, digits and the extra characters, after spaces; it may be empty.
func (r *reader) word(extra string) (string, int) {
	for r.pos < len(r.text) && (r.text[r.pos] == ' ' || r.text[r.pos] == '\t') {
		r.pos++
	}
	start := r.pos
	for r.pos < len(r.text) {
		c := r.text[r.pos]
		if !isLetter(c) && !isDigit(c) && strings.IndexByte(extra, c) < 0 {
			break
		}
		r.pos++
	}
	return r.text[start:r.pos], start
}

// found says what stands where something else was expected.
func (r *reader) found(at int) string {
	rest := strings.TrimSpace(r.text[min(at, len(r.text)):])
	if rest == "" {
		return "the moment ends here"
	}
	if i := strings.IndexAny(rest, " \t"); i > 0 {
		rest = rest[:i]
	}
	return strconv.Quote(rest) + " is out of place"
}

func (r *reader) who(w *Words) error {
	w.Host, w.hostAt = r.word("")
	if w.Host == "" || isDigit(w.Host[0]) {
		return r.fail(w.hostAt, r.found(w.hostAt), "WHO EVENT, such as client sends SYN")
	}
	if r.pos < len(r.text) && r.text[r.pos] == '.' {
		r.pos++
		w.Sock, w.sockAt = r.word("")
		if w.Sock == "" || w.sockAt != r.pos-len(w.Sock) || r.text[w.sockAt-1] != '.' {
			return r.fail(w.sockAt, r.found(w.sockAt), "a variable after "+w.Host+"., or child1")
		}
	}
	return nil
}

// eventUse is what error messages offer where an event was expected.
const eventUse = "enters STATE, sends, gets or loses SEGMENT, CALL blocks or returns, TIMER fires, RULE applies"

func (r *reader) event(m *sim.Moment) error {
	first, at := r.word("-")
	switch first {
	case "":
		return r.fail(at, r.found(at), eventUse)
	case "enters":
		m.Event = sim.Enters
		return r.state(m)
	case "sends":
		m.Event = sim.Sends
		return r.segment(m)
	case "gets", "receives":
		m.Event = sim.Gets
		return r.segment(m)
	case "loses":
		m.Event = sim.Loses
		return r.segment(m)
	}
	verb, verbAt := r.word("")
	switch verb {
	case "blocks", "returns":
		m.Event = sim.CallBlocks
		if verb == "returns" {
			m.Event = sim.CallReturns
		}
		return r.call(m, first, at)
	case "fires":
		return r.timer(m, first, at)
	case "applies":
		return r.rule(m, first, at)
	}
	if c := Closest(first, []string{"enters", "sends", "gets", "loses"}); c != "" {
		return r.fail(at, "no event is called "+first, c+"?")
	}
	if c := Closest(verb, []string{"blocks", "returns", "fires", "applies"}); c != "" {
		return r.fail(verbAt, "no event is called "+verb, c+"?")
	}
	return r.fail(at, strconv.Quote(first)+" is no event", eventUse)
}

func (r *reader) state(m *sim.Moment) error {
	word, at := r.word("-")
	s, ok := tcp.ParseState(word)
	if !ok {
		return r.fail(at, r.found(at), OneOf(word, stateNames()))
	}
	m.State = s
	return nil
}

func stateNames() []string {
	var names []string
	for s := tcp.Closed; s < tcp.NumStates; s++ {
		names = append(names, s.String())
	}
	return names
}

// segmentAliases are other spellings of the kinds of segment, as tcpdump, textbooks and people have them.
var segmentAliases = map[string]tcp.Kind{
	"SYN":    tcp.KindSYN,
	"SYNACK": tcp.KindSYNACK, "SYN,ACK": tcp.KindSYNACK, "ACK,SYN": tcp.KindSYNACK,
	"ACK": tcp.KindACK,
	"FIN": tcp.KindFIN, "FIN,ACK": tcp.KindFIN, "FINACK": tcp.KindFIN,
	"RST": tcp.KindRST, "RST,ACK": tcp.KindRST, "RSTACK": tcp.KindRST,
	"DATA": tcp.KindDATA, "SEGMENT": tcp.KindAny, "ANY": tcp.KindAny,
}

func (r *reader) segment(m *sim.Moment) error {
	word, at := r.word("-+,")
	plain := strings.NewReplacer("-", ",", "+", ",").Replace(strings.ToUpper(word))
	k, ok := segmentAliases[plain]
	if !ok {
		return r.fail(at, r.found(at), OneOf(word, []string{"SYN", "SYN,ACK", "ACK", "FIN", "RST", "DATA", "segment"}))
	}
	m.Seg = k
	return nil
}

// callAliases are C's other names of the same calls.
var callAliases = map[string]host.Op{"recv": host.OpRead, "send": host.OpWrite}

// ParseCall finds a system call by its C name; recv and send are read and write.
func ParseCall(name string) (host.Op, bool) {
	if op, ok := callAliases[name]; ok {
		return op, true
	}
	return host.ParseOp(name)
}

// CallNames are the names that ParseCall knows.
func CallNames() []string {
	var names []string
	for o := host.OpSocket; o < host.NumOps; o++ {
		names = append(names, o.String())
	}
	return append(names, "recv", "send")
}

func (r *reader) call(m *sim.Moment, word string, at int) error {
	op, ok := ParseCall(word)
	if !ok {
		return r.fail(at, "no call is named "+word, OneOf(word, CallNames()))
	}
	m.Op = op
	return nil
}

func (r *reader) timer(m *sim.Moment, word string, at int) error {
	m.Event = sim.TimerFires
	t, ok := tcp.ParseTimer(word)
	if !ok {
		return r.fail(at, "no timer is called "+word, OneOf(word, timerNames()))
	}
	m.Timer = t
	return nil
}

func timerNames() []string {
	var names []string
	for t := tcp.Timer(0); t < tcp.NumTimers; t++ {
		names = append(names, t.String())
	}
	return names
}

func (r *reader) rule(m *sim.Moment, word string, at int) error {
	m.Event = sim.RuleApplies
	rule, ok := tcp.FindRule(word)
	if !ok {
		var names []string
		for _, known := range tcp.Rules() {
			names = append(names, known.Name)
		}
		return r.fail(at, "no rule is called "+word, OneOf(word, names))
	}
	m.Rule = rule.ID
	return nil
}

// times reads @N, if it is there.
func (r *reader) times(m *sim.Moment) error {
	rest := strings.TrimLeft(r.text[r.pos:], " \t")
	if !strings.HasPrefix(rest, "@") {
		return nil
	}
	r.pos = len(r.text) - len(rest) + 1
	at := r.pos
	for r.pos < len(r.text) && (isDigit(r.text[r.pos]) || isLetter(r.text[r.pos])) {
		r.pos++
	}
	n, err := strconv.Atoi(r.text[at:r.pos])
	if err != nil || n < 1 || n > maxTimes {
		return r.fail(at, strconv.Quote(r.text[at:r.pos])+" does not say which time", "a number from 1 after @, such as @2")
	}
	m.N = n
	return nil
}

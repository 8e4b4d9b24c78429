package generate

import (
	"fmt"
	"strings"
)

// Transfer makes the scenario of a seed in which a client sends data to a server, in writes of all sizes, over a wire that loses and repeats
// some of the segments: what is made of losses shows there.
func Transfer(seed uint64) string {
	m := &maker{dice: dice(seed)}
	m.line("link delay %dms", pick(&m.dice, 10, 20, 40, 60))
	if m.one(2) {
		m.line("sysctl tcp_sack 0")
	}
	if m.one(4) {
		m.line("sysctl tcp_timestamps 0")
	}
	m.line("client s = socket()")
	if !m.one(3) {
		m.line("client setsockopt(s, TCP_NODELAY, 1)")
	}
	m.line("client connect(s, server:8080)")
	n, bytes := 3+m.roll(14), 0
	most, pause := pick(&m.dice, 300, 1500, 4000), pick(&m.dice, 0, 0, 5, 30)
	for i := range n {
		size := 1 + m.roll(most)
		m.line("client write(s, \"%c\" * %d)", 'a'+i, size)
		bytes += size
		if pause > 0 && m.one(2) {
			m.line("client wait %dms", 1+m.roll(pause))
		}
	}
	m.line("server s = socket()\nserver bind(s, 8080)\nserver listen(s, 10)\nserver c = accept(s)\nserver read(c) until %d bytes", bytes)
	for range 1 + m.roll(5) {
		m.fate(fmt.Sprintf("client sends DATA@%d", 1+m.roll(n+3)))
	}
	if m.one(3) {
		m.fate(fmt.Sprintf("server sends ACK@%d", 2+m.roll(5)))
	}
	return m.b.String()
}

// fate has a segment lost, mostly, or come twice, unless something happens to it already.
func (m *maker) fate(moment string) {
	fault := pick(&m.dice, "drop", "drop", "drop", "duplicate")
	if !strings.Contains(m.b.String(), moment+"\n") {
		m.line("%s %s", fault, moment)
	}
}

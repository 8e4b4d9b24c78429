package generate

import (
	"fmt"
	"strings"
)

// Options narrow down what is made.
type Options struct {
	Single bool // one connection, one thread a host, nothing that a packetdrill script cannot say
}

// dice is a small generator of its own (SplitMix64), so that a seed names a scenario whatever Go's do.
type dice uint64

func (d *dice) roll(n int) int {
	*d += 0x9e3779b97f4a7c15
	v := uint64(*d)
	v = (v ^ v>>30) * 0xbf58476d1ce4e5b9
	v = (v ^ v>>27) * 0x94d049bb133111eb
	return int((v ^ v>>31) >> 33 % uint64(n))
}

// one tells whether something happens that does so once in n times.
func (d *dice) one(n int) bool { return d.roll(n) == 0 }

func pick[T any](d *dice, list ...T) T { return list[d.roll(len(list))] }

// maker writes a scenario.
type maker struct {
	dice
	Options
	b       strings.Builder
	clients int
	socks   []string // WHO of the connections' ends that may exist: "server.c1", "client.s"
}

func (m *maker) line(format string, args ...any) { fmt.Fprintf(&m.b, format+"\n", args...) }

// New makes the scenario of a seed.
func New(seed uint64, opts Options) string {
	m := &maker{dice: dice(seed), Options: opts, clients: 1}
	if !m.Single && m.one(3) {
		m.clients = 2 + m.roll(3)
	}
	m.world()
	m.server()
	for i := range m.clients {
		m.client(i)
	}
	for range m.roll(4) {
		m.fault()
	}
	if m.one(2) {
		for range 1 + m.roll(2) {
			m.inject()
		}
	}
	return m.b.String()
}

func (m *maker) world() {
	m.line("link delay %dms", pick(&m.dice, 5, 10, 20, 40))
	if m.one(3) {
		m.line("%ssysctl %s", pick(&m.dice, "", "client ", "server "), pick(&m.dice,
			"tcp_timestamps 0", "tcp_sack 0", "tcp_window_scaling 0", "tcp_syncookies 0", "tcp_syncookies 2", "tcp_abort_on_overflow 1",
			"tcp_fin_timeout 1", "tcp_syn_retries 1", "tcp_synack_retries 1", "tcp_orphan_retries 2", "tcp_retries2 3", "tcp_rfc1337 1"))
	}
}

// The pauses of the two sides are such that what one does rarely meets what comes from the other.
var (
	serverPauses = []int{70, 190, 310, 650, 1300}
	clientPauses = []int{50, 130, 270, 530, 1100}
)

func (m *maker) pause(who string) {
	pauses := clientPauses
	if strings.HasPrefix(who, "server") {
		pauses = serverPauses
	}
	m.line("%s wait %dms", who, pauses[m.roll(len(pauses))])
}

func (m *maker) server() {
	m.line("server s = socket()")
	m.line("server bind(s, 8080)")
	m.line("server listen(s, %d)", pick(&m.dice, 0, 1, 5, 10))
	if m.one(3) {
		m.pause("server")
	}
	for i := range m.clients {
		if i > 0 && m.one(4) { // one stays in the queue
			break
		}
		name := fmt.Sprintf("c%d", i+1)
		m.line("server %s = accept(s)", name)
		m.socks = append(m.socks, "server."+name)
		m.talk("server", name)
	}
	if m.one(6) {
		m.line("server close(s)")
	}
}

func (m *maker) client(i int) {
	who, name := "client", "s"
	if i > 0 {
		who, name = fmt.Sprintf("client/%d", i+1), fmt.Sprintf("s%d", i+1)
	}
	m.line("%s when server listen returns: wait %dms", who, 1+i*pick(&m.dice, 1, 33, 400))
	m.line("%s %s = socket()", who, name)
	m.socks = append(m.socks, "client."+name)
	if m.one(8) {
		m.line("%s setsockopt(%s, TCP_NODELAY, 1)", who, name)
	}
	m.line("%s connect(%s, server:%d)", who, name, pick(&m.dice, 8080, 8080, 8080, 8080, 8080, 8080, 8080, 9))
	m.talk(who, name)
}

// talk is what a program does with a connection.
func (m *maker) talk(who, fd string) {
	for range m.roll(7) {
		switch m.roll(11) {
		case 0, 1, 2:
			m.line("%s write(%s, \"%c\" * %d)", who, fd, 'a'+m.roll(26), pick(&m.dice, 1, 5, 100, 1000, 3000))
		case 3:
			m.line("%s read(%s)", who, fd)
		case 4:
			m.line("%s read(%s) until eof", who, fd)
		case 5:
			m.line("%s shutdown(%s, %s)", who, fd, pick(&m.dice, "SHUT_WR", "SHUT_WR", "SHUT_RD", "SHUT_RDWR"))
		case 6:
			m.line("%s close(%s)", who, fd)
		case 7:
			m.line("%s setsockopt(%s, SO_LINGER, {1, 0})", who, fd)
		default:
			m.pause(who)
		}
	}
	if !m.one(4) {
		m.pause(who)
		m.line("%s close(%s)", who, fd)
	}
}

func (m *maker) fault() {
	who := pick(&m.dice, "client", "server")
	kind := pick(&m.dice, "ACK", "FIN", "DATA", "RST", map[bool]string{true: "SYN", false: "SYN,ACK"}[who == "client"])
	times := pick(&m.dice, "", "", "", "@2", "@3")
	switch m.roll(6) {
	case 0:
		m.line("duplicate %s sends %s%s by %dms", who, kind, times, pick(&m.dice, 0, 15, 330, 1500))
	case 1:
		m.line("delay %s sends %s%s by %dms", who, kind, times, pick(&m.dice, 15, 90, 610, 1700))
	case 2:
		m.line("reorder %s sends %s%s", who, kind, times)
	default:
		m.line("drop %s sends %s%s", who, kind, times)
	}
}

// inject lets a stranger speak in the name of one end of a connection.
func (m *maker) inject() {
	sock := m.socks[m.roll(len(m.socks))]
	moment := pick(&m.dice, "server accept returns", "client connect returns", "client enters FIN_WAIT_1", "client enters FIN_WAIT_2",
		"client enters TIME_WAIT", "client enters CLOSE_WAIT", "server enters CLOSE_WAIT", "server enters LAST_ACK", "server enters FIN_WAIT_2",
		"server enters TIME_WAIT")
	seq := pick(&m.dice, 0, 1, 1, 1, 2, 6, 101, 1001, 30000, -100, -70000, 2000000)
	segment := pick(&m.dice, "[R] seq %d", "[R.] seq %d ack 1", "[S] seq %d", "[S.] seq %d ack 1",
		"[F.] seq %d ack 1", "[.] seq %d ack 1", "[.] seq %d ack 70000", "[P.] seq %d ack 1 \"forged\"", "[F] seq %d")
	m.line("inject %dms after %s: peer > %s %s", pick(&m.dice, 23, 61, 117), moment, sock, fmt.Sprintf(segment, seq))
}

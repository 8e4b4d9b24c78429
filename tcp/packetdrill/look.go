package packetdrill

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
	"tcptutor/tcp/sim"
	"tcptutor/tcp/trace"
)

// linuxState are the numbers of tcpi_state (include/net/tcp_states.h).
var linuxState = map[tcp.State]int64{
	tcp.Established: 1, tcp.SynSent: 2, tcp.SynRcvd: 3, tcp.FinWait1: 4, tcp.FinWait2: 5, tcp.TimeWait: 6, tcp.Closed: 7,
	tcp.CloseWait: 8, tcp.LastAck: 9, tcp.Listen: 10, tcp.Closing: 11,
}

// infoFields are the fields of struct tcp_info that assertions can ask about (tcp.c tcp_get_info), times in microseconds.
var infoFields = map[string]func(*tcp.TCB) int64{
	"tcpi_state":          func(t *tcp.TCB) int64 { return linuxState[t.State] },
	"tcpi_ca_state":       caState,
	"tcpi_retransmits":    func(t *tcp.TCB) int64 { return int64(t.Retries) },
	"tcpi_probes":         func(t *tcp.TCB) int64 { return int64(t.Probes) },
	"tcpi_backoff":        func(t *tcp.TCB) int64 { return int64(t.Backoff) },
	"tcpi_options":        infoOptions,
	"tcpi_snd_wscale":     func(t *tcp.TCB) int64 { return int64(t.Snd.WScale) },
	"tcpi_rcv_wscale":     func(t *tcp.TCB) int64 { return int64(t.Rcv.WScale) },
	"tcpi_rto":            func(t *tcp.TCB) int64 { return microseconds(t.RTO) },
	"tcpi_snd_mss":        func(t *tcp.TCB) int64 { return int64(t.Snd.MSS) },
	"tcpi_unacked":        func(t *tcp.TCB) int64 { return int64(len(t.Sent)) },
	"tcpi_sacked":         func(t *tcp.TCB) int64 { return flights(t, func(f *tcp.Flight) bool { return f.SACKed }) },
	"tcpi_lost":           func(t *tcp.TCB) int64 { return flights(t, func(f *tcp.Flight) bool { return f.Lost }) },
	"tcpi_rtt":            func(t *tcp.TCB) int64 { return microseconds(t.SRTT) },
	"tcpi_rttvar":         func(t *tcp.TCB) int64 { return microseconds(t.RTTVar) },
	"tcpi_snd_ssthresh":   func(t *tcp.TCB) int64 { return int64(t.Ssthresh) },
	"tcpi_snd_cwnd":       func(t *tcp.TCB) int64 { return int64(t.Cwnd) },
	"tcpi_notsent_bytes":  func(t *tcp.TCB) int64 { return int64(t.Unsent) },
	"tcpi_bytes_received": func(t *tcp.TCB) int64 { return int64(uint32(t.Rcv.NXT - t.Rcv.IRS - 1)) },
}

func microseconds(d time.Duration) int64 { return int64(d / time.Microsecond) }

func flights(t *tcp.TCB, is func(*tcp.Flight) bool) (n int64) {
	for i := range t.Sent {
		if is(&t.Sent[i]) {
			n++
		}
	}
	return n
}

// caState is enum tcp_ca_state: open, disorder, CWR, recovery, loss.
func caState(t *tcp.TCB) int64 {
	return [...]int64{tcp.RecoveryNone: 0, tcp.RecoveryFast: 3, tcp.RecoveryLoss: 4}[t.Recovery]
}

// infoOptions are the bits TCPI_OPT_TIMESTAMPS, _SACK and _WSCALE.
func infoOptions(t *tcp.TCB) (bits int64) {
	for i, on := range [...]bool{t.SndTS, t.SACKOK, t.Snd.Scaling} {
		if on {
			bits |= 1 << i
		}
	}
	return bits
}

// connection finds the socket that a script is about: its connection, else what else it has, the newest first.
func (d *dialogue) connection(h *host.Host) *tcp.TCB {
	var other *host.Sock
	for s := range h.Live {
		if s.TCB.Local == d.local && s.TCB.Remote == d.remote {
			return &s.TCB
		}
		if other == nil || s.ID > other.ID {
			other = s
		}
	}
	if other == nil {
		return &tcp.TCB{}
	}
	return &other.TCB
}

// holds compares one field.
func (a *assertion) holds(t *tcp.TCB) (got int64, ok bool) {
	got = infoFields[a.field](t)
	switch a.op {
	case "==":
		return got, got == a.value
	case "!=":
		return got, got != a.value
	case "<":
		return got, got < a.value
	case "<=":
		return got, got <= a.value
	case ">":
		return got, got > a.value
	}
	return got, got >= a.value
}

// run lists the subject's sockets and lets every grep look through the list. It returns the list and whether the command succeeds.
func (c *command) run(now tcp.Time, h *host.Host) (list []string, ok bool) {
	switch c.listing {
	case listSockstat:
		list = sockstatLines(h)
	case listNetstat:
		list = c.netstat(h, netstatState)
	case listBSD:
		list = c.netstat(h, tcp.State.String)
	default:
		list = c.ss(now, h)
	}
	left := slices.Clone(list)
	for _, f := range c.filters {
		left = slices.DeleteFunc(left, func(l string) bool { return f.pattern.MatchString(l) == f.without })
	}
	return list, (len(left) > 0) != c.negated
}

// ss is the listing of ss, which leaves out the states where it is asked for one.
func (c *command) ss(now tcp.Time, h *host.Host) (list []string) {
	w := sim.World{Hosts: []host.Host{*h}}
	w.Now = now
	for i, line := range trace.SS(&w, 0) {
		name, rest, _ := strings.Cut(line, " ")
		state, known := tcp.ParseState(name)
		switch {
		case i > 0 && (!known || !slices.Contains(c.states, state)):
		case c.bare:
			list = append(list, strings.TrimSpace(rest))
		default:
			list = append(list, line)
		}
	}
	return list
}

// netstat is what netstat -t prints (net-tools), and near enough what BSD's and its sockstat do, with states in either's spelling.
func (c *command) netstat(h *host.Host, spell func(tcp.State) string) []string {
	list := []string{"Proto Recv-Q Send-Q Local Address           Foreign Address         State"}
	for s := range h.Live {
		if !slices.Contains(c.states, s.TCB.State) {
			continue
		}
		proto, peer := "tcp", s.TCB.Remote.String()
		if !s.TCB.Local.Addr.Is4() && !s.TCB.Local.Addr.IsUnspecified() {
			proto = "tcp6"
		}
		if s.Role == host.Listener {
			peer = "0.0.0.0:*"
		}
		list = append(list, fmt.Sprintf("%-5s %6d %6d %-23s %-23s %s", proto, 0, 0, s.TCB.Local, peer, spell(s.TCB.State)))
	}
	return list
}

// netstatState is a state in netstat's spelling.
func netstatState(s tcp.State) string {
	return strings.NewReplacer("SYN_RCVD", "SYN_RECV", "FIN_WAIT_", "FIN_WAIT").Replace(s.String())
}

// sockstatLines are the lines of /proc/net/sockstat that count TCP's sockets (sock_prot_inuse, tcp_orphan_count, tw_refcount).
func sockstatLines(h *host.Host) []string {
	var inuse, orphans, waiting, made int
	for s := range h.Live {
		switch {
		case s.TCB.State == tcp.TimeWait, s.TCB.State == tcp.FinWait2 && s.TCB.Orphan:
			waiting++
			continue
		case s.Half:
			continue
		case s.TCB.Orphan && s.Refs == 0:
			orphans++
		}
		made++
		if s.Role != host.Fresh {
			inuse++
		}
	}
	return []string{fmt.Sprintf("TCP: inuse %d orphan %d tw %d alloc %d mem 0", inuse, orphans, waiting, made)}
}

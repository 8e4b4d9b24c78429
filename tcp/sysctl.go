package tcp

import (
	"math"
	"time"
)

// Sysctl names a knob of a host by its place in the table.
type Sysctl uint8

// The knobs, in the table's order.
const (
	SynRetries Sysctl = iota
	SynLinearTimeouts
	SynackRetries
	Retries1
	Retries2
	OrphanRetries
	FinTimeout
	TwReuse
	TwReuseDelay
	RFC1337
	AbortOnOverflow
	Syncookies
	MaxSynBacklog
	Somaxconn
	Timestamps
	WindowScaling
	SACK
	KeepaliveTime
	KeepaliveIntvl
	KeepaliveProbes
	RmemDefault
	RmemMax
	WmemMax
	PortFirst
	PortLast
	InvalidRatelimit
	NoMetricsSave
	NumSysctls
)

// Knob is the documentation of one sysctl.
type Knob struct {
	Name    string // the real name; a part in brackets is which of the knob's several numbers it is
	Default int64  // Linux 6.18's default
	Least   int64  // the kernel refuses what is less,
	Most    int64  // and what is more (measured on 6.18; here no time or count is negative)
	Unit    string // of the value: "" for a count or a switch
	Doc     string // what it does, one line
}

// Knobs is the one table of sysctls. Names, units and defaults are Linux's (Documentation/networking/ip-sysctl.rst,
// KERNEL §1, §2, §4-§6, §10, §12, §15).
var Knobs = [NumSysctls]Knob{
	SynRetries:        {"net.ipv4.tcp_syn_retries", 6, 1, 127, "", "how often connect() repeats its SYN with growing waits before ETIMEDOUT"},
	SynLinearTimeouts: {"net.ipv4.tcp_syn_linear_timeouts", 4, 0, 127, "", "how many SYN repeats come one second apart before the wait starts doubling"},
	SynackRetries:     {"net.ipv4.tcp_synack_retries", 5, 0, 255, "", "how often a SYN,ACK is repeated before the half-open connection is forgotten"},
	Retries1:          {"net.ipv4.tcp_retries1", 3, 0, 255, "", "R1: after so many unanswered repeats the route is looked at again"},
	Retries2:          {"net.ipv4.tcp_retries2", 15, 0, 255, "", "R2: how long unanswered data is repeated, as a bound in time of so many doublings"},
	OrphanRetries:     {"net.ipv4.tcp_orphan_retries", 0, 0, 255, "", "the same bound once no process holds the socket; 0 means 8"},
	FinTimeout:        {"net.ipv4.tcp_fin_timeout", 60, 0, 8589934, "s", "how long a closed socket waits in FIN_WAIT_2 for the peer's FIN; not the length of TIME_WAIT"},
	TwReuse:           {"net.ipv4.tcp_tw_reuse", 2, 0, 2, "", "may connect() take a port in TIME_WAIT: 0 no, 1 yes, 2 on loopback only"},
	TwReuseDelay:      {"net.ipv4.tcp_tw_reuse_delay", 1000, 1, 60000, "ms", "how old a TIME_WAIT must be before tcp_tw_reuse may take it"},
	RFC1337:           {"net.ipv4.tcp_rfc1337", 0, 0, 255, "", "1: a RST does not end TIME_WAIT"},
	AbortOnOverflow:   {"net.ipv4.tcp_abort_on_overflow", 0, 0, 255, "", "1: answer the handshake's last ACK with a RST when the accept queue is full, instead of dropping it"},
	Syncookies:        {"net.ipv4.tcp_syncookies", 1, 0, 255, "", "0 never, 1 when the SYN queue is full, 2 always answer SYNs without remembering them"},
	MaxSynBacklog:     {"net.ipv4.tcp_max_syn_backlog", 2048, 0, math.MaxInt32, "", "half-open connections a listener keeps; looked at only with tcp_syncookies=0"},
	Somaxconn:         {"net.core.somaxconn", 4096, 0, math.MaxInt32, "", "the most that listen()'s backlog can ask for"},
	Timestamps:        {"net.ipv4.tcp_timestamps", 1, 0, 255, "", "1: offer RFC 7323 timestamps on SYN"},
	WindowScaling:     {"net.ipv4.tcp_window_scaling", 1, 0, 255, "", "1: offer RFC 7323 window scaling on SYN"},
	SACK:              {"net.ipv4.tcp_sack", 1, 0, 255, "", "1: offer selective acknowledgement (RFC 2018) on SYN"},
	KeepaliveTime:     {"net.ipv4.tcp_keepalive_time", 7200, 0, 8589934, "s", "idle time before the first keep-alive probe, where SO_KEEPALIVE is on"},
	KeepaliveIntvl:    {"net.ipv4.tcp_keepalive_intvl", 75, 0, 8589934, "s", "time between keep-alive probes"},
	KeepaliveProbes:   {"net.ipv4.tcp_keepalive_probes", 9, 0, 255, "", "unanswered probes before the connection is given up"},
	RmemDefault:       {"net.ipv4.tcp_rmem[1]", 131072, 1, math.MaxInt32, "bytes", "receive buffer of a new socket; half of it is offered as window at first"},
	RmemMax:           {"net.ipv4.tcp_rmem[2]", 33554432, 1, math.MaxInt32, "bytes", "largest receive buffer; decides the window scale a SYN offers"},
	WmemMax:           {"net.ipv4.tcp_wmem[2]", 4194304, 1, math.MaxInt32, "bytes", "bytes a socket may hold unsent and unacknowledged before write() waits"},
	PortFirst:         {"net.ipv4.ip_local_port_range[0]", 32768, 1024, 65535, "", "first ephemeral port"},
	PortLast:          {"net.ipv4.ip_local_port_range[1]", 60999, 1024, 65535, "", "last ephemeral port"},
	InvalidRatelimit:  {"net.ipv4.tcp_invalid_ratelimit", 500, 0, math.MaxInt32, "ms", "least time between two ACKs that answer unacceptable segments of one connection"},
	NoMetricsSave:     {"net.ipv4.tcp_no_metrics_save", 0, 0, 255, "", "1: nothing is remembered of a peer whose connection is over; here that is only that it is alive, which tcp_max_syn_backlog asks"},
}

// Allows says whether the knob can be set to a value.
func (k *Knob) Allows(v int64) bool { return v >= k.Least && v <= k.Most }

// Sysctls are one host's settings, each in its knob's unit.
type Sysctls [NumSysctls]int64

// DefaultSysctls are Linux 6.18's defaults.
func DefaultSysctls() Sysctls {
	var s Sysctls
	for k := range Knobs {
		s[k] = Knobs[k].Default
	}
	return s
}

// ParseSysctl finds a knob by its name, with or without a leading "net.ipv4." or "net.core.".
func ParseSysctl(name string) (Sysctl, bool) {
	for k := range Knobs {
		full := Knobs[k].Name
		if name == full || "net.ipv4."+name == full || "net.core."+name == full {
			return Sysctl(k), true
		}
	}
	return 0, false
}

// Duration is the setting as a time, for knobs whose unit is s or ms.
func (s *Sysctls) Duration(k Sysctl) time.Duration {
	switch Knobs[k].Unit {
	case "s":
		return time.Duration(s[k]) * time.Second
	case "ms":
		return time.Duration(s[k]) * time.Millisecond
	}
	return 0
}

//go:build linux

package kernel

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
)

// What the keeper sees of the kernel: sock_diag(7) and the statistics in /proc/net.

// states are the kernel's numbers of the states (net/tcp_states.h).
var states = [...]tcp.State{
	unix.BPF_TCP_ESTABLISHED:  tcp.Established,
	unix.BPF_TCP_SYN_SENT:     tcp.SynSent,
	unix.BPF_TCP_SYN_RECV:     tcp.SynRcvd,
	unix.BPF_TCP_FIN_WAIT1:    tcp.FinWait1,
	unix.BPF_TCP_FIN_WAIT2:    tcp.FinWait2,
	unix.BPF_TCP_TIME_WAIT:    tcp.TimeWait,
	unix.BPF_TCP_CLOSE:        tcp.Closed,
	unix.BPF_TCP_CLOSE_WAIT:   tcp.CloseWait,
	unix.BPF_TCP_LAST_ACK:     tcp.LastAck,
	unix.BPF_TCP_LISTEN:       tcp.Listen,
	unix.BPF_TCP_CLOSING:      tcp.Closing,
	unix.BPF_TCP_NEW_SYN_RECV: tcp.SynRcvd,
}

// lookAround lists all TCP sockets of the namespace and its counters.
func lookAround() (*look, error) {
	l := new(look)
	for _, family := range []uint8{unix.AF_INET, unix.AF_INET6} {
		list, err := diag(family)
		if err != nil {
			return nil, fmt.Errorf("sock_diag: %w", err)
		}
		for _, s := range list {
			l.Socks = append(l.Socks, see(s))
		}
	}
	return l, count(&l.Counters)
}

// diag asks for the sockets of a family. A dump that a change has interrupted is asked for again.
func diag(family uint8) (list []*netlink.InetDiagTCPInfoResp, err error) {
	for range 10 {
		list, err = netlink.SocketDiagTCPInfo(family)
		if !errors.Is(err, netlink.ErrDumpInterrupted) {
			break
		}
	}
	if errors.Is(err, unix.ENOENT) { // a kernel without IPv6
		return nil, nil
	}
	return list, err
}

func see(r *netlink.InetDiagTCPInfoResp) seen {
	d := r.InetDiagMsg
	s := seen{
		Cookie: uint64(d.ID.Cookie[1])<<32 | uint64(d.ID.Cookie[0]),
		Local:  tcp.Endpoint{Addr: tcp.Addr(d.ID.Source.To16()), Port: d.ID.SourcePort},
		Remote: tcp.Endpoint{Addr: tcp.Addr(d.ID.Destination.To16()), Port: d.ID.DestinationPort},
		Inode:  d.INode, Recv: d.RQueue, Send: d.WQueue,
		Timer: d.Timer, Tries: d.Retrans, Expires: time.Duration(d.Expires) * time.Millisecond,
	}
	for _, e := range []*tcp.Endpoint{&s.Local, &s.Remote} {
		if e.Addr.IsUnspecified() {
			e.Addr = tcp.Addr{}
		}
	}
	if int(d.State) < len(states) {
		s.State = states[d.State]
	}
	if t := r.TCPInfo; t != nil && s.State != tcp.Listen && s.State != tcp.TimeWait {
		s.Info = inform(t)
	}
	return s
}

// inform takes what a TCB has a place for out of TCP_INFO (linux/tcp.h struct tcp_info).
func inform(t *netlink.TCPInfo) *info {
	const us = time.Microsecond
	i := &info{
		RTO: time.Duration(t.Rto) * us, SRTT: time.Duration(t.Rtt) * us, RTTVar: time.Duration(t.Rttvar) * us,
		Backoff: t.Backoff, Probes: t.Probes, CA: t.Ca_state,
		SndScale: t.Snd_wscale, RcvScale: t.Rcv_wscale,
		TS: t.Options&1 != 0, SACK: t.Options&2 != 0, Scaling: t.Options&4 != 0, // TCPI_OPT_TIMESTAMPS, _SACK, _WSCALE
		MSS: t.Snd_mss, Cwnd: t.Snd_cwnd, Ssthresh: t.Snd_ssthresh, Wnd: t.Snd_wnd,
		Unsent: t.Notsent_bytes, Received: t.Bytes_received,
	}
	if t.Min_rtt != ^uint32(0) {
		i.MinRTT = time.Duration(t.Min_rtt) * us
	}
	return i
}

// count reads the counters that a host has, by their names in /proc/net/netstat and /proc/net/snmp.
func count(counters *[host.NumCounters]int64) error {
	for _, name := range []string{"netstat", "snmp"} {
		text, err := os.ReadFile("/proc/thread-self/net/" + name)
		if err != nil {
			return err
		}
		if err := parseCounters(string(text), counters); err != nil {
			return fmt.Errorf("/proc/net/%s: %w", name, err)
		}
	}
	return nil
}

// parseCounters reads pairs of lines, names above values: "TcpExt: SyncookiesSent ..." and "TcpExt: 0 ...".
func parseCounters(text string, counters *[host.NumCounters]int64) error {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for i := 0; i+1 < len(lines); i += 2 {
		names, values := strings.Fields(lines[i]), strings.Fields(lines[i+1])
		if len(names) != len(values) || names[0] != values[0] {
			return fmt.Errorf("line %d has %d names, the next one %d values", i+1, len(names), len(values))
		}
		if names[0] != "Tcp:" && names[0] != "TcpExt:" {
			continue
		}
		for k := range names[1:] {
			for c := range host.NumCounters {
				if c.String() != names[k+1] {
					continue
				}
				v, err := strconv.ParseInt(values[k+1], 10, 64)
				if err != nil {
					return err
				}
				counters[c] = v
			}
		}
	}
	return nil
}

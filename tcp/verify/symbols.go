package verify

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
	"tcptutor/tcp/sim"
)

// What was observed, in the symbols of the field: the same in every language.

// String is the segment as packetdrill writes it, numbers relative: "P. 1:6(5) ack 1 win 63 <TS>".
func (s *segment) String() string {
	var b strings.Builder
	b.WriteString(letters(s.flags))
	end := s.seq
	end.off += int32(len(s.data))
	fmt.Fprintf(&b, " %v:%v(%d)", s.seq, end, len(s.data))
	if s.flags.Has(tcp.ACK) {
		fmt.Fprintf(&b, " ack %v", s.ack)
	}
	fmt.Fprintf(&b, " win %d", s.wnd)
	if o := s.options(); o != "" {
		b.WriteString(" <" + o + ">")
	}
	if s.lost {
		b.WriteString(" // lost")
	}
	return b.String()
}

func letters(fl tcp.Flags) string {
	text := ""
	for _, f := range [...]struct {
		bit    tcp.Flags
		letter string
	}{{tcp.FIN, "F"}, {tcp.SYN, "S"}, {tcp.RST, "R"}, {tcp.PSH, "P"}, {tcp.URG, "U"}, {tcp.ACK, "."}} {
		if fl.Has(f.bit) {
			text += f.letter
		}
	}
	if text == "" {
		return "-"
	}
	return text
}

func (s *segment) options() string {
	var list []string
	add := func(has tcp.OptionSet, text string) {
		if s.opt.Has(has) {
			list = append(list, text)
		}
	}
	add(tcp.OptMSS, "mss "+strconv.Itoa(int(s.opt.MSS)))
	add(tcp.OptSACKPerm, "sackOK")
	stamp := "TS"
	if s.echo != 0 {
		stamp += fmt.Sprintf(" ecr +%d", s.echo)
	}
	add(tcp.OptTS, stamp)
	add(tcp.OptWScale, "wscale "+strconv.Itoa(int(s.opt.WScale)))
	if s.opt.Has(tcp.OptSACK) {
		blocks := "sack"
		for i := 0; i+1 < len(s.sack); i += 2 {
			blocks += fmt.Sprintf(" %v:%v", s.sack[i], s.sack[i+1])
		}
		list = append(list, blocks)
	}
	return strings.Join(list, ",")
}

// String is the number; with the connection's second initial number it has a prime, and one that nobody knows where to count from is
// absolute.
func (n number) String() string {
	if n.epoch < 0 {
		return strconv.FormatUint(uint64(uint32(n.off)), 10)
	}
	return strconv.Itoa(int(n.off)) + strings.Repeat("'", n.epoch)
}

// String is the call and what it returned: "read() = 5", "connect() = -1 ECONNREFUSED".
func (r *result) String() string {
	switch {
	case r.errno != tcp.OK:
		return fmt.Sprintf("%v() = -1 %v", r.op, r.errno)
	case r.made:
		return strings.TrimRight(fmt.Sprintf("%v() = fd %s", r.op, r.addr), " ")
	case r.data != "":
		return fmt.Sprintf("%v() = %d %s", r.op, r.value, quote(r.data))
	case r.addr != "":
		return fmt.Sprintf("%v() = %d %s", r.op, r.value, r.addr)
	}
	return fmt.Sprintf("%v() = %d", r.op, r.value)
}

// quote shows the beginning of a text.
func quote(s string) string {
	const most = 24
	if len(s) > most {
		return strconv.Quote(s[:most]) + "..."
	}
	return strconv.Quote(s)
}

// String is the state and how long it lasted.
func (s *stay) String() string {
	return fmt.Sprintf("%v %v", s.state, s.long().Round(time.Millisecond))
}

// path is the states of a connection's end one after the other.
func path(list []stay) string {
	var names []string
	for i := range list {
		names = append(names, list[i].state.String())
	}
	return strings.Join(names, " → ")
}

// queues are a host's listeners: ":8080 syn 1 accept 0" each, without a port that nobody asked for.
func queues(p *sim.Program, h *host.Host) string {
	var list []string
	for s := range h.Live {
		if s.Role == host.Listener && s.TCB.State == tcp.Listen {
			port := ""
			if asked(p, s.TCB.Local.Port) {
				port = strconv.Itoa(int(s.TCB.Local.Port))
			}
			list = append(list, fmt.Sprintf(":%s syn %d accept %d", port, s.HalfN, len(s.Accept)))
		}
	}
	return strings.Join(list, ", ")
}

func count(c host.Counter, n int64) string { return fmt.Sprintf("%v %d", c, n) }

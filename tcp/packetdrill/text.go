package packetdrill

import (
	"fmt"
	"strings"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
)

// seconds is an instant as scripts write it.
func seconds(t tcp.Time) string {
	us := time.Duration(t) / time.Microsecond
	return fmt.Sprintf("%d.%06d", us/1e6, us%1e6)
}

// result is what a call returned.
func result(r *host.Result) string {
	if r.Errno != tcp.OK {
		return fmt.Sprintf("-1 %v (%s)", r.Errno, r.Errno.Text())
	}
	return fmt.Sprint(r.Value)
}

// bufferSize is how many bytes a read() asks for that wants all there are.
const bufferSize = 65536

func wanted(c *host.Call, r *host.Result) int64 {
	if c.A > 0 {
		return c.A
	}
	return max(bufferSize, r.Value)
}

// level is a socket option with the level it stands on.
func level(o host.Option) string {
	if o >= host.TCPNodelay {
		return "SOL_TCP, " + o.String()
	}
	return "SOL_SOCKET, " + o.String()
}

// option is what setsockopt() is given. The engine keeps SO_LINGER's two numbers in one.
func option(o host.Option, v int64) string {
	if o != host.SoLinger {
		return fmt.Sprintf("%s, [%d], 4", level(o), v)
	}
	on, linger := 0, int64(0)
	if v > 0 {
		on, linger = 1, v-1
	}
	return fmt.Sprintf("%s, {onoff=%d, linger=%d}, 8", level(o), on, linger)
}

func fcntl(c *host.Call, r *host.Result) (string, writable) {
	flags := func(v int64) string {
		if v&host.ONonblock != 0 {
			return "O_RDWR|O_NONBLOCK"
		}
		return "O_RDWR"
	}
	switch {
	case c.A == host.FSetFL:
		return fmt.Sprintf("fcntl(%d, F_SETFL, %s) = %s", c.FD, flags(c.B), result(r)), written
	case c.A == host.FGetFL && r.Errno == tcp.OK:
		return fmt.Sprintf("fcntl(%d, F_GETFL) = %#x (flags %s)", c.FD, r.Value, flags(r.Value)), written
	case c.A == host.FGetFL:
		return fmt.Sprintf("fcntl(%d, F_GETFL) = %s", c.FD, result(r)), written
	}
	return "", unwritable
}

// side is what one end's numbers are counted from.
type side struct {
	known   bool // it has sent
	first   tcp.Seq
	stamped bool // it has sent a timestamp
	stamp   uint32
}

// firstStamp is what a side's first timestamp is written as.
const firstStamp = 100

// flow is the connection of a script.
type flow struct {
	open       bool
	near, far  tcp.Endpoint
	sent, came side
	grown      bool            // segments have come that let Linux's receive window grow
	stamps     map[uint32]bool // the timestamps that the host has sent
}

// growth is how many bytes of a segment let Linux's receive window grow (tcp_input.c tcp_event_data_recv). The engine's does not: from then
// on a script does not say what window is sent.
const growth = 128

// text is a segment in the words of scripts, or why there are none.
func (f *flow) text(seg *tcp.Segment, out bool) (text, reason string) {
	near, far := seg.Dst, seg.Src
	own, peer := &f.came, &f.sent
	if out {
		near, far = seg.Src, seg.Dst
		own, peer = &f.sent, &f.came
	}
	if !f.open {
		f.open, f.near, f.far = true, near, far
	}
	switch {
	case near != f.near || far != f.far:
		return "", fmt.Sprintf("a script runs one connection, and beside %v to %v there is %v to %v", f.near, f.far, near, far)
	case own.known && seg.Flags.Has(tcp.SYN) && seg.Seq != own.first:
		return "", fmt.Sprintf("a script runs one connection, and %v to %v begins a second time", f.near, f.far)
	case seg.Flags.Has(tcp.URG):
		return "", "a script has no urgent data"
	case !out && seg.Opt.Has(tcp.OptTS) && seg.Opt.TSEcr != 0 && !f.stamps[seg.Opt.TSEcr]:
		return "", "a timestamp is echoed that the host has never sent"
	}
	if out && seg.Opt.Has(tcp.OptTS) {
		if f.stamps == nil {
			f.stamps = map[uint32]bool{}
		}
		f.stamps[seg.Opt.TSVal] = true
	}
	if !own.known {
		own.known, own.first = true, seg.Seq
	}
	if !peer.known && seg.Flags.Has(tcp.ACK) && seg.Ack != 0 { // the answer to what was lost, or forged
		peer.known, peer.first = true, seg.Ack-1
	}
	f.grown = f.grown || !out && len(seg.Data) >= growth
	return f.line(seg, own, peer), ""
}

// line writes the segment: "P. 1:6(5) ack 1 win 63 <nop,nop,TS val 120 ecr 110>".
func (f *flow) line(seg *tcp.Segment, own, peer *side) string {
	var b strings.Builder
	seq := own.number(seg)
	fmt.Fprintf(&b, "%s %d:%d(%d)", flags(seg.Flags), seq, seq+uint32(len(seg.Data)), len(seg.Data))
	if seg.Flags.Has(tcp.ACK) {
		fmt.Fprintf(&b, " ack %d", seg.Ack-peer.first)
	}
	if !f.grown || own != &f.sent {
		fmt.Fprintf(&b, " win %d", seg.Wnd)
	}
	if seg.Opt.Set != 0 {
		b.WriteString(" <" + strings.Join(options(&seg.Opt, own, peer), ",") + ">")
	}
	return b.String()
}

func flags(fl tcp.Flags) string {
	var b []byte
	for _, f := range [...]struct {
		bit    tcp.Flags
		letter byte
	}{{tcp.FIN, 'F'}, {tcp.SYN, 'S'}, {tcp.RST, 'R'}, {tcp.PSH, 'P'}, {tcp.ACK, '.'}} {
		if fl.Has(f.bit) {
			b = append(b, f.letter)
		}
	}
	if len(b) == 0 {
		return "-"
	}
	return string(b)
}

// options are listed in the order and with the padding that Linux sends (tcp_output.c tcp_options_write): scripts compare them exactly.
func options(o *tcp.Options, own, peer *side) (list []string) {
	add := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	if o.Has(tcp.OptMSS) {
		add("mss %d", o.MSS)
	}
	if o.Has(tcp.OptSACKPerm) != o.Has(tcp.OptTS) { // beside a timestamp SACK-permitted takes the place of the padding
		add("nop,nop")
	}
	if o.Has(tcp.OptSACKPerm) {
		add("sackOK")
	}
	if o.Has(tcp.OptTS) {
		if !own.stamped {
			own.stamped, own.stamp = true, o.TSVal
		}
		ecr := o.TSEcr
		if peer.stamped && ecr != 0 {
			ecr += firstStamp - peer.stamp
		}
		add("TS val %d ecr %d", o.TSVal-own.stamp+firstStamp, ecr)
	}
	if o.Has(tcp.OptWScale) {
		add("nop,wscale %d", o.WScale)
	}
	if o.Has(tcp.OptSACK) {
		blocks := "nop,nop,sack"
		for _, k := range o.SACK[:o.NSACK] {
			blocks += fmt.Sprintf(" %d:%d", k.Start-peer.first, k.End-peer.first)
		}
		add("%s", blocks)
	}
	return list
}

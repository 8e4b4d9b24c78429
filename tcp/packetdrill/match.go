package packetdrill

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"tcptutor/tcp"
)

// The addresses and ports of scripts: the real tool's own where it has them.
const (
	scriptPort = 8080
	peerPort   = 50000
)

var (
	local4, remote4 = tcp.IPv4(192, 168, 0, 1), tcp.IPv4(192, 0, 2, 1)
	local6          = tcp.Addr{0xfd, 0x3d, 0x0a, 0x0b, 0x17, 0xd6, 15: 1}
	remote6         = tcp.Addr{0xfd, 0x3d, 0xfa, 0x7b, 0xd1, 0x7d, 15: 1}
)

// Addresses are those of the subject and of the other end, where nobody asks for others.
func (v IPVersion) Addresses() (local, remote tcp.Addr) {
	if v == IPv6 {
		return local6, remote6
	}
	return local4, remote4
}

// farFirst is the number on the wire that the script's 0 of the other end stands for, assumedFirst the same of the subject as long as it has
// not said its own. Neither is near 0, so that a number that is absolute by mistake is none of a script's.
const (
	farFirst     = tcp.Seq(0x2000_0000)
	assumedFirst = tcp.Seq(0x6000_0000)
)

// dialogue is the connection of a script that runs: it turns the script's numbers into those on the wire and back.
type dialogue struct {
	local, remote tcp.Endpoint
	sent, came    side
	learned       bool // the subject has said its first number
	fresh         bool // the next SYN of the subject may begin with another one
	syn           uint32
	synSeen       bool
	stamps        map[uint32]uint32 // by the script's values, the subject's timestamps on the wire
	win           uint16            // the last window injected
}

func newDialogue(local, remote tcp.Addr) dialogue {
	return dialogue{
		local:  tcp.Endpoint{Addr: local, Port: scriptPort},
		remote: tcp.Endpoint{Addr: remote, Port: peerPort},
		sent:   side{known: true, first: assumedFirst},
		came:   side{known: true, first: farFirst, stamped: true, stamp: firstStamp},
		fresh:  true,
		stamps: map[uint32]uint32{0: 0},
		win:    65535,
	}
}

// wire is a segment of the script as it is injected. The error is a timestamp that nobody has sent.
func (d *dialogue) wire(s *segment) (tcp.Segment, error) {
	seg := tcp.Segment{
		Src: d.remote, Dst: d.local, Flags: s.flags, Seq: d.came.first + tcp.Seq(s.seq), Data: strings.Repeat("y", s.size), Wnd: d.win,
	}
	if s.flags.Has(tcp.ACK) {
		seg.Ack = d.sent.first + tcp.Seq(s.ack)
	}
	if s.hasWin {
		seg.Wnd, d.win = s.win, s.win
	}
	for i := range s.opts {
		if err := d.addOption(&seg.Opt, &s.opts[i]); err != nil {
			return seg, err
		}
	}
	if s.flags.Has(tcp.SYN) && !s.flags.Has(tcp.ACK) {
		d.fresh = d.fresh || d.synSeen && d.syn != s.seq
		d.syn, d.synSeen = s.seq, true
	}
	d.fresh = d.fresh || s.flags.Any(tcp.RST|tcp.FIN)
	return seg, nil
}

func (d *dialogue) addOption(o *tcp.Options, s *opt) error {
	switch s.name {
	case "mss":
		o.Set, o.MSS = o.Set|tcp.OptMSS, uint16(s.a)
	case "wscale":
		o.Set, o.WScale = o.Set|tcp.OptWScale, uint8(s.a)
	case "sackOK":
		o.Set |= tcp.OptSACKPerm
	case "TS":
		ecr, ok := d.stamps[s.b]
		if !ok {
			return fmt.Errorf("ecr %d", s.b)
		}
		o.Set, o.TSVal, o.TSEcr = o.Set|tcp.OptTS, s.a, ecr
	case "sack":
		o.Set, o.NSACK = o.Set|tcp.OptSACK, uint8(len(s.blocks))
		for i, k := range s.blocks {
			o.SACK[i] = tcp.Block{Start: d.sent.first + tcp.Seq(k.start), End: d.sent.first + tcp.Seq(k.end)}
		}
	}
	return nil
}

// meet looks at a segment that the subject has sent before it is compared: a SYN may begin a connection, which has its own port and its
// own first number.
func (d *dialogue) meet(seg *tcp.Segment, want *segment) {
	if seg.Flags.Has(tcp.SYN) {
		if !seg.Flags.Has(tcp.ACK) && seg.Src != d.local {
			d.local, d.remote = seg.Src, seg.Dst
			d.fresh = true
		}
		if number := seg.Seq - d.sent.first; d.fresh && uint32(number) != want.seq {
			d.sent.first = seg.Seq - tcp.Seq(want.seq)
		}
		d.learned, d.fresh = true, false
	}
	d.fresh = d.fresh || seg.Flags.Any(tcp.RST|tcp.FIN)
	if seg.Opt.Has(tcp.OptTS) {
		for i := range want.opts {
			if o := &want.opts[i]; o.name == "TS" {
				if !d.sent.stamped {
					d.sent.stamped, d.sent.stamp = true, seg.Opt.TSVal-o.a+firstStamp
				}
				d.stamps[o.a] = seg.Opt.TSVal
			}
		}
	}
}

// text is a segment of the subject's in the script's words and numbers.
func (d *dialogue) text(seg *tcp.Segment) string {
	if seg.Src != d.local || seg.Dst != d.remote {
		f := flow{}
		line, _ := f.text(seg, true)
		return fmt.Sprintf("%s (%v to %v)", line, seg.Src, seg.Dst)
	}
	f := flow{}
	return f.line(seg, &d.sent, &d.came)
}

// differences are the parts in which a segment is not what a script wants, by their names in scripts.
func (d *dialogue) differences(seg *tcp.Segment, want *segment, tick, tolerance time.Duration) (parts []string) {
	add := func(different bool, part string) {
		if different {
			parts = append(parts, part)
		}
	}
	add(seg.Src != d.local || seg.Dst != d.remote, fmt.Sprintf("%v > %v", seg.Src, seg.Dst))
	add(seg.Flags != want.flags, "flags")
	add(d.sent.number(seg) != want.seq, "seq")
	add(len(seg.Data) != want.size, "length")
	add(seg.Flags.Has(tcp.ACK) && uint32(seg.Ack-d.came.first) != want.ack, "ack")
	add(want.hasWin && seg.Wnd != want.win, "win")
	if !want.anyOpts {
		parts = append(parts, d.optionDifferences(&seg.Opt, want.opts, tick, tolerance)...)
	}
	return parts
}

// optionDifferences compares options one by one, in the order and with the padding that Linux sends. A timestamp's val is compared only
// where the script says how long a tick is: then it has to have gone on as the time has.
func (d *dialogue) optionDifferences(o *tcp.Options, want []opt, tick, tolerance time.Duration) (parts []string) {
	var got []string
	for _, words := range options(o, &d.sent, &d.came) {
		got = append(got, strings.Split(words, ",")...)
	}
	var wanted []string
	for i := range want {
		w := want[i]
		if w.name == "TS" {
			if o.Has(tcp.OptTS) && o.TSEcr != w.b {
				parts = append(parts, "ecr")
			}
			off := time.Duration(int32(o.TSVal-d.sent.stamp+firstStamp-w.a)) * tick
			if o.Has(tcp.OptTS) && off.Abs() > tolerance {
				parts = append(parts, "val")
			}
			w.a, w.b = o.TSVal-d.sent.stamp+firstStamp, o.TSEcr // the numbers have been compared
		}
		wanted = append(wanted, w.String())
	}
	if !slices.Equal(got, wanted) {
		parts = append(parts, "options")
	}
	return parts
}

// String is the option as scripts write it.
func (o opt) String() string {
	switch o.name {
	case "mss", "wscale":
		return fmt.Sprintf("%s %d", o.name, o.a)
	case "TS":
		return fmt.Sprintf("TS val %d ecr %d", o.a, o.b)
	case "sack":
		text := o.name
		for _, k := range o.blocks {
			text += fmt.Sprintf(" %d:%d", k.start, k.end)
		}
		return text
	}
	return o.name
}

// number is a segment's sequence number as scripts count. A reset that answers what acknowledged nothing has the number 0 on the wire
// (RFC 9293 §3.10.7.1), which belongs to no connection.
func (s *side) number(seg *tcp.Segment) uint32 {
	if seg.Flags.Has(tcp.RST|tcp.ACK) && seg.Seq == 0 {
		return 0
	}
	return uint32(seg.Seq - s.first)
}

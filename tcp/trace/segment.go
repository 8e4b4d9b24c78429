package trace

import (
	"strconv"
	"strings"

	"tcptutor/tcp"
)

// flow names a conversation whichever way a segment goes: low is the smaller of its ends.
type flow struct{ low, high tcp.Endpoint }

// bases are what tcpdump subtracts from a conversation's numbers.
type bases struct{ low, high tcp.Seq }

// flows is what tcpdump remembers of the conversations it has seen (print-tcp.c).
type flows map[flow]bases

func flowOf(s *tcp.Segment) (f flow, reversed bool) {
	if less(s.Src, s.Dst) {
		return flow{s.Src, s.Dst}, false
	}
	return flow{s.Dst, s.Src}, true
}

func less(a, b tcp.Endpoint) bool {
	if c := strings.Compare(string(a.Addr[:]), string(b.Addr[:])); c != 0 {
		return c < 0
	}
	return a.Port < b.Port
}

// line is the segment as `tcpdump -n` prints it, without the time.
func (fs flows) line(s *tcp.Segment) string {
	from, to, sack := fs.learn(s)
	return text(s, from, to, sack)
}

// learn says what tcpdump takes off a segment's sequence number, off its acknowledgement and off its SACK blocks, and remembers what
// later segments need: a conversation is known from its first segment with ACK on (a new SYN,ACK starts it afresh). That segment's
// own numbers are shown absolutely, and so are those of every segment without ACK.
func (fs flows) learn(s *tcp.Segment) (from, to, sack tcp.Seq) {
	if !s.Flags.Has(tcp.ACK) {
		return 0, 0, 0
	}
	f, reversed := flowOf(s)
	base, known := fs[f]
	known = known && !s.Flags.Has(tcp.SYN)
	if !known {
		base = bases{s.Seq, s.Ack - 1}
		if reversed {
			base = bases{s.Ack - 1, s.Seq}
		}
		fs[f] = base
	}
	own, peer := base.low, base.high
	if reversed {
		own, peer = base.high, base.low
	}
	if !known {
		return 0, 0, peer
	}
	return own, peer, peer
}

// text is the segment in tcpdump's words. from is taken off its sequence number, to off its acknowledgement, sack off its blocks.
func text(s *tcp.Segment, from, to, sack tcp.Seq) string {
	b := make([]byte, 0, 160)
	b = append(b, "IP "...)
	if !s.Src.Addr.Is4() && !s.Src.Addr.IsUnspecified() {
		b = append(b[:2], "6 "...)
	}
	b = appendEndpoint(b, s.Src)
	b = append(b, " > "...)
	b = appendEndpoint(b, s.Dst)
	b = append(b, ": Flags ["...)
	b = appendFlags(b, s.Flags)
	b = append(b, ']')
	b = appendNumbers(b, s, from, to)
	b = append(b, ", win "...)
	b = appendNumber(b, uint32(s.Wnd))
	if s.Flags.Has(tcp.URG) {
		b = append(b, ", urg "...)
		b = appendNumber(b, uint32(s.Urg))
	}
	if s.Opt.Set != 0 {
		b = append(b, ", options ["...)
		b = appendOptions(b, &s.Opt, sack)
		b = append(b, ']')
	}
	b = append(b, ", length "...)
	b = strconv.AppendInt(b, int64(len(s.Data)), 10)
	return string(b)
}

// appendNumbers writes what a segment takes and acknowledges.
func appendNumbers(b []byte, s *tcp.Segment, from, to tcp.Seq) []byte {
	if len(s.Data) > 0 || s.Flags.Any(tcp.SYN|tcp.FIN|tcp.RST) {
		b = append(b, ", seq "...)
		b = appendNumber(b, uint32(s.Seq-from))
		if len(s.Data) > 0 {
			b = append(b, ':')
			b = appendNumber(b, uint32(s.Seq.Add(len(s.Data))-from))
		}
	}
	if s.Flags.Has(tcp.ACK) {
		b = append(b, ", ack "...)
		b = appendNumber(b, uint32(s.Ack-to))
	}
	return b
}

func appendEndpoint(b []byte, e tcp.Endpoint) []byte {
	b = append(b, e.Addr.String()...)
	b = append(b, '.')
	return appendNumber(b, uint32(e.Port))
}

func appendNumber(b []byte, n uint32) []byte { return strconv.AppendUint(b, uint64(n), 10) }

func appendFlags(b []byte, fl tcp.Flags) []byte {
	if fl == 0 {
		return append(b, "none"...)
	}
	letters := [...]struct {
		bit    tcp.Flags
		letter byte
	}{{tcp.FIN, 'F'}, {tcp.SYN, 'S'}, {tcp.RST, 'R'}, {tcp.PSH, 'P'}, {tcp.ACK, '.'}, {tcp.URG, 'U'}}
	for _, l := range letters {
		if fl.Has(l.bit) {
			b = append(b, l.letter)
		}
	}
	return b
}

// appendOptions lists the options in the order and with the padding that Linux sends (tcp_output.c tcp_options_write).
func appendOptions(b []byte, o *tcp.Options, sack tcp.Seq) []byte {
	start := len(b)
	item := func(words string) {
		if len(b) > start {
			b = append(b, ',')
		}
		b = append(b, words...)
	}
	if o.Has(tcp.OptMSS) {
		item("mss ")
		b = appendNumber(b, uint32(o.MSS))
	}
	if o.Has(tcp.OptSACKPerm) {
		if !o.Has(tcp.OptTS) { // beside a timestamp SACK-permitted takes the place of the padding
			item("nop,nop")
		}
		item("sackOK")
	}
	if o.Has(tcp.OptTS) {
		if !o.Has(tcp.OptSACKPerm) {
			item("nop,nop")
		}
		item("TS val ")
		b = appendNumber(b, o.TSVal)
		b = append(b, " ecr "...)
		b = appendNumber(b, o.TSEcr)
	}
	if o.Has(tcp.OptWScale) {
		item("nop,wscale ")
		b = appendNumber(b, uint32(o.WScale))
	}
	if o.Has(tcp.OptSACK) {
		item("nop,nop,sack ")
		b = appendNumber(b, uint32(o.NSACK))
		b = append(b, ' ')
		for _, block := range o.SACK[:o.NSACK] {
			b = append(b, '{')
			b = appendNumber(b, uint32(block.Start-sack))
			b = append(b, ':')
			b = appendNumber(b, uint32(block.End-sack))
			b = append(b, '}')
		}
	}
	return b
}

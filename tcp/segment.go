package tcp

import "strings"

// Flags are the control bits of a segment (RFC 9293 §3.1).
type Flags uint8

// The control bits, with the header's own values.
const (
	FIN Flags = 1 << iota
	SYN
	RST
	PSH
	ACK
	URG
)

// Has reports whether every bit of f is set.
func (fl Flags) Has(f Flags) bool { return fl&f == f }

// Any reports whether any bit of f is set.
func (fl Flags) Any(f Flags) bool { return fl&f != 0 }

// String lists the bits as people write them: "SYN,ACK", "FIN,ACK", "RST"; "-" for none. PSH and URG come last.
func (fl Flags) String() string {
	names := [...]struct {
		bit  Flags
		name string
	}{{SYN, "SYN"}, {FIN, "FIN"}, {RST, "RST"}, {ACK, "ACK"}, {PSH, "PSH"}, {URG, "URG"}}
	var on []string
	for _, n := range names {
		if fl.Has(n.bit) {
			on = append(on, n.name)
		}
	}
	if len(on) == 0 {
		return "-"
	}
	return strings.Join(on, ",")
}

// Block is a range of sequence numbers [Start, End): a SACK block, or a run of bytes out of order.
type Block struct {
	Start, End Seq
}

// MaxSACK is how many SACK blocks fit beside a timestamp (RFC 2018 §3, 40 bytes of options).
const MaxSACK = 4

// OptionSet says which options a segment carries.
type OptionSet uint8

// The options this engine knows, as bits of an OptionSet.
const (
	OptMSS      OptionSet = 1 << iota // maximum segment size, RFC 9293 §3.7.1
	OptWScale                         // window scale, RFC 7323 §2
	OptSACKPerm                       // SACK permitted, RFC 2018 §2
	OptTS                             // timestamps, RFC 7323 §3
	OptSACK                           // SACK blocks, RFC 2018 §3
)

// Options are a segment's options: which there are, and their values.
type Options struct {
	Set    OptionSet
	WScale uint8  // shift count, 0..14
	NSACK  uint8  // how many of SACK are in use
	MSS    uint16 // bytes
	TSVal  uint32 // milliseconds of the sender's timestamp clock
	TSEcr  uint32
	SACK   [MaxSACK]Block
}

// Has reports whether option o is there.
func (o *Options) Has(s OptionSet) bool { return o.Set&s != 0 }

// Segment is a TCP segment (RFC 9293 §3.1) with its addresses: what travels.
type Segment struct {
	Src, Dst Endpoint
	Seq, Ack Seq
	Flags    Flags
	Wnd      uint16 // the window field as sent, not scaled
	Urg      uint16
	Opt      Options
	Data     string // payload: immutable, shared by whoever holds the segment
}

// Len is SEG.LEN: the sequence numbers the segment takes, data and SYN and FIN (RFC 9293 §3.4).
func (s *Segment) Len() int {
	n := len(s.Data)
	if s.Flags.Has(SYN) {
		n++
	}
	if s.Flags.Has(FIN) {
		n++
	}
	return n
}

// End is the first sequence number after the segment: SEG.SEQ + SEG.LEN.
func (s *Segment) End() Seq { return s.Seq.Add(s.Len()) }

// Kind is the notation's name for a segment (moments: "client sends SYN,ACK").
type Kind uint8

// The kinds of segment; a segment is of exactly one of the first five kinds, or none of them
// (DATA is asked beside them, see Segment.Is).
const (
	KindSYN    Kind = iota // SYN without ACK
	KindSYNACK             // SYN,ACK
	KindACK                // a bare ACK: no data, no other bit but PSH or URG
	KindFIN                // FIN, with or without ACK or data
	KindRST                // RST, with or without ACK
	KindDATA               // carries payload, with or without FIN
	KindAny                // any segment
	NumKinds
)

var kindNames = [NumKinds]string{"SYN", "SYN,ACK", "ACK", "FIN", "RST", "DATA", "segment"}

// String is the kind's word in the notation of moments.
func (k Kind) String() string { return kindNames[k] }

// Is reports whether the segment is of kind k. A FIN that carries data is both FIN and DATA.
func (s *Segment) Is(k Kind) bool {
	const control = SYN | FIN | RST | ACK
	switch k {
	case KindSYN:
		return s.Flags&(SYN|ACK|RST) == SYN
	case KindSYNACK:
		return s.Flags&(SYN|ACK|RST) == SYN|ACK
	case KindACK:
		return s.Flags&control == ACK && s.Data == ""
	case KindFIN:
		return s.Flags.Has(FIN)
	case KindRST:
		return s.Flags.Has(RST)
	case KindDATA:
		return s.Data != ""
	}
	return k == KindAny
}

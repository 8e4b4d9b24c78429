package scenario

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"tcptutor/tcp"
)

// The notation of an injected segment, which is tcpdump's: [S.] seq 0 ack 1 win 1000 <mss 1460,TS val 5 ecr 0> "text".

// defaultWindow is the window of a segment that names none.
const defaultWindow = 65535

// segment reads a segment to the end of the line. Commas may stand between its numbers, as in tcpdump.
func (c *cursor) segment(seg *tcp.Segment) bool {
	seg.Wnd = defaultWindow
	if !c.flags(seg) || !c.numbers(seg) || !c.options(&seg.Opt) {
		return false
	}
	if c.peek(`"`) {
		text, err := strconv.QuotedPrefix(c.rest())
		if err == nil {
			c.at += len(text)
			seg.Data, err = strconv.Unquote(text)
		}
		if err != nil {
			return c.fail(c.at, `a text in quotes, such as "hello"`, "the text does not end")
		}
	}
	return c.done("nothing after the segment's numbers, options and text")
}

// flagLetters are tcpdump's, in its order.
const flagLetters = "FSRP.U"

var flagsByLetter = [...]tcp.Flags{tcp.FIN, tcp.SYN, tcp.RST, tcp.PSH, tcp.ACK, tcp.URG}

func (c *cursor) flags(seg *tcp.Segment) bool {
	const use = "the flags, such as [S] or [F.], of the letters FSRP.U, or [none]"
	c.space()
	from := c.at
	word, _, closed := strings.Cut(strings.TrimPrefix(c.rest(), "["), "]")
	if !c.skip("[") || !closed || word == "" {
		c.at = from
		return c.fail(from, use, "%s is out of place", c.next())
	}
	from = c.at
	c.at += len(word) + 1
	if word == "none" {
		return true
	}
	for i, r := range word {
		k := strings.IndexRune(flagLetters, r)
		if k < 0 {
			return c.fail(from+i, use, "%q is no flag", r)
		}
		seg.Flags |= flagsByLetter[k]
	}
	return true
}

// numbers reads seq, ack, win and urg.
func (c *cursor) numbers(seg *tcp.Segment) bool {
	var given []string
	for c.skip(","); !c.end(); c.skip(",") {
		word, at := c.word()
		least, most := int64(0), int64(math.MaxUint16)
		switch {
		case word == "":
			return c.numbered(seg, given)
		case slices.Contains(given, word):
			return c.fail(at, "each number once", "%s stands here twice", word)
		case word == "ack" && !seg.Flags.Has(tcp.ACK):
			return c.fail(at, "no ack, or the flag [.]", "a segment without the flag ACK acknowledges nothing")
		case word == "seq", word == "ack":
			least, most = math.MinInt32, math.MaxUint32
		case word != "win" && word != "urg":
			c.at = at
			return c.fail(at, `seq, ack, win, urg, <options> or "text"`, "%s is out of place", c.next())
		}
		n, ok := c.whole(least, most)
		if !ok {
			return false
		}
		switch word {
		case "seq":
			seg.Seq = tcp.Seq(uint32(n))
		case "ack":
			seg.Ack = tcp.Seq(uint32(n))
		case "win":
			seg.Wnd = uint16(n)
		case "urg":
			seg.Urg = uint16(n)
		}
		given = append(given, word)
	}
	return c.numbered(seg, given)
}

// numbered checks that the segment has the numbers it needs.
func (c *cursor) numbered(seg *tcp.Segment, given []string) bool {
	switch {
	case !slices.Contains(given, "seq"):
		return c.fail(c.at, "seq N, counted from its sender's first number", "the segment has no number")
	case seg.Flags.Has(tcp.ACK) && !slices.Contains(given, "ack"):
		return c.fail(c.at, "ack N, counted from its receiver's first number", "the segment does not say what it acknowledges")
	}
	return true
}

// whole takes a whole number within bounds.
func (c *cursor) whole(least, most int64) (int64, bool) {
	c.space()
	from := c.at
	if c.skip("-") {
		from = c.at - 1
	}
	c.at += len(wordAt(c.code, c.at))
	n, err := strconv.ParseInt(c.code[from:c.at], 10, 64)
	if err != nil || n < least || n > most {
		c.at = from
		return 0, c.fail(from, fmt.Sprintf("a number from %d to %d", least, most), "%s is no such number", c.next())
	}
	return n, true
}

// options reads what stands between < and >, if anything does.
func (c *cursor) options(o *tcp.Options) bool {
	if !c.skip("<") {
		return true
	}
	for {
		if !c.option(o) {
			return false
		}
		if c.skip(">") {
			return true
		}
		if !c.skip(",") {
			return c.fail(c.at, ", or > after an option", "%s is out of place", c.next())
		}
	}
}

func (c *cursor) option(o *tcp.Options) bool {
	const use = "mss N, wscale N, sackOK, TS val N ecr N, sack {N:N} or nop"
	word, at := c.word()
	var n int64
	ok := true
	switch word {
	case "nop":
	case "sackOK":
		o.Set |= tcp.OptSACKPerm
	case "mss":
		n, ok = c.whole(0, math.MaxUint16)
		o.Set, o.MSS = o.Set|tcp.OptMSS, uint16(n)
	case "wscale":
		n, ok = c.whole(0, math.MaxUint8)
		o.Set, o.WScale = o.Set|tcp.OptWScale, uint8(n)
	case "TS":
		return c.timestamps(o)
	case "sack":
		return c.blocks(o)
	default:
		c.at = at
		return c.fail(at, use, "%s is no option", c.next())
	}
	return ok
}

func (c *cursor) timestamps(o *tcp.Options) bool {
	for i, word := range []string{"val", "ecr"} {
		if !c.skip(word) {
			return c.fail(c.at, "TS val N ecr N", "%s is out of place", c.next())
		}
		n, ok := c.whole(math.MinInt32, math.MaxUint32)
		if !ok {
			return false
		}
		*[]*uint32{&o.TSVal, &o.TSEcr}[i] = uint32(n)
	}
	o.Set |= tcp.OptTS
	return true
}

func (c *cursor) blocks(o *tcp.Options) bool {
	if !c.peek("{") {
		c.word() // tcpdump's number of blocks
	}
	for c.skip("{") {
		if int(o.NSACK) == tcp.MaxSACK {
			return c.fail(c.at-1, fmt.Sprintf("at most %d", tcp.MaxSACK), "there are too many blocks")
		}
		start, ok := c.whole(math.MinInt32, math.MaxUint32)
		if !ok {
			return false
		}
		if !c.skip(":") {
			return c.fail(c.at, "{START:END}", "%s is out of place", c.next())
		}
		end, ok := c.whole(math.MinInt32, math.MaxUint32)
		if !ok {
			return false
		}
		if !c.skip("}") {
			return c.fail(c.at, "{START:END}", "%s is out of place", c.next())
		}
		o.SACK[o.NSACK] = tcp.Block{Start: tcp.Seq(uint32(start)), End: tcp.Seq(uint32(end))}
		o.NSACK++
	}
	o.Set |= tcp.OptSACK
	return o.NSACK > 0 || c.fail(c.at, "{START:END}", "%s is out of place", c.next())
}

// formatSegment is the canonical text of a segment.
func formatSegment(s *tcp.Segment) string {
	var b strings.Builder
	b.WriteByte('[')
	for i, fl := range flagsByLetter {
		if s.Flags.Has(fl) {
			b.WriteByte(flagLetters[i])
		}
	}
	if s.Flags == 0 {
		b.WriteString("none")
	}
	fmt.Fprintf(&b, "] seq %d", int32(s.Seq))
	if s.Flags.Has(tcp.ACK) {
		fmt.Fprintf(&b, " ack %d", int32(s.Ack))
	}
	if s.Wnd != defaultWindow {
		fmt.Fprintf(&b, " win %d", s.Wnd)
	}
	if s.Urg != 0 {
		fmt.Fprintf(&b, " urg %d", s.Urg)
	}
	if o := formatOptions(&s.Opt); o != "" {
		b.WriteString(" <" + o + ">")
	}
	if s.Data != "" {
		b.WriteString(" " + strconv.Quote(s.Data))
	}
	return b.String()
}

func formatOptions(o *tcp.Options) string {
	var list []string
	if o.Has(tcp.OptMSS) {
		list = append(list, fmt.Sprintf("mss %d", o.MSS))
	}
	if o.Has(tcp.OptSACKPerm) {
		list = append(list, "sackOK")
	}
	if o.Has(tcp.OptTS) {
		list = append(list, fmt.Sprintf("TS val %d ecr %d", int32(o.TSVal), int32(o.TSEcr)))
	}
	if o.Has(tcp.OptWScale) {
		list = append(list, fmt.Sprintf("wscale %d", o.WScale))
	}
	if o.Has(tcp.OptSACK) {
		blocks := "sack "
		for _, k := range o.SACK[:o.NSACK] {
			blocks += fmt.Sprintf("{%d:%d}", int32(k.Start), int32(k.End))
		}
		list = append(list, blocks)
	}
	return strings.Join(list, ",")
}

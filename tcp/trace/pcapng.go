package trace

import (
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"

	"tcptutor/tcp"
	"tcptutor/tcp/sim"
	"tcptutor/tcp/source"
	"tcptutor/tcp/wire"
)

// PcapngEpoch is when a run begins in a capture, 2000-01-01 00:00:00 UTC in seconds since 1970: any instant would do, but it has to be
// always the same one.
const PcapngEpoch = 946684800

// PcapngOptions say what is captured.
type PcapngOptions struct {
	At   int  // the host at whose interface; Wire is every host's
	Lang Lang // of the comments
}

// WritePcapng writes the packets of a run's first n steps as a pcapng file, for Wireshark and its like. Every host is an interface and
// has its name; the packets are bare IP (link type RAW). An interface sees what its host sends when it sends it, also what is lost later,
// and what the host receives when it arrives; a loopback packet once. Comments on a packet say that it is lost, a retransmission or a
// duplicate that the wire made, and which rule sent it. The clock starts at PcapngEpoch.
//
// A capture of all hosts holds most segments twice, at their sender's and at their receiver's; programs that look for
// retransmissions in it find those. Give them one host's.
//
// The error is the writer's, or names a segment that no packet can carry (see wire.Encode).
func WritePcapng(w io.Writer, run sim.Run, n int, opts PcapngOptions) error {
	c, err := newCapture(w, run.Program(), opts)
	if err != nil {
		return err
	}
	for i := 0; i < n && i < run.Len(); i++ {
		s := run.Step(i)
		if p := &s.Packet; s.Cause == sim.CauseArrive && (p.From != s.Host || p.Copy) {
			if err := c.packet(s.At, s.Host, p, nil); err != nil {
				return err
			}
		}
		for j := range s.Sent {
			if p := &s.Sent[j]; !p.Copy { // a copy the wire made, nobody sent
				if err := c.packet(s.At, p.From, p, ruleBehind(s, j)); err != nil {
					return err
				}
			}
		}
	}
	return c.out.Flush()
}

// capture is a pcapng file being written.
type capture struct {
	out   *pcapgo.NgWriter
	at    int
	v     *vocabulary
	lang  Lang
	bytes []byte
}

func newCapture(w io.Writer, p *sim.Program, opts PcapngOptions) (*capture, error) {
	c := &capture{at: opts.At, v: &vocabularies[opts.Lang], lang: opts.Lang}
	// Where the program runs is no part of the run: the section names neither machine nor system.
	section := pcapgo.NgWriterOptions{SectionInfo: pcapgo.NgSectionInfo{Application: "tcptutor"}}
	for i := range p.Hosts {
		h := &p.Hosts[i]
		if c.at != Wire && c.at != i {
			continue
		}
		face := pcapgo.NgInterface{Name: h.Name, Description: h.Addr.String() + " " + h.Book, LinkType: layers.LinkTypeRaw}
		var err error
		if c.out == nil {
			c.out, err = pcapgo.NewNgWriterInterface(w, face, section)
		} else {
			_, err = c.out.AddInterface(face)
		}
		if err != nil {
			return nil, err
		}
	}
	if c.out == nil {
		return nil, fmt.Errorf("the run has no host %d", opts.At)
	}
	return c, nil
}

// packet writes what host h's interface sees at an instant.
func (c *capture) packet(at tcp.Time, h uint8, p *sim.Packet, rule *tcp.Rule) error {
	face := int(h)
	if c.at != Wire {
		if c.at != int(h) {
			return nil
		}
		face = 0
	}
	var err error
	if c.bytes, err = wire.Encode(c.bytes[:0], &p.Seg); err != nil {
		return fmt.Errorf("segment %d of the run: %w", p.ID, err)
	}
	info := gopacket.CaptureInfo{
		Timestamp: time.Unix(PcapngEpoch, int64(at)), CaptureLength: len(c.bytes), Length: len(c.bytes), InterfaceIndex: face,
	}
	return c.out.WritePacketWithOptions(info, c.bytes, pcapgo.NgPacketOptions{Comments: c.comments(p, rule)})
}

func (c *capture) comments(p *sim.Packet, rule *tcp.Rule) []string {
	var list []string
	if p.Lost {
		list = append(list, c.v.packetLost)
	}
	if p.Again {
		list = append(list, c.v.packetAgain)
	}
	if p.Copy {
		list = append(list, c.v.packetCopy)
	}
	if rule != nil {
		sentence := rule.English
		if c.lang == Chinese {
			sentence = rule.Chinese
		}
		from := ""
		if e, ok := source.Lookup(rule.Source); ok {
			from = e.Cite()
		}
		list = append(list, fmt.Sprintf(c.v.packetRule, rule.Name, from, sentence))
	}
	return list
}

// ruleBehind is the rule that sent segment j of a step; nil when none did.
func ruleBehind(s *sim.Step, j int) *tcp.Rule {
	i := slices.IndexFunc(s.Facts, func(f tcp.Fact) bool { return f.Kind == tcp.SegmentSent && f.To == int64(j) })
	if i < 0 {
		return nil
	}
	return tcp.RuleOf(s.Facts[i].Rule)
}

package trace

import (
	"fmt"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/sim"
)

// Wire as a capture point is the whole wire: every segment when it is sent, wherever it comes from, and with its fate:
// "(lost)" for one that never arrives, "(copy)" for one that the wire made out of another.
const Wire = -1

// NewTCPDump prints what `tcpdump -n -ttttt` would have: the time since the run began, then the segment, sequence numbers
// relative. At a host (its index) that is what its own interface sees: what it sends when it sends it, also what is lost
// later, and what it receives when it arrives. At Wire it is everything.
func NewTCPDump(at int) Printer { return &tcpdump{at, flows{}} }

type tcpdump struct {
	at    int
	flows flows
}

func (*tcpdump) Head(dst []string, _ sim.Run) []string { return dst }

func (d *tcpdump) Step(dst []string, run sim.Run, i int) []string {
	s := run.Step(i)
	if p := &s.Packet; s.Cause == sim.CauseArrive && d.arrives(s.Host, p) {
		dst = append(dst, clock(s.At)+" "+d.flows.line(&p.Seg))
	}
	for j := range s.Sent {
		p := &s.Sent[j]
		switch {
		case d.at == Wire:
			dst = append(dst, clock(s.At)+" "+d.flows.line(&p.Seg)+fate(p))
		case int(p.From) == d.at && !p.Copy:
			dst = append(dst, clock(s.At)+" "+d.flows.line(&p.Seg))
		}
	}
	return dst
}

// TCPDumpLine is one segment of a run as a capture of the whole wire prints it, without the time: the packet of that number; "" when
// there is none.
func TCPDumpLine(run sim.Run, packet uint32) string {
	seen := flows{}
	for i := range run.Len() {
		s := run.Step(i)
		if p := &s.Packet; s.Cause == sim.CauseArrive && p.From == sim.OpenEnd {
			if p.ID == packet {
				return seen.line(&p.Seg)
			}
			seen.learn(&p.Seg)
		}
		for j := range s.Sent {
			p := &s.Sent[j]
			if p.ID == packet {
				return seen.line(&p.Seg)
			}
			seen.learn(&p.Seg)
		}
	}
	return ""
}

// arrives reports whether the arrival of a packet at host h is seen here. What a host sends to itself was seen as it was sent; what comes
// from outside the world was not seen leaving.
func (d *tcpdump) arrives(h uint8, p *sim.Packet) bool {
	if d.at == Wire {
		return p.From == sim.OpenEnd
	}
	return int(h) == d.at && (p.From != h || p.Copy)
}

func fate(p *sim.Packet) string {
	switch {
	case p.Lost:
		return " (lost)"
	case p.Copy:
		return " (copy)"
	}
	return ""
}

// clock is an instant as `tcpdump -ttttt` shows it: hours, minutes, seconds since the first line, to the microsecond.
func clock(t tcp.Time) string {
	us := time.Duration(t) / time.Microsecond
	s := us / 1e6
	return fmt.Sprintf("%02d:%02d:%02d.%06d", s/3600, s/60%60, s%60, us%1e6)
}

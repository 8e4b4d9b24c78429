package sim

import (
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
)

// Injection is a segment of a scenario that no program of its hosts sends: forged in the name of an end of a connection, an old
// duplicate, or a stranger's. It meets no faults.
type Injection struct {
	Moment   int           // index in Program.Moments; -1: the beginning of the run
	After    time.Duration // from that moment to the arrival
	From, To Party
	Seg      tcp.Segment // Src and Dst come from the parties; its numbers are relative, see World.absolute
	Pos      int
}

// Party is an end of an injected segment.
type Party struct {
	Kind  PartyKind
	At    tcp.Endpoint // AtEndpoint
	Host  int          // OfSocket: index in Program.Hosts
	Var   int          // OfSocket: index in Program.Vars, or -1
	Child int          // OfSocket, without Var: the N-th child of a listener
}

// PartyKind says how a party is named.
type PartyKind uint8

// The kinds of party.
const (
	AtEndpoint PartyKind = iota // an address and a port
	OfSocket                    // where a program's socket is
	PeerOf                      // the other end of the other party's socket
)

// injectAtOnce puts on their way the segments that wait for no moment.
func (w *World) injectAtOnce(p *Program) {
	for i := range p.Injections {
		if p.Injections[i].Moment < 0 {
			w.forge(p, &p.Injections[i])
		}
	}
}

// hit counts a moment, and injects what has waited for it.
func (w *World) hit(p *Program, m int, times int32) {
	before := w.Hits[m]
	w.Hits[m] += times
	n := int32(max(p.Moments[m].N, 1))
	if before >= n || w.Hits[m] < n {
		return
	}
	for i := range p.Injections {
		if p.Injections[i].Moment == m {
			w.forge(p, &p.Injections[i])
		}
	}
}

// forge makes an injection's segment as the world is now, and puts it on its way. A socket that is not there has no numbers and no
// address: then there is no segment.
func (w *World) forge(p *Program, in *Injection) {
	src, dst := w.endpoint(p, &in.From, &in.To), w.endpoint(p, &in.To, &in.From)
	to := w.hostOf(OpenEnd, dst.Addr)
	if src.Port == 0 || dst.Port == 0 || to == OpenEnd {
		return
	}
	seg := in.Seg
	seg.Src, seg.Dst = src, dst
	w.absolute(&seg, to)
	w.packets++
	w.push(&Packet{ID: w.packets, Seg: seg, From: OpenEnd, To: to, SentAt: w.Now, ArriveAt: w.Now.Add(in.After)})
}

// endpoint is where a party is now; the zero Endpoint when it is nowhere.
func (w *World) endpoint(p *Program, party, other *Party) tcp.Endpoint {
	switch party.Kind {
	case AtEndpoint:
		return party.At
	case OfSocket:
		s := w.partySock(party)
		if s == nil {
			return tcp.Endpoint{}
		}
		at := s.TCB.Local
		if at.Addr.IsUnspecified() {
			at.Addr = p.Hosts[party.Host].Addr
		}
		return at
	}
	if s := w.partySock(other); s != nil {
		return s.TCB.Remote
	}
	return tcp.Endpoint{}
}

func (w *World) partySock(party *Party) *host.Sock {
	h := &w.Hosts[party.Host]
	if party.Var >= 0 {
		if w.Vars[party.Var].Sock == 0 {
			return nil
		}
		return h.Sock(w.Vars[party.Var].Sock)
	}
	for s := range h.Live {
		if int(s.Child) == party.Child {
			return s
		}
	}
	return nil
}

// absolute makes a segment's relative numbers what its receiver counts from: its IRS for SEG.SEQ, its ISS for SEG.ACK and SACK blocks,
// its TS.Recent for TSval, its own clock for TSecr. What the receiver does not know is taken from the connection it is sent in the name of;
// without any, numbers are absolute.
func (w *World) absolute(seg *tcp.Segment, to uint8) {
	var seq, ack tcp.Seq
	if from := w.hostOf(OpenEnd, seg.Src.Addr); from != OpenEnd {
		if t := w.Hosts[from].Peer(seg.Src, seg.Dst); t != nil {
			seq, ack = t.Snd.ISS, t.Rcv.IRS
		}
	}
	if t := w.Hosts[to].Peer(seg.Dst, seg.Src); t != nil {
		ack = t.Snd.ISS
		if t.State >= tcp.SynRcvd {
			seq = t.Rcv.IRS
		}
		if t.SndTS && seg.Opt.Has(tcp.OptTS) {
			seg.Opt.TSVal += t.TSRecent
			seg.Opt.TSEcr += t.TSOffset + uint32(int64(w.Now)/int64(time.Millisecond))
		}
	}
	seg.Seq += seq
	if seg.Flags.Has(tcp.ACK) {
		seg.Ack += ack
	}
	for i := range seg.Opt.SACK[:seg.Opt.NSACK] {
		seg.Opt.SACK[i].Start += ack
		seg.Opt.SACK[i].End += ack
	}
}

package observe

import (
	"fmt"
	"strings"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/sim"
)

// bookView is what expressions see of a book: its numbers.
type bookView struct {
	Name        string        `expr:"name" doc:"the book's name"`
	TimeWait    time.Duration `expr:"time_wait" doc:"how long TIME_WAIT lasts"`
	InitialRTO  time.Duration `expr:"initial_rto" doc:"RTO before the first round-trip sample"`
	MinRTO      time.Duration `expr:"min_rto" doc:"least RTO"`
	MaxRTO      time.Duration `expr:"max_rto" doc:"ceiling of the doubled RTO"`
	DelayedAck  time.Duration `expr:"delayed_ack" doc:"longest wait of an acknowledgement"`
	FreshAck    time.Duration `expr:"fresh_ack" doc:"the same before any data has come"`
	SynGiveUp   time.Duration `expr:"syn_give_up" doc:"when an unanswered SYN is given up; 0 where sysctls decide"`
	DataGiveUp  time.Duration `expr:"data_give_up" doc:"when unanswered data is given up; 0 where sysctls decide"`
	AcceptExtra int           `expr:"accept_extra" doc:"how many more than the backlog the accept queue holds"`
	InitialCwnd int           `expr:"initial_cwnd" doc:"congestion window of a new connection, segments"`
}

func viewBook(b *tcp.Book) bookView {
	n := &b.Numbers
	return bookView{b.Name, n.TimeWaitLen, n.InitialRTO, n.MinRTO, n.MaxRTO, n.DelayedAck, n.FreshAck, n.SynGiveUp, n.DataGiveUp,
		n.AcceptExtra, int(n.InitialCwnd)}
}

// segmentView is what expressions see of a segment. Seq counts from its sender's initial sequence number and Ack from the
// receiver's, where the run has shown them.
type segmentView struct {
	Seq       int           `expr:"seq" doc:"sequence number, from the sender's ISN"`
	Ack       int           `expr:"ack" doc:"acknowledgement number, from the receiver's ISN; 0 without ACK"`
	RawSeq    int           `expr:"raw_seq" doc:"sequence number as sent"`
	RawAck    int           `expr:"raw_ack" doc:"acknowledgement number as sent"`
	Flags     string        `expr:"flags" doc:"flags, such as SYN,ACK; - for none"`
	Win       int           `expr:"win" doc:"window field, not scaled"`
	Len       int           `expr:"len" doc:"payload, bytes"`
	SpaceLen  int           `expr:"seg_len" doc:"SEG.LEN: sequence numbers taken, payload and SYN and FIN"`
	MSS       int           `expr:"mss" doc:"MSS option; 0 without it"`
	WScale    int           `expr:"wscale" doc:"window scale option; -1 without it"`
	SACKOK    bool          `expr:"sack_ok" doc:"the SACK-permitted option is there"`
	SACK      string        `expr:"sack" doc:"SACK blocks such as 1:2 6:7, counted as ack is; empty without the option"`
	Urg       int           `expr:"urg" doc:"urgent pointer: bytes from seq; 0 without URG"`
	TSVal     int           `expr:"ts_val" doc:"timestamp, ms; 0 without the option"`
	TSEcr     int           `expr:"ts_ecr" doc:"timestamp echoed"`
	SrcPort   int           `expr:"src_port" doc:"sender's port"`
	DstPort   int           `expr:"dst_port" doc:"receiver's port"`
	Again     bool          `expr:"again" doc:"it is a retransmission"`
	Lost      bool          `expr:"lost" doc:"it never arrives"`
	SentAt    time.Duration `expr:"sent_at" doc:"when it was sent"`
	ArrivesAt time.Duration `expr:"arrives_at" doc:"when it arrives, or would have"`
}

func viewSegment(pk *sim.Packet, from, to tcp.Seq) segmentView {
	s := &pk.Seg
	v := segmentView{
		Seq: s.Seq.Since(from), RawSeq: int(s.Seq), RawAck: int(s.Ack), Flags: s.Flags.String(), Win: int(s.Wnd), Len: len(s.Data),
		SpaceLen: s.Len(), WScale: -1, SACKOK: s.Opt.Has(tcp.OptSACKPerm), TSVal: int(s.Opt.TSVal), TSEcr: int(s.Opt.TSEcr),
		SrcPort: int(s.Src.Port), DstPort: int(s.Dst.Port), Again: pk.Again, Lost: pk.Lost,
		SentAt: time.Duration(pk.SentAt), ArrivesAt: time.Duration(pk.ArriveAt),
	}
	if s.Flags.Has(tcp.ACK) {
		v.Ack = s.Ack.Since(to)
	}
	if s.Opt.Has(tcp.OptMSS) {
		v.MSS = int(s.Opt.MSS)
	}
	if s.Opt.Has(tcp.OptWScale) {
		v.WScale = int(s.Opt.WScale)
	}
	if s.Flags.Has(tcp.URG) {
		v.Urg = int(s.Urg)
	}
	var blocks []string
	for _, b := range s.Opt.SACK[:s.Opt.NSACK] {
		blocks = append(blocks, fmt.Sprintf("%d:%d", b.Start.Since(to), b.End.Since(to)))
	}
	v.SACK = strings.Join(blocks, " ")
	return v
}

// segmentOf is the packet that a moment about a segment names, and the initial sequence numbers to count its numbers from:
// those of the latest SYNs of its connection, or the numbers it carries itself when no SYN was seen.
func segmentOf(run sim.Run, m sim.Moment, step int) segmentView {
	pk := packetOf(run, m, step)
	from, to := pk.Seg.Seq, pk.Seg.Ack
	if pk.Seg.Flags.Has(tcp.RST) && !pk.Seg.Flags.Has(tcp.ACK) || !pk.Seg.Flags.Has(tcp.SYN) {
		from = 0
	}
	for i := range step + 1 {
		s := run.Step(i)
		for k := range s.Sent {
			q := &s.Sent[k]
			if q.ID > pk.ID || !q.Seg.Flags.Has(tcp.SYN) {
				continue
			}
			if q.Seg.Src == pk.Seg.Src && q.Seg.Dst == pk.Seg.Dst {
				from = q.Seg.Seq
			}
			if q.Seg.Src == pk.Seg.Dst && q.Seg.Dst == pk.Seg.Src { // both, where a socket talks to itself
				to = q.Seg.Seq
			}
		}
	}
	return viewSegment(&pk, from, to)
}

// FindPacket finds the segment of a moment about one (sends, gets, loses); ok is false when the moment is about something else or never
// happens.
func FindPacket(run sim.Run, m sim.Moment) (p sim.Packet, ok bool) {
	step, ok := FindMoment(run, m)
	if !ok || !aboutSegment(m) {
		return sim.Packet{}, false
	}
	return packetOf(run, m, step), true
}

// packetOf finds which of a step's segments is the moment's: in a step that sends several that fit, the one whose turn it is.
func packetOf(run sim.Run, m sim.Moment, step int) sim.Packet {
	if m.Event != sim.Sends {
		return run.Step(step).Packet
	}
	left := max(m.N, 1) - sim.Count(run, m, step)
	sent := append([]sim.Packet(nil), run.Step(step).Sent...)
	w := run.View(step + 1)
	for i := range sent {
		one := sim.Step{At: w.Now, Host: sent[i].From, Sent: sent[i : i+1]}
		if left -= m.Matches(run.Program(), w, &one); left <= 0 {
			return sent[i]
		}
	}
	return sim.Packet{}
}

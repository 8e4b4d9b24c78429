package tui

import (
	"fmt"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
	"tcptutor/tcp/sim"
)

// rungKind says what a line of the ladder shows.
type rungKind uint8

const (
	rungEvent   rungKind = iota // something at one host: a call, a timer
	rungLeaves                  // a segment leaves
	rungArrives                 // a segment arrives
	rungDies                    // a segment that was lost would have arrived
)

// rung is one line of the ladder.
type rung struct {
	kind   rungKind
	step   int
	at     tcp.Time
	host   int  // where; ladderOutside is beyond the world
	peer   int  // the segment's other end
	first  bool // the first rung of its step
	packet uint32
	label  Text   // of an event; of a segment its flags
	detail string // numbers of a segment
	again  bool
	copied bool
	state  string // the state that was entered, "" when it stayed
}

// ladderOutside is the column of the world's open end.
const ladderOutside = sim.OpenEnd

// ladder makes the rungs of a run's steps, and remembers those it made.
type ladder struct {
	run  sim.Run
	made map[int][]rung
}

// ladderKept is how many steps' rungs are remembered: some screens full.
const ladderKept = 2048

// rungs are the lines of step i.
func (l *ladder) rungs(i int) []rung {
	if r, ok := l.made[i]; ok {
		return r
	}
	if len(l.made) >= ladderKept || l.made == nil {
		l.made = map[int][]rung{}
	}
	r := makeRungs(l.run, i)
	l.made[i] = r
	return r
}

// upTo are at most n rungs, those that end with the last one of step i, and more where a step's rungs go together.
func (l *ladder) upTo(i, n int) []rung {
	var back [][]rung
	total := 0
	// Some steps have no rung, so the number of steps looked at is bounded apart.
	for j := i; j >= 0 && total < n && i-j < 4*n+64; j-- {
		r := l.rungs(j)
		back = append(back, r)
		total += len(r)
	}
	all := make([]rung, 0, total)
	for k := len(back) - 1; k >= 0; k-- {
		all = append(all, back[k]...)
	}
	return all
}

func makeRungs(run sim.Run, i int) []rung {
	p, s := run.Program(), run.Step(i)
	base := rung{step: i, at: s.At, host: int(s.Host)}
	state := enteredState(s)
	var out []rung
	switch s.Cause {
	case sim.CauseArrive, sim.CauseLost:
		out = append(out, arrivalRung(base, s))
	default:
		if r := base; eventLabel(&r, p, s) {
			out = append(out, r)
		}
	}
	for k := range s.Sent {
		out = append(out, leavingRung(base, &s.Sent[k]))
	}
	if state != "" && len(out) > 0 {
		// A state entered by sending stands beside the arrow: connect() → SYN_SENT ──SYN──.
		at := 0
		if s.Cause != sim.CauseArrive && len(s.Sent) > 0 {
			at = len(out) - len(s.Sent)
		}
		out[at].state = state
	}
	// The numbers need the world, and looking at it ends the step's validity: it comes last.
	var segs []tcp.Segment
	arrived := len(out) > len(s.Sent) && out[0].outside()
	if arrived {
		segs = append(segs, s.Packet.Seg)
	}
	for k := range s.Sent {
		segs = append(segs, s.Sent[k].Seg)
	}
	if len(segs) > 0 {
		w := run.View(i + 1)
		for k := range segs {
			out[len(out)-len(segs)+k].detail = segmentNumbers(w, &segs[k])
		}
		if _, _, known := initialNumbers(w, &segs[0]); arrived && !known { // it may have ended the connection
			out[0].detail = segmentNumbers(run.View(i), &segs[0])
		}
	}
	if len(out) > 0 {
		out[0].first = true
	}
	return out
}

// enteredState is the state that the step's host's connection entered last; "" when none did.
func enteredState(s *sim.Step) string {
	state := ""
	for _, f := range s.Facts {
		if f.Kind == tcp.Changed && f.Field == tcp.FieldState && f.Host == s.Host {
			state = tcp.State(f.To).String()
		}
	}
	return state
}

func arrivalRung(r rung, s *sim.Step) rung {
	pk := &s.Packet
	r.kind, r.host, r.peer = rungArrives, int(pk.To), int(pk.From)
	if s.Cause == sim.CauseLost {
		r.kind = rungDies
	}
	r.packet, r.copied, r.again = pk.ID, pk.Copy, pk.Again
	flags := pk.Seg.Flags.String()
	r.label = Text{flags, flags}
	return r
}

// outside reports whether a rung's segment comes from beyond the world, or goes there: nobody sees its other end, so its arrow is whole.
func (r *rung) outside() bool { return r.kind != rungEvent && r.peer == ladderOutside }

func leavingRung(r rung, pk *sim.Packet) rung {
	r.kind, r.host, r.peer = rungLeaves, int(pk.From), int(pk.To)
	r.packet, r.again, r.copied = pk.ID, pk.Again, pk.Copy
	flags := pk.Seg.Flags.String()
	r.label = Text{flags, flags}
	return r
}

// eventLabel words a step that is no segment's; false when it has nothing to show.
func eventLabel(r *rung, p *sim.Program, s *sim.Step) bool {
	switch s.Cause {
	case sim.CauseCall:
		call := callName(s.Call.Op)
		switch {
		case !s.Returned:
			r.label = Text{call + " " + sayWaits.English, call + " " + sayWaits.Chinese}
		default:
			got := returned(s)
			r.label = Text{call + got, call + got}
		}
	case sim.CauseReturn:
		call, got := callName(s.Call.Op), returned(s)
		r.label = Text{call + got, call + got}
		if got == "" {
			r.label = Text{call + " " + sayReturns.English, call + " " + sayReturns.Chinese}
		}
	case sim.CauseTimer:
		name := s.Timer.String()
		r.label = Text{fmt.Sprintf(sayFires.English, name), fmt.Sprintf(sayFires.Chinese, name)}
	case sim.CauseWait:
		long := ""
		if s.Thread >= 0 && s.Line >= 0 {
			long = " " + spell(p.Threads[s.Thread].Lines[s.Line].Wait)
		}
		r.label = Text{sayPauses.English + long, sayPauses.Chinese + long}
	default:
		return false
	}
	return true
}

func callName(op host.Op) string { return op.String() + "()" }

// returned is what a call gave: nothing to say of a plain success.
func returned(s *sim.Step) string {
	switch {
	case s.Result.Errno != 0:
		return " " + s.Result.Errno.String()
	case s.Call.Op == host.OpSocket, s.Call.Op == host.OpAccept, s.Call.Op == host.OpDup:
		return " = " + itoa(int(s.Result.Value))
	case s.Call.Op == host.OpRead, s.Call.Op == host.OpWrite:
		return " = " + itoa(int(s.Result.Value))
	}
	return ""
}

// segmentNumbers are a segment's numbers, relative to the initial ones of its connection where they are known.
func segmentNumbers(w *sim.World, seg *tcp.Segment) string {
	iss, irs, known := initialNumbers(w, seg)
	if seg.Flags.Has(tcp.SYN) {
		iss = seg.Seq
	} else if !known {
		iss, irs = 0, 0
	}
	text := "seq " + itoa(int(uint32(seg.Seq-iss)))
	if seg.Flags.Has(tcp.ACK) {
		text += " ack " + itoa(int(uint32(seg.Ack-irs)))
	}
	if n := len(seg.Data); n > 0 {
		text += " len " + itoa(n)
	}
	return text
}

// initialNumbers finds the initial sequence numbers of the connection a segment belongs to, at whichever end still knows it.
func initialNumbers(w *sim.World, seg *tcp.Segment) (iss, irs tcp.Seq, known bool) {
	for h := range w.Hosts {
		for i := range w.Hosts[h].Socks {
			s := &w.Hosts[h].Socks[i]
			if s.Dead || s.Role != host.Connection {
				continue
			}
			t := &s.TCB
			switch {
			case t.Local == seg.Src && t.Remote == seg.Dst:
				return t.Snd.ISS, t.Rcv.IRS, true
			case t.Local == seg.Dst && t.Remote == seg.Src:
				return t.Rcv.IRS, t.Snd.ISS, true
			}
		}
	}
	return 0, 0, false
}

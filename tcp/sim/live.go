package sim

import (
	"errors"
	"slices"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
)

// Live is a host of the engine at one end of a wire that is not the engine's, in somebody's hands. What arrives there, and what is due
// by the clock, waits until it is let happen, and happens at the instant when it is: a timer may fire late, as on a busy machine, and
// a segment may be answered after its sender has sent it again.
//
// All that has happened is recorded: a Live is a Run that grows.
type Live struct {
	Recording
	program Program
	world   World
	scratch Step
	heard   []Packet // arrived and not let in, oldest first
}

// liveSteps bounds what is recorded.
const liveSteps = 20_000

// Pending is something that waits to happen, or will happen by itself at an instant to come.
type Pending struct {
	At     tcp.Time // since when, or when
	Cause  CauseKind
	Packet Packet    // CauseArrive
	Call   host.Call // CauseCall: what the host's program does next; CauseReturn: the call that can go on
	Timer  tcp.Timer // CauseTimer
}

// Why a program cannot be run live, or no longer.
var (
	ErrLiveHosts = errors.New("a live run has one host of the engine's, and the program names more")
	ErrLiveWire  = errors.New("a live run has a real wire, and the program does something to it")
	ErrLiveLong  = errors.New("the live run ends here: it has as many steps as can be kept")
)

// NewLive makes a host by its program, which names no other one and has no faults: the wire is real.
func NewLive(p *Program) (*Live, error) {
	switch {
	case len(p.Hosts) != 1:
		return nil, ErrLiveHosts
	case len(p.Faults) > 0 || len(p.Injections) > 0:
		return nil, ErrLiveWire
	}
	l := &Live{program: *p, world: *NewWorld(p)}
	l.Text = &l.program
	l.keep()
	return l, nil
}

func (l *Live) keep() {
	l.Views = append(l.Views, World{})
	l.world.CopyInto(&l.Views[len(l.Views)-1])
}

// Hear takes down that a segment has arrived at an instant. It waits from then on.
func (l *Live) Hear(at tcp.Time, seg tcp.Segment) {
	pk := Packet{Seg: seg, From: OpenEnd, SentAt: at, ArriveAt: at}
	i := len(l.heard)
	for i > 0 && l.heard[i-1].ArriveAt > at {
		i--
	}
	l.heard = slices.Insert(l.heard, i, pk)
}

// Waits lists what waits, in the order in which it will happen. The last one may be still to come: what happens next by itself.
func (l *Live) Waits() []Pending {
	var list []Pending
	for _, pk := range l.heard {
		list = append(list, Pending{At: pk.ArriveAt, Cause: CauseArrive, Packet: pk})
	}
	e := l.world.next()
	if e.at == tcp.Never {
		return list
	}
	i := len(list)
	for i > 0 && list[i-1].At > e.at {
		i--
	}
	return slices.Insert(list, i, l.pending(e))
}

// pending describes what the world does next.
func (l *Live) pending(e event) Pending {
	p := Pending{At: e.at}
	switch e.class {
	case arrivals:
		p.Cause, p.Packet = CauseArrive, l.world.Wire[0]
	case calls:
		t := &l.world.Threads[e.index]
		line := &l.program.Threads[e.index].Lines[t.Line]
		switch {
		case t.Inside:
			p.Cause, p.Call = CauseReturn, l.world.task(&l.program, e.index).Call
		case line.Kind == LineWait:
			p.Cause = CauseWait
		default:
			p.Cause, p.Call = CauseCall, line.Call
		}
	case timers:
		p.Cause = CauseTimer
		for s := range l.world.Hosts[e.index].Live {
			if at, timer := s.TCB.Next(); at == e.at {
				p.Timer = timer
				break
			}
		}
	}
	return p
}

// Let lets the first of what waits happen now, and returns the segments that leave. It reports false when nothing waits.
func (l *Live) Let(now tcp.Time) (sent []tcp.Segment, happened bool, err error) {
	list := l.Waits()
	now = max(now, l.world.Now)
	if len(list) == 0 || list[0].At > now {
		return nil, false, nil
	}
	if len(l.Steps) >= liveSteps {
		return nil, false, ErrLiveLong
	}
	e := l.world.next()
	if len(l.heard) > 0 && l.heard[0].ArriveAt <= e.at {
		w := &l.world
		pk := l.heard[0]
		l.heard = l.heard[1:]
		w.packets++
		pk.ID = w.packets
		w.push(&pk)
		e = event{class: arrivals}
	}
	e.at = now
	l.world.take(&l.program, &l.scratch, e)
	l.Steps = append(l.Steps, Step{})
	l.scratch.copyInto(&l.Steps[len(l.Steps)-1])
	l.keep()
	for i := range l.scratch.Sent {
		if pk := &l.scratch.Sent[i]; pk.To == OpenEnd {
			sent = append(sent, pk.Seg)
		}
	}
	return sent, true, nil
}

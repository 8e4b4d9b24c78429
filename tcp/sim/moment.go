package sim

import (
	"tcptutor/tcp"
	"tcptutor/tcp/host"
)

// EventKind is what a moment waits for.
type EventKind uint8

// The kinds of event (DESIGN's notation in words; package observe parses and prints it).
const (
	Enters      EventKind = iota // WHO enters STATE
	Sends                        // WHO sends SEGMENT
	Gets                         // WHO gets SEGMENT
	Loses                        // WHO loses SEGMENT: one that it sent
	CallBlocks                   // WHO CALL blocks
	CallReturns                  // WHO CALL returns
	TimerFires                   // WHO TIMER fires
	RuleApplies                  // WHO RULE applies
)

// Moment is a point of a run named by what happens there, not by its number: WHO EVENT [@N].
type Moment struct {
	Host  int // index in Program.Hosts
	Var   int // index in Program.Vars when WHO is a program's socket; -1 otherwise
	Child int // when WHO is HOST.childN: N; 0 otherwise
	Event EventKind
	State tcp.State
	Seg   tcp.Kind
	Op    host.Op
	Timer tcp.Timer
	Rule  tcp.RuleID
	N     int // which time it happens, from 1; 0: not said, which is the first
}

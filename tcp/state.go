package tcp

import (
	"strings"
	"unicode"
)

// State is the state of a connection (RFC 9293 §3.3.2).
type State uint8

// The eleven states. CLOSED is the zero State: no connection at all.
const (
	Closed State = iota
	Listen
	SynSent
	SynRcvd
	Established
	FinWait1
	FinWait2
	CloseWait
	Closing
	LastAck
	TimeWait
	NumStates
)

var stateNames = [NumStates]string{
	"CLOSED", "LISTEN", "SYN_SENT", "SYN_RCVD", "ESTABLISHED", "FIN_WAIT_1",
	"FIN_WAIT_2", "CLOSE_WAIT", "CLOSING", "LAST_ACK", "TIME_WAIT",
}

// String is the project's one spelling of the state: SYN_SENT, FIN_WAIT_1, ...
func (s State) String() string { return stateNames[s] }

var ssNames = [NumStates]string{
	"UNCONN", "LISTEN", "SYN-SENT", "SYN-RECV", "ESTAB", "FIN-WAIT-1",
	"FIN-WAIT-2", "CLOSE-WAIT", "CLOSING", "LAST-ACK", "TIME-WAIT",
}

// SS is the state's name in the output of ss(8).
func (s State) SS() string { return ssNames[s] }

// ParseState reads a state in any spelling in use: the project's, the RFC's (SYN-RECEIVED, FIN-WAIT-1),
// the kernel's (SYN_RECV, FIN_WAIT1) and ss's (ESTAB, UNCONN), in any case.
func ParseState(s string) (State, bool) {
	want := plainStateName(s)
	for st := Closed; st < NumStates; st++ {
		if want == plainStateName(stateNames[st]) || want == plainStateName(ssNames[st]) {
			return st, true
		}
	}
	switch want {
	case "SYNRECEIVED":
		return SynRcvd, true
	case "CLOSE":
		return Closed, true
	}
	return Closed, false
}

// plainStateName leaves out what the spellings differ in.
func plainStateName(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || r == ' ' {
			return -1
		}
		return unicode.ToUpper(r)
	}, s)
}

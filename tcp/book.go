package tcp

import (
	"slices"
	"time"

	"tcptutor/tcp/source"
)

// Verdict is what a check decided about the event before it.
type Verdict uint8

// The verdicts.
const (
	Pass    Verdict = iota // not this rule's case: on to the next check
	Applied                // the rule did its work: on to the next check
	Done                   // the rule did its work and the event is dealt with
)

// RuleID numbers a rule for facts; 0 is no rule. Numbers hold within one build of the program: what is written
// to files is the rule's name.
type RuleID uint16

// Rule is one named check of a book: who says so, and what it does.
type Rule struct {
	ID      RuleID
	Name    string    // kebab-case, unique: "fin-acked", "accept-queue-full"
	Source  source.ID // the sentence it comes from
	English string    // what it says, for a learner: one sentence
	Chinese string
	Do      func(*Turn, *TCB) Verdict
}

// Numbers are an implementation's constants: what a book fixes and no sysctl moves.
type Numbers struct {
	TimeWaitLen time.Duration // how long TIME_WAIT lasts: 2 MSL
	InitialRTO  time.Duration // before the first round-trip sample (RFC 6298 §2.1)
	FallbackRTO time.Duration // when the SYN had to go again and gave no sample (RFC 6298 §5.7)
	MinRTO      time.Duration // least RTO (RFC 6298 §2.4)
	MinVar      time.Duration // least term added to SRTT: Linux's TCP_RTO_MIN (KERNEL §12)
	VarByRound  bool          // the variance comes down once in a round trip (tcp_input.c tcp_rtt_estimator)
	Tick        time.Duration // clock granularity, RFC 6298's G; Linux: a jiffy (KERNEL: HZ=250)
	MaxRTO      time.Duration // ceiling of the backed-off RTO
	DelayedAck  time.Duration // longest wait of an acknowledgement (RFC 9293 MUST-40: under 0.5 s)
	FreshAck    time.Duration // the same on a connection that has not yet received data (KERNEL §5)
	SynGiveUp   time.Duration // R2 for a SYN where no sysctl says (RFC 9293 MUST-23); 0: the sysctls decide
	DataGiveUp  time.Duration // R2 for anything else (RFC 9293 §3.8.3); 0: the sysctls decide
	AcceptExtra int           // how many more than the backlog the accept queue holds (KERNEL §4)
	HalfExtra   int           // likewise the SYN queue
	InitialCwnd uint32        // segments (RFC 6928)
	SynLosses   uint8         // how often the SYN may go again and the congestion window still start so large (RFC 5681 §3.1)
	ISNHash     uint32        // how often the keyed hash goes into an initial sequence number (RFC 6528 §3: once)
	ISNClock    uint32        // likewise the clock, which ticks every 64 ns (RFC 9293 MUST-8)
	HalveCwnd   bool          // a loss halves the congestion window, once in a recovery, not what is in flight (tcp_cong.c tcp_reno_ssthresh)
	CountOut    bool          // duplicate ACKs make a loss only where that many segments are outstanding beyond it (tcp_input.c tcp_limit_reno_sacked)
	DoubtsTimer bool          // the retransmission timer may have run out too early: new data first (tcp_input.c tcp_enter_loss; net.ipv4.tcp_frto is on)
	Collapses   bool          // what goes again takes what follows it along, as far as it fits (tcp_output.c tcp_retrans_try_collapse)
	Bursts      bool          // full segments leave in bursts, the last of each marked PSH (tcp_output.c __tcp_transmit_skb)
	OfferAgain  bool          // where both ends open, the SYN,ACK offers all options again (tcp_output.c tcp_send_synack)
	Resets      Resets        // what a RST means to the user
	QuickAcks   uint8         // data segments acknowledged at once at first (KERNEL §14)
}

// Resets are the errors by which the user learns of a RST, by the state that it arrives in; OK where it is not told of one.
type Resets [NumStates]Errno

// Door is one of the ways into the engine: RFC 9293 §3.10 has a subsection for each.
type Door uint8

// The doors that are not "segment arrives".
const (
	DoorOpen        Door = iota // active OPEN (§3.10.1); a passive one makes no segment
	DoorSpawn                   // a passive OPEN has heard a SYN (§3.10.7.2): the new connection's own beginning
	DoorCookie                  // a listener answers a SYN without remembering it (RFC 4987 §3.6)
	DoorCookieBack              // the connection of a SYN cookie that has come back
	DoorUnreachable             // an ICMP error about a segment (RFC 9293 §3.9.2.2)
	DoorReuse                   // a connection in TIME_WAIT makes room for a new one (RFC 6191)
	DoorSend                    // SEND (§3.10.2)
	DoorRecv                    // RECEIVE (§3.10.3): the user took bytes away
	DoorClose                   // CLOSE (§3.10.4): no more data from this end
	DoorAbort                   // ABORT (§3.10.5)
	DoorOrphan                  // the last descriptor is gone (no call of the RFC's: close(2) is CLOSE and this)
	DoorOption                  // a socket option of the connection has changed
	DoorOutput                  // what follows every event while data may flow: segments that may leave now
	DoorAnswer                  // what follows it before and after that, in SYN_SENT, SYN_RCVD and TIME_WAIT: acknowledgements
	NumDoors
)

// Book is the rules one stack goes by: per state the checks in their order, per timer, per call. It is never part
// of a state, and never changes once it is made.
type Book struct {
	ID       BookID
	Name     string // "linux", "rfc9293", "linux+no-time-wait"
	Numbers  Numbers
	Sysctls  Sysctls // what a host of this book starts with
	Arrives  [NumStates][]*Rule
	Doors    [NumDoors][]*Rule
	Timeouts [NumTimers][]*Rule

	brief   brief
	missing *Rule // a rule that a patch wanted to replace and the book does not have
}

// rules are all rules there are; a rule's ID is its place.
var rules = []*Rule{nil}

func define(name string, from source.ID, english, chinese string, do func(*Turn, *TCB) Verdict) *Rule {
	r := &Rule{RuleID(len(rules)), name, from, english, chinese, do}
	rules = append(rules, r)
	return r
}

// RuleOf returns the rule with that number; nil for 0 and for numbers that are no rule's.
func RuleOf(id RuleID) *Rule {
	if int(id) >= len(rules) {
		return nil
	}
	return rules[id]
}

// Rules returns every rule there is, in the order of their definition.
func Rules() []*Rule { return slices.Clone(rules[1:]) }

// FindRule finds a rule by its name.
func FindRule(name string) (*Rule, bool) {
	for _, r := range rules[1:] {
		if r.Name == name {
			return r, true
		}
	}
	return nil, false
}

// Patch is a counterfactual: a named change to any book that has what it changes.
type Patch struct {
	Name    string // "no-time-wait"
	English string // what is different, one sentence
	Chinese string
	Apply   func(*Book)
}

// clone makes a book that can be patched without touching b.
func (b *Book) clone() *Book {
	c := *b
	for i := range c.Arrives {
		c.Arrives[i] = slices.Clone(b.Arrives[i])
	}
	for i := range c.Doors {
		c.Doors[i] = slices.Clone(b.Doors[i])
	}
	for i := range c.Timeouts {
		c.Timeouts[i] = slices.Clone(b.Timeouts[i])
	}
	return &c
}

// lists visits every list of rules in the book.
func (b *Book) lists(visit func(*[]*Rule)) {
	for i := range b.Arrives {
		visit(&b.Arrives[i])
	}
	for i := range b.Doors {
		visit(&b.Doors[i])
	}
	for i := range b.Timeouts {
		visit(&b.Timeouts[i])
	}
}

// replace puts the rules new where old stands, everywhere in the book; with no new rules, old is taken out.
func (b *Book) replace(old *Rule, new ...*Rule) {
	found := false
	b.lists(func(l *[]*Rule) {
		if i := slices.Index(*l, old); i >= 0 {
			*l = slices.Replace(*l, i, i+1, new...)
			found = true
		}
	})
	if !found {
		b.missing = old
	}
}

// replaceIn puts rule r where old stands in one state's checks.
func (b *Book) replaceIn(s State, old, r *Rule) {
	b.Arrives[s][slices.Index(b.Arrives[s], old)] = r
}

// insertBefore puts rule r ahead of rule at in a state's checks.
func (b *Book) insertBefore(s State, at, r *Rule) {
	i := slices.Index(b.Arrives[s], at)
	b.Arrives[s] = slices.Insert(b.Arrives[s], i, r)
}

// Has reports whether rule r is in the book.
func (b *Book) Has(r *Rule) bool {
	found := false
	b.lists(func(l *[]*Rule) { found = found || slices.Contains(*l, r) })
	return found
}

// Without returns the book with one rule taken out: what mutation tests run.
func (b *Book) Without(r *Rule) *Book {
	c := b.clone()
	c.replace(r)
	c.Name = b.Name + "-" + r.Name
	return c
}

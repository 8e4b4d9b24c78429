package verify_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
	"tcptutor/tcp/sim"
	"tcptutor/tcp/trace"
	"tcptutor/tcp/verify"
)

// slowly is a host of the engine on a machine that has other things to do: things are done to it late.
type slowly struct {
	sim.Subject
	late func(*host.Call) time.Duration // nil: a segment arrives
	told []sim.SubjectEvent             // what happened meanwhile
}

func newSlowly(t *testing.T, spec sim.HostSpec, late func(*host.Call) time.Duration) *slowly {
	t.Helper()
	s, err := sim.NewSimulated(spec, 77)
	if err != nil {
		t.Fatal(err)
	}
	return &slowly{Subject: s, late: late}
}

func (s *slowly) wait(c *host.Call) error {
	until := s.Now().Add(s.late(c))
	for {
		n := len(s.told)
		var err error
		if s.told, err = s.Subject.Wait(until, s.told); err != nil || len(s.told) == n {
			return err
		}
	}
}

func (s *slowly) Start(thread int, c host.Call) error {
	if err := s.wait(&c); err != nil {
		return err
	}
	return s.Subject.Start(thread, c)
}

func (s *slowly) Inject(seg tcp.Segment) error {
	if err := s.wait(nil); err != nil {
		return err
	}
	return s.Subject.Inject(seg)
}

func (s *slowly) Wait(until tcp.Time, events []sim.SubjectEvent) ([]sim.SubjectEvent, error) {
	if len(s.told) > 0 {
		events, s.told = append(events, s.told...), nil
		return events, nil
	}
	return s.Subject.Wait(until, events)
}

// narrow is a scenario in which the server's close() comes just before its delayed acknowledgement is due: the FIN carries it.
const narrow = `link delay 10ms
server s = socket()
server bind(s, 8080)
server listen(s, 10)
server c = accept(s)
server read(c)
server write(c, "answer")
server read(c)
server wait 30ms
server close(c)
client when server accept blocks: s = socket()
client connect(s, server:8080)
client write(s, "question")
client read(s)
client write(s, "thanks")
client read(s) until eof
client close(s)
`

// closesLate is a machine on which close() comes some time late.
func closesLate(by time.Duration) func(*host.Call) time.Duration {
	return func(c *host.Call) time.Duration {
		if c != nil && c.Op == host.OpClose {
			return by
		}
		return 0
	}
}

// A host that does the right thing late differs from an engine that is punctual, and agrees with one that keeps pace with it.
func TestTheMachinesLatenessIsTakenOut(t *testing.T) {
	p := parse(t, "narrow", narrow)
	for _, c := range []struct {
		late  time.Duration
		paced bool
	}{
		{0, false},
		{5 * time.Millisecond, false}, // not late enough to matter
		{15 * time.Millisecond, true},
		{60 * time.Millisecond, true},
	} {
		v, err := verify.With(newSlowly(t, p.Hosts[1], closesLate(c.late)), p, 1, verify.Tolerance{Until: tcp.Time(2 * time.Second), Slack: verify.Slack})
		if err != nil {
			t.Fatal(err)
		}
		if len(v.Differences) > 0 || v.Paced != c.paced || v.Late.Round(time.Millisecond) != c.late {
			t.Errorf("%v late: %v is told, paced is %v and differs in %d places: %s", c.late, v.Late, v.Paced, len(v.Differences),
				v.Explanation(trace.English))
		}
		for lang, late := range map[trace.Lang]string{
			trace.English: fmt.Sprintf("up to %v late", c.late), trace.Chinese: fmt.Sprintf("最多慢了 %v", c.late),
		} {
			if said := strings.Contains(v.Summary(lang), late); said != c.paced {
				t.Errorf("%s: the summary is %q", late, v.Summary(lang))
			}
		}
	}
}

// What is really different stays so, however late it comes.
func TestAnotherStackDiffersHoweverLate(t *testing.T) {
	p := parse(t, "narrow", narrow)
	for _, book := range []string{"linux+no-delayed-ack", "linux+no-time-wait", "linux6.4", "rfc9293"} {
		for _, late := range []time.Duration{0, 5, 15, 60} {
			spec := p.Hosts[1]
			spec.Book = book
			v, err := verify.With(newSlowly(t, spec, closesLate(late*time.Millisecond)), p, 1, verify.Tolerance{Until: tcp.Time(2 * time.Second), Slack: verify.Slack})
			if err != nil {
				t.Fatal(err)
			}
			if len(v.Differences) == 0 {
				t.Errorf("%s, %d ms late, agrees with linux", book, late)
			}
		}
	}
}

// On a machine where everything is late by some other time, the engine agrees with itself about every lesson and every fact.
func TestNothingButLatenessIsLeft(t *testing.T) {
	all, paced := 0, 0
	for _, x := range trials(t, 0, short) {
		n := 0
		irregular := func(*host.Call) time.Duration {
			n++
			return time.Duration(n*n%11) * 1700 * time.Microsecond
		}
		v, err := verify.With(newSlowly(t, x.p.Hosts[x.host], irregular), x.p, x.host, verify.Tolerance{Until: x.until, Slack: verify.Slack})
		if err != nil {
			t.Fatal(err)
		}
		if len(v.Differences) > 0 {
			t.Errorf("%v, late by %v: %s", &x, v.Late, v.Explanation(trace.English))
		}
		if all++; v.Paced {
			paced++
		}
	}
	if paced == 0 {
		t.Errorf("lateness makes no difference in any of %d", all)
	}
}

// Where every timer is as late as a kernel's may be, likewise.
func TestTimersMayBeLate(t *testing.T) {
	paced := 0
	for _, x := range trials(t, 0, short) {
		if (sim.StandIn{Host: x.host}).Fits(x.p) != nil {
			continue
		}
		s, err := sim.NewPaced(sim.Record(sim.NewTimeline(x.p)), x.host, true) // nothing is known of when anything left
		if err != nil {
			t.Fatal(err)
		}
		v, err := verify.With(s, x.p, x.host, verify.Tolerance{Until: x.until, Slack: verify.Slack})
		if err != nil {
			t.Fatal(err)
		}
		if len(v.Differences) > 0 {
			t.Errorf("%v: %s", &x, v.Explanation(trace.English))
		}
		if v.Paced {
			paced++
		}
	}
	if paced == 0 {
		t.Error("late timers make no difference in any")
	}
}

// tardily is a subject whose accept() is seen to return only when something else is seen, too.
type tardily struct {
	sim.Subject
	kept []sim.SubjectEvent
}

func (s *tardily) Wait(until tcp.Time, events []sim.SubjectEvent) ([]sim.SubjectEvent, error) {
	seen, err := s.Subject.Wait(until, nil)
	if len(seen) == 0 || err != nil {
		return events, err
	}
	events, s.kept = append(events, s.kept...), nil
	for _, e := range seen {
		if e.Sent || e.Call.Op != host.OpAccept {
			events = append(events, e)
		} else {
			s.kept = append(s.kept, e)
		}
	}
	return events, nil
}

// What a host sends stays in order, whenever that host is seen to have sent it: of three segments that arrive at one instant, each a
// little late, the last one's answer does not overtake the second one's.
func TestALateHostsSegmentsStayInOrder(t *testing.T) {
	p := parse(t, "urgent", `link delay 10ms
limit time 1s
server s = socket()
server bind(s, 8080)
server listen(s, 10)
server c = accept(s)
client when server accept blocks: s = socket()
client setsockopt(s, TCP_NODELAY, 1)
client connect(s, server:8080)
client write(s, "hello")
client write(s, "again")
`)
	late := newSlowly(t, p.Hosts[1], func(c *host.Call) time.Duration {
		if c == nil {
			return time.Millisecond
		}
		return 0
	})
	rec, err := sim.StandIn{Host: 1, Subject: &tardily{Subject: late}, Slack: 2 * time.Millisecond}.Run(p)
	if err != nil {
		t.Fatal(err)
	}
	var acks []tcp.Seq
	for i := range rec.Len() {
		if s := rec.Step(i); s.Cause == sim.CauseArrive && s.Host == 0 {
			acks = append(acks, s.Packet.Seg.Ack)
		}
	}
	if len(acks) != 3 || !slices.IsSortedFunc(acks, func(a, b tcp.Seq) int { return a.Since(b) }) {
		t.Errorf("the client hears the ACKs %v", acks)
	}
}

package tui

import (
	"errors"
	"testing"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
	"tcptutor/tcp/kernel"
	"tcptutor/tcp/scenario"
	"tcptutor/tcp/sim"
	"tcptutor/tcp/verify"
)

// standIn gives the screen a kernel that is a host of the engine by some book.
func standIn(s *screenOf, book string) {
	s.m.opt.Verify = func(p *sim.Program, h int, t verify.Tolerance) (*verify.Verdict, error) {
		spec := p.Hosts[h]
		spec.Book = book
		sub, err := sim.NewSimulated(spec, 7)
		if err != nil {
			return nil, err
		}
		return verify.With(sub, p, h, t)
	}
}

// K asks for whom the kernel is to stand in, and shows both runs where they part, with the difference explained.
func TestTheKernelInAHostsPlace(t *testing.T) {
	s := open(t, 120, 40, English, openHandshake)
	s.press("K")
	s.mustShow("This machine's Linux kernel in the place of")
	s.mustShow("server is the kernel")
	s.press("esc")
	standIn(s, "rfc9293")
	s.press("K", "2")
	if s.m.screen != compareScreen {
		t.Fatalf("no comparison is shown:\n%s", s.frame())
	}
	s.mustShow("Engine")
	s.mustShow("the segment has other options")
	s.press("esc")
	if s.m.screen != lessonScreen {
		t.Error("escape does not lead back to the lesson")
	}
}

// Where both agree, the screen says so.
func TestTheKernelAgrees(t *testing.T) {
	s := open(t, 120, 40, Chinese, openHandshake)
	standIn(s, "linux")
	s.press("K", "1")
	s.mustShow("引擎与内核一致")
}

// slow is a kernel whose machine is busy when close() is to be called.
type slow struct {
	sim.Subject
	told []sim.SubjectEvent // what happened meanwhile
}

func (s *slow) Start(thread int, c host.Call) error {
	for late := s.Now().Add(50 * time.Millisecond); c.Op == host.OpClose && s.Now() < late; {
		var err error
		if s.told, err = s.Subject.Wait(late, s.told); err != nil {
			return err
		}
	}
	return s.Subject.Start(thread, c)
}

func (s *slow) Wait(until tcp.Time, events []sim.SubjectEvent) ([]sim.SubjectEvent, error) {
	if len(s.told) > 0 {
		events, s.told = append(events, s.told...), nil
		return events, nil
	}
	return s.Subject.Wait(until, events)
}

// Where the machine was late, the engine that keeps pace stands beside the kernel, and the screen says how late it was.
func TestTheKernelsMachineWasLate(t *testing.T) {
	for lang, said := range [...]string{English: "50ms late", Chinese: "最多慢了 50ms"} {
		s := open(t, 120, 40, Lang(lang), openHandshake)
		s.m.opt.Verify = func(_ *sim.Program, h int, t verify.Tolerance) (*verify.Verdict, error) {
			p, mistakes := scenario.Parse("narrow", []byte(narrow))
			if mistakes != nil {
				return nil, &mistakes[0]
			}
			sub, err := sim.NewSimulated(p.Hosts[h], 7)
			if err != nil {
				return nil, err
			}
			return verify.With(&slow{Subject: sub}, p, h, verify.Tolerance{Slack: t.Slack})
		}
		s.press("K", "2")
		s.mustShow(said)
	}
}

// narrow is a scenario in which the second host's close() comes just before its delayed acknowledgement is due.
const narrow = `link delay 10ms
client s = socket()
client connect(s, server:8080)
client write(s, "question")
client read(s)
client write(s, "thanks")
client read(s) until eof
server s = socket()
server bind(s, 8080)
server listen(s, 10)
server c = accept(s)
server read(c)
server write(c, "answer")
server read(c)
server wait 30ms
server close(c)
`

// A machine without namespaces says what is missing, and the lesson goes on.
func TestNoKernelToBeHad(t *testing.T) {
	s := open(t, 120, 40, English, openHandshake)
	s.m.opt.Verify = func(*sim.Program, int, verify.Tolerance) (*verify.Verdict, error) {
		return nil, &kernel.Missing{Lack: kernel.NotLinux}
	}
	s.press("K", "1")
	s.mustShow("this is not Linux")
	s.m.opt.Verify = func(*sim.Program, int, verify.Tolerance) (*verify.Verdict, error) { return nil, errors.New("it broke") }
	s.press("K", "1")
	s.mustShow("it broke")
	if s.m.verifying {
		t.Error("it waits for a kernel that is gone")
	}
}

package tui

import (
	"errors"
	"testing"

	"tcptutor/tcp/kernel"
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

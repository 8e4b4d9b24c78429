package verify

import (
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/kernel"
	"tcptutor/tcp/sim"
)

// Slack is what times may be apart on a machine with other things to do, beside the tolerance of a wait.
const Slack = 25 * time.Millisecond

// answering is how long after something reached the kernel what it sends counts as the answer.
const answering = 2 * time.Millisecond

// Verdict is a scenario's two runs, and what is different between them.
type Verdict struct {
	Host        int        // for whom the kernel stood in
	Until       tcp.Time   // how far they were compared
	Runs        [2]sim.Run // the engine's, the kernel's
	Differences []Difference
	Paced       bool          // only an engine that keeps pace with the kernel agrees with it, and that is its run
	Late        time.Duration // how much too late, at worst, something was done to the kernel: the machine was busy
	judge       *judge
}

// Horizon is when the last thing of a run happens that shows on the wire or in a program; what follows are only timers that run out.
func Horizon(run sim.Run) tcp.Time {
	for i := run.Len() - 1; i >= 0; i-- {
		if s := run.Step(i); s.Cause != sim.CauseTimer || len(s.Sent) > 0 {
			return s.At
		}
	}
	return 0
}

// Kernel runs a program by the engine, and once more with the real kernel in the place of one host, and compares what can be observed of
// both up to t.Until, or up to the engine's horizon. Where they differ, the engine runs again in pace with the kernel (sim.Paced), and that
// run counts when it agrees. It takes as long as the run does. The error is a *kernel.Missing where no kernel can be
// had, or a *sim.CannotStandIn.
func Kernel(p *sim.Program, host int, t Tolerance) (*Verdict, error) {
	if err := (sim.StandIn{Host: host}).Fits(p); err != nil {
		return nil, err
	}
	k, err := kernel.New(p.Hosts[host].Addr)
	if err != nil {
		return nil, err
	}
	defer k.Close()
	return With(k, p, host, t)
}

// With is Kernel with any subject that stands in.
func With(s sim.Subject, p *sim.Program, host int, t Tolerance) (*Verdict, error) {
	run := sim.NewTimeline(p)
	if t.Until == 0 {
		t.Until = Horizon(run)
	}
	stand := sim.StandIn{Host: host, Subject: s, Slack: answering, Until: t.end()}
	rec, err := stand.Run(p)
	if err != nil {
		return nil, err
	}
	v := newVerdict(run, rec, host, t)
	if len(v.Differences) == 0 {
		return v, nil
	}
	t.Until = t.Until.Add(v.Late) // as much later it all happens
	for _, alone := range []bool{false, true} {
		if stand.Subject, err = sim.NewPaced(rec, host, alone); err != nil {
			return nil, err
		}
		paced, err := stand.Run(p)
		if err != nil {
			return nil, err
		}
		if w := newVerdict(paced, rec, host, t); len(w.Differences) == 0 {
			w.Paced = true
			return w, nil
		}
	}
	return v, nil
}

func newVerdict(a, b sim.Run, host int, t Tolerance) *Verdict {
	j := newJudge(a, b, t)
	return &Verdict{Host: host, Until: t.Until, Runs: [2]sim.Run{a, b}, Differences: j.diffs, Late: j.b.late, judge: j}
}

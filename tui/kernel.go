package tui

import (
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"tcptutor/tcp/kernel"
	"tcptutor/tcp/sim"
	"tcptutor/tcp/trace"
	"tcptutor/tcp/verify"
)

// The run on the screen once more with this machine's kernel in a host's place: beside the screen, for it takes as long as the run does.

// verifyMsg is how that ended.
type verifyMsg struct {
	of  *lessonState
	own Story
	v   *verify.Verdict
	err error
}

// askKernel asks for whom the kernel is to stand in.
func (m *Model) askKernel() tea.Cmd { return m.offer(sayAskKernel, m.kernelRows()) }

// kernelRows are the hosts that the kernel could stand in for; none of a recording, which can't be run again.
func (m *Model) kernelRows() []overRow {
	run, ok := m.lesson.own().Run.(*sim.Timeline)
	if !ok {
		return nil
	}
	var rows []overRow
	for h, spec := range run.Program().Hosts {
		rows = append(rows, overRow{label: m.sayf(sayIsKernel, spec.Name), do: Intent{Kind: Kernel, N: h}})
	}
	return rows
}

// runKernel lets the kernel stand in for host h. One runs at a time.
func (m *Model) runKernel(h int) tea.Cmd {
	l := m.lesson
	own := l.own()
	run, ok := own.Run.(*sim.Timeline)
	if !ok || h < 0 || h >= len(run.Program().Hosts) || m.verifying {
		return nil
	}
	p, until := run.Program(), verify.Horizon(run)
	m.verifying = true
	m.told = m.sayf(sayKernelRuns, p.Hosts[h].Name, time.Duration(until).Round(100*time.Millisecond).String())
	check := m.opt.Verify
	if check == nil {
		check = verify.Kernel
	}
	return func() tea.Msg {
		v, err := check(p, h, verify.Tolerance{Until: until, Slack: verify.Slack})
		return verifyMsg{l, own, v, err}
	}
}

// verified shows both runs where they part, or says that they agree; nothing where the learner has gone elsewhere.
func (m *Model) verified(msg verifyMsg) {
	m.verifying = false
	if m.lesson != msg.of {
		return
	}
	m.told = ""
	if missing, ok := errors.AsType[*kernel.Missing](msg.err); ok {
		what, how := missing.In(trace.Lang(m.lang))
		m.status = what + "; " + how
		return
	}
	if cannot, ok := errors.AsType[*sim.CannotStandIn](msg.err); ok {
		m.status = verify.Explain(cannot, trace.Lang(m.lang))
		return
	}
	if msg.err != nil {
		m.fail(msg.err)
		return
	}
	if m.screen != lessonScreen || m.over != nil {
		m.told = msg.v.Summary(trace.Lang(m.lang))
		return
	}
	name := msg.v.Runs[0].Program().Hosts[msg.v.Host].Name
	title := Text{m.sayIn(English, sayIsKernel, Text{name, name}), m.sayIn(Chinese, sayIsKernel, Text{name, name})}
	s := &compareState{
		title: title, about: kernelAbout(msg.v), c: msg.v.Comparison(),
		explain: Text{msg.v.Explanation(trace.English), msg.v.Explanation(trace.Chinese)},
	}
	s.sides = [2]compareSide{{sayEngine, ladder{run: msg.v.Runs[0]}}, {title, ladder{run: msg.v.Runs[1]}}}
	s.seek(s.c.First)
	m.showCompare(s)
}

// kernelAbout is the verdict as prose.
func kernelAbout(v *verify.Verdict) Prose {
	var about Prose
	for l := range NumLangs {
		about[l] = []Block{{Kind: Paragraph, Spans: []Span{{Text: v.Summary(trace.Lang(l))}}}}
	}
	return about
}

package study

import (
	_ "embed" // for live.tcp
	"fmt"
	"io"
	"time"

	"tcptutor/quiz/progress"
	"tcptutor/tcp"
	"tcptutor/tcp/host"
	"tcptutor/tcp/kernel"
	"tcptutor/tcp/sim"
	"tcptutor/tui"
)

// LiveText is the scenario that is run live unless somebody has one of their own: a web server.
//
//go:embed live.tcp
var LiveText []byte

// LiveDoor is the name of a live run's door, by which another terminal reaches the kernel's side: one for each progress.
func LiveDoor() string { return progress.DefaultPath() }

// Live is a host of the engine in the learner's hands, with this machine's own kernel at the other end of the wire. It is a tui.Live.
type Live struct {
	run    *sim.Live
	story  tui.Story
	kernel *kernel.Kernel
	door   io.Closer
}

var _ tui.Live = (*Live)(nil)

// NewLive begins a program live: its host goes on until it waits for the wire, or is about to connect.
func NewLive(p *sim.Program) (*Live, error) {
	run, err := sim.NewLive(p)
	if err != nil {
		return nil, err
	}
	k, err := kernel.New(across(p.Hosts[0].Addr))
	if err != nil {
		return nil, err
	}
	l := &Live{run: run, kernel: k}
	l.story = tui.Story{Run: run, Book: p.Books(), Find: Finder(run), Outside: tui.Text{English: "kernel", Chinese: "内核"}}
	door, err := k.OpenDoor(LiveDoor())
	if err != nil {
		k.Close()
		return nil, err
	}
	l.door = door
	for happened := true; happened && err == nil && !l.connects(); {
		happened, err = l.Let()
	}
	if err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

// connects reports whether a connect() is what happens next.
func (l *Live) connects() bool {
	waits := l.run.Waits()
	return len(waits) > 0 && waits[0].Cause == sim.CauseCall && waits[0].Call.Op == host.OpConnect
}

// across is an address for the other end of a wire.
func across(addr tcp.Addr) tcp.Addr {
	first, second := tcp.IPv4(10, 0, 0, 1), tcp.IPv4(10, 0, 0, 2)
	if !addr.Is4() {
		first, second = tcp.Addr{0: 0xfd, 15: 1}, tcp.Addr{0: 0xfd, 15: 2}
	}
	if addr == first {
		return second
	}
	return first
}

// Title names the run.
func (l *Live) Title() tui.Text {
	return tui.Text{English: "Live: you and this machine's kernel", Chinese: "现场：你和这台机器的内核"}
}

// Try is a command for the kernel's side that meets the program: a client of its server, or a server for its client.
func (l *Live) Try() string {
	p := l.run.Program()
	for i := range p.Threads {
		for _, line := range p.Threads[i].Lines {
			to := line.Call.Addr
			switch {
			case line.Kind != sim.LineCall:
			case line.Call.Op == host.OpBind && to.Port > 0:
				return fmt.Sprintf("curl http://%v/", tcp.Endpoint{Addr: p.Hosts[0].Addr, Port: to.Port})
			case line.Call.Op == host.OpConnect:
				return fmt.Sprintf("nc -l -p %d", to.Port)
			}
		}
	}
	return "ss -tan"
}

// Story is the run so far.
func (l *Live) Story() tui.Story { return l.story }

// Now is the wall clock since the run began, in whole milliseconds: nobody reads more.
func (l *Live) Now() tcp.Time { return coarse(l.kernel.Now()) }

func coarse(t tcp.Time) tcp.Time { return t - t%tcp.Time(time.Millisecond) }

// Waits are what waits to happen.
func (l *Live) Waits() []sim.Pending { return l.run.Waits() }

// Let lets the first of them happen; what the host sends goes onto the wire.
func (l *Live) Let() (bool, error) {
	sent, happened, err := l.run.Let(l.Now())
	for i := range sent {
		if err == nil && sent[i].Dst.Addr == across(l.run.Program().Hosts[0].Addr) {
			err = l.kernel.Inject(sent[i])
		}
	}
	return happened, told(err)
}

// Listen waits until the kernel sends something.
func (l *Live) Listen() (take func(), err error) {
	events, err := l.kernel.Wait(tcp.Never, nil)
	if err != nil {
		return nil, err
	}
	return func() {
		for _, e := range events {
			if e.Sent && e.Seg.Dst.Addr == l.run.Program().Hosts[0].Addr {
				l.run.Hear(coarse(e.At), e.Seg)
			}
		}
	}, nil
}

// Close ends the run, and what was started on the kernel's side with it.
func (l *Live) Close() error {
	l.door.Close()
	return l.kernel.Close()
}

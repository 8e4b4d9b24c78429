package observe

import (
	"fmt"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/sim"
)

// The functions of values. Their arguments are texts; those written out in an expression have been checked when it was compiled.

func (e *evaluation) moment(text string) (sim.Moment, error) {
	return ParseMoment(e.run.Program(), text)
}

// find gives the step of a moment, or a NeverError.
func (e *evaluation) find(text string) (sim.Moment, int, error) {
	m, err := e.moment(text)
	if err != nil {
		return m, 0, err
	}
	i, ok := FindMoment(e.run, m)
	if !ok {
		return m, 0, &NeverError{FormatMoment(e.run.Program(), m)}
	}
	return m, i, nil
}

func (e *evaluation) count(text string) (int, error) {
	m, err := e.moment(text)
	if err != nil {
		return 0, err
	}
	return sim.Count(e.run, m, e.at), nil
}

func (e *evaluation) total(text string) (int, error) {
	m, err := e.moment(text)
	if err != nil {
		return 0, err
	}
	return sim.Count(e.run, m, e.run.Len()), nil
}

func (e *evaluation) when(text string) (time.Duration, error) {
	_, i, err := e.find(text)
	if err != nil {
		return 0, err
	}
	return time.Duration(e.run.Step(i).At), nil
}

// step counts from 1: it is the number of steps there are when the moment has happened.
func (e *evaluation) step(text string) (int, error) {
	_, i, err := e.find(text)
	return i + 1, err
}

func (e *evaluation) between(from, to string) (time.Duration, error) {
	a, err := e.when(from)
	if err != nil {
		return 0, err
	}
	b, err := e.when(to)
	return b - a, err
}

func (e *evaluation) segment(text string) (segmentView, error) {
	m, i, err := e.find(text)
	if err != nil {
		return segmentView{}, err
	}
	if !aboutSegment(m) {
		return segmentView{}, fmt.Errorf("%s names no segment", text)
	}
	return segmentOf(e.run, m, i), nil
}

func aboutSegment(m sim.Moment) bool {
	return m.Event == sim.Sends || m.Event == sim.Gets || m.Event == sim.Loses
}

func (e *evaluation) valueAt(moment, text string) (any, error) {
	_, i, err := e.find(moment)
	if err != nil {
		return nil, err
	}
	v, err := (&evaluation{run: e.run, at: i + 1, depth: e.depth + 1}).value(text)
	return v.Any, err
}

func (e *evaluation) sysctl(who, name string) (int, error) {
	h, knob, err := findSysctl(e.run.Program(), who, name)
	if err != nil {
		return 0, err
	}
	return int(e.run.View(e.at).Hosts[h].Sysctl[knob]), nil
}

func findSysctl(p *sim.Program, who, name string) (int, tcp.Sysctl, error) {
	for h := range p.Hosts {
		if p.Hosts[h].Name != who {
			continue
		}
		knob, ok := tcp.ParseSysctl(name)
		if !ok {
			return 0, 0, fmt.Errorf("no sysctl is called %s", name)
		}
		return h, knob, nil
	}
	return 0, 0, fmt.Errorf("no host is called %s", who)
}

func findBook(name string) (bookView, error) {
	b, err := tcp.FindBook(name)
	if err != nil {
		return bookView{}, err
	}
	return viewBook(b), nil
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

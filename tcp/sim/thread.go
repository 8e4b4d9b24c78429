package sim

import (
	"tcptutor/tcp"
	"tcptutor/tcp/host"
)

// stepThread lets a thread of a program do its next thing: begin a line, or come back from a call that had blocked.
func (w *World) stepThread(p *Program, s *Step, i int) {
	t, spec := &w.Threads[i], &p.Threads[i]
	s.Host, s.Thread, s.Line = uint8(spec.Host), int32(i), t.Line
	h := &w.Hosts[spec.Host]
	line := &spec.Lines[t.Line]
	if t.Inside {
		s.Cause = CauseReturn
		task := &h.Tasks[t.Task]
		s.Call = task.Call
		s.Returned = h.Resume(s.turn, w.Now, int(t.Task))
		w.afterCall(p, s, i, line)
		return
	}
	if line.Kind == LineWait {
		w.pause(p, s, i, line)
		return
	}
	s.Cause = CauseCall
	w.callOf(t, line, &s.Call)
	s.Returned = h.Start(s.turn, w.Now, int(t.Task), &s.Call)
	w.afterCall(p, s, i, line)
}

// pause begins a `wait` line.
func (w *World) pause(p *Program, s *Step, i int, line *Line) {
	s.Cause = CauseWait
	w.Threads[i].Wake = w.Now.Add(line.Wait)
	w.advance(p, i)
}

// callOf makes c the call of a line as it is made now: with its descriptor, and for the bytes that are still wanted.
func (w *World) callOf(t *Thread, line *Line, c *host.Call) {
	*c = line.Call
	if line.FDVar >= 0 {
		c.FD = w.Vars[line.FDVar].FD
	}
	if line.Kind == LineReadUntil && line.Until > 0 {
		c.A = line.Until - t.Got
	}
}

// afterCall notes what a call returned and moves the thread on.
func (w *World) afterCall(p *Program, s *Step, i int, line *Line) {
	task := w.task(p, i)
	s.Conn = task.Sock
	w.Threads[i].Inside = !s.Returned
	if s.Returned {
		s.Result = task.Result
		w.returned(p, s, i, line)
	}
}

// returned moves a thread on whose call is over.
func (w *World) returned(p *Program, s *Step, i int, line *Line) {
	t := &w.Threads[i]
	if line.Assign >= 0 {
		w.assign(p, s, line.Assign)
	}
	if line.Kind == LineReadUntil && s.Result.Value > 0 {
		t.Got += s.Result.Value
		if line.Until == 0 || t.Got < line.Until {
			return
		}
	}
	w.advance(p, i)
	switch s.Call.Op {
	case host.OpFork:
		child := &w.Threads[s.Call.A]
		child.Unborn = false
		w.Hosts[s.Host].Adopt(int(child.Task), int(s.Result.Value))
	case host.OpExit, host.OpKill, host.OpReboot:
		w.endThreads(p, int(s.Host))
	}
}

// assign puts a call's result into a variable; with a descriptor, the socket it names too.
func (w *World) assign(p *Program, s *Step, v int) {
	w.Vars[v].FD = int32(s.Result.Value)
	w.Vars[v].Sock = 0
	h := &w.Hosts[s.Host]
	fds := h.Procs[w.task(p, int(s.Thread)).Proc].FDs
	if fd := s.Result.Value; fd >= 0 && fd < int64(len(fds)) && s.Result.Errno == tcp.OK && makesFD(s.Call.Op) {
		w.Vars[v].Sock = fds[fd].Sock
	}
}

func makesFD(o host.Op) bool { return o == host.OpSocket || o == host.OpAccept || o == host.OpDup }

// advance moves a thread to its next line.
func (w *World) advance(p *Program, i int) {
	t := &w.Threads[i]
	t.Line++
	t.Got = 0
	t.runnable = false
	t.Over = int(t.Line) >= len(p.Threads[i].Lines)
}

// endThreads stops the threads of a host's processes that are gone.
func (w *World) endThreads(p *Program, h int) {
	for i := range w.Threads {
		if p.Threads[i].Host == h && !w.Threads[i].Unborn && !w.Hosts[h].Procs[w.task(p, i).Proc].Alive {
			w.Threads[i].Over, w.Threads[i].Inside = true, false
		}
	}
}

package sim

import (
	"slices"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
)

// What a subject is seen to do becomes the steps of a mixed run.

// begin starts a step of the subject's at this instant.
func (m *mixed) begin(cause CauseKind) {
	m.w.begin(&m.step, m.w.Now)
	clear(m.hits)
	m.step.Cause, m.step.Host = cause, uint8(m.Host)
	m.open, m.mine, m.copied, m.done = true, true, 0, m.w.Now
}

// note appends a fact about one of the subject's sockets.
func (m *mixed) note(kind tcp.FactKind, conn int32) *tcp.Fact {
	m.step.Facts = append(m.step.Facts, tcp.Fact{Kind: kind, Host: uint8(m.Host), Conn: conn})
	return &m.step.Facts[len(m.step.Facts)-1]
}

// tell takes in what the subject has done: it belongs to the step under way, or to the last one, or is one of its own.
func (m *mixed) tell(e *SubjectEvent) error {
	at := max(e.At-m.base, m.w.Now)
	if e.Sent {
		left := Departure{At: e.At - m.base}
		left.Answer = m.mine && left.At >= m.done.Add(-m.Slack) && left.At <= m.done.Add(m.Slack)
		m.rec.Left = append(m.rec.Left, left)
		if !m.mine || at > m.done.Add(m.Slack) {
			if err := m.close(); err != nil {
				return err
			}
			m.w.Now = at
			m.begin(CauseTimer)
			m.step.Conn, m.step.Timer = m.timerOf(m.connOf(e.Seg.Src, e.Seg.Dst))
		}
		m.reopen()
		return m.sends(e.Seg)
	}
	i := m.threadOf(e.Thread)
	if !m.open || m.step.Cause != CauseCall || int(m.step.Thread) != i || m.step.Returned {
		if err := m.close(); err != nil {
			return err
		}
		m.w.Now = at
		m.begin(CauseReturn)
		m.step.Thread, m.step.Line = int32(i), m.w.Threads[i].Line
		m.step.Call = m.calls[i].call
		m.step.Conn = m.calls[i].conn
	}
	m.step.Result, m.step.Returned = e.Result, true
	return nil
}

// threadOf is the thread of the program that the subject calls by a number.
func (m *mixed) threadOf(task int) int {
	return slices.IndexFunc(m.p.Threads, func(s ThreadSpec) bool {
		if s.Host == m.Host {
			task--
		}
		return task < 0
	})
}

// reopen makes the last step, which is the subject's, the one under way again.
func (m *mixed) reopen() {
	if m.open {
		return
	}
	m.open = true
	n := len(m.rec.Steps) - 1
	m.rec.Steps, m.rec.Views, m.rec.Late = m.rec.Steps[:n], m.rec.Views[:n+1], m.rec.Late[:n]
}

// sends puts a segment of the subject's on the wire.
func (m *mixed) sends(seg tcp.Segment) error {
	// By now the connection may be over, and that of a SYN may be new.
	conn := connOf(&m.rec.View(len(m.rec.Steps)).Hosts[m.Host], seg.Src, seg.Dst)
	if conn == 0 || seg.Flags.Has(tcp.SYN) { // a look takes its time, and puts off what is to be done next
		if _, err := m.see(); err != nil {
			return err
		}
		if now := m.connOf(seg.Src, seg.Dst); conn == 0 || now != 0 {
			conn = now
		}
	}
	if conn == 0 {
		conn = m.step.Conn
	}
	from := len(m.step.Sent)
	now := m.w.Now
	m.sent = max(m.sent, now) // what is done late may belong to an instant before the last segment's: segments stay in order
	m.w.Now = m.sent
	m.w.send(m.p, &m.step, &seg, conn, m.again(&seg))
	m.w.Now = now
	m.stamp(&seg)
	m.note(tcp.SegmentSent, conn).To = int64(from)
	return nil
}

// stamp notes how a connection's timestamp clock stands.
func (m *mixed) stamp(seg *tcp.Segment) {
	if seg.Opt.Has(tcp.OptTS) && m.connOf(seg.Src, seg.Dst) != 0 { // a cookie hides other things there
		f := m.flow(seg.Src, seg.Dst)
		f.stamped, f.clock = true, seg.Opt.TSVal-uint32(time.Duration(m.w.Now).Milliseconds())
	}
}

// flow is how far the subject has come with sending to a peer; nil when it has sent nothing.
func (m *mixed) flow(src, dst tcp.Endpoint) *outflow {
	i := slices.IndexFunc(m.flows, func(f outflow) bool { return f.src == src && f.dst == dst })
	if i < 0 {
		return nil
	}
	return &m.flows[i]
}

// again tells whether all that a segment carries has been sent before.
func (m *mixed) again(seg *tcp.Segment) bool {
	f := m.flow(seg.Src, seg.Dst)
	if f == nil {
		m.flows = append(m.flows, outflow{src: seg.Src, dst: seg.Dst, iss: seg.Seq, end: seg.Seq})
		f = &m.flows[len(m.flows)-1]
	}
	if seg.Flags.Has(tcp.SYN) && (seg.Seq != f.iss || seg.Flags.Has(tcp.ACK) != f.answered) {
		// A new connection between the same ends, or one that both have opened.
		f.iss, f.end, f.answered = seg.Seq, seg.Seq, seg.Flags.Has(tcp.ACK)
	}
	if seg.Flags.Has(tcp.RST) {
		return false
	}
	if seg.Len() == 0 { // a probe has an old number
		return seg.Seq.Since(f.end) < 0
	}
	again := seg.End().Since(f.end) <= 0
	if !again {
		f.end = seg.End()
	}
	return again
}

// close ends the step under way, if there is one: its facts are made and its moments counted.
func (m *mixed) close() error {
	if !m.open {
		return nil
	}
	m.open = false
	if _, err := m.see(); err != nil {
		return err
	}
	m.w.duplicate(&m.step, m.copied)
	m.copied = len(m.step.Sent)
	m.settle()
	if c := m.step.Packet.Seg; m.step.Cause == CauseArrive && !c.Flags.Has(tcp.SYN) {
		if id := m.connOf(c.Dst, c.Src); id != 0 { // a cookie has come back
			m.step.Conn = id
		}
	}
	for i := range m.p.Moments {
		n := int32(m.p.Moments[i].Matches(m.p, m.w, &m.step))
		if more := n - m.hits[i]; more > 0 {
			m.w.hit(m.p, i, more)
		}
		m.hits[i] = n
	}
	m.w.schedule(m.p)
	m.keep()
	return nil
}

// settle notes how the step's call stands, and moves its thread on when it is over.
func (m *mixed) settle() {
	s := &m.step
	if s.Thread < 0 || s.Cause != CauseCall && s.Cause != CauseReturn {
		return
	}
	i := int(s.Thread)
	t := &m.w.Threads[i]
	if !s.Returned {
		m.calls[i] = underWay{s.Call, s.Conn}
		f := m.note(tcp.CallBlocked, s.Conn)
		f.From, f.To = int64(s.Call.Op), int64(t.Task)
		return
	}
	if !t.Inside { // told before, when the step was closed for the first time
		return
	}
	t.Inside = false
	if s.Call.Op == host.OpSocket {
		s.Conn = m.sock(i, int32(s.Result.Value))
	}
	f := m.note(tcp.CallReturned, s.Conn)
	f.Errno, f.From, f.To = s.Result.Errno, int64(s.Call.Op), s.Result.Value
	if s.Call.Op == host.OpRead && s.Result.Value > 0 {
		m.note(tcp.BytesRead, s.Conn).To = s.Result.Value
	}
	m.w.returned(m.p, s, i, &m.p.Threads[i].Lines[s.Line])
}

// keep records the step, if there is one, and what the world is like now.
func (m *mixed) keep() {
	if len(m.rec.Views) > 0 {
		m.rec.Steps = append(m.rec.Steps, Step{})
		m.step.copyInto(&m.rec.Steps[len(m.rec.Steps)-1])
		late := time.Duration(0)
		if m.mine {
			late = max(m.done.Since(m.step.At), 0)
		}
		m.rec.Late = append(m.rec.Late, late)
	}
	m.rec.Views = append(m.rec.Views, World{})
	m.w.CopyInto(&m.rec.Views[len(m.rec.Views)-1])
}

// see looks at the subject. What has changed becomes facts of the step under way; it reports whether anything has.
func (m *mixed) see() (bool, error) {
	if err := m.Subject.Look(&m.look); err != nil {
		return false, err
	}
	old, now := &m.w.Hosts[m.Host], &m.look
	n := len(m.step.Facts)
	for s := range now.Live {
		m.rebase(&s.TCB)
		m.compare(old.Sock(s.ID), s)
	}
	for s := range old.Live {
		if now.Sock(s.ID) == nil {
			if s.TCB.State != tcp.Closed {
				m.change(s.ID, s.TCB.State, tcp.Closed)
			}
			m.note(tcp.Forgotten, s.ID)
		}
	}
	for c := range now.Counters {
		if from, to := old.Counters[c], now.Counters[c]; from != to {
			f := m.note(tcp.Counted, 0)
			f.Field, f.From, f.To = tcp.Field(c), from, to
		}
	}
	now.Index, now.Addr, now.Book, now.Sysctl = old.Index, old.Addr, old.Book, old.Sysctl
	now.Relink()
	for i := len(now.Tasks); i < len(old.Tasks); i++ { // a thread that the subject has not heard of yet
		now.Tasks = append(now.Tasks, old.Tasks[i])
	}
	now.CopyInto(old)
	return len(m.step.Facts) > n, nil
}

// rebase has a connection's timers and its timestamp clock go by the world's time. The subject may have lived before, and what it does may
// be late; its clock is what it last sent.
func (m *mixed) rebase(t *tcp.TCB) {
	for i := range t.Timer {
		if t.Timer[i] != 0 {
			t.Timer[i] = max(t.Timer[i]-m.base, 1)
		}
	}
	if f := m.flow(t.Local, t.Remote); f != nil && f.stamped {
		t.TSOffset = f.clock
	}
}

// compare notes what has become of a socket; was is nil when it is new.
func (m *mixed) compare(was, is *host.Sock) {
	var none host.Sock
	if was == nil {
		m.note(tcp.Created, is.ID)
		was = &none
	}
	if was.TCB.State != is.TCB.State {
		m.change(is.ID, was.TCB.State, is.TCB.State)
	}
	queue := func(field tcp.Field, from, to int64) {
		if from != to {
			f := m.note(tcp.QueueChanged, is.ID)
			f.Field, f.From, f.To = field, from, to
		}
	}
	queue(0, int64(was.HalfN), int64(is.HalfN))
	queue(1, int64(len(was.Accept)), int64(len(is.Accept)))
}

func (m *mixed) change(conn int32, from, to tcp.State) {
	f := m.note(tcp.Changed, conn)
	f.Field, f.From, f.To = tcp.FieldState, int64(from), int64(to)
}

// connOf finds the connection between two ends, as last seen; 0 when there is none.
func (m *mixed) connOf(local, remote tcp.Endpoint) int32 {
	return connOf(&m.w.Hosts[m.Host], local, remote)
}

func connOf(h *host.Host, local, remote tcp.Endpoint) int32 {
	for s := range h.Live {
		if t := &s.TCB; t.Local == local && t.Remote == remote && t.State != tcp.Closed && t.State != tcp.Listen {
			return s.ID
		}
	}
	return 0
}

// owner is the socket that a segment is for: a connection before a listener; 0 when it is nobody's.
func (m *mixed) owner(seg *tcp.Segment) int32 {
	if id := m.connOf(seg.Dst, seg.Src); id != 0 {
		return id
	}
	id := int32(0)
	for s := range m.w.Hosts[m.Host].Live {
		t := &s.TCB
		switch {
		case t.State != tcp.Listen || t.Local.Port != seg.Dst.Port:
		case t.Local.Addr == seg.Dst.Addr:
			return s.ID
		case t.Local.Addr.IsUnspecified():
			id = s.ID
		}
	}
	return id
}

// sock is the socket that a thread's descriptor names; 0 for none.
func (m *mixed) sock(thread int, fd int32) int32 {
	h := &m.w.Hosts[m.Host]
	fds := h.Procs[m.w.task(m.p, thread).Proc].FDs
	if fd < 0 || int(fd) >= len(fds) {
		return 0
	}
	return fds[fd].Sock
}

// timerOf finds the timer that is due first: of one socket, or, for 0, of all.
func (m *mixed) timerOf(conn int32) (int32, tcp.Timer) {
	id, timer, at := conn, tcp.RetransmitTimer, tcp.Never
	for s := range m.w.Hosts[m.Host].Live {
		if due, t := s.TCB.Next(); due < at && (conn == 0 || conn == s.ID) {
			id, timer, at = s.ID, t, due
		}
	}
	return id, timer
}

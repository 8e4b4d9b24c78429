package host

import "tcptutor/tcp"

// enter makes the turn one of this host, at that instant.
func (h *Host) enter(x *tcp.Turn, now tcp.Time) {
	x.Reset(now, tcp.BookOf(h.Book), &h.Sysctl)
	x.Host = h.Index
}

// Arrive takes in a segment addressed to this host, at that instant: it finds whose it is and lets the book decide.
// It returns the ID of the socket it was for; 0 when nobody's.
func (h *Host) Arrive(x *tcp.Turn, now tcp.Time, seg *tcp.Segment) int32 {
	h.enter(x, now)
	x.Seg = *seg
	slot := h.lookup(seg.Dst, seg.Src)
	if slot < 0 {
		return h.arriveUnowned(x, false)
	}
	s := &h.Socks[slot]
	id := s.ID
	x.Conn = id
	h.fillQueues(x, slot)
	before := len(x.Out)
	tcp.Arrive(x, &s.TCB)
	h.after(x, slot)
	h.countResets(x, before)
	if x.Events&tcp.EvReopen != 0 {
		h.arriveUnowned(x, true)
	}
	return id
}

// arriveUnowned is for segments of no connection: a listener's, or nobody's. With reopened, x.ISS is already chosen:
// it follows the old connection's numbers.
func (h *Host) arriveUnowned(x *tcp.Turn, reopened bool) int32 {
	x.Events = 0
	before := len(x.Out)
	id := h.arriveAtListener(x, reopened)
	h.countResets(x, before)
	return id
}

func (h *Host) arriveAtListener(x *tcp.Turn, reopened bool) int32 {
	slot := h.listener(x.Seg.Dst)
	if slot < 0 {
		x.Conn = 0
		tcp.ArriveAtNobody(x)
		return 0
	}
	id := h.Socks[slot].ID
	x.Conn = id
	h.fillQueues(x, slot)
	h.fillCookie(x, slot)
	tcp.Arrive(x, &h.Socks[slot].TCB)
	refused := x.Events&tcp.EvRefused != 0
	h.countDrops(x)
	switch {
	case x.Events&tcp.EvCookie != 0:
		h.sendCookie(x, slot)
	case x.Events&tcp.EvCookieBack != 0 && !refused:
		return h.takeCookie(x, slot)
	case x.Events&tcp.EvSpawn != 0:
		if !reopened {
			x.ISS = h.isn(x.Now, x.Seg.Dst, x.Seg.Src)
		}
		h.spawn(x, slot)
	}
	return id
}

// fillQueues tells the rules what they may know of the listener concerned: the socket's own, its parent, or, in
// TIME_WAIT, whoever listens there now.
func (h *Host) fillQueues(x *tcp.Turn, slot int32) {
	x.Queues = tcp.Queues{}
	s := &h.Socks[slot]
	l := int32(-1)
	switch {
	case s.Role == Listener:
		l = slot
	case s.TCB.State == tcp.TimeWait:
		l = h.listener(s.TCB.Local)
	case s.Half:
		if p := &h.Socks[s.parent]; p.ID == s.Parent && !p.Dead {
			l = s.parent
		}
	}
	if l < 0 || h.Socks[l].TCB.State != tcp.Listen {
		return
	}
	x.Queues = tcp.Queues{
		Listening: true,
		Backlog:   h.cap(&h.Socks[l]),
		Half:      int(h.Socks[l].HalfN),
		Ready:     len(h.Socks[l].Accept),
		Proven:    h.Sysctl[tcp.Syncookies] == 0 && h.isProven(x.Seg.Src.Addr), // nobody asks otherwise
	}
}

// cap is the backlog in force: what listen() was told, at most somaxconn; a negative one counts as very large (KERNEL §4).
func (h *Host) cap(l *Sock) int {
	return int(min(uint64(uint32(l.Backlog)), uint64(max(h.Sysctl[tcp.Somaxconn], 0))))
}

// spawn makes the connection that a SYN asked a listener for: half-open, in the SYN queue.
func (h *Host) spawn(x *tcp.Turn, listener int32) {
	slot := h.newSock(x, Connection)
	x.Conn = h.adopt(x, listener, slot)
	l, c := &h.Socks[listener], &h.Socks[slot]
	c.Half = true
	h.queueFact(x, l, 0, int64(l.HalfN), int64(l.HalfN)+1)
	l.HalfN++
	tcp.Call(x, &c.TCB, tcp.DoorSpawn)
	h.after(x, slot)
}

// adopt makes a new socket a listener's child: it inherits the options (KERNEL §6). It returns the child's ID.
func (h *Host) adopt(x *tcp.Turn, listener, slot int32) int32 {
	l, c := &h.Socks[listener], &h.Socks[slot]
	l.Born++
	c.Parent, c.parent, c.Child = l.ID, listener, l.Born
	c.Opt, c.Bound = l.Opt, true
	c.TCB.Local, c.TCB.Remote = x.Seg.Dst, x.Seg.Src
	c.inherit()
	h.prepare(&c.TCB)
	return c.ID
}

func (h *Host) queueFact(x *tcp.Turn, l *Sock, queue tcp.Field, from, to int64) {
	f := x.Note(tcp.QueueChanged, l.ID)
	f.Field, f.From, f.To = queue, from, to
}

// after does what a connection's turn asks of the operating system.
func (h *Host) after(x *tcp.Turn, slot int32) {
	s := &h.Socks[slot]
	if x.Events&tcp.EvError != 0 {
		s.Failed = true
		if s.Refs > 0 || s.Waiting {
			s.Err = x.Err
		}
	}
	if x.Events&(tcp.EvEstablished|tcp.EvDialled) == tcp.EvEstablished && s.WriteShut && s.TCB.State == tcp.Established { // KERNEL/16.10
		tcp.Call(x, &s.TCB, tcp.DoorClose)
	}
	if x.Events&tcp.EvClosed != 0 && !s.UserPort { // the port that the kernel chose goes back to it (tcp.c tcp_set_state)
		h.unclaim(slot)
		s.Bound = false
	}
	if x.Events&tcp.EvProven != 0 {
		h.prove(s.TCB.Remote.Addr)
	}
	h.countDrops(x)
	if s.Half && s.TCB.State != tcp.SynRcvd {
		h.leaveSynQueue(x, slot)
	}
	h.settle(x, slot)
}

// leaveSynQueue moves a connection whose handshake is over to the accept queue, or only out, when it failed.
func (h *Host) leaveSynQueue(x *tcp.Turn, slot int32) {
	s, l := &h.Socks[slot], &h.Socks[h.Socks[slot].parent]
	s.Half = false
	if l.ID != s.Parent || l.Dead {
		return
	}
	h.queueFact(x, l, 0, int64(l.HalfN), int64(l.HalfN)-1)
	l.HalfN--
	if s.TCB.State != tcp.Closed {
		h.enqueue(x, slot)
	}
}

// enqueue puts a connection at the end of its listener's accept queue.
func (h *Host) enqueue(x *tcp.Turn, slot int32) {
	s, l := &h.Socks[slot], &h.Socks[h.Socks[slot].parent]
	s.Waiting = true
	h.queueFact(x, l, 1, int64(len(l.Accept)), int64(len(l.Accept))+1)
	l.Accept = append(l.Accept, Ref{s.ID, slot})
	h.wake(l.ID)
}

func (h *Host) count(x *tcp.Turn, c Counter) {
	f := x.Note(tcp.Counted, 0)
	f.Field, f.From = tcp.Field(c), h.Counters[c]
	h.Counters[c]++
	f.To = h.Counters[c]
}

// drops are the events that the kernel keeps statistics of.
const drops = tcp.EvRefused | tcp.EvSynDropped | tcp.EvSynKeptOut | tcp.EvCookieWanted | tcp.EvCookieBack | tcp.EvEmbryonicRst

// countDrops keeps the kernel's statistics of full queues (KERNEL §4).
func (h *Host) countDrops(x *tcp.Turn) {
	if x.Events&drops != 0 {
		h.countDropped(x)
	}
}

func (h *Host) countDropped(x *tcp.Turn) {
	ev := x.Events
	if ev&tcp.EvCookieWanted != 0 {
		h.count(x, TCPReqQFullDoCookies)
	}
	if ev&tcp.EvCookieBack != 0 {
		h.count(x, SyncookiesRecv)
	}
	switch {
	case ev&tcp.EvRefused != 0:
		h.count(x, ListenOverflows)
		h.count(x, ListenDrops)
	case ev&tcp.EvSynDropped != 0:
		h.count(x, TCPReqQFullDrop)
		h.count(x, ListenDrops)
	case ev&tcp.EvSynKeptOut != 0:
		h.count(x, ListenDrops)
	}
	if ev&tcp.EvEmbryonicRst != 0 {
		h.count(x, EmbryonicRsts)
	}
	x.Events &^= tcp.EvRefused | tcp.EvSynDropped | tcp.EvSynKeptOut | tcp.EvCookieWanted | tcp.EvEmbryonicRst
}

func (h *Host) countResets(x *tcp.Turn, from int) {
	for i := from; i < len(x.Out); i++ {
		if x.Out[i].Flags.Has(tcp.RST) {
			h.count(x, OutRsts)
		}
	}
}

// Expire fires the host's earliest timer, which must be due at that instant. It returns the socket's ID and which
// timer it was.
func (h *Host) Expire(x *tcp.Turn, now tcp.Time) (int32, tcp.Timer) {
	h.enter(x, now)
	slot := h.timers[0]
	s := &h.Socks[slot]
	_, timer := s.TCB.Next()
	id := s.ID
	x.Conn = id
	h.fillQueues(x, slot)
	tcp.Expire(x, &s.TCB, timer)
	h.after(x, slot)
	h.countResets(x, 0)
	return id, timer
}

//go:build linux

package kernel

import (
	"cmp"
	"slices"
	"sync"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
)

// knowledge is what has to be remembered about sockets from one look to the next.
type knowledge struct {
	heard   map[flow]*numbers // what the wire says of each direction of a connection
	claimed map[flow]*numbers // and what peers' SYNs say, which the host has not acknowledged
	ids     map[uint64]int32  // cookie -> ID
	serial  int32             // last ID given
	held    map[uint64]bool   // sockets that a program has held
	parent  map[uint64]birth  // whose child a socket is
	births  map[uint64]int32  // listener's cookie -> children so far
}

// flow is a direction of a connection.
type flow struct{ from, to tcp.Endpoint }

// numbers are what one side of a connection has said: its first sequence number, the next one after all that have passed, and its timestamp.
type numbers struct {
	first, next tcp.Seq
	acked       tcp.Seq // how far the other side has acknowledged them (RFC 7323 §4.3 Last.ACK.sent)
	stamped     bool    // the SYN carried a timestamp
	recent      uint32  // the timestamp that the other side has to echo (TS.Recent), ms
}

// birth says of which listener a connection is a child, and which of its children.
type birth struct {
	listener uint64
	number   int32
}

func newKnowledge() knowledge {
	k := knowledge{}
	k.forget()
	return k
}

// forget forgets every socket. No ID is used again.
func (k *knowledge) forget() {
	*k = knowledge{
		serial: k.serial, heard: map[flow]*numbers{}, claimed: map[flow]*numbers{}, ids: map[uint64]int32{}, held: map[uint64]bool{},
		parent: map[uint64]birth{}, births: map[uint64]int32{},
	}
}

// said takes down what the host has sent. Its acknowledgements tell which SYN of the peer's has begun a connection, its echoes what it has
// taken of the peer's timestamps.
func (k *knowledge) said(seg *tcp.Segment) {
	f, back := flow{seg.Src, seg.Dst}, flow{seg.Dst, seg.Src}
	syn, ack, stamp := seg.Flags.Has(tcp.SYN), seg.Flags.Has(tcp.ACK), seg.Opt.Has(tcp.OptTS)
	if syn && !k.heard[f].beginWith(seg) {
		k.heard[f] = begin(seg)
		if !ack && f != back { // a connection that the peer knows nothing of yet
			delete(k.heard, back)
			delete(k.claimed, back)
		}
	}
	n := k.heard[f]
	if n == nil {
		return
	}
	n.pass(seg)
	if !ack {
		return
	}
	if c := k.claimed[back]; c != nil && seg.Ack == c.first.Add(1) && (syn || k.heard[back] == nil) {
		k.heard[back] = c
		delete(k.claimed, back)
	}
	if peer := k.heard[back]; peer != nil {
		peer.acked = seg.Ack
		if stamp {
			peer.recent = seg.Opt.TSEcr
		}
	}
}

// got takes down what comes to the host. A SYN may be old or forged: its numbers are claimed, until they are acknowledged. A timestamp counts
// where the ACK does (KERNEL/16.19).
func (k *knowledge) got(seg *tcp.Segment) {
	f := flow{seg.Src, seg.Dst}
	n := k.heard[f]
	if seg.Flags.Has(tcp.SYN) {
		if !n.beginWith(seg) {
			k.claimed[f] = begin(seg)
		}
		return
	}
	if n == nil {
		return
	}
	n.pass(seg)
	host := k.heard[flow{seg.Dst, seg.Src}]
	if host == nil || !seg.Flags.Has(tcp.ACK) || seg.Flags.Has(tcp.RST) || seg.Ack.Since(host.acked) < 0 || seg.Ack.Since(host.next) > 0 {
		return
	}
	host.acked = seg.Ack
	if seg.Opt.Has(tcp.OptTS) && int32(seg.Opt.TSVal-n.recent) > 0 && seg.Seq.Since(n.acked) <= 0 {
		n.recent = seg.Opt.TSVal
	}
}

func begin(syn *tcp.Segment) *numbers {
	return &numbers{first: syn.Seq, next: syn.End(), acked: syn.Seq, stamped: syn.Opt.Has(tcp.OptTS), recent: syn.Opt.TSVal}
}

// beginWith reports whether a SYN is the one that the numbers begin with; without numbers it is not.
func (n *numbers) beginWith(syn *tcp.Segment) bool { return n != nil && n.first == syn.Seq }

// pass moves the next number on; an old segment does not take it back, and a RST has no say.
func (n *numbers) pass(seg *tcp.Segment) {
	if !seg.Flags.Has(tcp.RST) && seg.End().Since(n.next) > 0 {
		n.next = seg.End()
	}
}

// id is the serial number of a socket; a new one for one that was never seen.
func (k *knowledge) id(cookie uint64) int32 {
	if k.ids[cookie] == 0 {
		k.serial++
		k.ids[cookie] = k.serial
	}
	return k.ids[cookie]
}

// hold notes that a program holds a socket.
func (k *knowledge) hold(cookie uint64) {
	k.id(cookie)
	k.held[cookie] = true
}

// Look fills h with what sock_diag, TCP_INFO and /proc tell, and the wire. See sim.Subject.
func (k *Kernel) Look(h *host.Host) error {
	k.mu.Lock()
	procs := slices.Clone(k.procs)
	k.mu.Unlock()
	tables := make([]*look, len(procs))
	var asked sync.WaitGroup // all at once: a look is made after each thing that is done, and puts the next one off
	for i, p := range procs {
		asked.Go(func() { tables[i] = k.ask(p) })
	}
	a, _, err := k.machine.space.ask(order{Look: true})
	asked.Wait()
	if err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.err != nil {
		return k.err
	}
	h.Addr, h.Sysctl, h.Counters = k.addr, k.sysctl, a.Look.Counters
	k.known.sockets(h, a.Look.Socks, tables, k.Now())
	h.Procs = h.Procs[:0]
	for i, t := range tables {
		h.Procs = append(h.Procs, host.Process{Alive: t != nil && procs[i].alive(), FDs: k.known.table(t)})
	}
	h.Tasks = h.Tasks[:0]
	for i := range k.threads {
		if t := &k.threads[i]; t.used {
			for len(h.Tasks) < i {
				h.Tasks = append(h.Tasks, host.Task{})
			}
			task := t.task
			if fds := h.Procs[t.proc].FDs; task.Call.Op != host.OpSocket && task.Call.FD >= 0 && int(task.Call.FD) < len(fds) {
				task.Sock = fds[task.Call.FD].Sock
			}
			h.Tasks = append(h.Tasks, task)
		}
	}
	return nil
}

// table is a process's descriptor table.
func (k *knowledge) table(l *look) []host.FD {
	fds := make([]host.FD, 3)
	if l == nil {
		return fds
	}
	for _, d := range l.FDs {
		for int(d.FD) >= len(fds) {
			fds = append(fds, host.FD{})
		}
		fds[d.FD] = host.FD{Sock: k.id(d.Cookie), Nonblock: d.Nonblock}
	}
	return fds
}

// sockets fills h.Socks, by ID: those of sock_diag, and those that have no connection and are only descriptors.
func (k *knowledge) sockets(h *host.Host, list []seen, tables []*look, now tcp.Time) {
	refs, descriptors := map[uint64]int32{}, map[uint64]descriptor{}
	for _, t := range tables {
		if t == nil {
			continue
		}
		for _, d := range t.FDs {
			refs[d.Cookie]++
			descriptors[d.Cookie] = d
			k.hold(d.Cookie)
		}
	}
	slices.SortFunc(list, func(a, b seen) int { return cmp.Compare(a.Cookie, b.Cookie) }) // cookies are given in order of birth
	h.Socks = h.Socks[:0]
	for i := range list {
		s := k.socket(&list[i], now)
		s.Refs = refs[list[i].Cookie]
		delete(descriptors, list[i].Cookie)
		h.Socks = append(h.Socks, s)
	}
	for cookie, d := range descriptors {
		s := host.Sock{Face: host.Face{ID: k.id(cookie), Refs: refs[cookie], HadFD: true, Bound: d.Local.Port != 0}}
		s.TCB.Local = d.Local
		h.Socks = append(h.Socks, s)
	}
	slices.SortFunc(h.Socks, func(a, b host.Sock) int { return cmp.Compare(a.ID, b.ID) })
	k.families(h, list)
}

// socket is a socket of sock_diag as a host has it.
func (k *knowledge) socket(d *seen, now tcp.Time) host.Sock {
	held := k.held[d.Cookie]
	s := host.Sock{Face: host.Face{ID: k.id(d.Cookie), Role: host.Connection, HadFD: held, Bound: true}}
	t := &s.TCB
	t.State, t.Local, t.Remote = d.State, d.Local, d.Remote
	if d.State == tcp.Listen {
		s.Role, s.Backlog = host.Listener, int32(d.Send)
		return s
	}
	s.Half = d.State == tcp.SynRcvd && d.Inode == 0
	s.Waiting = !held && !s.Half && d.Inode == 0
	t.Orphan = held && d.Inode == 0
	s.WriteShut = t.State >= tcp.FinWait1 && t.State != tcp.CloseWait
	t.PeerClosed = t.State >= tcp.CloseWait
	t.Unread = d.Recv
	if t.PeerClosed && t.Unread > 0 {
		t.Unread-- // the FIN counts one until it is read as end of file
	}
	t.Retries = d.Tries
	if timer, on := timerOf(d); on {
		t.Timer[timer] = now.Add(max(d.Expires, 1))
	}
	if d.Info != nil {
		d.Info.fill(t)
	}
	k.number(t, d)
	return s
}

// timerOf is the timer that runs. What sock_diag calls "on" may be the retransmission timer, the tail-loss probe's or the one for reordering.
func timerOf(d *seen) (tcp.Timer, bool) {
	switch d.Timer {
	case 1:
		if d.State == tcp.SynRcvd {
			return tcp.SynackTimer, true
		}
		return tcp.RetransmitTimer, true
	case 2:
		return tcp.KeepaliveTimer, true
	case 3:
		if d.State == tcp.FinWait2 {
			return tcp.FinWait2Timer, true
		}
		return tcp.TimeWaitTimer, true
	case 4:
		return tcp.PersistTimer, true
	}
	return 0, false
}

func (i *info) fill(t *tcp.TCB) {
	t.RTO, t.SRTT, t.RTTVar, t.MinRTT = i.RTO>>i.Backoff, i.SRTT, i.RTTVar, i.MinRTT
	t.Backoff, t.Probes, t.Cwnd, t.Ssthresh = i.Backoff, i.Probes, i.Cwnd, i.Ssthresh
	t.Snd.WScale, t.Rcv.WScale, t.Snd.Scaling = i.SndScale, i.RcvScale, i.Scaling
	t.Snd.WND, t.Snd.MSS, t.SndTS, t.SACKOK, t.Unsent = i.Wnd, uint16(i.MSS), i.TS, i.SACK, i.Unsent
	switch i.CA { // linux/tcp.h enum tcp_ca_state
	case 3:
		t.Recovery = tcp.RecoveryFast
	case 4:
		t.Recovery = tcp.RecoveryLoss
	}
}

// number gives a connection its sequence numbers: where the wire says that each side begins, and how far the kernel says they have come. Its
// timestamps are the wire's, too.
func (k *knowledge) number(t *tcp.TCB, d *seen) {
	ours, theirs := k.heard[flow{t.Local, t.Remote}], k.heard[flow{t.Remote, t.Local}]
	if theirs == nil {
		theirs = k.claimed[flow{t.Remote, t.Local}]
	}
	if ours != nil {
		t.Snd.ISS, t.Snd.NXT, t.Snd.UNA = ours.first, ours.next, ours.next
		switch {
		case d.Info != nil:
			t.Snd.UNA = ours.next.Add(-int(d.Send - min(d.Send, t.Unsent)))
		case t.State == tcp.SynRcvd:
			t.Snd.UNA = ours.first
		}
	}
	if theirs == nil || t.State == tcp.SynSent {
		return
	}
	t.Rcv.IRS, t.Rcv.NXT = theirs.first, theirs.next
	if d.Info != nil {
		t.Rcv.NXT = theirs.first.Add(1 + int(d.Info.Received))
	}
	if ours != nil && ours.stamped && theirs.stamped {
		t.SndTS, t.TSRecent = true, theirs.recent
	}
}

// families finds each connection's listener, and fills the listeners' queues.
func (k *knowledge) families(h *host.Host, list []seen) {
	for i := range list {
		l := &list[i]
		if l.State != tcp.Listen {
			continue
		}
		listener := h.Sock(k.id(l.Cookie))
		for j := range list {
			c := &list[j]
			if c.State == tcp.Listen || c.Local.Port != l.Local.Port || !l.Local.Addr.IsUnspecified() && l.Local.Addr != c.Local.Addr {
				continue
			}
			child := h.Sock(k.id(c.Cookie))
			k.bear(l.Cookie, c.Cookie, child)
			if child.Half {
				listener.HalfN++
			} else if child.Waiting {
				listener.Accept = append(listener.Accept, host.Ref{ID: child.ID})
			}
		}
		for len(listener.Accept) < int(l.Recv) { // what was reset while it waited is in no list any more
			listener.Accept = append(listener.Accept, host.Ref{})
		}
		listener.Born = k.births[l.Cookie]
	}
	for i := range list {
		if b, ok := k.parent[list[i].Cookie]; ok {
			s := h.Sock(k.id(list[i].Cookie))
			s.Parent, s.Child = k.ids[b.listener], b.number
			s.TCB.Passive = true
		}
	}
}

// bear notes that a connection is a listener's child, when it is seen first and no program held it before.
func (k *knowledge) bear(listener, child uint64, s *host.Sock) {
	if _, known := k.parent[child]; known || s.Role != host.Connection || !s.Half && !s.Waiting {
		return
	}
	k.births[listener]++
	k.parent[child] = birth{listener, k.births[listener]}
}

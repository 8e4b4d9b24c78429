package tui

import (
	"fmt"
	"sort"
	"strings"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
	"tcptutor/tui/cell"
	"tcptutor/tui/look"
)

// drawStrip draws two hosts beside each other below the view of a wide screen; below the hosts as a view, the ladder.
func (m *Model) drawStrip(strip cell.Area, all cell.Area, at Layout) {
	if m.lesson.views[m.lesson.view].hosts {
		all.Put(at.View.X+(at.View.W-1)/2, at.Below, look.Frame, m.look.TeeUp) // the line between the hosts ends here
		m.drawLadder(strip)
		return
	}
	half := (strip.W - 1) / 2
	x := strip.X - all.X + half
	all.VLine(x, at.Hosts.Y, at.Hosts.H, look.Frame, m.look.V)
	all.Put(x, at.Below, look.Frame, m.look.TeeDown)
	all.Put(x, at.Rules[1], look.Frame, m.look.TeeUp)
	hosts := m.pair()
	for c, h := range hosts {
		m.drawHost(strip.In(1+c*(half+1), 0, half-2, strip.H), h)
	}
}

// pair is which two hosts are looked at now.
func (m *Model) pair() [2]int {
	l := m.lesson
	if l.steps() == 0 {
		return [2]int{0, 1}
	}
	return ladderHosts(l.story.Run, l.pos)
}

// drawHosts draws the hosts side by side, as large as the view.
func (m *Model) drawHosts(a cell.Area) {
	half := (a.W - 1) / 2
	a.VLine(half, 0, a.H, look.Frame, m.look.V)
	for c, h := range m.pair() {
		m.drawHost(a.In(1+c*(half+1), 0, half-2, a.H), h)
	}
}

// drawHost draws a host: its sockets, newest connection first, its blocked calls, its listeners' queues.
func (m *Model) drawHost(a cell.Area, i int) {
	p, w := m.lesson.story.Run.Program(), m.lesson.world()
	if i >= len(p.Hosts) || i >= len(w.Hosts) {
		a.Text(0, 0, look.Dim, m.outside())
		return
	}
	h := &w.Hosts[i]
	x := a.Text(0, 0, look.Strong, p.Hosts[i].Name)
	a.Text(x+1, 0, look.Dim, p.Hosts[i].Book)
	y := 1
	socks := shownSocks(h)
	calls := blockedCalls(h)
	for k, s := range socks {
		need := m.sockHeight(s)
		if y+need+len(calls) > a.H && k > 0 {
			a.Right(a.W, 0, look.Dim, m.sayf(sayMore, len(socks)-k))
			break
		}
		if y > 1 && y+need+1+len(calls) <= a.H {
			y++
		}
		y = m.drawSock(a, y, w.Now, h, s)
	}
	if len(socks) == 0 {
		a.Text(0, y, look.Dim, sayNoSocks.In(m.lang))
		y++
	}
	for _, c := range calls {
		a.Text(0, y, look.Plain, c+" "+sayWaits.In(m.lang))
		y++
	}
}

// shownSocks are a host's sockets in the order they are shown: connections, newest first, then listeners, then unused ones.
func shownSocks(h *host.Host) []*host.Sock {
	var list []*host.Sock
	for i := range h.Socks {
		if s := &h.Socks[i]; !s.Dead {
			list = append(list, s)
		}
	}
	rank := [...]int{host.Connection: 0, host.Listener: 1, host.Fresh: 2}
	sort.SliceStable(list, func(i, j int) bool {
		a, b := list[i], list[j]
		if rank[a.Role] != rank[b.Role] {
			return rank[a.Role] < rank[b.Role]
		}
		return a.ID > b.ID
	})
	return list
}

// blockedCalls are the calls that wait on a host: "connect(3)".
func blockedCalls(h *host.Host) []string {
	var list []string
	for i := range h.Tasks {
		if t := &h.Tasks[i]; t.Busy && t.Blocked {
			list = append(list, fmt.Sprintf("%s(%d)", t.Call.Op, t.Call.FD))
		}
	}
	return list
}

func (m *Model) sockHeight(s *host.Sock) int {
	switch s.Role {
	case host.Connection:
		n := 4
		if at, _ := s.TCB.Next(); at != tcp.Never {
			n++
		}
		if m.holds(&s.TCB) != "" {
			n++
		}
		return n
	case host.Listener:
		return 3
	}
	return 1
}

// drawSock draws a socket and returns the line after it.
func (m *Model) drawSock(a cell.Area, y int, now tcp.Time, h *host.Host, s *host.Sock) int {
	t := &s.TCB
	x := a.Text(0, y, look.Strong, t.State.String())
	switch s.Role {
	case host.Listener:
		x = m.drawWas(a, x, y, h, s, a.W)
		a.Text(x+1, y, look.Plain, ":"+itoa(int(t.Local.Port)))
		m.drawSlots(a, 0, y+1, saySYNQueue, int(s.HalfN), synQueueHolds(h, s))
		m.drawSlots(a, 0, y+2, sayAccQueue, len(s.Accept), acceptQueueHolds(h, s))
		return y + 3
	case host.Fresh:
		return y + 1
	}
	// The peer's address tells connections apart: the socket's own goes before it does, and the state that was left before that.
	own, peer := t.Local.String(), t.Remote.String()
	x = m.drawWas(a, x, y, h, s, a.W-cell.Width(peer)-1)
	if x+1+cell.Width(own)+1+cell.Width(peer) <= a.W {
		peer = own + " " + peer
	}
	a.Text(x+1, y, look.Dim, clip(peer, a.W-x-1, m.look.More))
	y++
	m.pairs(a, y, "SND.UNA", offset(t.Snd.UNA, t.Snd.ISS, t.Snd.ISS != 0), "SND.NXT", offset(t.Snd.NXT, t.Snd.ISS, t.Snd.ISS != 0),
		"SND.WND", window(t.Snd.WND))
	y++
	got := heardFromPeer(t)
	m.pairs(a, y, "RCV.NXT", offset(t.Rcv.NXT, t.Rcv.IRS, got), "RCV.WND", window(t.Rcv.WND))
	y++
	m.pairs(a, y, "ISS", orDash(itoa(int(uint32(t.Snd.ISS))), t.Snd.ISS != 0), "IRS", orDash(itoa(int(uint32(t.Rcv.IRS))), got))
	y++
	if at, which := t.Next(); at != tcp.Never {
		text := timerWords[which].In(m.lang)
		a.Text(0, y, look.Plain, m.sayf(sayIn, text, spell(at.Since(now))))
		y++
	}
	if text := m.holds(t); text != "" {
		a.Text(0, y, look.Plain, text)
		y++
	}
	return y
}

// drawWas draws which state the current step took a socket out of, where it ends before a column; it returns the column after it.
func (m *Model) drawWas(a cell.Area, x, y int, h *host.Host, s *host.Sock, before int) int {
	was, ok := m.lesson.was(h.Index, s.ID)
	text := sayWas.In(m.lang) + " " + was
	if !ok || x+1+cell.Width(text) > before {
		return x
	}
	return a.Text(x+1, y, look.Now, text)
}

// holds is what a connection has in its hands: bytes not yet sent, or not yet read; "" for none.
func (m *Model) holds(t *tcp.TCB) string {
	var list []string
	if t.Unsent > 0 {
		list = append(list, m.sayf(sayUnsent, t.Unsent))
	}
	if t.Unread > 0 {
		list = append(list, m.sayf(sayUnread, t.Unread))
	}
	return strings.Join(list, "  ")
}

// was is the state that the current step took a socket out of.
func (l *lessonState) was(h uint8, conn int32) (string, bool) {
	for _, c := range l.changes() {
		if c.Host == h && c.Conn == conn && c.From != c.To {
			return tcp.State(c.From).String(), true
		}
	}
	return "", false
}

// changes are the changes of state in the current step.
func (l *lessonState) changes() []tcp.Fact {
	if l.changed.of != l.pos+1 {
		l.changed.of, l.changed.facts = l.pos+1, nil
		if l.steps() > 0 {
			for _, f := range l.story.Run.Step(l.pos).Facts {
				if f.Kind == tcp.Changed && f.Field == tcp.FieldState {
					l.changed.facts = append(l.changed.facts, f)
				}
			}
		}
	}
	return l.changed.facts
}

// pairs draws names and values in a row, names dim.
func (m *Model) pairs(a cell.Area, y int, all ...string) {
	x := 0
	for i := 0; i+1 < len(all); i += 2 {
		if i > 0 && x+cell.Width(all[i])+1+cell.Width(all[i+1]) > a.W {
			return
		}
		x = a.Text(x, y, look.Dim, all[i])
		x = a.Text(x+1, y, look.Plain, all[i+1]) + 2
	}
}

// heardFromPeer reports whether the peer's numbers are known.
func heardFromPeer(t *tcp.TCB) bool { return t.State != tcp.SynSent && t.Rcv.NXT != t.Rcv.IRS }

func offset(s, base tcp.Seq, known bool) string { return orDash(itoa(s.Since(base)), known) }

func window(w uint32) string { return orDash(itoa(int(w)), w != 0) }

func orDash(s string, known bool) string {
	if !known {
		return "-"
	}
	return s
}

// backlogOf is the backlog in force: what listen() was told, capped.
func backlogOf(h *host.Host, s *host.Sock) int {
	most := int(h.Sysctl[tcp.Somaxconn])
	if s.Backlog < 0 || int(s.Backlog) > most {
		return most
	}
	return int(s.Backlog)
}

// drawSlots draws a queue as slots, as many as fit, with its name and its count.
func (m *Model) drawSlots(a cell.Area, x, y int, name Text, used, limit int) {
	x = a.Text(x, y, look.Dim, name.In(m.lang)) + 1
	count := m.sayf(sayHoldN, used, limit)
	room := (a.W - x - cell.Width(count) - 3) / 3
	all := max(limit, used)
	show := min(all, max(room, 0), 16)
	var b strings.Builder
	for i := range show {
		if i < used {
			b.WriteString("[x]")
			continue
		}
		b.WriteString("[ ]")
	}
	if show < all {
		b.WriteRune(m.look.More)
	}
	x = a.Text(x, y, look.Plain, b.String())
	a.Text(x+1, y, look.Dim, count)
}

// drawQueues draws the queues of every listener, with who waits in them.
func (m *Model) drawQueues(a cell.Area) {
	p, w := m.lesson.story.Run.Program(), m.lesson.world()
	a = a.In(1, 1, a.W-2, a.H-1)
	y := 0
	for i := range w.Hosts {
		h := &w.Hosts[i]
		for _, s := range shownSocks(h) {
			if s.Role != host.Listener {
				continue
			}
			x := a.Text(0, y, look.Strong, p.Hosts[i].Name)
			x = a.Text(x+2, y, look.Plain, s.TCB.Local.String())
			a.Text(x+2, y, look.Dim, fmt.Sprintf("listen(%d)  somaxconn %d", s.Backlog, h.Sysctl[tcp.Somaxconn]))
			m.drawSlots(a, 2, y+2, saySYNQueue, int(s.HalfN), synQueueHolds(h, s))
			y = m.drawQueued(a, y+3, waiting(h, s, true))
			m.drawSlots(a, 2, y+1, sayAccQueue, len(s.Accept), acceptQueueHolds(h, s))
			y = m.drawQueued(a, y+2, waiting(h, s, false)) + 1
		}
	}
	if y == 0 {
		a.Text(0, 0, look.Dim, sayNoLstn.In(m.lang))
	}
}

// acceptQueueHolds is how many connections a listener's accept queue takes: in Linux one more than the backlog (KERNEL §4).
func acceptQueueHolds(h *host.Host, s *host.Sock) int {
	return backlogOf(h, s) + tcp.BookOf(h.Book).Numbers.AcceptExtra
}

// synQueueHolds is how many half-open connections it takes.
func synQueueHolds(h *host.Host, s *host.Sock) int {
	return backlogOf(h, s) + tcp.BookOf(h.Book).Numbers.HalfExtra
}

// waiting are the connections in one of a listener's queues, oldest first.
func waiting(h *host.Host, l *host.Sock, half bool) []*host.Sock {
	var list []*host.Sock
	for i := range h.Socks {
		s := &h.Socks[i]
		if !s.Dead && s.Role == host.Connection && s.Parent == l.ID && (half && s.Half || !half && s.Waiting) {
			list = append(list, s)
		}
	}
	sort.Slice(list, func(i, j int) bool { return list[i].ID < list[j].ID })
	return list
}

func (m *Model) drawQueued(a cell.Area, y int, list []*host.Sock) int {
	for _, s := range list {
		x := a.Text(4, y, look.Plain, s.TCB.State.String())
		a.Text(max(x+2, 18), y, look.Dim, s.TCB.Remote.String())
		y++
	}
	return y
}

package trace

import (
	"fmt"
	"strings"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
	"tcptutor/tcp/sim"
)

// SS is what `ss -tano` prints on a host: the header and a line for each socket, listeners first. Half-open connections are there; sockets
// without a connection are not, as ss never shows them. A listener's Recv-Q is how many connections wait to be accepted, its Send-Q
// how many may; elsewhere they are bytes received and not read, and sent or written and not acknowledged, where a SYN or a
// FIN counts one (KERNEL §3, §4, §5, §11).
func SS(w *sim.World, hostIndex int) []string {
	rows := [][]string{SSHead()}
	h := &w.Hosts[hostIndex]
	for _, listeners := range [...]bool{true, false} {
		for s := range h.Live {
			if s.TCB.State != tcp.Closed && (s.Role == host.Listener) == listeners {
				rows = append(rows, socketRow(w, h, s))
			}
		}
	}
	return Align(rows)
}

// SSHead is the titles of the columns.
func SSHead() []string {
	return []string{"State", "Recv-Q", "Send-Q", "Local Address:Port", "Peer Address:Port", "Process"}
}

// SSRow is the cells of one socket's line.
func SSRow(w *sim.World, hostIndex int, s *host.Sock) []string {
	return socketRow(w, &w.Hosts[hostIndex], s)
}

func socketRow(w *sim.World, h *host.Host, s *host.Sock) []string {
	recv, send := queues(h, s)
	return []string{
		s.TCB.State.SS(), fmt.Sprint(recv), fmt.Sprint(send), ssEndpoint(s.TCB.Local), ssPeer(&s.TCB),
		ssTimer(w.Now, s),
	}
}

// queues are Recv-Q and Send-Q as tcp_diag_get_info computes them.
func queues(h *host.Host, s *host.Sock) (recv, send int) {
	t := &s.TCB
	switch {
	case s.Role == host.Listener:
		return len(s.Accept), backlog(h, s)
	case s.Half, t.State == tcp.TimeWait:
		return 0, 0 // these are small stand-ins without buffers
	case t.State == tcp.FinWait2 && t.Orphan:
		return 0, 0 // and so is this one: Linux keeps it like a TIME_WAIT
	}
	recv = int(t.Unread)
	if finUnread(s) {
		recv++
	}
	send = t.Snd.NXT.Since(t.Snd.UNA) + int(t.Unsent)
	if t.FinQueue && !finSent(t) {
		send++
	}
	return recv, send
}

func backlog(h *host.Host, s *host.Sock) int {
	most := h.Sysctl[tcp.Somaxconn]
	if s.Backlog < 0 || int64(s.Backlog) > most { // listen(fd, -1) asks for as many as there may be (KERNEL §4)
		return int(most)
	}
	return int(s.Backlog)
}

// finUnread reports whether the peer's FIN waits to be read as end of file: it counts one byte (KERNEL §3, §5).
func finUnread(s *host.Sock) bool {
	return s.TCB.PeerClosed && !s.SawEOF && s.TCB.State != tcp.TimeWait
}

// finSent reports whether the connection's own FIN has left: from then on it stands in SND.NXT.
func finSent(t *tcp.TCB) bool {
	switch t.State {
	case tcp.FinWait1, tcp.FinWait2, tcp.Closing, tcp.LastAck, tcp.TimeWait:
		return t.Unsent == 0
	}
	return false
}

func ssEndpoint(e tcp.Endpoint) string {
	if e.Port == 0 {
		return strings.TrimSuffix(e.String(), "0") + "*"
	}
	return e.String()
}

// ssPeer is the other end; a listener has none, and shows the wildcard of its own family.
func ssPeer(t *tcp.TCB) string {
	if t.Remote == (tcp.Endpoint{}) && !t.Local.Addr.Is4() && !t.Local.Addr.IsUnspecified() {
		return "[::]:*"
	}
	return ssEndpoint(t.Remote)
}

// ssTimer is the socket's timer as `ss -o` shows it (inet_diag.c inet_sk_diag_fill): the first of these that runs.
func ssTimer(now tcp.Time, s *host.Sock) string {
	t := &s.TCB
	for _, kind := range [...]struct {
		timer tcp.Timer
		word  string
		tries uint8
	}{
		{tcp.SynackTimer, "on", t.Retries},
		{tcp.RetransmitTimer, "on", t.Retries},
		{tcp.ProbeTimer, "on", t.Retries},
		{tcp.PersistTimer, "persist", t.Backoff},
		{tcp.KeepaliveTimer, "keepalive", t.Retries},
		{tcp.FinWait2Timer, "timewait", 0},
		{tcp.TimeWaitTimer, "timewait", 0},
	} {
		if at := t.Timer[kind.timer]; at != 0 {
			return fmt.Sprintf("timer:(%s,%s,%d)", kind.word, ssTime(at.Since(now)), kind.tries)
		}
	}
	return ""
}

// ssTime is a remaining time in ss's own spelling (ss.c print_ms_timer): "516ms", "59sec", "1min20sec", and "1.500ms" for a second
// and a half.
func ssTime(d time.Duration) string {
	ms := int(d / time.Millisecond)
	minutes, secs, ms := ms/60000, ms/1000%60, ms%1000
	var b strings.Builder
	if minutes > 0 {
		ms = 0
		fmt.Fprintf(&b, "%dmin", minutes)
		if minutes > 9 {
			secs = 0
		}
	}
	if secs > 0 {
		unit := "."
		if secs > 9 {
			ms = 0
		}
		if ms == 0 {
			unit = "sec"
		}
		fmt.Fprintf(&b, "%d%s", secs, unit)
	}
	if ms > 0 {
		fmt.Fprintf(&b, "%03dms", ms)
	}
	return b.String()
}

// Align pads every cell to its column's width, two spaces apart, and leaves nothing at the ends of lines.
func Align(rows [][]string) []string {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], width(cell))
		}
	}
	lines := make([]string, 0, len(rows))
	for _, row := range rows {
		var b strings.Builder
		for i, cell := range row {
			b.WriteString(pad(cell, widths[i]+2))
		}
		lines = append(lines, strings.TrimRight(b.String(), " "))
	}
	return lines
}

package trace

import (
	"testing"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
	"tcptutor/tcp/sim"
)

// KERNEL's samples: what ss shows of each kind of socket.
func TestSS(t *testing.T) {
	now := at(1000)
	h := host.Host{Machine: host.Machine{Addr: serverEnd.Addr, Sysctl: tcp.DefaultSysctls()}}
	add := func(s tcp.State, change func(*host.Sock)) {
		k := host.Sock{Face: host.Face{ID: int32(len(h.Socks) + 1), Role: host.Connection}}
		k.TCB.State, k.TCB.Local, k.TCB.Remote = s, serverEnd, clientEnd
		k.TCB.Snd.UNA, k.TCB.Snd.NXT = serverISS, serverISS
		change(&k)
		h.Socks = append(h.Socks, k)
	}
	timer := func(k *host.Sock, which tcp.Timer, after time.Duration, tries uint8) {
		k.TCB.Timer[which], k.TCB.Retries = now.Add(after), tries
	}
	add(tcp.Established, func(k *host.Sock) { k.TCB.Unread = 5 })
	add(tcp.CloseWait, func(k *host.Sock) { k.TCB.Unread, k.TCB.PeerClosed = 5, true })
	add(tcp.SynSent, func(k *host.Sock) { k.TCB.Snd.NXT++; timer(k, tcp.RetransmitTimer, 516*time.Millisecond, 1) })
	add(tcp.SynRcvd, func(k *host.Sock) { k.Half = true; k.TCB.Snd.NXT++; timer(k, tcp.SynackTimer, time.Second, 0) })
	add(tcp.SynRcvd, func(k *host.Sock) { k.TCB.Snd.NXT++ }) // after a simultaneous open it is a whole socket (KERNEL §8)
	add(tcp.FinWait1, func(k *host.Sock) {
		k.TCB.Snd.NXT++
		k.TCB.FinQueue = true
		timer(k, tcp.ProbeTimer, 120*time.Millisecond, 0)
	})
	add(tcp.FinWait1, func(k *host.Sock) { k.TCB.Unsent, k.TCB.FinQueue = 7, true }) // the FIN waits behind bytes
	add(tcp.Closing, func(k *host.Sock) {
		k.TCB.Snd.NXT++
		k.TCB.FinQueue, k.TCB.PeerClosed = true, true
		timer(k, tcp.RetransmitTimer, 232*time.Millisecond, 0)
	})
	add(tcp.FinWait2, func(k *host.Sock) { k.TCB.Orphan = true; timer(k, tcp.FinWait2Timer, 59*time.Second, 0) })
	add(tcp.TimeWait, func(k *host.Sock) { k.TCB.PeerClosed = true; timer(k, tcp.TimeWaitTimer, time.Minute, 0) })
	add(tcp.Established, func(k *host.Sock) { k.TCB.Backoff = 1; timer(k, tcp.PersistTimer, 804*time.Millisecond, 9) })
	add(tcp.Established, func(k *host.Sock) { timer(k, tcp.KeepaliveTimer, 7200*time.Second, 0) })
	add(tcp.Listen, func(k *host.Sock) {
		k.Role, k.Backlog, k.Accept = host.Listener, 5, []host.Ref{{ID: 1}}
		k.TCB.Local, k.TCB.Remote = tcp.Endpoint{Port: 8080}, tcp.Endpoint{}
	})
	add(tcp.Listen, func(k *host.Sock) { // listen(fd, -1)
		k.Role, k.Backlog = host.Listener, -1
		k.TCB.Local, k.TCB.Remote = tcp.Endpoint{Addr: tcp.Addr{15: 1}, Port: 80}, tcp.Endpoint{}
	})
	add(tcp.Closed, func(*host.Sock) {}) // ss never shows it
	golden(t, "sockets.ss", SS(&sim.World{Clockwork: sim.Clockwork{Now: now}, Hosts: []host.Host{h}}, 0))
}

// ss.c print_ms_timer, its quirks included.
func TestTimesAsSS(t *testing.T) {
	for _, test := range []struct {
		d    time.Duration
		want string
	}{
		{0, ""},
		{516 * time.Millisecond, "516ms"},
		{5 * time.Millisecond, "005ms"},
		{1500 * time.Millisecond, "1.500ms"},
		{9 * time.Second, "9sec"},
		{59*time.Second + 900*time.Millisecond, "59sec"},
		{time.Minute, "1min"},
		{80*time.Second + 5*time.Millisecond, "1min20sec"},
		{10*time.Minute + 20*time.Second, "10min"},
		{2 * time.Hour, "120min"},
	} {
		if got := ssTime(test.d); got != test.want {
			t.Errorf("%v is %q, want %q", test.d, got, test.want)
		}
	}
}

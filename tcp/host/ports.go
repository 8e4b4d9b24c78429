package host

import (
	"cmp"
	"slices"

	"tcptutor/tcp"
)

// Local ports: which are bound, and which connect() takes by itself (inet_hashtables.c; KERNEL §10).

// binding is a port that bind() or listen() has given away, and to how many sockets.
type binding struct {
	port  uint16
	socks int32
}

func comparePort(b binding, port uint16) int { return cmp.Compare(b.port, port) }

// claim notes that a socket has bound its port by bind() or listen(): connect() will not take it for another.
func (h *Host) claim(slot int32) {
	s := &h.Socks[slot]
	if s.claims {
		return
	}
	s.claims = true
	i, found := slices.BinarySearchFunc(h.bound, s.TCB.Local.Port, comparePort)
	if !found {
		h.bound = slices.Insert(h.bound, i, binding{port: s.TCB.Local.Port})
	}
	h.bound[i].socks++
}

// unclaim gives the port back.
func (h *Host) unclaim(slot int32) {
	s := &h.Socks[slot]
	if !s.claims {
		return
	}
	s.claims = false
	i, _ := slices.BinarySearchFunc(h.bound, s.TCB.Local.Port, comparePort)
	if h.bound[i].socks--; h.bound[i].socks == 0 {
		h.bound = slices.Delete(h.bound, i, i+1)
	}
}

func (h *Host) claimed(port uint16) bool {
	_, found := slices.BinarySearchFunc(h.bound, port, comparePort)
	return found
}

// ephemeral picks a port for connect() (inet_hashtables.c __inet_hash_connect; KERNEL §10): of the parity of the range's
// start first, rising by 2 to 16 from an offset that depends on the destination; 0 when every port is taken.
func (h *Host) ephemeral(now tcp.Time, local tcp.Addr, peer tcp.Endpoint) uint16 {
	first, last := h.portRange()
	n := last - first + 1
	h.stride += 2 + 2*uint32(mix(h.Secret+uint64(h.stride))%8)
	start := int(hashTuple(h.Secret, tcp.Endpoint{Addr: local}, peer)%uint64(n)) + int(h.stride)%n
	for parity := range 2 {
		for i := parity; i < n; i += 2 {
			p := uint16(first + (start&^1+i)%(n+n%2))
			if int(p) <= last && !h.claimed(p) && h.vacant(now, tcp.Endpoint{Addr: local, Port: p}, peer, true) {
				return p
			}
		}
	}
	return 0
}

// vacant says whether a new connection may have that 4-tuple: nobody has it, or a connection in TIME_WAIT that may be replaced.
func (h *Host) vacant(now tcp.Time, local, peer tcp.Endpoint, automatic bool) bool {
	slot := h.lookup(local, peer)
	return slot < 0 || h.replaceable(now, slot, automatic)
}

// replaceable says whether connect() may put a new connection in the place of one in TIME_WAIT (tcp_ipv4.c tcp_twsk_unique;
// KERNEL §6). Timestamps must be able to tell the two apart. To a port that the program has bound they are enough; a port that
// the kernel picks needs tcp_tw_reuse, and some time passed.
func (h *Host) replaceable(now tcp.Time, slot int32, automatic bool) bool {
	t := &h.Socks[slot].TCB
	if t.State != tcp.TimeWait || !t.SndTS || len(tcp.BookOf(h.Book).Doors[tcp.DoorReuse]) == 0 {
		return false
	}
	if !automatic {
		return true
	}
	allowed := h.Sysctl[tcp.TwReuse] == 1 ||
		h.Sysctl[tcp.TwReuse] == 2 && (t.Remote.Addr.IsLoopback() || t.Remote.Addr == t.Local.Addr)
	return allowed && now.Since(t.WaitSince) > h.Sysctl.Duration(tcp.TwReuseDelay)
}

// replace ends the connection in TIME_WAIT whose 4-tuple a new one is to have; x.ISS is then a number beyond its own. It returns the
// timestamp that the old one saw last, which the new one's SYN echoes (tcp_ipv4.c tcp_twsk_unique), and whether there was one.
func (h *Host) replace(x *tcp.Turn, local, peer tcp.Endpoint) (last stamp, reused bool) {
	slot := h.lookup(local, peer)
	if slot < 0 {
		return last, false
	}
	old := &h.Socks[slot].TCB
	last = stamp{old.TSRecent, old.TSRecentAt, old.TSBase}
	conn := x.Conn
	x.Conn, x.Events = h.Socks[slot].ID, 0
	tcp.Call(x, &h.Socks[slot].TCB, tcp.DoorReuse)
	h.after(x, slot)
	x.Conn, x.Events = conn, 0
	return last, true
}

// stamp is what a connection knows of its peer's timestamp clock (see tcp.TCB).
type stamp struct {
	TSRecent   uint32
	TSRecentAt tcp.Time
	TSBase     uint32
}

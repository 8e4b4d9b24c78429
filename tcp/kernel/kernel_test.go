//go:build linux

package kernel_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
	"tcptutor/tcp/kernel"
	"tcptutor/tcp/sim"
)

// KERNEL §15: the SYN,ACK of a Linux server to a SYN with all options.
func TestServerAnswersSYN(t *testing.T) {
	for _, c := range []struct {
		name   string
		addr   tcp.Addr
		peer   tcp.Endpoint
		family int64
		mss    uint16
		window uint16
	}{
		{"IPv4", v4, peer4, host.AFInet, 1460, 65160},
		{"IPv6", v6, peer6, host.AFInet6, 1440, 64260},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSubject(t, c.addr)
			s.listener(c.family, 5)
			syn := from(c.peer, tcp.SYN, peerISS, 0)
			syn.Opt = tcp.Options{Set: tcp.OptMSS | tcp.OptSACKPerm | tcp.OptTS | tcp.OptWScale, MSS: c.mss, WScale: 10, TSVal: 7}
			s.inject(syn)
			got := s.sent()
			want := tcp.Segment{Src: syn.Dst, Dst: syn.Src, Flags: tcp.SYN | tcp.ACK, Seq: got.Seq, Ack: peerISS + 1, Wnd: c.window, Opt: syn.Opt}
			want.Opt.TSVal, want.Opt.TSEcr = got.Opt.TSVal, 7
			if got != want {
				t.Errorf("the answer is %+v, want %+v", got, want)
			}
		})
	}
}

// accept() waits, and returns when the third segment has come; the half-open connection is in the SYN queue until then (KERNEL §3).
func TestHandshakeWhileAcceptWaits(t *testing.T) {
	s := newSubject(t, v4)
	s.listener(host.AFInet, 5)
	s.start(1, host.Call{Op: host.OpAccept, FD: 3})
	s.inject(from(peer4, tcp.SYN, peerISS, 0))
	iss := s.sent().Seq
	h := s.look()
	if l := h.Sock(1); l == nil || l.Role != host.Listener || l.HalfN != 1 || l.Backlog != 5 || len(l.Accept) != 0 {
		t.Errorf("with a half-open connection the listener is %+v", l)
	}
	if c := h.Sock(2); c == nil || !c.Half || c.TCB.State != tcp.SynRcvd || c.Parent != 1 || c.Child != 1 || c.TCB.Snd.ISS != iss {
		t.Errorf("the half-open connection is %+v", c)
	}
	if k := h.Tasks[1]; !k.Busy || !k.Blocked || k.Sock != 1 || k.Call.Op != host.OpAccept {
		t.Errorf("the thread is %+v, want it in accept()", k)
	}
	s.inject(from(peer4, tcp.ACK, peerISS+1, iss+1))
	if r := s.returns(1); r.Value != 4 || r.Addr != peer4 {
		t.Errorf("accept() = %+v, want 4 and %v", r, peer4)
	}
	c := s.look().Sock(2)
	if c == nil || c.TCB.State != tcp.Established || c.Refs != 1 || c.Waiting || c.TCB.Remote != peer4 {
		t.Fatalf("the connection is %+v", c)
	}
	if v := &c.TCB; v.Snd.UNA != iss+1 || v.Snd.NXT != iss+1 || v.Rcv.IRS != peerISS || v.Rcv.NXT != peerISS+1 {
		t.Errorf("its numbers are %+v and %+v", v.Snd, v.Rcv)
	}
}

// A SYN to a port where nobody listens is refused: RST,ACK, number 0, window 0 (KERNEL §7).
func TestClosedPortRefuses(t *testing.T) {
	s := newSubject(t, v4)
	s.inject(from(peer4, tcp.SYN, peerISS, 0))
	got := s.sent()
	want := tcp.Segment{Src: got.Src, Dst: peer4, Flags: tcp.RST | tcp.ACK, Ack: peerISS + 1}
	if got != want {
		t.Errorf("the answer is %+v, want %+v", got, want)
	}
	if n := s.look().Counters[host.OutRsts]; n != 1 {
		t.Errorf("OutRsts is %d, want 1", n)
	}
}

// connect() waits for the answer, and tells of a refusal (KERNEL §7); the number of the descriptor is the lowest free one.
func TestConnectIsRefused(t *testing.T) {
	s := newSubject(t, v4)
	if fd := s.must(0, host.Call{Op: host.OpSocket, A: host.AFInet, B: host.SockStream}).Value; fd != 3 {
		t.Errorf("socket() = %d, want 3", fd)
	}
	server := tcp.Endpoint{Addr: peer4.Addr, Port: 80}
	s.start(0, host.Call{Op: host.OpConnect, FD: 3, Addr: server})
	syn := s.sent()
	if syn.Flags != tcp.SYN || syn.Dst != server || syn.Opt.MSS != 1460 || syn.Wnd != 64240 {
		t.Errorf("connect() sends %+v", syn)
	}
	s.silent()
	s.inject(tcp.Segment{Src: syn.Dst, Dst: syn.Src, Flags: tcp.RST | tcp.ACK, Ack: syn.Seq + 1})
	if r := s.returns(0); r.Value != -1 || r.Errno != tcp.ECONNREFUSED {
		t.Errorf("connect() = %+v, want ECONNREFUSED", r)
	}
}

// listen(N) holds N+1 connections; the next SYN is dropped, and two counters say so (KERNEL §4).
func TestBacklogHoldsOneMore(t *testing.T) {
	s := newSubject(t, v4)
	s.listener(host.AFInet, 1)
	for i := range uint16(2) {
		s.handshake(tcp.Endpoint{Addr: peer4.Addr, Port: peer4.Port + i})
	}
	s.inject(from(tcp.Endpoint{Addr: peer4.Addr, Port: peer4.Port + 2}, tcp.SYN, peerISS, 0))
	s.silent()
	h := s.look()
	if l := h.Sock(1); len(l.Accept) != 2 || l.Backlog != 1 || l.Born != 2 || h.Sock(l.Accept[0].ID).TCB.State != tcp.Established {
		t.Errorf("the full listener is %+v", l)
	}
	if h.Counters[host.ListenOverflows] != 1 || h.Counters[host.ListenDrops] != 1 {
		t.Errorf("the counters are %v, want an overflow and a drop", h.Counters)
	}
}

// A sysctl is the namespace's own: with one SYN more and the cap at 0 a listener holds one (KERNEL §4).
func TestSysctlIsSet(t *testing.T) {
	s := newSubject(t, v4)
	for knob, value := range map[tcp.Sysctl]int64{tcp.Somaxconn: 3, tcp.RmemMax: 6 << 20, tcp.TwReuseDelay: 500} {
		if err := s.Set(knob, value); err != nil {
			t.Fatal(err)
		}
	}
	s.listener(host.AFInet, 100)
	if l := s.look().Sock(1); l.Backlog != 3 {
		t.Errorf("Send-Q of the listener is %d, want net.core.somaxconn's 3", l.Backlog)
	}
	if err := s.Set(tcp.Somaxconn, 4); err == nil {
		t.Error("a sysctl can be set after the first call")
	}
	syn := from(peer4, tcp.SYN, peerISS, 0)
	syn.Opt = tcp.Options{Set: tcp.OptWScale}
	s.inject(syn)
	if got := s.sent().Opt.WScale; got != 7 {
		t.Errorf("the window scale is %d, want 7 of a 6 MB buffer (KERNEL §15)", got)
	}
}

// fork shares the descriptors: a FIN leaves at the last close only, and kill -9 is one (KERNEL §7, §9).
func TestForkAndKill(t *testing.T) {
	s := newSubject(t, v4)
	s.listener(host.AFInet, 5)
	s.handshake(peer4)
	s.must(0, host.Call{Op: host.OpAccept, FD: 3})
	if r := s.must(0, host.Call{Op: host.OpFork, A: 1}); r.Value != 2 {
		t.Errorf("fork() = %d, want process 2", r.Value)
	}
	s.must(0, host.Call{Op: host.OpClose, FD: 4})
	s.silent()
	h := s.look()
	if len(h.Procs) != 2 || h.Procs[0].FDs[3].Sock != 1 || h.Procs[1].FDs[4].Sock != 2 || h.Sock(2).Refs != 1 {
		t.Errorf("after fork() and close() the processes are %+v", h.Procs)
	}
	s.must(1, host.Call{Op: host.OpWrite, FD: 4, Data: "a\xff"})
	if seg := s.sent(); seg.Data != "a\xff" {
		t.Errorf("the child's bytes left as %q", seg.Data)
	}
	s.must(1, host.Call{Op: host.OpKill})
	if seg := s.sent(); !seg.Flags.Has(tcp.FIN) {
		t.Errorf("kill -9 sends %v, want a FIN", seg.Flags)
	}
	if c := s.look().Sock(2); c.TCB.State != tcp.FinWait1 || !c.TCB.Orphan || c.TCB.Timer[tcp.RetransmitTimer] == 0 {
		t.Errorf("the connection nobody holds is %+v", c)
	}
	if r := s.call(0, host.Call{Op: host.OpListen, FD: 3, A: 1}); r.Errno != tcp.OK {
		t.Errorf("the parent's listener: %v", r.Errno)
	}
}

// The first to close ends in TIME_WAIT, with the same ID and a minute to go (KERNEL §6); the peer's bytes come whole before.
func TestTimeWaitIsSeen(t *testing.T) {
	s := newSubject(t, v4)
	s.listener(host.AFInet, 5)
	iss := s.handshake(peer4)
	s.must(0, host.Call{Op: host.OpAccept, FD: 3})
	data := from(peer4, tcp.ACK|tcp.PSH, peerISS+1, iss+1)
	data.Data = "hello"
	s.inject(data)
	if ack := s.sent(); ack.Ack != peerISS+6 {
		t.Errorf("the data is acknowledged by %d, want %d", ack.Ack, peerISS+6)
	}
	if c := s.look().Sock(2); c.TCB.Unread != 5 || c.TCB.Rcv.NXT != peerISS+6 {
		t.Errorf("with 5 bytes unread the connection is %+v", c)
	}
	if r := s.must(0, host.Call{Op: host.OpRead, FD: 4}); r.Data != "hello" || r.Value != 5 {
		t.Errorf("read() = %+v", r)
	}
	s.must(0, host.Call{Op: host.OpClose, FD: 4})
	if fin := s.sent(); !fin.Flags.Has(tcp.FIN) || fin.Seq != iss+1 {
		t.Errorf("close() sends %+v, want a FIN", fin)
	}
	s.inject(from(peer4, tcp.FIN|tcp.ACK, peerISS+6, iss+2))
	s.sent()
	h := s.look()
	c := h.Sock(2)
	if c == nil || c.TCB.State != tcp.TimeWait {
		t.Fatalf("the connection is %+v, want TIME_WAIT", c)
	}
	if left := c.TCB.Timer[tcp.TimeWaitTimer].Since(s.Now()).Seconds(); left < 58 || left > 63 {
		t.Errorf("TIME_WAIT has %.1f s to go, want about 60", left)
	}
}

// Options, names, non-blocking calls and errors are the kernel's own.
func TestCallsAreTheKernels(t *testing.T) {
	s := newSubject(t, v4)
	s.listener(host.AFInet, 5)
	for _, c := range []struct {
		call host.Call
		want host.Result
	}{
		{host.Call{Op: host.OpGetsockname, FD: 3}, host.Result{Addr: tcp.Endpoint{Port: port}}},
		{host.Call{Op: host.OpGetpeername, FD: 3}, host.Result{Value: -1, Errno: tcp.ENOTCONN}},
		{host.Call{Op: host.OpFcntl, FD: 3, A: host.FSetFL, B: host.ONonblock}, host.Result{}},
		{host.Call{Op: host.OpFcntl, FD: 3, A: host.FGetFL}, host.Result{Value: 2 | host.ONonblock}},
		{host.Call{Op: host.OpAccept, FD: 3}, host.Result{Value: -1, Errno: tcp.EAGAIN}},
		{host.Call{Op: host.OpPoll, FD: 3, A: host.PollIn, C: 1}, host.Result{}},
		{host.Call{Op: host.OpDup, FD: 3}, host.Result{Value: 4}},
		{host.Call{Op: host.OpSetsockopt, FD: 3, A: int64(host.SoLinger), B: 6}, host.Result{}},
		{host.Call{Op: host.OpGetsockopt, FD: 4, A: int64(host.SoLinger)}, host.Result{Value: 6}},
		{host.Call{Op: host.OpSetsockopt, FD: 3, A: int64(host.TCPKeepidle), B: 40000}, host.Result{Value: -1, Errno: tcp.EINVAL}},
		{host.Call{Op: host.OpClose, FD: 3}, host.Result{}},
		{host.Call{Op: host.OpClose, FD: 3}, host.Result{Value: -1, Errno: tcp.EBADF}},
		{host.Call{Op: host.OpListen, FD: 1}, host.Result{Value: -1, Errno: tcp.ENOTSOCK}},
		{host.Call{Op: host.OpSocket, A: host.AFInet, B: host.SockStream, C: host.IPProtoUDP}, host.Result{Value: -1, Errno: tcp.EPROTONOSUPPORT}},
		{host.Call{Op: host.OpSocket, A: host.AFInet6, B: host.SockStream | host.SockNonblock}, host.Result{Value: 3}},
		{host.Call{Op: host.OpConnect, FD: 3, Addr: tcp.Endpoint{Addr: peer4.Addr, Port: 80}}, host.Result{Value: -1, Errno: tcp.EINPROGRESS}},
		{host.Call{Op: host.OpShutdown, FD: 3, A: host.ShutWR}, host.Result{}},
	} {
		if got := s.call(0, c.call); got != c.want {
			t.Errorf("%v(%d, %d, %d) = %+v, want %+v", c.call.Op, c.call.FD, c.call.A, c.call.B, got, c.want)
		}
	}
	h := s.look()
	if fds := h.Procs[0].FDs; !fds[3].Nonblock || !fds[4].Nonblock || fds[4].Sock != 1 {
		t.Errorf("the descriptors are %+v", fds)
	}
}

// A reboot tells nobody: the peer's next segment is answered by a RST (KERNEL §7, forgotten connection).
func TestRebootForgets(t *testing.T) {
	s := newSubject(t, v4)
	if err := s.Set(tcp.Somaxconn, 3); err != nil {
		t.Fatal(err)
	}
	s.listener(host.AFInet, 100)
	iss := s.handshake(peer4)
	s.must(0, host.Call{Op: host.OpReboot})
	s.silent()
	s.inject(from(peer4, tcp.ACK, peerISS+1, iss+1))
	if rst := s.sent(); rst.Flags != tcp.RST || rst.Seq != iss+1 {
		t.Errorf("the answer is %+v, want a RST", rst)
	}
	s.listener(host.AFInet, 100)
	if h := s.look(); len(h.Procs) != 2 || h.Procs[0].Alive || h.Sock(1) != nil || h.Socks[0].Backlog != 3 {
		t.Errorf("after the reboot the host is %+v", h)
	}
}

// A call that its thread may not make is refused, and one that waits at the end does not hold the end up.
func TestStartRefuses(t *testing.T) {
	s := newSubject(t, v4)
	s.listener(host.AFInet, 5)
	s.start(0, host.Call{Op: host.OpAccept, FD: 3})
	for _, thread := range []int{0, -1, 64} {
		if err := s.Start(thread, host.Call{Op: host.OpSocket}); err == nil {
			t.Errorf("thread %d may begin a call", thread)
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := s.Start(1, host.Call{Op: host.OpSocket}); err == nil {
		t.Error("a closed subject takes calls")
	}
	if _, err := s.Wait(tcp.Never, nil); err == nil {
		t.Error("a closed subject can be waited for")
	}
}

// Several kernels live side by side: each has its own addresses, ports and sockets, the same in all.
func TestSideBySide(t *testing.T) {
	needKernel(t)
	const many = 16
	var group sync.WaitGroup
	errs := make([]error, many)
	for i := range many {
		group.Go(func() { errs[i] = openAndRefuse() })
	}
	group.Wait()
	if diff := cmp.Diff(make([]error, many), errs, cmp.Comparer(func(a, b error) bool { return errors.Is(a, b) })); diff != "" {
		t.Error(diff)
	}
}

func openAndRefuse() error {
	k, err := kernel.New(v4)
	if err != nil {
		return err
	}
	defer k.Close()
	if err := k.Inject(from(peer4, tcp.SYN, peerISS, 0)); err != nil {
		return err
	}
	var events []sim.SubjectEvent
	if events, err = k.Wait(k.Now().Add(soon), nil); err != nil {
		return err
	}
	if len(events) != 1 || !events[0].Seg.Flags.Has(tcp.RST) {
		return errors.New("no RST")
	}
	return k.Close()
}

// What the host says to itself is heard on the loopback device, each segment once and whole; and what is known of its sockets goes by that.
func TestTheHostIsHeardTalkingToItself(t *testing.T) {
	for _, c := range []struct {
		name   string
		addr   tcp.Addr
		to     tcp.Addr
		family int64
	}{{"IPv4", v4, v4, host.AFInet}, {"127.0.0.1", v4, tcp.IPv4(127, 0, 0, 1), host.AFInet}, {"IPv6", v6, v6, host.AFInet6}} {
		t.Run(c.name, func(t *testing.T) {
			s := newSubject(t, c.addr)
			self := tcp.Endpoint{Addr: c.to, Port: 5555}
			fd := s.must(0, host.Call{Op: host.OpSocket, A: c.family, B: host.SockStream}).Value
			s.must(0, host.Call{Op: host.OpBind, FD: int32(fd), Addr: self})
			s.must(0, host.Call{Op: host.OpConnect, FD: int32(fd), Addr: self})
			s.must(0, host.Call{Op: host.OpWrite, FD: int32(fd), Data: "hello"})
			iss := s.sent().Seq
			for i, want := range []struct {
				flags tcp.Flags
				seq   tcp.Seq
				data  string
			}{{tcp.SYN | tcp.ACK, 0, ""}, {tcp.ACK, 1, ""}, {tcp.PSH | tcp.ACK, 1, "hello"}, {tcp.ACK, 6, ""}} {
				if got := s.sent(); got.Src != self || got.Dst != self || got.Flags != want.flags || got.Seq != iss+want.seq || got.Data != want.data {
					t.Errorf("segment %d after the SYN %d is %+v", i+1, iss, got)
				}
			}
			s.silent()
			h := s.look()
			if k := h.Sock(1); k == nil || k.TCB.State != tcp.Established || k.TCB.Snd.ISS != iss || k.TCB.Rcv.IRS != iss || k.TCB.Rcv.NXT != iss+6 {
				t.Errorf("the socket is %+v", k)
			}
		})
	}
}

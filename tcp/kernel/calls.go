//go:build linux

package kernel

import (
	"time"

	"golang.org/x/sys/unix"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
)

// readMore is how much a read() without a limit may bring beyond what waits when it is called, in bytes.
const readMore = 256 << 10

// do makes a system call and says what it returned, and the bytes it brought. An error of the kernel's is the result's errno.
func (p *program) do(c *host.Call, data []byte) (host.Result, []byte) {
	fd := p.fd(c.FD)
	switch c.Op {
	case host.OpSocket:
		return p.opened(unix.Socket(int(c.A), int(c.B)|unix.SOCK_CLOEXEC, int(c.C)))
	case host.OpAccept:
		n, peer, err := unix.Accept4(fd, unix.SOCK_CLOEXEC)
		r, _ := p.opened(n, err)
		if err == nil {
			r.Addr = endpoint(peer)
		}
		return r, nil
	case host.OpDup:
		return p.opened(unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 3))
	case host.OpRead:
		return read(fd, c.A)
	case host.OpWrite:
		n, err := unix.SendmsgN(fd, data, nil, nil, int(c.B)|unix.MSG_NOSIGNAL)
		return result(int64(n), err), nil
	case host.OpPoll:
		return poll(fd, c), nil
	case host.OpClose:
		return p.close(c.FD), nil
	}
	return control(fd, c), nil
}

// control makes the calls that neither wait nor make descriptors nor carry data.
func control(fd int, c *host.Call) host.Result {
	switch c.Op {
	case host.OpBind:
		return result(0, unix.Bind(fd, sockaddr(fd, c.Addr)))
	case host.OpConnect:
		return result(0, unix.Connect(fd, sockaddr(fd, c.Addr)))
	case host.OpListen:
		return result(0, unix.Listen(fd, int(c.A)))
	case host.OpShutdown:
		return result(0, unix.Shutdown(fd, int(c.A)))
	case host.OpSetsockopt:
		return setOption(fd, host.Option(c.A), c.B)
	case host.OpGetsockopt:
		return getOption(fd, host.Option(c.A))
	case host.OpGetsockname:
		sa, err := unix.Getsockname(fd)
		return named(sa, err)
	case host.OpGetpeername:
		sa, err := unix.Getpeername(fd)
		return named(sa, err)
	case host.OpFcntl:
		v, err := unix.FcntlInt(uintptr(fd), int(c.A), int(c.B))
		return result(int64(v), err)
	}
	return result(0, unix.ENOSYS)
}

// result makes a result of what a call returned.
func result(value int64, err error) host.Result {
	if errno, ok := err.(unix.Errno); ok && errno != 0 {
		return host.Result{Value: -1, Errno: tcp.Errno(errno)}
	}
	return host.Result{Value: value}
}

func named(sa unix.Sockaddr, err error) host.Result {
	r := result(0, err)
	if err == nil {
		r.Addr = endpoint(sa)
	}
	return r
}

// opened is the result of a call that makes a descriptor.
func (p *program) opened(fd int, err error) (host.Result, []byte) {
	if err != nil {
		return result(0, err), nil
	}
	return result(p.newFD(fd), nil), nil
}

func (p *program) close(n int32) host.Result {
	fd := p.fd(n)
	p.mu.Lock()
	delete(p.table, n) // the number is free at once, however long the kernel lingers
	p.mu.Unlock()
	if fd >= 0 && fd < 3 {
		return result(0, nil) // the terminal is ours: the program only thinks that it has one
	}
	return result(0, unix.Close(fd))
}

// read takes at most so many bytes, or with 0 as many as there are.
func read(fd int, most int64) (host.Result, []byte) {
	if most == 0 {
		waiting, err := unix.IoctlGetInt(fd, unix.TIOCINQ)
		if err != nil {
			waiting = 0 // the read itself will say what is wrong
		}
		most = int64(waiting) + readMore
	}
	buffer := make([]byte, most)
	n, _, err := unix.Recvfrom(fd, buffer, 0)
	return result(int64(n), err), buffer[:max(n, 0)]
}

// poll waits for one descriptor: without end, or as long as the call says. Its value is what has happened to that descriptor.
func poll(fd int, c *host.Call) host.Result {
	var timeout *unix.Timespec
	if c.C == 1 {
		t := unix.NsecToTimespec(c.B * int64(time.Millisecond))
		timeout = &t
	}
	fds := []unix.PollFd{{Fd: int32(fd), Events: int16(c.A)}}
	_, err := unix.Ppoll(fds, timeout, nil)
	return result(int64(fds[0].Revents), err)
}

// sockaddr is an endpoint in the form that a socket's family wants: IPv4 mapped for an IPv6 socket, the wildcard of either.
func sockaddr(fd int, e tcp.Endpoint) unix.Sockaddr {
	family, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DOMAIN)
	if e.Addr.Is4() || e.Addr == (tcp.Addr{}) {
		if err != nil || family != unix.AF_INET6 {
			return &unix.SockaddrInet4{Port: int(e.Port), Addr: [4]byte(e.Addr[12:])}
		}
	}
	return &unix.SockaddrInet6{Port: int(e.Port), Addr: e.Addr}
}

// endpoint is what a sockaddr says; every wildcard is the zero address.
func endpoint(sa unix.Sockaddr) tcp.Endpoint {
	var e tcp.Endpoint
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		e = tcp.Endpoint{Addr: tcp.IPv4(sa.Addr[0], sa.Addr[1], sa.Addr[2], sa.Addr[3]), Port: uint16(sa.Port)}
	case *unix.SockaddrInet6:
		e = tcp.Endpoint{Addr: sa.Addr, Port: uint16(sa.Port)}
	}
	if e.Addr.IsUnspecified() {
		e.Addr = tcp.Addr{}
	}
	return e
}

// options are the socket options as the kernel numbers them: level and name.
var options = [host.NumOptions]struct{ level, name int }{
	host.SoReuseaddr:    {unix.SOL_SOCKET, unix.SO_REUSEADDR},
	host.SoReuseport:    {unix.SOL_SOCKET, unix.SO_REUSEPORT},
	host.SoLinger:       {unix.SOL_SOCKET, unix.SO_LINGER},
	host.SoError:        {unix.SOL_SOCKET, unix.SO_ERROR},
	host.SoRcvbuf:       {unix.SOL_SOCKET, unix.SO_RCVBUF},
	host.SoKeepalive:    {unix.SOL_SOCKET, unix.SO_KEEPALIVE},
	host.SoOobinline:    {unix.SOL_SOCKET, unix.SO_OOBINLINE},
	host.TCPNodelay:     {unix.IPPROTO_TCP, unix.TCP_NODELAY},
	host.TCPCork:        {unix.IPPROTO_TCP, unix.TCP_CORK},
	host.TCPUserTimeout: {unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT},
	host.TCPKeepidle:    {unix.IPPROTO_TCP, unix.TCP_KEEPIDLE},
	host.TCPKeepintvl:   {unix.IPPROTO_TCP, unix.TCP_KEEPINTVL},
	host.TCPKeepcnt:     {unix.IPPROTO_TCP, unix.TCP_KEEPCNT},
}

// setOption sets an option. SO_LINGER is the number of seconds and one, or 0 for off.
func setOption(fd int, o host.Option, value int64) host.Result {
	if o >= host.NumOptions {
		return result(0, unix.ENOPROTOOPT)
	}
	k := options[o]
	if o == host.SoLinger {
		l := unix.Linger{}
		if value > 0 {
			l = unix.Linger{Onoff: 1, Linger: int32(value - 1)}
		}
		return result(0, unix.SetsockoptLinger(fd, k.level, k.name, &l))
	}
	return result(0, unix.SetsockoptInt(fd, k.level, k.name, int(value)))
}

func getOption(fd int, o host.Option) host.Result {
	if o >= host.NumOptions {
		return result(0, unix.ENOPROTOOPT)
	}
	k := options[o]
	if o == host.SoLinger {
		return lingering(fd)
	}
	v, err := unix.GetsockoptInt(fd, k.level, k.name)
	return result(int64(v), err)
}

func lingering(fd int) host.Result {
	l, err := unix.GetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER)
	if err == nil && l.Onoff != 0 {
		return result(int64(l.Linger)+1, nil)
	}
	return result(0, err)
}

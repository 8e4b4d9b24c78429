package trace

import (
	"fmt"
	"strconv"
	"strings"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
)

// spelling is how a printer of calls writes what calls are about.
type spelling struct {
	fd      func(int32) string
	address func(tcp.Endpoint) string
}

// strace writes numbers, as the kernel sees them.
var strace = spelling{
	fd:      func(fd int32) string { return strconv.Itoa(int(fd)) },
	address: func(e tcp.Endpoint) string { return fmt.Sprintf("{%v, %d}", e.Addr, e.Port) },
}

// quoted is the most bytes of a payload that are shown: strace's own number.
const quoted = 32

// quote shows a payload as a C string, cut after its first bytes.
func quote(data string) string {
	if len(data) > quoted {
		return strconv.QuoteToASCII(data[:quoted]) + "..."
	}
	return strconv.QuoteToASCII(data)
}

// given are the arguments a call has when it starts, in C's order.
func (sp spelling) given(c *host.Call) string {
	n := func(v int64) string { return strconv.FormatInt(v, 10) }
	fd := sp.fd(c.FD)
	switch c.Op {
	case host.OpSocket:
		return list(named(c.A, families), socketType(c.B), named(c.C, protocols))
	case host.OpBind, host.OpConnect:
		return list(fd, sp.address(c.Addr))
	case host.OpListen:
		return list(fd, n(c.A))
	case host.OpWrite:
		return list(fd, quote(c.Data), n(int64(len(c.Data))))
	case host.OpShutdown:
		return list(fd, named(c.A, hows))
	case host.OpSetsockopt:
		return list(fd, level(host.Option(c.A)), host.Option(c.A).String(), optionValue(host.Option(c.A), c.B))
	case host.OpGetsockopt:
		return list(fd, level(host.Option(c.A)), host.Option(c.A).String())
	case host.OpFcntl:
		return fcntlArgs(fd, c)
	case host.OpPoll:
		return list(fd, pollEvents(c.A))
	case host.OpFork, host.OpExit, host.OpKill, host.OpReboot:
		return ""
	}
	return fd
}

// filled are the arguments that a call that succeeded has filled in.
func (sp spelling) filled(c *host.Call, r *host.Result) string {
	if r.Errno != tcp.OK {
		return ""
	}
	switch c.Op {
	case host.OpRead:
		if c.A > 0 {
			return list(quote(r.Data), strconv.FormatInt(c.A, 10))
		}
		return quote(r.Data)
	case host.OpAccept, host.OpGetsockname, host.OpGetpeername:
		return sp.address(r.Addr)
	}
	return ""
}

func list(args ...string) string { return strings.Join(args, ", ") }

// returned is a call's result as strace shows it.
func returned(r *host.Result) string {
	if r.Errno != tcp.OK {
		return fmt.Sprintf("-1 %v (%s)", r.Errno, r.Errno.Text())
	}
	return strconv.FormatInt(r.Value, 10)
}

// constant is a C name of an argument's value.
type constant struct {
	value int64
	name  string
}

var (
	families = []constant{
		{host.AFUnix, "AF_UNIX"}, {host.AFInet, "AF_INET"}, {host.AFInet6, "AF_INET6"}, {host.AFPacket, "AF_PACKET"},
	}
	types = []constant{
		{host.SockStream, "SOCK_STREAM"}, {host.SockDgram, "SOCK_DGRAM"}, {host.SockRaw, "SOCK_RAW"},
		{host.SockSeqpacket, "SOCK_SEQPACKET"},
	}
	protocols = []constant{{host.IPProtoIP, "IPPROTO_IP"}, {host.IPProtoTCP, "IPPROTO_TCP"}, {host.IPProtoUDP, "IPPROTO_UDP"}}
	hows      = []constant{{host.ShutRD, "SHUT_RD"}, {host.ShutWR, "SHUT_WR"}, {host.ShutRDWR, "SHUT_RDWR"}}
	events    = []constant{{host.PollIn, "POLLIN"}, {host.PollOut, "POLLOUT"}, {host.PollErr, "POLLERR"}, {host.PollHup, "POLLHUP"}}
)

// named is the value's C name, or its number where it has none.
func named(v int64, names []constant) string {
	for _, c := range names {
		if c.value == v {
			return c.name
		}
	}
	return strconv.FormatInt(v, 10)
}

func socketType(v int64) string {
	s := named(v&^host.SockNonblock, types)
	if v&host.SockNonblock != 0 {
		s += "|SOCK_NONBLOCK"
	}
	return s
}

func pollEvents(v int64) string {
	var on []string
	for _, e := range events {
		if v&e.value != 0 {
			on = append(on, e.name)
		}
	}
	if len(on) == 0 {
		return "0"
	}
	return strings.Join(on, "|")
}

func level(o host.Option) string {
	if strings.HasPrefix(o.String(), "TCP_") {
		return "SOL_TCP"
	}
	return "SOL_SOCKET"
}

func optionValue(o host.Option, v int64) string {
	if o != host.SoLinger {
		return strconv.FormatInt(v, 10)
	}
	if v == 0 {
		return "{l_onoff=0, l_linger=0}"
	}
	return fmt.Sprintf("{l_onoff=1, l_linger=%d}", v-1)
}

func fcntlArgs(fd string, c *host.Call) string {
	switch c.A {
	case host.FGetFL:
		return list(fd, "F_GETFL")
	case host.FSetFL:
		if c.B == host.ONonblock {
			return list(fd, "F_SETFL", "O_NONBLOCK")
		}
		return list(fd, "F_SETFL", strconv.FormatInt(c.B, 10))
	}
	return list(fd, strconv.FormatInt(c.A, 10), strconv.FormatInt(c.B, 10))
}

//go:build linux

package kernel

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"tcptutor/tcp"
)

// The two ends of the wire: the kernel's own, and ours.
const (
	hostName = "host"
	wireName = "wire"
)

// keep is the keeper: it does what it is told until nobody is there any more to tell it.
func keep(c *channel) {
	apart()
	// Processes whose parent has ended become ours, so that none is left.
	unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
	running := &jobs{pids: map[int]bool{}}
	for {
		var o order
		files, err := c.receive(&o)
		if err != nil {
			break
		}
		a, fd := obey(&o, running, files)
		closeAll(files)
		if fd >= 0 {
			err = c.send(&a, fd)
			unix.Close(fd)
		} else {
			err = c.send(&a)
		}
		if err != nil {
			break
		}
	}
	for {
		for _, pid := range children() {
			unix.Kill(pid, unix.SIGKILL)
		}
		if _, err := unix.Wait4(-1, nil, 0, nil); err != nil && err != unix.EINTR {
			return
		}
	}
}

// children are the processes whose parent this one is, those among them that have become its own (proc_pid_stat(5)).
func children() (pids []int) {
	own := strconv.Itoa(os.Getpid())
	names, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range names {
		text, _ := os.ReadFile(name)                                              // it may be gone
		fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:])) // behind the name: state, parent
		if pid, err := strconv.Atoi(strings.Split(name, "/")[2]); err == nil && len(fields) > 1 && fields[1] == own {
			pids = append(pids, pid)
		}
	}
	return pids
}

// apart moves the keeper, and with it all that it starts, to a namespace whose connections have a hash table of their own. Without one they
// stand in the machine's, which every look has to walk through, past all that other namespaces have there: milliseconds, where this takes
// microseconds (tcp_ipv4.c tcp_set_hashinfo). A kernel before 6.1 has one table for all.
func apart() {
	runtime.LockOSThread() // the other threads stay where they are
	if write("/proc/sys/net/ipv4/tcp_child_ehash_entries", "4096") == nil {
		_ = unix.Unshare(unix.CLONE_NEWNET) // where this is forbidden, the table is the machine's
	}
}

// obey does one thing. The descriptor, if it is one, goes with the answer.
func obey(o *order, running *jobs, files []int) (a answer, fd int) {
	fd = -1
	var err error
	switch {
	case o.Build != nil:
		a.Wire, fd, err = build(o.Build)
	case o.Set != nil:
		err = setSysctl(o.Set.Name, o.Set.Value)
	case o.Begin:
		fd, _, err = spawn(processRole, nil, syscall.SysProcAttr{})
	case o.Run != nil:
		fd, err = running.start(o.Run, files)
	case o.Look:
		a.Look, err = lookAround()
	}
	if err != nil {
		return failure(err), -1
	}
	return a, fd
}

// build sets up the namespace's network: one address, and everything else behind the wire, whose other end it gives.
func build(p *plan) (end *wireEnd, fd int, err error) {
	lo, err := netlink.LinkByName("lo")
	if err != nil {
		return nil, -1, fmt.Errorf("finding lo: %w", err)
	}
	if err := netlink.LinkSetUp(lo); err != nil {
		return nil, -1, lacking("setting lo up", err)
	}
	for _, what := range offloads { // checksums cannot be switched there
		if err := ethtool("lo", what, 0); err != nil {
			return nil, -1, err
		}
	}
	host, end, fd, err := layWire(p, lo)
	if err == nil {
		err = settle(host, p.Addr)
	}
	if err == nil {
		err = preset()
	}
	if err != nil {
		return nil, -1, err // what was made goes with the namespace
	}
	return end, fd, nil
}

// layWire makes the wire: a veth pair with a packet socket, and where a kernel lacks one of these a TUN device, whose segments nobody stamps
// but who reads them.
func layWire(p *plan, lo netlink.Link) (host netlink.Link, end *wireEnd, fd int, err error) {
	if !p.NoVeth {
		if host, end, fd, err = layVeth(p.Addr, lo); !isAny(err, unix.EOPNOTSUPP, unix.EAFNOSUPPORT) {
			return host, end, fd, err
		}
	}
	if host, err = netlink.LinkByName(hostName); err == nil { // veth is there, and packet sockets are not
		if err = netlink.LinkDel(host); err != nil {
			return nil, nil, -1, fmt.Errorf("taking the veth pair away: %w", err)
		}
	}
	return layTUN(p.Addr)
}

// lacking names what is missing where the namespaces are there and yet something may not be done in them.
func lacking(what string, err error) error {
	err = fmt.Errorf("%s: %w", what, err)
	if isAny(err, unix.EPERM, unix.EACCES) {
		return &Missing{refusal(), err}
	}
	return err
}

// plain makes one end of the wire carry what TCP sends and nothing else: no ARP, so that every address is a neighbour and the frames that
// come out of the other end are nobody's there; nothing left for a network card to do; no IPv6 where it is not asked for.
func plain(end netlink.Link, addr tcp.Addr) error {
	name := end.Attrs().Name
	if err := netlink.LinkSetARPOff(end); err != nil {
		return fmt.Errorf("switching ARP off at %s: %w", name, err)
	}
	for _, what := range offloads {
		if err := ethtool(name, what, 0); err != nil {
			return err
		}
	}
	if addr.Is4() || name == wireName {
		err := write("/proc/sys/net/ipv6/conf/"+name+"/disable_ipv6", "1")
		if err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	if err := netlink.LinkSetUp(end); err != nil {
		return fmt.Errorf("setting %s up: %w", name, err)
	}
	return nil
}

// settle gives the host its address, and the way to all others.
func settle(end netlink.Link, addr tcp.Addr) error {
	ip, bits := net.IP(addr[:]), 128
	everywhere := &net.IPNet{IP: net.IPv6zero, Mask: net.CIDRMask(0, 128)}
	if addr.Is4() {
		ip, bits = ip.To4(), 32
		everywhere = &net.IPNet{IP: net.IPv4zero.To4(), Mask: net.CIDRMask(0, 32)}
	}
	a := &netlink.Addr{IPNet: &net.IPNet{IP: ip, Mask: net.CIDRMask(bits, bits)}, Flags: unix.IFA_F_NODAD}
	if err := netlink.AddrAdd(end, a); err != nil {
		return fmt.Errorf("giving the host the address %v: %w", addr, err)
	}
	err := netlink.RouteAdd(&netlink.Route{LinkIndex: end.Attrs().Index, Dst: everywhere, Scope: netlink.SCOPE_LINK})
	if err != nil {
		return fmt.Errorf("setting the route: %w", err)
	}
	return nil
}

// preset gives every sysctl that the engine knows its documented default, whatever the machine's own is, and those that make runs
// comparable.
func preset() error {
	for _, k := range tcp.Knobs {
		if err := setSysctl(k.Name, k.Default); err != nil && !os.IsNotExist(err) { // an older kernel has fewer
			return err
		}
	}
	for _, s := range [...]setting{
		{"net.ipv4.tcp_no_metrics_save", 1},
		{"net.ipv4.tcp_max_tw_buckets", 1 << 17}, // goes by the table of connections otherwise, see apart
		// The send buffer is as large from the beginning as it may become: how fast it grows hangs on what the kernel was built with
		// (tcp_input.c tcp_sndbuf_expand), and a write() that has to wait cuts segments where it waited.
		{"net.ipv4.tcp_wmem[1]", tcp.Knobs[tcp.WmemMax].Default},
		// And the receive buffer does not grow by itself: how fast it does hangs on round trips as the kernel measures them.
		{"net.ipv4.tcp_moderate_rcvbuf", 0},
		// An ACK that only tells of a gap does not wait for others of its kind: a millisecond, less than a machine may be late.
		{"net.ipv4.tcp_comp_sack_nr", 0},
	} {
		if err := setSysctl(s.Name, s.Value); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	return write("/proc/sys/net/ipv4/tcp_congestion_control", "reno")
}

// setSysctl writes a sysctl of the namespace. NAME[i] is the i-th of several numbers.
func setSysctl(name string, value int64) error {
	name, place, several := strings.Cut(strings.TrimSuffix(name, "]"), "[")
	path := sysctlPath(name)
	text := strconv.FormatInt(value, 10)
	if several {
		old, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		numbers := strings.Fields(string(old))
		i, err := strconv.Atoi(place)
		if err != nil || i < 0 || i >= len(numbers) {
			return fmt.Errorf("%s has %d numbers, none in place %s", name, len(numbers), place)
		}
		numbers[i] = text
		text = strings.Join(numbers, " ")
	}
	return write(path, text)
}

// sysctlPath is a sysctl's file.
func sysctlPath(name string) string { return "/proc/sys/" + strings.ReplaceAll(name, ".", "/") }

// write writes one of /proc's files.
func write(path, text string) error {
	err := os.WriteFile(path, []byte(text), 0o644)
	if isAny(err, unix.EROFS) {
		return &Missing{ReadOnlySysctls, err}
	}
	return err
}

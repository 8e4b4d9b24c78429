//go:build linux

package kernel

import (
	"fmt"
	"net"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

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
	// Processes whose parent was killed become ours, so that none is left as a zombie.
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
	running.end()
	for {
		if _, err := unix.Wait4(-1, nil, 0, nil); err != nil && err != unix.EINTR {
			return
		}
	}
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
		if a.Wire, err = build(*o.Build); err == nil {
			fd, err = listenOnWire(a.Wire.Index)
		}
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

// build sets up the namespace's network: one address, and everything else behind the wire.
func build(addr tcp.Addr) (*wireEnd, error) {
	lo, err := netlink.LinkByName("lo")
	if err != nil {
		return nil, fmt.Errorf("finding lo: %w", err)
	}
	if err := netlink.LinkSetUp(lo); err != nil {
		return nil, fmt.Errorf("setting lo up: %w", permission(err))
	}
	err = netlink.LinkAdd(&netlink.Veth{LinkAttrs: netlink.LinkAttrs{Name: hostName}, PeerName: wireName})
	if err != nil {
		return nil, fmt.Errorf("making a veth pair: %w", permission(err))
	}
	var ends [2]netlink.Link
	for i, name := range []string{hostName, wireName} {
		if ends[i], err = netlink.LinkByName(name); err != nil {
			return nil, fmt.Errorf("finding %s: %w", name, err)
		}
		if err := plain(ends[i], addr); err != nil {
			return nil, err
		}
	}
	for _, end := range ends {
		if err := carries(end); err != nil {
			return nil, err
		}
	}
	if err := settle(ends[0], addr); err != nil {
		return nil, err
	}
	if err := preset(); err != nil {
		return nil, err
	}
	return &wireEnd{Index: ends[1].Attrs().Index, To: ends[0].Attrs().HardwareAddr}, nil
}

// permission names what is missing where the namespaces are there and yet nothing may be done in them.
func permission(err error) error {
	switch {
	case isAny(err, unix.EPERM, unix.EACCES):
		return &Missing{refusal(), err}
	case isAny(err, unix.EOPNOTSUPP):
		return &Missing{NoVeth, err}
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

// carries waits until an end of the wire carries frames: its queue is attached some time after both ends are up (net/core/link_watch.c), and
// until then it drops them.
func carries(end netlink.Link) error {
	for range patience / time.Millisecond {
		now, err := netlink.LinkByIndex(end.Attrs().Index)
		if err != nil {
			return fmt.Errorf("looking at %s: %w", end.Attrs().Name, err)
		}
		if now.Attrs().OperState == netlink.OperUp {
			return nil
		}
		time.Sleep(time.Millisecond)
	}
	return fmt.Errorf("%s is not up after %v", end.Attrs().Name, patience)
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
	} {
		if err := setSysctl(s.Name, s.Value); err != nil {
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
	return os.WriteFile(path, []byte(text), 0o644)
}

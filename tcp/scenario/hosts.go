package scenario

import (
	"cmp"
	"slices"

	"tcptutor/tcp"
	"tcptutor/tcp/sim"
)

// setHosts gives each host its address, its book and its sysctls: first what holds for all, then what holds for one.
func (c *compiler) setHosts() {
	given := map[string]*setting{} // what has been set, by kind, host and sysctl
	var own []*setting
	for i := range c.settings {
		s := &c.settings[i]
		key := s.kind + " " + s.host.text
		if s.kind == "sysctl" {
			key += " " + tcp.Knobs[s.knob].Name
		}
		if old := given[key]; old != nil {
			c.errs.add(s.name.src, s.name.at, "each setting once", "this is set already, in line %d", old.name.src.no)
			continue
		}
		given[key] = s
		if s.host.text != "" {
			own = append(own, s)
			continue
		}
		for h := range c.p.Hosts {
			setSysctl(&c.p.Hosts[h], s)
		}
	}
	for _, s := range own {
		if h, ok := c.known(s.host); ok {
			c.setHost(h, s)
		}
	}
	general := defaultBook
	if c.book.text != "" && c.findBook(c.book) {
		general = c.book.text
	}
	for h := range c.p.Hosts {
		spec := &c.p.Hosts[h]
		spec.Book = cmp.Or(spec.Book, general)
		slices.SortFunc(spec.Sysctl, func(a, b sim.Setting) int { return cmp.Compare(a.Knob, b.Knob) })
	}
	giveAddresses(c.p.Hosts)
}

func setSysctl(spec *sim.HostSpec, s *setting) {
	i := slices.IndexFunc(spec.Sysctl, func(o sim.Setting) bool { return o.Knob == s.knob })
	if i >= 0 {
		spec.Sysctl[i].Value = s.value
		return
	}
	spec.Sysctl = append(spec.Sysctl, sim.Setting{Knob: s.knob, Value: s.value})
}

func (c *compiler) setHost(h int, s *setting) {
	spec := &c.p.Hosts[h]
	switch s.kind {
	case "sysctl":
		setSysctl(spec, s)
	case "book":
		if c.findBook(s.name) {
			spec.Book = s.name.text
		}
	case "addr":
		c.setAddress(spec, s.name)
	}
}

func (c *compiler) setAddress(spec *sim.HostSpec, n name) {
	const use = "an address such as 10.0.0.7 or fd00::7"
	a, err := tcp.ParseAddr(n.text)
	switch {
	case err != nil || a.IsUnspecified():
		c.errs.add(n.src, n.at, use, "%q is no host's address", n.text)
		return
	case a.IsLoopback() || a[0] == 0xff || a.Is4() && a[12] >= 224:
		c.errs.add(n.src, n.at, use, "%s cannot be a host's own address", n.text)
		return
	}
	if i := slices.IndexFunc(c.p.Hosts, func(o sim.HostSpec) bool { return o.Addr == a }); i >= 0 {
		c.errs.add(n.src, n.at, "another one", "%s has this address", c.p.Hosts[i].Name)
	}
	spec.Addr = a
}

// giveAddresses numbers the hosts that have no address by their place: 10.0.0.1, 10.0.0.2, ...; in a world where some host
// has an IPv6 address, fd00::1, fd00::2, ... One that is taken is passed over.
func giveAddresses(hosts []sim.HostSpec) {
	six := slices.ContainsFunc(hosts, func(h sim.HostSpec) bool { return h.Addr != tcp.Addr{} && !h.Addr.Is4() })
	for i := range hosts {
		for n := byte(i + 1); hosts[i].Addr == (tcp.Addr{}); n++ {
			a := tcp.IPv4(10, 0, 0, n)
			if six {
				a = tcp.Addr{0: 0xfd, 15: n}
			}
			if !slices.ContainsFunc(hosts, func(h sim.HostSpec) bool { return h.Addr == a }) {
				hosts[i].Addr = a
			}
		}
	}
}

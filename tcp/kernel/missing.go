package kernel

import "fmt"

// Lack is what a machine does not give, so that no kernel can be had on it.
type Lack uint8

// The lacks.
const (
	NotLinux            Lack = iota // another operating system
	NoUserNamespaces                // user.max_user_namespaces is 0
	NoNetNamespaces                 // user.max_net_namespaces is 0
	ForbiddenBySysctl               // kernel.unprivileged_userns_clone is 0 (Debian's)
	ForbiddenByAppArmor             // kernel.apparmor_restrict_unprivileged_userns is 1 (Ubuntu's)
	Forbidden                       // refused, with no such reason: a container's or a service's filter
	TooMany                         // as many namespaces as the machine allows are in use
	NotBuiltIn                      // the kernel was built without namespaces
	NoVeth                          // the kernel has no veth devices, or may not load them
	NumLacks
)

// lacks word each lack: what is missing, and how to get it.
var lacks = [NumLacks]struct{ what, how string }{
	NotLinux:            {"this is not Linux", "run it on a Linux machine or in a Linux virtual machine"},
	NoUserNamespaces:    {"user namespaces are switched off (user.max_user_namespaces is 0)", "run it with sudo, or: sudo sysctl user.max_user_namespaces=10000"},
	NoNetNamespaces:     {"network namespaces are switched off (user.max_net_namespaces is 0)", "sudo sysctl user.max_net_namespaces=10000"},
	ForbiddenBySysctl:   {"only root may make namespaces here (kernel.unprivileged_userns_clone is 0)", "run it with sudo, or: sudo sysctl kernel.unprivileged_userns_clone=1"},
	ForbiddenByAppArmor: {"AppArmor lets only root make namespaces here (kernel.apparmor_restrict_unprivileged_userns is 1)", "run it with sudo, or: sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0"},
	Forbidden:           {"making a network namespace is not permitted here", "run it with sudo; in a container, start that with --cap-add SYS_ADMIN --cap-add NET_ADMIN, or run it outside"},
	TooMany:             {"as many namespaces as the machine allows are in use", "close some, or raise user.max_user_namespaces and user.max_net_namespaces with sudo sysctl"},
	NotBuiltIn:          {"this kernel was built without user or network namespaces", "use a kernel with CONFIG_USER_NS and CONFIG_NET_NS"},
	NoVeth:              {"this kernel has no veth devices", "sudo modprobe veth"},
}

// Missing says that no kernel can be had here: what is missing, and how to get it. Err is the system's own word, if there was one.
type Missing struct {
	Lack Lack
	Err  error
}

// Error is what is missing and what to do about it, in one line.
func (m *Missing) Error() string {
	text := fmt.Sprintf("the Linux kernel can't take part: %s; %s", m.What(), m.How())
	if m.Err != nil {
		text += fmt.Sprintf(" (%v)", m.Err)
	}
	return text
}

// What is missing, in a few words.
func (m *Missing) What() string { return lacks[m.Lack].what }

// How to get it, in a few words.
func (m *Missing) How() string { return lacks[m.Lack].how }

// Unwrap is the system's own word.
func (m *Missing) Unwrap() error { return m.Err }

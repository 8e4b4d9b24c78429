package kernel

import "tcptutor/tcp/trace"

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
	ForbiddenToRoot                 // likewise, and not to an ordinary user
	TooMany                         // as many namespaces as the machine allows are in use
	NotBuiltIn                      // the kernel was built without namespaces
	NoWire                          // the kernel has neither veth devices, or may not load them, nor a TUN device that may be opened
	NoProc                          // /proc is not mounted, or not all of it
	ReadOnlySysctls                 // /proc/sys is mounted read-only: a container's
	UnreadableProgram               // who may run this program's file may not read it
	TooFewFiles                     // the limit on open files is reached
	NumLacks
)

// said is what is missing and how to get it, in one language.
type said struct{ what, how string }

// lacks word each lack, by trace.Lang.
var lacks = [NumLacks][2]said{
	NotLinux: {
		{"this is not Linux", "run it on a Linux machine or in a Linux virtual machine"},
		{"这里不是 Linux", "请在 Linux 机器或 Linux 虚拟机里运行"},
	},
	NoUserNamespaces: {
		{"user namespaces are switched off (user.max_user_namespaces is 0)", "run it with sudo, or: sudo sysctl user.max_user_namespaces=10000"},
		{"用户命名空间被关闭（user.max_user_namespaces 为 0）", "用 sudo 运行，或者：sudo sysctl user.max_user_namespaces=10000"},
	},
	NoNetNamespaces: {
		{"network namespaces are switched off (user.max_net_namespaces is 0)", "sudo sysctl user.max_net_namespaces=10000"},
		{"网络命名空间被关闭（user.max_net_namespaces 为 0）", "sudo sysctl user.max_net_namespaces=10000"},
	},
	ForbiddenBySysctl: {
		{"only root may make namespaces here (kernel.unprivileged_userns_clone is 0)", "run it with sudo, or: sudo sysctl kernel.unprivileged_userns_clone=1"},
		{"这里只有 root 能建命名空间（kernel.unprivileged_userns_clone 为 0）", "用 sudo 运行，或者：sudo sysctl kernel.unprivileged_userns_clone=1"},
	},
	ForbiddenByAppArmor: {
		{"AppArmor lets only root make namespaces here (kernel.apparmor_restrict_unprivileged_userns is 1)", "run it with sudo, or: sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0"},
		{"AppArmor 只允许 root 建命名空间（kernel.apparmor_restrict_unprivileged_userns 为 1）", "用 sudo 运行，或者：sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0"},
	},
	Forbidden: {
		{"a network namespace of one's own is not permitted here", "run it with sudo; in a container, start that with --privileged, or run it outside"},
		{"这里不允许拥有自己的网络命名空间", "用 sudo 运行；如果在容器里，启动容器时加 --privileged，或者到容器外运行"},
	},
	ForbiddenToRoot: {
		{"not even root may have a network namespace of its own here", "in a container, start that with --privileged, or run it outside"},
		{"这里连 root 也不能拥有自己的网络命名空间", "如果在容器里，启动容器时加 --privileged，或者到容器外运行"},
	},
	TooMany: {
		{"as many namespaces as the machine allows are in use", "close some, or raise user.max_user_namespaces and user.max_net_namespaces with sudo sysctl"},
		{"命名空间的数量已达这台机器的上限", "关掉一些，或者用 sudo sysctl 调大 user.max_user_namespaces 和 user.max_net_namespaces"},
	},
	NotBuiltIn: {
		{"this kernel was built without user or network namespaces", "use a kernel with CONFIG_USER_NS and CONFIG_NET_NS"},
		{"这个内核没有编入用户命名空间或网络命名空间", "换一个带 CONFIG_USER_NS 和 CONFIG_NET_NS 的内核"},
	},
	NoWire: {
		{"this kernel has neither veth devices nor a TUN device to open", "sudo modprobe veth"},
		{"这个内核既没有 veth 设备，也没有能打开的 TUN 设备", "sudo modprobe veth"},
	},
	NoProc: {
		{"/proc is not there", "sudo mount -t proc proc /proc"},
		{"没有挂载 /proc", "sudo mount -t proc proc /proc"},
	},
	ReadOnlySysctls: {
		{"/proc/sys is read-only here, and the host's settings lie there", "start the container with --privileged, or run it outside of one"},
		{"这里的 /proc/sys 是只读的，无法设置主机的参数", "启动容器时加 --privileged，或者到容器外运行"},
	},
	UnreadableProgram: {
		{"you may run this program's file, but not read it", "chmod a+r it, or run it with sudo"},
		{"你可以执行这个程序的文件，但没有读它的权限", "用 chmod a+r 放开读权限，或者用 sudo 运行"},
	},
	TooFewFiles: {
		{"as many files are open as is allowed", "raise the limit: ulimit -n 1024"},
		{"打开的文件数已达上限", "调大上限：ulimit -n 1024"},
	},
}

// Missing says that no kernel can be had here: what is missing, and how to get it. Err is the system's own word, if there was one.
type Missing struct {
	Lack Lack
	Err  error
}

// Error is what is missing and what to do about it, in one line.
func (m *Missing) Error() string {
	what, how := m.In(trace.English)
	return what + "; " + how
}

// In says what is missing, with the system's own word, and how to get it, in a language.
func (m *Missing) In(l trace.Lang) (what, how string) {
	open, end := " (", ")"
	if l == trace.Chinese {
		open, end = "（", "）"
	}
	s := lacks[m.Lack][l]
	what = s.what
	if m.Err != nil {
		what += open + m.Err.Error() + end
	}
	return what, s.how
}

// Unwrap is the system's own word.
func (m *Missing) Unwrap() error { return m.Err }

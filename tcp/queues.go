package tcp

// What Linux asks of a listener's queues when a SYN comes (tcp_input.c tcp_conn_request): the SYN queue first, then the accept
// queue, then what tcp_max_syn_backlog keeps back for known peers.

var ruleSynQueueFull = define("syn-queue-full-drops-syn", "KERNEL/4.14",
	"LISTEN: the SYN queue is full and cookies are off: the SYN is dropped without a word.",
	"LISTEN：半连接队列已满且未启用 cookie：SYN 被悄悄丢弃。",
	func(x *Turn, t *TCB) Verdict {
		if !x.Seg.Flags.Has(SYN) || !x.halfFull() || x.Sysctl[Syncookies] != 0 {
			return Pass
		}
		x.Events |= EvSynDropped
		return Done
	})

// halfFull asks whether the SYN queue is longer than the backlog; before Linux 6.14 it was full at the backlog already (KERNEL §4).
func (x *Turn) halfFull() bool {
	return x.Queues.Half >= x.Queues.Backlog+x.Book.Numbers.HalfExtra
}

var ruleSynBacklog = define("syn-kept-out-by-syn-backlog", "KERNEL/4.22",
	"LISTEN: with cookies off the last quarter of tcp_max_syn_backlog is kept for peers known to be alive; this SYN is dropped.",
	"LISTEN：未启用 cookie 时，tcp_max_syn_backlog 的最后四分之一留给已知存活的对端；这个 SYN 被丢弃。",
	func(x *Turn, t *TCB) Verdict {
		most := x.Sysctl[MaxSynBacklog]
		if !x.Seg.Flags.Has(SYN) || x.Sysctl[Syncookies] != 0 || x.Queues.Proven || most-int64(x.Queues.Half) >= most>>2 {
			return Pass
		}
		x.Events |= EvSynKeptOut
		return Done
	})

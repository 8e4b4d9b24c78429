package tcp

import "time"

// The window of the peer is closed, or too small for what waits (RFC 9293 §3.8.6.1).

var rulePersist = define("persist-when-window-closed", "RFC9293/MUST-36",
	"Data waits, nothing is in flight, and it may not leave: a timer makes sure that someone asks again.",
	"有数据待发、没有在途报文段、又不能发出：用定时器保证有人再问一次。",
	func(x *Turn, t *TCB) Verdict {
		if !t.waits() || len(t.Sent) > 0 || !t.canSendData() || t.Timer[PersistTimer] != 0 {
			return Pass
		}
		t.Timer[PersistTimer] = x.Now.Add(x.clamped(t, t.backedOff(x)))
		return Applied
	})

// waits says whether bytes or a FIN have still to leave.
func (t *TCB) waits() bool { return t.Unsent > 0 || t.FinQueue }

var ruleWindowProbesVain = define("window-probes-unanswered", "RFC9293/MUST-37",
	"As long as probes are answered a window may stay closed for ever; unanswered for as long as R2 allows, the connection ends.",
	"只要探测有应答，窗口可以永远关着；一直没有应答，到了 R2 的限度，连接就结束。",
	func(x *Turn, t *TCB) Verdict {
		most := x.Sysctl[Retries2]
		if t.Orphan {
			most = x.orphanRetries()
		}
		if int64(t.Probes) < most {
			return Pass
		}
		x.fail(t, ETIMEDOUT)
		return Done
	})

// orphanRetries is tcp_orphan_retries with its default (KERNEL/5.5).
func (x *Turn) orphanRetries() int64 {
	if n := x.Sysctl[OrphanRetries]; n != 0 {
		return n
	}
	return 8
}

var ruleForceSmall = define("window-override", "RFC9293/3.8.6.2.1",
	"What fits the window has waited long enough for more room or more data: it leaves as a small segment after all.",
	"能放进窗口的数据等更多空间或更多数据已等得够久：还是作为小报文段发出。",
	func(x *Turn, t *TCB) Verdict {
		n := min(int(t.Unsent), t.usable(), t.segmentSize())
		if n == 0 {
			return Pass
		}
		t.Backoff, t.StallAt = 0, 0
		x.sendData(t, n)
		if x.Book.Numbers.Bursts {
			x.Out[len(x.Out)-1].Flags |= PSH // tcp_output.c tcp_write_wakeup
		}
		return Done
	})

var ruleZeroProbe = define("zero-window-probe", "RFC9293/MUST-36",
	"The window has been closed for a while: an old number is sent on purpose, so that the peer must say what it expects and how much.",
	"窗口关闭已有一阵：故意发一个旧序号，让对方不得不回答期待什么、还能收多少。",
	func(x *Turn, t *TCB) Verdict {
		if !t.waits() {
			return Pass
		}
		if t.StallAt == 0 {
			t.StallAt = x.Now
		}
		t.openWindow()
		x.emit(t, ACK, t.Snd.UNA-1, true)
		t.Probes = uint8(min(int(t.Probes)+1, 255))
		t.Backoff = uint8(min(int(t.Backoff)+1, 30))
		t.Timer[PersistTimer] = x.Now.Add(x.clamped(t, t.backedOff(x)))
		return Applied
	})

var ruleProbeAnswered = define("probe-answered", "KERNEL/16.24",
	"The peer has answered, and its window is still too small: from now on the next probe waits its whole time.",
	"对方已经应答，窗口仍然太小：下一次探测从现在起重新等满它的时间。",
	func(x *Turn, t *TCB) Verdict {
		if t.Timer[PersistTimer] == 0 || len(t.Sent) > 0 { // tcp_input.c tcp_ack_probe
			return Pass
		}
		old := t.Timer[PersistTimer]
		t.Timer[PersistTimer] = x.Now.Add(x.clamped(t, t.backedOff(x)))
		return unless(t.Timer[PersistTimer] == old)
	})

// clamped shortens a wait so that it does not reach beyond the user's own patience (tcp_timer.c
// tcp_clamp_rto_to_user_timeout).
func (x *Turn) clamped(t *TCB, wait time.Duration) time.Duration {
	since, stalled := t.stalled()
	if t.UserTimeout == 0 || !stalled {
		return wait
	}
	return min(wait, max(t.UserTimeout-x.Now.Since(since), x.Book.Numbers.Tick))
}

// stalled says since when an acknowledgement has been missing: since the SYN first left, or since anything else was first repeated. While
// nothing has been repeated, none is missing.
func (t *TCB) stalled() (since Time, is bool) {
	if t.State == SynSent || t.State == SynRcvd {
		return t.FirstSent, t.Retries > 0
	}
	return t.StallAt, t.StallAt != 0
}

// ruleUserTimeout needs no timer of its own: it is asked when what was not acknowledged is due to go again, which clamped sees to.
var ruleUserTimeout = define("user-timeout-over", "RFC9293/MUST-21",
	"The user has said how long to wait for an acknowledgement (TCP_USER_TIMEOUT), and it is over: ETIMEDOUT.",
	"使用者规定了等待确认的时限（TCP_USER_TIMEOUT），现已到期：ETIMEDOUT。",
	func(x *Turn, t *TCB) Verdict {
		since, stalled := t.stalled()
		if t.UserTimeout == 0 || !stalled || t.Retries+t.Probes == 0 || x.Now.Since(since) < t.UserTimeout {
			return Pass
		}
		x.fail(t, ETIMEDOUT)
		return Done
	})

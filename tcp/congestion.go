package tcp

// How the congestion window opens (RFC 5681 §3.1). How it closes: recovery.go and timeouts.go.

// grows says whether this turn's ACK may open the congestion window: it covers something, and no fast recovery is under way.
func (x *Turn) grows(t *TCB) bool {
	return x.newly > 0 && t.Recovery != RecoveryFast && t.Cwnd > 0
}

var ruleSlowStart = define("slow-start", "RFC5681/3.1",
	"Slow start: below ssthresh each ACK of new data opens the congestion window by one segment.",
	"慢启动：低于 ssthresh 时，每个确认新数据的 ACK 都让拥塞窗口增加一个报文段。",
	func(x *Turn, t *TCB) Verdict {
		if !x.grows(t) || t.Cwnd >= t.Ssthresh {
			return Pass
		}
		t.Cwnd++
		x.newly = 0
		return Applied
	})

var ruleSlowStartLinux = define("slow-start-by-segments", "RFC5681/3.1",
	"Slow start as Linux has it: each segment acknowledged opens the congestion window by one, if more than half of it was in use.",
	"Linux 的慢启动：每确认一个报文段，拥塞窗口加一，前提是它已用了一半以上。",
	func(x *Turn, t *TCB) Verdict {
		if !x.grows(t) || t.Cwnd >= t.Ssthresh || !t.CwndLimited && t.Cwnd >= 2*t.MostOut {
			return Pass
		}
		n := min(x.fresh, t.Ssthresh-t.Cwnd)
		t.Cwnd += n
		x.fresh -= n
		return unless(n == 0)
	})

// avoidance opens the window by one segment for each whole window acknowledged (RFC 5681 equation 3, counted in segments).
func (t *TCB) avoidance(acked uint32) Verdict {
	t.CwndCredit += acked
	if t.CwndCredit < t.Cwnd {
		return Pass
	}
	t.CwndCredit -= t.Cwnd
	t.Cwnd++
	return Applied
}

var ruleAvoidance = define("congestion-avoidance", "RFC5681/3.1",
	"Congestion avoidance: from ssthresh on a whole window must be acknowledged for one segment more.",
	"拥塞避免：达到 ssthresh 之后，确认整整一个窗口才增加一个报文段。",
	func(x *Turn, t *TCB) Verdict {
		if !x.grows(t) || t.Cwnd < t.Ssthresh {
			return Pass
		}
		return t.avoidance(x.newly)
	})

var ruleAvoidanceLinux = define("congestion-avoidance-when-limited", "RFC5681/3.1",
	"Congestion avoidance as Linux has it: one segment more for each whole window acknowledged, if all of it was in use.",
	"Linux 的拥塞避免：每确认整整一个窗口增加一个报文段，前提是窗口已用满。",
	func(x *Turn, t *TCB) Verdict {
		if !x.grows(t) || t.Cwnd < t.Ssthresh || !t.CwndLimited || x.fresh == 0 {
			return Pass
		}
		return t.avoidance(x.fresh)
	})

// validate notes, after sending, how much of the congestion window was in use: whether it held anything back in this round trip, and else
// how many segments were outstanding at most (tcp_output.c tcp_cwnd_validate; tcp.h tcp_is_cwnd_limited).
func (t *TCB) validate(limited bool) {
	out := uint32(len(t.Sent))
	if limited || t.Snd.UNA.AtOrAfter(t.UsageEnd) || !t.CwndLimited && out > t.MostOut {
		t.CwndLimited, t.MostOut, t.UsageEnd = limited, out, t.Snd.NXT
	}
}

// idle is for how many RTOs a sender that wants to send has been idle; 0 where the window is no larger than a new one.
func (x *Turn) idle(t *TCB) int {
	if t.Unsent == 0 || len(t.Sent) > 0 || t.DataAt == 0 || t.Cwnd <= x.Book.Numbers.InitialCwnd {
		return 0
	}
	return int(x.Now.Since(t.DataAt) / max(t.RTO, 1))
}

var ruleRestart = define("restart-after-idle", "RFC5681/4.1",
	"Idle for longer than an RTO: what the congestion window knew of the path is old, so it starts small again.",
	"空闲超过一个 RTO：拥塞窗口对路径的了解已经过时，重新从小开始。",
	func(x *Turn, t *TCB) Verdict {
		if x.idle(t) == 0 {
			return Pass
		}
		t.Cwnd = x.Book.Numbers.InitialCwnd
		return Applied
	})

var ruleRestartLinux = define("restart-after-idle-by-halves", "RFC5681/4.1",
	"Idle: the congestion window halves for each RTO that has passed, and ssthresh remembers three quarters of it.",
	"空闲：每过一个 RTO，拥塞窗口减半，ssthresh 记住它的四分之三。",
	func(x *Turn, t *TCB) Verdict {
		n := x.idle(t)
		if n == 0 {
			return Pass
		}
		t.Ssthresh = max(t.Ssthresh, t.Cwnd/4*3) // tcp_output.c tcp_cwnd_restart
		t.Cwnd = max(t.Cwnd>>min(n, 31), x.Book.Numbers.InitialCwnd)
		return Applied
	})

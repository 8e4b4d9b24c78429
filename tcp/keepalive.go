package tcp

import "time"

// Keep-alives, RFC 9293 §3.8.4 and KERNEL §12.

// patience of a connection with SO_KEEPALIVE: the socket's own numbers, else the host's (RFC 9293 MUST-27).
func (x *Turn) keepIdle(t *TCB) time.Duration {
	if t.KeepIdle > 0 {
		return t.KeepIdle
	}
	return x.Sysctl.Duration(KeepaliveTime)
}

func (x *Turn) keepIntvl(t *TCB) time.Duration {
	if t.KeepIntvl > 0 {
		return t.KeepIntvl
	}
	return x.Sysctl.Duration(KeepaliveIntvl)
}

func (x *Turn) keepProbes(t *TCB) int64 {
	if t.KeepCnt > 0 {
		return int64(t.KeepCnt)
	}
	return x.Sysctl[KeepaliveProbes]
}

// canProbe says in which states keep-alives are sent: where there is a peer to hear of.
func (t *TCB) canProbe() bool { return t.State >= Established && t.State < TimeWait && !t.Patience }

var ruleKeepaliveSwitch = define("keepalive-switched", "RFC9293/MUST-24",
	"SO_KEEPALIVE starts or stops the wait for a silent peer; it is off unless the user asks.",
	"SO_KEEPALIVE 开始或停止对沉默对方的等待；使用者不要求就不启用。",
	func(x *Turn, t *TCB) Verdict {
		switch {
		case !t.canProbe(), t.KeepAlive == (t.Timer[KeepaliveTimer] != 0):
			return Pass
		case t.KeepAlive:
			t.Timer[KeepaliveTimer] = x.Now.Add(x.keepIdle(t))
		default:
			t.Timer[KeepaliveTimer] = 0
		}
		return Applied
	})

var ruleHeard = define("peer-heard", "RFC9293/MUST-26",
	"The peer has been heard: probes count from nothing again, and the idle time starts anew.",
	"听到了对方：探测次数归零，空闲时间重新计算。",
	func(x *Turn, t *TCB) Verdict {
		if t.Probes == 0 && !t.KeepAlive && (t.StallAt == 0 || t.Snd.WND > 0) {
			return Pass
		}
		t.Probes = 0
		if t.KeepAlive && t.canProbe() {
			t.Timer[KeepaliveTimer] = x.Now.Add(x.keepIdle(t))
		}
		if len(t.Sent) > 0 && t.Snd.WND == 0 && t.StallAt != 0 { // RFC 9293 SHLD-17: a shrunk window is no reason to give up
			t.StallAt = x.Now
		}
		return Applied
	})

var ruleKeepaliveBusy = define("keepalive-not-idle", "RFC9293/MUST-26",
	"Something is unacknowledged or unsent, so retransmission will find out whether the peer lives: no keep-alive now.",
	"还有未确认或未发送的数据，重传自会查明对方是否还在：现在不发保活探测。",
	func(x *Turn, t *TCB) Verdict {
		if len(t.Sent) == 0 && t.Unsent == 0 {
			return Pass
		}
		t.Timer[KeepaliveTimer] = x.Now.Add(x.keepIdle(t))
		return Done
	})

// keepaliveGiveUp ends a connection whose probes nobody answers; last is what is sent before.
func keepaliveGiveUp(last func(*Turn, *TCB)) func(*Turn, *TCB) Verdict {
	return func(x *Turn, t *TCB) Verdict {
		silent := x.keepIdle(t) + x.keepIntvl(t)*time.Duration(t.Probes)
		switch {
		case t.UserTimeout != 0 && (t.Probes == 0 || silent < t.UserTimeout):
			return Pass
		case t.UserTimeout == 0 && int64(t.Probes) < x.keepProbes(t):
			return Pass
		}
		last(x, t)
		x.fail(t, ETIMEDOUT)
		return Done
	}
}

var ruleKeepaliveGiveUp = define("keepalive-give-up", "RFC9293/MUST-29",
	"Probe after probe has stayed unanswered, more than one: the peer is gone: ETIMEDOUT.",
	"一个又一个探测没有应答，而不只是一次：对方已经不在：ETIMEDOUT。",
	keepaliveGiveUp(func(*Turn, *TCB) {}))

var ruleKeepaliveGiveUpLinux = define("keepalive-give-up-with-rst", "KERNEL/12.2",
	"As many probes as allowed have stayed unanswered: a RST for whoever may still listen, and ETIMEDOUT.",
	"允许的探测都没有应答：发一个 RST 给可能还在的对方，并得到 ETIMEDOUT。",
	keepaliveGiveUp((*Turn).sendAbort))

var ruleKeepalive = define("keepalive-probe", "RFC9293/3.8.4",
	"Nothing has been heard for long: the last number once more, without data (SHLD-12): who lives must answer it.",
	"很久没有听到对方：把上一个序号再说一次，不带数据（SHLD-12）：活着的对方必须回答。",
	func(x *Turn, t *TCB) Verdict {
		t.openWindow()
		x.emit(t, ACK, t.Snd.NXT-1, true)
		t.Probes = uint8(min(int(t.Probes)+1, 255))
		t.Timer[KeepaliveTimer] = x.Now.Add(x.keepIntvl(t))
		return Done
	})

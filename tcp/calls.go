package tcp

// User calls, RFC 9293 §3.10.1 to §3.10.6. What a call returns, and whether it waits, is the operating system's
// business (package host); here is what it does to the connection.

var ruleOpen = define("active-open", "RFC9293/3.10.1",
	"Active OPEN: an initial number is chosen, a SYN is sent, and the state is SYN_SENT.",
	"主动打开：选定初始序号，发送 SYN，进入 SYN_SENT。",
	func(x *Turn, t *TCB) Verdict {
		t.Passive = false
		t.State = SynSent
		t.RTO = x.Book.Numbers.InitialRTO
		mss := t.MSSLocal
		if t.TSRecentAt != 0 { // in TIME_WAIT's place: the peer is known to use timestamps (tcp_output.c tcp_connect_init)
			mss -= tsOptionLen
		}
		t.RcvBuf = t.firstWindow(x.Sysctl, mss)
		t.Rcv.WScale = t.offeredScale(x.Sysctl)
		t.Snd.ISS, t.Snd.UNA, t.Snd.NXT = x.ISS, x.ISS, x.ISS
		t.Recover = x.ISS
		t.FirstSent = x.Now
		x.transmit(t, SYN, "")
		return Done
	})

var ruleSend = define("send", "RFC9293/3.10.2",
	"SEND: the bytes join the queue of what is to be sent.",
	"SEND：字节进入待发送队列。",
	func(x *Turn, t *TCB) Verdict {
		if x.Data == "" {
			return Pass
		}
		t.Out = append(t.Out, x.Data)
		t.Unsent += uint32(len(x.Data))
		return Applied
	})

var ruleReceive = define("receive", "RFC9293/3.10.3",
	"RECEIVE: the user takes bytes away, and there is room again for as many.",
	"RECEIVE：使用者取走字节，腾出同样多的空间。",
	func(x *Turn, t *TCB) Verdict {
		x.Data = ""
		if t.Unread == 0 {
			return Pass
		}
		x.Data = t.takeUnread(x.Want)
		x.Note(BytesRead, x.Conn).To = int64(len(x.Data))
		return Applied
	})

// takeUnread removes up to most bytes (0: all) from what the user has not read.
func (t *TCB) takeUnread(most int64) string {
	n := int64(t.Unread)
	if most > 0 {
		n = min(n, most)
	}
	first := t.In[0]
	if int64(len(first)) > n {
		t.In[0] = first[n:]
		t.Unread -= uint32(n)
		return first[:n]
	}
	if int64(len(first)) == n {
		t.In = t.In[:copy(t.In, t.In[1:])]
		t.Unread -= uint32(n)
		return first
	}
	buf := make([]byte, 0, n)
	used := 0
	for int64(len(buf)) < n {
		chunk := t.In[used]
		if rest := n - int64(len(buf)); int64(len(chunk)) > rest {
			buf = append(buf, chunk[:rest]...)
			t.In[used] = chunk[rest:]
			break
		}
		buf = append(buf, chunk...)
		used++
	}
	t.In = t.In[:copy(t.In, t.In[used:])]
	t.Unread -= uint32(n)
	return string(buf)
}

var ruleCloseSynSent = define("close-before-established", "RFC9293/3.10.4",
	"CLOSE in SYN_SENT: there is no connection yet, so there is nothing to say: CLOSED.",
	"在 SYN_SENT 关闭：连接还不存在，无需告知任何人：CLOSED。",
	func(x *Turn, t *TCB) Verdict {
		if t.State != SynSent {
			return Pass
		}
		x.end(t)
		return Done
	})

var ruleClose = define("close", "RFC9293/3.10.4",
	"CLOSE: no more data from this end. A FIN is queued behind what was written: FIN_WAIT_1, or LAST_ACK if the peer closed first.",
	"CLOSE：这一端不再发数据。FIN 排在已写数据之后：进入 FIN_WAIT_1；对方先关则进入 LAST_ACK。",
	func(x *Turn, t *TCB) Verdict {
		switch t.State {
		case SynRcvd:
			t.State = FinWait1
			x.startSlowly(t) // it will be ESTABLISHED no more
		case Established:
			t.State = FinWait1
		case CloseWait:
			t.State = LastAck
		default:
			return Pass
		}
		t.FinQueue = true
		return Applied
	})

var ruleAbort = define("abort", "RFC9293/3.10.5",
	"ABORT: a RST tells the peer that the connection is over; everything queued is thrown away.",
	"ABORT：用 RST 告诉对方连接结束；队列里的一切都丢弃。",
	func(x *Turn, t *TCB) Verdict {
		switch t.State {
		case SynRcvd, Established, FinWait1, FinWait2, CloseWait:
			x.sendAbort(t)
		}
		x.end(t)
		return Done
	})

var ruleOrphanUnread = define("close-with-unread-data", "RFC9293/MAY-1",
	"close() while data waits unread: it can never be read, so the peer gets a RST instead of a FIN.",
	"close() 时还有数据没读：再也不会有人读，所以对方得到的是 RST 而不是 FIN。",
	func(x *Turn, t *TCB) Verdict {
		if t.Unread == 0 || t.State < SynRcvd {
			return Pass
		}
		switch t.State {
		case SynRcvd, Established, FinWait1, FinWait2, CloseWait:
			x.sendAbort(t)
		}
		t.In, t.Unread = t.In[:0], 0
		x.end(t)
		return Done
	})

var ruleOrphan = define("no-process-left", "KERNEL/9.6",
	"The last descriptor is gone: nobody will read, write or ask about this connection again.",
	"最后一个描述符已关闭：不会再有人读、写或查询这条连接。",
	func(x *Turn, t *TCB) Verdict {
		t.Orphan = true
		return Applied
	})

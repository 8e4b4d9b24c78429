package host

import (
	"time"

	"tcptutor/tcp"
)

// SYN cookies: a listener answers without remembering, and makes the connection when the cookie comes back (package tcp has the
// rules; syncookies.c).

// cookieValid is for how long after its last cookie a listener looks at ACKs as possible cookies (TCP_SYNCOOKIE_VALID).
const cookieValid = 2 * time.Minute

func (h *Host) fillCookie(x *tcp.Turn, listener int32) {
	at := h.Socks[listener].CookieAt
	x.Cookie = tcp.Cookie{Secret: mix(h.Secret ^ 0x636f6f6b6965), Recent: at != 0 && x.Now.Since(at) < cookieValid}
}

// sendCookie answers a SYN out of nothing but the SYN itself.
func (h *Host) sendCookie(x *tcp.Turn, listener int32) {
	h.Socks[listener].CookieAt = max(x.Now, 1) // 0 is never
	x.Cookie.MSS, x.Cookie.TSOffset = h.mss(x.Seg.Src.Addr), h.tsOffset(x.Seg.Dst, x.Seg.Src)
	tcp.AnswerWithCookie(x)
	h.count(x, SyncookiesSent)
}

// takeCookie makes the connection of a cookie that has come back; it goes straight to the accept queue.
func (h *Host) takeCookie(x *tcp.Turn, listener int32) int32 {
	slot := h.newSock(x, Connection)
	id := h.adopt(x, listener, slot)
	c := &h.Socks[slot]
	x.Conn, x.Events = id, 0
	tcp.Call(x, &c.TCB, tcp.DoorCookieBack)
	h.fillQueues(x, listener)
	tcp.Arrive(x, &c.TCB)
	if c.TCB.State != tcp.Closed {
		h.enqueue(x, slot)
	}
	h.after(x, slot)
	return id
}

package tcp

import "time"

// SYN cookies (RFC 4987 §3.6; syncookies.c). Instead of an entry in the SYN queue the server keeps nothing: its initial sequence
// number is a keyed hash of the SYN, and what the SYN offered hides in the low bits of that number and of the timestamp. An
// ACK that brings the number back proves that its sender has seen it.

// Cookie is what a host adds to a turn about SYN cookies.
type Cookie struct {
	Secret uint64 // the host's own: without it a cookie can't be guessed
	Recent bool   // the listener has sent cookies of late: only then is an ACK looked at as one

	MSS      uint16 // what the SYN,ACK announces
	TSOffset uint32 // where the timestamp clock towards this peer starts, ms
}

// cookieMSS are the segment sizes that a cookie can carry (syncookies.c msstab).
var cookieMSS = [4]uint16{536, 1300, 1440, 1460}

// cookieAge is for how many minutes a cookie counts: the one it was made in, and the next (syncookies.c MAX_SYNCOOKIE_AGE).
const cookieAge = 2

func cookieMinute(now Time) uint32 { return uint32(now / Time(60e9)) }

// cookieHash stirs the endpoints of a connection and a minute (syncookies.c cookie_hash).
func (x *Turn) cookieHash(local, remote Endpoint, minute uint32) uint32 {
	h := x.Cookie.Secret ^ uint64(minute)
	stir := func(v uint64) {
		h = (h ^ v) * 0x9e3779b97f4a7c15
		h ^= h >> 29
	}
	for i, b := range local.Addr {
		stir(uint64(b) | uint64(remote.Addr[i])<<8)
	}
	stir(uint64(local.Port)<<16 | uint64(remote.Port))
	return uint32(h >> 32)
}

// cookieOf is the initial sequence number that stands for a SYN: 24 hashed bits that carry the segment size, and the minute above
// them, all on top of a hash without the minute (syncookies.c secure_tcp_syn_cookie). Only sums tie it to the peer's number: who has gone on
// from both by nearly as much still brings a cookie.
func (x *Turn) cookieOf(local, remote Endpoint, irs Seq, minute uint32, size int) Seq {
	base := x.cookieHash(local, remote, 0) + uint32(irs)
	return Seq(base + minute<<24 + (x.cookieHash(local, remote, minute+1)+uint32(size))&0xffffff)
}

// cookieSize finds the segment size in a cookie; ok is false when it is none of ours, or too old.
func (x *Turn) cookieSize(local, remote Endpoint, irs, cookie Seq) (size int, ok bool) {
	rest := uint32(cookie) - x.cookieHash(local, remote, 0) - uint32(irs)
	now := cookieMinute(x.Now)
	age := (now - rest>>24) & 0xff
	if age >= cookieAge || age > now {
		return 0, false
	}
	size = int((rest - x.cookieHash(local, remote, now-age+1)) & 0xffffff)
	return size, size < len(cookieMSS)
}

var ruleCookieWanted = define("syn-cookie", "RFC4987/3.6",
	"LISTEN: the SYN queue is full (or cookies are always wanted): the SYN is answered without being remembered.",
	"LISTEN：半连接队列已满（或设置了始终使用 cookie）：应答这个 SYN，但不记住它。",
	func(x *Turn, t *TCB) Verdict {
		if !x.Seg.Flags.Has(SYN) || x.Sysctl[Syncookies] == 0 || x.Sysctl[Syncookies] != 2 && !x.halfFull() {
			return Pass
		}
		x.Events |= EvCookieWanted
		if x.acceptFull() {
			x.Events |= EvSynDropped | EvRefused
			return Done
		}
		x.Events |= EvCookie
		return Done
	})

// AnswerWithCookie is the listener's answer to a SYN that it does not remember: x.Seg, after EvCookie.
func AnswerWithCookie(x *Turn) {
	t := &x.none
	t.Local, t.Remote = x.Seg.Dst, x.Seg.Src
	t.MSSLocal, t.TSOffset = x.Cookie.MSS, x.Cookie.TSOffset
	Call(x, t, DoorCookie)
	t.Reset()
}

// The low six bits of a cookie's timestamp: the peer's window scale, 15 for none, and whether it offered SACK
// (syncookies.c cookie_init_timestamp).
const (
	cookieTSBits  = 0x3f
	cookieNoScale = 0xf
	cookieSACK    = 0x10
)

var ruleCookieAnswer = define("syn-cookie-sent", "KERNEL/4.23",
	"The SYN,ACK's number is the cookie, and its timestamp carries the options. No timer will repeat it.",
	"SYN,ACK 的序号就是 cookie，选项藏在时间戳里。没有定时器会重发它。",
	func(x *Turn, t *TCB) Verdict {
		vars := t.Vars
		t.Passive = true
		t.takeSYN(x)
		size := len(cookieMSS) - 1
		for size > 0 && x.Seg.Opt.MSS < cookieMSS[size] {
			size--
		}
		cookie := x.cookieOf(t.Local, t.Remote, x.Seg.Seq, cookieMinute(x.Now), size)
		if !t.SndTS { // without a timestamp to hide them in, the options are lost
			t.SACKOK, t.Snd.Scaling = false, false
		}
		s := x.emit(t, SYN|ACK, cookie, false)
		if t.SndTS {
			s.Opt.TSVal = t.cookieClock(x)
		}
		t.Vars = vars // nothing is remembered, so nothing has changed
		return Done
	})

// cookieClock is the connection's timestamp with the options in its low bits: never later than the clock itself.
func (t *TCB) cookieClock(x *Turn) uint32 {
	options := uint32(cookieNoScale)
	if t.Snd.Scaling {
		options = uint32(t.Snd.WScale)
	}
	if t.SACKOK {
		options |= cookieSACK
	}
	now := millis(x.Now)
	at := now&^cookieTSBits | options
	if at > now {
		at -= cookieTSBits + 1
	}
	return at + t.TSOffset
}

var ruleCookieBack = define("syn-cookie-returned", "RFC4987/3.6",
	"LISTEN: the ACK brings back a cookie of ours: its sender has seen our SYN,ACK, and the connection is made now.",
	"LISTEN：这个 ACK 带回了我们的 cookie：发送者确实收到过我们的 SYN,ACK，现在才创建连接。",
	func(x *Turn, t *TCB) Verdict {
		in := &x.Seg
		if !in.Flags.Has(ACK) || in.Flags.Any(SYN|RST) || x.Sysctl[Syncookies] == 0 || !x.Cookie.Recent {
			return Pass
		}
		if _, ok := x.cookieSize(in.Dst, in.Src, in.Seq-1, in.Ack-1); !ok {
			return Pass
		}
		x.Events |= EvCookieBack
		if x.acceptFull() { // KERNEL/4.24: the peer has its connection, we have none
			x.Events |= EvRefused
		}
		return Done
	})

var ruleCookieSpawn = define("syn-cookie-connection", "KERNEL/4.25",
	"The connection is rebuilt from the ACK alone: both initial numbers, the segment size, and out of the timestamp the options and the round trip.",
	"仅凭这个 ACK 重建连接：双方的初始序号、报文段大小，以及时间戳里的选项和往返时间。",
	func(x *Turn, t *TCB) Verdict {
		ack := x.Seg
		size, _ := x.cookieSize(t.Local, t.Remote, ack.Seq-1, ack.Ack-1)
		syn := Segment{Src: ack.Src, Dst: ack.Dst, Seq: ack.Seq - 1, Flags: SYN, Wnd: ack.Wnd}
		syn.Opt.Set, syn.Opt.MSS = OptMSS, cookieMSS[size]
		if ack.Opt.Has(OptTS) {
			echo := ack.Opt.TSEcr - t.TSOffset
			syn.Opt.Set |= OptTS
			syn.Opt.TSVal = ack.Opt.TSVal
			if scale := echo & cookieNoScale; scale != cookieNoScale {
				syn.Opt.Set |= OptWScale
				syn.Opt.WScale = uint8(scale)
			}
			if echo&cookieSACK != 0 {
				syn.Opt.Set |= OptSACKPerm
			}
		}
		t.Passive, t.State = true, SynRcvd
		x.Seg = syn
		t.takeSYN(x)
		t.RcvBuf = t.firstWindow(x.Sysctl, cookieMSS[size]) // timestamps or not (syncookies.c cookie_v4_check)
		t.offerAll()
		x.Seg = ack
		t.Snd.ISS, t.Snd.UNA, t.Snd.NXT = ack.Ack-1, ack.Ack, ack.Ack // the cookie itself says that our SYN has arrived
		t.Recover = t.Snd.ISS
		t.RTO = x.Book.Numbers.InitialRTO
		if t.SndTS { // longer than it was by what the options took of the clock (tcp_input.c tcp_synack_rtt_meas)
			t.sample(x, time.Duration(t.tsClock(x.Now)-ack.Opt.TSEcr)*time.Millisecond)
		}
		return Done
	})

package tcp

// Seq is a sequence number: a point on the 32-bit circle of RFC 9293 §3.4. Compare with the methods, never
// with < or >: the circle has no first point.
type Seq uint32

// Before reports whether s comes before t, i.e. t is less than half a circle ahead (RFC 9293 §3.4: "<").
func (s Seq) Before(t Seq) bool { return int32(s-t) < 0 }

// AtOrBefore reports whether s is t or comes before it (RFC 9293 §3.4: "=<").
func (s Seq) AtOrBefore(t Seq) bool { return int32(s-t) <= 0 }

// After reports whether s comes after t.
func (s Seq) After(t Seq) bool { return int32(s-t) > 0 }

// AtOrAfter reports whether s is t or comes after it.
func (s Seq) AtOrAfter(t Seq) bool { return int32(s-t) >= 0 }

// Add returns the number n places ahead.
func (s Seq) Add(n int) Seq { return s + Seq(n) }

// Since returns how many places s is ahead of t; negative when it is behind.
func (s Seq) Since(t Seq) int { return int(int32(s - t)) }

func maxSeq(a, b Seq) Seq {
	if a.After(b) {
		return a
	}
	return b
}

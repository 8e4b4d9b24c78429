package observe

import (
	"strconv"
	"time"
)

// Duration is how times are shown: "250 us", "10.0 ms", "200 ms", "1.00 s", "63.05 s", "60 s", "4 min", "2 h". It rounds; nothing is
// computed from it.
func Duration(d time.Duration) string {
	if d < 0 {
		return "-" + Duration(-d)
	}
	whole := func(unit time.Duration) bool { return d%unit == 0 }
	in := func(unit time.Duration, digits int) string {
		return strconv.FormatFloat(float64(d)/float64(unit), 'f', digits, 64)
	}
	switch {
	case d > 0 && d < time.Microsecond:
		return in(time.Nanosecond, 0) + " ns"
	case d > 0 && d < time.Millisecond:
		return in(time.Microsecond, 0) + " us"
	case d < 100*time.Millisecond, d < time.Second && !whole(time.Millisecond):
		return in(time.Millisecond, 1) + " ms"
	case d < time.Second:
		return in(time.Millisecond, 0) + " ms"
	case d < 10*time.Second, !whole(time.Second):
		return in(time.Second, 2) + " s"
	case d >= 2*time.Hour && whole(time.Hour):
		return in(time.Hour, 0) + " h"
	case d >= 2*time.Minute && whole(time.Minute):
		return in(time.Minute, 0) + " min"
	}
	return in(time.Second, 0) + " s"
}

package tcp

import "time"

// Time is an instant: nanoseconds since the world began. There is no other clock: every door of the engine
// is told what time it is.
type Time int64

// Never is later than every instant that happens.
const Never = Time(1<<63 - 1)

// Add returns the instant d later; Never stays Never.
func (t Time) Add(d time.Duration) Time {
	if t == Never || d > 0 && t > Never-Time(d) {
		return Never
	}
	return t + Time(d)
}

// Since returns how long after u the instant t is.
func (t Time) Since(u Time) time.Duration { return time.Duration(t - u) }

package observe_test

import (
	"testing"
	"time"

	"tcptutor/tcp/observe"
)

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                                      "0.0 ms",
		5:                                      "5 ns",
		250 * time.Microsecond:                 "250 us",
		10 * time.Millisecond:                  "10.0 ms",
		99 * time.Millisecond:                  "99.0 ms",
		200 * time.Millisecond:                 "200 ms",
		200_500 * time.Microsecond:             "200.5 ms",
		time.Second:                            "1.00 s",
		10_040 * time.Millisecond:              "10.04 s",
		60 * time.Second:                       "60 s",
		127 * time.Second:                      "127 s",
		4 * time.Minute:                        "4 min",
		2 * time.Hour:                          "2 h",
		-10 * time.Millisecond:                 "-10.0 ms",
		924*time.Second + 600*time.Millisecond: "924.60 s",
	} {
		if got := observe.Duration(d); got != want {
			t.Errorf("%d ns is %q, want %q", d, got, want)
		}
	}
}

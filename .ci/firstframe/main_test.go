package main

import (
	"testing"
	"time"
)

func TestQueriesAreAnsweredOnceAndInOrder(t *testing.T) {
	answers, rest := reply([]byte("text\x1b]11;?\x07more\x1b[c\x1b[?20"))
	if got, want := string(answers), "\x1b]11;rgb:0000/0000/0000\x1b\\\x1b[?62;22c"; got != want {
		t.Errorf("answers %q, want %q", got, want)
	}
	// A query cut in two by the read is answered when its end arrives.
	answers, rest = reply(append(rest, "26$p"...))
	if got, want := string(answers), "\x1b[?2026;2$y"; got != want {
		t.Errorf("answers %q, want %q", got, want)
	}
	if len(rest) != 0 {
		t.Errorf("rest %q", rest)
	}
}

func TestMedian(t *testing.T) {
	if got := median([]time.Duration{9, 1, 4}); got != 4 {
		t.Errorf("odd: %d", got)
	}
	if got := median([]time.Duration{9, 1, 4, 6}); got != 5 {
		t.Errorf("even: %d", got)
	}
}

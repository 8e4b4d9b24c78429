package tui

import (
	"slices"
	"testing"
)

// A key means one thing in one place.
func TestNoKeyTwiceInAContext(t *testing.T) {
	for in := Context(1); in < endOfContexts; in <<= 1 {
		seen := map[string]bool{}
		for _, b := range Bindings {
			if b.In&in == 0 {
				continue
			}
			for _, k := range b.Keys {
				if seen[k] {
					t.Errorf("context %b: key %q is bound twice", in, k)
				}
				seen[k] = true
			}
		}
		if !seen["ctrl+c"] {
			t.Errorf("context %b: ctrl+c does not quit", in)
		}
	}
}

// Everything that can be asked for has a key, or a row in the palette, or is made by what is typed and clicked.
func TestEveryIntentCanBeReached(t *testing.T) {
	reached := []IntentKind{None, Typed, Seek, GoTo}
	for _, b := range Bindings {
		reached = append(reached, b.Do.Kind)
		if b.Help.English == "" || b.Help.Chinese == "" {
			t.Errorf("keys %v have no help in every language", b.Keys)
		}
	}
	s := open(t, 80, 24, English, openHandshake)
	for _, r := range s.m.palette().rows {
		reached = append(reached, r.do.Kind)
	}
	for k := None; k < numIntents; k++ {
		if !slices.Contains(reached, k) {
			t.Errorf("intent %d has neither a key nor a row in the palette", k)
		}
	}
}

// Where the terminal is too small no key does anything but quit.
func TestTooSmallTakesNoKeysButQuit(t *testing.T) {
	s := open(t, 40, 10, English, openHandshake)
	at := s.m.lesson.pos
	s.press("l", "?", ":", "w", "2")
	if s.m.lesson.pos != at || s.m.over != nil || s.m.lesson.view != 0 {
		t.Error("a key was taken")
	}
	s.press("q")
	if !s.quit {
		t.Error("q does not quit")
	}
}

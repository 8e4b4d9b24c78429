package quiz

import (
	"os"
	"runtime/debug"
	"testing"
)

// TestMain lets garbage lie for longer: the tests make very many runs, each of which is over at once, and collecting took a quarter of
// their time.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	os.Exit(m.Run())
}

package scenario

import (
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/sim"
)

// What a text may ask for. Files come from strangers: everything has a bound, and an error names it.
const (
	maxSize    = 1 << 20 // bytes of a file
	maxLines   = 10_000
	maxLine    = 2_000 // bytes of a line
	maxHosts   = 32
	maxThreads = 16    // of one host
	maxVars    = 500   // of all hosts together
	maxFaults  = 1_000 // faults and injected segments together
	maxLinks   = 500
	maxName    = 32      // bytes of a name
	maxBook    = 200     // bytes of a book's name with its patches
	maxData    = 8 << 20 // bytes that all writes together hand over
	maxErrors  = 100     // mistakes reported; a file with more is probably no scenario

	maxTime  = 30 * 24 * time.Hour // of any duration, and of a run
	maxSteps = 1_000_000           // of a run: one that never ends is told of within a second
)

// What holds where the text says nothing.
const (
	defaultBook  = "linux"
	defaultDelay = 10 * time.Millisecond
	defaultSeed  = 1
	defaultSteps = 100_000
	defaultTime  = time.Hour
)

func defaultLimits() sim.Limits {
	return sim.Limits{Steps: defaultSteps, Time: tcp.Time(defaultTime)}
}

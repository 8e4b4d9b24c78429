// Package sim is the world: hosts, the programs that run on them, the wire between them and its faults, and one clock.
//
// A World is plain data; the Program it came from never changes. One Step is one thing that happens at one instant: a call
// starts or returns, a segment arrives or fails to, a timer fires. What happens next is decided by time; at one instant
// arrivals come before calls and calls before timers, then hosts in their order, then the order in which things were
// scheduled. So a run is a function of its program.
//
//	w := sim.NewWorld(program)
//	var s sim.Step
//	for w.Step(program, &s) { ... s.Facts, s.Sent ... }
//
// The world has an open end: segments to addresses that no host has come out of World.Outside, World.Inject lets one in,
// World.Next says when something happens by itself and World.Advance lets time pass until then.
//
// A Subject is one host with its wire in the caller's hands: Simulated is one of the engine's; a real kernel is another.
//
// StandIn lets a Subject, such as a real kernel, play one host of a program; the others are the engine's, the wire is the world's, and
// the result is a Recording. A Paced is a host of the engine that keeps pace with such a recording: it is given the same things as late.
//
// A Live is one host at the end of a real wire, in somebody's hands: what arrives and what is due waits until it is let happen.
//
// A Timeline is a run that goes forward and back: it keeps a copy of the world every hundred steps or so and replays between
// them. A Recording is a run of something that can't be run again. Both are a Run, and that is all that screens, formats
// and quizzes read. Compare puts two of them beside each other, row by row in time. World.Key names a world by what it can
// still do; World.Check says what may never be.
package sim

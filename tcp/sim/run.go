package sim

// Run is what screens and formatters read: a Timeline, which can be run again, or a Recording, which cannot.
type Run interface {
	// Program is the text the run came from: names of hosts, variables, threads and lines.
	Program() *Program
	// Len is the number of steps.
	Len() int
	// Step is step i, from 0. It is valid until the next call of Step or View, and is not to be changed.
	Step(i int) *Step
	// View is the world after i steps, so View(0) is the world before anything happened and View(i+1) what step i
	// left behind. It is valid until the next call of View or Step, and is not to be changed.
	View(i int) *World
}

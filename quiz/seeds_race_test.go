//go:build race

package quiz

// seeds is how many variations of each item are made under the race detector, which looks at how they are made and not at what comes out: all of
// them are made without it.
const seeds = 20

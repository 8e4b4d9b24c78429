//go:build !race

package quiz

// seeds is how many variations of each item are made.
const seeds = 200

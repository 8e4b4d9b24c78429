//go:build race

package sim_test

// raced: the race detector makes thousands of runs slow and finds nothing in them, for they are one goroutine's.
const raced = true

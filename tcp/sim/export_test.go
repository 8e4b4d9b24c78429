package sim

import "runtime"

// Heap is how many bytes live.
func Heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// SeedOf is the seed that makes a Simulated the same host as one of a program with another seed: same initial numbers, same ports.
func SeedOf(seed uint64, host int) uint64 {
	const odd, other = 0x9e3779b97f4a7c15, 0xd6e8feb86659fd93 // see scramble
	inverse := uint64(odd)
	for range 6 { // Newton: each round doubles how many low bits are right
		inverse *= 2 - odd*inverse
	}
	second := uint64(host+1) * other
	return ((seed+1)*odd^second^other)*inverse - 1
}

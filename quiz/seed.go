package quiz

import (
	"fmt"
	"strconv"
	"strings"
)

// random is a splitmix64 generator (Steele, Lea, Flood: "Fast splittable pseudorandom number generators"): small, and the same for ever.
type random uint64

func (r *random) next() uint64 {
	*r += 0x9e3779b97f4a7c15
	z := uint64(*r)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below is a number from 0 to n-1. The bias of the remainder is less than n/2⁶⁴.
func (r *random) below(n int64) int64 { return int64(r.next() % uint64(n)) }

// shuffled are the numbers 0 to n-1 in some order.
func (r *random) shuffled(n int) []int {
	order := make([]int, n)
	for i := range order {
		j := int(r.below(int64(i + 1)))
		order[i] = order[j]
		order[j] = i
	}
	return order
}

// stream is a generator of its own for a purpose: what one draws does not move the others.
func stream(seed uint64, names ...string) *random {
	h := uint64(14695981039346656037) // FNV-1a
	for _, name := range names {
		for i := range len(name) {
			h = (h ^ uint64(name[i])) * 1099511628211
		}
		h = (h ^ 0xff) * 1099511628211
	}
	r := random(h ^ seed*0xd6e8feb86659fd93)
	r.next()
	return &r
}

// variants is how many questions an item makes: a code names one of them in four hexadecimal digits.
const variants = 1 << 16

// fold makes a variant of any seed; a variant's own number is itself.
func fold(seed uint64) uint64 {
	if seed < variants {
		return seed
	}
	r := random(seed)
	return r.next() % variants
}

// SeedFor is the seed with which an item is asked when it has been asked so many times before: no two of the first 65,536 make the same
// question.
func SeedFor(item string, asked int) uint64 {
	r := stream(0, item, "asked")
	start, stride := r.next(), r.next()|1 // odd: every variant comes before one comes again
	return (start + uint64(asked)*stride) % variants
}

func code(item string, seed uint64) string { return fmt.Sprintf("%s-%04x", item, seed) }

// ParseCode takes a question's code apart: the item's ID and the seed that makes that question again.
func ParseCode(code string) (item string, seed uint64, err error) {
	at := strings.LastIndexByte(code, '-')
	if at > 0 && len(code)-at == 5 {
		seed, err = strconv.ParseUint(code[at+1:], 16, 16)
		if err == nil {
			return code[:at], seed, nil
		}
	}
	return "", 0, fmt.Errorf("no question has the code %q, expected one like syn-lost-4f2a", code)
}

package generate

import (
	"slices"
	"strings"

	"tcptutor/tcp/scenario"
)

// Shrink makes a text as short as it can be made by leaving lines out, such that it still is a scenario and still fails. It asks again and
// again, in an order that depends on nothing else.
func Shrink(text string, fails func(text string) bool) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	holds := func(lines []string) bool {
		text := join(lines)
		_, mistakes := scenario.Parse("generated", []byte(text))
		return len(mistakes) == 0 && fails(text)
	}
	for size := max(len(lines)/2, 1); size > 0; {
		smaller := false
		for at := len(lines) - size; at >= 0; at-- {
			if rest := slices.Delete(slices.Clone(lines), at, at+size); holds(rest) {
				lines, smaller = rest, true
				at = min(at, len(lines)-size+1)
			}
		}
		if !smaller || size > len(lines) {
			size = min(size/2, len(lines))
		}
	}
	return join(lines)
}

func join(lines []string) string { return strings.Join(lines, "\n") + "\n" }

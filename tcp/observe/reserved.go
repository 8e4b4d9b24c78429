package observe

import "slices"

// operators are the words of the expression language itself, which no name may be.
var operators = []string{"and", "or", "not", "in", "if", "else", "let", "true", "false", "nil", "matches", "contains", "startsWith", "endsWith"}

// Reserved reports whether a word has a meaning of its own at the beginning of a value, so that no host can have it as a name.
func Reserved(word string) bool {
	return slices.Contains(operators, word) || slices.Contains(functionNames, word)
}

// ReservedMember reports whether a word has a meaning of its own after `HOST.`, so that no variable can have it as a name.
func ReservedMember(word string) bool {
	return slices.Contains(operators, word) || slices.Contains(hostMembers, word) || childName.MatchString(word)
}

// ownFunctions are the functions of values that this package adds to the expression library's.
var ownFunctions = []string{"count", "total", "at", "step", "between", "seg", "value_at", "sysctl", "book", "seconds", "milliseconds"}

// keptBuiltins are the functions of the expression library that values may use. The rest would shadow ours (count, now), read the
// wall clock, or make what prose can't show.
var keptBuiltins = []string{"len", "min", "max", "abs", "int", "float", "string", "round", "floor", "ceil", "duration"}

// functionNames are all names that a value can begin with and that are no host.
var functionNames = slices.Concat([]string{"now"}, ownFunctions, keptBuiltins)

// hostMembers are what stands after `HOST.` beside variables and children.
var hostMembers = []string{"errno", "result", "read", "call", "blocked", "counter", "book", "addr"}

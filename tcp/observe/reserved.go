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

// functionNames are the functions and variables of values, ours and the few of the expression library that are left switched on.
var functionNames = []string{
	"now", "count", "total", "at", "step", "between", "seg", "value_at", "sysctl", "book", "seconds", "milliseconds", "duration",
	"len", "min", "max", "abs", "int", "float", "string", "round", "floor", "ceil",
}

// hostMembers are what stands after `HOST.` beside variables and children.
var hostMembers = []string{"errno", "result", "read", "call", "blocked", "counter", "book", "addr"}

package tcp

// patches are the counterfactuals, in the order in which help lists them.
var patches []*Patch

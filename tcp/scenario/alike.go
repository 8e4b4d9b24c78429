package scenario

import (
	"slices"
	"strings"

	"tcptutor/tcp/observe"
)

// alike reports whether two lines are the same statement, the same fault or the same injected segment.
func alike(a, b *script) bool {
	switch {
	case len(a.statements) == 1 && len(b.statements) == 1:
		return alikeStatements(&a.statements[0], &b.statements[0])
	case len(a.faults) == 1 && len(b.faults) == 1:
		x, y := &a.faults[0], &b.faults[0]
		return x.kind == y.kind && x.always == y.always && x.extra == y.extra && x.words.Same(&y.words)
	case len(a.injections) == 1 && len(b.injections) == 1:
		x, y := &a.injections[0], &b.injections[0]
		return x.after == y.after && x.from.text == y.from.text && x.to.text == y.to.text && x.seg == y.seg && alikeMoments(x.when, y.when)
	}
	return false
}

func alikeStatements(x, y *statement) bool {
	if x.host.text != y.host.text || x.thread != y.thread || x.kind != y.kind || x.wait != y.wait || x.until != y.until {
		return false
	}
	if x.assign.text != y.assign.text || x.op != y.op || !alikeMoments(x.when, y.when) {
		return false
	}
	return slices.EqualFunc(x.args, y.args, func(a, b arg) bool { return squeeze(a.text) == squeeze(b.text) })
}

func alikeMoments(x, y *observe.Words) bool {
	if x == nil || y == nil {
		return x == y
	}
	return x.Same(y)
}

// squeeze takes the spaces out of an argument that is no text.
func squeeze(s string) string {
	if strings.HasPrefix(s, `"`) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '\t' {
			return -1
		}
		return r
	}, s)
}

// supersedes reports whether a setting takes the place of an older one.
func supersedes(line, old *script) bool {
	switch {
	case line.book.text != "":
		return old.book.text != "" || len(old.settings) == 1 && old.settings[0].kind == "book"
	case line.seed.text != "":
		return old.seed.text != ""
	case line.limits[0].text != "" || line.limits[1].text != "":
		return line.limits[0].text == old.limits[0].text && line.limits[1].text == old.limits[1].text
	case len(line.links) == 1 && len(old.links) == 1:
		return sameLink(&line.links[0], &old.links[0])
	case len(line.settings) == 1 && len(old.settings) == 1:
		a, b := &line.settings[0], &old.settings[0]
		return a.kind == b.kind && a.knob == b.knob && (a.host.text == b.host.text || a.host.text == "")
	}
	return false
}

// sameLink reports whether a link line speaks of the direction of an older one, which has one direction or is for all.
func sameLink(a, b *link) bool {
	if a.from.text == b.from.text && a.to.text == b.to.text {
		return true
	}
	return !a.oneWay && a.from.text != "" && a.from.text == b.to.text && a.to.text == b.from.text
}

package scenario

import (
	"maps"
	"slices"
	"strings"

	"tcptutor/tcp/observe"
)

// Expand fills in the ${name} of a template, comments included. What is filled in is not looked at again, so nothing can refer
// to itself; it may have several lines, or none. $${ stands for a plain ${.
func Expand(text string, params map[string]string) (string, Errors) {
	const file = "template"
	var errs mistakes
	var out strings.Builder
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			out.WriteByte('\n')
		}
		src := &source{file: file, no: i + 1, text: line}
		rest, at := line, 0
		for {
			k := strings.Index(rest, "${")
			if k < 0 {
				out.WriteString(rest)
				break
			}
			if k > 0 && rest[k-1] == '$' {
				out.WriteString(rest[:k-1] + "${")
				rest, at = rest[k+2:], at+k+2
				continue
			}
			out.WriteString(rest[:k])
			end := strings.IndexByte(rest[k:], '}')
			if end < 0 {
				errs.add(src, at+k, "} after the name", "the placeholder is not closed")
				break
			}
			name := rest[k+2 : k+end]
			value, ok := params[name]
			if !ok {
				known := slices.Sorted(maps.Keys(params))
				errs.add(src, at+k+2, observe.OneOf(name, known), "no parameter is called %q", name)
			}
			out.WriteString(value)
			rest, at = rest[k+end+1:], at+k+end+1
		}
		if out.Len() > maxSize {
			errs.whole(file, "shorter parameters", "the text grows beyond %d bytes", maxSize)
			break
		}
	}
	if len(errs.list) > 0 {
		return "", errs.list
	}
	return out.String(), nil
}

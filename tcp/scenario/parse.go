package scenario

import (
	"cmp"
	"slices"

	"tcptutor/tcp/sim"
)

// Parse compiles a scenario. Name is the file's name for errors. The mistakes are all there are, in the order of lines; with any of
// them there is no program.
func Parse(name string, text []byte) (*sim.Program, Errors) {
	s := &script{bounds: defaultLimits()}
	lines := s.split(name, text)
	if lines == nil {
		return nil, s.errs.list
	}
	return s.run(name, lines)
}

// run reads lines and compiles them.
func (s *script) run(file string, lines []source) (*sim.Program, Errors) {
	for i := range lines {
		s.line(&lines[i])
	}
	if len(s.statements) == 0 && len(s.errs.list) == 0 {
		s.errs.whole(file, "lines such as\n    server s = socket()\n    server bind(s, 8080)\n    client s = socket()", "nothing happens here: no host has a line to run")
	}
	p := s.compile(file)
	if len(s.errs.list) > 0 {
		slices.SortStableFunc(s.errs.list, func(a, b Error) int {
			return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
		})
		return nil, s.errs.list
	}
	return p, nil
}

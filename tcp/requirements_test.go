package tcp_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tcptutor/tcp"
	rows "tcptutor/tcp/source"
)

//go:generate go test . -run TestRequirements -update

var update = flag.Bool("update", false, "write REQUIREMENTS.md")

// leftOut are the rows of RFC 9293 in scope that neither a rule nor a test meets, and why.
var leftOut = map[rows.ID]string{
	"RFC9293/3.4.2":   "no host keeps quiet after a restart: the clock behind its initial numbers goes on (MUST-8), and Linux does not wait either",
	"RFC9293/3.4.3":   "as 3.4.2",
	"RFC9293/3.7.2":   "every wire carries 1500 bytes: there is no path with a smaller MTU to discover",
	"RFC9293/3.7.3":   "an interface's MTU does not vary here",
	"RFC9293/MUST-55": "ICMP source quench has no way in: destination unreachable is the engine's only door for ICMP",
	"RFC9293/SHLD-6":  "as 3.7.3",
	"RFC9293/SHLD-9":  "as in Linux only the routing is told when R1 is reached, not the application",
	"RFC9293/SHLD-13": "advice to those who write new applications",
	"RFC9293/MAY-6":   "no keep-alive carries an octet",
	"RFC9293/MAY-14":  "the socket calls have no FLUSH",
	"RFC9293/MAY-15":  "the socket calls have no PUSH flag",
	"RFC9293/MAY-17":  "the socket calls do not tell of PSH",
}

// A test cites a requirement by its number in the comment above it: RFC 9293 MUST-4 to MUST-7, SHLD-2; and a section after the RFC's
// name: RFC 9293 §3.5, §3.6.
var (
	requirementID = regexp.MustCompile(`\b(MUST|SHLD|MAY|REC)-([0-9]+)( to (?:MUST|SHLD|MAY|REC)-([0-9]+))?`)
	sectionList   = regexp.MustCompile(`RFC 9293((?:,? (?:(?:MUST|SHLD|MAY|REC)-[0-9]+(?: to (?:MUST|SHLD|MAY|REC)-[0-9]+)?|§[0-9.]*[0-9]))+)`)
	sectionID     = regexp.MustCompile(`§([0-9.]*[0-9])`)
)

// citations are the rows that a comment cites.
func citations(comment string) []rows.ID {
	var ids []rows.ID
	comment = strings.Join(strings.Fields(comment), " ")
	for _, m := range requirementID.FindAllStringSubmatch(comment, -1) {
		from, _ := strconv.Atoi(m[2])
		to := from
		if m[4] != "" {
			to, _ = strconv.Atoi(m[4])
		}
		for n := from; n <= to; n++ {
			ids = append(ids, rows.ID(fmt.Sprintf("RFC9293/%s-%d", m[1], n)))
		}
	}
	for _, list := range sectionList.FindAllStringSubmatch(comment, -1) {
		for _, m := range sectionID.FindAllStringSubmatch(list[1], -1) {
			ids = append(ids, rows.ID("RFC9293/"+m[1]))
		}
	}
	return ids
}

func TestCitationsAreRead(t *testing.T) {
	got := fmt.Sprint(citations("KERNEL §4, RFC 9293 MUST-4 to MUST-6, §3.5: words, SHLD-2; RFC 7323 §5.3 is\nanother, and RFC 9293\n§3.10.7.1."))
	if want := "[RFC9293/MUST-4 RFC9293/MUST-5 RFC9293/MUST-6 RFC9293/SHLD-2 RFC9293/3.5 RFC9293/3.10.7.1]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// citing are the tests of the module that cite each row, and the facts that are named for one.
func citing(t *testing.T) map[rows.ID][]string {
	t.Helper()
	by := map[rows.ID][]string{}
	add := func(id rows.ID, test string) {
		if _, ok := rows.Lookup(id); !ok {
			t.Errorf("%s cites %s, which is no row", test, id)
		}
		if !slices.Contains(by[id], test) {
			by[id] = append(by[id], test)
		}
	}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || f.Recv != nil || f.Doc == nil || !strings.HasPrefix(f.Name.Name, "Test") {
				continue
			}
			for _, id := range citations(f.Doc.Text()) {
				add(id, strings.TrimSuffix(file.Name.Name, "_test")+"."+f.Name.Name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	facts, err := filepath.Glob("trace/testdata/facts/RFC9293-*.tcp")
	if err != nil || len(facts) == 0 {
		t.Fatalf("no facts: %v", err)
	}
	name := regexp.MustCompile(`^RFC9293-((?:MUST|SHLD|MAY|REC)-[0-9]+|[0-9.]+)-`)
	for _, file := range facts {
		base := strings.TrimSuffix(filepath.Base(file), ".tcp")
		if m := name.FindStringSubmatch(base); m != nil {
			add(rows.ID("RFC9293/"+m[1]), "trace.TestFacts/"+base)
		}
	}
	return by
}

const requirementsHead = `# RFC 9293: what asks it, and what answers

Every section and numbered requirement of RFC 9293 that is in scope, the rules that cite it, and the tests that hold it. A rule that no test
cites is held by trace.TestMutantsAreFound, which takes each rule out and wants something to break. The words are ours; the RFC's
are the law. What is left out says why. Made by ` + "`go generate ./tcp`" + `; a test wants it fresh and complete.

| id | section | says | rules | tests |
|---|---|---|---|---|
`

// Every row of RFC 9293 that is in scope is cited by a rule or a test, or left out for a reason; REQUIREMENTS.md shows which.
func TestRequirements(t *testing.T) {
	tests := citing(t)
	var text, beyond strings.Builder
	text.WriteString(requirementsHead)
	for _, e := range rows.All() {
		document, item, _ := strings.Cut(string(e.ID), "/")
		if document != "RFC9293" {
			continue
		}
		if e.Scope != rows.InScope {
			fmt.Fprintf(&beyond, "| %s | %s | %s |\n", item, e.Section, e.English)
			continue
		}
		var citers []string
		for _, r := range tcp.Rules() {
			if r.Source == e.ID && sound(t, r) {
				citers = append(citers, r.Name)
			}
		}
		held, why := tests[e.ID], leftOut[e.ID]
		switch {
		case len(citers)+len(held) > 0 && why != "":
			t.Errorf("%s is left out, and yet cited by %v %v", e.ID, citers, held)
		case len(citers)+len(held) > 0:
		case why == "":
			t.Errorf("%s is cited by no rule and no test: %s", e.ID, e.English)
		default:
			held = []string{"*left out: " + why + "*"}
		}
		if len(held) == 0 {
			held = []string{"trace.TestMutantsAreFound"}
		}
		fmt.Fprintf(&text, "| %s | %s | %s | %s | %s |\n", item, e.Section, e.English, strings.Join(citers, ", "), strings.Join(held, ", "))
	}
	text.WriteString("\n# Out of scope\n\n| id | section | says |\n|---|---|---|\n" + beyond.String())
	const file = "REQUIREMENTS.md"
	if *update {
		if err := os.WriteFile(file, []byte(text.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(file)
	if err != nil || string(have) != text.String() {
		t.Errorf("%s is stale (%v): run go generate ./tcp", file, err)
	}
}

// sound reports whether a stack has the rule; the others are broken on purpose, and cite what they break.
func sound(t *testing.T, r *tcp.Rule) bool {
	t.Helper()
	for _, name := range tcp.BaseBooks() {
		b, err := tcp.FindBook(name)
		if err != nil {
			t.Fatal(err)
		}
		if b.Has(r) {
			return true
		}
	}
	return false
}

// A MUST may be left out only where the engine has no way to meet it.
func TestOnlyOptionsAreLeftOut(t *testing.T) {
	for id := range leftOut {
		if _, ok := rows.Lookup(id); !ok {
			t.Errorf("%s is no row", id)
		}
		if strings.Contains(string(id), "/MUST-") && id != "RFC9293/MUST-55" {
			t.Errorf("%s is no option", id)
		}
	}
}

package source

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

func TestIDsAndNamesAreUnique(t *testing.T) {
	ids, names := map[ID]bool{}, map[string]bool{}
	for _, e := range All() {
		if ids[e.ID] {
			t.Errorf("%s: id appears twice", e.ID)
		}
		ids[e.ID] = true
		document, _, _ := strings.Cut(string(e.ID), "/")
		name := document + "/" + e.Name
		if names[name] {
			t.Errorf("%s: name %q appears twice in its document", e.ID, e.Name)
		}
		names[name] = true
	}
}

func TestIDsAndNamesHaveTheirShape(t *testing.T) {
	id := regexp.MustCompile(`^(KERNEL/\d+\.\d+|RFC\d+/\d+(\.\d+)*|RFC9293/(MUST|SHLD|MAY|REC)-\d+)$`)
	section := regexp.MustCompile(`^\d+(\.\d+)*$`)
	name := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	for _, e := range All() {
		if !id.MatchString(string(e.ID)) || !section.MatchString(e.Section) || !name.MatchString(e.Name) {
			t.Errorf("id %q, section %q, name %q: not the documented shape", e.ID, e.Section, e.Name)
		}
		document, item, _ := strings.Cut(string(e.ID), "/")
		switch {
		case document == "KERNEL" && !strings.HasPrefix(item, e.Section+"."):
			t.Errorf("%s: section is %q", e.ID, e.Section)
		case document != "KERNEL" && unicode.IsDigit(rune(item[0])) && item != e.Section:
			t.Errorf("%s: section is %q", e.ID, e.Section)
		}
	}
}

// rank turns an id into numbers that sort as the lists do: RFC 9293's sections, its requirements by kind, the other RFCs, the facts.
func rank(t *testing.T, id ID) []int {
	document, item, _ := strings.Cut(string(id), "/")
	var r []int
	switch {
	case document == "KERNEL":
		r = []int{2}
	case document != "RFC9293":
		r = []int{1, number(t, strings.TrimPrefix(document, "RFC"))}
	default:
		kind, n, found := strings.Cut(item, "-")
		if found {
			return []int{0, 1, strings.Index("MUST SHLD MAY REC", kind), number(t, n)}
		}
		r = []int{0, 0}
	}
	for part := range strings.SplitSeq(item, ".") {
		r = append(r, number(t, part))
	}
	return r
}

func number(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func less(a, b []int) bool {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return a[i] < b[i]
		}
	}
	return len(a) < len(b)
}

func TestRowsStandInOrder(t *testing.T) {
	all := All()
	for i := 1; i < len(all); i++ {
		if !less(rank(t, all[i-1].ID), rank(t, all[i].ID)) {
			t.Errorf("%s stands before %s", all[i-1].ID, all[i].ID)
		}
	}
}

func TestRequirementsAndFactsAreCountedWithoutGaps(t *testing.T) {
	for kind, last := range map[string]int{"RFC9293/MUST-": 69, "RFC9293/SHLD-": 31, "RFC9293/MAY-": 18, "RFC9293/REC-": 1} {
		for n := 1; n <= last; n++ {
			if _, ok := Lookup(ID(kind + strconv.Itoa(n))); !ok {
				t.Errorf("%s%d is missing", kind, n)
			}
		}
	}
	facts := map[string]int{}
	for _, e := range All() {
		if !strings.HasPrefix(string(e.ID), "KERNEL/") {
			continue
		}
		facts[e.Section]++
		if want := ID(fmt.Sprintf("KERNEL/%s.%d", e.Section, facts[e.Section])); e.ID != want {
			t.Errorf("%s follows where %s is due", e.ID, want)
		}
	}
	if len(facts) != 16 {
		t.Errorf("facts come from %d sections, want 16", len(facts))
	}
}

func TestBothLanguagesSayTheSameNumbers(t *testing.T) {
	decimal := regexp.MustCompile(`\d+\.\d+`)
	for _, e := range All() {
		if !strings.ContainsFunc(e.Chinese, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			t.Errorf("%s: no Chinese in %q", e.ID, e.Chinese)
		}
		if strings.ContainsFunc(e.English, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			t.Errorf("%s: Chinese in %q", e.ID, e.English)
		}
		if !strings.HasSuffix(e.English, ".") || !strings.HasSuffix(e.Chinese, "。") {
			t.Errorf("%s: a sentence without its full stop", e.ID)
		}
		english, chinese := decimal.FindAllString(e.English, -1), decimal.FindAllString(e.Chinese, -1)
		if a, b := counted(english), counted(chinese); a != b {
			t.Errorf("%s: numbers differ: %s against %s", e.ID, a, b)
		}
	}
}

// counted names how often each word appears, in an order of its own: the two languages order their clauses differently.
func counted(words []string) string {
	count := map[string]int{}
	for _, w := range words {
		count[w]++
	}
	return fmt.Sprint(count)
}

func TestCite(t *testing.T) {
	for id, want := range map[ID]string{
		"RFC9293/3.10.7.4": "RFC 9293 §3.10.7.4",
		"RFC9293/MUST-10":  "RFC 9293 MUST-10 (§3.5)",
		"RFC9293/REC-1":    "RFC 9293 REC-1 (§3.1)",
		"RFC5961/3.2":      "RFC 5961 §3.2",
		"RFC1337/3":        "RFC 1337 §3",
		"KERNEL/5.2":       "KERNEL §5",
	} {
		e, ok := Lookup(id)
		if !ok {
			t.Errorf("%s: no such row", id)
			continue
		}
		if got := e.Cite(); got != want {
			t.Errorf("%s: Cite() = %q, want %q", id, got, want)
		}
	}
}

func TestLookupOfAnUnknownID(t *testing.T) {
	if e, ok := Lookup("RFC9293/MUST-70"); ok || e != (Entry{}) {
		t.Errorf("Lookup found %+v", e)
	}
}

func TestAllIsTheCallersOwn(t *testing.T) {
	All()[0] = Entry{}
	if All()[0] == (Entry{}) {
		t.Error("writing to All's result changed the list")
	}
}

func TestParseNamesTheLine(t *testing.T) {
	good := header + "\nKERNEL/1.1\t1\tname\tin\tEnglish.\t中文。\n"
	if entries, err := parse(nil, "list", good); err != nil || len(entries) != 1 {
		t.Fatalf("good list: %v, %d entries", err, len(entries))
	}
	for _, bad := range []struct{ text, want string }{
		{"id\n", "list:1: header"},
		{good + "KERNEL/1.2\t1\tname\tin\tEnglish.\n", "list:3: 5 fields"},
		{good + "KERNEL/1.2\t1\tname\tmaybe\tEnglish.\t中文。\n", "list:3: scope"},
		{good + "KERNEL/1.2\t1\tname\tin\t \t中文。\n", "list:3: field 5"},
		{good + "\n", "list:3: 1 fields"},
	} {
		if _, err := parse(nil, "list", bad.text); err == nil || !strings.HasPrefix(err.Error(), bad.want) {
			t.Errorf("error is %v, want %s...", err, bad.want)
		}
	}
}

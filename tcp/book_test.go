package tcp

import (
	"strings"
	"testing"

	"tcptutor/tcp/source"
)

// DESIGN: rules are named values with an ID and a source each, in both languages.
func TestRulesAreNamedAndCited(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Rules() {
		if seen[r.Name] {
			t.Errorf("two rules are called %s", r.Name)
		}
		seen[r.Name] = true
		if e, ok := source.Lookup(r.Source); !ok || e.Scope != source.InScope {
			t.Errorf("rule %s cites %q, which is not in scope or not listed", r.Name, r.Source)
		}
		if r.English == "" || r.Chinese == "" || strings.ToLower(r.Name) != r.Name {
			t.Errorf("rule %s lacks a text or has a strange name", r.Name)
		}
		if RuleOf(r.ID) != r {
			t.Errorf("rule %s is not found by its number", r.Name)
		}
	}
}

// Every rule is in some book: no rule is dead.
func TestEveryRuleIsInABook(t *testing.T) {
	books := everyBook(t)
	for _, r := range Rules() {
		used := false
		for _, b := range books {
			used = used || b.Has(r)
		}
		if !used {
			t.Errorf("rule %s is in no book", r.Name)
		}
	}
}

// everyBook is each base book, alone and with each patch.
func everyBook(t *testing.T) []*Book {
	t.Helper()
	var out []*Book
	for _, base := range []string{"linux", "linux6.4", "rfc9293"} {
		names := []string{base}
		for _, p := range Patches() {
			names = append(names, base+"+"+p.Name)
		}
		for _, n := range names {
			b, err := FindBook(n)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, b)
		}
	}
	return out
}

// A patch changes a copy: the book it is made from stays as it is; and it changes something.
func TestPatchesChangeTheirBookOnly(t *testing.T) {
	linuxNow := *bookNamed("linux").clone()
	for _, b := range everyBook(t) {
		if base, patch, ok := strings.Cut(b.Name, "+"); ok && same(b, bookNamed(base)) {
			t.Errorf("%s is no different from %s", patch, base)
		}
	}
	if !same(&linuxNow, bookNamed("linux")) {
		t.Error("a patch has changed linux itself")
	}
}

// KERNEL/1, 4, 15, 16.5, 16.16, 16.21: Linux before 6.5 differs from the later one in its SYN's schedule, its SYN queue, its window scale, in which
// old ACKs it takes and which it answers, in what may be echoed to a half-open connection, and in nothing else.
func TestLinux64DiffersOnlyWhereMeasured(t *testing.T) {
	old := *bookNamed("linux6.4").clone()
	if same(&old, bookNamed("linux")) {
		t.Error("linux6.4 is no different from linux")
	}
	old.replace(ruleAckRange, ruleAckRangeLinux)
	old.replace(rulePAWSLinux, rulePAWSOldAck, rulePAWSLinux)
	old.insertBefore(SynRcvd, rulePAWS, ruleHalfOpenEcho)
	old.Sysctls[SynLinearTimeouts], old.Sysctls[RmemMax], old.Numbers.HalfExtra = 4, 33554432, 1
	if !same(&old, bookNamed("linux")) {
		t.Error("linux6.4 differs from linux in more than these")
	}
}

func same(a, b *Book) bool {
	var la, lb []*Rule
	a.lists(func(l *[]*Rule) { la = append(append(la, *l...), nil) })
	b.lists(func(l *[]*Rule) { lb = append(append(lb, *l...), nil) })
	if len(la) != len(lb) || a.Numbers != b.Numbers || a.Sysctls != b.Sysctls {
		return false
	}
	for i := range la {
		if la[i] != lb[i] {
			return false
		}
	}
	return true
}

func TestUnknownBooksAreRefusedWithWhatThereIs(t *testing.T) {
	for name, want := range map[string]string{
		"windows":       "linux, linux6.4, rfc9293",
		"linux+bananas": "no-time-wait",
	} {
		if _, err := FindBook(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if b, err := FindBook("linux+no-time-wait"); err != nil || b.Name != "linux+no-time-wait" {
		t.Error(err)
	}
}

func TestStatesInEverySpelling(t *testing.T) {
	for s := Closed; s < NumStates; s++ {
		for _, n := range []string{s.String(), s.SS(), strings.ToLower(s.String())} {
			if got, ok := ParseState(n); !ok || got != s {
				t.Errorf("%s is read as %s", n, got)
			}
		}
	}
	for n, want := range map[string]State{"SYN-RECEIVED": SynRcvd, "FIN_WAIT1": FinWait1, "CLOSE": Closed, "syn_recv": SynRcvd} {
		if got, ok := ParseState(n); !ok || got != want {
			t.Errorf("%s is read as %s", n, got)
		}
	}
	for _, n := range []string{"RST_ACT", "SYN_SEND", "ESTABLISH", ""} {
		if got, ok := ParseState(n); ok {
			t.Errorf("%s, an invention, is read as %s", n, got)
		}
	}
}

func TestSysctlsAreDocumented(t *testing.T) {
	for k := range Knobs {
		if Knobs[k].Name == "" || Knobs[k].Doc == "" || !Knobs[k].Allows(Knobs[k].Default) {
			t.Errorf("knob %d has no name, no doc line, or a default that it does not allow", k)
		}
		if got, ok := ParseSysctl(Knobs[k].Name); !ok || int(got) != k {
			t.Errorf("%s is found as %d", Knobs[k].Name, got)
		}
	}
	if k, ok := ParseSysctl("tcp_fin_timeout"); !ok || k != FinTimeout {
		t.Error("a sysctl is not found by its short name")
	}
}

// RFC 9293 §3.4: numbers are compared on the circle.
func TestSequenceNumbersGoRound(t *testing.T) {
	top := Seq(0xffffffff)
	if !top.Before(0) || !Seq(0).After(top) || Seq(5).Since(top) != 6 || top.Add(2) != 1 {
		t.Error("0 does not follow the largest number")
	}
}

package quiz

import (
	"fmt"
	"testing"
)

func someSets(ids ...string) []*Set {
	var s Set
	for _, id := range ids {
		s.Items = append(s.Items, &Item{ID: id})
	}
	return []*Set{&s}
}

func ids(picks []Pick) string {
	var l []string
	for _, p := range picks {
		l = append(l, p.Item.ID)
	}
	return fmt.Sprint(l)
}

func TestDueComesFirstThenUnseenThenLeastAsked(t *testing.T) {
	sets := someSets("a", "b", "c", "d", "e")
	asked := map[string]int{"a": 2, "b": 1, "d": 7}
	plan := Plan{N: 9, Due: []string{"d", "gone", "b"}, Asked: func(id string) int { return asked[id] }}
	if got := ids(Session(sets, plan)); got != "[d b c e a]" {
		t.Error(got)
	}
	plan.N = 3
	if got := ids(Session(sets, plan)); got != "[d b c]" {
		t.Error(got)
	}
	plan.OnlyDue = true
	if got := ids(Session(sets, plan)); got != "[d b]" {
		t.Error(got)
	}
	if got := Session(sets, Plan{}); got != nil {
		t.Error(got)
	}
	if got := Session(nil, Plan{N: 3}); got != nil {
		t.Error(got)
	}
}

func TestNoSeedComesTwice(t *testing.T) {
	seen := map[uint64]int{}
	for n := range variants {
		seed := SeedFor("syn-lost", n)
		if was, again := seen[seed]; again || seed >= variants {
			t.Fatalf("asked %d and %d times before: both are seed %d", was, n, seed)
		}
		seen[seed] = n
	}
	if SeedFor("syn-lost", 0) == SeedFor("fin-lost", 0) {
		t.Error("two items begin with the same seed")
	}
}

func TestCodesAreTheSameEverywhere(t *testing.T) {
	// Written down once: learners tell each other these codes.
	if got := code("syn-lost", SeedFor("syn-lost", 0)); got != "syn-lost-"+got[len(got)-4:] || len(got) != 13 {
		t.Error(got)
	}
	r := random(0)
	if got := r.next(); got != 0xe220a8397b1dcdaf { // the first number of splitmix64 from 0
		t.Errorf("%x", got)
	}
	for _, bad := range []string{"", "syn-lost", "-4f2a", "syn-lost-4f2", "syn-lost-4f2ag", "syn-lost-xyzw", "4f2a"} {
		if item, seed, err := ParseCode(bad); err == nil {
			t.Errorf("%q is %s %d", bad, item, seed)
		}
	}
}

func ExampleParseCode() {
	item, seed, err := ParseCode("syn-lost-4f2a")
	fmt.Println(item, seed, err)
	// Output: syn-lost 20266 <nil>
}

func ExampleSession() {
	sets := someSets("who-first", "syn-lost", "fin-lost")
	asked := map[string]int{"who-first": 3}
	for _, p := range Session(sets, Plan{N: 2, Due: []string{"fin-lost"}, Asked: func(id string) int { return asked[id] }}) {
		fmt.Println(p.Item.ID)
	}
	// Output:
	// fin-lost
	// syn-lost
}

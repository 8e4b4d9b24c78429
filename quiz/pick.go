package quiz

// Pick is an item to be asked, with the seed to make it with.
type Pick struct {
	Item *Item
	Seed uint64
}

// Plan says what a quiz is to be made of.
type Plan struct {
	N int // how many questions at most
	// Due are the IDs of the items whose review has come, the most urgent first. IDs that no set has are passed over.
	Due []string
	// Asked tells how often an item has been asked. An item is never asked twice with the same seed.
	Asked func(item string) int
	// OnlyDue leaves out what is not due: a review.
	OnlyDue bool
}

// Session picks the items of a quiz over some sets: first those that are due, then those never asked, then those asked least; each in the
// order of the sets, and none twice. The same sets and plan give the same quiz.
func Session(sets []*Set, plan Plan) []Pick {
	var all []*Item
	for _, s := range sets {
		all = append(all, s.Items...)
	}
	asked := plan.Asked
	if asked == nil {
		asked = func(string) int { return 0 }
	}
	var picks []Pick
	taken := map[string]bool{}
	take := func(it *Item) {
		if len(picks) < plan.N && !taken[it.ID] {
			taken[it.ID] = true
			picks = append(picks, Pick{it, SeedFor(it.ID, asked(it.ID))})
		}
	}
	for _, id := range plan.Due {
		for _, it := range all {
			if it.ID == id {
				take(it)
			}
		}
	}
	if plan.OnlyDue {
		return picks
	}
	for times := 0; len(picks) < min(plan.N, len(all)); {
		next := -1
		for _, it := range all {
			n := asked(it.ID)
			if n == times {
				take(it)
			} else if n > times && (next < 0 || n < next) {
				next = n
			}
		}
		if next < 0 {
			break
		}
		times = next
	}
	return picks
}

package progress

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

const minute, hour24 int64 = 60, 24 * 60 * 60

func TestAWrongAnswerComesBackInAMinuteAndARightOneInTen(t *testing.T) {
	s := openNew(t)
	record(t, s, answer("wrong", false, day))
	record(t, s, answer("right", true, day))
	for _, step := range []struct {
		at   int64
		want []string
	}{
		{day, nil},
		{day + minute - 1, nil},
		{day + minute, []string{"wrong"}},
		{day + 10*minute, []string{"wrong", "right"}},
	} {
		list, err := s.Due(step.at, 10)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, card := range list {
			got = append(got, card.Item)
		}
		mustEqual(t, "due", got, step.want)
		totals, err := s.Totals(step.at)
		if err != nil || totals.Due != len(step.want) {
			t.Errorf("totals %+v, %v", totals, err)
		}
	}
	one, err := s.Due(day+hour24, 1)
	if err != nil || len(one) != 1 {
		t.Errorf("limit 1: %v, %v", one, err)
	}
}

func TestRightAnswersSpaceOutAndAForgottenOneComesBackSoon(t *testing.T) {
	card, at := Card{Lesson: "close", Item: "isn"}, day
	var gaps []int64
	for range 5 {
		card = card.review(true, at)
		gaps = append(gaps, (card.Due-at)/hour24)
		at = card.Due
	}
	for i := 1; i < len(gaps); i++ {
		if gaps[i] <= gaps[i-1] {
			t.Errorf("gaps in days %v do not grow", gaps)
		}
	}
	forgotten := card.review(false, at)
	if forgotten.Due-at != 5*minute || forgotten.Lapses != 1 || forgotten.Stability >= card.Stability {
		t.Errorf("%+v", forgotten)
	}
}

func TestTheStoredCardIsTheHistoryReplayed(t *testing.T) {
	s := openNew(t)
	want, at := Card{Lesson: "handshake", Item: "isn"}, day
	for i := range 20 {
		right := i%4 != 2
		record(t, s, answer("isn", right, at))
		want = want.review(right, at)
		at += int64(i) * hour24 / 3
	}
	got, ok, err := s.Card("handshake", "isn")
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	mustEqual(t, "card", got, want)
}

// A learner's clock may jump either way; the card must stay within what the
// formulas and the columns can hold.
func TestNoRunOfAnswersBreaksACard(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		card := Card{Lesson: "close", Item: "isn"}
		for i, n := 0, rapid.IntRange(1, 40).Draw(t, "answers"); i < n; i++ {
			at := rapid.Int64Range(0, MaxTime).Draw(t, "at")
			before := card
			card = card.review(rapid.Bool().Draw(t, "right"), at)
			if !card.sound() || card.Reps != before.Reps+1 || card.Due <= card.Last || card.Last < before.Last {
				t.Fatalf("%+v became %+v at %d", before, card, at)
			}
		}
	})
}

func TestACardWithImpossibleNumbersBeginsAnew(t *testing.T) {
	good := Card{Lesson: "close", Item: "isn"}.review(true, day)
	for name, spoil := range map[string]func(*Card){
		"no stability":   func(c *Card) { c.Stability = 0 },
		"infinite":       func(c *Card) { c.Stability = math.Inf(1) },
		"not a number":   func(c *Card) { c.Difficulty = math.NaN() },
		"unknown state":  func(c *Card) { c.State = 300 },
		"negative count": func(c *Card) { c.Lapses = -1 },
	} {
		card := good
		spoil(&card)
		mustEqual(t, name, card.review(true, day), good)
	}
}

package quiz

import "testing"

// BenchmarkMake makes each question of each lesson in turn, with all its runs, its choices and what is said about them.
func BenchmarkMake(b *testing.B) {
	sets := contents(b)
	var items []*Item
	for _, s := range sets {
		items = append(items, s.Items...)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := items[i%len(items)].Make(uint64(i / len(items))); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		contents(b)
	}
}

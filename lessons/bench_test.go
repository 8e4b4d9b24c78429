package lessons

import "testing"

// BenchmarkLoad is what opening a lesson costs: scenario, prose, questions, run.
func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Load("close"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkWhatIf is what opening a changed run costs.
func BenchmarkWhatIf(b *testing.B) {
	l, err := Load("close")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := l.WhatIfs[0].Open(); err != nil {
			b.Fatal(err)
		}
	}
}

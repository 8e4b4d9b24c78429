package packetdrill_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tcptutor/tcp/packetdrill"
	"tcptutor/tcp/scenario"
	"tcptutor/tcp/sim"
)

// eachFact gives the script of every end that has one of the scenarios that hold measured facts, with its book.
func eachFact(t *testing.T, yield func(name, script, book string)) {
	t.Helper()
	files, err := filepath.Glob("../trace/testdata/facts/*.tcp")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		p, mistakes := scenario.Parse(file, text)
		if len(mistakes) > 0 {
			t.Fatal(mistakes)
		}
		run := sim.NewTimeline(p)
		for h, spec := range p.Hosts {
			var b bytes.Buffer
			err := packetdrill.Write(&b, run, run.Len(), h)
			if _, refused := errors.AsType[*packetdrill.Refusal](err); refused {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(b.String(), "\n0") { // or nothing happens at this host
				yield(strings.TrimSuffix(filepath.Base(file), ".tcp")+"."+spec.Name, b.String(), spec.Book)
			}
		}
	}
}

// What is written of the measured facts passes when it is read back, whatever book it goes by.
func TestFactsReadBack(t *testing.T) {
	scripts := 0
	eachFact(t, func(name, script, book string) {
		scripts++
		readBack(t, name, script, book)
	})
	if scripts < 400 {
		t.Errorf("only %d scripts", scripts)
	}
}

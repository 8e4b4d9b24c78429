package sim

import (
	"reflect"
	"testing"
	"time"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
)

// crowded is a client that opens a thousand connections and is gone; the server, which accepts none, keeps them all.
func crowded() *Program {
	p := textbook("linux", 0)
	open := p.Threads[0].Lines[:3:3]
	listen := p.Threads[1].Lines[:3]
	listen[2].Call.A = 1000
	p.Threads[0].Lines, p.Threads[1].Lines = nil, listen
	for range 1000 {
		p.Threads[0].Lines = append(p.Threads[0].Lines, open...)
	}
	p.Threads[0].Lines = append(p.Threads[0].Lines, Line{Call: host.Call{Op: host.OpExit}, FDVar: -1, Assign: -1, When: -1})
	p.Limits = Limits{Steps: 1 << 20, Time: tcp.Time(time.Hour)}
	return p
}

// A run whose worlds are large takes no more memory for its checkpoints than it may, and is still the same run, wherever one looks.
func TestTimelineForgetsCheckpoints(t *testing.T) {
	p := crowded()
	before := Heap()
	tl := NewTimeline(p)
	n := tl.Len()
	if grown := int64(Heap()) - int64(before); grown > 64<<20 {
		t.Errorf("%d steps take %d bytes", n, grown)
	}
	if tl.apart == stride {
		t.Errorf("no checkpoint of %d had to be forgotten", len(tl.checkpoints))
	}
	w := NewWorld(p)
	var s Step
	for i := range n {
		w.Step(p, &s)
		if i%1999 != 0 && i != n-1 {
			continue
		}
		if !sameStep(&s, tl.Step(i)) {
			t.Errorf("step %d is another", i)
		}
		if tl.View(i+1).Key() != w.Key() {
			t.Errorf("the world after step %d is another", i)
		}
		back := i / 2
		if tl.View(back).Steps != back || tl.Step(back).At > s.At {
			t.Errorf("step %d is not where it was", back)
		}
	}
}

// A world's size counts every slice that it has.
func TestSizeCountsEverySlice(t *testing.T) {
	tl := NewTimeline(bulk(bulkText(100_000)))
	for i := 0; i < tl.Len(); i += 7 {
		w := tl.View(i).clone()
		if got, want := w.size(), int(sizeOf[World]())+sliceBytes(reflect.ValueOf(w).Elem()); got != want {
			t.Fatalf("after %d steps the size is %d, all slices make it %d", i, got, want)
		}
	}
}

func sliceBytes(v reflect.Value) int {
	n := 0
	switch v.Kind() {
	case reflect.Slice:
		n = v.Len() * int(v.Type().Elem().Size())
		for i := range v.Len() {
			n += sliceBytes(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			n += sliceBytes(v.Field(i))
		}
	}
	return n
}

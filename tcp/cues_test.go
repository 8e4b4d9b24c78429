package tcp

import (
	"math/rand"
	"reflect"
	"testing"
	"testing/quick"
)

// without takes from a segment and a connection what a rule is about.
func without(c cue, seg *Segment, t *TCB) {
	for _, f := range []struct {
		cue  cue
		flag Flags
	}{{cueSYN, SYN}, {cueRST, RST}, {cueFIN, FIN}, {cueURG, URG}} {
		if c&f.cue != 0 {
			seg.Flags &^= f.flag
		}
	}
	if c&cueText != 0 {
		seg.Data = ""
	}
	if c&cueSACK != 0 {
		seg.Opt.Set &^= OptSACK
	}
	if c&cueNoACK != 0 {
		seg.Flags |= ACK
	}
	if c&cueUnsent != 0 {
		t.Unsent, t.Out, t.FinQueue = 0, nil, false
	}
}

// A rule that a brief list leaves out has no say about what it is not about, whatever else the segment and the connection are.
func TestARuleIsAboutNothingElse(t *testing.T) {
	rng := rand.New(rand.NewSource(1))
	draw := func(v any) {
		random, _ := quick.Value(reflect.TypeOf(v).Elem(), rng)
		reflect.ValueOf(v).Elem().Set(random)
	}
	b := BookOf(0)
	for _, a := range about {
		for _, r := range a.rules {
			for range 400 {
				var x Turn
				var conn, before TCB
				draw(&x.Seg)
				draw(&conn)
				conn.State %= NumStates
				without(a.cue, &x.Seg, &conn)
				conn.CopyInto(&before)
				x.Reset(1, b, &b.Sysctls)
				if v := r.Do(&x, &conn); v != Pass {
					t.Fatalf("%s says %v about %+v", r.Name, v, x.Seg)
				}
				if conn.Vars != before.Vars || conn.Traits != before.Traits || len(x.Out) > 0 || x.Events != 0 {
					t.Fatalf("%s passes, but has done something about %+v", r.Name, x.Seg)
				}
			}
		}
	}
}

// A brief list has all rules of the whole one that are not about something else, in its order.
func TestBriefListsLeaveOnlyOthersOut(t *testing.T) {
	for _, b := range onShelf() {
		for s := range b.Arrives {
			isPart(t, b.Arrives[s], b.brief.ack[s], 0)
			isPart(t, b.Arrives[s], b.brief.fin[s], cueFIN)
		}
		isPart(t, b.Doors[DoorOutput], b.brief.idle, 0)
	}
}

func isPart(t *testing.T, whole, part []*Rule, there cue) {
	t.Helper()
	for _, r := range whole {
		if len(part) > 0 && part[0] == r {
			part = part[1:]
		} else if needs := r.needs(); needs == 0 || needs&there != 0 {
			t.Errorf("%s is left out", r.Name)
		}
	}
	if len(part) > 0 {
		t.Errorf("%s is out of place", part[0].Name)
	}
}

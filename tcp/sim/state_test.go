package sim

import (
	"reflect"
	"testing"
	"time"
	"unsafe"

	"tcptutor/tcp"
)

// DESIGN: state holds values and slices of values. No pointer, map, func, interface or channel.
func TestStateIsPlainData(t *testing.T) {
	seen := map[reflect.Type]bool{}
	var walk func(path string, ty reflect.Type)
	walk = func(path string, ty reflect.Type) {
		if seen[ty] {
			return
		}
		seen[ty] = true
		switch ty.Kind() {
		case reflect.Pointer, reflect.Map, reflect.Func, reflect.Interface, reflect.Chan, reflect.UnsafePointer:
			t.Errorf("%s is a %s", path, ty.Kind())
		case reflect.Struct:
			for i := range ty.NumField() {
				walk(path+"."+ty.Field(i).Name, ty.Field(i).Type)
			}
		case reflect.Slice, reflect.Array:
			walk(path+"[]", ty.Elem())
		}
	}
	walk("World", reflect.TypeFor[World]())
	if len(seen) < 20 {
		t.Errorf("only %d types walked", len(seen))
	}
}

// notState are the fields that a key leaves out, each with the reason.
var notState = map[string]string{
	"World.Now":                      "times are relative to it",
	"World.Seed":                     "what is left of it is in the hosts' numbers, which are relative",
	"World.Steps":                    "a count",
	"World.Outside":                  "what has left",
	"World.packets":                  "a count",
	"World.orders":                   "a count",
	"World.scratch":                  "Key's own memory",
	"World.sorted":                   "Key's own memory",
	"World.Threads.Task":             "never changes",
	"World.Threads.at":               "follows from the rest",
	"World.first":                    "follows from the rest",
	"World.Threads.order":            "its rank is in the key",
	"World.Vars.Sock":                "a serial number",
	"World.Wire.ID":                  "a serial number",
	"World.Wire.SentAt":              "the past",
	"World.Wire.Copy":                "the past",
	"World.Wire.Again":               "the past",
	"World.Wire.Conn":                "a serial number",
	"World.Wire.twice":               "done when the segment was sent",
	"World.Wire.order":               "its rank is in the key",
	"World.Hosts.Index":              "its place",
	"World.Hosts.Secret":             "what numbers are made from",
	"World.Hosts.Counters":           "statistics",
	"World.Hosts.serial":             "a count",
	"World.Hosts.free":               "which slot is taken next changes names only",
	"World.Hosts.table":              "follows from the sockets",
	"World.Hosts.tuples":             "follows from the sockets",
	"World.Hosts.bound":              "follows from the sockets",
	"World.Hosts.proven":             "asked about without SYN cookies only, and in the key then",
	"World.Hosts.Socks.claims":       "follows from being bound",
	"World.Hosts.timers":             "follows from the sockets",
	"World.Hosts.Procs.FDs.Sock":     "a serial number; the slot is in the key",
	"World.Hosts.Tasks.Since":        "the past",
	"World.Hosts.Tasks.Sock":         "a serial number",
	"World.Hosts.Tasks.Result":       "the past",
	"World.Hosts.Socks.ID":           "a serial number",
	"World.Hosts.Socks.HadFD":        "names only",
	"World.Hosts.Socks.Parent":       "a serial number; the slot is in the key while it matters",
	"World.Hosts.Socks.parent":       "in the key while half-open or waiting",
	"World.Hosts.Socks.Accept.ID":    "a serial number",
	"World.Hosts.Socks.due":          "follows from the timers",
	"World.Hosts.Socks.heapAt":       "follows from the timers",
	"World.Hosts.Socks.inTable":      "follows from the state",
	"World.Hosts.Socks.TCB.TSOffset": "a constant of the connection",
}

// RFC-like property: change any field of a world that is state, and the key changes; change any other, and it does not.
func TestKeyNamesAllState(t *testing.T) {
	p := textbook("linux", time.Second)
	p.Moments = []Moment{{Var: -1, Event: Sends, Seg: tcp.KindFIN}}
	for n := range 2 {
		p.Moments = append(p.Moments, Moment{Host: 1, Var: -1, Event: Sends, Seg: tcp.KindFIN, N: n + 1})
	}
	p.Faults = []Fault{
		{Kind: Duplicate, Extra: time.Millisecond},       // the answer carries SACK
		{Kind: Drop, Moment: 1}, {Kind: Drop, Moment: 2}, // the timer fires: there is something to recover from
	}
	tl := NewTimeline(p)
	touched := map[string]bool{}
	changed := map[string]bool{}
	for i := range tl.Len() {
		w := tl.View(i).clone()
		before := w.Key()
		poke(reflect.ValueOf(w).Elem(), "World", func(path string) {
			if _, out := notState[path]; out {
				return
			}
			touched[path] = true
			if w.Key() != before {
				changed[path] = true
			}
		})
	}
	for path := range touched {
		if !changed[path] {
			t.Errorf("%s is not in the key, and not among the fields left out with a reason", path)
		}
	}
	if len(touched) < 60 {
		t.Errorf("only %d fields were looked at", len(touched))
	}
}

// poke changes each leaf below v in turn, calls visit, and puts the leaf back.
func poke(v reflect.Value, path string, visit func(string)) {
	if !v.CanSet() {
		v = reflect.NewAt(v.Type(), unsafe.Pointer(v.UnsafeAddr())).Elem()
	}
	if _, out := notState[path]; out {
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			sub := path + "." + f.Name
			if f.Anonymous {
				sub = path
			}
			poke(v.Field(i), sub, visit)
		}
	case reflect.Slice:
		for i := range v.Len() {
			poke(v.Index(i), path, visit)
		}
	case reflect.Array:
		if v.Len() > 0 {
			poke(v.Index(0), path, visit)
		}
	default:
		old := reflect.New(v.Type()).Elem()
		old.Set(v)
		switch v.Kind() {
		case reflect.Bool:
			v.SetBool(!v.Bool())
		case reflect.String:
			v.SetString(v.String() + "x")
		case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
			v.SetInt(v.Int() ^ 1)
		default:
			v.SetUint(v.Uint() ^ 1)
		}
		visit(path)
		v.Set(old)
	}
}

func sizeOf[T any]() uintptr { return unsafe.Sizeof(*new(T)) }

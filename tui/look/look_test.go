package look_test

import (
	"reflect"
	"testing"

	"tcptutor/tui/cell"
	"tcptutor/tui/look"
)

// Every glyph takes one cell; ASCII ones are ASCII.
func TestGlyphsTakeOneCell(t *testing.T) {
	for name, g := range map[string]look.Glyphs{"unicode": look.Unicode, "ascii": look.ASCII} {
		v := reflect.ValueOf(g)
		for i := range v.NumField() {
			r := rune(v.Field(i).Int())
			if cell.RuneWidth(r) != 1 || name == "ascii" && r >= 0x7f {
				t.Errorf("%s: %s is %q", name, v.Type().Field(i).Name, r)
			}
		}
	}
}

// The environment decides: the locale and RUNEWIDTH_EASTASIAN the glyphs, NO_COLOR and TERM the colours, which then no background changes.
func TestChoose(t *testing.T) {
	for _, c := range []struct {
		env   map[string]string
		ascii bool
		theme *look.Theme
		glyph *look.Glyphs
	}{
		{map[string]string{"LANG": "en_US.UTF-8"}, false, &look.Light, &look.Unicode},
		{map[string]string{"LANG": "zh_CN.utf8", "NO_COLOR": "1"}, false, &look.NoColor, &look.Unicode},
		{map[string]string{"LANG": "C.UTF-8", "TERM": "dumb"}, false, &look.Dumb, &look.Unicode},
		{map[string]string{"LANG": "zh_CN.GB18030"}, false, &look.Light, &look.ASCII},
		{map[string]string{"LC_ALL": "C", "LANG": "C.UTF-8"}, false, &look.Light, &look.ASCII},
		{map[string]string{"LANG": "C.UTF-8", "RUNEWIDTH_EASTASIAN": "1"}, false, &look.Light, &look.ASCII},
		{map[string]string{"LANG": "C.UTF-8"}, true, &look.Light, &look.ASCII},
	} {
		l := look.Choose(func(k string) string { return c.env[k] }, c.ascii).Background(false)
		if l.Theme != c.theme || l.Glyphs != c.glyph || l.Fold != (c.glyph == &look.ASCII) {
			t.Errorf("%v: another look than wanted", c.env)
		}
	}
}

package look_test

import (
	"fmt"

	"tcptutor/tui/look"
)

// A terminal's environment decides: NO_COLOR takes the colours, --ascii the drawn lines.
func ExampleChoose() {
	env := map[string]string{"LANG": "en_US.UTF-8", "TERM": "xterm-256color"}
	getenv := func(name string) string { return env[name] }
	full := look.Choose(getenv, false)
	env["NO_COLOR"] = "1"
	plain := look.Choose(getenv, true)
	fmt.Printf("%c %t\n", full.H, *full.Theme == look.Dark)
	fmt.Printf("%c %t\n", plain.H, *plain.Theme == look.NoColor)
	// Output:
	// ─ true
	// - true
}

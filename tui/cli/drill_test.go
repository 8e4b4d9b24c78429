package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tcptutor/tcp/trace"
)

const failingScript = `// A reset comes where a FIN is expected.
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 1000
+0 > S. 0:0(0) ack 1 <mss 1460>
+.1 < P. 1:2(1) ack 1 win 1000
+0 > . 1:1(0) ack 2
+0 accept(3, ..., ...) = 4
+0 close(4) = 0
+0 > F. 1:1(0) ack 2
`

// --step shows a script as a run with its lines as notes: each at a step that is there, in their order, and in the end what went wrong.
func TestScriptOnTheScreen(t *testing.T) {
	name := filepath.Join(t.TempDir(), "reset.pkt")
	if err := os.WriteFile(name, []byte(failingScript), 0o644); err != nil {
		t.Fatal(err)
	}
	a := &app{w: &wordsOf[trace.English]}
	d, err := a.drillOne(name, &drillFlags{book: "linux"})
	if err != nil || d.failure == nil {
		t.Fatalf("%v, failure %v", err, d.failure)
	}
	story := drillStory(d, "linux")
	if n := len(story.Notes); n != len(d.script.Events) {
		t.Fatalf("%d notes for %d lines", n, len(d.script.Events))
	}
	last := 0
	for i, n := range story.Notes {
		if n.Step < last || n.Step >= story.Run.Len() {
			t.Errorf("note %d is at step %d of %d, after %d", i, n.Step, story.Run.Len(), last)
		}
		last = n.Step
		for _, body := range n.Body {
			if body[0].Lines[0] != d.script.Events[i].Text {
				t.Errorf("note %d says %q", i, body[0].Lines)
			}
		}
	}
	for lang, want := range []string{"another segment comes: [flags]: 0.100000 > R. 1:1(0) ack 2", "来的是另一个报文段：[flags] 不同: 0.100000 > R."} {
		body := story.Notes[len(story.Notes)-1].Body[lang]
		if text := body[len(body)-1].Spans[0].Text; !strings.HasPrefix(text, want) {
			t.Errorf("the end is %q, want %q", text, want)
		}
	}
	if step, err := story.Find("host sends SYN,ACK"); err != nil || step != story.Notes[4].Step {
		t.Errorf("the SYN,ACK is in step %d, and its line at %d: %v", step, story.Notes[4].Step, err)
	}
}

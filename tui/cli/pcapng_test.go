package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/creack/pty"

	"tcptutor/tcp/trace"
)

const shortRun = "server s = socket()\nserver bind(s, 80)\nserver listen(s, 1)\nclient when server listen returns: s = socket()\nclient connect(s, server:80)\n"

// A capture holds every byte there is, escape sequences too: it goes into files and pipes, never onto a terminal.
func TestPcapngIsKeptOffTheTerminal(t *testing.T) {
	file := filepath.Join(t.TempDir(), "short.tcp")
	if err := os.WriteFile(file, []byte(shortRun), 0o644); err != nil {
		t.Fatal(err)
	}
	terminal, screen, err := pty.Open()
	if err != nil {
		t.Skipf("no pseudo-terminal here: %v", err)
	}
	defer terminal.Close()
	defer screen.Close()
	var complaint bytes.Buffer
	a := &app{in: strings.NewReader(""), out: screen, err: &complaint}
	if got := a.main([]string{"run", file, "--format", pcapng}, func(string) string { return "" }); got != wrongUse {
		t.Errorf("exit status %d, want %d", got, wrongUse)
	}
	for _, want := range []string{wordsOf[trace.English].binary, "tcptutor run " + file + " --format pcapng > "} {
		if !strings.Contains(complaint.String(), want) {
			t.Errorf("it says %q, want %q in it", &complaint, want)
		}
	}
	var out bytes.Buffer
	a = &app{in: strings.NewReader(""), out: &out, err: &complaint}
	complaint.Reset()
	if got := a.main([]string{"run", file, "--format", pcapng, "--at", "client"}, func(string) string { return "" }); got != fine {
		t.Errorf("into a pipe: exit status %d, %s", got, &complaint)
	}
	const sectionHeader = "\n\r\r\n" // the first four bytes of every pcapng file
	if b := out.Bytes(); !bytes.HasPrefix(b, []byte(sectionHeader)) || bytes.Count(b, []byte("client")) != 1 || bytes.Contains(b, []byte("server")) {
		t.Errorf("no capture of the client's interface alone: %q", b)
	}
}

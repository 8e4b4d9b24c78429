package packetdrill

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tcptutor/tcp/scenario"
	"tcptutor/tcp/sim"
)

var update = flag.Bool("update", false, "write the golden files anew")

func parse(t *testing.T, text string) *sim.Timeline {
	t.Helper()
	p, mistakes := scenario.Parse("test.tcp", []byte(text))
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	return sim.NewTimeline(p)
}

const opening = `
server s = socket()
server bind(s, 8080)
server listen(s, 10)
server c = accept(s)
client when server accept blocks: s = socket()
client connect(s, server:8080)
`

// Each scenario of testdata as both of its ends. A change of these files is a change of what a kernel is asked to do.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.tcp")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		run := parse(t, string(text))
		for h, spec := range run.Program().Hosts {
			var got bytes.Buffer
			if err := Write(&got, run, run.Len(), h); err != nil {
				t.Fatal(err)
			}
			golden := strings.TrimSuffix(file, ".tcp") + "." + spec.Name + ".pkt"
			if *update {
				if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), got.String()); d != "" {
				t.Errorf("%s (-want +got):\n%s", golden, d)
			}
		}
	}
}

// What a script cannot say is refused with the reason, and nothing is written.
func TestRefusals(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{opening + "client d = socket()\nclient connect(d, server:8080)\n", "a script runs one connection, and beside 10.0.0.2:8080 to 10.0.0.1:"},
		{opening + "server/2 when server accept blocks: socket()\n", "socket() starts while another call blocks, and a script has one thread"},
		{opening + "server dup(c)\n", "a script has no dup()"},
		{"server s = socket()\nserver connect(s, 10.0.0.9:80)\nlimit time 5s\n", "connect() has not returned yet"},
		{"hosts a b\na socket()\nb s = socket()\nb connect(s, a:80)\nunreachable b sends SYN\n", "an ICMP error reaches the host, and a script has none"},
		{"server s = socket()\nserver bind(s, 8080)\nserver listen(s, 1)\ninject at 1ms: 10.9.9.9:9 > server:8080 [S] seq 1000 <mss 1460,TS val 9 ecr 9>\n", "a timestamp is echoed that the host has never sent"},
		{"server s = socket()\nserver bind(s, 80)\nserver listen(s, 1)\nserver d = socket()\nserver connect(d, 127.0.0.1:80)\n", "the host talks to itself"},
	} {
		run := parse(t, test.text)
		server := len(run.Program().Hosts) - 1
		var out bytes.Buffer
		err := Write(&out, run, run.Len(), server)
		if r, ok := errors.AsType[*Refusal](err); !ok || !strings.Contains(r.Error(), test.want) || out.Len() > 0 {
			t.Errorf("%v after %q, want %q", err, &out, test.want)
		}
	}
}

type full struct{}

var errFull = errors.New("no space")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestWriteGivesTheWritersError(t *testing.T) {
	run := parse(t, opening)
	if err := Write(full{}, run, run.Len(), 0); !errors.Is(err, errFull) {
		t.Errorf("error is %v, want %v", err, errFull)
	}
}

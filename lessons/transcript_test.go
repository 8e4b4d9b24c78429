package lessons

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTranscripts holds every lesson as it reads, values and what-ifs included. Read the change before you commit it.
func TestTranscripts(t *testing.T) {
	for _, info := range List() {
		for lang := range NumLangs {
			name := info.ID + "." + lang.String() + ".txt"
			t.Run(name, func(t *testing.T) {
				l, err := Load(info.ID)
				if err != nil {
					t.Fatal(err)
				}
				var got bytes.Buffer
				if err := Transcript(l, lang, &got); err != nil {
					t.Fatal(err)
				}
				golden := filepath.Join("testdata", name)
				if *update {
					if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(golden)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), got.String()); diff != "" {
					t.Errorf("-was +is:\n%s", diff)
				}
			})
		}
	}
}

func TestTranscriptLinesFit(t *testing.T) {
	for _, info := range List() {
		l, err := Load(info.ID)
		if err != nil {
			t.Fatal(err)
		}
		for lang := range NumLangs {
			var got bytes.Buffer
			if err := Transcript(l, lang, &got); err != nil {
				t.Fatal(err)
			}
			for _, line := range strings.Split(got.String(), "\n") {
				if cells(line) > transcriptWidth+4 && !strings.Contains(line, " IP ") {
					t.Errorf("%s %s: %d cells: %s", info.ID, lang, cells(line), line)
				}
			}
		}
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  string
	}{
		{"one two three", 7, "one two|three"},
		{"unbreakable", 4, "unbreakable"},
		{"", 4, ""},
		{"四个汉字", 4, "四个|汉字"},
		{"四个，汉字", 4, "四|个，|汉字"},
		{"用 SYN 占一", 6, "用 SYN|占一"},
		{"说「好」了", 6, "说|「好」|了"},
	} {
		if got := strings.Join(wrap(c.text, c.width), "|"); got != c.want {
			t.Errorf("wrap(%q, %d) = %q, expected %q", c.text, c.width, got, c.want)
		}
	}
}

// TestWriterErrorsAreTold: a transcript that cannot be written says so.
func TestWriterErrorsAreTold(t *testing.T) {
	l, err := Load("handshake")
	if err != nil {
		t.Fatal(err)
	}
	if err := Transcript(l, English, full{}); err != errFull {
		t.Errorf("got %v", err)
	}
}

type full struct{}

var errFull = os.ErrClosed

func (full) Write([]byte) (int, error) { return 0, errFull }

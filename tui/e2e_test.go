package tui_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"tcptutor/quiz"
	"tcptutor/tui/study"
)

// The real binary in a real terminal: a tmux server of the test's own. Nothing here sleeps for a time that was guessed; the screen is
// looked at until it shows what is waited for.

const (
	patience = 20 * time.Second      // how long the screen may take to show something
	glance   = 15 * time.Millisecond // between two looks at it
)

// built is where binary has put the program; "" when it was not asked to.
var built string

// binary builds the program, once.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "tcptutor-e2e")
	if err != nil {
		return "", err
	}
	built = dir
	path := filepath.Join(dir, "tcptutor")
	if out, err := exec.Command("go", "build", "-o", path, "tcptutor").CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %v\n%s", err, out)
	}
	return path, nil
})

// TestMain takes the built program away at the end.
func TestMain(m *testing.M) {
	code := m.Run()
	if built != "" {
		os.RemoveAll(built)
	}
	os.Exit(code)
}

// learner is somebody at a terminal: an environment with a place for progress.
type learner struct {
	t     *testing.T
	bin   string
	state string // XDG_STATE_HOME
	env   []string
}

func newLearner(t *testing.T, env ...string) *learner {
	t.Helper()
	if os.Getenv("TCPTUTOR_E2E") != "1" {
		t.Skip("needs tmux and builds the program: set TCPTUTOR_E2E=1")
	}
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("there is no tmux here")
	}
	bin, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	state := t.TempDir()
	env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "LANG=C.UTF-8", "XDG_STATE_HOME=" + state}, env...)
	return &learner{t, bin, state, env}
}

// run runs the program without a terminal and returns what it prints.
func (l *learner) run(args ...string) string {
	cmd := exec.Command(l.bin, args...)
	cmd.Env = l.env
	out, err := cmd.Output()
	if err != nil {
		l.t.Fatalf("tcptutor %q: %v\n%s", args, err, out)
	}
	return string(out)
}

// terminal is a tmux server with one window, in which the program runs.
type terminal struct {
	t      *testing.T
	socket string
	pid    string // file with the program's process id
	env    []string
}

var terminals int

// keeper runs the program, leaves its process id in a file, and says how it ended, on a line of its own wherever a kill has left the
// cursor. The window outlives it.
const keeper = `sh -c 'echo $$ >"$PROGRAM_PID"; exec "$@"' program "$@"; code=$?; printf '\nexit status %s\n' $code; exec cat`

// open starts the program in a terminal of that size.
func (l *learner) open(w, h int, args ...string) *terminal {
	l.t.Helper()
	terminals++
	x := &terminal{t: l.t, socket: fmt.Sprintf("tcptutor-%d-%d", os.Getpid(), terminals), pid: filepath.Join(l.t.TempDir(), "pid")}
	x.env = append(append([]string(nil), l.env...), "PROGRAM_PID="+x.pid)
	// -f /dev/null keeps the user's own settings out.
	start := []string{"-f", "/dev/null", "start-server", ";", "set", "-g", "status", "off", ";", "set", "-sg", "escape-time", "0", ";",
		"set", "-g", "default-terminal", "tmux-256color", ";",
		"new-session", "-d", "-x", strconv.Itoa(w), "-y", strconv.Itoa(h), "sh", "-c", keeper, "keeper", l.bin}
	l.t.Cleanup(x.close)
	x.tmux(append(start, args...)...)
	return x
}

// close ends the tmux server.
func (x *terminal) close() { exec.Command("tmux", "-L", x.socket, "kill-server").Run() }

func (x *terminal) tmux(args ...string) string {
	x.t.Helper()
	cmd := exec.Command("tmux", append([]string{"-u", "-L", x.socket}, args...)...)
	cmd.Env = x.env
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		x.t.Fatalf("tmux %q: %v: %s", args, err, &complaint)
	}
	return string(out)
}

// press types keys, as tmux spells them.
func (x *terminal) press(keys ...string) {
	x.t.Helper()
	x.tmux(append([]string{"send-keys", "--"}, keys...)...)
}

func (x *terminal) screen() string { return x.tmux("capture-pane", "-p") }

// until looks at the screen until it is as wanted, and returns it.
func (x *terminal) until(what string, wanted func(screen string) bool) string {
	x.t.Helper()
	screen := ""
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(glance) {
		if screen = x.screen(); wanted(screen) {
			return screen
		}
	}
	x.t.Fatalf("the screen never shows %s:\n%s", what, screen)
	return ""
}

// shows waits until all these texts are on the screen.
func (x *terminal) shows(texts ...string) string {
	x.t.Helper()
	return x.until(fmt.Sprintf("%q", texts), func(screen string) bool {
		for _, text := range texts {
			if !strings.Contains(screen, text) {
				return false
			}
		}
		return true
	})
}

// loses waits until a text is gone from the screen.
func (x *terminal) loses(text string) {
	x.t.Helper()
	x.until(fmt.Sprintf("a screen without %q", text), func(screen string) bool { return !strings.Contains(screen, text) })
}

func (x *terminal) resize(w, h int) {
	x.tmux("resize-window", "-x", strconv.Itoa(w), "-y", strconv.Itoa(h))
}

// kill ends the program as kill -9 does.
func (x *terminal) kill() {
	x.t.Helper()
	text, err := os.ReadFile(x.pid)
	if err != nil {
		x.t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		x.t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		x.t.Fatal(err)
	}
	x.until("its end", func(screen string) bool { // wherever the cursor stood, the words go on from there
		return strings.Contains(strings.Join(strings.Fields(screen), ""), "exitstatus137")
	})
}

// quits presses q and wants a clean end.
func (x *terminal) quits() {
	x.t.Helper()
	x.press("q")
	x.shows("exit status 0")
}

// prediction is a place in a lesson where something is asked, counted from the beginning of its notes.
type prediction struct {
	step         int // from 1, as the screen counts
	item         string
	right, wrong string            // keys
	given        map[string]string // what is kept of an answer, by its key
}

// predictions finds what a lesson asks to choose, and grades the choices as the program will.
func predictions(t *testing.T, lesson string) []prediction {
	t.Helper()
	l, err := study.NewLibrary().Open(lesson)
	if err != nil {
		t.Fatal(err)
	}
	var list []prediction
	for _, n := range l.Notes {
		for _, q := range n.Ask {
			p := prediction{step: n.Step + 1, item: q.Item, given: map[string]string{}}
			for i := range q.Choices {
				v, err := q.Grade(i, "")
				if err != nil {
					t.Fatal(err)
				}
				key := strconv.Itoa(i + 1)
				p.given[key] = v.Given
				if v.Right {
					p.right = key
				} else {
					p.wrong = key
				}
			}
			if p.right != "" {
				list = append(list, p)
			}
		}
	}
	if len(list) < 2 {
		t.Fatalf("the lesson %s asks %d things to choose from, want two", lesson, len(list))
	}
	return list
}

// goTo goes to a step by its number.
func (x *terminal) goTo(step int) {
	x.t.Helper()
	x.press("/")
	x.shows("go to")
	x.press(strconv.Itoa(step), "Enter")
	x.shows(fmt.Sprintf("step %d of", step))
}

// answers goes to a prediction, waits for it, and answers it.
func (x *terminal) answers(p prediction, key string) {
	x.t.Helper()
	x.goTo(p.step)
	x.shows("What do you think?")
	x.press(key)
	x.loses("What do you think?")
}

// A learner's evening: a lesson, its predictions, a what-if, other sizes, every view; and the next evening everything is where it was.
func TestLessonInATerminal(t *testing.T) {
	asked := predictions(t, "handshake")
	l := newLearner(t)
	x := l.open(120, 40)
	x.shows("The three-way handshake", "begin")
	x.press("c")
	x.shows("step 1 of")
	for step := 2; step <= 4; step++ {
		x.press("l")
		x.shows(fmt.Sprintf("step %d of", step))
	}
	x.press("Left")
	x.shows("step 3 of")
	x.answers(asked[0], asked[0].wrong)
	x.shows("✗ You said")
	x.answers(asked[1], asked[1].right)
	x.shows("✓ Right")

	x.press("?")
	x.shows("Keys", "to the last step")
	x.press("Escape")
	x.loses("to the last step")

	x.press("w")
	x.shows("What if", "The client's ACK is lost")
	x.press("2")
	x.shows("What if: The client's ACK is lost")
	x.press("u")
	x.loses("What if: ")

	for _, v := range []struct{ key, shows string }{
		{"2", "▶2 hosts"}, {"3", "somaxconn"}, {"4", "AF_INET"}, {"5", "Flags [S]"}, {"6", "Recv-Q"}, {"7", "▶7 why"}, {"1", "▶1 ladder"},
	} {
		x.press(v.key)
		x.shows(v.shows)
	}

	x.resize(80, 24)
	x.until("24 rows", func(s string) bool { return strings.Count(s, "\n") == 24 && strings.Contains(s, "? help") })
	x.resize(50, 10)
	x.shows("60x15", "50x10")
	x.resize(120, 40)
	place := stepOf.FindString(x.shows("? help", "client 10.0.0.1", "RCV.NXT"))
	x.quits()

	if got := l.run("progress"); !strings.Contains(got, "1 of 2 answers right") {
		t.Errorf("progress after %s, one wrong and one right answer:\n%s", place, got)
	}
	x = l.open(120, 40)
	x.shows("continue", "The three-way handshake, "+place)
	x.press("c")
	x.shows(place, "client 10.0.0.1")
	x.quits()
}

var stepOf = regexp.MustCompile(`step \d+ of \d+`)

var code = regexp.MustCompile(`(\S+-[0-9a-f]{4})\n`)

// question makes the question again that the screen shows, by its code.
func question(t *testing.T, screen string) *quiz.Question {
	t.Helper()
	found := code.FindStringSubmatch(screen)
	if found == nil {
		t.Fatalf("no code on the screen:\n%s", screen)
	}
	id, seed, err := quiz.ParseCode(found[1])
	if err != nil {
		t.Fatal(err)
	}
	library := study.NewLibrary()
	for _, i := range library.Lessons() {
		l, err := library.Load(i.ID)
		if err != nil {
			t.Fatal(err)
		}
		if item := l.Quiz.Item(id); item != nil {
			q, err := item.Make(seed)
			if err != nil {
				t.Fatal(err)
			}
			return q
		}
	}
	t.Fatalf("no lesson has the item %s", id)
	return nil
}

// A wrong answer is refuted by a run, which opens at the step that decides.
func TestQuizInATerminal(t *testing.T) {
	l := newLearner(t)
	x := l.open(80, 24, "quiz", "handshake")
	q := question(t, x.shows("Question 1 of"))
	keys, verdict := wrong(t, q)
	x.press(keys...)
	x.shows("✗ You said", "v see it")
	x.press("v")
	x.shows("How it was", fmt.Sprintf("step %d of", verdict.See.Step+1))
	x.press("Escape")
	x.shows("✗ You said", "Question 1 of")
	x.press("Enter")
	x.shows("Question 2 of")
	x.press("Escape")
	x.shows("0 of 1 right")
	x.quits()
	if got := l.run("progress"); !strings.Contains(got, "0 of 1 answers right") {
		t.Errorf("progress after one wrong answer:\n%s", got)
	}
}

func TestChineseInATerminal(t *testing.T) {
	x := newLearner(t).open(80, 24, "--lang", "zh", "lesson", "handshake")
	x.shows("三次握手", "第 1 步，共", "前进")
	x.press("?")
	x.shows("按键", "到最后一步")
	x.press("Escape")
	x.loses("到最后一步")
	x.press("l")
	x.shows("第 2 步，共")
	x.quits()
}

var colour = regexp.MustCompile(`\x1b\[(?:\d+;)*(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])[;m]`)

// NO_COLOR leaves bold and such, and no colour; without it there is colour, or the test would see none anywhere.
func TestNoColourInATerminal(t *testing.T) {
	for _, c := range []struct {
		name string
		env  []string
		want bool
	}{{"NO_COLOR", []string{"NO_COLOR=1"}, false}, {"colours", []string{"COLORTERM=truecolor"}, true}} {
		t.Run(c.name, func(t *testing.T) {
			x := newLearner(t, c.env...).open(120, 40, "lesson", "close")
			x.shows("step 1 of", "? help")
			if got := x.tmux("capture-pane", "-e", "-p"); colour.MatchString(got) != c.want {
				t.Errorf("colours on the screen: %t, want %t:\n%q", !c.want, c.want, got)
			}
		})
	}
}

// Two programs write to one file; both answers are there.
func TestTwoProgramsAtOnce(t *testing.T) {
	asked := predictions(t, "handshake")
	l := newLearner(t)
	one, two := l.open(120, 40, "lesson", "handshake"), l.open(120, 40, "lesson", "handshake")
	one.shows("step ")
	two.shows("step ")
	one.answers(asked[0], asked[0].right)
	two.answers(asked[0], asked[0].wrong)
	one.shows("✓ Right")
	two.shows("✗ You said")
	two.answers(asked[1], asked[1].right)
	two.shows("✓ Right")
	one.quits()
	two.quits()
	if got := l.run("progress"); !strings.Contains(got, "2 of 3 answers right") {
		t.Errorf("progress after three answers in two programs:\n%s", got)
	}
}

// Where nothing can be kept the program says so, and teaches all the same.
func TestNowhereToKeepProgress(t *testing.T) {
	for _, c := range []struct {
		name    string
		prepare func(t *testing.T, state string)
	}{{"read-only", readOnly}, {"full", full}} {
		t.Run(c.name, func(t *testing.T) {
			asked := predictions(t, "handshake")
			l := newLearner(t)
			c.prepare(t, l.state)
			x := l.open(120, 40)
			x.until("what is not saved", func(s string) bool {
				return strings.Contains(strings.Join(strings.Fields(s), " "), "this session is not saved")
			})
			x.press("c")
			x.shows("step 1 of")
			x.answers(asked[0], asked[0].right)
			x.press("Escape")
			x.shows("lessons", "The three-way handshake")
			x.quits()
		})
	}
}

// readOnly makes a directory that takes no files: by its permissions or, since root ignores these, as a mount.
func readOnly(t *testing.T, state string) {
	if os.Getuid() == 0 {
		mount(t, state, "ro")
		return
	}
	if err := os.Chmod(state, 0o500); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(state, 0o700) })
}

// full makes a directory on a disk with no room left.
func full(t *testing.T, state string) {
	if os.Getuid() != 0 {
		t.Skip("only root can make a small disk")
	}
	mount(t, state, "size=64k")
	for err := error(nil); err == nil; {
		err = os.WriteFile(filepath.Join(state, "filler"), make([]byte, 1<<17), 0o600)
	}
}

func mount(t *testing.T, dir, options string) {
	t.Helper()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", options, "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("no mounts here: %s", out)
	}
	t.Cleanup(func() { exec.Command("umount", dir).Run() })
}

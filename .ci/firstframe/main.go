// Command firstframe measures how long two programs take from their start to a word on the screen, and compares the medians:
//
//	firstframe [flags] -reference REFERENCE PROGRAM
//
// Each run starts the program in a pseudo-terminal of its own with an empty home for its files, answers what it asks of the terminal,
// and stops the clock at the read that completes the word. Runs of the two take turns, so that a busy machine slows both. The exit
// status is 1 if the program is slower than twice the goal, or shows no first frame at all.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/creack/pty"
)

// patience is how long a program may take to its first frame before it is given up.
const patience = 10 * time.Second

// subject is a program to start and the word that its first frame shows.
type subject struct{ program, text string }

func main() {
	goal := flag.Float64("goal", 1.3, "the `ratio` of medians that is aimed at; past twice this is a failure")
	runs := flag.Int("runs", 20, "measured runs of each program")
	warmup := flag.Int("warmup", 3, "runs of each program before the measured ones")
	text := flag.String("text", "tcptutor", "the `word` that the program's first frame shows")
	reference := flag.String("reference", "", "the `program` to compare with")
	referenceText := flag.String("reference-text", "ready", "the `word` that the reference's first frame shows")
	flag.Parse()
	if flag.NArg() != 1 || *reference == "" || *runs < 1 {
		fmt.Fprintln(os.Stderr, "usage: firstframe [flags] -reference REFERENCE PROGRAM")
		flag.PrintDefaults()
		os.Exit(2)
	}
	ours, theirs, err := compare(subject{flag.Arg(0), *text}, subject{*reference, *referenceText}, *warmup, *runs)
	if err != nil {
		fmt.Fprintln(os.Stderr, "firstframe:", err)
		os.Exit(1)
	}
	ratio := float64(ours) / float64(theirs)
	const ms = float64(time.Millisecond)
	fmt.Printf("first frame: %.1f ms, empty program %.1f ms (medians of %d), ratio %.2f, goal %.2f\n",
		float64(ours)/ms, float64(theirs)/ms, *runs, ratio, *goal)
	if ratio > 2**goal {
		fmt.Printf("first frame: past twice the goal (%.2f)\n", 2**goal)
		os.Exit(1)
	}
}

// compare runs the two in turns and returns the median of each.
func compare(a, b subject, warmup, runs int) (time.Duration, time.Duration, error) {
	var ofA, ofB []time.Duration
	for i := range warmup + runs {
		tookA, err := firstFrame(a)
		if err != nil {
			return 0, 0, err
		}
		tookB, err := firstFrame(b)
		if err != nil {
			return 0, 0, err
		}
		if i >= warmup {
			ofA, ofB = append(ofA, tookA), append(ofB, tookB)
		}
	}
	return median(ofA), median(ofB), nil
}

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return (d[(len(d)-1)/2] + d[len(d)/2]) / 2
}

// firstFrame starts the program and returns how long it took until the word was on the screen. The program is killed then: what it does
// afterwards is not measured here.
func firstFrame(s subject) (time.Duration, error) {
	home, err := os.MkdirTemp("", "firstframe")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(home)
	cmd := exec.Command(s.program)
	cmd.Env = append(os.Environ(), "TERM=xterm-256color", "COLORTERM=truecolor", "LC_ALL=C.UTF-8", "HOME="+home,
		"XDG_STATE_HOME="+home, "XDG_DATA_HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_CACHE_HOME="+home)
	began := time.Now()
	terminal, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 40, Cols: 120})
	if err != nil {
		return 0, err
	}
	giveUp := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() }) // ends the read below
	defer func() {
		giveUp.Stop()
		_ = cmd.Process.Kill() // gone already, if it ended by itself
		_ = cmd.Wait()
		_ = terminal.Close()
	}()
	var screen, unanswered []byte
	chunk := make([]byte, 64<<10)
	for {
		n, readErr := terminal.Read(chunk)
		took := time.Since(began)
		screen = append(screen, chunk[:n]...)
		// Stripped, so that a window title or a mode's name does not count as a frame.
		if bytes.Contains([]byte(ansi.Strip(string(screen))), []byte(s.text)) {
			return took, nil
		}
		var answers []byte
		answers, unanswered = reply(append(unanswered, chunk[:n]...))
		_, writeErr := terminal.Write(answers)
		if err := errors.Join(readErr, writeErr); err != nil {
			return 0, fmt.Errorf("%s showed no %q within %v: %w; it wrote:\n%s", s.program, s.text, took.Round(time.Millisecond), err,
				ansi.Strip(string(screen)))
		}
	}
}

// queries are what programs ask a terminal, with the answers of a plain dark one.
var queries = []struct{ ask, answer string }{
	{"\x1b[c", "\x1b[?62;22c"},                        // primary device attributes
	{"\x1b[0c", "\x1b[?62;22c"},                       //
	{"\x1b[6n", "\x1b[1;1R"},                          // where the cursor is
	{"\x1b[>q", "\x1bP>|firstframe\x1b\\"},            // name and version
	{"\x1b[>0q", "\x1bP>|firstframe\x1b\\"},           //
	{"\x1b[?u", "\x1b[?0u"},                           // keyboard enhancements
	{"\x1b]10;?", "\x1b]10;rgb:ffff/ffff/ffff\x1b\\"}, // foreground colour
	{"\x1b]11;?", "\x1b]11;rgb:0000/0000/0000\x1b\\"}, // background colour
	{"\x1b]12;?", "\x1b]12;rgb:ffff/ffff/ffff\x1b\\"}, // cursor colour
	{"\x1b[?2026$p", "\x1b[?2026;2$y"},                // synchronized output
	{"\x1b[?2027$p", "\x1b[?2027;2$y"},                // grapheme clusters
	{"\x1b[?996n", "\x1b[?997;1n"},                    // dark or light
}

// reply returns the answers to the queries in what was written, in the order asked, and the rest that may be the start of another.
func reply(written []byte) (answers, rest []byte) {
	for {
		at, query := -1, 0
		for i, q := range queries {
			if j := bytes.Index(written, []byte(q.ask)); j >= 0 && (at < 0 || j < at) {
				at, query = j, i
			}
		}
		if at < 0 {
			break
		}
		answers = append(answers, queries[query].answer...)
		written = written[at+len(queries[query].ask):]
	}
	if i := bytes.LastIndexByte(written, 0x1b); i >= 0 {
		return answers, written[i:]
	}
	return answers, nil
}

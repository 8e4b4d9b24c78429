package tui_test

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// The guide in the README, done: curl asks a server that is stepped by hand, and waits until its SYN,ACK is let go.
func TestLiveInATerminal(t *testing.T) {
	l := newLearner(t)
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("there is no curl here")
	}
	x := l.open(120, 32, "live")
	x.shows("accept() waits", "tcptutor live run curl", "http://10.0.0.2:8080/", "step 4 of 4")

	curl := exec.Command(l.bin, "live", "run", "curl", "-s", "http://10.0.0.2:8080/")
	curl.Env = l.env
	var said bytes.Buffer
	curl.Stdout, curl.Stderr = &said, &said
	if err := curl.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- curl.Wait() }()
	x.shows("SYN from 10.0.0.1:")
	select {
	case err := <-ended:
		t.Fatalf("curl did not wait: %v, %s", err, &said)
	default:
	}
	x.press("l")
	x.shows("SYN_RCVD", "──SYN,ACK", "step 5 of 5")
	for end := time.Now().Add(patience); ; time.Sleep(glance) {
		select {
		case err := <-ended:
			if err != nil || said.String() != "Hello from the TCP in your hands.\n" {
				t.Fatalf("curl: %v, %q", err, &said)
			}
		default:
			if time.Now().After(end) {
				t.Fatalf("curl is never answered:\n%s", x.screen())
			}
			x.press("l")
			continue
		}
		break
	}

	// What has happened is read back and forth, and a second program finds the first.
	x.press("g")
	x.shows("step 1 of", "You look back")
	second := l.open(120, 32, "live")
	second.shows("a live run is open already", "exit status 1")
	x.quits()

	after := exec.Command(l.bin, "live", "run", "cat")
	after.Env = l.env
	if out, err := after.CombinedOutput(); err == nil || !strings.Contains(string(out), "no live run is open") {
		t.Errorf("after the end: %v, %s", err, out)
	}
}

// A live run that was killed leaves nothing in the way of the next one.
func TestLiveAfterAKill(t *testing.T) {
	l := newLearner(t)
	x := l.open(80, 24, "live", "--lang", "zh")
	x.shows("没有等待中的事。", "tcptutor live run curl http://10.0.0.2:8080/")
	x.kill()
	x = l.open(80, 24, "live")
	x.shows("Nothing waits.")
	x.quits()
}

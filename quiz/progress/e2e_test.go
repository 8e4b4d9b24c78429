package progress

import (
	"bufio"
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const (
	e2e        = "TCPTUTOR_E2E"
	killedPath = "TCPTUTOR_KILLED_PATH"
)

// TestKilledWriter is the program that is killed: it records answers for ever
// and prints each one's id once Record has returned.
func TestKilledWriter(t *testing.T) {
	path := os.Getenv(killedPath)
	if path == "" {
		t.Skip("only as the child of TestNothingAcknowledgedIsLostWhenTheProgramIsKilled")
	}
	fmt.Println("started")
	s, notice := Open(path)
	if notice != nil {
		t.Fatal(notice)
	}
	for i := int64(0); ; i++ {
		id, err := s.Record(answer("isn", i%2 == 0, day+i))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Printf("answer %d\n", id)
	}
}

// Fifty programs in a row write to one file. Each is killed after the parent
// has read a line drawn from a seed; line 0 is printed before Open, so that
// opening and making the schema are interrupted too.
func TestNothingAcknowledgedIsLostWhenTheProgramIsKilled(t *testing.T) {
	if os.Getenv(e2e) != "1" {
		t.Skip("kills processes: set " + e2e + "=1")
	}
	path := filepath.Join(t.TempDir(), "tcptutor", "progress.db")
	random := rand.New(rand.NewPCG(9293, 50))
	var acknowledged []int64
	interrupted := 0
	for round := range 50 {
		lines := random.IntN(12)
		if round == 0 {
			lines = 0
		}
		acknowledged = append(acknowledged, killAfter(t, path, lines, random)...)
		// A journal that begins with its magic number is one to roll back
		// (sqlite.org/fileformat.html §3).
		if journal, err := os.ReadFile(path + "-journal"); err == nil && bytes.HasPrefix(journal, []byte("\xd9\xd5\x05\xf9")) {
			interrupted++
		}
		s, notice := Open(path)
		if notice != nil {
			t.Fatalf("round %d: %v", round, notice)
		}
		stored := map[int64]bool{}
		list, err := s.History("handshake", "isn", 1_000_000)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range list {
			stored[a.ID] = true
		}
		for _, id := range acknowledged {
			if !stored[id] {
				t.Fatalf("round %d: answer %d was acknowledged and is lost", round, id)
			}
		}
		card, _, err := s.Card("handshake", "isn")
		if err != nil || card.Reps != int64(len(list)) {
			t.Fatalf("round %d: %d answers, but the card has %d; %v", round, len(list), card.Reps, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		isWhole(t, path, thorough)
	}
	if len(acknowledged) < 50 {
		t.Errorf("only %d answers were acknowledged in 50 rounds", len(acknowledged))
	}
	t.Logf("%d answers acknowledged, %d of 50 kills inside a transaction", len(acknowledged), interrupted)
}

// spin lets the writer get on with its next transaction for a while.
func spin(turns uint64) {
	for x := turns; turns > 0 && x != 1; turns-- {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
}

// killAfter starts the writer, kills it a little after the given number of lines
// beyond the first has been read, and returns the ids of every complete line.
func killAfter(t *testing.T, path string, lines int, random *rand.Rand) []int64 {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^TestKilledWriter$", "-test.count=1")
	child.Env = append(os.Environ(), killedPath+"="+path)
	var failure bytes.Buffer
	child.Stderr = &failure
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = child.Wait() }()
	var ids []int64
	reader := bufio.NewReader(out)
	for read := 0; ; read++ {
		line, err := reader.ReadString('\n')
		if err != nil { // the pipe's end; a line cut in the middle was not said
			if read <= lines {
				t.Fatalf("the writer ended by itself: %s%s", line, failure.String())
			}
			return ids
		}
		text, isAnswer := strings.CutPrefix(strings.TrimSpace(line), "answer ")
		if isAnswer {
			id, err := strconv.ParseInt(text, 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, id)
		}
		if read == lines {
			spin(random.Uint64N(2_000_000))
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// A real disk of one megabyte: full while writing, full at Open, read-only.
func TestARealDiskFullAndReadOnly(t *testing.T) {
	if os.Getenv(e2e) != "1" || os.Getuid() != 0 {
		t.Skip("mounts a tmpfs: set " + e2e + "=1 and be root")
	}
	disk := t.TempDir()
	mount := func(args ...string) error {
		out, err := exec.Command("mount", append(args, "tmpfs", disk)...).CombinedOutput()
		if err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
		return nil
	}
	if err := mount("-t", "tmpfs", "-o", "size=1m"); err != nil {
		t.Skip("no tmpfs can be mounted here: ", err)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", disk).CombinedOutput(); err != nil {
			t.Errorf("umount: %v: %s", err, out)
		}
	})
	path, filler := filepath.Join(disk, "tcptutor", "progress.db"), filepath.Join(disk, "filler")
	s := openAt(t, path)
	record(t, s, answer("isn", true, day))

	fill(t, filler)
	a := answer("isn", true, day)
	a.Choice = strings.Repeat("x", MaxText) // needs pages that are not there
	_, err := s.Record(a)
	wantCode(t, "Record", err, CodeFull)
	second, notice := Open(path)
	if notice != nil && notice.Code != CodeFull {
		t.Errorf("Open on a full disk: %v", notice)
	}
	if n := len(history(t, second, "isn")); n != 1 {
		t.Errorf("%d answers read from a full disk", n)
	}
	if err := second.Close(); err != nil {
		t.Fatal(err)
	}
	fresh, _ := broken(t, filepath.Join(disk, "progress.db"), CodeFull, false)
	if err := fresh.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	record(t, s, a)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	if err := mount("-o", "remount,ro"); err != nil {
		t.Fatal(err)
	}
	s, _ = broken(t, path, CodeUnwritable, false)
	if n := len(history(t, s, "isn")); n != 2 {
		t.Errorf("%d of 2 answers shown from a read-only disk", n)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// fill writes zeros until nothing more fits.
func fill(t *testing.T, path string) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	for block := make([]byte, 4096); err == nil; {
		_, err = file.Write(block)
	}
}

package cli

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tcptutor/lessons"
	"tcptutor/tcp"
	"tcptutor/tcp/scenario"
	"tcptutor/tcp/sim"
	"tcptutor/tcp/trace"
)

// What Wireshark finds in our captures is compared with what the engine says has happened: tshark is somebody else's reading of the same
// bytes. It guesses from one interface's packets what the engine knows; where it guesses otherwise, a reason below has to explain it, and
// testdata/tshark/differences.txt says where that is. UPDATE_SCRIPTS=1 writes the list; a difference without a reason fails either way.

// finding is something that both Wireshark and the engine say of a packet.
type finding int

const (
	retransmission finding = iota
	duplicateACK
	zeroWindow
	zeroWindowProbe
	keepAlive
	reset
	numFindings
)

// findings by their name and by the fields of tshark that are there when it makes them.
var findings = [numFindings]struct {
	name   string
	fields []string
}{
	{"retransmission", []string{"tcp.analysis.retransmission", "tcp.analysis.fast_retransmission", "tcp.analysis.spurious_retransmission", "tcp.analysis.out_of_order"}},
	{"duplicate ACK", []string{"tcp.analysis.duplicate_ack"}},
	{"zero window", []string{"tcp.analysis.zero_window"}},
	{"zero-window probe", []string{"tcp.analysis.zero_window_probe"}},
	{"keep-alive", []string{"tcp.analysis.keep_alive"}},
	{"RST", []string{"tcp.connection.rst"}},
}

// packet is one packet at one host's interface.
type packet struct {
	*sim.Packet
	at           tcp.Time
	sent         bool // by this host; else it came
	ours, theirs [numFindings]bool
	before       []*packet // what the interface had seen by then
}

// reasons explain where Wireshark and the engine differ in a finding about a packet.
var reasons = []struct {
	finding finding
	name    string
	why     string
	holds   func(p *packet) bool
}{
	{retransmission, "asks-again", "A keep-alive or a window probe repeats a number that was sent before, so the engine counts it as sent again; Wireshark does not.",
		func(p *packet) bool { return p.ours[retransmission] && (p.ours[keepAlive] || p.ours[zeroWindowProbe]) }},
	{retransmission, "first-one-lost", "The first transmission was lost, so this interface sees the segment once: Wireshark can't know that it is the second.",
		func(p *packet) bool { return p.ours[retransmission] && !p.sent && !p.seenBefore() }},
	{retransmission, "came-late", "It was sent before a segment that has come already: Wireshark takes it for one out of order, or sent again.",
		func(p *packet) bool { return p.theirs[retransmission] && p.overtaken() }},
	{duplicateACK, "nothing-outstanding", "An ACK that repeats the last one, but its receiver waits for none: RFC 5681 §2 calls an ACK a duplicate only while data is outstanding.",
		func(p *packet) bool { return p.theirs[duplicateACK] && !p.awaited() }},
	{keepAlive, "zero-window-probe", "Linux asks whether a window has opened by a segment without data, one number back (KERNEL §13): on the wire it is a keep-alive.",
		func(p *packet) bool { return p.theirs[keepAlive] && p.ours[zeroWindowProbe] }},
	{zeroWindowProbe, "probe-without-data", "Wireshark knows zero-window probes that carry a byte; Linux's carry none, and it takes them for keep-alives.",
		func(p *packet) bool { return p.ours[zeroWindowProbe] && len(p.Seg.Data) == 0 }},
}

// awaited reports whether the receiver of the packet has sent more than it acknowledges.
func (p *packet) awaited() bool {
	return slices.ContainsFunc(p.before, func(q *packet) bool { return q.Seg.Src == p.Seg.Dst && q.Seg.End().After(p.Seg.Ack) })
}

// seenBefore reports whether the same numbers were sent the same way at this interface.
func (p *packet) seenBefore() bool {
	return slices.ContainsFunc(p.before, func(q *packet) bool { return q.Seg.Src == p.Seg.Src && q.Seg.Seq == p.Seg.Seq && q.Seg.Len() > 0 })
}

// overtaken reports whether a segment that was sent later came before.
func (p *packet) overtaken() bool {
	return slices.ContainsFunc(p.before, func(q *packet) bool { return q.Seg.Src == p.Seg.Src && q.SentAt > p.SentAt })
}

// packetsAt is what an interface sees, in the order of trace.WritePcapng, and what the engine says about it.
func packetsAt(run sim.Run, h uint8) []*packet {
	var list []*packet
	duplicate := map[uint32]bool{} // by ID: its receiver counted it as a duplicate ACK
	firing := map[uint32]tcp.Timer{}
	add := func(at tcp.Time, p sim.Packet, sent bool) {
		list = append(list, &packet{Packet: &p, at: at, sent: sent, before: list[:len(list):len(list)]})
	}
	for i := range run.Len() {
		s := run.Step(i)
		if s.Cause == sim.CauseArrive {
			if s.Host == h && (s.Packet.From != h || s.Packet.Copy) {
				add(s.At, s.Packet, false)
			}
			if slices.ContainsFunc(s.Facts, func(f tcp.Fact) bool {
				return f.Kind == tcp.Changed && f.Field == tcp.FieldDupAcks && f.To > f.From
			}) {
				duplicate[s.Packet.ID] = true
			}
		}
		for _, p := range s.Sent {
			if s.Cause == sim.CauseTimer {
				firing[p.ID] = s.Timer
			}
			if p.From == h && !p.Copy {
				add(s.At, p, true)
			}
		}
	}
	for _, p := range list {
		timer, timed := firing[p.ID]
		p.ours = [numFindings]bool{
			retransmission:  p.Again || p.Copy,
			duplicateACK:    duplicate[p.ID],
			zeroWindow:      p.Seg.Wnd == 0 && !p.Seg.Flags.Any(tcp.SYN|tcp.RST),
			zeroWindowProbe: timed && timer == tcp.PersistTimer && len(p.Seg.Data) <= 1, // with more, it fills a small window
			keepAlive:       timed && timer == tcp.KeepaliveTimer && !p.Seg.Flags.Has(tcp.RST),
			reset:           p.Seg.Flags.Has(tcp.RST),
		}
	}
	return list
}

// tshark reads a capture and gives a list of fields for every frame.
func tshark(t *testing.T, file string, fields ...string) [][]string {
	t.Helper()
	// Port numbers make Wireshark look for protocols that are not there; checksums it takes on trust unless told otherwise.
	args := []string{"-n", "-r", file, "-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-d", "tcp.port==1-65535,data",
		"-T", "fields", "-E", "separator=/t", "-E", "aggregator=|"}
	for _, f := range fields {
		args = append(args, "-e", f)
	}
	cmd := exec.Command("tshark", args...)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("tshark: %v\n%s", err, &complaint)
	}
	var rows [][]string
	for line := range strings.Lines(string(out)) {
		rows = append(rows, strings.Split(strings.TrimSuffix(line, "\n"), "\t"))
	}
	return rows
}

// capture writes a run's packets into a file.
func capture(t *testing.T, run sim.Run, at int) string {
	t.Helper()
	var b bytes.Buffer
	if err := trace.WritePcapng(&b, run, run.Len(), trace.PcapngOptions{At: at}); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "run.pcapng")
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// tsharkRuns are every lesson's run and those of the scenarios that show what lessons do not.
func tsharkRuns(t *testing.T) (names []string, runs []sim.Run) {
	t.Helper()
	for _, info := range lessons.List() {
		l, err := lessons.Load(info.ID)
		if err != nil {
			t.Fatal(err)
		}
		names, runs = append(names, "lesson "+info.ID), append(runs, l.Run)
	}
	files, err := filepath.Glob("testdata/tshark/*.tcp")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		p, mistakes := scenario.Parse(file, text)
		if len(mistakes) > 0 {
			t.Fatal(mistakes)
		}
		names, runs = append(names, strings.TrimSuffix(filepath.Base(file), ".tcp")), append(runs, sim.NewTimeline(p))
	}
	return names, runs
}

func TestWiresharkReadsOurCaptures(t *testing.T) {
	if os.Getenv("TCPTUTOR_E2E") == "" {
		t.Skip("runs tshark, which not every machine has: set TCPTUTOR_E2E=1")
	}
	if _, err := exec.LookPath("tshark"); err != nil {
		t.Skip("tshark is not installed: apt-get install tshark")
	}
	names, runs := tsharkRuns(t)
	var differences []string
	var agreed [numFindings]int
	for i, run := range runs {
		t.Run(names[i], func(t *testing.T) {
			readable(t, run)
			for h := range run.Program().Hosts {
				differences = append(differences, compareFindings(t, names[i], run, h, &agreed)...)
			}
		})
	}
	for _, f := range []finding{retransmission, duplicateACK, zeroWindow, reset} {
		if agreed[f] == 0 {
			t.Errorf("no capture has a %s that both found: what is compared here?", findings[f].name)
		}
	}
	checkDifferences(t, differences)
}

// readable holds of the capture of all hosts: no frame is malformed, every checksum is right, names, times and comments are ours.
func readable(t *testing.T, run sim.Run) {
	t.Helper()
	const good = "1"
	rows := tshark(t, capture(t, run, trace.Wire), "frame.interface_name", "frame.time_epoch", "_ws.malformed", "ip.checksum.status",
		"tcp.checksum.status", "tcp.seq_raw", "frame.comment", "ipv6.src")
	seen := map[string][][]string{}
	for i, r := range rows {
		if r[2] != "" || r[3] != good && r[7] == "" || r[4] != good {
			t.Errorf("frame %d: malformed %q, checksums %q and %q", i+1, r[2], r[3], r[4])
		}
		seen[r[0]] = append(seen[r[0]], r)
	}
	for h := range run.Program().Hosts {
		name := run.Program().Hosts[h].Name
		want := packetsAt(run, uint8(h))
		if len(seen[name]) != len(want) {
			t.Fatalf("%s has %d packets, want %d", name, len(seen[name]), len(want))
		}
		for i, r := range seen[name] {
			p := want[i]
			at := fmt.Sprintf("%d.%09d", trace.PcapngEpoch+int64(p.at)/1e9, int64(p.at)%1e9)
			if r[1] != at || r[5] != strconv.Itoa(int(p.Seg.Seq)) || slices.Contains(strings.Split(r[6], "|"), "lost: it never arrives") != p.Lost {
				t.Errorf("packet %d at %s is %q, want time %s, seq %d, lost %v", i+1, name, r, at, p.Seg.Seq, p.Lost)
			}
		}
	}
}

// compareFindings compares what Wireshark finds at one host's interface with the engine's facts, and lists the differences.
func compareFindings(t *testing.T, name string, run sim.Run, h int, agreed *[numFindings]int) (list []string) {
	t.Helper()
	fields := []string{"tcp.seq_raw"}
	for _, f := range findings {
		fields = append(fields, f.fields...)
	}
	rows, packets := tshark(t, capture(t, run, h), fields...), packetsAt(run, uint8(h))
	if len(rows) != len(packets) {
		t.Fatalf("%d packets, want %d", len(rows), len(packets))
	}
	for i, p := range packets {
		column := 1
		for f := range findings {
			for range findings[f].fields {
				p.theirs[f] = p.theirs[f] || rows[i][column] != ""
				column++
			}
		}
		for f := range numFindings {
			if p.ours[f] == p.theirs[f] {
				if p.ours[f] {
					agreed[f]++
				}
				continue
			}
			list = append(list, explain(t, name, run, h, i, p, f))
		}
	}
	return list
}

// explain names the reason of a difference; without one it fails.
func explain(t *testing.T, name string, run sim.Run, h, i int, p *packet, f finding) string {
	t.Helper()
	who := "Wireshark"
	if p.ours[f] {
		who = "the engine"
	}
	from := "outside"
	if int(p.From) < len(run.Program().Hosts) {
		from = run.Program().Hosts[p.From].Name
	}
	at := run.Program().Hosts[h].Name
	for _, r := range reasons {
		if r.finding == f && r.holds(p) {
			return fmt.Sprintf("%s, at %s: %s sends %s, only %s calls it a %s: %s", name, at, from, kindOf(&p.Seg), who, findings[f].name, r.name)
		}
	}
	t.Errorf("frame %d at %s (%v of %s, at %d ns): only %s calls it a %s, and no reason explains that", i+1, at, p.Seg.Flags, from, p.at, who, findings[f].name)
	return ""
}

// kindOf is the word of a segment's kind, the first that fits.
func kindOf(s *tcp.Segment) string {
	for k := range tcp.NumKinds {
		if s.Is(k) {
			return k.String()
		}
	}
	return ""
}

// checkDifferences compares the differences with the committed list.
func checkDifferences(t *testing.T, differences []string) {
	t.Helper()
	slices.Sort(differences)
	var b strings.Builder
	b.WriteString("Where Wireshark's heuristics and the engine's facts differ, and why. Written by TestWiresharkReadsOurCaptures.\n\n")
	for _, r := range reasons {
		fmt.Fprintf(&b, "%s: %s\n", r.name, r.why)
	}
	b.WriteString("\n")
	for _, d := range slices.Compact(differences) {
		b.WriteString(d + "\n")
	}
	const file = "testdata/tshark/differences.txt"
	if os.Getenv("UPDATE_SCRIPTS") != "" && !t.Failed() {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(b.String(), "\n")); d != "" {
		t.Errorf("%s is stale: look at what is new, and write it with UPDATE_SCRIPTS=1 (-want +got):\n%s", file, d)
	}
}

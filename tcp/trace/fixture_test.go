package trace

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
	"tcptutor/tcp/sim"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares lines with testdata/name.
func golden(t *testing.T, name string, lines []string) {
	t.Helper()
	got := strings.Join(lines, "\n") + "\n"
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s (-want +got):\n%s", file, d)
	}
}

var (
	clientEnd = tcp.Endpoint{Addr: tcp.IPv4(10, 0, 0, 1), Port: 40000}
	serverEnd = tcp.Endpoint{Addr: tcp.IPv4(10, 0, 0, 2), Port: 8080}
	client6   = tcp.Endpoint{Addr: tcp.Addr{0xfd, 15: 1}, Port: 40000}
	server6   = tcp.Endpoint{Addr: tcp.Addr{0xfd, 15: 2}, Port: 8080}
)

const (
	ms        = int64(time.Millisecond)
	clientISS = tcp.Seq(2927179378)
	serverISS = tcp.Seq(1161512845)
)

// film is a run made by hand: what an engine would do is not the matter here, how it is told is.
type film struct {
	p     *sim.Program
	steps []sim.Step
	views []sim.World
}

func (f *film) Program() *sim.Program       { return f.p }
func (f *film) Len() int                    { return len(f.steps) }
func (f *film) Step(i int) *sim.Step        { return &f.steps[i] }
func (f *film) View(i int) *sim.World       { return &f.views[i] }
func at(d float64) tcp.Time                 { return tcp.Time(d * float64(ms)) }
func lines(run sim.Run, p Printer) []string { return NewPage(run, p).UpTo(run.Len()) }

var synOptions = tcp.Options{
	Set: tcp.OptMSS | tcp.OptSACKPerm | tcp.OptTS | tcp.OptWScale, MSS: 1460, WScale: 10, TSVal: 100,
}

// segments of one connection, as they would travel.
var (
	syn = tcp.Segment{Src: clientEnd, Dst: serverEnd, Seq: clientISS, Flags: tcp.SYN, Wnd: 64240, Opt: synOptions}

	synack = tcp.Segment{Src: serverEnd, Dst: clientEnd, Seq: serverISS, Ack: clientISS + 1, Flags: tcp.SYN | tcp.ACK,
		Wnd: 65160, Opt: synOptions}
	ack = tcp.Segment{Src: clientEnd, Dst: serverEnd, Seq: clientISS + 1, Ack: serverISS + 1, Flags: tcp.ACK, Wnd: 63,
		Opt: tcp.Options{Set: tcp.OptTS, TSVal: 120, TSEcr: 110}}
	hello = tcp.Segment{Src: clientEnd, Dst: serverEnd, Seq: clientISS + 1, Ack: serverISS + 1, Flags: tcp.ACK | tcp.PSH,
		Wnd: 63, Data: "hello"}
)

// connecting is a client that connects, sends "hello" and is lost from sight: one of each kind of step.
func connecting() *film {
	p := &sim.Program{
		Hosts: []sim.HostSpec{
			{Name: "client", Addr: clientEnd.Addr, Book: "linux"}, {Name: "server", Addr: serverEnd.Addr, Book: "linux"},
		},
		Vars: []sim.VarSpec{{Host: 0, Name: "s"}, {Host: 1, Name: "c"}},
		Threads: []sim.ThreadSpec{
			{Host: 0, Name: "client", Lines: []sim.Line{
				{Kind: sim.LineCall, FDVar: 0, Assign: -1, When: -1, Pos: 3},
				{Kind: sim.LineWait, FDVar: -1, Assign: -1, When: -1, Wait: 2 * time.Second, Pos: 4},
			}},
			{Host: 1, Name: "server", Lines: []sim.Line{{Kind: sim.LineReadUntil, FDVar: 1, Assign: -1, When: -1, Pos: 6}}},
		},
	}
	f := &film{p: p, steps: filmSteps()}
	for range len(f.steps) + 1 {
		f.views = append(f.views, sim.World{Hosts: filmHosts(), Vars: []sim.Var{{FD: 3, Sock: 1}, {FD: 4, Sock: 2}}})
	}
	return f
}

func filmHosts() []host.Host {
	h := make([]host.Host, 2)
	h[0].Addr, h[1].Index, h[1].Addr = clientEnd.Addr, 1, serverEnd.Addr
	for i, ends := range [...][2]tcp.Endpoint{{clientEnd, serverEnd}, {serverEnd, clientEnd}} {
		s := host.Sock{Face: host.Face{ID: int32(i + 1), Role: host.Connection, HadFD: true}}
		s.TCB.State, s.TCB.Local, s.TCB.Remote = tcp.Established, ends[0], ends[1]
		s.TCB.Snd.ISS, s.TCB.Rcv.IRS = clientISS, serverISS
		if i == 1 {
			s.TCB.Snd.ISS, s.TCB.Rcv.IRS = serverISS, clientISS
		}
		h[i].Socks = append(h[i].Socks, s)
	}
	return h
}

func filmSteps() []sim.Step {
	connect := host.Call{Op: host.OpConnect, FD: 3, Addr: serverEnd}
	read := host.Call{Op: host.OpRead, FD: 4}
	packet := func(id uint32, s tcp.Segment, from, to uint8, sent float64) sim.Packet {
		return sim.Packet{ID: id, Seg: s, From: from, To: to, Conn: 1, SentAt: at(sent), ArriveAt: at(sent + 10)}
	}
	p1, p2, p3 := packet(1, syn, 0, 1, 0), packet(2, synack, 1, 0, 10), packet(3, ack, 0, 1, 20)
	p4, p5 := packet(4, hello, 0, 1, 20.25), packet(5, hello, 0, 1, 226)
	p4.Lost, p5.Again = true, true
	p6 := p5
	p6.ID, p6.Again, p6.Copy = 6, false, true
	quiet := sim.Step{Thread: -1, Line: -1}
	arrive := func(p sim.Packet) sim.Step {
		s := quiet
		s.At, s.Cause, s.Host, s.Conn, s.Packet = p.ArriveAt, sim.CauseArrive, p.To, int32(p.To)+1, p
		return s
	}
	s2, s3, lost, s6 := arrive(p1), arrive(p2), arrive(p4), arrive(p5)
	lost.Cause, lost.Host, lost.Conn = sim.CauseLost, 0, 1 // it is the sender's loss
	s2.Sent = []sim.Packet{p2}
	s2.Facts = []tcp.Fact{
		{Kind: tcp.Created, Host: 1, Conn: 2},
		{Kind: tcp.Changed, Field: tcp.FieldState, From: int64(tcp.Listen), To: int64(tcp.SynRcvd), Host: 1, Conn: 2},
		{Kind: tcp.Changed, Field: tcp.FieldSndISS, To: int64(serverISS), Host: 1, Conn: 2},
		{Kind: tcp.Changed, Field: tcp.FieldSndNXT, To: int64(serverISS + 1), Host: 1, Conn: 2},
		{Kind: tcp.Changed, Field: tcp.FieldTimer + tcp.Field(tcp.SynackTimer), To: int64(at(1010)), Host: 1, Conn: 2},
		{Kind: tcp.SegmentSent, Host: 1, Conn: 2, To: 0},
		{Kind: tcp.QueueChanged, Field: 0, From: 0, To: 1, Host: 1, Conn: 2},
		{Kind: tcp.Counted, Field: tcp.Field(host.ListenOverflows), From: 0, To: 1, Host: 1},
	}
	s3.Sent = []sim.Packet{p3}
	s3.Facts = []tcp.Fact{
		{Kind: tcp.Changed, Field: tcp.FieldState, From: int64(tcp.SynSent), To: int64(tcp.Established), Conn: 1},
		{Kind: tcp.Changed, Field: tcp.FieldRTO, From: int64(time.Second), To: 220 * ms, Conn: 1},
		{Kind: tcp.Changed, Field: tcp.FieldTimer, From: int64(at(1000)), To: 0, Conn: 1},
	}
	s6.Facts = []tcp.Fact{{Kind: tcp.BytesIn, To: 5, Host: 1, Conn: 2}}
	return []sim.Step{
		{Cause: sim.CauseCall, Conn: 1, Call: connect, Sent: []sim.Packet{p1},
			Facts: []tcp.Fact{{Kind: tcp.Changed, To: int64(tcp.SynSent), Conn: 1}}},
		{Cause: sim.CauseCall, Host: 1, Conn: 2, Thread: 1, Call: read},
		s2, s3,
		{At: at(20), Cause: sim.CauseReturn, Conn: 1, Call: connect, Returned: true},
		{At: at(20.25), Cause: sim.CauseWait, Line: 1, Sent: []sim.Packet{p4}},
		lost,
		{At: at(226), Cause: sim.CauseTimer, Conn: 1, Thread: -1, Line: -1, Sent: []sim.Packet{p5, p6}},
		s6,
		{At: at(236), Cause: sim.CauseReturn, Host: 1, Conn: 2, Thread: 1, Call: read, Returned: true,
			Result: host.Result{Value: 5, Data: "hello"}},
		{At: at(236), Cause: sim.CauseCall, Host: 1, Conn: 2, Thread: 1, Call: read, Returned: true,
			Result: host.Result{Value: -1, Errno: tcp.ECONNRESET}},
		{At: at(236), Cause: sim.CauseCall, Host: 1, Conn: 2, Thread: 1, Call: read, Returned: true},
	}
}

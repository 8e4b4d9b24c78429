package sim

import (
	"io"
	"net"
	"syscall"
	"testing"
	"time"

	"tcptutor/tcp"
)

// bulk is a transfer of text over a wire without faults, 100 microseconds long.
func bulk(text string) *Program {
	p := textbook("linux", 0)
	p.Links[0].Delay = 100 * time.Microsecond
	p.Limits = Limits{Steps: 1 << 30, Time: tcp.Never - 1}
	p.Threads[0].Lines[3].Call.Data = text
	return p
}

// BenchmarkBulk moves 8 MB in segments of 1448 bytes from one end to the other, facts on. Goal: a tenth of what this
// machine's loopback moves in segments of that size.
func BenchmarkBulk(b *testing.B) {
	text := bulkText(8 << 20)
	p := bulk(text)
	start := NewWorld(p)
	var w World
	var s Step
	run := func() {
		start.CopyInto(&w)
		for w.Step(p, &s) {
		}
	}
	run()
	ours, reference := against(4, 1, run, loopbackBulk(b, text))
	b.ReportAllocs()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		run()
	}
	report(b, ours, reference, 10)
	b.ReportMetric(ours/float64(w.Steps), "ns/step")
	b.ReportMetric(float64(len(text))/reference*1e3, "loopback-MB/s")
}

// loopbackBulk copies the text over the kernel's loopback, the segment size clamped to an Ethernet's: 1460 less the
// timestamp.
func loopbackBulk(b *testing.B, text string) func() {
	clamp := func(_, _ string, c syscall.RawConn) error {
		var err error
		c.Control(func(fd uintptr) { err = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_MAXSEG, 1460) })
		return err
	}
	l, err := (&net.ListenConfig{Control: clamp}).Listen(b.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		b.Skip("no loopback to compare with: ", err)
	}
	b.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			io.Copy(io.Discard, c)
			c.Close()
		}
	}()
	data := []byte(text)
	return func() {
		c, err := (&net.Dialer{Control: clamp}).Dial("tcp", l.Addr().String())
		if err != nil {
			b.Fatal(err)
		}
		if _, err := c.Write(data); err != nil {
			b.Fatal(err)
		}
		c.(*net.TCPConn).CloseWrite()
		io.Copy(io.Discard, c)
		c.Close()
	}
}

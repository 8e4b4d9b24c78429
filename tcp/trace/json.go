package trace

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"strings"
	"unicode/utf8"

	"tcptutor/tcp"
	"tcptutor/tcp/host"
	"tcptutor/tcp/sim"
)

// NewJSON prints every step as one JSON object a line: a Record.
func NewJSON() Printer { return &recorder{} }

type recorder struct{ scene }

func (*recorder) Head(dst []string, _ sim.Run) []string { return dst }

func (r *recorder) Step(dst []string, run sim.Run, i int) []string {
	r.at(run, i)
	record := r.record()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // it is never put into HTML, and "<" is easier to read than its escape
	if err := e.Encode(&record); err != nil {
		panic("trace: a record is plain data: " + err.Error())
	}
	return append(dst, strings.TrimSuffix(b.String(), "\n"))
}

// Decode reads records back, one a line, and stops at the first that is none: its error names the record.
func Decode(r io.Reader) iter.Seq2[*Record, error] {
	return func(yield func(*Record, error) bool) {
		d := json.NewDecoder(r)
		for n := 1; ; n++ {
			var record Record
			err := d.Decode(&record)
			if err == io.EOF {
				return
			}
			if err != nil {
				yield(nil, fmt.Errorf("record %d: %w", n, err))
				return
			}
			if !yield(&record, nil) {
				return
			}
		}
	}
}

func (c *scene) record() Record {
	s := &c.step
	r := Record{
		Step: c.i, AtNS: int64(s.At), Cause: s.Cause.String(), Host: hostName(c.p, s.Host),
		Socket: c.end(s.Host, s.Conn).name, SocketID: s.Conn, Returned: s.Returned,
	}
	if s.Thread >= 0 {
		r.Thread = c.p.Threads[s.Thread].Name
	}
	if l := c.line(); l != nil {
		r.Line = l.Pos
	}
	switch s.Cause {
	case sim.CauseArrive, sim.CauseLost:
		p := c.packet(&s.Packet)
		r.Segment = &p
	case sim.CauseCall, sim.CauseReturn:
		r.Call = &Call{
			Op: s.Call.Op.String(), FD: s.Call.FD, Args: [3]int64{s.Call.A, s.Call.B, s.Call.C},
			Address: endpointWord(s.Call.Addr), Payload: payload(s.Call.Data),
		}
	case sim.CauseTimer:
		r.Timer = s.Timer.String()
	}
	if s.Returned {
		r.Result = &Result{Value: s.Result.Value, Errno: errnoWord(s.Result.Errno),
			Address: endpointWord(s.Result.Addr), Payload: payload(s.Result.Data)}
	}
	for i := range s.Sent {
		r.Sent = append(r.Sent, c.packet(&s.Sent[i]))
	}
	for i := range s.Facts {
		r.Facts = append(r.Facts, c.fact(&s.Facts[i]))
	}
	return r
}

func errnoWord(e tcp.Errno) string {
	if e == tcp.OK {
		return ""
	}
	return e.String()
}

func endpointWord(e tcp.Endpoint) string {
	if e == (tcp.Endpoint{}) {
		return ""
	}
	return e.String()
}

func payload(data string) Payload {
	if utf8.ValidString(data) {
		return Payload{Data: data}
	}
	return Payload{Base64: []byte(data)}
}

func (c *scene) packet(p *sim.Packet) Packet {
	s := &p.Seg
	r := Packet{
		ID: p.ID, From: hostName(c.p, p.From), To: hostName(c.p, p.To), SocketID: p.Conn,
		Src: s.Src.String(), Dst: s.Dst.String(), Seq: uint32(s.Seq), Window: s.Wnd, Urgent: s.Urg,
		Flags: []string{}, Length: len(s.Data), Payload: payload(s.Data), Options: options(&s.Opt),
		SentNS: int64(p.SentAt), ArriveNS: int64(p.ArriveAt), Lost: p.Lost, Copy: p.Copy, Again: p.Again,
	}
	if s.Flags != 0 {
		r.Flags = strings.Split(s.Flags.String(), ",")
	}
	if s.Flags.Has(tcp.ACK) {
		r.Ack = new(uint32(s.Ack))
	}
	return r
}

func options(o *tcp.Options) *Options {
	if o.Set == 0 {
		return nil
	}
	r := &Options{SACKPermitted: o.Has(tcp.OptSACKPerm)}
	if o.Has(tcp.OptMSS) {
		r.MSS = new(o.MSS)
	}
	if o.Has(tcp.OptWScale) {
		r.WindowScale = new(o.WScale)
	}
	if o.Has(tcp.OptTS) {
		r.TSVal, r.TSEcr = new(o.TSVal), new(o.TSEcr)
	}
	if o.Has(tcp.OptSACK) {
		for _, b := range o.SACK[:o.NSACK] {
			r.SACK = append(r.SACK, [2]uint32{uint32(b.Start), uint32(b.End)})
		}
	}
	return r
}

var factKinds = [...]string{
	tcp.RuleApplied: "rule", tcp.Changed: "changed", tcp.SegmentSent: "sent", tcp.TimerFired: "timer",
	tcp.CallStarted: "started", tcp.CallBlocked: "blocked", tcp.CallReturned: "returned", tcp.QueueChanged: "queue",
	tcp.Counted: "counted", tcp.Created: "created", tcp.Forgotten: "forgotten", tcp.BytesIn: "bytes_in",
	tcp.BytesRead: "bytes_read",
}

func (c *scene) fact(f *tcp.Fact) Fact {
	r := Fact{Kind: factKinds[f.Kind], Host: hostName(c.p, f.Host), Socket: c.end(f.Host, f.Conn).name, SocketID: f.Conn}
	if rule := tcp.RuleOf(f.Rule); rule != nil {
		r.Rule = rule.Name
		if f.Kind == tcp.RuleApplied {
			r.Source = string(rule.Source)
		}
	}
	switch f.Kind {
	case tcp.Changed:
		r.change(f)
	case tcp.SegmentSent:
		r.Index = new(f.To)
	case tcp.TimerFired:
		r.Field = f.Field.String()
	case tcp.CallStarted, tcp.CallBlocked:
		r.Call = host.Op(f.From).String()
	case tcp.CallReturned:
		r.Call, r.To, r.Errno = host.Op(f.From).String(), new(f.To), errnoWord(f.Errno)
	case tcp.QueueChanged:
		r.Field, r.From, r.To = [...]string{"syn_queue", "accept_queue"}[f.Field], new(f.From), new(f.To)
	case tcp.Counted:
		r.Field, r.From, r.To = host.Counter(f.Field).String(), new(f.From), new(f.To)
	case tcp.BytesIn, tcp.BytesRead:
		r.To = new(f.To)
	}
	return r
}

func (r *Fact) change(f *tcp.Fact) {
	r.Field = f.Field.String()
	switch {
	case f.Field == tcp.FieldState:
		r.FromState, r.ToState = tcp.State(f.From).String(), tcp.State(f.To).String()
	case f.Field >= tcp.FieldTimer, f.Field == tcp.FieldRTO, f.Field == tcp.FieldSRTT, f.Field == tcp.FieldRTTVar:
		r.FromNS, r.ToNS = new(f.From), new(f.To)
	default:
		r.From, r.To = new(f.From), new(f.To)
	}
}

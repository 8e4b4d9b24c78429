package quiz

import (
	"errors"
	"strings"
	"testing"
	"time"

	"tcptutor/tcp"
)

func TestTypedAnswersAreReadAsPeopleWriteThem(t *testing.T) {
	const ms, s = int64(time.Millisecond), int64(time.Second)
	for _, c := range []struct {
		of    Kind
		typed string
		want  int64
	}{
		{Number, "3", 3}, {Number, " 3 ", 3}, {Number, "３", 3}, {Number, "three", 3}, {Number, "三", 3}, {Number, "两次", 2}, {Number, "Three.", 3},
		{Number, "4,294,967,295", 4294967295}, {Number, "4 294 967 295", 4294967295}, {Number, "0xff", 255}, {Number, "-1", -1}, {Number, "没有", 0},

		{Time, "3s", 3 * s}, {Time, "3", 3 * s}, {Time, "3.0", 3 * s}, {Time, "3000ms", 3 * s}, {Time, "3000 ms", 3 * s}, {Time, "3 seconds", 3 * s},
		{Time, "３秒", 3 * s}, {Time, "3000 毫秒", 3 * s}, {Time, ".5s", 500 * ms}, {Time, "0.1 s", 100 * ms}, {Time, "2 min", 120 * s}, {Time, "4 分钟", 240 * s},
		{Time, "1m30s", 90 * s}, {Time, "1 min 30 s", 90 * s}, {Time, "250us", ms / 4}, {Time, "60 s.", 60 * s}, {Time, "0", 0},

		{StateOf, "SYN_SENT", int64(tcp.SynSent)}, {StateOf, "syn-received", int64(tcp.SynRcvd)}, {StateOf, "SYN_RECV", int64(tcp.SynRcvd)},
		{StateOf, "estab", int64(tcp.Established)}, {StateOf, "FIN WAIT 1", int64(tcp.FinWait1)}, {StateOf, "FIN_WAIT1", int64(tcp.FinWait1)},
		{StateOf, "`TIME_WAIT`", int64(tcp.TimeWait)}, {StateOf, "“time-wait”", int64(tcp.TimeWait)}, {StateOf, "ＣＬＯＳＥＤ", int64(tcp.Closed)},

		{FlagsOf, "syn ack", int64(tcp.SYN | tcp.ACK)}, {FlagsOf, "SYN+ACK", int64(tcp.SYN | tcp.ACK)}, {FlagsOf, "[S.]", int64(tcp.SYN | tcp.ACK)},
		{FlagsOf, "ACK, SYN", int64(tcp.SYN | tcp.ACK)}, {FlagsOf, "SYNACK", int64(tcp.SYN | tcp.ACK)}, {FlagsOf, "SYN、ACK", int64(tcp.SYN | tcp.ACK)},
		{FlagsOf, "SYN and ACK", int64(tcp.SYN | tcp.ACK)}, {FlagsOf, "F.", int64(tcp.FIN | tcp.ACK)}, {FlagsOf, ".", int64(tcp.ACK)}, {FlagsOf, "R", int64(tcp.RST)},
		{FlagsOf, "[P.]", int64(tcp.ACK)}, {FlagsOf, "fin|psh|ack", int64(tcp.FIN | tcp.ACK)}, {FlagsOf, "-", 0},

		{ErrnoOf, "ECONNREFUSED", int64(tcp.ECONNREFUSED)}, {ErrnoOf, "econnrefused", int64(tcp.ECONNREFUSED)}, {ErrnoOf, "Connection refused", int64(tcp.ECONNREFUSED)},
		{ErrnoOf, "111", int64(tcp.ECONNREFUSED)}, {ErrnoOf, "0", 0}, {ErrnoOf, "no error", 0}, {ErrnoOf, "没有错误", 0},
	} {
		got, err := c.of.Read(c.typed)
		if err != nil || got != (Value{c.of, c.want}) {
			t.Errorf("%s %q: %v, %v; want %d", c.of, c.typed, got, err, c.want)
		}
	}
}

func TestWhatCannotBeReadIsNoAnswer(t *testing.T) {
	for _, c := range []struct {
		of    Kind
		typed string
		says  string
	}{
		{Number, "", "a whole number"}, {Number, "4x", "a whole number"}, {Number, "1,2", "a whole number"}, {Number, "3.5", "a whole number"},
		{Number, strings.Repeat("1", 65), "a whole number"},
		{Time, "soon", "seconds"}, {Time, "3 parsecs", "seconds"}, {Time, "-3s", "seconds"}, {Time, "1e400", "seconds"}, {Time, "1.2.3", "seconds"}, {Time, "3 4", "seconds"},
		{Time, "9999999999999999 h", "seconds"},
		{StateOf, "SYN_SEND", "Do you mean SYN_SENT?"}, {StateOf, "ESTABLISH", "Do you mean ESTABLISHED?"}, {StateOf, "RST_ACT", "Do you mean LAST_ACK?"}, {StateOf, "open", "a state"},
		{FlagsOf, "", "flags"}, {FlagsOf, "SYM", "flags"}, {FlagsOf, "3", "flags"},
		{ErrnoOf, "EREFUSED", "an error"}, {ErrnoOf, "133", "an error"}, {ErrnoOf, "-1", "an error"},
	} {
		_, err := c.of.Read(c.typed)
		var unreadable *Unreadable
		if !errors.As(err, &unreadable) || !strings.Contains(err.Error(), c.says) || unreadable.Chinese == "" {
			t.Errorf("%s %q: %v; want one that says %q", c.of, c.typed, err, c.says)
		}
	}
}

func TestWhatIsShownCanBeTyped(t *testing.T) {
	values := []Value{{Number, 0}, {Number, 4294967295}, {Time, 0}, {Time, 1500000}, {Time, 63e9}, {ErrnoOf, 0}, {ErrnoOf, int64(tcp.EPIPE)}}
	for st := tcp.Closed; st < tcp.NumStates; st++ {
		values = append(values, Value{StateOf, int64(st)})
	}
	for fl := range tcp.PSH {
		values = append(values, Value{FlagsOf, int64(fl)}, Value{FlagsDump, int64(fl & asked)})
	}
	for _, v := range values {
		for _, shown := range []string{v.Text().English, v.Text().Chinese} {
			if got, err := v.Of.Read(shown); err != nil || got != v {
				t.Errorf("%q is read as %v, %v; want %v", shown, got, err, v)
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"3", "1m30s", "SYN_RCVD", "[S.]", "SYN, ACK", "ECONNRESET", "４秒", "0x", "....", "1,234", "U", ""} {
		f.Add(uint8(0), s)
		f.Add(uint8(FlagsOf), s)
		f.Add(uint8(FlagsDump), s)
	}
	f.Fuzz(func(t *testing.T, kind uint8, typed string) {
		of := Kind(kind % uint8(numKinds))
		v, err := of.Read(typed)
		if err != nil {
			var unreadable *Unreadable
			if !errors.As(err, &unreadable) || !unreadable.whole() {
				t.Fatalf("%s %q: an error that says nothing: %v", of, typed, err)
			}
			return
		}
		again, err := of.Read(v.Text().English)
		if err != nil || !again.like(v, time.Millisecond) {
			t.Fatalf("%s %q is %v, shown as %q, which is %v, %v", of, typed, v, v.Text().English, again, err)
		}
	})
}

// An example below a question is never its answer, and every example can be typed.
func TestAHintIsNotTheAnswer(t *testing.T) {
	for k := range numKinds {
		for _, text := range examples[k].of {
			answer, err := k.Read(text)
			if err != nil {
				t.Fatalf("%s: the example %q: %v", k, text, err)
			}
			hint := k.hintBut(func(v Value) bool { return v == answer })
			shown := strings.Split(hint.English[strings.Index(hint.English, ", for example ")+len(", for example "):], " or ")
			for _, s := range shown {
				if v, err := k.Read(s); err != nil || v == answer {
					t.Errorf("%s: the answer is %q and the hint %q", k, text, hint.English)
				}
			}
			if !strings.Contains(hint.Chinese, "例如 "+strings.Join(shown, " 或 ")) {
				t.Errorf("%s: %q", k, hint.Chinese)
			}
		}
	}
}

package trace

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"tcptutor/tcp/host"
)

// A word that is missing in one language would show as nothing.
func TestEveryWordInBothLanguages(t *testing.T) {
	for lang := range vocabularies {
		everyWord(t, lang, reflect.ValueOf(vocabularies[lang]), reflect.ValueOf(vocabularies[English]))
		everyWord(t, lang, reflect.ValueOf(wordsOfCompared[lang]), reflect.ValueOf(wordsOfCompared[English]))
	}
}

func everyWord(t *testing.T, lang int, v, inEnglish reflect.Value) {
	t.Helper()
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		if v.Field(i).String() == "" {
			t.Errorf("language %d has no word %s", lang, name)
		}
		english := inEnglish.Field(i).String()
		if strings.Count(v.Field(i).String(), "%") != strings.Count(english, "%") {
			t.Errorf("language %d: %s has other places than %q", lang, name, english)
		}
	}
}

func TestWrap(t *testing.T) {
	for _, test := range []struct {
		text string
		n    int
		want []string
	}{
		{"one two three", 7, []string{"one two", "three"}},
		{"incomprehensible word", 5, []string{"incomprehensible", "word"}},
		{"服务器收到 SYN，回答 SYN,ACK。", 12, []string{"服务器收到", "SYN，回答", "SYN,ACK。"}},
		{"一二三四，五", 8, []string{"一二三", "四，五"}},     // the comma does not begin a line
		{"一二（三）四", 6, []string{"一二", "（三）", "四"}}, // and the bracket does not end one
		{"", 5, []string{""}},
	} {
		if got := wrap(test.text, test.n); !reflect.DeepEqual(got, test.want) {
			t.Errorf("wrap(%q, %d) = %q, want %q", test.text, test.n, got, test.want)
		}
	}
}

func TestSpan(t *testing.T) {
	for _, test := range []struct {
		d    time.Duration
		want string
	}{
		{20 * time.Millisecond, "20.0 ms"}, {20250 * time.Microsecond, "20.250 ms"}, {time.Minute, "60 s"},
		{1500 * time.Millisecond, "1.5 s"}, {104448 * time.Millisecond, "104.448 s"}, {0, "0.0 ms"},
	} {
		if got := span(test.d); got != test.want {
			t.Errorf("span(%d) = %q, want %q", test.d, got, test.want)
		}
	}
}

// Every call as strace spells it.
func TestCallsAsStrace(t *testing.T) {
	for _, test := range []struct {
		c    host.Call
		want string
	}{
		{host.Call{Op: host.OpSocket, A: host.AFInet6, B: host.SockStream | host.SockNonblock, C: 6}, "AF_INET6, SOCK_STREAM|SOCK_NONBLOCK, IPPROTO_TCP"},
		{host.Call{Op: host.OpSocket, A: 99, B: 1}, "99, SOCK_STREAM, IPPROTO_IP"},
		{host.Call{Op: host.OpBind, FD: 3, Addr: serverEnd}, "3, {10.0.0.2, 8080}"},
		{host.Call{Op: host.OpListen, FD: 3, A: -1}, "3, -1"},
		{host.Call{Op: host.OpWrite, FD: 3, Data: strings.Repeat("a", 40) + "\n"}, `3, "` + strings.Repeat("a", 32) + `"..., 41`},
		{host.Call{Op: host.OpShutdown, FD: 3, A: host.ShutWR}, "3, SHUT_WR"},
		{host.Call{Op: host.OpSetsockopt, FD: 3, A: int64(host.SoLinger), B: 1}, "3, SOL_SOCKET, SO_LINGER, {l_onoff=1, l_linger=0}"},
		{host.Call{Op: host.OpSetsockopt, FD: 3, A: int64(host.TCPNodelay), B: 1}, "3, SOL_TCP, TCP_NODELAY, 1"},
		{host.Call{Op: host.OpGetsockopt, FD: 3, A: int64(host.SoError)}, "3, SOL_SOCKET, SO_ERROR"},
		{host.Call{Op: host.OpFcntl, FD: 3, A: host.FSetFL, B: host.ONonblock}, "3, F_SETFL, O_NONBLOCK"},
		{host.Call{Op: host.OpFcntl, FD: 3, A: host.FGetFL}, "3, F_GETFL"},
		{host.Call{Op: host.OpPoll, FD: 3, A: host.PollIn | host.PollOut}, "3, POLLIN|POLLOUT"},
		{host.Call{Op: host.OpFork}, ""},
		{host.Call{Op: host.OpClose, FD: 3}, "3"},
	} {
		if got := strace.given(&test.c); got != test.want {
			t.Errorf("%v(%s), want (%s)", test.c.Op, got, test.want)
		}
	}
}

package quiz

import (
	"fmt"
	"testing"
)

func TestProseTypesNoNumber(t *testing.T) {
	for _, fine := range []string{
		"RFC 9293 §3.10.7.4 says so", "waits 2 MSL", "listen(fd, 1)", "FIN_WAIT_1, then FIN-WAIT-2", "{{client.s.snd.nxt}} and {{count(\"a\") + 1}}",
		"IPv4 and IPv6", "the 4-tuple", "a 32-bit number", "等 2 MSL", "tcp(7)", "```\n10.0.0.1.40000 > 10.0.0.2.8080\n```", "shutdown(fd, SHUT_WR)", "Linux 6.18",
	} {
		if got := TypedNumbers(fine); got != nil {
			t.Errorf("%q: %v", fine, got)
		}
	}
	for _, typed := range []string{"after 3 s", "port 8080", "60秒后", "４ 个报文段", "seq 1", "MSS 1460", "RFC 9293 has 98 pages", "10.0.0.1"} {
		if TypedNumbers(typed) == nil {
			t.Errorf("%q: the number is not seen", typed)
		}
	}
}

func ExampleTypedNumbers() {
	for _, typed := range TypedNumbers("Linux waits 60 s, RFC 9293 asks for 2 MSL, the answer is {{answer}}.") {
		fmt.Println(typed.Offset, typed.Text)
	}
	// Output: 12 60
}

package lessons

import (
	"strings"
	"testing"

	"tcptutor/quiz"
)

// court is the sentences that learners meet about what these lessons teach, in words of the question that puts each, with the ruling that a run
// must give it. More are ruled on than are listed; none of these may be left out.
var court = []struct{ lesson, item, words, ruling string }{
	{"accept", "accept-claim-sends", "and that is what sends the SYN,ACK", "wrong"},
	{"accept", "accept-claim-complete", "The handshake is complete because `accept()` ran", "wrong"},
	{"close", "close-claim-names", "RST_ACT", "wrong"},
	{"handshake", "handshake-claim-names", "SYN_SEND", "wrong"},
	{"handshake", "handshake-claim-names", "ESTABLISH.", "wrong"},
	{"time-wait", "tw-claim-protects", "protects the old connection from data of the new one", "wrong"},
	{"time-wait", "tw-claim-next-port", "hands the port of a client that has closed straight to the next connect()", "wrong"},
	{"why-four", "four-claim-rst", "A RST is a FIN with data left unprocessed", "wrong"},
	{"why-four", "four-claim-order", "sends its FIN, it then calls close()", "wrong"},
	{"time-wait", "tw-claim-fin-timeout", "is the length of TIME_WAIT", "wrong"},

	{"time-wait", "tw-claim-msl", "thirty seconds on some systems, two minutes on others", "imprecise"},
	{"handshake", "handshake-claim-isn", "bytes come after the ISN are valid", "imprecise"},
	{"why-three", "three-claim-accept", "The third ACK makes accept() return and the server ESTABLISHED", "imprecise"},
	{"why-four", "four-claim-four", "takes four segments", "imprecise"},
	{"why-three", "three-claim-efficient", "efficient and stable", "imprecise"},
	{"accept", "accept-claim-tuple", "is fixed when `connect()` returns", "imprecise"},
	{"time-wait", "tw-claim-port", "A port in TIME_WAIT can't be used", "imprecise"},
	{"accept", "accept-claim-listener-close", "Closing the listener harms nobody", "imprecise"},
	{"backlog", "backlog-claim", "The backlog is the number of connections that can queue", "imprecise"},
	{"why-four", "four-claim-epipe", "EPIPE means that the peer has closed", "imprecise"},
	{"why-four", "four-claim-refs", "when the number of descriptors falls to none", "imprecise"},
	{"why-three", "three-claim-both", "Both ends are ESTABLISHED when the third segment, the ACK, is sent", "imprecise"},
	{"accept", "accept-claim-fields", "P means data, win is the window, and length is that of the segment", "imprecise"},
	{"handshake", "handshake-claim-cannot-connect", "If you cannot connect", "imprecise"},
	{"why-four", "four-claim-fin-read", "nothing more to read", "imprecise"},
	{"time-wait", "tw-claim-active", "Only one end has TIME_WAIT", "imprecise"},
	{"close", "close-claim-fin-again", "A FIN is resent `tcp_orphan_retries` times", "imprecise"},
	{"backlog", "backlog-claim-syn-queue", "about the accept queue only", "imprecise"},
	{"why-three", "three-claim-one-way", "a one-way connection is established", "imprecise"},
	{"time-wait", "tw-claim-late-dropped", "late segments are dropped", "imprecise"},
	{"handshake", "handshake-claim-syn-data", "A SYN carries no data", "imprecise"},
	{"why-four", "four-claim-first-wait", "FIN_WAIT_1 waits for the peer's FIN", "imprecise"},
	{"handshake", "handshake-claim-syn-rcvd", "SYN_RCVD is a state of servers", "imprecise"},
	{"handshake", "handshake-claim-sixty-three", "repeated for sixty-three seconds", "imprecise"},

	{"accept", "accept-claim-port", "has the listener's port", "right"},
	{"accept", "accept-claim-no-bind", "A client needs no `bind()`", "right"},
	{"close", "close-claim-eof", "A FIN is read as end of file", "right"},
	{"close", "close-claim-close-wait", "CLOSE_WAIT waits for our own program to close", "right"},
	{"handshake", "handshake-claim-acks", "ACKs are not retransmitted", "right"},
	{"why-four", "four-claim-for-ever", "FIN_WAIT_2 after shutdown() may last for ever", "right"},
	{"accept", "accept-claim-unaccepted", "Without `accept()` connections are made", "right"},
	{"handshake", "handshake-claim-without-listen", "without anybody calling listen()", "right"},
	{"why-four", "four-claim-still-send", "After receiving a FIN, one may still send", "right"},
	{"close", "close-claim-numbers", "SYN and FIN take one number each", "right"},
}

// TestTheCourtRules: each sentence is put by an item of its lesson, and the engine rules as it must.
func TestTheCourtRules(t *testing.T) {
	for _, c := range court {
		l, err := Load(c.lesson)
		if err != nil {
			t.Fatal(err)
		}
		it := l.Quiz.Item(c.item)
		if it == nil || it.Form != quiz.Claim {
			t.Errorf("%s has no claim %s", c.lesson, c.item)
			continue
		}
		if got := rulings(t, it, c.words, c.ruling); got[c.ruling] == 0 {
			t.Errorf("%s: %q is ruled %v, expected %s", c.item, c.words, got, c.ruling)
		}
	}
}

// rulings is how often an item's questions with these words are ruled in which way, up to the first ruling of the kind that is wanted.
func rulings(t *testing.T, it *quiz.Item, words, want string) map[string]int {
	t.Helper()
	got := map[string]int{}
	for seed := range uint64(40) {
		q, err := it.Make(seed)
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range q.Choices {
			if c.Right && strings.Contains(q.Prompt.English, words) {
				got[[...]string{"right", "imprecise", "wrong"}[i]]++
			}
		}
		if got[want] > 0 {
			break
		}
	}
	return got
}

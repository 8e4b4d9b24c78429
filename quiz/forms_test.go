package quiz

import (
	"errors"
	"strings"
	"testing"
)

// handshake is what the items of this file ask about; an item's own fields follow.
const handshakeItem = `items:
  - id: forms
    kind: KIND
    title: {en: A handshake, zh: 握手}
    book: linux
    params:
      port: {from: 1024, to: 9000}
    scenario: |
      book ${book}
      link delay 10ms
      sysctl tcp_timestamps 0
      server s = socket()
      server bind(s, ${port})
      server listen(s, 5)
      client s = socket()
      client connect(s, server:${port})
    at: server enters ESTABLISHED
    question: {en: "Port {{port}}?", zh: "端口 {{port}}？"}
    explain: {en: So it is., zh: 就是这样。}
    see: server sends SYN,ACK
`

const orderFields = `    pieces:
      - {name: syn, at: client sends SYN, en: the SYN leaves, zh: 发出 SYN}
      - {name: connect, at: client connect returns, en: connect() returns, zh: connect() 返回}
      - {name: client, at: client.s enters ESTABLISHED, en: the client is ESTABLISHED, zh: 客户端 ESTABLISHED}
      - {name: server, at: server enters ESTABLISHED, en: the server is ESTABLISHED, zh: 服务器 ESTABLISHED}
    wrong:
      - {name: two, book: linux+two-way-handshake, en: You let two segments do., zh: 你以为两个就够。}
      - {name: server-first, slip: server before connect, en: You let the server be first., zh: 你让服务器先到。}
`

const blanksFields = `    lines:
      - {tcpdump: client sends SYN}
      - {tcpdump: "server sends SYN,ACK", blanks: [flags, ack]}
      - {ss: server.child1, at: "server sends SYN,ACK", blanks: [state]}
    wrong:
      - {name: no-number, slip: {2: 'seg("client sends SYN").raw_seq'}, en: You forgot that SYN takes a number., zh: 你忘了 SYN 占一个序号。}
      - {name: believes, book: linux+two-way-handshake, en: You believed the SYN., zh: 你信了 SYN。}
`

const claimFields = `    choices:
      - {name: wrong, is: 'count("client sends ACK") == 0', en: "Wrong: it sends none", zh: 错，它什么也不发}
      - {name: imprecise, is: 'now < at("client enters ESTABLISHED")', en: "Imprecise: it is about to", zh: 不严谨，马上才发}
      - {name: right, is: 'count("client sends ACK") == 1', en: Right, zh: 对}
`

func ofForm(t *testing.T, kind, fields string) *Item {
	t.Helper()
	s, err := loadText(strings.Replace(handshakeItem, "KIND", kind, 1) + fields)
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range s.Check(40) {
		t.Error(err)
	}
	return s.Items[0]
}

func made(t *testing.T, it *Item, seed uint64) *Question {
	t.Helper()
	q, err := it.Make(seed)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// inOrder is the numbers under which the pieces of the given words are shown.
func inOrder(q *Question, words ...string) string {
	var numbers []string
	for _, word := range words {
		for _, line := range strings.Split(q.Prompt.English, "\n") {
			if number, says, ok := strings.Cut(line, ". "); ok && strings.HasPrefix(says, word) {
				numbers = append(numbers, number)
			}
		}
	}
	return strings.Join(numbers, " ")
}

// TestAClaimIsRuledOn in the order right, imprecise, wrong, whatever the seed and the file's order.
func TestAClaimIsRuledOn(t *testing.T) {
	it := ofForm(t, "claim", claimFields)
	for seed := range uint64(10) {
		q := made(t, it, seed)
		if len(q.Choices) != 3 || !q.Choices[0].Right || q.Choices[1].Misconception != "imprecise" || q.Choices[2].Misconception != "wrong" {
			t.Errorf("%+v", q.Choices)
		}
	}
}

// TestTheOrderIsTheRuns: whatever numbers the pieces are shown under, right is the order in which they happen.
func TestTheOrderIsTheRuns(t *testing.T) {
	it := ofForm(t, "order", orderFields)
	shown := map[string]bool{}
	for seed := range uint64(20) {
		q := made(t, it, seed)
		right := inOrder(q, "the SYN", "the client", "connect()", "the server")
		shown[right] = true
		if q.Answer().English != right {
			t.Errorf("%q, expected %q\n%s", q.Answer().English, right, q.Prompt.English)
		}
		for _, typed := range []string{
			right, strings.ReplaceAll(right, " ", ""), strings.ReplaceAll(right, " ", ", "), strings.ReplaceAll(right, " ", "、"), strings.ReplaceAll(right, " ", " -> "),
		} {
			if v, err := q.Grade(-1, typed); err != nil || !v.Right {
				t.Errorf("%q: %+v, %v", typed, v, err)
			}
		}
	}
	if len(shown) < 5 {
		t.Errorf("the pieces are shown in %d orders", len(shown))
	}
}

// TestAWrongOrderIsTraced to the run that has it, or to two pieces that stand the wrong way round, whatever else is wrong.
func TestAWrongOrderIsTraced(t *testing.T) {
	q := made(t, ofForm(t, "order", orderFields), 3)
	for _, c := range []struct {
		words []string
		from  string
		runs  bool
	}{
		{[]string{"the SYN", "the client", "the server", "connect()"}, "server-first", false},
		{[]string{"the server", "the client", "connect()", "the SYN"}, "server-first", false},
		{[]string{"connect()", "the SYN", "the client", "the server"}, "", false},
		{[]string{"the SYN", "the server", "the client", "connect()"}, "two", true},
	} {
		v, err := q.Grade(-1, inOrder(q, c.words...))
		if err != nil || v.Right || v.Misconception != c.from || (v.Theirs != nil) != c.runs || v.Because == (Text{}) {
			t.Errorf("%q: %+v, %v", c.words, v, err)
		}
		if c.from == "" && v.Because.English != "First comes "+inOrder(q, "the SYN")+": look at step 6, `server sends SYN,ACK`." {
			t.Errorf("%q", v.Because.English)
		}
	}
	for _, typed := range []string{"", "1 2 3", "1 1 2 3", "0 1 2 3", "2 3 4 5", "first", "1 2 3 4 5", strings.Repeat("1 ", 60)} {
		_, err := q.Grade(-1, typed)
		if u, ok := errors.AsType[*Unreadable](err); !ok || !strings.Contains(u.English, "the numbers 1 to 4 in the order of events") {
			t.Errorf("%q: %v", typed, err)
		}
	}
	if strings.HasSuffix(q.Hint.English, q.Answer().English) {
		t.Errorf("the hint is the answer: %s", q.Hint.English)
	}
}

// TestBlanksAreLeftOutOfRealLines and what they held is the answer, as the tools print it.
func TestBlanksAreLeftOutOfRealLines(t *testing.T) {
	q := made(t, ofForm(t, "blanks", blanksFields), 1)
	ack, err := q.run.value(`seg("client sends SYN").raw_seq + 1`, end)
	if err != nil {
		t.Fatal(err)
	}
	right := show(ack).English
	for _, shown := range []string{"Flags [S], seq ", ": Flags __(1)__, seq ", ", ack __(2)__, win ", "server$ ss -tan\nState", "\n__(3)__  0       0       10.0.0.2:"} {
		if !strings.Contains(q.Prompt.English, shown) {
			t.Errorf("%q is not in\n%s", shown, q.Prompt.English)
		}
	}
	if strings.Contains(q.Prompt.English, right) {
		t.Errorf("the lines tell the answer %s:\n%s", right, q.Prompt.English)
	}
	if want := "[S.] " + right + " SYN-RECV"; q.Answer().English != want {
		t.Errorf("answer %q, expected %q", q.Answer().English, want)
	}
	for _, typed := range []string{"[S.] " + right + " SYN-RECV", "SYN,ACK; " + right + "; syn_rcvd", "S." + "," + right + ",SYN-RECEIVED"} {
		if v, err := q.Grade(-1, typed); err != nil || !v.Right {
			t.Errorf("%q: %+v, %v", typed, v, err)
		}
	}
}

// TestAWrongBlankIsTraced by what the misconception writes, whatever stands in the other blanks.
func TestAWrongBlankIsTraced(t *testing.T) {
	q := made(t, ofForm(t, "blanks", blanksFields), 1)
	syn, err := q.run.value(`seg("client sends SYN").raw_seq`, end)
	if err != nil {
		t.Fatal(err)
	}
	v, err := q.Grade(-1, "[S] "+show(syn).English+" ESTAB")
	if err != nil || v.Misconception != "no-number" || v.Theirs != nil {
		t.Errorf("%+v, %v", v, err)
	}
	if v, err = q.Grade(-1, "[S.] 5 ESTAB"); err != nil || v.Misconception != "believes" || v.Theirs == nil {
		t.Errorf("%+v, %v", v, err)
	}
	if v, err = q.Grade(-1, "[S.] 5 LISTEN"); err != nil || v.Right || v.Misconception != "" || !strings.HasPrefix(v.Because.English, "What belongs there: (2) ") ||
		!strings.Contains(v.Because.Chinese, "，(3) SYN-RECV：请看第 ") {
		t.Errorf("%+v, %v", v, err)
	}
	for typed, want := range map[string]string{
		"[S.]":             "Type what fills the blanks in turn, like [R.] 12 SYN-SENT.",
		"[S.] x ESTAB":     "(2) Type a whole number",
		"[S.] 1 ESTAPLISH": "(3) There is no state ESTAPLISH. Do you mean ESTABLISHED?",
	} {
		_, err := q.Grade(-1, typed)
		if u, ok := errors.AsType[*Unreadable](err); !ok || !strings.HasPrefix(u.English, want) {
			t.Errorf("%q: %v", typed, err)
		}
	}
}

func TestMistakesOfOrdersAndBlanksAreTold(t *testing.T) {
	for _, c := range []struct{ kind, fields, old, new, want string }{
		{"order", orderFields, "slip: server before connect", "slip: server after connect", `"server after connect" is no slip of an order, expected PIECE before PIECE`},
		{"order", orderFields, "slip: server before connect", "slip: server before nobody", `"server before nobody" is no slip of an order`},
		{"order", orderFields, "name: connect", "name: syn", "item forms has two pieces syn, expected another name"},
		{"order", orderFields, "    pieces:", "    answer: {of: number, value: '1'}\n    pieces:", "item forms has answer, which is not of its kind, expected pieces: …"},
		{"order", blanksFields, "", "", "item forms has lines, which is not of its kind, expected pieces: …"},
		{"claim", strings.Replace(claimFields, "name: wrong", "name: neither", 1), "", "", "item forms does not have a choice for each ruling, expected right, imprecise, wrong"},
		{"claim", orderFields, "", "", "item forms has pieces, which is not of its kind, expected choices: …"},
		{"order", "    pieces: []\n", "", "", "item forms has 0 pieces to put in order, expected 3 to 9"},
		{"blanks", blanksFields, "[flags, ack]", "[flags, colour]", `tcpdump has no part "colour" to leave blank, expected ack, end, flags, length, seq, win`},
		{"blanks", blanksFields, "blanks: [state]", "blanks: [timer]", `ss has no part "timer" to leave blank, expected recv-q, send-q, state`},
		{"blanks", blanksFields, "slip: {2:", "slip: {4:", "item forms has no blank 4, expected 1 to 3"},
		{"blanks", blanksFields, "slip: {2:", "slip: {ack:", `is of "ack", expected the number of a blank`},
		{"blanks", blanksFields, "{tcpdump: client sends SYN}", "{wireshark: x}", `a line of item forms has no "wireshark"`},
		{"blanks", blanksFields, "{tcpdump: client sends SYN}", "{tcpdump: client sends SYN, at: x}", "a line of item forms is of no one tool"},
		{"blanks", "    lines: [{tcpdump: client sends SYN}]\n", "", "", "item forms leaves no blank"},
	} {
		_, err := loadText(strings.Replace(handshakeItem, "KIND", c.kind, 1) + strings.Replace(c.fields, c.old, c.new, 1))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s for %s:\n%v\nwant %s", c.new, c.old, err, c.want)
		}
	}
}

// TestWordsThatNobodyWillReadAreFound: what is said to those who choose something that is right for every seed.
func TestWordsThatNobodyWillReadAreFound(t *testing.T) {
	fields := strings.Replace(claimFields, "en: Right, zh: 对}", "en: Right, zh: 对, wrong: {en: You doubted it., zh: 你不信。}}", 1)
	s, err := loadText(strings.Replace(handshakeItem, "KIND", "claim", 1) + fields)
	if err != nil {
		t.Fatal(err)
	}
	if errs := s.Check(5); len(errs) != 1 || !strings.Contains(errs[0].Error(), "no seed finds the choice right wrong") {
		t.Error(errs)
	}
}

// TestOrdersAndBlanksThatCannotBe are found when they are made.
func TestOrdersAndBlanksThatCannotBe(t *testing.T) {
	for _, c := range []struct{ kind, fields, old, new, want string }{
		{"order", orderFields, "at: client sends SYN", "at: client sends FIN", "client sends FIN never happens"},
		{"order", orderFields, "at: client connect returns", "at: client sends ACK", "its pieces connect and client happen in the same step"},
		{"blanks", blanksFields, "tcpdump: client sends SYN", "tcpdump: client sends RST", "client sends RST never happens"},
		{"blanks", blanksFields, "[flags, ack]", "[flags, end]", "has no end to leave blank: IP 10.0.0.2."},
		{"blanks", blanksFields, "ss: server.child1", "ss: server.child2", "a line of ss for server.child2 never happens"},
		{"blanks", blanksFields, "ss: server.child1", "ss: nobody.s", `has no host "nobody"`},
	} {
		s, err := loadText(strings.Replace(handshakeItem, "KIND", c.kind, 1) + strings.Replace(c.fields, c.old, c.new, 1))
		if err != nil {
			t.Error(err)
			continue
		}
		if _, err := s.Items[0].Make(1); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, expected %s", c.new, err, c.want)
		}
	}
}

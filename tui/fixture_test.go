package tui

import (
	"errors"
	"fmt"
	"strconv"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"tcptutor/lessons"
	"tcptutor/tcp"
	"tcptutor/tcp/host"
	"tcptutor/tcp/sim"
	"tcptutor/tui/look"
)

// textbook is the program of every textbook: a server that accepts and reads to the end, a client that connects, writes and closes.
func textbook() *sim.Program {
	call := func(op host.Op, fd, assign int, c host.Call) sim.Line {
		c.Op = op
		return sim.Line{Call: c, FDVar: fd, Assign: assign, When: -1}
	}
	server, client := tcp.IPv4(10, 0, 0, 2), tcp.IPv4(10, 0, 0, 1)
	const s, c, k = 0, 1, 2
	return &sim.Program{
		Hosts: []sim.HostSpec{{Name: "client", Addr: client, Book: "linux"}, {Name: "server", Addr: server, Book: "linux"}},
		Links: []sim.Link{{From: sim.AnyHost, To: sim.AnyHost, Delay: 10 * time.Millisecond}},
		Vars:  []sim.VarSpec{{Host: 1, Name: "s"}, {Host: 1, Name: "c"}, {Host: 0, Name: "s"}},
		Threads: []sim.ThreadSpec{
			{Host: 1, Name: "server", Lines: []sim.Line{
				call(host.OpSocket, -1, s, host.Call{A: host.AFInet, B: host.SockStream}),
				call(host.OpBind, s, -1, host.Call{Addr: tcp.Endpoint{Port: 8080}}),
				call(host.OpListen, s, -1, host.Call{A: 2}),
				call(host.OpAccept, s, c, host.Call{}),
				{Kind: sim.LineReadUntil, Call: host.Call{Op: host.OpRead}, FDVar: c, Assign: -1, When: -1},
				{Kind: sim.LineWait, Wait: 2 * time.Second, When: -1},
				call(host.OpClose, c, -1, host.Call{}),
			}},
			{Host: 0, Name: "client", Lines: []sim.Line{
				call(host.OpSocket, -1, k, host.Call{A: host.AFInet, B: host.SockStream}),
				call(host.OpConnect, k, -1, host.Call{Addr: tcp.Endpoint{Addr: server, Port: 8080}}),
				call(host.OpWrite, k, -1, host.Call{Data: "hello"}),
				call(host.OpClose, k, -1, host.Call{}),
			}},
		},
		Limits: sim.Limits{Steps: 1000, Time: tcp.Time(time.Hour)},
	}
}

// lossy is the textbook with the first segments of a kind from one host lost.
func lossy(h int, kind tcp.Kind) *sim.Program {
	p := textbook()
	p.Moments = []sim.Moment{{Host: h, Var: -1, Event: sim.Sends, Seg: kind, N: 1}}
	p.Faults = []sim.Fault{{Kind: sim.Drop, Moment: 0}}
	return p
}

func para(spans ...Span) Block { return Block{Kind: Paragraph, Spans: spans} }

func both(english, chinese []Block) Prose { return Prose{english, chinese} }

// stepOf is the step in which something first happens, in a run that has it.
func stepOf(run sim.Run, m sim.Moment) int {
	m.Var = -1
	i, ok := sim.Find(run, m)
	if !ok {
		panic("the fixture's moment never happens")
	}
	return i
}

func find(run sim.Run) func(string) (int, error) {
	return func(text string) (int, error) {
		if text != "server sends SYN,ACK" {
			return 0, fmt.Errorf("%q: no such moment; try server sends SYN,ACK", text)
		}
		return stepOf(run, sim.Moment{Host: 1, Event: sim.Sends, Seg: tcp.KindSYNACK}), nil
	}
}

func story(p *sim.Program, notes ...Note) Story {
	run := sim.NewTimeline(p)
	return Story{Run: run, Book: "linux", Notes: notes, Find: find(run)}
}

func handshakeNotes(run sim.Run) []Note {
	return []Note{
		{Step: stepOf(run, sim.Moment{Host: 0, Event: sim.Sends, Seg: tcp.KindSYN}), Title: Text{"The client calls", "客户端发起连接"}, Body: both(
			[]Block{para(span("connect()", Mono), span(" sends a segment with the SYN bit and waits. Nothing has been agreed yet.", Plain))},
			[]Block{para(span("connect()", Mono), span(" 发出带 SYN 标志的报文段，然后等待。双方还没有约定任何事情。", Plain))},
		)},
		{Step: stepOf(run, sim.Moment{Host: 1, Event: sim.Sends, Seg: tcp.KindSYNACK}), Title: Text{"The server answers", "服务器回答"}, Body: both(
			[]Block{
				para(span("The SYN has arrived. The server notes it in its ", Plain), span("SYN queue", Strong), span(" and answers with one segment that does two jobs:", Plain)),
				{Kind: Table, Rows: [][][]Span{
					{{span("bit", Plain)}, {span("what it says", Plain)}},
					{{span("SYN", Mono)}, {span("my numbers start here", Plain)}},
					{{span("ACK 1", Mono)}, {span("I have your SYN; I expect your number 1 next", Plain)}},
				}},
				para(span("A SYN takes one number, so 1 is acknowledged though no byte was sent.", Plain)),
			},
			[]Block{
				para(span("SYN 到了。服务器把它记进半连接队列（", Plain), span("SYN queue", Strong), span("），再用一个报文段做两件事：", Plain)),
				{Kind: List, Items: [][]Block{
					{para(span("SYN：", Mono), span("我的序号从这里开始；", Plain))},
					{para(span("ACK 1：", Mono), span("你的 SYN 我收到了，下一个等的是你的 1 号。", Plain))},
				}},
				para(span("SYN 占一个序号，所以虽然一个字节也没发，确认号还是 1。", Plain)),
			},
		), Ask: []*Question{whoIsFirst()}},
		{Step: stepOf(run, sim.Moment{Host: 1, Event: sim.Enters, State: tcp.Established}), Title: Text{"Both are there", "两端都就绪"}, Body: both(
			[]Block{para(span("The third segment arrives and the server is ", Plain), span("ESTABLISHED", Mono), span(" too.", Plain))},
			[]Block{para(span("第三个报文段到达，服务器也进入 ", Plain), span("ESTABLISHED", Mono), span("。", Plain))},
		), Ask: []*Question{howLong()}},
	}
}

func whoIsFirst() *Question {
	return &Question{
		Lesson: "handshake", Item: "who-is-first", Code: "who-is-first-1", Title: Text{"who is first", "谁先"}, Book: "linux",
		Prompt:  both([]Block{para(span("Which end is ESTABLISHED first?", Plain))}, []Block{para(span("哪一端先进入 ESTABLISHED？", Plain))}),
		Choices: []Text{{"client", "客户端"}, {"server", "服务器"}, {"both at once", "同时"}},
		Grade: func(choice int, _ string) (Verdict, error) {
			return Verdict{
				Right: choice == 0, Given: strconv.Itoa(choice), Choice: 0, Answer: Text{"client", "客户端"}, Rule: "syn-sent-ack", Cite: "RFC 9293 §3.10.7.3",
				Explain: both(
					[]Block{para(span("The SYN,ACK tells the client that its SYN arrived; the server waits for the same news about its own.", Plain))},
					[]Block{para(span("SYN,ACK 告诉客户端它的 SYN 到了；服务器还在等同样的消息。", Plain))}),
				See:       func() (Story, int, error) { return story(textbook()), 9, nil },
				SeeTheirs: func() (Story, int, error) { return byTheBook(), 9, nil },
			}, nil
		},
	}
}

// byTheBook is the textbook with another book.
func byTheBook() Story {
	p := textbook()
	for i := range p.Hosts {
		p.Hosts[i].Book = "rfc9293"
	}
	s := story(p)
	s.Book = "rfc9293"
	return s
}

func howLong() *Question {
	return &Question{
		Lesson: "handshake", Item: "how-long", Code: "how-long-7", Title: Text{"how long", "多久"}, Book: "linux", Hint: Text{"milliseconds", "毫秒"},
		Prompt: both([]Block{para(span("How long after its SYN left does connect() return?", Plain))}, []Block{para(span("SYN 发出之后过多久 connect() 返回？", Plain))}),
		Grade: func(_ int, typed string) (Verdict, error) {
			if _, err := strconv.Atoi(typed); err != nil {
				return Verdict{}, errors.New("a number of milliseconds, please: 20")
			}
			return Verdict{Right: typed == "20", Given: typed, Choice: -1, Answer: Text{"20", "20"}}, nil
		},
	}
}

// shelf is a library of one lesson that opens, and a few that fill the home screen.
type shelf struct{}

func (shelf) Lessons() []LessonInfo {
	return []LessonInfo{
		{"handshake", 1, Text{"The three-way handshake", "三次握手"}},
		{"close", 2, Text{"How a connection closes", "连接如何关闭"}},
	}
}

func (shelf) Open(id string) (*Lesson, error) {
	if id != "handshake" {
		return nil, fmt.Errorf("lesson %q has no scenario", id)
	}
	s := story(textbook())
	s.Notes = handshakeNotes(s.Run)
	return &Lesson{LessonInfo: shelf{}.Lessons()[0], Story: s, WhatIfs: []WhatIf{{
		ID: "ack-lost", Title: Text{"The client's ACK is lost", "客户端的 ACK 丢了"},
		About: both([]Block{para(span("Watch what the server does when nobody answers.", Plain))}, []Block{para(span("看看没有人回答时服务器会做什么。", Plain))}),
		Open: func() (Story, int, error) {
			changed := story(lossy(0, tcp.KindACK))
			changed.Book = "linux"
			return changed, stepOf(changed.Run, sim.Moment{Host: 0, Event: sim.Sends, Seg: tcp.KindACK}), nil
		},
	}}}, nil
}

// asker asks the two questions there are, once it can be known what was asked before.
type asker struct{ store *memory }

func (a asker) Start(string) (Quiz, error) {
	if !a.store.read {
		return nil, errors.New("the progress was not read")
	}
	return asked{whoIsFirst(), howLong()}, nil
}
func (asker) Review([]Due) (Quiz, error) { return asked{whoIsFirst()}, nil }

type asked []*Question

func (a asked) Len() int                          { return len(a) }
func (a asked) Question(i int) (*Question, error) { return a[i], nil }

// memory is a store that forgets at the end, and fails when told to.
type memory struct {
	kept    Progress
	answers []string
	fail    error
	read    bool
}

func newMemory() *memory {
	return &memory{kept: Progress{
		Continue: "handshake",
		Lessons: map[string]LessonProgress{
			"handshake": {Step: 9, Steps: stepsOfTextbook(), Furthest: 12, Asked: 8, Right: 7},
		},
		Due:   []Due{{"handshake", "who-is-first"}, {"handshake", "how-long"}},
		Asked: 8, Right: 7,
	}}
}

func stepsOfTextbook() int { return sim.NewTimeline(textbook()).Len() }

func (s *memory) Progress() (Progress, error) {
	s.read = true
	return s.kept, nil
}
func (s *memory) Record(q *Question, v *Verdict) error {
	if s.fail != nil {
		return s.fail
	}
	s.answers = append(s.answers, q.Item+" "+v.Given)
	return nil
}
func (s *memory) SavePosition(lesson string, step, steps int) error {
	s.kept.Continue = lesson
	s.kept.Lessons[lesson] = LessonProgress{Step: step, Steps: steps, Furthest: step}
	return nil
}
func (s *memory) SetLang(Lang) error { return nil }

// screenOf is a program of the fixture at a size, driven by hand: commands run at once, and what waits for the clock is put aside.
type screenOf struct {
	t     testing.TB
	m     *Model
	store *memory
	ticks []tea.Msg // what the clock would bring, oldest first
	quit  bool
}

func open(t testing.TB, w, h int, lang Lang, start Intent) *screenOf {
	return openWith(t, w, h, lang, start, Text{})
}

// openWith opens a program whose store has something to say.
func openWith(t testing.TB, w, h int, lang Lang, start Intent, notice Text) *screenOf {
	return openOptions(t, w, h, Options{Lang: lang, Start: start}, notice)
}

// openOptions opens a program with what it is to begin with.
func openOptions(t testing.TB, w, h int, o Options, notice Text) *screenOf {
	s := &screenOf{t: t, store: newMemory()}
	o.Library, o.Quizzer, o.Texts = shelf{}, asker{s.store}, Tools()
	o.Look = look.Choose(func(k string) string { return map[string]string{"LANG": "en_US.UTF-8", "TERM": "xterm"}[k] }, false)
	o.OpenStore = func() (Store, Text) { return s.store, notice }
	s.m = New(o)
	s.m.later = s.aside
	s.send(sizeMsg(w, h))
	return s
}

// aside puts a message aside that the clock would bring.
func (s *screenOf) aside(_ time.Duration, msg tea.Msg) tea.Cmd {
	s.ticks = append(s.ticks, msg)
	return nil
}

func sizeMsg(w, h int) tea.Msg { return tea.WindowSizeMsg{Width: w, Height: h} }

// send gives the model a message, and then whatever its commands say.
func (s *screenOf) send(msg tea.Msg) {
	switch msg := msg.(type) {
	case nil:
		return
	case tea.QuitMsg:
		s.quit = true
		return
	case tea.BatchMsg:
		for _, cmd := range msg {
			s.run(cmd)
		}
		return
	}
	_, cmd := s.m.Update(msg)
	s.run(cmd)
}

func (s *screenOf) run(cmd tea.Cmd) {
	if cmd != nil {
		s.send(cmd())
	}
}

// clock brings the oldest tick.
func (s *screenOf) clock() {
	s.t.Helper()
	if len(s.ticks) == 0 {
		s.t.Fatal("nothing waits for the clock")
	}
	msg := s.ticks[0]
	s.ticks = s.ticks[1:]
	s.send(msg)
}

func (s *screenOf) press(keys ...string) {
	for _, k := range keys {
		s.send(keyMsg(k))
	}
}

func (s *screenOf) frame() string { return s.m.View().Content }

// keyMsg is a key press as Bubble Tea reports it.
func keyMsg(k string) tea.KeyPressMsg {
	special := map[string]tea.Key{
		"right": {Code: tea.KeyRight}, "left": {Code: tea.KeyLeft}, "up": {Code: tea.KeyUp}, "down": {Code: tea.KeyDown},
		"enter": {Code: tea.KeyEnter}, "esc": {Code: tea.KeyEscape}, "tab": {Code: tea.KeyTab}, "space": {Code: tea.KeySpace, Text: " "},
		"backspace": {Code: tea.KeyBackspace}, "shift+tab": {Code: tea.KeyTab, Mod: tea.ModShift}, "home": {Code: tea.KeyHome},
		"end": {Code: tea.KeyEnd}, "pgdown": {Code: tea.KeyPgDown}, "pgup": {Code: tea.KeyPgUp}, "ctrl+c": {Code: 'c', Mod: tea.ModCtrl}, "ctrl+u": {Code: 'u', Mod: tea.ModCtrl},
	}
	if key, ok := special[k]; ok {
		return tea.KeyPressMsg(key)
	}
	return tea.KeyPressMsg{Code: []rune(k)[0], Text: k}
}

func span(text string, style lessons.SpanStyle) Span { return Span{Text: text, Style: style} }

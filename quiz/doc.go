// Package quiz asks questions that the engine answers. An author writes what is asked, where in a run, and as which
// expression; nobody types an answer.
//
//	quiz.yaml ──Load──▶ Set ──▶ Item ──Make(seed)──▶ Question ──Grade──▶ Verdict
//	                             │                      │                  │
//	                     scenario + parameters    one run of it,     what one must have thought,
//	                     + expressions            its choices        the run at the step that decides,
//	                                                                 the run the wrong answer describes
//
// [Item.Make] is a pure function of the item and a seed: parameters, initial sequence numbers and the order of the choices
// follow from it. The same code ("syn-lost-4f2a", see [ParseCode]) is the same question on every machine.
//
// # The file
//
// A lesson's quiz.yaml holds a list of items under `items`. An item:
//
//	items:
//	  - id: syn-lost                    # unique over all lessons; lower case and dashes
//	    kind: fill                      # choose: one of several; fill: typed; claim, order, blanks: see below
//	    title: {en: A lost SYN, zh: SYN 丢了}
//	    book: linux                     # the stack asked about; put into the scenario as ${book}
//	    params:                         # what varies by seed
//	      delay: {from: 10ms, to: 50ms, step: 5ms}
//	      port: {from: 1024, to: 65535}
//	      closer: [client, server]
//	      lost:
//	        - {name: syn, text: "drop client sends SYN", en: the SYN, zh: SYN}
//	        - {name: both, text: "drop client sends SYN@2", en: the second SYN, zh: 第二个 SYN}
//	    when: 'lost != "both" || delay < 30'   # combinations that are asked (times in ms); others are drawn anew
//	    scenario: |                     # the run: ${param} is filled in; or `scenario: lesson`, the lesson's scenario.tcp,
//	      book ${book}                  # changed by `patch` (scenario.Apply)
//	      link delay ${delay}
//	      ...
//	      ${lost}
//	    at: client connect returns      # the moment at which values are taken; `end` is the end of the run
//	    holds: total("client sends SYN") > 1   # optional: what the question's words claim of the run
//	    question:
//	      en: One way takes {{delay}}, and {{lost}} is lost. When does `connect()` return?
//	      zh: 单程 {{delay}}，{{lost}} 丢了。`connect()` 何时返回？
//	    answer: {of: time, value: 'between("client sends SYN", "client connect returns")'}
//	    wrong:                          # each a misconception: what it gives is computed too
//	      - name: doubled-at-once
//	        set: {lost: both}           # the same with other parameters
//	        en: ...                     # what one must have been thinking
//	        zh: ...
//	      - name: by-the-book
//	        book: rfc9293               # the same by another book ("linux+no-time-wait"); `value` and `at` where that run is asked otherwise
//	        en: ...
//	        zh: ...
//	      - name: one-way
//	        slip: '${answer} - duration("${delay}")'   # another expression on the same run; `at` gives it a moment of its own
//	        en: ...
//	        zh: ...
//	    explain: {en: ..., zh: ...}     # shown after every wrong answer, below what one must have been thinking
//	    see: client sends SYN@2         # the moment the explanation opens
//	    rule: syn-again                 # optional: the rule that decides; by default the first one that applies there
//
// A conceptual item of kind choose has `choices` in place of answer and wrong. Each choice says by an expression whether it is
// right on the run, and exactly one is. What choices say is plain text:
//
//	choices:
//	  - {name: client, is: 'step("client.s enters ESTABLISHED") < step("server enters ESTABLISHED")', en: The client, zh: 客户端}
//	  - name: server
//	    is: 'step("server enters ESTABLISHED") < step("client.s enters ESTABLISHED")'
//	    en: The server
//	    zh: 服务器
//	    wrong: {en: ..., zh: ...}   # shown when this is chosen and is not right; may name a book or set, too
//
// An item of kind claim has a sentence to rule on for its question: its choices are named right, imprecise and wrong, are shown in
// that order, and each says what its ruling means: "Imprecise: the client is, the server when the ACK arrives".
//
// An item of kind order has pieces, three to nine, each with its moment; they are shown with numbers, and the answer is the numbers in
// the order of the moments. A misconception is another run, in which the moments come in another order, or two pieces the wrong way round:
//
//	pieces:
//	  - {name: fin, at: client sends FIN, en: the client's FIN, zh: 客户端的 FIN}
//	  - ...
//	wrong:
//	  - {name: fin-first, slip: fin before data, en: ..., zh: ...}
//
// An item of kind blanks shows lines as tcpdump and ss print them of the run; the answer is what is left out. Of tcpdump that may be
// flags, seq, end (of the data), ack, win, length; of ss, at the item's moment or one of the line's own, state, recv-q, send-q. A
// misconception is another run, whose lines hold something else, or what is written into a blank, by its number:
//
//	lines:
//	  - {tcpdump: client sends SYN}
//	  - {tcpdump: "server sends SYN,ACK", blanks: [flags, ack]}
//	  - {ss: server.child1, at: "server sends SYN,ACK", blanks: [state]}
//	wrong:
//	  - {name: no-number, slip: {2: 'seg("client sends SYN").raw_seq'}, en: ..., zh: ...}
//
// Times, errors, states: the notation of moments and values is package observe's; ${param} may stand in every moment and expression, and
// ${answer} in a slip is the answer's expression. A wrong answer that comes out equal to the right one, or to another, is left out, as is
// one whose moment never happens; two must stay to choose from. An answer of time is a typed number of seconds or has a unit, and may be
// off by {of: time, value: …, within: 5ms}.
//
// # Parameters
//
// A parameter is a list of values or a range {from, to, step}; values are whole numbers, times ("10ms") or names. A value may be
// written {name, text, en, zh}: the name is what conditions and `set` compare, the text is what ${param} puts into the scenario and
// into expressions (empty: no line), en and zh are what {{param}} puts into prose. What is left out is as the name. Any
// further field is the author's own, a text or a prose {en, zh}: ${param.field}, {{param.field}}. A parameter
// with one value is a knob: `set` of a misconception may give it any value, so it turns a line of the scenario on or off. ${book} is
// the item's book and ${other} are parameters; there is nothing else.
//
// # Prose
//
// Every text is in both languages, Markdown with `code`. {{param}} is a parameter, {{answer}} the right answer, {{this}} the value of the
// wrong choice whose text it is, {{EXPR}} the value of an expression at the item's moment, and {{EXPR at MOMENT}} at another one. A digit
// outside {{ }} is refused but in names and numbers of documents ([TypedNumbers]): numbers in prose are the engine's.
package quiz

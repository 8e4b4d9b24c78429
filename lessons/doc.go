// Package lessons holds the lessons, and reads and checks them. A lesson is a folder; adding a lesson is adding a folder.
//
//	lesson.yaml ── List ──▶ Info          cheap: nothing is run
//	scenario.tcp ─┐
//	en.md, zh.md ─┼─ Load ──▶ Lesson      the run, and notes bound to its moments, values filled in by the engine
//	quiz.yaml ────┘             ├─ WhatIfs ── Open ──▶ Story   the changed run, told anew
//	                            └─ Transcript ──▶ text
//
// [Check] finds the mistakes of the lessons in the program, [CheckDir] those of a folder outside it. Both tell all of them, as
// scenario.Errors: file:line:col, what is wrong, what was expected.
//
// # lesson.yaml
//
//	id: handshake                 # the folder's name
//	order: 2                      # its place in the course, from 1
//	needs: [sockets]              # ids of the lessons that come before
//	title: {en: The three-way handshake, zh: 三次握手}
//	summary: {en: ..., zh: ...}   # one sentence: the question the lesson answers
//	whatifs:                      # changes of the run that the learner may ask for
//	  - id: ack-lost
//	    title: {en: The client's ACK is lost, zh: 客户端的 ACK 丢了}
//	    about: {en: ..., zh: ...} # what to look at; Markdown without values
//	    patch: |                  # changes of scenario.tcp, in the language of scenario.Apply
//	      drop client sends ACK
//	    changes: count("server sends SYN,ACK")   # a value that is another one at the end of the changed run
//
// # scenario.tcp
//
// The run, written once for both languages: see package scenario.
//
// # en.md and zh.md
//
// The prose, Markdown. A step of it is a heading of the second level that names its moment, in the notation of package observe:
//
//	## The server answers {at="server sends SYN,ACK"}
//
//	This end is in `{{server.child1.state}}`. It expects number {{server.child1.rcv.nxt}} next.
//
//	{{predict "who-is-first"}}
//
// The step is shown from its moment until the next step's. A moment without @N happens once in the run. Both languages have the same
// steps, in the order of the run, with the same values and predictions in the same order.
//
//   - {{EXPRESSION}} is a value as it is after the step (package observe), in a sentence, a `code span`, a table or a code block. Prose types
//     no digit but in names and documents' numbers: RFC 9293, 2 MSL, FIN_WAIT_1, listen(fd, 1) (quiz.TypedNumbers has the list).
//   - {{predict "ITEM"}}, a paragraph of its own at the end of a step, asks an item of quiz.yaml there. In the place of an item may stand
//     the code of one of its variations ("who-is-first-0092"), where the prose speaks of that one.
//   - Paragraphs, ### headings, lists, tables, fenced code, **strong**, *em* and `code` are all the Markdown there is. A link leads to lesson:ID,
//     term:ID (glossary.yaml) or https://...
//   - A step has at most 70 English words and 110 Chinese characters, code and tables not counted.
//
// A what-if's run is told by the steps of the lesson's run whose moments happen in it too, their values its own. It may bring steps of its own,
// best at the end of the file; where both have a step for the same moment, its own is shown:
//
//	## The server asks again {whatif="ack-lost" at="server sends SYN,ACK@2"}
//
// whatif="none" keeps a step of the lesson's run out of all others: what it says holds there alone. Predictions of the lesson's
// steps are not asked again in a what-if.
//
// A lesson of the program has 9 to 14 steps, those of what-ifs not counted, the first at the beginning of its run; two predictions or more; a what-if
// or more; and eight questions or more, of every kind one.
//
// # quiz.yaml
//
// The questions: see package quiz.
//
// # glossary.yaml
//
// The terms of all lessons in both languages, with a line of meaning each, the variants that no lesson may write in their place, and words
// that no lesson uses at all.
package lessons

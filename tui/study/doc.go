// Package study brings what there is to learn to the screen: the lessons in the program, the questions that the engine answers,
// and the learner's progress, each as the screen asks for it.
//
//	lessons ──▶ Library ─┐
//	quiz    ──▶ Quizzer ─┼─▶ tui
//	progress ─▶ Store ───┘
//
// Everything is made when it is first asked for. Only here is the clock of the day read: answers and reviews carry the time.
package study

// Package tui is the screen: a Bubble Tea program in which a learner steps a run forward and back, reads what is said about it,
// is asked, and sees a wrong answer refuted by a run.
//
//	key, mouse, palette ──▶ Intent ──▶ Model.Do ──▶ Scene ──▶ panes ──▶ cell.Grid ──▶ the frame
//	                                      │
//	                                      └──▶ Library, Quizzer, Store: the outside (outside.go)
//
// Everything a learner can do is an [Intent]; keys, mouse clicks, the palette and tests all speak in intents, and one table
// says which key means which. A pane is a function of a scene and a rectangle that draws into a grid of cells; a frame is
// exactly the size of the terminal, whatever the size.
package tui

// Package cell is a grid of terminal cells and the text that goes into it: widths, clipping, wrapping, and the one string a frame is.
//
// Widths are those of terminals outside East Asian legacy locales: what Unicode calls ambiguous (box lines, arrows, the ellipsis) takes one
// cell, whatever the environment says.
package cell

// Package look is how the screen looks: tables of styles and of glyphs, chosen once for a terminal. No meaning hangs on a style alone: what a
// colour says, a word or a glyph says too.
package look

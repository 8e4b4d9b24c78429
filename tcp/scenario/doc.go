// Package scenario is the text that sets a world up and drives it.
package scenario

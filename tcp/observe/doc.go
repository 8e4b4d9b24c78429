// Package observe is the notation for "when" and "what".
package observe

// Package host is being written.
package host

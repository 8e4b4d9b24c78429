// Package sim is being written.
package sim

package wire

import "fmt"

// Error is what is wrong with bytes that are no packet of ours.
type Error struct {
	Offset  int    // where, in bytes from the start of the packet
	Problem string // what
}

// Error says both: "byte 16: TCP checksum is 0x0000, want 0x1c46".
func (e *Error) Error() string { return fmt.Sprintf("byte %d: %s", e.Offset, e.Problem) }

func wrong(offset int, format string, args ...any) error {
	return &Error{offset, fmt.Sprintf(format, args...)}
}

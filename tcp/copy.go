package tcp

import "unsafe"

// CopyInto makes dst the same connection as t. Its queues stay in dst's memory; payload is shared: it never changes.
func (t *TCB) CopyInto(dst *TCB) {
	dst.Vars = t.Vars
	dst.Traits = t.Traits
	Reuse(&dst.Sent, t.Sent)
	Reuse(&dst.Out, t.Out)
	Reuse(&dst.In, t.In)
	Reuse(&dst.Held, t.Held)
	Reuse(&dst.Pieces, t.Pieces)
}

// Reset makes the block one of no connection at all, keeping its memory.
func (t *TCB) Reset() {
	t.Vars = Vars{}
	t.Traits = Traits{}
	t.Sent, t.Out, t.In, t.Held, t.Pieces = t.Sent[:0], t.Out[:0], t.In[:0], t.Held[:0], t.Pieces[:0]
}

// Reuse makes dst a copy of src in its own memory. An empty one, as most are, costs nothing.
func Reuse[T any](dst *[]T, src []T) {
	*dst = (*dst)[:0]
	if len(src) > 0 {
		*dst = append(*dst, src...)
	}
}

// Bytes is how much memory the elements of a slice take, without what they point to.
func Bytes[T any](s []T) int { return len(s) * int(unsafe.Sizeof(*new(T))) }

// QueueBytes is how much memory the connection's queues take; payload is shared and does not count.
func (t *TCB) QueueBytes() int {
	return Bytes(t.Sent) + Bytes(t.Out) + Bytes(t.In) + Bytes(t.Held) + Bytes(t.Pieces)
}

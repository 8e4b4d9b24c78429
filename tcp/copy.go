package tcp

// Memory is what a connection keeps its queues in. A copy that is made again and again uses it again.
type Memory struct {
	sent []Flight
	out  []string
	in   []string
	held []Held
}

// Memory gives up the connection's memory, for Own.
func (t *TCB) Memory() Memory { return Memory{t.Sent, t.Out, t.In, t.Held} }

// Own gives a connection that was copied as a value queues of its own, in that memory. Payload is shared: it never changes.
func (t *TCB) Own(m Memory) {
	t.Sent = Reuse(m.sent, t.Sent)
	t.Out = Reuse(m.out, t.Out)
	t.In = Reuse(m.in, t.In)
	t.Held = Reuse(m.held, t.Held)
}

// CopyInto makes dst the same connection as t, reusing dst's memory.
func (t *TCB) CopyInto(dst *TCB) {
	m := dst.Memory()
	*dst = *t
	dst.Own(m)
}

// Reuse is a copy of src in dst's memory. An empty one, as most are, costs nothing.
func Reuse[T any](dst, src []T) []T {
	if len(src) == 0 {
		return dst[:0]
	}
	return append(dst[:0], src...)
}

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
	t.Sent = append(m.sent[:0], t.Sent...)
	t.Out = append(m.out[:0], t.Out...)
	t.In = append(m.in[:0], t.In...)
	t.Held = append(m.held[:0], t.Held...)
}

// CopyInto makes dst the same connection as t, reusing dst's memory.
func (t *TCB) CopyInto(dst *TCB) {
	m := dst.Memory()
	*dst = *t
	dst.Own(m)
}

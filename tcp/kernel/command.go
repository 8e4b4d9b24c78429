package kernel

import (
	"errors"
	"os"
)

// Command is a program of the machine's own that runs in the namespace, as if from a shell there: curl, nc, ss.
type Command struct {
	Args  []string // its name and its arguments
	Env   []string
	Dir   string
	Files [3]*os.File `json:"-"` // standard input, output and error
}

// ErrOpenAlready is a door's whose name is that of another program's door.
var ErrOpenAlready = errors.New("another program's namespace is open there already")

// ErrNoDoor is that nobody opened a door.
var ErrNoDoor = errors.New("no namespace is open there")

// ErrShut is that the namespace was closed before a command had ended.
var ErrShut = errors.New("the namespace was closed before the command had ended")

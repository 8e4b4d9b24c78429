//go:build linux

package kernel

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// channel carries messages between a helper and who started it, both ways: a length, a JSON text, and descriptors beside it. It is a
// Unix socket, so each end hears of the other's death.
type channel struct {
	conn    *net.UnixConn
	sending sync.Mutex
}

// maxMessage bounds a message, in bytes: no call carries more data than this.
const maxMessage = 64 << 20

// newChannel makes a channel of one end of a Unix socket, which it owns from then on.
func newChannel(fd int) (*channel, error) {
	f := os.NewFile(uintptr(fd), "channel")
	defer f.Close()
	c, err := net.FileConn(f)
	if err != nil {
		return nil, err
	}
	conn, ok := c.(*net.UnixConn)
	if !ok {
		c.Close()
		return nil, fmt.Errorf("descriptor %d is no Unix socket", fd)
	}
	return &channel{conn: conn}, nil
}

// send writes a message, and descriptors that the other end gets copies of. The error is io.EOF when the other end is gone.
func (c *channel) send(message any, fds ...int) error {
	text, err := json.Marshal(message)
	if err != nil {
		return err
	}
	if len(text) > maxMessage {
		return fmt.Errorf("a message of %d bytes is longer than the limit of %d", len(text), maxMessage)
	}
	packet := append(binary.NativeEndian.AppendUint32(nil, uint32(len(text))), text...)
	c.sending.Lock()
	defer c.sending.Unlock()
	if len(fds) > 0 { // they travel with the first bytes
		n, _, err := c.conn.WriteMsgUnix(packet[:4], unix.UnixRights(fds...), nil)
		if err != nil {
			return ended(err)
		}
		packet = packet[n:]
	}
	_, err = c.conn.Write(packet)
	return ended(err)
}

// receive reads the next message, and the descriptors that came with it, which are the caller's to close. The error is io.EOF when the
// other end is gone.
func (c *channel) receive(message any) (fds []int, err error) {
	var head [4]byte
	rights := make([]byte, unix.CmsgSpace(8*4))
	n, oobn, _, _, err := c.conn.ReadMsgUnix(head[:], rights)
	if err != nil {
		return nil, ended(err)
	}
	if _, err := io.ReadFull(c.conn, head[n:]); err != nil {
		return nil, ended(err)
	}
	if fds, err = parseRights(rights[:oobn]); err != nil {
		return nil, err
	}
	text := make([]byte, min(binary.NativeEndian.Uint32(head[:]), maxMessage))
	if _, err := io.ReadFull(c.conn, text); err != nil {
		return fds, ended(err)
	}
	return fds, json.Unmarshal(text, message)
}

// ended makes one error of the ways in which the other end can be gone.
func ended(err error) error {
	for _, end := range []error{io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, unix.ECONNRESET, unix.EPIPE} {
		if errors.Is(err, end) {
			return io.EOF
		}
	}
	return err
}

func parseRights(oob []byte) ([]int, error) {
	if len(oob) == 0 {
		return nil, nil
	}
	messages, err := unix.ParseSocketControlMessage(oob)
	if err != nil {
		return nil, os.NewSyscallError("recvmsg", err)
	}
	var fds []int
	for i := range messages {
		rights, err := unix.ParseUnixRights(&messages[i])
		if err != nil {
			return nil, os.NewSyscallError("recvmsg", err)
		}
		fds = append(fds, rights...)
	}
	return fds, nil
}

func (c *channel) close() { c.conn.Close() }

// Package frames encodes and decodes WebSocket frames, byte by byte as RFC 6455 §5 has them. README.md has the
// notes.
//
// You write [AppendFrame], [NewReader] and [Reader.Next], below. subject.go is given: it shows them to the world.
// frames_test.go shows how to test a codec, and how to let the machine think of tests; run it with
//
//	go test ./lessons/09-frames
package frames

import (
	"errors"
	"fmt"
	"io"
)

// Role is the side of a connection that a frame comes from (RFC 6455 §5.1).
type Role int

// The two sides. A client masks every frame that it sends, a server masks none.
const (
	Client Role = iota
	Server
)

// Opcode says what a frame carries (RFC 6455 §5.2).
type Opcode byte

// The opcodes that RFC 6455 defines; all others are reserved. Those of 8 and above are control frames.
const (
	Continuation Opcode = 0x0
	Text         Opcode = 0x1
	Binary       Opcode = 0x2
	Close        Opcode = 0x8
	Ping         Opcode = 0x9
	Pong         Opcode = 0xA
)

// The close codes that a codec needs (RFC 6455 §7.4.1).
const (
	CodeProtocolError = 1002
	CodeNoStatus      = 1005 // never sent: it stands for a close frame without a code
	CodeInvalidData   = 1007
	CodeTooBig        = 1009
)

// Frame is one frame before it is encoded.
type Frame struct {
	Fin     bool // this is the last frame of its message
	Opcode  Opcode
	Payload []byte // not masked
}

// Message is what a [Reader] has decoded: a whole message or a control frame.
type Message struct {
	Opcode  Opcode // Text, Binary, Close, Ping or Pong
	Payload []byte // unmasked; of a Close, the reason, without the code
	Code    int    // of a Close: its code, or CodeNoStatus if it has none; else 0
}

// Error says that the peer broke a rule, and with which code the connection must be closed.
type Error struct {
	Code   int    // CodeProtocolError, CodeInvalidData or CodeTooBig
	Reason string // for people; any text
}

// Error returns the code and the reason.
func (e *Error) Error() string { return fmt.Sprintf("close %d: %s", e.Code, e.Reason) }

// AppendFrame appends the bytes of f, as from sends them, to dst and returns the longer slice. The length is
// written in the shortest form. A client's frame is masked with a key that nobody can foresee, a new one for
// each frame (RFC 6455 §5.3); a server's is not masked. The bytes of f.Payload stay as they are.
//
// A frame that must not be sent gives dst back and an error: its opcode is reserved, or it is a control frame that
// is not Fin or has more than 125 bytes of payload (RFC 6455 §5.5).
func AppendFrame(dst []byte, from Role, f Frame) ([]byte, error) {
	return dst, errors.New("AppendFrame is not written yet")
}

// Reader decodes what one side of a connection sends. It is for one goroutine at a time.
type Reader struct {
	// Yours to choose.
}

// NewReader returns a Reader of what from sends over r. A message may have up to limit bytes of payload, all its
// frames together; limit is not negative. Control frames do not count.
func NewReader(r io.Reader, from Role, limit int64) *Reader {
	return &Reader{}
}

// Next waits for what comes next, and returns it as soon as its last byte is there: a whole text or binary message,
// its fragments joined, or a control frame. A control frame between the fragments of a message comes out before
// that message. The payload is the caller's: no later call touches it.
//
// The errors are:
//
//   - an [*Error] if the peer broke a rule of RFC 6455 §5. A frame whose header is wrong, or announces more than
//     limit, is refused when its header is there, before any of its payload; if it is both, the code is
//     CodeProtocolError.
//   - io.EOF if the stream has ended between two messages, and after a close frame, whatever may follow it.
//   - io.ErrUnexpectedEOF if the stream has ended within a frame or within a message.
//   - any other error of r, as it is.
//
// After an error, every call returns that error again. Memory is used for bytes that have arrived, never for those
// that a header merely announces, however large limit is.
func (r *Reader) Next() (Message, error) {
	return Message{}, errors.New("Reader.Next is not written yet")
}

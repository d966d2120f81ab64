package frames

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Role is the side of a connection that a frame comes from.
type Role int

const (
	Client Role = iota
	Server
)

// Opcode says what a frame carries.
type Opcode byte

const (
	Continuation Opcode = 0x0
	Text         Opcode = 0x1
	Binary       Opcode = 0x2
	Close        Opcode = 0x8
	Ping         Opcode = 0x9
	Pong         Opcode = 0xA
)

const (
	CodeProtocolError = 1002
	CodeNoStatus      = 1005
	CodeInvalidData   = 1007
	CodeTooBig        = 1009
)

// Frame is one frame before it is encoded.
type Frame struct {
	Fin     bool
	Opcode  Opcode
	Payload []byte
}

// Message is what a Reader has decoded.
type Message struct {
	Opcode  Opcode
	Payload []byte
	Code    int
}

// Error says that the peer broke a rule.
type Error struct {
	Code   int
	Reason string
}

func (e *Error) Error() string { return fmt.Sprintf("close %d: %s", e.Code, e.Reason) }

func AppendFrame(dst []byte, from Role, f Frame) ([]byte, error) {
	if f.Opcode > Pong {
		return dst, errors.New("opcode")
	}
	first := byte(f.Opcode)
	if f.Fin {
		first |= 0x80
	}
	dst = append(dst, first, byte(len(f.Payload)))
	if from == Client {
		key := make([]byte, 4)
		rand.Read(key)
		dst = append(dst, key...)
		for i := range f.Payload {
			dst = append(dst, f.Payload[i]^key[i%4])
		}
		return dst, nil
	}
	return append(dst, f.Payload...), nil
}

type Reader struct {
	r     io.Reader
	from  Role
	limit int64
}

func NewReader(r io.Reader, from Role, limit int64) *Reader {
	return &Reader{r, from, limit}
}

func (r *Reader) Next() (Message, error) {
	head := make([]byte, 2)
	_, err := io.ReadFull(r.r, head)
	if err != nil {
		return Message{}, err
	}
	length := int(head[1] & 0x7f)
	if length == 126 {
		more := make([]byte, 2)
		_, err = io.ReadFull(r.r, more)
		length = binary.BigEndian.Uint16(more)
	}
	payload := make([]byte, length)
	_, err = io.ReadFull(r.r, payload)
	return Message{Opcode: Opcode(head[0] & 0xf), Payload: payload}, err
}

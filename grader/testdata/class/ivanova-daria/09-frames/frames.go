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

// AppendFrame appends the bytes of f, as from sends them, to dst.
func AppendFrame(dst []byte, from Role, f Frame) ([]byte, error) {
	if f.Opcode > 2 && f.Opcode < 8 || f.Opcode > 10 {
		return dst, fmt.Errorf("bad opcode %d", f.Opcode)
	}
	if f.Opcode >= 8 && (!f.Fin || len(f.Payload) > 125) {
		return dst, fmt.Errorf("bad control frame")
	}
	b := byte(f.Opcode)
	if f.Fin {
		b += 128
	}
	dst = append(dst, b)
	mask := byte(0)
	if from == Client {
		mask = 128
	}
	switch {
	case len(f.Payload) > 65535:
		dst = binary.BigEndian.AppendUint64(append(dst, 127+mask), uint64(len(f.Payload)))
	case len(f.Payload) > 125:
		dst = binary.BigEndian.AppendUint16(append(dst, 126+mask), uint16(len(f.Payload)))
	default:
		dst = append(dst, byte(len(f.Payload))+mask)
	}
	if mask == 0 {
		return append(dst, f.Payload...), nil
	}
	var key [4]byte
	rand.Read(key[:])
	dst = append(dst, key[:]...)
	for i := range f.Payload {
		dst = append(dst, f.Payload[i]^key[i%4])
	}
	return dst, nil
}

// Reader decodes what one side of a connection sends.
type Reader struct{}

// NewReader returns a Reader.
func NewReader(r io.Reader, from Role, limit int64) *Reader {
	return &Reader{}
}

// Next is for the weekend.
func (r *Reader) Next() (Message, error) {
	return Message{}, errors.New("Reader.Next is not written yet")
}

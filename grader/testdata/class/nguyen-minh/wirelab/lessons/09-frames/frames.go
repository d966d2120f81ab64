// Package frames, by Minh Nguyen.
package frames

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
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

// AppendFrame appends the frame as from sends it.
func AppendFrame(dst []byte, from Role, f Frame) ([]byte, error) {
	switch f.Opcode {
	case Continuation, Text, Binary:
	case Close, Ping, Pong:
		if !f.Fin || len(f.Payload) > 125 {
			return dst, errors.New("a control frame is whole and has at most 125 bytes")
		}
	default:
		return dst, errors.New("there is no such opcode")
	}
	b0 := byte(f.Opcode)
	if f.Fin {
		b0 |= 1 << 7
	}
	b1 := byte(0)
	if from == Client {
		b1 = 1 << 7
	}
	n := len(f.Payload)
	if n < 126 {
		dst = append(dst, b0, b1|byte(n))
	} else if n < 1<<16 {
		dst = append(dst, b0, b1|126, byte(n>>8), byte(n))
	} else {
		dst = append(dst, b0, b1|127)
		dst = binary.BigEndian.AppendUint64(dst, uint64(n))
	}
	if from == Server {
		return append(dst, f.Payload...), nil
	}
	key := make([]byte, 4)
	rand.Read(key)
	dst = append(dst, key...)
	for i, c := range f.Payload {
		dst = append(dst, c^key[i&3])
	}
	return dst, nil
}

// Reader decodes what one side sends.
type Reader struct {
	in    io.Reader
	from  Role
	limit int64

	kind  Opcode // of the message that is under way, 0 if there is none
	parts []byte // of that message
	over  error
}

// NewReader returns a Reader of what from sends over r.
func NewReader(r io.Reader, from Role, limit int64) *Reader {
	return &Reader{in: r, from: from, limit: limit}
}

// Next returns the next message or control frame.
func (r *Reader) Next() (Message, error) {
	for r.over == nil {
		m, whole, err := r.frame()
		if err != nil {
			r.over = err
			break
		}
		if whole {
			if m.Opcode == Close {
				r.over = io.EOF
			}
			return m, nil
		}
	}
	return Message{}, r.over
}

// frame reads one frame; whole says that something is complete with it.
func (r *Reader) frame() (m Message, whole bool, err error) {
	var h [2]byte
	if _, err := io.ReadFull(r.in, h[:]); err != nil {
		if err == io.EOF && r.kind != 0 {
			err = io.ErrUnexpectedEOF
		}
		return m, false, err
	}
	fin, op, n := h[0]>>7 == 1, Opcode(h[0]&15), uint64(h[1]&127)
	masked := h[1]>>7 == 1

	// The rest of the header, before anything is said about it.
	size := map[uint64]int{126: 2, 127: 8}[n]
	rest := make([]byte, size, 12)
	if masked {
		rest = rest[:size+4]
	}
	if err := r.fill(rest); err != nil {
		return m, false, err
	}
	least := uint64(0)
	switch size {
	case 2:
		n, least = uint64(binary.BigEndian.Uint16(rest)), 126
	case 8:
		n, least = binary.BigEndian.Uint64(rest), 1<<16
	}
	key := rest[size:]

	control := op >= 8
	bad := h[0]&0x70 != 0 || masked != (r.from == Client) || n < least || n>>63 == 1
	switch {
	case op > Pong, op > Binary && op < Close:
		bad = true
	case control:
		bad = bad || !fin || n > 125
	default:
		bad = bad || (op == Continuation) != (r.kind != 0)
	}
	if bad {
		return m, false, &Error{CodeProtocolError, fmt.Sprintf("bad frame: % x % x", h, rest)}
	}
	if !control && n > uint64(r.limit)-uint64(len(r.parts)) {
		return m, false, &Error{CodeTooBig, "too big"}
	}

	if control {
		payload, err := r.payload(nil, n, key)
		if err != nil {
			return m, false, err
		}
		m = Message{Opcode: op, Payload: payload}
		if op == Close {
			err = m.split()
		}
		return m, err == nil, err
	}
	if op != Continuation {
		r.kind = op
	}
	if r.parts, err = r.payload(r.parts, n, key); err != nil || !fin {
		return m, false, err
	}
	m = Message{Opcode: r.kind, Payload: r.parts}
	r.kind, r.parts = 0, nil
	return m, true, nil
}

// payload appends n bytes to b, as they come.
func (r *Reader) payload(b []byte, n uint64, key []byte) ([]byte, error) {
	var chunk [4096]byte
	for at := 0; n > 0; {
		c := chunk[:min(n, uint64(len(chunk)))]
		got, err := r.in.Read(c)
		for i := range c[:got] {
			if len(key) > 0 {
				c[i] ^= key[at&3]
			}
			at++
		}
		b = append(b, c[:got]...)
		if n -= uint64(got); n > 0 && err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return b, err
		}
	}
	return b, nil
}

func (r *Reader) fill(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	_, err := io.ReadFull(r.in, b)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return err
}

// split takes the code off the payload of a close frame.
func (m *Message) split() error {
	if len(m.Payload) == 0 {
		m.Code = CodeNoStatus
		return nil
	}
	if len(m.Payload) > 1 {
		m.Code = int(m.Payload[0])<<8 | int(m.Payload[1])
		m.Payload = m.Payload[2:]
	}
	switch c := m.Code; {
	case c < 1000, c > 1003 && c < 1007, c > 1014 && c < 3000, c > 4999:
		return &Error{CodeProtocolError, "not a close code"}
	case !utf8.Valid(m.Payload):
		return &Error{CodeInvalidData, "not UTF-8"}
	}
	return nil
}

package frames

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
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

// key is the one of the example in the RFC (§5.7).
var key = [4]byte{0x37, 0xfa, 0x21, 0x3d}

func xor(b []byte, key [4]byte) {
	for i := range b {
		b[i] ^= key[i%4]
	}
}

func (o Opcode) control() bool { return o >= Close }

func (o Opcode) known() bool { return o <= Binary || o >= Close && o <= Pong }

// AppendFrame appends the bytes of f to dst.
func AppendFrame(dst []byte, from Role, f Frame) ([]byte, error) {
	if !f.Opcode.known() {
		return dst, errors.New("reserved opcode")
	}
	first, second := byte(f.Opcode), byte(0)
	if f.Fin {
		first |= 0x80
	}
	if from == Client {
		second = 0x80
	}
	switch n := len(f.Payload); {
	case n <= 125:
		dst = append(dst, first, second|byte(n))
	case n <= math.MaxUint16:
		dst = append(dst, first, second|126)
		dst = binary.BigEndian.AppendUint16(dst, uint16(n))
	default:
		dst = append(dst, first, second|127)
		dst = binary.BigEndian.AppendUint64(dst, uint64(n))
	}
	payload := bytes.Clone(f.Payload)
	if from == Client {
		dst = append(dst, key[:]...)
		xor(payload, key)
	}
	return append(dst, payload...), nil
}

// Reader decodes what one side of a connection sends.
type Reader struct {
	r       io.Reader
	from    Role
	limit   int64
	message bytes.Buffer
	opcode  Opcode
	err     error
}

func NewReader(r io.Reader, from Role, limit int64) *Reader {
	return &Reader{r: r, from: from, limit: limit}
}

func (r *Reader) Next() (Message, error) {
	if r.err != nil {
		return Message{}, r.err
	}
	m, err := r.next()
	r.err = err
	if err == nil && m.Opcode == Close {
		r.err = io.EOF
	}
	return m, err
}

func protocol(why string) error { return &Error{CodeProtocolError, why} }

func (r *Reader) next() (Message, error) {
	for {
		var head [2]byte
		if _, err := io.ReadFull(r.r, head[:1]); err != nil {
			if r.opcode != Continuation {
				err = middle(err)
			}
			return Message{}, err
		}
		if err := r.full(head[1:]); err != nil {
			return Message{}, err
		}
		fin, opcode := head[0]&0x80 != 0, Opcode(head[0]&0x0f)
		masked, length := head[1]&0x80 != 0, uint64(head[1]&0x7f)
		shortest := true
		switch length {
		case 126:
			var b [2]byte
			if err := r.full(b[:]); err != nil {
				return Message{}, err
			}
			length = uint64(binary.BigEndian.Uint16(b[:]))
			shortest = length > 125
		case 127:
			var b [8]byte
			if err := r.full(b[:]); err != nil {
				return Message{}, err
			}
			length = binary.BigEndian.Uint64(b[:])
			shortest = length > math.MaxUint16
		}
		var key [4]byte
		if masked {
			if err := r.full(key[:]); err != nil {
				return Message{}, err
			}
		}
		switch {
		case head[0]&0x70 != 0:
			return Message{}, protocol("reserved bits")
		case !opcode.known():
			return Message{}, protocol("reserved opcode")
		case masked != (r.from == Client):
			return Message{}, protocol("mask")
		case !shortest, length > math.MaxInt64:
			return Message{}, protocol("length")
		case opcode.control() && (!fin || length > 125):
			return Message{}, protocol("control frame")
		case opcode == Continuation && r.opcode == Continuation:
			return Message{}, protocol("continuation of nothing")
		case (opcode == Text || opcode == Binary) && r.opcode != Continuation:
			return Message{}, protocol("message in a message")
		case !opcode.control() && int64(length) > r.limit-int64(r.message.Len()):
			return Message{}, &Error{CodeTooBig, "too big"}
		}
		var buf bytes.Buffer
		if _, err := io.CopyN(&buf, r.r, int64(length)); err != nil {
			return Message{}, middle(err)
		}
		payload := buf.Bytes()
		if masked {
			xor(payload, key)
		}
		switch {
		case opcode == Close:
			return closing(payload)
		case opcode.control():
			return Message{Opcode: opcode, Payload: payload}, nil
		case opcode != Continuation:
			r.opcode = opcode
		}
		r.message.Write(payload)
		if fin {
			m := Message{Opcode: r.opcode, Payload: bytes.Clone(r.message.Bytes())}
			r.opcode = Continuation
			r.message.Reset()
			return m, nil
		}
	}
}

func closing(payload []byte) (Message, error) {
	if len(payload) == 0 {
		return Message{Opcode: Close, Code: CodeNoStatus}, nil
	}
	if len(payload) == 1 {
		return Message{}, protocol("half a code")
	}
	code := int(binary.BigEndian.Uint16(payload))
	if !(code >= 1000 && code <= 1003 || code >= 1007 && code <= 1014 || code >= 3000 && code <= 4999) {
		return Message{}, protocol("close code")
	}
	if !utf8.Valid(payload[2:]) {
		return Message{}, &Error{CodeInvalidData, "reason"}
	}
	return Message{Opcode: Close, Payload: payload[2:], Code: code}, nil
}

func (r *Reader) full(b []byte) error {
	_, err := io.ReadFull(r.r, b)
	return middle(err)
}

func middle(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

package wire

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// Opcode says what a frame carries (RFC 6455 §5.2).
type Opcode byte

// The opcodes that RFC 6455 defines; the others are reserved.
const (
	OpContinuation Opcode = 0x0
	OpText         Opcode = 0x1
	OpBinary       Opcode = 0x2
	OpClose        Opcode = 0x8
	OpPing         Opcode = 0x9
	OpPong         Opcode = 0xA
)

// IsControl reports whether the frame may stand between the fragments of a message (RFC 6455 §5.5).
func (o Opcode) IsControl() bool { return o&0x8 != 0 }

// String returns the opcode's name in the RFC, or its number if it is reserved.
func (o Opcode) String() string {
	switch o {
	case OpContinuation:
		return "continuation"
	case OpText:
		return "text"
	case OpBinary:
		return "binary"
	case OpClose:
		return "close"
	case OpPing:
		return "ping"
	case OpPong:
		return "pong"
	}
	return fmt.Sprintf("opcode %#x", byte(o))
}

// Frame is one frame as it is on the wire, right or wrong: nothing here stops a test from sending what the RFC
// forbids. Payload is never masked here; Key is applied when the frame is written and when it is read.
type Frame struct {
	Fin     bool
	RSV     byte // the three reserved bits, 0 to 7
	Opcode  Opcode
	Masked  bool
	Key     [4]byte
	Payload []byte
}

// ErrTooLong is returned by [ReadFrame] for a frame that claims more than the reader is ready to take, and by
// [EventReader.Next] for a line or an event that grows beyond that.
var ErrTooLong = errors.New("longer than the reader takes")

// chunk is how much of a payload is asked for at once: a claimed length costs no memory before its bytes come.
const chunk = 64 << 10

// ReadFrame reads one frame from r. A frame that claims more than limit bytes of payload gives [ErrTooLong], with
// the header in the frame, and allocates nothing. It returns io.EOF only between frames.
func ReadFrame(r io.Reader, limit int64) (Frame, error) {
	var h [14]byte
	if _, err := io.ReadFull(r, h[:1]); err != nil {
		return Frame{}, err
	}
	if err := readMore(r, h[1:2]); err != nil {
		return Frame{}, err
	}
	f := Frame{Fin: h[0]&0x80 != 0, RSV: h[0] >> 4 & 7, Opcode: Opcode(h[0] & 0xF), Masked: h[1]&0x80 != 0}
	n := uint64(h[1] & 0x7F)
	switch n {
	case 126:
		if err := readMore(r, h[2:4]); err != nil {
			return f, err
		}
		n = uint64(binary.BigEndian.Uint16(h[2:]))
	case 127:
		if err := readMore(r, h[2:10]); err != nil {
			return f, err
		}
		n = binary.BigEndian.Uint64(h[2:])
	}
	if f.Masked {
		if err := readMore(r, f.Key[:]); err != nil {
			return f, err
		}
	}
	if n > uint64(max(limit, 0)) {
		return f, fmt.Errorf("%w: %s frame of %d bytes, limit %d", ErrTooLong, f.Opcode, n, limit)
	}
	for left := n; left > 0; {
		had := len(f.Payload)
		f.Payload = append(f.Payload, make([]byte, min(left, chunk))...)
		if err := readMore(r, f.Payload[had:]); err != nil {
			return f, err
		}
		left -= uint64(len(f.Payload) - had)
	}
	if f.Masked {
		Mask(f.Payload, f.Key)
	}
	return f, nil
}

// FrameSize is how many bytes the frame that p begins with has on the wire, header and payload; ok is false while
// p is too short to tell.
func FrameSize(p []byte) (size uint64, ok bool) {
	if len(p) < 2 {
		return 0, false
	}
	head, n := 2, uint64(p[1]&0x7F)
	switch n {
	case 126:
		head = 4
	case 127:
		head = 10
	}
	if len(p) < head {
		return 0, false
	}
	switch n {
	case 126:
		n = uint64(binary.BigEndian.Uint16(p[2:]))
	case 127:
		n = min(binary.BigEndian.Uint64(p[2:]), math.MaxUint64-14)
	}
	if p[1]&0x80 != 0 {
		head += 4
	}
	return uint64(head) + n, true
}

func readMore(r io.Reader, b []byte) error {
	_, err := io.ReadFull(r, b)
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// AppendFrame appends the frame's bytes to dst, its length in the shortest form (RFC 6455 §5.2).
func AppendFrame(dst []byte, f Frame) []byte {
	b0 := f.RSV&7<<4 | byte(f.Opcode)&0xF
	if f.Fin {
		b0 |= 0x80
	}
	var b1 byte
	if f.Masked {
		b1 = 0x80
	}
	switch n := len(f.Payload); {
	case n <= 125:
		dst = append(dst, b0, b1|byte(n))
	case n <= 0xFFFF:
		dst = binary.BigEndian.AppendUint16(append(dst, b0, b1|126), uint16(n))
	default:
		dst = binary.BigEndian.AppendUint64(append(dst, b0, b1|127), uint64(n))
	}
	if !f.Masked {
		return append(dst, f.Payload...)
	}
	dst = append(dst, f.Key[:]...)
	start := len(dst)
	dst = append(dst, f.Payload...)
	Mask(dst[start:], f.Key)
	return dst
}

// NewKey returns a masking key that cannot be foreseen, as a client must choose for each frame (RFC 6455 §5.3).
func NewKey() (key [4]byte) {
	rand.Read(key[:]) // never fails: see crypto/rand
	return key
}

// Mask applies key to b in place (RFC 6455 §5.3); applied twice it changes nothing.
func Mask(b []byte, key [4]byte) {
	for i := range b {
		b[i] ^= key[i&3]
	}
}

// ClosePayload is the payload of a close frame (RFC 6455 §5.5.1): empty for code 0 with no reason.
func ClosePayload(code int, reason string) []byte {
	if code == 0 && reason == "" {
		return nil
	}
	return append(binary.BigEndian.AppendUint16(nil, uint16(code)), reason...)
}

// ParseClose takes a close frame's payload apart. A payload of no bytes is code 1005, "no status received"
// (RFC 6455 §7.1.5); ok is false for a payload of one byte, which no endpoint may send.
func ParseClose(p []byte) (code int, reason string, ok bool) {
	switch len(p) {
	case 0:
		return 1005, "", true
	case 1:
		return 0, "", false
	}
	return int(binary.BigEndian.Uint16(p)), string(p[2:]), true
}

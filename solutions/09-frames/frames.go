// Package frames encodes and decodes WebSocket frames, byte by byte as RFC 6455 §5 has them.
package frames

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"unicode/utf8"
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

func (o Opcode) isControl() bool { return o >= Close }

func (o Opcode) isReserved() bool { return o > Pong || o > Binary && o < Close }

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

func violation(format string, args ...any) error {
	return &Error{CodeProtocolError, fmt.Sprintf(format, args...)}
}

// The first two bytes of a frame (RFC 6455 §5.2).
const (
	finBit     = 0x80 // of the first byte
	rsvBits    = 0x70
	opcodeBits = 0x0F
	maskBit    = 0x80 // of the second byte
	lengthBits = 0x7F

	length16   = 126 // in place of a length: it follows in two bytes
	length64   = 127 // in eight
	maxControl = 125 // payload of a control frame
)

// AppendFrame appends the bytes of f, as from sends them, to dst and returns the longer slice. The length is
// written in the shortest form. A client's frame is masked with a key that nobody can foresee, a new one for
// each frame (RFC 6455 §5.3); a server's is not masked. The bytes of f.Payload stay as they are.
//
// A frame that must not be sent gives dst back and an error: its opcode is reserved, or it is a control frame that
// is not Fin or has more than 125 bytes of payload (RFC 6455 §5.5).
func AppendFrame(dst []byte, from Role, f Frame) ([]byte, error) {
	switch {
	case f.Opcode.isReserved():
		return dst, fmt.Errorf("opcode %#x is reserved", f.Opcode)
	case f.Opcode.isControl() && !f.Fin:
		return dst, fmt.Errorf("control frame %#x is a fragment", f.Opcode)
	case f.Opcode.isControl() && len(f.Payload) > maxControl:
		return dst, fmt.Errorf("control frame %#x has %d bytes of payload, more than %d", f.Opcode, len(f.Payload), maxControl)
	}
	first, masked := byte(f.Opcode), byte(0)
	if f.Fin {
		first |= finBit
	}
	if from == Client {
		masked = maskBit
	}
	switch n := len(f.Payload); {
	case n < length16:
		dst = append(dst, first, masked|byte(n))
	case n <= math.MaxUint16:
		dst = binary.BigEndian.AppendUint16(append(dst, first, masked|length16), uint16(n))
	default:
		dst = binary.BigEndian.AppendUint64(append(dst, first, masked|length64), uint64(n))
	}
	if from != Client {
		return append(dst, f.Payload...), nil
	}
	var key [4]byte
	rand.Read(key[:]) // never fails
	dst = append(dst, key[:]...)
	start := len(dst)
	dst = append(dst, f.Payload...)
	mask(dst[start:], key)
	return dst, nil
}

// mask masks b in place, or takes the mask off: XOR undoes itself (RFC 6455 §5.3).
func mask(b []byte, key [4]byte) {
	for i := range b {
		b[i] ^= key[i%4]
	}
}

// Reader decodes what one side of a connection sends. It is for one goroutine at a time.
type Reader struct {
	r     io.Reader
	from  Role
	limit int64

	message bytes.Buffer // the fragments that have come, unmasked
	opcode  Opcode       // of that message; Continuation if there is none
	err     error        // what ended the stream
}

// NewReader returns a Reader of what from sends over r. A message may have up to limit bytes of payload, all its
// frames together; limit is not negative. Control frames do not count.
func NewReader(r io.Reader, from Role, limit int64) *Reader {
	return &Reader{r: r, from: from, limit: limit}
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
	if r.err != nil {
		return Message{}, r.err
	}
	m, err := r.next()
	r.err = err
	if m.Opcode == Close {
		r.err = io.EOF // RFC 6455 §5.5.1: it was the last frame
	}
	return m, err
}

func (r *Reader) next() (Message, error) {
	for {
		h, err := r.readHeader()
		if err != nil {
			return Message{}, err
		}
		if err := r.check(h); err != nil {
			return Message{}, err
		}
		if h.opcode.isControl() {
			return r.control(h)
		}
		if h.opcode != Continuation {
			r.opcode = h.opcode
		}
		if err := r.readPayload(&r.message, h); err != nil {
			return Message{}, err
		}
		if h.fin {
			m := Message{Opcode: r.opcode, Payload: r.message.Bytes()}
			r.opcode, r.message = Continuation, bytes.Buffer{} // the payload is the caller's now
			return m, nil
		}
	}
}

// control reads the rest of a control frame. It leaves a message that is under way alone.
func (r *Reader) control(h header) (Message, error) {
	var payload bytes.Buffer
	if err := r.readPayload(&payload, h); err != nil {
		return Message{}, err
	}
	if h.opcode == Close {
		return closeMessage(payload.Bytes())
	}
	return Message{Opcode: h.opcode, Payload: payload.Bytes()}, nil
}

// header is what stands before a frame's payload.
type header struct {
	fin    bool
	rsv    byte
	opcode Opcode
	masked bool
	key    [4]byte
	form   byte // the seven bits of the second byte: the length, length16 or length64
	length uint64
}

// readHeader reads a header, right or wrong, and no byte more.
func (r *Reader) readHeader() (header, error) {
	var b [8]byte
	if _, err := io.ReadFull(r.r, b[:1]); err != nil {
		if r.opcode != Continuation {
			err = unexpected(err) // a message is under way
		}
		return header{}, err
	}
	if err := r.readFull(b[1:2]); err != nil {
		return header{}, err
	}
	h := header{
		fin: b[0]&finBit != 0, rsv: b[0] & rsvBits, opcode: Opcode(b[0] & opcodeBits),
		masked: b[1]&maskBit != 0, form: b[1] & lengthBits, length: uint64(b[1] & lengthBits),
	}
	switch h.form {
	case length16:
		if err := r.readFull(b[:2]); err != nil {
			return header{}, err
		}
		h.length = uint64(binary.BigEndian.Uint16(b[:]))
	case length64:
		if err := r.readFull(b[:8]); err != nil {
			return header{}, err
		}
		h.length = binary.BigEndian.Uint64(b[:])
	}
	if h.masked {
		if err := r.readFull(h.key[:]); err != nil {
			return header{}, err
		}
	}
	return h, nil
}

// check returns an error if no peer may send such a frame, or not now, or if it announces more than the limit.
func (r *Reader) check(h header) error {
	inMessage := r.opcode != Continuation
	switch {
	case h.rsv != 0:
		return violation("a reserved bit is set, and no extension was agreed on (§5.2)")
	case h.opcode.isReserved():
		return violation("opcode %#x is reserved (§5.2)", h.opcode)
	case h.masked != (r.from == Client):
		return violation("a client must mask its frames, a server must not (§5.1)")
	case h.form == length16 && h.length < length16, h.form == length64 && h.length <= math.MaxUint16:
		return violation("length %d is not in its shortest form (§5.2)", h.length)
	case h.length > math.MaxInt64:
		return violation("length %d has its highest bit set (§5.2)", h.length)
	case h.opcode.isControl() && !h.fin:
		return violation("control frame %#x is a fragment (§5.5)", h.opcode)
	case h.opcode.isControl() && h.length > maxControl:
		return violation("control frame %#x announces %d bytes, more than %d (§5.5)", h.opcode, h.length, maxControl)
	case h.opcode == Continuation && !inMessage:
		return violation("a continuation of nothing (§5.4)")
	case (h.opcode == Text || h.opcode == Binary) && inMessage:
		return violation("a new message within another one (§5.4)")
	}
	// What is left of the limit, so that no sum can overflow.
	if left := r.limit - int64(r.message.Len()); !h.opcode.isControl() && int64(h.length) > left {
		return &Error{CodeTooBig, fmt.Sprintf("a message of more than %d bytes", r.limit)}
	}
	return nil
}

// readPayload appends the frame's payload to b, with the mask taken off. A buffer grows with what comes; the length
// in the header is only a promise.
func (r *Reader) readPayload(b *bytes.Buffer, h header) error {
	start := b.Len()
	if _, err := io.CopyN(b, r.r, int64(h.length)); err != nil {
		return unexpected(err)
	}
	if h.masked {
		mask(b.Bytes()[start:], h.key)
	}
	return nil
}

// closeMessage takes the payload of a close frame apart (RFC 6455 §5.5.1).
func closeMessage(payload []byte) (Message, error) {
	switch len(payload) {
	case 0:
		return Message{Opcode: Close, Code: CodeNoStatus}, nil
	case 1:
		return Message{}, violation("a close frame with half a code (§5.5.1)")
	}
	code, reason := int(binary.BigEndian.Uint16(payload)), payload[2:]
	if !mayBeSent(code) {
		return Message{}, violation("close code %d must not be sent (§7.4)", code)
	}
	if !utf8.Valid(reason) {
		return Message{}, &Error{CodeInvalidData, "the reason of a close frame is not UTF-8 (§5.5.1)"}
	}
	return Message{Opcode: Close, Payload: reason, Code: code}, nil
}

// mayBeSent reports whether a close frame may carry the code: RFC 6455 §7.4, and what IANA has registered since.
func mayBeSent(code int) bool {
	return code >= 1000 && code <= 1003 || code >= 1007 && code <= 1014 || code >= 3000 && code <= 4999
}

// readFull fills b.
func (r *Reader) readFull(b []byte) error {
	_, err := io.ReadFull(r.r, b)
	return unexpected(err)
}

// unexpected is what io.EOF is called within a frame or a message.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

package hidden

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"wirelab/grader/probe"
	"wirelab/grader/wire"
)

// encoding is a frame to encode.
type encoding struct {
	From    role
	Fin     bool
	Opcode  wire.Opcode
	Payload []byte
	Prefix  []byte // what stands before it
}

// MarshalJSON writes the frame as subject.go wants it.
func (e encoding) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]any{
		"from": e.From, "fin": e.Fin, "opcode": e.Opcode,
		"payload": hex.EncodeToString(e.Payload), "prefix": hex.EncodeToString(e.Prefix),
	})
}

// allowed reports whether the frame may be sent (RFC 6455 §5.2, §5.5).
func (e encoding) allowed() bool {
	switch e.Opcode {
	case wire.OpContinuation, wire.OpText, wire.OpBinary:
		return true
	case wire.OpClose, wire.OpPing, wire.OpPong:
		return e.Fin && len(e.Payload) <= 125
	}
	return false
}

// encode has frames encoded and checks whether they were, or were refused; then look, unless it is nil, sees the
// bytes of each, without the prefix.
func encode(s *probe.Subject, all []encoding, look func(e encoding, out []byte)) {
	type encoded struct{ Bytes, Error string }
	for i, a := range ask[encoded](s, "/encode", all) {
		e := all[i]
		switch {
		case a.Error != "" && e.allowed():
			e.fail(s, "its bytes", "sus bytes", a.Error)
		case a.Error == "" && !e.allowed():
			e.fail(s, "an error: nobody may send this", "un error: nadie puede enviar esto", short(a.Bytes))
		case look != nil && e.allowed():
			out, err := hex.DecodeString(a.Bytes)
			if err != nil || !bytes.HasPrefix(out, e.Prefix) {
				want := short("dst: " + hex.EncodeToString(e.Prefix) + "…")
				e.fail(s, want, want, short(a.Bytes))
			}
			look(e, out[len(e.Prefix):])
		}
	}
}

// frame is the frame as it should be, with a mask or without one. The key is zero: it has yet to be chosen.
func (e encoding) frame(masked bool) wire.Frame {
	return wire.Frame{Fin: e.Fin, Opcode: e.Opcode, Masked: masked, Payload: e.Payload}
}

// expect fails unless the bytes are those of the frame, whatever its key.
func (e encoding) expect(s *probe.Subject, out []byte, want wire.Frame) {
	header := wire.AppendFrame(nil, want)
	header = header[:len(header)-len(want.Payload)]
	if want.Masked {
		header = header[:len(header)-len(want.Key)]
	}
	if !bytes.HasPrefix(out, header) {
		start := fmt.Sprintf("%x…", header)
		e.fail(s, start, start, fmt.Sprintf("%x…", out[:min(len(out), 14)])) // no header is longer
	}
	if want.Masked && len(out) >= len(header)+len(want.Key) {
		want.Key = [4]byte(out[len(header):])
	}
	if all := wire.AppendFrame(nil, want); !bytes.Equal(all, out) {
		e.fail(s, short(hex.EncodeToString(all)), short(hex.EncodeToString(all)), short(hex.EncodeToString(out)))
	}
}

func (e encoding) fail(s *probe.Subject, en, es, got string) {
	s.Failf("expected  %[1]s\ngot       %[3]s\nfor       AppendFrame, from a %[4]s: FIN %[5]t, opcode %#[6]x, %[7]d bytes of payload",
		"se esperaba  %[2]s\nllegó        %[3]s\npara         AppendFrame, de un %[8]s: FIN %[5]t, opcode %#[6]x, %[7]d bytes de carga útil",
		en, es, got, e.From, e.Fin, byte(e.Opcode), len(e.Payload), e.From.es())
}

// Package tap is a relay on loopback that shows what a browser's own JavaScript cannot see: the headers of a
// handshake, pings and pongs, FIN, masks, fragments, close frames, the comments of an event stream, the bytes
// themselves. On the way it can misbehave on demand, the same way again for the same seed.
//
// It relays to programs on this machine only. What it relays may come from anybody's code, so nothing is believed
// and everything that is kept is bounded.
package tap

import (
	"encoding/hex"
	"time"
	"unicode/utf8"

	"wirelab/grader/wire"
)

// maxData is how many bytes of a payload a row keeps.
const maxData = 32 << 10

// A Row is an entry of a transcript as a console shows it: with more of the payload, and with the frame's own bytes.
type Row struct {
	wire.Entry
	N    int     `json:"n"`              // its number within the session, from 1
	Time float64 `json:"time"`           // milliseconds since 1970
	Head string  `json:"head,omitempty"` // header of the frame, or the whole block of the event, in hex
	RSV  int     `json:"rsv,omitempty"`  // the three reserved bits of a frame
	Note string  `json:"note,omitempty"` // what the tap has done to it: "delayed", "injected"
	Wire int     `json:"wire,omitempty"` // bytes on the wire, header included
}

// setData puts the payload in: as text where it is UTF-8 and shall be text, in hex otherwise.
func (r *Row) setData(p []byte, text bool) {
	r.Length = len(p)
	r.Cut = len(p) > maxData
	p = p[:min(len(p), maxData)]
	if text && r.Cut {
		for len(p) > 0 && !utf8.RuneStart(p[len(p)-1]) {
			p = p[:len(p)-1]
		}
		if n := len(p); n > 0 && p[n-1] >= utf8.RuneSelf {
			p = p[:n-1] // the first byte of a rune whose rest is cut
		}
	}
	if text && utf8.Valid(p) {
		r.Data = string(p)
		return
	}
	r.Data, r.Encoding = hex.EncodeToString(p), "hex"
}

// frameRow describes a frame; size is what it had on the wire.
func frameRow(dir wire.Dir, f wire.Frame, size uint64) Row {
	fin := f.Fin
	r := Row{Entry: wire.Entry{Dir: dir, Kind: frameKind(f.Opcode), Masked: f.Masked}, RSV: int(f.RSV), Wire: int(size)}
	if !fin || f.Opcode == wire.OpContinuation {
		r.Fin = &fin
	}
	payload := f.Payload
	if f.Opcode == wire.OpClose {
		code, reason, ok := wire.ParseClose(payload)
		if ok {
			r.Code = code
			r.setData([]byte(reason), true)
			r.Length = len(payload)
			return r
		}
	}
	r.setData(payload, f.RSV == 0 && f.Opcode != wire.OpBinary)
	return r
}

func frameKind(op wire.Opcode) wire.Kind {
	switch op {
	case wire.OpText:
		return wire.KindText
	case wire.OpBinary:
		return wire.KindBinary
	case wire.OpContinuation:
		return wire.KindContinuation
	case wire.OpPing:
		return wire.KindPing
	case wire.OpPong:
		return wire.KindPong
	case wire.OpClose:
		return wire.KindClose
	}
	return wire.Kind(op.String())
}

// blockRow describes what stood between two empty lines of an event stream, and its bytes.
func blockRow(b wire.Block, raw []byte) Row {
	r := Row{Entry: wire.Entry{Dir: wire.Receive, Kind: b.Kind}, Wire: b.Size}
	r.Head = hex.EncodeToString(raw[:min(len(raw), maxData)])
	if b.Kind == wire.KindEvent {
		r.Event, r.EventID = b.Event.Type, b.Event.ID
		r.setData([]byte(b.Event.Data), true)
		return r
	}
	r.setData([]byte(b.Text), true)
	return r
}

func milliseconds(t time.Time) float64 { return float64(t.UnixMicro()) / 1000 }

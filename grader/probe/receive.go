package probe

import (
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"wirelab/grader/wire"
	"wirelab/lessons"
)

// maxMessage is the longest message that the probe takes, in bytes, whether in one frame or in many.
const maxMessage = 16 << 20

// maxControl is the longest payload of a control frame, in bytes (RFC 6455 §5.5).
const maxControl = 125

// read takes frames until the connection ends, sorts them into the inboxes, and answers pings and closes.
func (c *Conn) read(r io.Reader) {
	var joined wire.Frame // the message whose fragments are being received
	var within bool
	for {
		f, err := wire.ReadFrame(r, max(maxMessage-int64(len(joined.Payload)), maxControl))
		if err != nil {
			tooLong := errors.Is(err, wire.ErrTooLong)
			c.end(ending{text: broken(err), seq: c.s.logEnd(c.name, err), fault: tooLong})
			if tooLong {
				c.nc.Close() // nothing can be read after it
			}
			return
		}
		seq := c.s.log.add(entry(c.name, wire.Receive, f))
		if rule := violation(f, within); rule != nil {
			c.end(ending{*rule, seq, true})
			continue // to the end, so that the subject is not blocked
		}
		fits := true
		switch {
		case f.Opcode == wire.OpClose:
			fits = c.closed(f, seq)
		case f.Opcode == wire.OpPing:
			fits = c.put(c.control, received{op: f.Opcode, data: string(f.Payload), seq: seq})
			if c.opts.autoPong {
				_ = c.write(message(wire.OpPong, f.Payload)) // the reader sees how the connection ended
			}
		case f.Opcode == wire.OpPong:
			fits = c.put(c.control, received{op: f.Opcode, data: string(f.Payload), seq: seq})
		default:
			if !within {
				joined = wire.Frame{Opcode: f.Opcode}
			}
			joined.Payload = append(joined.Payload, f.Payload...)
			if within = !f.Fin; !within {
				fits = c.deliver(joined, seq)
				joined.Payload = nil
			}
		}
		if !fits {
			c.nc.Close()
			return
		}
	}
}

// deliver hands on a whole message. Like put, it reports whether there was room.
func (c *Conn) deliver(f wire.Frame, seq int) bool {
	if f.Opcode == wire.OpText && !utf8.Valid(f.Payload) {
		c.end(ending{lessons.Text{
			EN: "a text message that is not UTF-8: " + quoteShort(f.Payload) + " (RFC 6455 §8.1)",
			ES: "un mensaje de texto que no es UTF-8: " + quoteShort(f.Payload) + " (RFC 6455 §8.1)",
		}, seq, true})
		return true
	}
	return c.put(c.data, received{op: f.Opcode, data: string(f.Payload), seq: seq})
}

// put hands something to the expectations; if they have too much already, that is the end of the connection.
func (c *Conn) put(box *inbox[received], r received) bool {
	fits := box.put(r, len(r.data)+len(r.reason))
	if !fits {
		c.end(ending{text: tooMuch(), seq: r.seq, fault: true})
	}
	return fits
}

func (c *Conn) closed(f wire.Frame, seq int) bool {
	c.closing.mu.Lock()
	c.closing.received = true
	c.closing.mu.Unlock()
	code, reason, _ := wire.ParseClose(f.Payload)
	fits := c.put(c.data, received{op: wire.OpClose, code: code, reason: reason, seq: seq})
	why := closeText(code, reason)
	c.control.finish(ending{text: why, seq: seq})
	if c.opts.autoClose && c.closing.set() {
		_ = c.write(message(wire.OpClose, f.Payload)) // the reader sees how the connection ended
	}
	return fits
}

func (c *Conn) end(e ending) {
	c.data.finish(e)
	c.control.finish(e)
}

func closeText(code int, reason string) lessons.Text {
	text := fmt.Sprintf("close %d", code)
	if reason != "" {
		text += " " + quote(reason)
	}
	if code == 1005 {
		return lessons.Text{EN: "a close frame without a code", ES: "un cierre sin código"}
	}
	return same(text)
}

// violation names the rule of RFC 6455 that a frame from a server breaks, or nil. within says that a message's
// fragments are being received.
func violation(f wire.Frame, within bool) *lessons.Text {
	rule := func(en, es, section string) *lessons.Text {
		frame := f.Opcode.String()
		return &lessons.Text{
			EN: fmt.Sprintf("a %s frame that %s (RFC 6455 §%s)", frame, en, section),
			ES: fmt.Sprintf("una trama %s que %s (RFC 6455 §%s)", frame, es, section),
		}
	}
	_, _, closeOK := wire.ParseClose(f.Payload)
	switch {
	case f.Masked:
		return rule("is masked, from a server", "viene con máscara, de un servidor", "5.1")
	case f.RSV != 0:
		return rule("has reserved bits set", "tiene bits reservados encendidos", "5.2")
	case reserved(f.Opcode):
		return &lessons.Text{
			EN: fmt.Sprintf("a frame with the reserved %s (RFC 6455 §5.2)", f.Opcode),
			ES: fmt.Sprintf("una trama con el %s, que está reservado (RFC 6455 §5.2)", f.Opcode),
		}
	case f.Opcode.IsControl() && !f.Fin:
		return rule("is fragmented", "está fragmentada", "5.4")
	case f.Opcode.IsControl() && len(f.Payload) > maxControl:
		return rule("is longer than 125 bytes", "mide más de 125 bytes", "5.5")
	case f.Opcode == wire.OpClose && !closeOK:
		return rule("has a payload of one byte", "lleva un solo byte", "5.5.1")
	case f.Opcode == wire.OpContinuation && !within:
		return rule("continues nothing", "no continúa nada", "5.4")
	case !f.Opcode.IsControl() && f.Opcode != wire.OpContinuation && within:
		return rule("begins before the last message has ended", "empieza antes de que termine el mensaje anterior", "5.4")
	}
	return nil
}

func reserved(op wire.Opcode) bool {
	switch op {
	case wire.OpContinuation, wire.OpText, wire.OpBinary, wire.OpClose, wire.OpPing, wire.OpPong:
		return false
	}
	return true
}

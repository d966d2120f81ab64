package probe

import (
	"fmt"
	"slices"
	"strings"

	"wirelab/grader/wire"
	"wirelab/lessons"
)

// Next waits for the next message, whatever it is.
func (c *Conn) Next() Message {
	c.s.t.Helper()
	what := lessons.Text{EN: "a message on " + c.name, ES: "un mensaje en " + c.name}
	m := c.take(what)
	if m.op == wire.OpClose {
		c.s.mismatch(m.seq, what, closeText(m.code, m.reason))
	}
	return Message{Opcode: m.op, Data: m.data}
}

// ExpectText waits for the next message, which must be this text.
func (c *Conn) ExpectText(text string) { c.s.t.Helper(); c.expect(wire.OpText, text) }

// ExpectBinary waits for the next message, which must be these bytes.
func (c *Conn) ExpectBinary(data []byte) { c.s.t.Helper(); c.expect(wire.OpBinary, string(data)) }

func (c *Conn) expect(op wire.Opcode, data string) {
	c.s.t.Helper()
	what := lessons.Text{
		EN: fmt.Sprintf("%s %s on %s", op, quote(data), c.name),
		ES: fmt.Sprintf("%s %s en %s", op, quote(data), c.name),
	}
	if m := c.take(what); m.op != op || m.data != data {
		c.s.mismatch(m.seq, what, m.describe())
	}
}

// ExpectClose waits for a close frame with one of these codes (any, if none is named). A message that comes
// instead is a failure.
func (c *Conn) ExpectClose(codes ...int) (code int, reason string) {
	c.s.t.Helper()
	what := c.closeWanted(codes)
	m := c.take(what)
	if m.op != wire.OpClose || len(codes) > 0 && !slices.Contains(codes, m.code) {
		c.s.mismatch(m.seq, what, m.describe())
	}
	return m.code, m.reason
}

func (c *Conn) closeWanted(codes []int) lessons.Text {
	var list []string
	for _, code := range codes {
		list = append(list, fmt.Sprint(code))
	}
	return lessons.Text{
		EN: strings.TrimSpace("close "+strings.Join(list, " or ")) + " on " + c.name,
		ES: strings.TrimSpace("close "+strings.Join(list, " o ")) + " en " + c.name,
	}
}

// ExpectPing waits for a ping and returns its payload; messages before it stay in their queue.
func (c *Conn) ExpectPing() []byte {
	c.s.t.Helper()
	return []byte(c.takeControl(wire.OpPing, lessons.Text{EN: "a ping on " + c.name, ES: "un ping en " + c.name}).data)
}

// ExpectPong waits for a pong, which must have this payload; messages before it stay in their queue.
func (c *Conn) ExpectPong(payload []byte) {
	c.s.t.Helper()
	what := lessons.Text{
		EN: fmt.Sprintf("pong %s on %s", quoteShort(payload), c.name),
		ES: fmt.Sprintf("pong %s en %s", quoteShort(payload), c.name),
	}
	if m := c.takeControl(wire.OpPong, what); m.data != string(payload) {
		c.s.mismatch(m.seq, what, m.describe())
	}
}

// ExpectEnd waits for the subject to end the connection, whether a close frame came before or not. A message
// that comes instead is a failure.
func (c *Conn) ExpectEnd() {
	c.s.t.Helper()
	what := lessons.Text{EN: "the end of " + c.name, ES: "el final de " + c.name}
	for deadline := c.s.deadline(); ; {
		m, end, v := c.data.take(deadline)
		switch {
		case v == unmeetable && end.fault:
			c.s.mismatch(end.seq, what, end.text)
		case v == unmeetable:
			return
		case v == unmet:
			c.s.unmet(what)
		case m.op != wire.OpClose:
			c.s.mismatch(m.seq, what, m.describe())
		}
	}
}

// Drain takes every message until the subject closes or cuts the connection, and returns them with the close
// code: 1006 if the connection ended without a close frame (RFC 6455 §7.1.5). More than 64 MiB are a failure.
func (c *Conn) Drain() (messages []Message, code int) {
	c.s.t.Helper()
	what := lessons.Text{EN: "the end of " + c.name, ES: "el final de " + c.name}
	size := 0
	for deadline := c.s.deadline(); ; {
		m, end, v := c.data.take(deadline)
		switch {
		case v == unmeetable && end.fault:
			c.s.mismatch(end.seq, what, end.text)
		case v == unmeetable:
			return messages, 1006
		case v == unmet:
			c.s.unmet(what)
		case m.op == wire.OpClose:
			return messages, m.code
		}
		if size += len(m.data) + itemSize; size > maxHeld {
			c.s.mismatch(m.seq, what, tooMuch())
		}
		messages = append(messages, Message{Opcode: m.op, Data: m.data})
	}
}

func (c *Conn) take(what lessons.Text) received {
	c.s.t.Helper()
	m, end, v := c.data.take(c.s.deadline())
	c.s.settle(v, what, end)
	return m
}

func (c *Conn) takeControl(op wire.Opcode, what lessons.Text) received {
	c.s.t.Helper()
	for deadline := c.s.deadline(); ; {
		m, end, v := c.control.take(deadline)
		c.s.settle(v, what, end)
		if m.op == op {
			return m
		}
	}
}

func (m received) describe() lessons.Text {
	if m.op == wire.OpClose {
		return closeText(m.code, m.reason)
	}
	return same(m.op.String() + " " + quote(m.data))
}

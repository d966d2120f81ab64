package probe

import (
	"bufio"
	"net"
	"net/http"
	"sync"
	"time"

	"wirelab/grader/wire"
	"wirelab/lessons"
)

// Message is a whole message, its fragments joined.
type Message struct {
	Opcode wire.Opcode // OpText or OpBinary
	Data   string
}

// Conn is a WebSocket connection of the probe's own client. It sends what it is told, right or wrong; whatever
// it receives must obey RFC 6455, or the next expectation fails and says which rule was broken.
type Conn struct {
	Header      http.Header // of the response
	Subprotocol string      // that the subject chose, or ""

	s    *Subject
	name string
	opts *request
	nc   net.Conn
	gate *gate
	wmu  *sync.Mutex // one frame at a time: the reader answers pings while the test sends

	data    *inbox[received] // messages, and the close frame
	control *inbox[received] // pings and pongs
	closing *closeState
}

// received is something that came: a message, a ping, a pong, or a close frame.
type received struct {
	op     wire.Opcode
	data   string
	code   int
	reason string
	seq    int
}

type closeState struct {
	mu       sync.Mutex
	sent     bool
	received bool
	done     chan struct{} // closed when the reader has seen the end
}

func (s *Subject) newConn(name string, r *request, nc net.Conn, br *bufio.Reader, h http.Header) *Conn {
	c := &Conn{
		Header: h, Subprotocol: h.Get("Sec-WebSocket-Protocol"),
		s: s, name: name, opts: r, nc: nc, gate: newGate(nc), wmu: &sync.Mutex{},
		data: newInbox[received](&s.own.held), control: newInbox[received](&s.own.held), closing: &closeState{done: make(chan struct{})},
	}
	s.onEnd(func() {
		nc.Close()
		c.gate.open()
		<-c.closing.done
	})
	go func() {
		defer close(c.closing.done)
		c.read(bufio.NewReaderSize(&afterBuffered{br, c.gate}, 4<<10))
	}()
	return c
}

// Within returns the same connection with another bound.
func (c *Conn) Within(d time.Duration) *Conn {
	other := *c
	other.s = c.s.Within(d)
	return &other
}

// SendText sends a text message in one frame.
func (c *Conn) SendText(text string) { c.s.t.Helper(); c.SendFrame(message(wire.OpText, []byte(text))) }

// SendBinary sends a binary message in one frame.
func (c *Conn) SendBinary(data []byte) { c.s.t.Helper(); c.SendFrame(message(wire.OpBinary, data)) }

// SendPing sends a ping; the payload comes back in the pong.
func (c *Conn) SendPing(payload []byte) {
	c.s.t.Helper()
	c.SendFrame(message(wire.OpPing, payload))
}

// SendClose sends a close frame, without payload if code is 0, and leaves the connection open for the answer.
func (c *Conn) SendClose(code int, reason string) {
	c.s.t.Helper()
	c.closing.set()
	c.SendFrame(message(wire.OpClose, wire.ClosePayload(code, reason)))
}

// SendFrame sends any frame. A masked frame without a key gets a random one.
func (c *Conn) SendFrame(f wire.Frame) {
	c.s.t.Helper()
	if f.Masked && f.Key == [4]byte{} {
		f.Key = wire.NewKey()
	}
	if err := c.write(f); err != nil {
		c.unsent(err)
	}
}

// SendBytes sends raw bytes, such as a frame that [wire.AppendFrame] would never write.
func (c *Conn) SendBytes(p []byte) {
	c.s.t.Helper()
	e := wire.Entry{Conn: c.name, Dir: wire.Send, Kind: wire.KindBytes}
	e.SetData(p)
	c.s.log.add(e)
	if err := c.send(p); err != nil {
		c.unsent(err)
	}
}

// Stall stops reading, as a phone in a tunnel does: soon the subject's writes to this connection block.
func (c *Conn) Stall() {
	c.s.log.add(wire.Entry{Conn: c.name, Kind: wire.KindNote, Data: inLang(lessons.Text{EN: "stops reading", ES: "deja de leer"})})
	c.gate.close()
}

// Resume reads again after [Conn.Stall].
func (c *Conn) Resume() {
	c.s.log.add(wire.Entry{Conn: c.name, Kind: wire.KindNote, Data: inLang(lessons.Text{EN: "reads again", ES: "vuelve a leer"})})
	c.gate.open()
}

// Drop cuts the connection without a close frame, as a pulled cable does.
func (c *Conn) Drop() {
	c.s.log.add(wire.Entry{Conn: c.name, Dir: wire.Send, Kind: wire.KindEnd, Data: inLang(lessons.Text{
		EN: "cut, without a close frame", ES: "cortada, sin trama de cierre",
	})})
	c.nc.Close()
	c.gate.open()
}

// Close says goodbye: a close frame with 1000, the answer to it, the end of the connection.
func (c *Conn) Close() {
	c.s.t.Helper()
	c.SendClose(1000, "")
	what := lessons.Text{EN: "the answer to a close frame on " + c.name, ES: "la respuesta a un cierre en " + c.name}
	for deadline := c.s.deadline(); ; {
		m, end, v := c.data.take(deadline)
		c.s.settle(v, what, end)
		if m.op == wire.OpClose {
			c.nc.Close()
			return
		}
	}
}

func message(op wire.Opcode, payload []byte) wire.Frame {
	return wire.Frame{Fin: true, Opcode: op, Masked: true, Payload: payload}
}

func (c *Conn) write(f wire.Frame) error {
	c.s.log.add(entry(c.name, wire.Send, f))
	return c.send(wire.AppendFrame(nil, f))
}

func (c *Conn) send(p []byte) error {
	c.wmu.Lock()
	defer c.wmu.Unlock()
	if err := c.nc.SetWriteDeadline(c.s.deadline()); err != nil {
		return err
	}
	_, err := c.nc.Write(p)
	return err
}

// unsent fails because something could not be sent; but if the subject had closed the connection properly before it
// let go, the next expectation sees that close frame and judges it, whichever of the two came first.
func (c *Conn) unsent(err error) {
	c.s.t.Helper()
	timer := time.NewTimer(time.Second)
	defer timer.Stop()
	select {
	case <-c.closing.done:
	case <-timer.C: // it still reads
	}
	c.closing.mu.Lock()
	received := c.closing.received
	c.closing.mu.Unlock()
	if !received {
		c.s.unsent(c.name, err)
	}
}

// set notes that a close frame was sent and reports whether it is the first.
func (cs *closeState) set() bool {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	first := !cs.sent
	cs.sent = true
	return first
}

// entry is the transcript's line for a frame.
func entry(name string, dir wire.Dir, f wire.Frame) wire.Entry {
	kind := wire.Kind(f.Opcode.String())
	e := wire.Entry{Conn: name, Dir: dir, Kind: kind, Masked: f.Masked}
	e.SetData(f.Payload)
	if f.Opcode == wire.OpClose {
		if code, reason, ok := wire.ParseClose(f.Payload); ok {
			e.Code, e.Data, e.Encoding = code, reason, ""
		}
	}
	if fin := f.Fin; !fin {
		e.Fin = &fin
	}
	return e
}

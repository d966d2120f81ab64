package probe_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"

	"wirelab/grader/probe"
	"wirelab/grader/wire"
)

// peer is the server's end of a WebSocket connection, for handlers that do what no library lets them.
type peer struct {
	net.Conn
	r *bufio.Reader
}

// upgrade returns a handler that answers the handshake and lets f do the rest; the connection is cut when f returns.
func upgrade(f func(p *peer)) http.HandlerFunc {
	return upgradeWith(probe.Accept, "", f)
}

// upgradeWith answers the key in its own way, and with more header lines.
func upgradeWith(accept func(key string) string, header string, f func(p *peer)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		p := hijack(w)
		defer p.Close()
		p.switches(accept(r.Header.Get("Sec-WebSocket-Key")), header)
		f(p)
	}
}

// neverReads is a subject that answers the handshake, says one thing and leaves the connection to itself.
func neverReads(w http.ResponseWriter, r *http.Request) {
	p := hijack(w)
	p.switches(probe.Accept(r.Header.Get("Sec-WebSocket-Key")), "")
	p.text("go on")
}

func (p *peer) switches(accept, header string) {
	fmt.Fprintf(p, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n%sSec-WebSocket-Accept: %s\r\n\r\n",
		header, accept)
}

func hijack(w http.ResponseWriter) *peer {
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	return &peer{conn, rw.Reader}
}

// send writes a frame as a server does: not masked, unless the frame says so.
func (p *peer) send(f wire.Frame) { _, _ = p.Write(wire.AppendFrame(nil, f)) } // the test sees what did not come

func (p *peer) text(s string) { p.send(frame(wire.OpText, s)) }

func (p *peer) close(code int, reason string) {
	p.send(frame(wire.OpClose, string(wire.ClosePayload(code, reason))))
}

// next reads a frame; ok is false at the end.
func (p *peer) next() (f wire.Frame, ok bool) {
	f, err := wire.ReadFrame(p.r, 1<<20)
	return f, err == nil
}

// wait reads until the other side goes away.
func (p *peer) wait() {
	for ok := true; ok; {
		_, ok = p.next()
	}
}

// frame is a whole message, or a control frame.
func frame(op wire.Opcode, payload string) wire.Frame {
	return wire.Frame{Fin: true, Opcode: op, Payload: []byte(payload)}
}

// sends is a subject that sends these frames at once and then waits for its client to leave.
func sends(frames ...wire.Frame) http.HandlerFunc {
	return upgrade(func(p *peer) {
		for _, f := range frames {
			p.send(f)
		}
		p.wait()
	})
}

// hangs waits until the client leaves, without an answer.
func hangs(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// streams is a subject that sends an event stream as it stands, flushes, and ends or waits.
func streams(text string, ends bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprint(w, text)
		_ = http.NewResponseController(w).Flush() // the test sees what did not come
		if !ends {
			<-r.Context().Done()
		}
	}
}

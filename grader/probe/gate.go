package probe

import (
	"bufio"
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

// gate stands between a connection and its reader, and can be shut: then nothing more is taken from the socket.
type gate struct {
	conn net.Conn
	mu   sync.Mutex
	shut chan struct{} // open while the gate is shut, nil otherwise
}

func newGate(c net.Conn) *gate { return &gate{conn: c} }

func (g *gate) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.shut == nil {
		g.shut = make(chan struct{})
		_ = g.conn.SetReadDeadline(time.Unix(1, 0)) // wakes the reader up
	}
}

func (g *gate) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.shut != nil {
		_ = g.conn.SetReadDeadline(time.Time{})
		close(g.shut)
		g.shut = nil
	}
}

func (g *gate) closed() chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.shut
}

// Read reads from the connection whenever the gate is open.
func (g *gate) Read(p []byte) (int, error) {
	for {
		if shut := g.closed(); shut != nil {
			<-shut
		}
		n, err := g.conn.Read(p)
		if n == 0 && errors.Is(err, os.ErrDeadlineExceeded) {
			continue // the gate was shut meanwhile, or has just been opened
		}
		return n, err
	}
}

// afterBuffered reads what the handshake's reader had taken in too early, then from the gate.
type afterBuffered struct {
	early *bufio.Reader
	gate  *gate
}

func (a *afterBuffered) Read(p []byte) (int, error) {
	if n := a.early.Buffered(); n > 0 {
		return a.early.Read(p[:min(n, len(p))])
	}
	return a.gate.Read(p)
}

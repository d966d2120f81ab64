package probe

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"wirelab/grader/subject"
)

// local is a subject in this process, behind an httptest.Server.
type local struct {
	srv *httptest.Server
	ln  *countingListener
}

func startInProcess(h http.Handler) *local {
	srv := httptest.NewUnstartedServer(h)
	ln := &countingListener{Listener: srv.Listener, open: map[net.Conn]bool{}}
	srv.Listener = ln
	srv.Start()
	return &local{srv, ln}
}

func (l *local) listen() (net.Listener, string, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	return ln, "", err
}

func (l *local) dial(ctx context.Context) (net.Conn, error) {
	return new(net.Dialer).DialContext(ctx, "tcp", l.srv.Listener.Addr().String())
}

func (l *local) shared() bool { return false } // other subjects are there too, but each ends by itself

func (l *local) state(time.Duration) subject.State { return subject.State{Conns: l.ln.count()} }

// closeTime is how long handlers have to return once their connections are closed. One that takes longer is left
// to itself: a test has found it, or Main's search for goroutines will.
const closeTime = 2 * time.Second

func (l *local) stop(bool) subject.State {
	l.ln.closeAll() // hijacked connections too, which the server no longer knows
	l.srv.CloseClientConnections()
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		l.srv.Close() // waits for handlers, and one that does not notice that its client is gone never returns
	}()
	select {
	case <-closed:
	case <-time.After(closeTime):
	}
	return subject.State{}
}

// countingListener knows which of its connections are open. It gives them small send buffers, so that a peer
// that stops reading is felt after kilobytes, as it is across a real network that is slow.
type countingListener struct {
	net.Listener
	mu   sync.Mutex
	open map[net.Conn]bool
}

const sendBuffer = 64 << 10

func (l *countingListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetWriteBuffer(sendBuffer) // a wish: the test holds without it
	}
	cc := &countedConn{Conn: c, ln: l}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open[cc] = true
	return cc, nil
}

func (l *countingListener) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.open)
}

func (l *countingListener) closeAll() {
	l.mu.Lock()
	var open []net.Conn
	for c := range l.open {
		open = append(open, c)
	}
	l.mu.Unlock()
	for _, c := range open {
		c.Close()
	}
}

type countedConn struct {
	net.Conn
	ln *countingListener
}

func (c *countedConn) Close() error {
	c.ln.mu.Lock()
	delete(c.ln.open, c)
	c.ln.mu.Unlock()
	return c.Conn.Close()
}

// graded is a subject that the grader runs.
type graded struct {
	grader  *subject.Client
	started subject.Started
}

func startGraded(t *testing.T, grader *subject.Client) (*graded, error) {
	started, err := grader.Start(context.Background(), t.Name())
	return &graded{grader, started}, err
}

func (g *graded) listen() (net.Listener, string, error) {
	if g.started.Peers == "" {
		return nil, "", errors.New("the exercise may not dial: its lesson is neither a client nor an examiner, and uses no broker")
	}
	socket := filepath.Join(g.started.Peers, Word())
	ln, err := net.Listen("unix", socket)
	if err != nil {
		return nil, "", err
	}
	return ln, socket, os.Chmod(socket, 0o666) // the sandbox's user connects to it
}

func (g *graded) dial(ctx context.Context) (net.Conn, error) {
	return new(net.Dialer).DialContext(ctx, "unix", g.started.Socket)
}

func (g *graded) shared() bool { return g.started.Shared }

func (g *graded) state(wait time.Duration) subject.State {
	st, err := g.grader.State(context.Background(), g.started.ID, wait)
	if err != nil {
		return subject.State{} // the grader is gone, and the test with it
	}
	return st
}

func (g *graded) stop(failed bool) subject.State {
	st, err := g.grader.Stop(context.Background(), g.started.ID, failed)
	if err != nil {
		return subject.State{}
	}
	return st
}

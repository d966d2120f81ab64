// Package host is the given half of the program that runs a student's exercise beside the site: it serves it on
// loopback until it is told to end, and then says so to whoever is still connected. The student's code is linked
// into the same program, which runs on the student's own machine; nothing here keeps it in. Pages on the network are kept
// out as from any server of the course: see [guard].
package host

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"wirelab/grader/guard"
	"wirelab/grader/wire"
)

const (
	// AddrEnv names the environment variable with the address to listen on. If it is taken, another port is used.
	AddrEnv = "WIRELAB_EXERCISE"
	// Ready begins the line on standard output that says where the program listens.
	Ready = "wirelab-exercise listens on "
	// serviceRestart is the close code for a server that will be back (IANA WebSocket close code registry).
	serviceRestart = 1012
	lastWords      = 500 * time.Millisecond // for handlers to return once they have been told
)

// Main serves the exercise until standard input ends: the site closes it, or has gone. It exits with status 2 if it
// cannot listen.
func Main(subject func() http.Handler) {
	ln, err := listen(os.Getenv(AddrEnv))
	if err != nil {
		fmt.Fprintln(os.Stderr, "listen:", err)
		os.Exit(2)
	}
	end := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // whatever ends it, it has ended
		close(end)
	}()
	door, err := guard.New(ln.Addr(), "") // without a token it is on loopback or nowhere
	if err != nil {
		fmt.Fprintln(os.Stderr, "listen:", err)
		os.Exit(2)
	}
	fmt.Println(Ready + ln.Addr().String())
	Serve(ln, door.Exercise(subject()), end)
}

func listen(addr string) (net.Listener, error) {
	if addr != "" {
		if ln, err := net.Listen("tcp", addr); err == nil {
			return ln, nil
		}
	}
	return net.Listen("tcp", "127.0.0.1:0")
}

// Serve serves handler on ln until end is closed. Then requests' contexts end, WebSockets get a close frame with
// code 1012, and after half a second what is left is cut.
func Serve(ln net.Listener, handler http.Handler, end <-chan struct{}) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	sockets := &sockets{open: map[net.Conn]bool{}}
	srv := &http.Server{
		Handler:     handler,
		BaseContext: func(net.Listener) context.Context { return ctx },
		ConnState:   sockets.watch,
	}
	go func() { _ = srv.Serve(sockets.listener(ln)) }() // ends with Shutdown
	<-end
	cancel()
	sockets.goodbye()
	last, done := context.WithTimeout(context.Background(), lastWords)
	defer done()
	if errors.Is(srv.Shutdown(last), context.DeadlineExceeded) {
		_ = srv.Close() // they have had their moment
	}
}

// sockets are the connections that a handler has taken over.
type sockets struct {
	mu   sync.Mutex
	open map[net.Conn]bool
}

func (s *sockets) watch(c net.Conn, state http.ConnState) {
	if state != http.StateHijacked {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open[c] = true
}

// goodbye tells every open WebSocket why it ends. A frame is written in one piece, as libraries do, so that it
// cannot come to stand inside another.
func (s *sockets) goodbye() {
	s.mu.Lock()
	open := make([]net.Conn, 0, len(s.open))
	for c := range s.open {
		open = append(open, c)
	}
	s.mu.Unlock()
	frame := wire.AppendFrame(nil, wire.Frame{
		Fin: true, Opcode: wire.OpClose, Payload: wire.ClosePayload(serviceRestart, "the exercise is stopped or rebuilt"),
	})
	var group sync.WaitGroup
	for _, c := range open {
		group.Go(func() {
			_ = c.SetDeadline(time.Now().Add(lastWords))
			_, _ = c.Write(frame) // who has gone need not be told
			if half, ok := c.(*socket).Conn.(interface{ CloseWrite() error }); ok {
				_ = half.CloseWrite() // what is still unread on the other side is not torn away by a reset
			}
		})
	}
	group.Wait()
}

func (s *sockets) listener(ln net.Listener) net.Listener { return &listener{ln, s} }

type listener struct {
	net.Listener
	sockets *sockets
}

// Accept implements net.Listener.
func (l *listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &socket{c, l.sockets}, nil
}

// A socket is forgotten when it is closed.
type socket struct {
	net.Conn
	sockets *sockets
}

// Close implements net.Conn.
func (c *socket) Close() error {
	c.sockets.mu.Lock()
	delete(c.sockets.open, c)
	c.sockets.mu.Unlock()
	return c.Conn.Close()
}

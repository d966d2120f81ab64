package probe

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"sync"

	coder "github.com/coder/websocket"
	gorilla "github.com/gorilla/websocket"

	"wirelab/grader/wire"
	"wirelab/lessons"
)

// Gorilla connects with gorilla/websocket, for tests in which the probe's own client might hide a fault. What it
// sends and receives is in the transcript.
func (s *Subject) Gorilla(path string, opts ...Option) *gorilla.Conn {
	s.t.Helper()
	r := s.request(opts)
	name := s.name(r, "gorilla")
	d := gorilla.Dialer{HandshakeTimeout: s.bound, NetDialContext: s.tapped(name)}
	c, resp, err := d.Dial("ws://subject"+path, r.header)
	if err != nil {
		s.refused(name, path, resp, err)
	}
	return c
}

// Coder connects with coder/websocket, as [Subject.Gorilla] does with its client.
func (s *Subject) Coder(path string, opts ...Option) *coder.Conn {
	s.t.Helper()
	r := s.request(opts)
	name := s.name(r, "coder")
	ctx, cancel := context.WithTimeout(context.Background(), s.bound)
	defer cancel()
	client := &http.Client{Transport: &http.Transport{DialContext: s.tapped(name)}}
	c, resp, err := coder.Dial(ctx, "ws://subject"+path, &coder.DialOptions{HTTPClient: client, HTTPHeader: r.header})
	if err != nil {
		s.refused(name, path, resp, err)
	}
	s.onEnd(func() { _ = c.CloseNow() }) // its goroutines end with it
	return c
}

// refused fails because a library's client could not connect.
func (s *Subject) refused(name, path string, resp *http.Response, err error) {
	s.t.Helper()
	got := same(err.Error())
	if resp != nil {
		got = same(resp.Status)
	}
	seq := s.log.add(wire.Entry{Conn: name, Dir: wire.Receive, Kind: wire.KindEnd, Data: got.EN})
	s.mismatch(seq, lessons.Text{
		EN: "101 Switching Protocols to the handshake on " + path,
		ES: "101 Switching Protocols al saludo en " + path,
	}, got)
}

// tapped dials the subject and writes the frames of both directions into the transcript.
func (s *Subject) tapped(name string) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, _, _ string) (net.Conn, error) {
		nc, err := s.run.dial(ctx)
		if err != nil {
			return nil, err
		}
		s.onEnd(func() { nc.Close() })
		log := func(dir wire.Dir) *tap {
			return &tap{log: func(e wire.Entry) { e.Conn, e.Dir = name, dir; s.log.add(e) }}
		}
		return &tappedConn{Conn: nc, sent: log(wire.Send), received: log(wire.Receive)}, nil
	}
}

type tappedConn struct {
	net.Conn
	sent, received *tap
}

func (c *tappedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.received.feed(p[:n])
	if err != nil && !errors.Is(err, net.ErrClosed) {
		c.received.end(err)
	}
	return n, err
}

func (c *tappedConn) Write(p []byte) (int, error) {
	c.sent.feed(p)
	return c.Conn.Write(p)
}

// tap decodes one direction of a connection as it passes: a header, then frames.
type tap struct {
	mu    sync.Mutex
	log   func(wire.Entry)
	buf   []byte
	http  bool // the header has passed
	ended bool
}

func (t *tap) feed(p []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, p...)
	if !t.http {
		head, rest, ok := bytes.Cut(t.buf, []byte("\r\n\r\n"))
		if !ok {
			return
		}
		first, _, _ := bytes.Cut(head, []byte("\r\n"))
		kind := wire.KindRequest
		if bytes.HasPrefix(first, []byte("HTTP/")) {
			kind = wire.KindResponse
		}
		t.log(wire.Entry{Kind: kind, Data: string(first)})
		t.http, t.buf = true, bytes.Clone(rest)
	}
	for {
		r := bytes.NewReader(t.buf)
		f, err := wire.ReadFrame(r, maxFrame)
		if err != nil {
			return // not whole yet
		}
		t.log(entry("", "", f))
		t.buf = t.buf[len(t.buf)-r.Len():]
	}
}

func (t *tap) end(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.ended {
		t.ended = true
		t.log(wire.Entry{Kind: wire.KindEnd, Data: broken(err).EN})
	}
}

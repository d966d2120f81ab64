package probe

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"

	coder "github.com/coder/websocket"
	gorilla "github.com/gorilla/websocket"

	"wirelab/grader/wire"
	"wirelab/lessons"
)

// Gorilla connects with gorilla/websocket, for tests in which the probe's own client might hide a fault. What it
// sends and receives is in the transcript. By itself it would wait for ever; its reads and writes give up when the bound
// has passed since it connected, unless the test sets other deadlines.
func (s *Subject) Gorilla(path string, opts ...Option) *gorilla.Conn {
	s.t.Helper()
	r := s.request(opts)
	name := s.name(r, "gorilla")
	d := gorilla.Dialer{HandshakeTimeout: s.bound, NetDialContext: s.tapped(name)}
	c, resp, err := d.Dial("ws://subject"+path, r.header)
	if err != nil {
		s.refused(name, path, resp, err)
	}
	c.SetReadLimit(maxMessage) // it has none by itself
	_ = c.SetReadDeadline(s.deadline())
	_ = c.SetWriteDeadline(s.deadline()) // neither fails on a connection that has just been made
	return c
}

// Coder connects with coder/websocket, as [Subject.Gorilla] does with its client.
func (s *Subject) Coder(path string, opts ...Option) *coder.Conn {
	s.t.Helper()
	r := s.request(opts)
	name := s.name(r, "coder")
	ctx, cancel := context.WithTimeout(context.Background(), s.bound)
	defer cancel()
	client := &http.Client{Transport: &http.Transport{DialContext: s.tapped(name), MaxResponseHeaderBytes: maxHeader}}
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
	expected := lessons.Text{
		EN: "101 Switching Protocols to the handshake on " + path,
		ES: "101 Switching Protocols al saludo en " + path,
	}
	got := broken(err)
	switch {
	case resp != nil:
		got = same(resp.Status)
	case timedOut(err):
		s.unmet(expected)
	}
	seq := s.log.add(wire.Entry{Conn: name, Dir: wire.Receive, Kind: wire.KindEnd, Data: inLang(got)})
	s.mismatch(seq, expected, got)
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
	if !c.received.feed(p[:n]) {
		return 0, errLongHeader
	}
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
	mu     sync.Mutex
	log    func(wire.Entry)
	buf    []byte
	frames bool // the header has passed, and frames follow
	blind  bool // what comes is not decoded: too long, or no WebSocket
	ended  bool
}

// feed takes what passes. It reports false where that is a header that does not end, which some clients would read
// for ever.
func (t *tap) feed(p []byte) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.blind {
		return true
	}
	t.buf = append(t.buf, p...)
	if !t.frames && !t.header() {
		return t.blind || len(t.buf) <= maxHeader
	}
	t.decode()
	return true
}

// decode takes whole frames from the buffer.
func (t *tap) decode() {
	for {
		size, ok := wire.FrameSize(t.buf)
		if ok && size > maxMessage {
			t.log(wire.Entry{Kind: wire.KindNote, Data: inLang(lessons.Text{
				EN: "a frame that is too long to show, or to show what follows",
				ES: "una trama demasiado larga para mostrarla, o para mostrar lo que sigue",
			})})
			t.blind, t.buf = true, nil
		}
		if !ok || size > uint64(len(t.buf)) {
			return // not whole yet
		}
		f, err := wire.ReadFrame(bytes.NewReader(t.buf[:size]), maxMessage)
		if err != nil {
			return // cannot be: it is whole
		}
		t.log(entry("", "", f))
		t.buf = t.buf[size:]
	}
}

// header takes the request's or the response's header from the buffer and reports whether frames follow.
func (t *tap) header() bool {
	head, rest, ok := bytes.Cut(t.buf, []byte("\r\n\r\n"))
	if !ok {
		return false
	}
	first, _, _ := bytes.Cut(head, []byte("\r\n"))
	e := wire.Entry{Kind: wire.KindRequest, Data: string(first)}
	if version, status, _ := strings.Cut(e.Data, " "); strings.HasPrefix(version, "HTTP/") {
		e.Kind = wire.KindResponse
		e.Code, _ = strconv.Atoi(status[:min(3, len(status))]) // 0 if it is none
		e.Data = status
	}
	t.log(e)
	t.blind = e.Kind == wire.KindResponse && e.Code != http.StatusSwitchingProtocols
	t.frames, t.buf = !t.blind, bytes.Clone(rest)
	return t.frames
}

func (t *tap) end(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.ended {
		t.ended = true
		t.log(wire.Entry{Kind: wire.KindEnd, Data: inLang(broken(err))})
	}
}

package probe

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"

	"wirelab/grader/wire"
	"wirelab/lessons"
)

// Peer is a server of the test's own that the subject can talk to: what a client exercise connects to, what an
// examiner examines, a broker. In the sandbox it is the only thing that a subject can reach.
type Peer struct {
	net.Listener // what the subject dials; closing it refuses further connections

	socket string
}

// Listen opens a listener for the subject to dial. Every byte of every connection is in the transcript; with a name
// from [As], or else "peer".
func (s *Subject) Listen(opts ...Option) *Peer {
	s.t.Helper()
	p := s.listen()
	name := s.peerName(opts)
	p.Listener = &loggedListener{Listener: p.Listener, s: s, name: name}
	return p
}

// Serve runs an HTTP server for the subject to dial. Requests, and everything that the handler writes, are in the
// transcript.
func (s *Subject) Serve(h http.Handler, opts ...Option) *Peer {
	s.t.Helper()
	p := s.listen()
	name := s.peerName(opts)
	srv := &httptest.Server{Listener: p.Listener, Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.log.add(wire.Entry{Conn: name, Dir: wire.Receive, Kind: wire.KindRequest, Length: int(max(r.ContentLength, 0)), Data: requestHead(r)})
		h.ServeHTTP(&loggedWriter{ResponseWriter: w, s: s, name: name}, r)
	})}}
	srv.Start()
	s.onEnd(func() {
		srv.CloseClientConnections()
		p.Close() // handlers that wait for their client see it go; one that waits for the test would never end
	})
	return p
}

func (s *Subject) peerName(opts []Option) string {
	if r := s.request(opts); r.name != "" {
		return r.name
	}
	return "peer"
}

func (s *Subject) listen() *Peer {
	s.t.Helper()
	ln, socket, err := s.run.listen()
	if err != nil {
		s.t.Fatalf("hidden test: listen for the subject: %v", err)
	}
	s.onEnd(func() { ln.Close() })
	return &Peer{Listener: ln, socket: socket}
}

// Query tells the subject where the peer is, as the query of a request to it: "url", the address of path over HTTP,
// and "socket", the Unix socket through which that is reached, empty for TCP.
func (p *Peer) Query(path string) string {
	host := "peer"
	if p.socket == "" {
		host = p.Addr().String()
	}
	return url.Values{"url": {"http://" + host + path}, "socket": {p.socket}}.Encode()
}

// loggedWriter writes a response into the transcript as well.
type loggedWriter struct {
	http.ResponseWriter
	s      *Subject
	name   string
	headed bool
}

// Unwrap is for http.ResponseController.
func (w *loggedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *loggedWriter) WriteHeader(code int) {
	if !w.headed {
		w.headed = true
		w.s.log.add(wire.Entry{
			Conn: w.name, Dir: wire.Send, Kind: wire.KindResponse, Code: code,
			Data: fmt.Sprintf("%d %s%s", code, http.StatusText(code), headerLines(w.Header())),
		})
	}
	w.ResponseWriter.WriteHeader(code)
}

func (w *loggedWriter) Write(p []byte) (int, error) {
	if !w.headed {
		w.WriteHeader(http.StatusOK)
	}
	e := wire.Entry{Conn: w.name, Dir: wire.Send, Kind: wire.KindBytes}
	e.SetData(p)
	w.s.log.add(e)
	return w.ResponseWriter.Write(p)
}

func (w *loggedWriter) Flush() {
	if !w.headed {
		w.WriteHeader(http.StatusOK)
	}
	_ = http.NewResponseController(w.ResponseWriter).Flush()
}

// requestHead is a request's first line and the headers that tell it from others.
func requestHead(r *http.Request) string {
	return r.Method + " " + r.URL.RequestURI() + headerLines(r.Header)
}

// routine are headers that every handshake or request has.
var routine = []string{
	"Connection", "Upgrade", "Sec-Websocket-Key", "Sec-Websocket-Version", "Sec-Websocket-Accept", "User-Agent", "Accept-Encoding",
	"Date", "Content-Length", "X-Content-Type-Options",
}

func headerLines(h http.Header) string {
	keys := make([]string, 0, len(h))
	for k := range h {
		if !slices.Contains(routine, k) {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	var b strings.Builder
	for _, k := range keys {
		b.WriteString("\n" + k + ": " + strings.Join(h[k], ", "))
	}
	return b.String()
}

// loggedListener writes the bytes of its connections into the transcript.
type loggedListener struct {
	net.Listener
	s    *Subject
	name string
}

func (l *loggedListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	l.s.onEnd(func() { c.Close() })
	l.s.log.add(wire.Entry{Conn: l.name, Dir: wire.Receive, Kind: wire.KindOpen, Data: inLang(lessons.Text{EN: "connects", ES: "se conecta"})})
	return &loggedConn{Conn: c, ln: l}, nil
}

type loggedConn struct {
	net.Conn
	ln *loggedListener
}

func (c *loggedConn) note(dir wire.Dir, p []byte) {
	if len(p) > 0 {
		e := wire.Entry{Conn: c.ln.name, Dir: dir, Kind: wire.KindBytes}
		e.SetData(p)
		c.ln.s.log.add(e)
	}
}

func (c *loggedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.note(wire.Receive, p[:n])
	return n, err
}

func (c *loggedConn) Write(p []byte) (int, error) {
	c.note(wire.Send, p)
	return c.Conn.Write(p)
}

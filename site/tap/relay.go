package tap

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"wirelab/grader/wire"
)

// chunk is how many bytes are read at once.
const chunk = 32 << 10

// relay is one connection through the tap.
type relay struct {
	s      *session
	name   string
	quiet  bool // rows are not shown: a hundred clients under load
	ctx    context.Context
	cancel context.CancelFunc

	mu       sync.Mutex // guards what is written to the server
	upstream net.Conn
	sent     *frames // decodes what the browser sends; nil for what is no WebSocket
	read     int     // bytes that the browser has sent
	passed   int     // and how many of them have been written to the server
	ends     []int   // where frames of the browser's end that have not been written yet, counted in its bytes
	between  int     // where the last one ended that has
	waiting  []ours  // for the end of the browser's frame
}

// ours is a frame of the tap's own, and how it is shown once it is written.
type ours struct {
	bytes []byte
	row   Row
}

func (t *Tap) newRelay(r *http.Request, s *session) (*relay, uint64, error) {
	c := &relay{s: s, name: r.FormValue("conn"), quiet: r.FormValue("quiet") != ""}
	if c.name == "" || len(c.name) > 32 {
		return nil, 0, errors.New("want the connection's name, of 32 bytes at most")
	}
	c.ctx, c.cancel = context.WithCancel(t.ctx)
	number, err := s.enter(c.name, c)
	if err != nil {
		c.cancel()
	}
	return c, number, err
}

func (c *relay) end() {
	c.cancel()
	c.s.leave(c.name, c)
	if c.upstream != nil {
		_ = c.upstream.Close() // closed before, perhaps
	}
}

func (c *relay) emit(r Row) {
	if c.quiet {
		return
	}
	r.Conn = c.name
	c.s.add(r)
}

// say adds a row for something that did not go over the wire.
func (c *relay) say(kind wire.Kind, format string, args ...any) {
	c.emit(Row{Entry: wire.Entry{Kind: kind, Data: fmt.Sprintf(format, args...)}})
}

// act does what a page asks for.
func (c *relay) act(a act) error {
	switch a.Do {
	case "drop":
		c.say(wire.KindNote, "the tap drops the connection")
		c.cancel()
		return nil
	case "half":
		c.say(wire.KindNote, "the tap closes the direction to the server")
		return closeWrite(c.upstream)
	case "frame":
		return c.inject(a)
	}
	return fmt.Errorf("do %q: want drop, half or frame", a.Do)
}

// inject sends a frame to the server in the browser's name, as soon as it does not stand inside another one.
func (c *relay) inject(a act) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sent == nil {
		return complain("connection %q is no WebSocket", "la conexión %q no es un WebSocket", c.name)
	}
	f := wire.Frame{Fin: !a.Unended, Opcode: a.Opcode & 0xF, Masked: true, Key: wire.NewKey(), Payload: a.Payload}
	if a.Opcode == wire.OpClose {
		f.Payload = wire.ClosePayload(a.Code, a.Reason)
	}
	bytes := wire.AppendFrame(nil, f)
	r := frameRow(wire.Send, f, uint64(len(bytes)))
	r.Head, r.Note = fmt.Sprintf("%x", bytes[:headSize(bytes)]), "injected"
	c.waiting = append(c.waiting, ours{bytes, r})
	return c.letWaiting()
}

// letWaiting sends the frames that wait, if no frame of the browser's has been written in part. It is called with mu
// held.
func (c *relay) letWaiting() error {
	if c.passed != c.between {
		return nil
	}
	for _, f := range c.waiting {
		c.emit(f.row)
		if _, err := c.upstream.Write(f.bytes); err != nil {
			return err
		}
	}
	c.waiting = nil
	return nil
}

// feedSent decodes what the browser sends, before it is written.
func (c *relay) feedSent(p []byte) []int {
	c.mu.Lock()
	defer c.mu.Unlock()
	ends := c.sent.feed(p)
	for _, end := range ends {
		c.ends = append(c.ends, c.read+end)
	}
	c.read += len(p)
	return ends
}

// Write passes bytes on to the server, in whatever pieces the faults make of them; it is what the browser's direction
// writes to. What waits gets in where a frame ends.
func (c *relay) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for at := 0; at < len(p); {
		to := len(p)
		if len(c.waiting) > 0 && len(c.ends) > 0 {
			to = min(to, at+c.ends[0]-c.passed)
		}
		n, err := c.upstream.Write(p[at:to])
		at += n
		c.passed += n
		for len(c.ends) > 0 && c.ends[0] <= c.passed {
			c.between, c.ends = c.ends[0], c.ends[1:]
		}
		if err == nil {
			err = c.letWaiting()
		}
		if err != nil {
			return at, err
		}
	}
	return len(p), nil
}

// pump copies one direction until it ends. decode is told what passes before it is passed on.
func (c *relay) pump(m *mangler, from io.Reader, decode func(p []byte) []int) error {
	buf := make([]byte, chunk)
	from = paced{m, from}
	for {
		n, err := from.Read(buf)
		if n > 0 {
			if err := m.write(buf[:n], decode(buf[:n])); err != nil {
				return err
			}
		}
		if err != nil {
			return err
		}
	}
}

func (c *relay) mangler(to io.Writer, dir wire.Dir, number uint64) *mangler {
	return &mangler{ctx: c.ctx, to: to, dir: dir, faults: c.s.currentFaults, number: number}
}

func closeWrite(c net.Conn) error {
	half, ok := c.(interface{ CloseWrite() error })
	if !ok {
		return complain("this connection cannot be closed by half", "esta conexión no se puede cerrar a medias")
	}
	return half.CloseWrite()
}

// connect opens the connection to the target and sends the request, which is shown as it is. A Host among its headers
// takes the place of the target's.
func (c *relay) connect(u *url.URL, r *http.Request) error {
	c.say(wire.KindOpen, "%s", u.Host)
	conn, err := dial(c.ctx, u)
	if err != nil {
		c.emit(Row{Entry: wire.Entry{Kind: wire.KindEnd, Data: err.Error()}, Note: why(err)})
		return err
	}
	host := u.Host
	if wanted := r.Header.Get("Host"); wanted != "" {
		host = wanted
		r.Header.Del("Host")
	}
	c.upstream = conn
	context.AfterFunc(c.ctx, func() { _ = conn.Close() })
	row := Row{Entry: wire.Entry{Dir: wire.Send, Kind: wire.KindRequest, Length: max(int(r.ContentLength), 0)}}
	row.Data = r.Method + " " + u.RequestURI() + " HTTP/1.1\n" + "Host: " + host + "\n" + headerLines(r.Header)
	c.emit(row)
	var head strings.Builder
	fmt.Fprintf(&head, "%s %s HTTP/1.1\r\nHost: %s\r\n", r.Method, u.RequestURI(), host)
	_ = r.Header.Write(&head) // never fails
	head.WriteString("\r\n")
	_, err = io.WriteString(conn, head.String())
	return err
}

// headerLines lists a header, sorted by name.
func headerLines(h http.Header) string {
	var lines []string
	for name, values := range h {
		for _, v := range values {
			lines = append(lines, spelled(name)+": "+v)
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// spelled writes a WebSocket header as RFC 6455 does; Go's canonical form is another one, which means the same.
func spelled(name string) string {
	return strings.Replace(name, "Sec-Websocket", "Sec-WebSocket", 1)
}

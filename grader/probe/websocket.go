package probe

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"strings"
	"time"

	"wirelab/grader/wire"
	"wirelab/lessons"
)

// WebSocket opens a WebSocket connection with the probe's own client, which works frame by frame. The handshake
// must succeed (RFC 6455 §4.2.2).
func (s *Subject) WebSocket(path string, opts ...Option) *Conn {
	s.t.Helper()
	r := s.request(opts)
	name := s.name(r, "ws")
	what := lessons.Text{
		EN: fmt.Sprintf("101 Switching Protocols to the handshake on %s", path),
		ES: fmt.Sprintf("101 Switching Protocols al saludo en %s", path),
	}
	key := base64.StdEncoding.EncodeToString(Bytes(16))
	nc, br, resp, seq := s.handshake(name, path, key, r, what)
	if resp.StatusCode != http.StatusSwitchingProtocols {
		_ = nc.SetReadDeadline(time.Now().Add(min(s.bound, glance)))
		body, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<10))
		nc.Close()
		s.mismatch(seq, what, same(strings.TrimSpace(resp.Status+" "+quoteShort(body))))
	}
	if accept := resp.Header.Get("Sec-WebSocket-Accept"); accept != Accept(key) {
		nc.Close()
		s.mismatch(seq, lessons.Text{
			EN: "Sec-WebSocket-Accept: " + Accept(key) + " for the key " + key,
			ES: "Sec-WebSocket-Accept: " + Accept(key) + " para la clave " + key,
		}, same("Sec-WebSocket-Accept: "+accept))
	}
	_ = nc.SetDeadline(time.Time{})
	return s.newConn(name, r, nc, br, resp.Header)
}

// glance is how long the body of a response is read that is refused anyway.
const glance = time.Second

// Handshake sends an upgrade request and returns the response, whatever it is; then it drops the connection.
func (s *Subject) Handshake(path string, opts ...Option) *Response {
	s.t.Helper()
	r := s.request(opts)
	name := s.name(r, "ws")
	what := lessons.Text{
		EN: "a response to the handshake on " + path,
		ES: "una respuesta al saludo en " + path,
	}
	nc, _, resp, seq := s.handshake(name, path, base64.StdEncoding.EncodeToString(Bytes(16)), r, what)
	defer nc.Close()
	out := &Response{Status: resp.StatusCode, Header: resp.Header, s: s, seq: seq}
	if resp.StatusCode != http.StatusSwitchingProtocols {
		body, _ := io.ReadAll(io.LimitReader(resp.Body, maxBody))
		out.Body = string(body)
	}
	return out
}

// Accept is the Sec-WebSocket-Accept that answers a key (RFC 6455 §4.2.2).
func Accept(key string) string {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// maxHeader bounds the header of a response, in bytes.
const maxHeader = 1 << 20

// handshake dials, sends the upgrade request and reads the response's header.
func (s *Subject) handshake(name, path, key string, r *request, what lessons.Text) (net.Conn, *bufio.Reader, *http.Response, int) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), s.bound)
	defer cancel()
	nc, err := s.run.dial(ctx)
	if err != nil {
		s.lost(name, what, err)
	}
	if tcp, ok := nc.(*net.TCPConn); ok {
		_ = tcp.SetReadBuffer(sendBuffer) // a wish: a reader that stalls is felt sooner
	}
	s.onEnd(func() { nc.Close() })
	_ = nc.SetDeadline(s.deadline())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL(path), nil)
	if err != nil {
		s.t.Fatalf("hidden test: %v", err)
	}
	req.Header = http.Header{
		"Connection": {"Upgrade"}, "Upgrade": {"websocket"},
		"Sec-Websocket-Version": {"13"}, "Sec-Websocket-Key": {key},
	}
	for k, v := range r.header {
		req.Header[k] = v
	}
	var raw bytes.Buffer
	_ = req.Write(&raw) // a buffer takes everything
	s.log.add(wire.Entry{Conn: name, Dir: wire.Send, Kind: wire.KindRequest, Data: requestHead(req)})
	if _, err := nc.Write(raw.Bytes()); err != nil {
		s.lost(name, what, err)
	}
	limited := &io.LimitedReader{R: nc, N: maxHeader}
	br := bufio.NewReaderSize(limited, 64<<10)
	resp, err := http.ReadResponse(br, req)
	switch {
	case err != nil && limited.N <= 0:
		s.mismatch(-1, what, broken(errLongHeader))
	case err != nil:
		s.lost(name, what, err)
	}
	limited.N = math.MaxInt64
	return nc, br, resp, s.logResponse(name, resp, nil)
}

func (s *Subject) logEnd(name string, err error) int {
	return s.log.add(wire.Entry{Conn: name, Dir: wire.Receive, Kind: wire.KindEnd, Data: inLang(broken(err))})
}

// name is the connection's name in the transcript: the one asked for, or the next free number.
func (s *Subject) name(r *request, kind string) string {
	if r.name != "" {
		return r.name
	}
	s.own.mu.Lock()
	defer s.own.mu.Unlock()
	s.own.conns++
	return fmt.Sprintf("%s%d", kind, s.own.conns)
}

func quote(s string) string { return quoteShort([]byte(s)) }

// quoteShort quotes what came over the wire, cut to a length that a person reads.
func quoteShort(p []byte) string {
	const most = 80
	if len(p) <= most {
		return fmt.Sprintf("%q", p)
	}
	return fmt.Sprintf("%q… (%d bytes)", p[:most], len(p))
}

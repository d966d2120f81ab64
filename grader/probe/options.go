package probe

import (
	"net/http"
	"strings"
)

// Option says how a request or a connection is made.
type Option func(*request)

// request is what the options describe.
type request struct {
	name      string
	method    string // of an event stream's request
	header    http.Header
	autoPong  bool
	autoClose bool
}

func (s *Subject) request(opts []Option) *request {
	r := &request{method: http.MethodGet, header: http.Header{}, autoPong: true, autoClose: true}
	for _, o := range opts {
		o(r)
	}
	return r
}

// As names the connection in the transcript and in failures: "ana" reads better than "ws2".
func As(name string) Option { return func(r *request) { r.name = name } }

// Method is how an event stream is asked for: with GET, as browsers do, unless told otherwise.
func Method(method string) Option { return func(r *request) { r.method = method } }

// Header adds a request header.
func Header(key, value string) Option { return func(r *request) { r.header.Add(key, value) } }

// Origin sets the Origin header, as a browser does for a page of that origin.
func Origin(origin string) Option { return Header("Origin", origin) }

// Subprotocol offers the subprotocols, in order of preference (RFC 6455 §1.9).
func Subprotocol(names ...string) Option {
	return Header("Sec-WebSocket-Protocol", strings.Join(names, ", "))
}

// AutoPong says whether the connection answers pings by itself; it does unless told not to.
func AutoPong(on bool) Option { return func(r *request) { r.autoPong = on } }

// AutoClose says whether the connection answers a close frame by itself; it does unless told not to.
func AutoClose(on bool) Option { return func(r *request) { r.autoClose = on } }

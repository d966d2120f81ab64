package probe

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"slices"
	"strings"

	"wirelab/grader/wire"
	"wirelab/lessons"
)

// maxBody is how much of a response's body is read: more is a fault by itself.
const maxBody = 16 << 20

// Response is an HTTP response with its whole body.
type Response struct {
	Status int
	Header http.Header
	Body   string

	s   *Subject
	seq int
}

// Get sends a GET request and reads the whole response.
func (s *Subject) Get(path string, opts ...Option) *Response {
	s.t.Helper()
	return s.Do(http.MethodGet, path, nil, opts...)
}

// Do sends a request and reads the whole response. It fails the test if none comes, or one that does not end.
func (s *Subject) Do(method, path string, body []byte, opts ...Option) *Response {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), s.bound)
	defer cancel()
	what := lessons.Text{
		EN: fmt.Sprintf("a response to %s %s", method, path),
		ES: fmt.Sprintf("una respuesta a %s %s", method, path),
	}
	r := s.request(opts)
	name := s.name(r, "http")
	resp := s.roundTrip(ctx, name, method, path, body, r, what)
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	seq := s.logResponse(name, resp, data)
	switch {
	case ctx.Err() != nil:
		s.unmet(lessons.Text{EN: "the end of " + what.EN, ES: "el final de " + what.ES})
	case err != nil:
		s.mismatch(seq, what, broken(err))
	case len(data) > maxBody:
		s.mismatch(seq, what, lessons.Text{EN: "a body of more than 16 MiB", ES: "un cuerpo de más de 16 MiB"})
	}
	return &Response{Status: resp.StatusCode, Header: resp.Header, Body: string(data), s: s, seq: seq}
}

// roundTrip sends the request and returns the response as soon as its header is there.
func (s *Subject) roundTrip(ctx context.Context, name, method, path string, body []byte, r *request, what lessons.Text) *http.Response {
	s.t.Helper()
	req, err := http.NewRequestWithContext(ctx, method, s.URL(path), bytes.NewReader(body))
	if err != nil {
		s.t.Fatalf("hidden test: %v", err)
	}
	req.Header = r.header.Clone()
	s.log.add(withBody(wire.Entry{Conn: name, Dir: wire.Send, Kind: wire.KindRequest}, requestHead(req), body))
	resp, err := s.Client().Do(req)
	if err == nil {
		return resp
	}
	if ctx.Err() != nil {
		s.unmet(what)
	}
	if errors.Is(err, net.ErrClosed) {
		err = io.EOF // nobody here closes it but net/http, when the subject has ended it while it was still being sent to
	}
	seq := s.log.add(wire.Entry{Conn: name, Dir: wire.Receive, Kind: wire.KindEnd, Data: inLang(broken(err))})
	s.mismatch(seq, what, broken(err))
	return nil
}

func (s *Subject) logResponse(name string, resp *http.Response, body []byte) int {
	head := resp.Status + headerLines(resp.Header)
	return s.log.add(withBody(wire.Entry{Conn: name, Dir: wire.Receive, Kind: wire.KindResponse, Code: resp.StatusCode}, head, body))
}

// withBody is the entry with a head and, after an empty line, as much of the body as a transcript keeps of it.
func withBody(e wire.Entry, head string, body []byte) wire.Entry {
	e.SetData(body)
	switch {
	case e.Data != "" && e.Encoding == "":
		head += "\n\n" + e.Data
	case e.Data != "":
		head += "\n\n0x" + e.Data
	}
	e.Data, e.Encoding = head, ""
	return e
}

// URL is the address of a path of the subject, for clients made with [Subject.Client] or [Subject.DialContext].
func (s *Subject) URL(path string) string { return "http://subject" + path }

// DialContext connects to the subject, whatever address is asked for.
func (s *Subject) DialContext(ctx context.Context, _, _ string) (net.Conn, error) {
	return s.run.dial(ctx)
}

// Client is an HTTP client whose every connection goes to the subject. It follows no redirect and keeps no
// connection alive, so that [Subject.OpenConns] counts only what a test means to hold.
func (s *Subject) Client() *http.Client {
	return &http.Client{
		Transport:     &http.Transport{DialContext: s.DialContext, DisableKeepAlives: true, DisableCompression: true, MaxResponseHeaderBytes: maxHeader},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// ExpectStatus fails unless the response's status is one of these.
func (r *Response) ExpectStatus(codes ...int) {
	r.s.t.Helper()
	r.s.expectStatus(r.seq, r.Status, codes)
}

// ExpectHeader fails unless the header has the value. A Content-Type may have parameters after it.
func (r *Response) ExpectHeader(key, value string) {
	r.s.t.Helper()
	r.s.expectHeader(r.seq, r.Header, key, value)
}

func (s *Subject) expectStatus(seq, got int, codes []int) {
	s.t.Helper()
	if slices.Contains(codes, got) {
		return
	}
	var names []string
	for _, c := range codes {
		names = append(names, fmt.Sprintf("%d %s", c, http.StatusText(c)))
	}
	s.mismatch(seq, lessons.Text{
		EN: "status " + strings.Join(names, " or "),
		ES: "el estado " + strings.Join(names, " o "),
	}, same(fmt.Sprintf("%d %s", got, http.StatusText(got))))
}

func (s *Subject) expectHeader(seq int, h http.Header, key, value string) {
	s.t.Helper()
	got := h.Get(key)
	if got == value {
		return
	}
	if media, _, err := mime.ParseMediaType(got); err == nil && key == "Content-Type" && media == value {
		return
	}
	have := same(fmt.Sprintf("%s: %s", key, got))
	if _, ok := h[http.CanonicalHeaderKey(key)]; !ok {
		have = lessons.Text{EN: "no such header", ES: "ningún encabezado con ese nombre"}
	}
	s.mismatch(seq, lessons.Text{
		EN: fmt.Sprintf("the header %s: %s", key, value),
		ES: fmt.Sprintf("el encabezado %s: %s", key, value),
	}, have)
}

// same is a text that needs no translation.
func same(text string) lessons.Text { return lessons.Text{EN: text, ES: text} }

package tap

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"wirelab/grader/wire"
)

// maxBody is the longest request that a console sends, in bytes.
const maxBody = 1 << 20

// serveHTTP relays a request: ?target=http://127.0.0.1:1234/live&conn=es1, and any number of header=Name: value. The
// method and the body are the browser's, and the Last-Event-ID if it sends one: that is how it resumes a stream.
func (t *Tap) serveHTTP(w http.ResponseWriter, r *http.Request) {
	s, err := t.session(r)
	if err != nil {
		refuse(w, r, err, http.StatusBadRequest)
		return
	}
	query := r.URL.Query() // not the form: a body may be one
	u, err := target(query.Get("target"), "http")
	header := http.Header{"User-Agent": {"wirelab"}, "Accept": {"*/*"}, "Connection": {"close"}}
	for _, name := range []string{"Accept", "Content-Type", "User-Agent"} {
		if v := r.Header.Get(name); v != "" {
			header.Set(name, v)
		}
	}
	if err == nil {
		err = addHeaders(header, query["header"])
	}
	if id := r.Header.Get("Last-Event-ID"); id != "" {
		header.Set("Last-Event-ID", id)
	}
	body, readErr := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err = errors.Join(err, readErr); err != nil {
		refuse(w, r, err, http.StatusBadRequest)
		return
	}
	r.Form = query
	c, number, err := t.newRelay(r, s)
	if err != nil {
		refuse(w, r, err, http.StatusBadRequest)
		return
	}
	defer c.end()
	stop := make(chan struct{})
	defer close(stop)
	go func() { // the browser has gone, which a stream that says nothing would not notice
		select {
		case <-r.Context().Done():
			c.cancel()
		case <-stop:
		}
	}()
	out := &http.Request{Method: r.Method, Header: header, ContentLength: int64(len(body))}
	if len(body) > 0 || r.Method == http.MethodPost || r.Method == http.MethodPut {
		header.Set("Content-Length", strconv.Itoa(len(body)))
	}
	err = c.connect(u, out)
	if err == nil && len(body) > 0 {
		row := Row{Entry: wire.Entry{Dir: wire.Send, Kind: wire.KindBytes}}
		row.setData(body, true)
		c.emit(row)
		_, err = c.upstream.Write(body)
	}
	if err != nil {
		c.unreachable(w, r, u, err)
		return
	}
	c.relayResponse(w, r, u, number)
}

// unreachable says that the target gave no answer. An EventSource comes back after a connection that failed, but gives
// up for good after an answer that is no event stream: it gets what it would have got without the tap.
func (c *relay) unreachable(w http.ResponseWriter, r *http.Request, u *url.URL, err error) {
	if r.Header.Get("Accept") == "text/event-stream" {
		c.tear(w)
		return
	}
	refuse(w, r, noAnswer(u, err), http.StatusBadGateway)
}

// relayResponse passes the target's answer on, as it comes.
func (c *relay) relayResponse(w http.ResponseWriter, r *http.Request, u *url.URL, number uint64) {
	res, err := http.ReadResponse(bufio.NewReader(c.upstream), &http.Request{Method: r.Method})
	if err != nil {
		c.say(wire.KindEnd, "no answer that is HTTP: %v", err)
		c.unreachable(w, r, u, err)
		return
	}
	defer func() { _ = res.Body.Close() }() // the connection goes as well
	c.emit(responseRow(res, nil))
	for name, values := range res.Header {
		switch name {
		case "Connection", "Content-Length", "Content-Security-Policy", "Set-Cookie", "Keep-Alive":
		default:
			w.Header()[name] = values
		}
	}
	if to := res.Header.Get("Location"); to != "" && res.StatusCode/100 == 3 {
		w.Header().Set("Location", throughTap(r, u, to))
	}
	w.WriteHeader(res.StatusCode)
	out := flushing{w, http.NewResponseController(w)}
	if out.flush() != nil {
		return
	}
	kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type")) // whatever else it is, it is no event stream
	if kind == "text/event-stream" {
		err = c.relayEvents(res.Body, out, number)
	} else {
		err = c.relayBody(res.Body, out, number)
	}
	switch {
	case errors.Is(err, errCut):
		c.say(wire.KindNote, "the tap cuts the stream here")
		c.tear(w)
	case errors.Is(err, io.EOF):
		c.say(wire.KindEnd, "the response has ended")
	case c.ctx.Err() != nil:
		c.say(wire.KindEnd, "the connection has ended")
		c.tear(w)
	default:
		c.say(wire.KindEnd, "the server has gone in the middle of its response: %v", err)
		c.tear(w)
	}
}

// throughTap is where a browser finds what the answer to r, from u, leads it to: a place on the same server through the
// tap again, any other one where it is.
func throughTap(r *http.Request, u *url.URL, location string) string {
	to, err := u.Parse(location)
	if err == nil {
		to, err = target(to.String(), "http")
	}
	if err != nil || !strings.EqualFold(to.Host, u.Host) {
		return location
	}
	query := r.URL.Query()
	query.Set("target", to.String())
	return "?" + query.Encode()
}

// tear ends the connection to the browser without the end of the response.
func (c *relay) tear(w http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = conn.Close() // that is what was asked for
	}
}

// relayEvents decodes an event stream as it passes.
func (c *relay) relayEvents(body io.Reader, out io.Writer, number uint64) error {
	read, write := io.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		decodeEvents(read, c.emit)
	}()
	blank := &blankLines{}
	err := c.pump(c.mangler(out, wire.Receive, number), body, func(p []byte) []int {
		_, _ = write.Write(p) // decodeEvents reads everything
		return blank.feed(p)
	})
	_ = write.Close() // never fails
	<-done
	return err
}

// blankLines finds where events end, so that a stream can be cut there.
type blankLines struct{ last byte }

func (b *blankLines) feed(p []byte) (ends []int) {
	for i, c := range p {
		if c == '\r' {
			continue
		}
		if c == '\n' && b.last == '\n' {
			ends = append(ends, i+1)
		}
		b.last = c
	}
	return ends
}

// relayBody passes on a body that is no event stream, and shows its beginning.
func (c *relay) relayBody(body io.Reader, out io.Writer, number uint64) error {
	var kept bytes.Buffer
	size := 0
	err := c.pump(c.mangler(out, wire.Receive, number), body, func(p []byte) []int {
		size += len(p)
		kept.Write(p[:min(len(p), maxData-kept.Len())])
		return nil
	})
	if size > 0 {
		row := Row{Entry: wire.Entry{Dir: wire.Receive, Kind: wire.KindBytes}}
		row.setData(kept.Bytes(), true)
		row.Length, row.Cut = size, size > kept.Len()
		row.Data = strings.TrimSuffix(row.Data, "\n")
		c.emit(row)
	}
	return err
}

// flushing sends on every write at once.
type flushing struct {
	w  http.ResponseWriter
	rc *http.ResponseController
}

// Write implements io.Writer.
func (f flushing) Write(p []byte) (int, error) {
	n, err := f.w.Write(p)
	if err != nil {
		return n, err
	}
	return n, f.rc.Flush()
}

func (f flushing) flush() error { return f.rc.Flush() }

package wiretest

import (
	"bufio"
	"bytes"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"wirelab/grader/wire"
)

// mode is what the next bytes of one direction are.
type mode int

const (
	head    mode = iota // of a request or a response
	body                // of a known length
	chunked             // in pieces that say how long they are (RFC 9112 §7.1)
	rest                // a body that ends with the connection
	frames              // of WebSocket
	raw                 // of no protocol that is known here
)

// most is how many bytes of something unfinished are kept; whatever grows beyond is shown as it is.
const most = 1 << 20

// half is one direction of a connection. All of it is guarded by the record's mutex.
type half struct {
	dir   wire.Dir
	tap   *tap
	other *half

	mode   mode
	buf    []byte // not understood yet
	left   int    // of a body, or of a chunk
	stream bool   // the body is an event stream
	text   []byte // of the body, as far as it was not shown
}

// feed takes the next bytes, in pieces of any size.
func (h *half) feed(p []byte) {
	h.buf = append(h.buf, p...)
	for len(h.buf) > 0 && h.step() {
	}
	if len(h.buf) > most {
		h.unfinished()
		h.mode = raw
	}
}

// step understands one thing at the beginning of buf. It reports whether there was one.
func (h *half) step() bool {
	switch h.mode {
	case head:
		return h.head()
	case frames:
		return h.frame()
	case chunked:
		return h.chunk()
	case body:
		n := min(h.left, len(h.buf))
		h.take(n)
		if h.left -= n; h.left == 0 {
			h.endBody()
		}
	case rest:
		h.take(len(h.buf))
	case raw:
		h.bytes(h.buf)
		h.buf = nil
	}
	return true
}

// plausible is how a request or a response begins.
var plausible = regexp.MustCompile(`^([A-Z]+ |HTTP/1)`)

func (h *half) head() bool {
	h.buf = bytes.TrimLeft(h.buf, "\r\n") // the end of a chunked body
	end := bytes.Index(h.buf, []byte("\r\n\r\n"))
	if end < 0 {
		if len(h.buf) >= 8 && !plausible.Match(h.buf) {
			h.mode = raw
			return true
		}
		return false
	}
	text := h.buf[:end+4]
	h.buf = h.buf[end+4:]
	if h.dir == wire.Send {
		req, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(text)))
		if err != nil {
			h.bytes(text)
			return true
		}
		h.message(wire.KindRequest, req.Method+" "+req.URL.RequestURI(), req.Header, req.ContentLength, req.TransferEncoding)
		return true
	}
	res, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(text)), nil)
	if err != nil {
		h.bytes(text)
		return true
	}
	h.message(wire.KindResponse, res.Status, res.Header, res.ContentLength, res.TransferEncoding)
	switch {
	case res.StatusCode == http.StatusSwitchingProtocols:
		h.mode, h.other.mode = frames, frames
	case res.StatusCode < 200 || res.StatusCode == http.StatusNoContent || res.StatusCode == http.StatusNotModified:
		h.mode = head
	}
	return true
}

// telling are the headers that say something about a stream or an upgrade.
var telling = []string{"Accept", "Last-Event-Id", "Origin", "Content-Type", "Cache-Control", "Allow"}

// message shows the head of a request or a response, and finds out what follows it.
func (h *half) message(kind wire.Kind, first string, header http.Header, length int64, encoding []string) {
	for _, name := range telling {
		if v := header.Get(name); v != "" {
			first += "\n" + name + ": " + v
		}
	}
	e := wire.Entry{Kind: kind, Data: first, Length: int(max(length, 0))}
	h.add(e)
	h.stream = strings.HasPrefix(header.Get("Content-Type"), "text/event-stream")
	switch {
	case len(encoding) > 0:
		h.mode = chunked
	case length > 0:
		h.mode, h.left = body, int(min(length, 1<<40))
	case length < 0 && kind == wire.KindResponse:
		h.mode = rest
	}
}

// chunk understands a line with a length, or a piece of what was announced.
func (h *half) chunk() bool {
	if h.left > 0 {
		n := min(h.left, len(h.buf))
		h.take(n)
		h.left -= n
		return true
	}
	line, after, ok := bytes.Cut(h.buf, []byte("\r\n"))
	if !ok {
		return false
	}
	switch n, err := strconv.ParseUint(strings.TrimSpace(string(line)), 16, 31); {
	case len(line) == 0: // the end of a piece
	case err != nil:
		h.mode = raw
		return true
	case n == 0:
		h.endBody()
		after = bytes.TrimPrefix(after, []byte("\r\n"))
	default:
		h.left = int(n)
	}
	h.buf = after
	return true
}

// take moves bytes from buf to the body, and shows events that are complete.
func (h *half) take(n int) {
	h.text = append(h.text, h.buf[:n]...)
	h.buf = h.buf[n:]
	if !h.stream {
		if len(h.text) > most {
			h.unfinished()
		}
		return
	}
	for {
		at := blank.FindIndex(h.text)
		if at == nil {
			return
		}
		h.event(h.text[:at[1]])
		h.text = h.text[at[1]:]
	}
}

// blank is the empty line that ends an event.
var blank = regexp.MustCompile(`\r\n\r\n|\n\r?\n|\r\r`)

// event shows what stands between two empty lines of a stream: as it is, if it says nothing to a client.
func (h *half) event(block []byte) {
	reader := wire.NewEventReader(bytes.NewReader(block), len(block))
	some := false
	for {
		b, err := reader.Next()
		if err != nil {
			break
		}
		some = true
		e := wire.Entry{Kind: b.Kind, Event: b.Event.Type, EventID: b.Event.ID}
		e.SetData([]byte(b.Event.Data + b.Text))
		h.add(e)
	}
	if !some && len(bytes.TrimSpace(block)) > 0 {
		h.bytes(block)
	}
}

// frame shows a frame that is complete.
func (h *half) frame() bool {
	size, ok := wire.FrameSize(h.buf)
	if !ok || size > uint64(len(h.buf)) {
		return false
	}
	f, err := wire.ReadFrame(bytes.NewReader(h.buf), int64(size))
	h.buf = h.buf[size:]
	if err != nil {
		h.mode = raw
		return true
	}
	e := wire.Entry{Kind: wire.Kind(f.Opcode.String())}
	e.SetData(f.Payload)
	if code, reason, ok := wire.ParseClose(f.Payload); ok && f.Opcode == wire.OpClose {
		e.Code, e.Data, e.Encoding = code, reason, ""
	}
	if !f.Fin {
		e.Fin = &f.Fin
	}
	h.add(e)
	return true
}

// endBody shows the body that is complete.
func (h *half) endBody() {
	if len(h.text) > 0 {
		h.bytes(h.text)
	}
	h.mode, h.stream, h.text = head, false, nil
}

// unfinished shows what has come of something that has no end yet.
func (h *half) unfinished() {
	text := append(h.text, h.buf...)
	h.text, h.buf = nil, nil
	if len(text) > 0 {
		h.bytes(text)
	}
}

func (h *half) bytes(p []byte) {
	e := wire.Entry{Kind: wire.KindBytes}
	e.SetData(p)
	h.add(e)
}

func (h *half) add(e wire.Entry) {
	e.Conn, e.Dir = h.tap.name, h.dir
	h.tap.record.add(e)
}

package tap

import (
	"bufio"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"wirelab/grader/wire"
)

// A Piece is what went over a connection at once, as somebody else has recorded it.
type Piece struct {
	Time  time.Time
	Conn  string
	Dir   wire.Dir
	Bytes []byte // empty if the direction ended
}

// Transcript decodes recorded connections: rows in the order of their time, the seconds counted from begun.
func Transcript(pieces []Piece, begun time.Time) []Row {
	var names []string
	byConn := map[string]map[wire.Dir][]Piece{}
	for _, p := range pieces {
		if byConn[p.Conn] == nil {
			names = append(names, p.Conn)
			byConn[p.Conn] = map[wire.Dir][]Piece{}
		}
		byConn[p.Conn][p.Dir] = append(byConn[p.Conn][p.Dir], p)
	}
	var rows []Row
	for _, name := range names {
		rows = append(rows, conversation(name, byConn[name][wire.Send], byConn[name][wire.Receive])...)
	}
	slices.SortStableFunc(rows, func(a, b Row) int { return int(1000*a.Time) - int(1000*b.Time) })
	for i := range rows {
		rows[i].N = i + 1
		rows[i].At = max(rows[i].Time-milliseconds(begun), 0) / 1000
	}
	return rows
}

// playback reads the pieces of one direction; now is the time of the last one that was read.
type playback struct {
	pieces []Piece
	now    time.Time
}

// Read implements io.Reader. A piece is never read together with the next.
func (p *playback) Read(b []byte) (int, error) {
	for len(p.pieces) > 0 {
		p.now = p.pieces[0].Time
		n := copy(b, p.pieces[0].Bytes)
		p.pieces[0].Bytes = p.pieces[0].Bytes[n:]
		if len(p.pieces[0].Bytes) == 0 {
			p.pieces = p.pieces[1:]
		}
		if n > 0 {
			return n, nil
		}
	}
	return 0, io.EOF
}

func conversation(name string, sent, received []Piece) []Row {
	var rows []Row
	out, in := &playback{pieces: slices.Clone(sent)}, &playback{pieces: slices.Clone(received)}
	emit := func(p *playback) func(Row) {
		return func(r Row) {
			r.Conn, r.Time = name, milliseconds(p.now)
			rows = append(rows, r)
		}
	}
	var methods []string
	requests := bufio.NewReader(out)
	for {
		r, err := http.ReadRequest(requests)
		if err != nil {
			break
		}
		methods = append(methods, r.Method)
		row := Row{Entry: wire.Entry{Dir: wire.Send, Kind: wire.KindRequest, Length: max(int(r.ContentLength), 0)}}
		row.Data = r.Method + " " + r.URL.RequestURI() + " " + r.Proto + "\nHost: " + r.Host + "\n" + headerLines(r.Header)
		emit(out)(row)
		if strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
			copyFrames(requests, &frames{dir: wire.Send, emit: emit(out)})
			break
		}
		body(r.Body, wire.Send, emit(out))
	}
	responses := bufio.NewReader(in)
	for _, method := range methods {
		res, err := http.ReadResponse(responses, &http.Request{Method: method})
		if err != nil {
			break
		}
		emit(in)(responseRow(res, nil))
		kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type")) // whatever else it is, it is no event stream
		switch {
		case res.StatusCode == http.StatusSwitchingProtocols:
			copyFrames(responses, &frames{dir: wire.Receive, emit: emit(in)})
		case kind == "text/event-stream":
			decodeEvents(res.Body, emit(in))
		default:
			body(res.Body, wire.Receive, emit(in))
		}
	}
	return rows
}

func copyFrames(r io.Reader, d *frames) {
	buf := make([]byte, chunk)
	for {
		n, err := r.Read(buf)
		d.feed(buf[:n])
		if err != nil {
			return
		}
	}
}

func body(r io.Reader, dir wire.Dir, emit func(Row)) {
	text, _ := io.ReadAll(io.LimitReader(r, maxFrame)) // as much as there is
	if len(text) == 0 {
		return
	}
	row := Row{Entry: wire.Entry{Dir: dir, Kind: wire.KindBytes}}
	row.setData(text, true)
	emit(row)
}

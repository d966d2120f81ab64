package probe

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"wirelab/grader/wire"
	"wirelab/lessons"
)

// Event is an event as the standard dispatches it (WHATWG HTML §9.2.6), and when it came.
type Event struct {
	Type string        // "message" where the stream names none
	Data string        // lines joined by "\n"
	ID   string        // the last event ID as of this event
	At   time.Duration // since the test began
}

// Stream is an event stream that the probe reads. Comments and events wait in separate queues: to expect the
// one passes over the other.
type Stream struct {
	Status int
	Header http.Header

	s        *Subject
	name     string
	seq      int
	cancel   context.CancelFunc
	events   *inbox[heard]
	comments *inbox[heard]
}

// heard is one block of an event stream and its place in the transcript.
type heard struct {
	event Event
	text  string
	seq   int
}

// maxEvent bounds a line and an event, in bytes.
const maxEvent = 4 << 20

// EventStream asks for an event stream and returns as soon as the response's header is there; that alone fails
// for a server that does not flush.
func (s *Subject) EventStream(path string, opts ...Option) *Stream {
	s.t.Helper()
	r := s.request(append([]Option{Header("Accept", "text/event-stream")}, opts...))
	st := &Stream{s: s, name: s.name(r, "stream"), events: newInbox[heard](&s.own.held), comments: newInbox[heard](&s.own.held)}
	ctx, cancel := context.WithCancel(context.Background())
	st.cancel = cancel
	s.onEnd(cancel)
	bound := time.AfterFunc(s.bound, cancel)
	what := lessons.Text{
		EN: fmt.Sprintf("the header of a response to %s %s, at once, while the stream goes on", r.method, path),
		ES: fmt.Sprintf("el encabezado de una respuesta a %s %s, enseguida, mientras el flujo sigue", r.method, path),
	}
	resp := s.roundTrip(ctx, st.name, r.method, path, nil, r, what)
	bound.Stop()
	st.Status, st.Header = resp.StatusCode, resp.Header
	st.seq = s.logResponse(st.name, resp, nil)
	done := make(chan struct{})
	s.onEnd(func() { <-done })
	go func() {
		defer close(done)
		defer resp.Body.Close()
		st.read(wire.NewEventReader(resp.Body, maxEvent))
	}()
	return st
}

func (st *Stream) read(er *wire.EventReader) {
	for {
		b, err := er.Next()
		if err != nil {
			why := broken(err)
			if err == context.Canceled {
				why = lessons.Text{EN: "nothing: this side has left", ES: "nada: este lado se fue"}
			}
			seq := st.s.log.add(wire.Entry{Conn: st.name, Dir: wire.Receive, Kind: wire.KindEnd, Data: inLang(why)})
			st.end(ending{text: why, seq: seq, fault: errors.Is(err, wire.ErrTooLong)})
			return
		}
		e := wire.Entry{Conn: st.name, Dir: wire.Receive, Kind: b.Kind}
		h := heard{text: b.Text}
		if b.Kind == wire.KindEvent {
			h.event = Event{Type: b.Event.Type, Data: b.Event.Data, ID: b.Event.ID, At: time.Duration(st.s.log.since() * float64(time.Second))}
			e.Event, e.EventID = b.Event.Type, b.Event.ID
			e.SetData([]byte(b.Event.Data))
		} else {
			e.SetData([]byte(b.Text))
		}
		h.seq = st.s.log.add(e)
		fits := true
		switch b.Kind {
		case wire.KindEvent:
			fits = st.events.put(h, b.Size)
		case wire.KindComment:
			fits = st.comments.put(h, b.Size)
		}
		if !fits {
			st.end(ending{text: tooMuch(), seq: h.seq, fault: true})
			return
		}
	}
}

func (st *Stream) end(e ending) {
	st.events.finish(e)
	st.comments.finish(e)
}

// Within returns the same stream with another bound.
func (st *Stream) Within(d time.Duration) *Stream {
	other := *st
	other.s = st.s.Within(d)
	return &other
}

// ExpectStatus fails unless the response's status is one of these.
func (st *Stream) ExpectStatus(codes ...int) {
	st.s.t.Helper()
	st.s.expectStatus(st.seq, st.Status, codes)
}

// ExpectHeader fails unless the header has the value. A Content-Type may have parameters after it.
func (st *Stream) ExpectHeader(key, value string) {
	st.s.t.Helper()
	st.s.expectHeader(st.seq, st.Header, key, value)
}

// Next waits for the next event, whatever it is.
func (st *Stream) Next() Event {
	st.s.t.Helper()
	return st.next(lessons.Text{EN: "an event on " + st.name, ES: "un evento en " + st.name}).event
}

// Expect waits for the next event and compares it; Type, Data and ID are compared where want names them.
func (st *Stream) Expect(want Event) Event {
	st.s.t.Helper()
	what := lessons.Text{EN: describe("event", want) + " on " + st.name, ES: describe("el evento", want) + " en " + st.name}
	h := st.next(what)
	got := h.event
	if want.Type != "" && got.Type != want.Type || want.Data != "" && got.Data != want.Data || want.ID != "" && got.ID != want.ID {
		st.s.mismatch(h.seq, what, lessons.Text{EN: describe("event", got), ES: describe("el evento", got)})
	}
	return got
}

// ExpectData waits for the next event, which must carry this data, even if it is empty.
func (st *Stream) ExpectData(data string) Event {
	st.s.t.Helper()
	what := lessons.Text{
		EN: fmt.Sprintf("an event with data %s on %s", quote(data), st.name),
		ES: fmt.Sprintf("un evento con los datos %s en %s", quote(data), st.name),
	}
	h := st.next(what)
	if h.event.Data != data {
		st.s.mismatch(h.seq, what, lessons.Text{EN: describe("event", h.event), ES: describe("el evento", h.event)})
	}
	return h.event
}

// ExpectComment waits for a comment and returns its text; events before it stay in their queue.
func (st *Stream) ExpectComment() string {
	st.s.t.Helper()
	what := lessons.Text{EN: "a comment on " + st.name, ES: "un comentario en " + st.name}
	h, end, v := st.comments.take(st.s.deadline())
	st.s.settle(v, what, end)
	return h.text
}

// ExpectEnd waits for the server to end the stream; an event that comes instead is a failure.
func (st *Stream) ExpectEnd() {
	st.s.t.Helper()
	what := lessons.Text{EN: "the end of " + st.name, ES: "el final de " + st.name}
	h, end, v := st.events.take(st.s.deadline())
	switch {
	case v == met:
		st.s.mismatch(h.seq, what, lessons.Text{EN: describe("event", h.event), ES: describe("el evento", h.event)})
	case v == unmet, end.fault:
		st.s.settle(v, what, end)
	}
}

// Close leaves: the connection is closed, as when somebody closes the tab.
func (st *Stream) Close() {
	st.s.log.add(wire.Entry{Conn: st.name, Dir: wire.Send, Kind: wire.KindNote, Data: inLang(lessons.Text{EN: "leaves", ES: "se va"})})
	st.cancel()
}

func (st *Stream) next(what lessons.Text) heard {
	st.s.t.Helper()
	h, end, v := st.events.take(st.s.deadline())
	st.s.settle(v, what, end)
	return h
}

// settle fails for any verdict but met.
func (s *Subject) settle(v verdict, what lessons.Text, end ending) {
	s.t.Helper()
	switch v {
	case unmeetable:
		s.mismatch(end.seq, what, end.text)
	case unmet:
		s.unmet(what)
	}
}

func describe(what string, e Event) string {
	if e.Type != "" && e.Type != "message" {
		what += " " + e.Type
	}
	if e.ID != "" {
		what += " id " + quote(e.ID)
	}
	return what + " " + quote(e.Data)
}

package probe_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"wirelab/grader/probe"
)

func TestEventStream(t *testing.T) {
	s := probe.Start(t)
	st := s.EventStream("/events")
	st.ExpectStatus(200)
	st.ExpectHeader("Content-Type", "text/event-stream")
	require.Equal(t, "hi", st.ExpectComment())
	require.Equal(t, "bye", st.ExpectComment(), "comments come past the events, which stay")
	first := st.Expect(probe.Event{Data: "one"})
	require.Equal(t, "message", first.Type)
	require.Positive(t, first.At)
	st.Expect(probe.Event{Type: "join", ID: "2"})
	require.Equal(t, "2", st.ExpectData("").ID)
	st.ExpectEnd()
}

func TestLeavingAnEventStream(t *testing.T) {
	s := probe.Start(t)
	st := s.EventStream("/open")
	require.Equal(t, "one", st.Next().Data)
	require.Equal(t, 1, s.OpenConns())
	st.Close()
	s.Eventually("the subject to let go of who left", "que el ejercicio suelte a quien se fue", func() bool { return s.OpenConns() == 0 })
}

func eventVictims() map[string]victim {
	one := func(f func(st *probe.Stream)) func(s *probe.Subject) {
		return func(s *probe.Subject) { f(s.EventStream("/", probe.As("ana"))) }
	}
	return map[string]victim{
		"stream: no flush": {
			subject: func(w http.ResponseWriter, r *http.Request) {
				_, _ = w.Write([]byte("data: x\n\n"))
				<-r.Context().Done()
			},
			test: func(s *probe.Subject) { s.Within(short).EventStream("/") }, bound: true,
			en: "expected  the header of a response to GET /, at once, while the stream goes on\ngot       nothing within 60ms",
			es: "se esperaba  el encabezado de una respuesta a GET /, enseguida, mientras el flujo sigue\nllegó        nada en 60ms",
		},
		"stream: status": {
			subject: http.NotFound, test: one(func(st *probe.Stream) { st.ExpectStatus(200) }),
			en:    "expected  status 200 OK\ngot       404 Not Found",
			es:    "se esperaba  el estado 200 OK\nllegó        404 Not Found",
			wrong: "response 404 404 Not Found\nContent-Type: text/plain; charset=utf-8",
		},
		"stream: other data": {
			subject: streams("event: leave\nid: 4\ndata: a\ndata: b\n\n", false),
			test:    one(func(st *probe.Stream) { st.ExpectData("a") }),
			en:      "expected  an event with data \"a\" on ana\ngot       event leave id \"4\" \"a\\nb\"",
			es:      "se esperaba  un evento con los datos \"a\" en ana\nllegó        el evento leave id \"4\" \"a\\nb\"",
			wrong:   "event a\nb",
		},
		"stream: other type": {
			subject: streams("data: a\n\n", false),
			test:    one(func(st *probe.Stream) { st.Expect(probe.Event{Type: "join", Data: "a"}) }),
			en:      "expected  event join \"a\" on ana\ngot       event \"a\"",
			es:      "se esperaba  el evento join \"a\" en ana\nllegó        el evento \"a\"",
			wrong:   "event a",
		},
		"stream: other id": {
			subject: streams("id: 1\ndata: a\n\n", false),
			test:    one(func(st *probe.Stream) { st.Expect(probe.Event{ID: "2", Data: "a"}) }),
			en:      "expected  event id \"2\" \"a\" on ana\ngot       event id \"1\" \"a\"",
			es:      "se esperaba  el evento id \"2\" \"a\" en ana\nllegó        el evento id \"1\" \"a\"",
			wrong:   "event a",
		},
		"stream: nothing more": {
			subject: streams("data: a\n\n", false), test: one(func(st *probe.Stream) { st.Next(); st.Within(short).Next() }), bound: true,
			en: "expected  an event on ana\ngot       nothing within 60ms",
			es: "se esperaba  un evento en ana\nllegó        nada en 60ms",
		},
		"stream: ends early": {
			subject: streams("data: a\n\ndata: no empty line after this\n", true),
			test:    one(func(st *probe.Stream) { st.Next(); st.Next() }),
			en:      "expected  an event on ana\ngot       the end of the connection",
			es:      "se esperaba  un evento en ana\nllegó        el fin de la conexión",
			wrong:   "end the end of the connection",
		},
		"stream: no comment before the end": {
			subject: streams("data: a\n\n", true), test: one(func(st *probe.Stream) { st.ExpectComment() }),
			en:    "expected  a comment on ana\ngot       the end of the connection",
			es:    "se esperaba  un comentario en ana\nllegó        el fin de la conexión",
			wrong: "end the end of the connection",
		},
		"stream: an event instead of the end": {
			subject: streams("data: a\n\n", true), test: one(func(st *probe.Stream) { st.ExpectEnd() }),
			en:    "expected  the end of ana\ngot       event \"a\"",
			es:    "se esperaba  el final de ana\nllegó        el evento \"a\"",
			wrong: "event a",
		},
		"stream: no end": {
			subject: streams("", false), test: one(func(st *probe.Stream) { st.Within(short).ExpectEnd() }), bound: true,
			en: "expected  the end of ana\ngot       nothing within 60ms",
			es: "se esperaba  el final de ana\nllegó        nada en 60ms",
		},
		"stream: who has left hears nothing": {
			subject: streams("data: a\n\n", false), test: one(func(st *probe.Stream) { st.Next(); st.Close(); st.Next() }),
			en:    "expected  an event on ana\ngot       nothing: this side has left",
			es:    "se esperaba  un evento en ana\nllegó        nada: este lado se fue",
			wrong: "end nothing: this side has left",
		},
		"stream: a line that never ends": {
			subject: func(w http.ResponseWriter, _ *http.Request) {
				_ = http.NewResponseController(w).Flush()
				for line := []byte(strings.Repeat("x", 64<<10)); ; {
					if _, err := w.Write(line); err != nil {
						return
					}
				}
			},
			slow:  true,
			test:  func(s *probe.Subject) { s.Within(time.Minute).EventStream("/", probe.As("ana")).ExpectEnd() },
			en:    "expected  the end of ana\ngot       more than the checker takes: longer than the reader takes",
			es:    "se esperaba  el final de ana\nllegó        más de lo que acepta quien comprueba: longer than the reader takes",
			wrong: "end more than the checker takes: longer than the reader takes",
		},
	}
}

package probe_test

import (
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"wirelab/grader/probe"
)

// good is the subject of the tests that must pass: what is right, each on its path.
func good() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/mirror", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("X-Asked", r.Method+" "+r.Header.Get("X-Ask")+" "+r.Header.Get("Origin"))
		w.WriteHeader(http.StatusTeapot)
		_, _ = w.Write(body)
	})
	mux.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/mirror", http.StatusFound) })
	mux.HandleFunc("/call", calls)
	mux.HandleFunc("/events", streams("\uFEFF: hi\nretry: 5\n\ndata: one\n\nevent: join\nid: 2\ndata: a\ndata: b\n\ndata\n\n: bye\n\n", true))
	mux.HandleFunc("/open", streams("data: one\n\n", false))
	mux.HandleFunc("/ws", upgrade(converse))
	mux.HandleFunc("/chat", upgradeWith(probe.Accept, "Sec-WebSocket-Protocol: chat.v2\r\n", converse))
	return mux
}

func TestRequests(t *testing.T) {
	s := probe.Start(t)
	body := probe.Text(3000)
	r := s.Do("PUT", "/mirror", []byte(body), probe.Header("X-Ask", "why"), probe.Origin("http://a.example"))
	r.ExpectStatus(200, 418)
	r.ExpectHeader("Content-Type", "text/plain")
	r.ExpectHeader("Content-Type", "text/plain; charset=utf-8")
	r.ExpectHeader("x-asked", "PUT why http://a.example")
	require.Equal(t, body, r.Body)

	r = s.Get("/moved")
	r.ExpectStatus(http.StatusFound) // a redirect is an answer, not an order
	r.ExpectHeader("Location", "/mirror")

	resp, err := s.Client().Get(s.URL("/mirror"))
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusTeapot, resp.StatusCode)
	s.Eventually("the connections to be let go", "que se suelten las conexiones", func() bool { return s.OpenConns() == 0 })
}

func TestRaw(t *testing.T) {
	s := probe.Start(t)
	raw := s.Raw()
	raw.Write([]byte("GET /moved HTTP/1.1\r\nHost: x\r\n\r\n"))
	require.Equal(t, "HTTP/1.1 302 Found\r\n", raw.ReadUntil("\n"))
	require.Contains(t, raw.ReadUntil("\r\n\r\n"), "Location: /mirror\r\n")
	require.Equal(t, "<a h", string(raw.ReadN(4)))
	require.Equal(t, `ref="/mirror">`, raw.ReadUntil(">"))
	raw.Write([]byte("nonsense\r\n\r\n"))
	require.Contains(t, raw.ReadUntil(" 400 "), "HTTP/1.1 400 ")
	raw.ExpectEnd()
}

func httpVictims() map[string]victim {
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code); fmt.Fprint(w, "no") }
	}
	cuts := func(w http.ResponseWriter, _ *http.Request) { hijack(w).Close() }
	return map[string]victim{
		"status": {
			subject: status(404), test: func(s *probe.Subject) { s.Get("/").ExpectStatus(200, 204) },
			en:    "expected  status 200 OK or 204 No Content\ngot       404 Not Found",
			es:    "se esperaba  el estado 200 OK o 204 No Content\nllegó        404 Not Found",
			wrong: "response 404 404 Not Found\nContent-Type: text/plain; charset=utf-8\n\nno",
		},
		"no header": {
			subject: status(200), test: func(s *probe.Subject) { s.Get("/").ExpectHeader("Cache-Control", "no-cache") },
			en:    "expected  the header Cache-Control: no-cache\ngot       no such header",
			es:    "se esperaba  el encabezado Cache-Control: no-cache\nllegó        ningún encabezado con ese nombre",
			wrong: "response 200 200 OK\nContent-Type: text/plain; charset=utf-8\n\nno",
		},
		"another header": {
			subject: streams("", true),
			test:    func(s *probe.Subject) { s.Get("/").ExpectHeader("Content-Type", "text/event") },
			en:      "expected  the header Content-Type: text/event\ngot       Content-Type: text/event-stream",
			es:      "se esperaba  el encabezado Content-Type: text/event\nllegó        Content-Type: text/event-stream",
			wrong:   "response 200 200 OK\nContent-Type: text/event-stream",
		},
		"no response": {
			subject: hangs, test: func(s *probe.Subject) { s.Within(short).Get("/here") }, bound: true,
			en: "expected  a response to GET /here\ngot       nothing within 60ms",
			es: "se esperaba  una respuesta a GET /here\nllegó        nada en 60ms",
		},
		"a response that does not end": {
			subject: streams("data: x\n\n", false),
			test:    func(s *probe.Subject) { s.Within(short).Do("POST", "/here", []byte("x")) }, bound: true,
			en: "expected  the end of a response to POST /here\ngot       nothing within 60ms",
			es: "se esperaba  el final de una respuesta a POST /here\nllegó        nada en 60ms",
		},
		"a cut instead of a response": {
			subject: cuts, test: func(s *probe.Subject) { s.Get("/") },
			en:    "expected  a response to GET /\ngot       the end of the connection",
			es:    "se esperaba  una respuesta a GET /\nllegó        el fin de la conexión",
			wrong: "end the end of the connection",
		},
		"a body that is cut": {
			subject: func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Length", "10")
				fmt.Fprint(w, "123")
			},
			test:  func(s *probe.Subject) { s.Get("/") },
			en:    "expected  a response to GET /\ngot       the end of the connection, in the middle of something",
			es:    "se esperaba  una respuesta a GET /\nllegó        el fin de la conexión, a medio camino",
			wrong: "response 200 200 OK\nContent-Type: text/plain; charset=utf-8\n\n123",
		},
		"raw: nothing": {
			subject: hangs, test: func(s *probe.Subject) { s.Within(short).Raw(probe.As("ana")).ReadN(3) }, bound: true,
			en: "expected  3 bytes on ana\ngot       nothing within 60ms",
			es: "se esperaba  3 bytes en ana\nllegó        nada en 60ms",
		},
		"raw: the end": {
			subject: cuts,
			test: func(s *probe.Subject) {
				r := s.Raw()
				r.Write([]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
				r.ReadUntil("\r\n")
			},
			en:    "expected  bytes that end with \"\\r\\n\" on raw1\ngot       the end of the connection",
			es:    "se esperaba  bytes que terminan con \"\\r\\n\" en raw1\nllegó        el fin de la conexión",
			wrong: "end the end of the connection",
		},
		"raw: no end": {
			subject: hangs, test: func(s *probe.Subject) { s.Within(short).Raw().ExpectEnd() }, bound: true,
			en: "expected  the end of raw1\ngot       nothing within 60ms",
			es: "se esperaba  el final de raw1\nllegó        nada en 60ms",
		},
		"raw: one byte at a time": {
			subject: dribbles, bound: true,
			test: func(s *probe.Subject) {
				r := s.Within(short).Raw()
				r.Write([]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
				r.ReadUntil("end")
			},
			en: "expected  bytes that end with \"end\" on raw1\ngot       nothing within 60ms",
			es: "se esperaba  bytes que terminan con \"end\" en raw1\nllegó        nada en 60ms",
		},
	}
}

// dribbles sends a byte now and then, for ever, to whatever asks.
func dribbles(w http.ResponseWriter, _ *http.Request) {
	p := hijack(w)
	defer p.Close()
	for tick := time.NewTicker(short / 6); ; <-tick.C {
		if _, err := p.Write([]byte(".")); err != nil {
			return
		}
	}
}

package probe_test

import (
	"io"
	"net/http"
	"sync"
	"time"

	websocket "github.com/gorilla/websocket"

	"wirelab/grader/probe"
)

// toGorilla is a test with the client of a library that waits for ever unless it is told not to.
func toGorilla(d time.Duration) func(*probe.Subject) {
	return func(s *probe.Subject) {
		_, _, err := s.Within(d).Gorilla("/").ReadMessage()
		s.Failf("read: %v", "lectura: %v", err)
	}
}

// half is a subject that never closes its connection. What it says is, to a handshake, what belongs there first; when it
// speaks, and what it does with the connection besides, is how's business.
func half(says string, how func(p *peer, speak func())) http.HandlerFunc {
	var mu sync.Mutex
	var kept []*peer // else the collector would close them
	return func(w http.ResponseWriter, r *http.Request) {
		p := hijack(w)
		mu.Lock()
		kept = append(kept, p)
		mu.Unlock()
		how(p, func() {
			if key := r.Header.Get("Sec-WebSocket-Key"); key != "" {
				p.switches(probe.Accept(key), "")
			}
			_, _ = io.WriteString(p, says) // the test sees what did not come
		})
	}
}

// saysNoMore ends one direction when it has spoken, and still takes whatever comes until the client is gone.
func saysNoMore(p *peer, speak func()) {
	speak()
	_ = p.Conn.(interface{ CloseWrite() error }).CloseWrite() // likewise
	_, _ = io.Copy(io.Discard, p.r)
}

// takesNoMore ends the other one before it speaks: a client that is stuck in a write by then is told nothing.
func takesNoMore(p *peer, speak func()) {
	_ = p.Conn.(interface{ CloseRead() error }).CloseRead() // likewise
	speak()
}

// leaves lets the connection stand, and neither reads nor writes any more.
func leaves(_ *peer, speak func()) { speak() }

// halfSieges are connections of which one half is gone, or nobody's.
func halfSieges(hostile func(http.HandlerFunc, func(*probe.Subject), string, string) victim) map[string]victim {
	const events = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
	const end, fin = "the end of the connection", "el fin de la conexión"
	const cut, cortada = "a connection that the subject had cut", "una conexión que el ejercicio había cortado"
	const nothing, nada = "nothing within 500ms", "nada en 500ms"
	const late = "i/o timeout"
	large := make([]byte, 8<<20)
	send := func(d time.Duration) func(*probe.Subject) { // as much as no buffer holds
		return func(s *probe.Subject) {
			for c := s.Within(d).WebSocket("/"); ; {
				c.SendBinary(large)
			}
		}
	}
	post := func(d time.Duration) func(*probe.Subject) {
		return func(s *probe.Subject) { s.Within(d).Do(http.MethodPost, "/", large) }
	}
	write := func(d time.Duration) func(*probe.Subject) {
		return func(s *probe.Subject) {
			r := s.Within(d).Raw()
			r.Write([]byte("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n"))
			for r.ReadUntil("go on"); ; {
				r.Write(large)
			}
		}
	}
	pong := func(s *probe.Subject) {
		c := s.Within(patient).WebSocket("/")
		c.SendPing([]byte("x")) // which it takes
		c.ExpectPong([]byte("x"))
	}
	goodbye := func(s *probe.Subject) { s.Within(patient).WebSocket("/").Close() }
	return map[string]victim{
		"says no more, in a header":         hostile(half("HTTP/1.1 200 OK\r\nX: x", saysNoMore), func(s *probe.Subject) { s.Within(patient).Get("/") }, end, fin),
		"says no more, in a body":           hostile(half("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx", saysNoMore), func(s *probe.Subject) { s.Within(patient).Get("/") }, end, fin),
		"says no more, while it is sent to": hostile(half("", saysNoMore), post(patient), end, fin),
		"says no more, after the handshake": hostile(half("", saysNoMore), pong, end, fin),
		"says no more, in a frame":          hostile(half("\x82\x7e\xff\xffx", saysNoMore), pong, end, fin),
		"says no more, at a goodbye":        hostile(half("", saysNoMore), goodbye, end, fin),
		"says no more, in an event":         hostile(half(events+"data: x\n", saysNoMore), func(s *probe.Subject) { s.Within(patient).EventStream("/").Next() }, end, fin),
		"says no more, to gorilla":          hostile(half("", saysNoMore), toGorilla(patient), "EOF", "EOF"),
		"takes no more, of messages":        hostile(half("", takesNoMore), send(patient), cut, cortada),
		"takes no more, of raw bytes":       hostile(half("go on", takesNoMore), write(patient), cut, cortada),
		"never reads, never closes":         hostile(half("", leaves), send(brief), nothing, nada),
		"never reads, a request":            hostile(half("", leaves), post(brief), nothing, nada),
		"never reads, raw bytes":            hostile(half("go on", leaves), write(brief), nothing, nada),
		"never reads, a goodbye":            hostile(half("", leaves), func(s *probe.Subject) { s.Within(brief).WebSocket("/").Close() }, nothing, nada),
		"never answers gorilla":             hostile(half("", leaves), toGorilla(brief), late, late),
		"never reads what gorilla sends": hostile(half("", leaves), func(s *probe.Subject) {
			for c := s.Within(brief).Gorilla("/"); ; {
				if err := c.WriteMessage(websocket.BinaryMessage, large); err != nil {
					s.Failf("write: %v", "escritura: %v", err)
				}
			}
		}, late, late),
	}
}

package probe_test

import (
	"encoding/hex"
	"net/http"
	"time"

	gorilla "github.com/gorilla/websocket"

	"wirelab/grader/probe"
	"wirelab/grader/wire"
)

// clientVictims fail with the clients of the libraries in between.
func clientVictims() map[string]victim {
	refuses := func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusForbidden) }
	return map[string]victim{
		"gorilla: refused": {
			subject: refuses, test: func(s *probe.Subject) { s.Gorilla("/ws") },
			en:    "expected  101 Switching Protocols to the handshake on /ws\ngot       403 Forbidden",
			es:    "se esperaba  101 Switching Protocols al saludo en /ws\nllegó        403 Forbidden",
			wrong: "end 403 Forbidden",
		},
		"coder: refused": {
			subject: refuses, test: func(s *probe.Subject) { s.Coder("/ws") },
			en:    "expected  101 Switching Protocols to the handshake on /ws\ngot       403 Forbidden",
			es:    "se esperaba  101 Switching Protocols al saludo en /ws\nllegó        403 Forbidden",
			wrong: "end 403 Forbidden",
		},
		"gorilla: unanswered": {
			subject: hangs, bound: true, test: func(s *probe.Subject) { s.Within(short).Gorilla("/ws") },
			en: "expected  101 Switching Protocols to the handshake on /ws\ngot       nothing within 60ms",
			es: "se esperaba  101 Switching Protocols al saludo en /ws\nllegó        nada en 60ms",
		},
		"coder: unanswered": {
			subject: hangs, bound: true, test: func(s *probe.Subject) { s.Within(short).Coder("/ws") },
			en: "expected  101 Switching Protocols to the handshake on /ws\ngot       nothing within 60ms",
			es: "se esperaba  101 Switching Protocols al saludo en /ws\nllegó        nada en 60ms",
		},
		"gorilla: silent": {
			subject: upgrade((*peer).wait), bound: true,
			test: func(s *probe.Subject) {
				c := s.Gorilla("/ws")
				_ = c.SetReadDeadline(time.Now().Add(short))
				_, _, err := c.ReadMessage()
				s.Failf("an echo%.0v", "un eco%.0v", err) // there are addresses in it
			},
			en: "an echo", es: "un eco",
		},
		"gorilla: what went over the wire": { // see TestTap
			subject: sends(frame(wire.OpPing, "p"), frame(wire.OpText, string(make([]byte, 70_000))), frame(wire.OpClose, "\x03\xe8bye")),
			test: func(s *probe.Subject) {
				c := s.Gorilla("/ws", probe.As("g"))
				_ = c.WriteMessage(gorilla.BinaryMessage, []byte("hello"))
				for err := error(nil); err == nil; {
					_, _, err = c.ReadMessage()
				}
				s.Failf("seen %d", "visto %d", 1)
			},
			en: "seen 1", es: "visto 1",
		},
	}
}

// otherVictims fail by what is no expectation on a connection.
func otherVictims() map[string]victim {
	ok := func(http.ResponseWriter, *http.Request) {}
	return map[string]victim{
		"failf": {
			subject: ok, test: func(s *probe.Subject) {
				s.Failf("expected  %d\ngot       %d", "se esperaba  %d\nllegó        %d", 1, 2)
			},
			en: "expected  1\ngot       2", es: "se esperaba  1\nllegó        2",
		},
		"latef": {
			subject: ok, bound: true, test: func(s *probe.Subject) { s.Latef("%d s", "%d segundos", 5) },
			en: "5 s", es: "5 segundos",
		},
		"eventually": {
			subject: ok, bound: true,
			test: func(s *probe.Subject) {
				s.Within(short).Eventually("pigs that fly", "cerdos que vuelan", func() bool { return false })
			},
			en: "expected  pigs that fly\ngot       nothing of the kind within 60ms",
			es: "se esperaba  cerdos que vuelan\nllegó        nada parecido en 60ms",
		},
		"together": {
			subject: ok,
			test: func(s *probe.Subject) {
				s.Together(3, func(i int) {
					if i == 1 {
						s.Failf("the second of %d", "el segundo de %d", 3)
					}
				})
				s.Failf("too late", "demasiado tarde")
			},
			en: "the second of 3", es: "el segundo de 3",
		},
		"the first failure counts": {
			subject: sends(frame(wire.OpText, "no")),
			test: func(s *probe.Subject) {
				s.Together(1, func(int) { s.WebSocket("/", probe.As("ana")).ExpectText("yes") })
			},
			en:    "expected  text \"yes\" on ana\ngot       text \"no\"",
			es:    "se esperaba  text \"yes\" en ana\nllegó        text \"no\"",
			wrong: "text no",
		},
	}
}

// floodVictims fail on subjects that send more than anybody can hold.
func floodVictims() map[string]victim {
	flood := func(first, then wire.Frame) http.HandlerFunc {
		start, more := wire.AppendFrame(nil, first), wire.AppendFrame(nil, then)
		return upgrade(func(p *peer) {
			_, err := p.Write(start)
			for err == nil {
				_, err = p.Write(more)
			}
		})
	}
	asks := func(s *probe.Subject) {
		s.Within(time.Minute).WebSocket("/ws", probe.As("ana")).ExpectPong([]byte("never"))
	}
	drains := func(s *probe.Subject) { s.Within(time.Minute).WebSocket("/ws", probe.As("ana")).Drain() }
	drowns := func(f http.HandlerFunc, en, es, wrong string) victim {
		return victim{
			subject: f, test: asks, wrong: wrong, slow: true,
			en: "expected  pong \"never\" on ana\ngot       " + en,
			es: "se esperaba  pong \"never\" en ana\nllegó        " + es,
		}
	}
	const en, es = "more than 64 MiB that nobody had asked for", "más de 64 MiB que nadie había pedido"
	zeros := make([]byte, 1<<20)
	binary, text := frame(wire.OpBinary, string(zeros)), frame(wire.OpText, "")
	piece := wire.Frame{Opcode: wire.OpContinuation, Payload: zeros}
	const long = "longer than the reader takes: continuation frame of 1048576 bytes, limit 125"
	const longer = "longer than the reader takes: binary frame of 9223372036854775808 bytes, limit 16777216"
	claims := upgrade(func(p *peer) {
		_, _ = p.Write([]byte("\x82\x7f\x80\x00\x00\x00\x00\x00\x00\x00and so on"))
		p.wait()
	})
	const more, más = "more than the checker takes: ", "más de lo que acepta quien comprueba: "
	return map[string]victim{
		"flood: messages": drowns(flood(binary, binary), en, es, "binary "+hex.EncodeToString(zeros[:wire.MaxData/2])),
		"flood: drained": {
			subject: flood(binary, binary), test: drains, slow: true,
			en: "expected  the end of ana\ngot       " + en, es: "se esperaba  el final de ana\nllegó        " + es,
			wrong: "binary " + hex.EncodeToString(zeros[:wire.MaxData/2]),
		},
		"flood: empty messages":    drowns(flood(text, text), en, es, "text"),
		"flood: fragments":         drowns(flood(wire.Frame{Opcode: wire.OpBinary}, piece), more+long, más+long, "end "+more+long),
		"flood: a frame of 2^63 B": drowns(claims, more+longer, más+longer, "end "+more+longer),
	}
}

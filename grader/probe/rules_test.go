package probe_test

import (
	"fmt"
	"net/http"
	"strings"

	"wirelab/grader/probe"
	"wirelab/grader/wire"
)

// socketVictims fail on what was said over a WebSocket, all of it well said.
func socketVictims() map[string]victim {
	one := func(f func(c *probe.Conn)) func(s *probe.Subject) {
		return func(s *probe.Subject) { f(s.WebSocket("/ws", probe.As("ana"))) }
	}
	text := func(s string) wire.Frame { return frame(wire.OpText, s) }
	closing := func(code int, reason string) wire.Frame {
		return frame(wire.OpClose, string(wire.ClosePayload(code, reason)))
	}
	return map[string]victim{
		"ws: refused": {
			subject: func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "who are you?", http.StatusForbidden) },
			test:    one(func(*probe.Conn) {}),
			en:      "expected  101 Switching Protocols to the handshake on /ws\ngot       403 Forbidden \"who are you?\\n\"",
			es:      "se esperaba  101 Switching Protocols al saludo en /ws\nllegó        403 Forbidden \"who are you?\\n\"",
			wrong:   "response 403 403 Forbidden\nContent-Type: text/plain; charset=utf-8",
		},
		"ws: no answer to the handshake": {
			subject: hangs, test: func(s *probe.Subject) { s.Within(short).Handshake("/ws") }, bound: true,
			en: "expected  a response to the handshake on /ws\ngot       nothing within 60ms",
			es: "se esperaba  una respuesta al saludo en /ws\nllegó        nada en 60ms",
		},
		"ws: a stream instead of a handshake": {
			subject: streams("data: x\n\n", false), test: one(func(*probe.Conn) {}),
			en:    "expected  101 Switching Protocols to the handshake on /ws\ngot       200 OK \"data: x\\n\\n\"",
			es:    "se esperaba  101 Switching Protocols al saludo en /ws\nllegó        200 OK \"data: x\\n\\n\"",
			wrong: "response 200 200 OK\nContent-Type: text/event-stream",
		},
		"ws: other text": {
			subject: sends(text("¡no!")), test: one(func(c *probe.Conn) { c.ExpectText("¡sí!") }),
			en:    "expected  text \"¡sí!\" on ana\ngot       text \"¡no!\"",
			es:    "se esperaba  text \"¡sí!\" en ana\nllegó        text \"¡no!\"",
			wrong: "text ¡no!",
		},
		"ws: binary for text": {
			subject: sends(frame(wire.OpBinary, "same")), test: one(func(c *probe.Conn) { c.ExpectText("same") }),
			en:    "expected  text \"same\" on ana\ngot       binary \"same\"",
			es:    "se esperaba  text \"same\" en ana\nllegó        binary \"same\"",
			wrong: "binary same",
		},
		"ws: text for binary": {
			subject: sends(text(strings.Repeat("x", 81))), test: one(func(c *probe.Conn) { c.ExpectBinary([]byte{0xff}) }),
			en:    fmt.Sprintf("expected  binary \"\\xff\" on ana\ngot       text \"%s\"… (81 bytes)", strings.Repeat("x", 80)),
			es:    fmt.Sprintf("se esperaba  binary \"\\xff\" en ana\nllegó        text \"%s\"… (81 bytes)", strings.Repeat("x", 80)),
			wrong: "text " + strings.Repeat("x", 81),
		},
		"ws: nothing": {
			subject: sends(), test: one(func(c *probe.Conn) { c.Within(short).ExpectText("hello") }), bound: true,
			en: "expected  text \"hello\" on ana\ngot       nothing within 60ms",
			es: "se esperaba  text \"hello\" en ana\nllegó        nada en 60ms",
		},
		"ws: close instead of a message": {
			subject: sends(closing(1011, "oh no")), test: one(func(c *probe.Conn) { c.Next() }),
			en:    "expected  a message on ana\ngot       close 1011 \"oh no\"",
			es:    "se esperaba  un mensaje en ana\nllegó        close 1011 \"oh no\"",
			wrong: "close 1011 oh no",
		},
		"ws: close instead of a pong": {
			subject: sends(closing(1000, "")), test: one(func(c *probe.Conn) { c.ExpectPong(nil) }),
			en:    "expected  pong \"\" on ana\ngot       close 1000",
			es:    "se esperaba  pong \"\" en ana\nllegó        close 1000",
			wrong: "close 1000",
		},
		"ws: other close code": {
			subject: sends(closing(1000, "")), test: one(func(c *probe.Conn) { c.ExpectClose(1008, 1009) }),
			en:    "expected  close 1008 or 1009 on ana\ngot       close 1000",
			es:    "se esperaba  close 1008 o 1009 en ana\nllegó        close 1000",
			wrong: "close 1000",
		},
		"ws: no close code": {
			subject: sends(frame(wire.OpClose, "")), test: one(func(c *probe.Conn) { c.ExpectClose(1000) }),
			en:    "expected  close 1000 on ana\ngot       a close frame without a code",
			es:    "se esperaba  close 1000 en ana\nllegó        un cierre sin código",
			wrong: "close 1005",
		},
		"ws: a message instead of a close": {
			subject: sends(text("more")), test: one(func(c *probe.Conn) { c.ExpectClose() }),
			en:    "expected  close on ana\ngot       text \"more\"",
			es:    "se esperaba  close en ana\nllegó        text \"more\"",
			wrong: "text more",
		},
		"ws: cut": {
			subject: upgrade(func(*peer) {}), test: one(func(c *probe.Conn) { c.ExpectClose() }),
			en:    "expected  close on ana\ngot       the end of the connection",
			es:    "se esperaba  close en ana\nllegó        el fin de la conexión",
			wrong: "end the end of the connection",
		},
		"ws: cut within a frame": {
			subject: upgrade(func(p *peer) { _, _ = p.Write([]byte("\x81\x05hel")) }), test: one(func(c *probe.Conn) { c.ExpectText("hello") }),
			en:    "expected  text \"hello\" on ana\ngot       the end of the connection, in the middle of something",
			es:    "se esperaba  text \"hello\" en ana\nllegó        el fin de la conexión, a medio camino",
			wrong: "end the end of the connection, in the middle of something",
		},
		"ws: a message instead of the end": {
			subject: sends(text("more")), test: one(func(c *probe.Conn) { c.ExpectEnd() }),
			en:    "expected  the end of ana\ngot       text \"more\"",
			es:    "se esperaba  el final de ana\nllegó        text \"more\"",
			wrong: "text more",
		},
		"ws: close, and no end": {
			subject: sends(closing(1000, "")), test: one(func(c *probe.Conn) { c.Within(short).ExpectEnd() }), bound: true,
			en: "expected  the end of ana\ngot       nothing within 60ms",
			es: "se esperaba  el final de ana\nllegó        nada en 60ms",
		},
		"ws: no ping": {
			subject: sends(frame(wire.OpPong, "not that")), test: one(func(c *probe.Conn) { c.Within(short).ExpectPing() }), bound: true,
			en: "expected  a ping on ana\ngot       nothing within 60ms",
			es: "se esperaba  un ping en ana\nllegó        nada en 60ms",
		},
		"ws: other pong": {
			subject: sends(frame(wire.OpPong, "other")), test: one(func(c *probe.Conn) { c.ExpectPong([]byte("mine")) }),
			en:    "expected  pong \"mine\" on ana\ngot       pong \"other\"",
			es:    "se esperaba  pong \"mine\" en ana\nllegó        pong \"other\"",
			wrong: "pong other",
		},
		"ws: goodbye without an answer": {
			subject: sends(), test: one(func(c *probe.Conn) { c.Within(short).Close() }), bound: true,
			en: "expected  the answer to a close frame on ana\ngot       nothing within 60ms",
			es: "se esperaba  la respuesta a un cierre en ana\nllegó        nada en 60ms",
		},
		"ws: nobody reads": {
			subject: neverReads, bound: true,
			test: one(func(c *probe.Conn) {
				c.ExpectText("go on")
				for {
					c.Within(short).SendBinary(make([]byte, 1<<20))
				}
			}),
			en: "expected  a connection that takes what ana sends\ngot       nothing within 60ms",
			es: "se esperaba  una conexión que acepta lo que envía ana\nllegó        nada en 60ms",
		},
	}
}

// ruleVictims fail because the subject breaks a rule of RFC 6455.
func ruleVictims() map[string]victim {
	all := map[string]victim{}
	rule := func(name string, en, es, wrong string, frames ...wire.Frame) {
		all["rule: "+name] = victim{
			subject: sends(append(frames, frame(wire.OpText, "hello"))...),
			test:    func(s *probe.Subject) { s.WebSocket("/ws", probe.As("ana")).ExpectText("hello") },
			en:      "expected  text \"hello\" on ana\ngot       " + en,
			es:      "se esperaba  text \"hello\" en ana\nllegó        " + es,
			wrong:   wrong,
		}
	}
	rule("mask", "a text frame that is masked, from a server (RFC 6455 §5.1)", "una trama text que viene con máscara, de un servidor (RFC 6455 §5.1)",
		"text hello", wire.Frame{Fin: true, Opcode: wire.OpText, Masked: true, Key: [4]byte{1}, Payload: []byte("hello")})
	rule("rsv", "a text frame that has reserved bits set (RFC 6455 §5.2)", "una trama text que tiene bits reservados encendidos (RFC 6455 §5.2)",
		"text hello", wire.Frame{Fin: true, RSV: 4, Opcode: wire.OpText, Payload: []byte("hello")})
	rule("opcode", "a frame with the reserved opcode 0x3 (RFC 6455 §5.2)", "una trama con el opcode 0x3, que está reservado (RFC 6455 §5.2)",
		"opcode 0x3 x", frame(3, "x"))
	rule("fragmented ping", "a ping frame that is fragmented (RFC 6455 §5.4)", "una trama ping que está fragmentada (RFC 6455 §5.4)",
		"ping x", wire.Frame{Opcode: wire.OpPing, Payload: []byte("x")})
	rule("long ping", "a ping frame that is longer than 125 bytes (RFC 6455 §5.5)", "una trama ping que mide más de 125 bytes (RFC 6455 §5.5)",
		"ping "+strings.Repeat("x", 126), frame(wire.OpPing, strings.Repeat("x", 126)))
	rule("close of one byte", "a close frame that has a payload of one byte (RFC 6455 §5.5.1)", "una trama close que lleva un solo byte (RFC 6455 §5.5.1)",
		"close x", frame(wire.OpClose, "x"))
	rule("continuation", "a continuation frame that continues nothing (RFC 6455 §5.4)", "una trama continuation que no continúa nada (RFC 6455 §5.4)",
		"continuation x", frame(wire.OpContinuation, "x"))
	rule("message within a message", "a text frame that begins before the last message has ended (RFC 6455 §5.4)",
		"una trama text que empieza antes de que termine el mensaje anterior (RFC 6455 §5.4)",
		"text hello", wire.Frame{Opcode: wire.OpText, Payload: []byte("hel")})
	rule("utf-8", "a text message that is not UTF-8: \"\\xff\" (RFC 6455 §8.1)", "un mensaje de texto que no es UTF-8: \"\\xff\" (RFC 6455 §8.1)",
		"text ff", frame(wire.OpText, "\xff"))
	return all
}

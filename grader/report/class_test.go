package report

import (
	"strings"

	"wirelab/grader/verdict"
	"wirelab/grader/wire"
	"wirelab/lessons"
)

// hostile is what somebody might hope that a reader's browser, terminal or Markdown viewer takes seriously.
const hostile = "<script>alert(1)</script><img src=x onerror=alert(2)> [x](javascript:alert(3)) ``` </pre> \x1b[31mred \u202egpj.exe \x00"

func text(en, es string) lessons.Text { return lessons.Text{EN: en, ES: es} }

// madeUp is a class of eight: everything that a report has to show happens to somebody.
func madeUp() verdict.Class {
	c := verdict.Class{
		Lessons: madeUpLessons(),
		Head: []lessons.Text{
			text("The race detector is off: no C compiler was found.", "El detector de carreras está apagado: no se encontró un compilador de C."),
			text("Namespaces are refused here, so the sandbox has weaker walls: seccomp and landlock alone.", "Aquí no se permiten espacios de nombres, así que el aislamiento es más débil: solo seccomp y landlock."),
		},
	}
	c.About = []lessons.Text{text("Not on the roster: Zoë Quispe.", "No están en la lista: Zoë Quispe.")}
	all := func(results ...verdict.LessonResult) []verdict.LessonResult { return results }
	first, echo, hub := c.Lessons[0], c.Lessons[1], c.Lessons[2]
	c.Students = []verdict.Student{
		{ID: "ana-lucía", Lessons: all(graded(first), graded(echo), graded(hub))},
		{ID: "bruno", Lessons: all(graded(first, notFlushed()), graded(echo, wrongClose()), graded(hub, stalled(), race()))},
		{ID: "carla", Notes: []lessons.Text{text("subject.go was changed; the given one was used.", "subject.go estaba cambiado; se usó el original.")}, Lessons: all(
			graded(first, notFlushed()),
			broken(echo, verdict.DoesNotCompile, text(
				"echo.go:31:9: undefined: upgrader\necho.go:38:2: declared and not used: kind\necho.go:40:14: cannot use msg (variable of type []byte) as string value in argument to conn.WriteJSON",
				"echo.go:31:9: undefined: upgrader\necho.go:38:2: declared and not used: kind\necho.go:40:14: cannot use msg (variable of type []byte) as string value in argument to conn.WriteJSON")),
			graded(hub, stalled()))},
		{ID: "diego", Lessons: all(
			graded(first),
			broken(echo, verdict.Refused, text("echo.go:5: import \"unsafe\" is not allowed in this lesson", "echo.go:5: esta lección no permite importar \"unsafe\"")),
			broken(hub, verdict.NotSubmitted, text("no file of this lesson was handed in", "no se entregó ningún archivo de esta lección")))},
		{ID: "ema", Lessons: all(
			graded(first),
			broken(echo, verdict.Crashed, text("panic: assignment to entry in nil map\n\ngoroutine 1 [running]:\nwirelab/lessons/10-echo.init.0()\n\techo.go:14 +0x1d", "panic: assignment to entry in nil map\n\ngoroutine 1 [running]:\nwirelab/lessons/10-echo.init.0()\n\techo.go:14 +0x1d")),
			broken(hub, verdict.NotGradable, text("the program used more than 512 MiB of memory and was stopped", "el programa usó más de 512 MiB de memoria y se detuvo")))},
		{ID: "=cmd|'/c calc'!A1 " + hostile, Lessons: all(
			graded(first, hostileResult(first)),
			broken(echo, verdict.DoesNotCompile, text(hostile, hostile)),
			graded(hub, wrongBinary()))},
		{ID: "félix", Lessons: all(
			broken(first, verdict.NotSubmitted, lessons.Text{}), broken(echo, verdict.NotSubmitted, lessons.Text{}), broken(hub, verdict.NotSubmitted, lessons.Text{}))},
		{ID: "Ana-Lucía", Lessons: all(graded(first, notFlushed()), graded(echo))}, // Ctrl-C came before the last
	}
	return c
}

func madeUpLessons() []verdict.Lesson {
	return []verdict.Lesson{
		{ID: "01-first-sse", Title: text("A first event stream", "Un primer flujo de eventos"), Tests: []verdict.Test{
			test("TestHeaders", 1, text("The response says that it is an event stream.", "La respuesta dice que es un flujo de eventos."), text("Which header does the browser look at before anything else?", "¿Qué cabecera mira el navegador antes que nada?")),
			test("TestFlushes", 3, text("An event leaves the server when it happens, not when a buffer is full.", "Un evento sale del servidor cuando ocurre, no cuando se llena un búfer."), text("Who empties the buffer between your handler and the socket?", "¿Quién vacía el búfer que hay entre tu manejador y el socket?")),
			test("TestEnds", 2, text("The handler returns when the browser goes away.", "El manejador termina cuando el navegador se va."), text("What does r.Context() tell you?", "¿Qué te dice r.Context()?")),
		}},
		{ID: "10-echo", Title: text("Echo", "Eco"), Tests: []verdict.Test{
			test("TestText", 1, text("A text message comes back as it was.", "Un mensaje de texto vuelve tal como era."), text("Which message type do you write?", "¿Qué tipo de mensaje escribes?")),
			test("TestBinary", 1, text("A binary message comes back as binary.", "Un mensaje binario vuelve como binario."), text("Do you keep the type that you read?", "¿Conservas el tipo que leíste?")),
			test("TestCloseCode", 2, text("The server answers a close frame with the same code.", "El servidor responde a un cierre con el mismo código."), text("What does ReadMessage return when the peer closes?", "¿Qué devuelve ReadMessage cuando el otro lado cierra?")),
		}},
		{ID: "16-hub", Title: text("A hub", "Un hub"), Tests: []verdict.Test{
			test("TestEverybodyReceives", 2, text("Everybody in the room receives what one says, the sender included.", "Todos en la sala reciben lo que uno dice, también quien lo dijo."), text("Who do you range over when a message arrives?", "¿Qué recorres cuando llega un mensaje?")),
			test("TestSlowReaderDoesNotStall", 3, text("A reader that stops reading does not delay the others.", "Un lector que deja de leer no retrasa a los demás."), text("Who holds the lock while writing to the slow peer?", "¿Quién tiene el candado mientras escribe al lento?")),
			test("TestNoRace", 2, text("People may come and go while others talk.", "La gente puede entrar y salir mientras otros hablan."), text("Which goroutines touch the map of clients?", "¿Qué goroutines tocan el mapa de clientes?")),
			test("TestGoingAway", 2, text("When the server stops, everybody is told so: close code 1001.", "Cuando el servidor se detiene, lo dice a todos: código de cierre 1001."), text("Who is still connected when Shutdown returns?", "¿Quién sigue conectado cuando Shutdown termina?")),
		}},
	}
}

// graded passes every test of l but those given; a test after which nothing ran stays as it is.
func graded(l verdict.Lesson, failed ...verdict.TestResult) verdict.LessonResult {
	r := verdict.LessonResult{ID: l.ID, Status: verdict.Graded}
	for i, t := range l.Tests {
		one := verdict.TestResult{Name: t.Name, Outcome: verdict.Passed, Seconds: 0.012 + 0.031*float64(i)}
		for _, f := range failed {
			if f.Name == t.Name {
				one = f
			}
		}
		r.Tests = append(r.Tests, one)
	}
	return r
}

func broken(l verdict.Lesson, s verdict.Status, why lessons.Text) verdict.LessonResult {
	return verdict.LessonResult{ID: l.ID, Status: s, Message: why}
}

func notFlushed() verdict.TestResult {
	return verdict.TestResult{
		Name: "TestFlushes", Outcome: verdict.Failed, Seconds: 10.002,
		Message: text("expected  an event with data \"w-3f9a01\" on the stream\ngot       nothing within 10s", "se esperaba  un evento con datos \"w-3f9a01\" en el flujo\nllegó        nada en 10s"),
		Transcript: []wire.Entry{
			{At: 0.0004, Conn: "sse1", Kind: wire.KindOpen, Data: "unix"},
			{At: 0.0006, Conn: "sse1", Dir: wire.Send, Kind: wire.KindRequest, Data: "GET /events HTTP/1.1\nAccept: text/event-stream\nLast-Event-ID: 41"},
			{At: 0.0031, Conn: "sse1", Dir: wire.Receive, Kind: wire.KindResponse, Code: 200, Data: "HTTP/1.1 200 OK\nContent-Type: text/event-stream\nCache-Control: no-store"},
			{At: 0.0032, Conn: "sse1", Dir: wire.Receive, Kind: wire.KindRetry, Length: 4, Data: "3000"},
			{At: 0.0034, Conn: "sse1", Dir: wire.Receive, Kind: wire.KindComment, Length: 7, Data: "welcome"},
			{At: 0.0051, Conn: "sse1", Dir: wire.Receive, Kind: wire.KindEvent, Length: 27, Data: "{\"price\": 101,\n\"of\": \"corn\"}", Event: "price", EventID: "42"},
			{At: 0.0102, Conn: "pub", Dir: wire.Send, Kind: wire.KindRequest, Length: 8, Data: "POST /publish HTTP/1.1\nContent-Length: 8"},
			{At: 0.0113, Conn: "pub", Dir: wire.Receive, Kind: wire.KindResponse, Code: 204, Data: "HTTP/1.1 204 No Content"},
			{At: 10.002, Conn: "sse1", Kind: wire.KindNote, Data: "10s passed", Wrong: true},
		},
	}
}

func wrongClose() verdict.TestResult {
	return verdict.TestResult{
		Name: "TestCloseCode", Outcome: verdict.Failed, Seconds: 0.021, Again: true,
		Message: text("expected  close 1001 in answer to close 1001\ngot       the connection ended without a close frame", "se esperaba  close 1001 en respuesta a close 1001\nllegó        la conexión terminó sin trama de cierre"),
		Transcript: []wire.Entry{
			{At: 0.0011, Conn: "ws1", Dir: wire.Send, Kind: wire.KindRequest, Data: "GET /ws HTTP/1.1\nUpgrade: websocket\nSec-WebSocket-Version: 13"},
			{At: 0.0019, Conn: "ws1", Dir: wire.Receive, Kind: wire.KindResponse, Code: 101, Data: "HTTP/1.1 101 Switching Protocols\nUpgrade: websocket"},
			{At: 0.0024, Conn: "ws1", Dir: wire.Send, Kind: wire.KindClose, Length: 9, Code: 1001, Data: "the end", Masked: true},
			{At: 0.0203, Conn: "ws1", Dir: wire.Receive, Kind: wire.KindEnd, Data: "reset by peer", Wrong: true},
		},
	}
}

func stalled() verdict.TestResult {
	r := verdict.TestResult{
		Name: "TestSlowReaderDoesNotStall", Outcome: verdict.Failed, Seconds: 10.311,
		Message: text("expected  luz receives \"w-9c11d4\" although ivo has stopped reading\ngot       nothing for luz within 10s", "se esperaba  luz recibe \"w-9c11d4\" aunque ivo dejó de leer\nllegó        nada para luz en 10s"),
		Transcript: []wire.Entry{
			{At: 0.0009, Conn: "ana", Kind: wire.KindOpen, Data: "GET /ws"},
			{At: 0.0012, Conn: "luz", Kind: wire.KindOpen, Data: "GET /ws"},
			{At: 0.0015, Conn: "ivo", Kind: wire.KindOpen, Data: "GET /ws"},
			{At: 0.0021, Conn: "ivo", Kind: wire.KindNote, Data: "stops reading"},
			{At: 0.0030, Conn: "ana", Dir: wire.Send, Kind: wire.KindText, Length: 8, Data: "w-77ab02", Masked: true},
			{At: 0.0037, Conn: "luz", Dir: wire.Receive, Kind: wire.KindText, Length: 8, Data: "w-77ab02"},
			{At: 0.0038, Conn: "ana", Dir: wire.Receive, Kind: wire.KindText, Length: 8, Data: "w-77ab02"},
			{At: 0.0052, Conn: "ana", Dir: wire.Send, Kind: wire.KindText, Length: 65536, Data: strings.Repeat("lorem ipsum ", 21) + "lore", Cut: true, Masked: true},
			{At: 0.0060, Conn: "luz", Dir: wire.Receive, Kind: wire.KindPing, Length: 4, Data: "beat"},
			{At: 0.0061, Conn: "luz", Dir: wire.Send, Kind: wire.KindPong, Length: 4, Data: "beat", Masked: true},
			{At: 0.0071, Conn: "ana", Dir: wire.Send, Kind: wire.KindText, Length: 8, Data: "w-9c11d4", Masked: true},
			{At: 10.0093, Conn: "luz", Kind: wire.KindNote, Data: "10s passed", Wrong: true},
		},
	}
	return r
}

func race() verdict.TestResult {
	report := "WARNING: DATA RACE\nWrite at 0x00c000124030 by goroutine 19:\n  wirelab/lessons/16-hub.(*Hub).Leave()\n      hub.go:58 +0x84\n\nPrevious read at 0x00c000124030 by goroutine 17:\n  wirelab/lessons/16-hub.(*Hub).Broadcast()\n      hub.go:41 +0x6c"
	return verdict.TestResult{
		Name: "TestNoRace", Outcome: verdict.Failed, Seconds: 0.204,
		Message: text("a data race: two goroutines use the same memory, and at least one writes\n"+report, "una carrera de datos: dos goroutines usan la misma memoria y al menos una escribe\n"+report),
	}
}

func wrongBinary() verdict.TestResult {
	no := false
	return verdict.TestResult{
		Name: "TestEverybodyReceives", Outcome: verdict.Failed, Seconds: 0.004,
		Message: text("expected  text \"w-1\"\ngot       binary, 40 bytes", "se esperaba  texto \"w-1\"\nllegó        binario, 40 bytes"),
		Transcript: []wire.Entry{
			{At: 0.001, Conn: "ana", Dir: wire.Send, Kind: wire.KindText, Length: 3, Data: "w-1", Masked: true},
			{At: 0.002, Conn: "ana", Dir: wire.Receive, Kind: wire.KindBinary, Length: 40, Data: "000102030405060708090a0b0c0d0e0f48656c6c6f2c207769726521fffefdfc7f80818283848586", Encoding: "hex", Fin: &no},
			{At: 0.003, Conn: "ana", Dir: wire.Receive, Kind: wire.KindContinuation, Length: 600, Data: strings.Repeat("c0ffee00", 64), Encoding: "hex", Cut: true, Wrong: true},
			{At: 0.004, Conn: "ana", Dir: wire.Receive, Kind: wire.KindClose, Length: 2, Code: 4711, Data: hostile},
		},
	}
}

func hostileResult(l verdict.Lesson) verdict.TestResult {
	return verdict.TestResult{
		Name: l.Tests[1].Name, Outcome: verdict.Failed, Seconds: 0.001,
		Message: text("expected  peace\ngot       "+hostile, "se esperaba  paz\nllegó        "+hostile),
		Transcript: []wire.Entry{
			{At: 0.001, Conn: hostile, Dir: wire.Receive, Kind: wire.KindEvent, Length: len(hostile), Data: hostile + "\n````\n# big", Event: hostile, EventID: hostile, Wrong: true},
			{At: 0.002, Conn: "x", Dir: wire.Receive, Kind: wire.KindBytes, Length: 3, Data: "not hex at all", Encoding: "hex"},
		},
	}
}

func test(name string, points int, what, hint lessons.Text) verdict.Test {
	return verdict.Test{Name: name, Points: points, Text: what, Hint: hint}
}

package hidden

import (
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"wirelab/grader/probe"
	"wirelab/grader/wire"
)

// An open connection gets no pings, or only some, or more than one in each interval.
//
//wirelab:es Una conexión abierta no recibe pings, o solo unos pocos, o más de uno en cada intervalo.
//wirelab:points 2
//wirelab:hint Something has to send pings while the connection has nothing to say. Which goroutine, woken by what?
//wirelab:hint.es Algo tiene que enviar pings mientras la conexión no tiene nada que decir. ¿Qué goroutine, y qué la despierta?
func TestPings(t *testing.T) {
	s := probe.Start(t)
	const pings = 6
	intervals := []time.Duration{100 * time.Millisecond, 800 * time.Millisecond}
	s.Together(len(intervals), func(i int) {
		opened := time.Now()
		c := s.WebSocket(path(intervals[i], patient), probe.As([]string{"ana", "luz"}[i]))
		for range pings {
			c.ExpectPing()
		}
		least := (pings - 1) * intervals[i] // the first one may come at once
		if took := time.Since(opened); took < least {
			s.Failf("expected  %d pings, one every %s\ngot       them within %s",
				"se esperaba  %d pings, uno cada %s\nllegó        todo en %s", pings, intervals[i], took.Round(time.Millisecond))
		}
	})
}

// A peer that has nothing to say, but answers the pings, is cut off.
//
//wirelab:es Se corta a un cliente que no tiene nada que decir, pero contesta los pings.
//wirelab:points 3
//wirelab:hint A deadline does not move by itself: who moves it when a pong arrives? And do pings go out often enough for a pong to arrive in time?
//wirelab:hint.es Un plazo no se mueve solo: ¿quién lo mueve cuando llega un pong? ¿Y salen los pings con frecuencia suficiente para que el pong llegue a tiempo?
func TestQuietPeerLives(t *testing.T) {
	s := probe.Start(t)
	c := s.WebSocket(path(interval, wait), probe.As("ana"))
	outlive(c, func(int) {})
	expectEcho(c)
}

// A pong that is lost, late or not asked for costs the peer its connection: only silence for all of wait may.
//
//wirelab:es Un pong perdido, tardío o que nadie pidió le cuesta al cliente su conexión: solo puede costársela el silencio durante todo wait.
//wirelab:points 2
//wirelab:hint Do you count unanswered pings, or compare a pong with the last ping? A moved deadline needs neither.
//wirelab:hint.es ¿Cuentas los pings sin respuesta, o comparas cada pong con el último ping? Un plazo que se mueve no necesita ni lo uno ni lo otro.
func TestMissedPongsAreForgiven(t *testing.T) {
	s := probe.Start(t)
	c := s.WebSocket(path(interval, wait), probe.As("ana"), probe.AutoPong(false))
	first := c.ExpectPing()
	outlive(c, func(n int) {
		switch n % 8 {
		case 3:
			sendPong(c, first) // to a ping of long ago
		case 7:
			sendPong(c, []byte(probe.Word())) // to none
		}
	})
	expectEcho(c)
}

// A peer that sends messages, but never answers a ping, is taken for dead.
//
//wirelab:es Se da por muerto a un cliente que envía mensajes, pero nunca contesta un ping.
//wirelab:points 2
//wirelab:hint What do you do with the deadline when a message arrives?
//wirelab:hint.es ¿Qué haces con el plazo cuando llega un mensaje?
func TestMessagesAreSignsOfLife(t *testing.T) {
	s := probe.Start(t)
	c := s.WebSocket(path(interval, wait), probe.As("ana"), probe.AutoPong(false))
	outlive(c, func(n int) {
		if n%2 == 0 {
			expectEcho(c)
			return
		}
		data := probe.Bytes(20)
		c.SendBinary(data)
		c.ExpectBinary(data)
	})
}

// A peer that sends pings of its own, and nothing else, gets no pongs, or is taken for dead.
//
//wirelab:es Un cliente que envía sus propios pings, y nada más, no recibe sus pongs, o se le da por muerto.
//wirelab:points 2
//wirelab:hint The library answers pings, but does not know about your deadline. Whoever replaces its ping handler takes over the answer, too.
//wirelab:hint.es La biblioteca contesta los pings, pero no sabe de tu plazo. Quien reemplaza su manejador de pings se encarga también de la respuesta.
func TestPingsOfThePeerAreSignsOfLife(t *testing.T) {
	s := probe.Start(t)
	c := s.WebSocket(path(interval, wait), probe.As("ana"), probe.AutoPong(false))
	outlive(c, func(int) {
		mark := []byte(probe.Word())
		c.SendPing(mark)
		c.ExpectPong(mark)
	})
	expectEcho(c)
}

// A message that takes longer than wait to arrive is cut off, though each piece of it is a sign of life.
//
//wirelab:es Se corta un mensaje que tarda más que wait en llegar, aunque cada trozo suyo es una señal de vida.
//wirelab:points 2
//wirelab:hint ReadMessage returns once all of the message is there, and no pong can come in the middle of a frame. What lets you see the pieces?
//wirelab:hint.es ReadMessage retorna cuando está todo el mensaje, y en medio de una trama no puede llegar ningún pong. ¿Qué te deja ver los trozos?
func TestSlowMessageIsSignOfLife(t *testing.T) {
	s := probe.Start(t)
	c := s.WebSocket(path(interval, wait), probe.As("ana"), probe.AutoPong(false))
	text := ""
	for len(text) < 1000 {
		text += probe.Word() + " "
	}
	frame := wire.AppendFrame(nil, wire.Frame{Fin: true, Opcode: wire.OpText, Masked: true, Key: wire.NewKey(), Payload: []byte(text)})
	header := len(frame) - len(text)
	c.SendBytes(frame[:header])
	rest := frame[header:]
	outlive(c, func(int) {
		c.SendBytes(rest[:5])
		rest = rest[5:]
	})
	c.SendBytes(rest)
	c.ExpectText(text)
	expectEcho(c)
}

// A peer that goes silent without closing is not found out, or is cut off before wait is over, or others are cut
// off with it.
//
//wirelab:es A un cliente que enmudece sin cerrar no se le descubre, o se le corta antes de que pase wait, o se corta también a otros.
//wirelab:points 3
//wirelab:hint Does the deadline run from the start, or only once a first pong has come? And what moves it: something that you heard, or something that you sent?
//wirelab:hint.es ¿Corre el plazo desde el principio, o solo cuando ya llegó un primer pong? ¿Y qué lo mueve: algo que oíste o algo que enviaste?
func TestSilentPeerIsCut(t *testing.T) {
	s := probe.Start(t)
	ana := s.WebSocket(path(interval, patient), probe.As("ana"))
	opened := time.Now()
	luz := s.Raw(probe.As("luz")) // no library that would answer a ping
	luz.Write([]byte("GET " + path(interval, short) + " HTTP/1.1\r\nHost: subject\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"))
	luz.ReadUntil("\r\n\r\n")
	luz.ExpectEnd() // pings may come before it; a subject that had no core for a while has sent none
	expectPatience(s, "luz", opened, short)
	expectAlive(s, 1)
	expectEcho(ana)
}

// A peer that has been alive for a while and then falls silent is never found out.
//
//wirelab:es A un cliente que estuvo vivo un rato y después enmudece no se le descubre nunca.
//wirelab:points 2
//wirelab:hint What is the deadline after a pong: later, or gone?
//wirelab:hint.es ¿Qué pasa con el plazo después de un pong: se aleja o desaparece?
func TestPeerFallsSilent(t *testing.T) {
	s := probe.Start(t)
	c := s.WebSocket(path(interval, wait), probe.As("ana"), probe.AutoPong(false))
	expectEcho(c)
	var last time.Time
	for range 4 {
		payload := c.ExpectPing()
		last = time.Now()
		sendPong(c, payload)
	}
	c.ExpectEnd()
	expectPatience(s, "ana", last, wait)
	expectAlive(s, 0)
}

// A ping goes out in the middle of a message, or a message arrives changed or out of its place, when much is being
// said.
//
//wirelab:es Un ping sale en medio de un mensaje, o un mensaje llega cambiado o fuera de su lugar, cuando se habla mucho.
//wirelab:points 3
//wirelab:hint Two goroutines write to the connection. Which of gorilla's methods may be called beside another writer?
//wirelab:hint.es Dos goroutines escriben en la conexión. ¿A cuál de los métodos de gorilla se le puede llamar mientras escribe otra?
func TestPingsBetweenMessages(t *testing.T) {
	s := probe.Start(t)
	c := s.WebSocket(path(10*time.Millisecond, patient), probe.As("ana"))
	for range 30 {
		c.ExpectPing()
		var texts []string
		for range 4 {
			text := probe.Word() + probe.Text(probe.Int(1, 3_000))
			texts = append(texts, text)
			c.SendText(text)
		}
		for _, text := range texts {
			c.ExpectText(text)
		}
	}
}

// A peer that sends but never reads stays for ever: a write waits for it, and nobody ends that.
//
//wirelab:es Un cliente que envía pero nunca lee se queda para siempre: una escritura lo espera, y nadie le pone fin.
//wirelab:points 3
//wirelab:hint While a write is stuck, nobody reads, so no read deadline counts. Which of your writes has a deadline, and what happens when it fails?
//wirelab:hint.es Mientras una escritura está atascada, nadie lee, y ningún plazo de lectura cuenta. ¿Cuál de tus escrituras tiene plazo, y qué pasa cuando falla?
func TestPeerThatNeverReadsIsCut(t *testing.T) {
	s := probe.Start(t)
	// Pings are rare here. One that finds no room in the kernel, ahead of the echo, ends the connection inside gorilla,
	// whatever Serve makes of its error.
	g := s.Gorilla(path(2*time.Second, wait), probe.As("ana"))
	_ = g.SetReadDeadline(time.Now().Add(s.Bound()))
	_ = g.SetWriteDeadline(time.Now().Add(s.Bound()))
	word := probe.Word()
	_ = g.WriteMessage(websocket.TextMessage, []byte(word)) // if this fails, so does the read
	if _, echo, err := g.ReadMessage(); string(echo) != word {
		s.Failf("expected  text %q on ana\ngot       %q, %v", "se esperaba  text %q en ana\nllegó        %q, %v", word, echo, err)
	}
	expectAlive(s, 1)

	// Nobody reads any more. The kernel keeps some of the echoes, then the subject's write is stuck, and then ours.
	data := probe.Bytes(16 << 10)
	_ = g.SetWriteDeadline(time.Time{})
	go func() {
		for g.WriteMessage(websocket.BinaryMessage, data) == nil {
		}
	}()
	expectAlive(s, 0)
}

// A peer says goodbye, or its connection breaks, and the end comes only at the next ping or deadline.
//
//wirelab:es Un cliente se despide, o su conexión se rompe, y el final no llega hasta el próximo ping o plazo.
//wirelab:points 2
//wirelab:hint When reading has failed, what is Serve still waiting for? And who closes the connection?
//wirelab:hint.es Cuando la lectura falló, ¿qué espera Serve todavía? ¿Y quién cierra la conexión?
func TestEndIsNoticedAtOnce(t *testing.T) {
	s := probe.Start(t)
	ana := s.WebSocket(path(time.Hour/2, time.Hour), probe.As("ana"))
	luz := s.WebSocket(path(time.Hour/2, time.Hour), probe.As("luz"))
	expectEcho(ana)
	expectEcho(luz)
	expectAlive(s, 2)

	ana.SendClose(1000, "good night")
	ana.ExpectClose(1000)
	ana.ExpectEnd()
	expectAlive(s, 1)
	luz.Drop()
	expectAlive(s, 0)
}

// Serve has returned, and something that it had started goes on: it pings a connection that is gone.
//
//wirelab:es Serve ha retornado, y algo que había empezado sigue en marcha: le envía pings a una conexión que ya no está.
//wirelab:points 2
//wirelab:hint What tells the goroutine that pings to stop, and who waits until it has?
//wirelab:hint.es ¿Qué le dice a la goroutine de los pings que pare, y quién espera a que lo haga?
func TestNothingIsLeftBehind(t *testing.T) {
	s := probe.Start(t)
	visit := path(time.Second, patient)
	names := []string{"ana", "luz", "eva"}
	s.Together(len(names), func(i int) {
		c := s.WebSocket(visit, probe.As(names[i]))
		c.ExpectPing()
		c.Drop() // most of a second before the next ping
	})
	expectAlive(s, 0)

	// Sol's second ping comes when there would have been another one for each of the others.
	sol := s.WebSocket(visit, probe.As("sol"))
	sol.ExpectPing()
	sol.ExpectPing()
	if late := s.Get("/late").Body; late != "0" {
		s.Failf("expected  GET /late to answer 0\ngot       %s: so often something was written to a connection that Serve was done with",
			"se esperaba  que GET /late responda 0\nllegó        %s: las veces que se escribió en una conexión con la que Serve ya había terminado", late)
	}
}

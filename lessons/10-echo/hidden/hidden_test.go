// Package hidden holds the graded tests of the lesson.
package hidden

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"wirelab/grader/probe"
	"wirelab/grader/wire"
)

// Text comes back as binary, or binary as text, or not byte for byte as it was sent.
//
//wirelab:es El texto vuelve como binario, o lo binario como texto, o no byte por byte como se envió.
//wirelab:points 2
//wirelab:hint Read tells you the type of the message before it gives you the bytes. What does Write do with it?
//wirelab:hint.es Read te dice el tipo del mensaje antes de darte los bytes. ¿Qué hace Write con él?
func TestTypeIsKept(t *testing.T) {
	s := probe.Start(t)
	c := s.WebSocket("/ws")
	for _, text := range []string{probe.Word(), " " + probe.Text(40) + "\r\n"} {
		c.SendText(text)
		c.ExpectText(text)
	}
	for _, data := range [][]byte{probe.Bytes(300), {0xff, 0x00, 0xfe}, []byte(probe.Word())} {
		c.SendBinary(data)
		c.ExpectBinary(data)
	}
}

// A message gets no answer, or the answers come in another order than the messages. A connection is a conversation,
// however fast they come.
//
//wirelab:es Un mensaje se queda sin respuesta, o las respuestas llegan en otro orden que los mensajes. Una conexión es una conversación, por rápido que lleguen.
//wirelab:points 2
//wirelab:hint One goroutine, one loop: read, write, again. Does anything in your code end the loop early, or let a later message overtake an earlier one?
//wirelab:hint.es Una goroutine, un bucle: leer, escribir, otra vez. ¿Hay algo en tu código que termine el bucle antes de tiempo, o que deje que un mensaje adelante a otro anterior?
func TestEveryMessageInOrder(t *testing.T) {
	s := probe.Start(t)
	c := s.WebSocket("/ws")
	var (
		words []string
		burst []byte
	)
	for range 300 {
		word := probe.Word()
		words = append(words, word)
		burst = wire.AppendFrame(burst, clientFrame(true, wire.OpText, []byte(word)))
	}
	c.SendBytes(burst) // many frames in one segment, as from a client that does not wait for answers
	for _, word := range words {
		c.ExpectText(word)
	}
}

// An empty message does not come back, or not as an empty one of the same type: it is taken for an error, or for
// the end.
//
//wirelab:es Un mensaje vacío no vuelve, o no vacío y del mismo tipo: se toma por un error, o por el final.
//wirelab:points 1
//wirelab:hint A length of zero is not an error and not the end. What does your code do when there are no bytes?
//wirelab:hint.es Una longitud de cero no es un error ni el final. ¿Qué hace tu código cuando no hay bytes?
func TestEmptyMessage(t *testing.T) {
	s := probe.Start(t)
	c := s.WebSocket("/ws")
	c.SendText("")
	c.ExpectText("")
	c.SendBinary(nil)
	c.ExpectBinary(nil)
	after := probe.Word()
	c.SendText(after)
	c.ExpectText(after)
}

// A message that arrives in several frames does not come back whole, or a ping between the frames waits for its
// answer.
//
//wirelab:es Un mensaje que llega en varias tramas no vuelve entero, o un ping entre las tramas se queda esperando su respuesta.
//wirelab:points 2
//wirelab:hint One call of an io.Reader gives you what is there, not all that will come. What reads a message to its end?
//wirelab:hint.es Una llamada a un io.Reader te da lo que hay, no todo lo que va a llegar. ¿Qué lee un mensaje hasta el final?
func TestFragmentedMessage(t *testing.T) {
	s := probe.Start(t)
	c := s.WebSocket("/ws")
	for range 2 {
		message := probe.Text(3000)
		first, second := probe.Int(1, 1000), probe.Int(1001, 2999) // anywhere, inside a character too
		c.SendFrame(clientFrame(false, wire.OpText, []byte(message[:first])))
		mark := []byte(probe.Word())
		c.SendPing(mark)
		c.ExpectPong(mark)
		c.SendFrame(clientFrame(false, wire.OpContinuation, []byte(message[first:second])))
		c.SendFrame(clientFrame(true, wire.OpContinuation, []byte(message[second:])))
		c.ExpectText(message)
	}
}

// A message that is exactly as long as the limit allows is refused, or the next one is.
//
//wirelab:es Se rechaza un mensaje exactamente tan largo como permite el límite, o el que le sigue.
//wirelab:points 2
//wirelab:hint The library has a read limit of its own, for each connection and much smaller than 64 KiB. Who tells it yours?
//wirelab:hint.es La biblioteca tiene su propio límite de lectura, en cada conexión y mucho menor que 64 KiB. ¿Quién le dice el tuyo?
func TestMessageAtTheLimit(t *testing.T) {
	s := probe.Start(t)
	for _, server := range servers() {
		c := s.WebSocket(server.path)
		text := probe.Text(server.limit)
		c.SendText(text)
		c.ExpectText(text)
		data := probe.Bytes(server.limit)
		c.SendBinary(data)
		c.ExpectBinary(data)
	}
}

// A message over the limit is taken, or does not end the connection with code 1009 as soon as one byte too many has
// arrived: the server waits for the rest of it.
//
//wirelab:es Un mensaje que pasa del límite se acepta, o no termina la conexión con el código 1009 en cuanto ha llegado un byte de más: el servidor espera al resto.
//wirelab:points 3
//wirelab:hint A limit that you check when the message is in memory protects nothing. What stops the read itself?
//wirelab:hint.es Un límite que compruebas cuando el mensaje ya está en memoria no protege nada. ¿Qué detiene la lectura misma?
func TestMessageOverTheLimit(t *testing.T) {
	s := probe.Start(t)
	for _, server := range servers() {
		c := s.WebSocket(server.path, probe.As("ana"))
		c.SendText(probe.Text(server.limit + 1)) // in one frame
		c.ExpectClose(1009)

		// No frame is too long here, but the message is.
		half := server.limit / 2
		c = s.WebSocket(server.path, probe.As("luz"))
		c.SendFrame(clientFrame(false, wire.OpBinary, probe.Bytes(half)))
		c.SendFrame(clientFrame(true, wire.OpContinuation, probe.Bytes(server.limit+1-half)))
		c.ExpectClose(1009)

		// A frame that announces four times as much, of which nothing comes after the first byte too many.
		long := wire.AppendFrame(nil, clientFrame(true, wire.OpBinary, probe.Bytes(4*server.limit)))
		header := len(long) - 4*server.limit
		c = s.WebSocket(server.path, probe.As("sol"))
		c.SendBytes(long[:header+server.limit+1])
		c.ExpectClose(1009)
	}
}

// Connections get in each other's way: messages that arrive on several of them at the same time, piece by piece,
// mix or wait for each other.
//
//wirelab:es Las conexiones se estorban: los mensajes que llegan por varias a la vez, trozo a trozo, se mezclan o se esperan.
//wirelab:points 3
//wirelab:hint Handler runs once, the function that it returns runs once for each connection. Which of your variables live outside that function?
//wirelab:hint.es Handler se ejecuta una vez; la función que devuelve, una vez por conexión. ¿Cuáles de tus variables viven fuera de esa función?
func TestConnectionsAreIndependent(t *testing.T) {
	s := probe.Start(t)
	names := []string{"ana", "luz", "teo", "iris"}
	var conns []*probe.Conn
	var endings []string
	for _, name := range names {
		c := s.WebSocket("/ws", probe.As(name))
		c.SendFrame(clientFrame(false, wire.OpText, []byte("I am "+name+", ")))
		mark := []byte(probe.Word())
		c.SendPing(mark)
		c.ExpectPong(mark) // the server is in the middle of this message, and must leave it for the next one
		conns, endings = append(conns, c), append(endings, "my word is "+probe.Word())
	}
	for i, c := range slices.Backward(conns) {
		c.SendFrame(clientFrame(true, wire.OpContinuation, []byte(endings[i])))
		c.ExpectText("I am " + names[i] + ", " + endings[i])
	}
	s.Together(len(conns), func(i int) {
		for range 20 {
			text := names[i] + " " + probe.Text(probe.Int(1, 2000))
			conns[i].SendText(text)
			conns[i].ExpectText(text)
		}
	})
}

// The client closes with 1000, and the server does not answer with 1000, or does not end the TCP connection after
// that.
//
//wirelab:es El cliente cierra con 1000 y el servidor no contesta con 1000, o después no termina la conexión TCP.
//wirelab:points 2
//wirelab:hint The library answers a close frame while you are inside Read, and only then. Where is your code when the client has nothing more to say?
//wirelab:hint.es La biblioteca contesta una trama de cierre mientras estás dentro de Read, y solo entonces. ¿Dónde está tu código cuando el cliente ya no tiene más que decir?
func TestCloseIsAnswered(t *testing.T) {
	s := probe.Start(t)
	c := s.WebSocket("/ws", probe.AutoClose(false))
	word := probe.Word()
	c.SendText(word)
	c.ExpectText(word)
	c.SendClose(1000, "that was all")
	c.ExpectClose(1000)
	c.ExpectEnd()
}

// After the text message "bye" the server does not close with 1000, or it cuts the line. Or it takes something else
// for the end: the same bytes in a binary message, or a longer text.
//
//wirelab:es Tras el mensaje de texto "bye" el servidor no cierra con 1000, o corta la línea. O toma otra cosa por el final: los mismos bytes en un mensaje binario, o un texto más largo.
//wirelab:points 3
//wirelab:hint coder/websocket has two ways to end a connection, Close and CloseNow. Which of them says goodbye, and does the type of the message matter to you?
//wirelab:hint.es coder/websocket tiene dos maneras de terminar una conexión, Close y CloseNow. ¿Cuál de las dos se despide, y te importa el tipo del mensaje?
func TestByeClosesWith1000(t *testing.T) {
	s := probe.Start(t)
	c := s.WebSocket("/ws")
	c.SendBinary([]byte("bye"))
	c.ExpectBinary([]byte("bye"))
	for _, text := range []string{"bye " + probe.Word(), probe.Word() + " bye", "BYE", "bye\n"} {
		c.SendText(text)
		c.ExpectText(text)
	}
	c.SendText("bye")
	c.ExpectText("bye")
	c.ExpectClose(1000)
	c.ExpectEnd()

	g := s.Gorilla("/notes", probe.As("gorilla")) // what an ordinary client makes of it
	g.SetReadDeadline(time.Now().Add(s.Bound()))
	_ = g.WriteMessage(websocket.TextMessage, []byte("bye")) // if this fails, so does the read
	_, echo, _ := g.ReadMessage()
	_, _, err := g.ReadMessage()
	if string(echo) != "bye" || !websocket.IsCloseError(err, websocket.CloseNormalClosure) {
		s.Failf("expected  \"bye\" and then close 1000 on gorilla\ngot       %q, then %v",
			"se esperaba  \"bye\" y después close 1000 en gorilla\nllegó        %q, después %v", echo, err)
	}
}

// A client has disappeared without a word, and the server still holds its connection, or the others suffer from it.
//
//wirelab:es Un cliente ha desaparecido sin decir nada, y el servidor aún retiene su conexión, o los demás lo pagan.
//wirelab:points 2
//wirelab:hint An error from Read is the end of that connection. Does every path of your code from there lead out of the handler, and is the connection closed on the way?
//wirelab:hint.es Un error de Read es el final de esa conexión. ¿Todos los caminos de tu código llevan desde ahí fuera del handler, y queda cerrada la conexión al salir?
func TestClientDisappears(t *testing.T) {
	s := probe.Start(t)
	ana := s.WebSocket("/ws", probe.As("ana"))
	for _, name := range []string{"luz", "teo"} {
		c := s.WebSocket("/ws", probe.As(name))
		word := probe.Word()
		c.SendText(word)
		c.ExpectText(word)
		if name == "teo" {
			c.SendFrame(clientFrame(false, wire.OpText, []byte("and the")))
		}
		c.Drop()
	}
	s.Eventually("only ana's connection to be open: the other clients are gone",
		"que solo siga abierta la conexión de ana: los otros clientes se han ido",
		func() bool { return s.OpenConns() == 1 })
	word := probe.Word()
	ana.SendText(word)
	ana.ExpectText(word)
}

// A request that is no WebSocket handshake is not told what to do: 426, Upgrade Required.
//
//wirelab:es A una petición que no es un saludo de WebSocket no se le dice qué hacer: 426, Upgrade Required.
//wirelab:points 1
//wirelab:hint When websocket.Accept fails it has answered the request already. What is left for you to do with its error?
//wirelab:hint.es Cuando websocket.Accept falla, ya ha contestado la petición. ¿Qué te queda por hacer con su error?
func TestNotAHandshake(t *testing.T) {
	s := probe.Start(t)
	r := s.Get("/ws", probe.As("browser"))
	r.ExpectStatus(426)
	r.ExpectHeader("Upgrade", "websocket")
	c := s.WebSocket("/ws")
	word := probe.Word()
	c.SendText(word)
	c.ExpectText(word)
}

// A page of another origin can open a connection, whose handshake should get 403. Or a page of the server's own
// origin cannot.
//
//wirelab:es Una página de otro origen puede abrir una conexión, cuando su saludo debería recibir 403. O una página del propio servidor no puede.
//wirelab:points 2
//wirelab:hint Accept compares Origin with Host unless its options tell it not to. Which options do you pass, and why?
//wirelab:hint.es Accept compara Origin con Host mientras sus opciones no digan lo contrario. ¿Qué opciones le pasas, y por qué?
func TestOtherOrigin(t *testing.T) {
	s := probe.Start(t)
	own := strings.TrimSuffix(s.URL("/"), "/")
	for _, origin := range []string{"https://" + probe.Word() + ".example", own + ".evil.example", "null"} {
		s.Handshake("/ws", probe.Origin(origin)).ExpectStatus(403)
	}
	c := s.WebSocket("/ws", probe.Origin(own))
	word := probe.Word()
	c.SendText(word)
	c.ExpectText(word)
}

// server is one of the two echo servers of the subject, with the longest message that it accepts, in bytes.
type server struct {
	path  string
	limit int
}

func servers() []server { return []server{{"/ws", 64 << 10}, {"/notes", 64}} }

// clientFrame is a frame as a client must send it: masked, with a key of its own (RFC 6455 §5.3).
func clientFrame(fin bool, op wire.Opcode, payload []byte) wire.Frame {
	return wire.Frame{Fin: fin, Opcode: op, Masked: true, Key: wire.NewKey(), Payload: payload}
}

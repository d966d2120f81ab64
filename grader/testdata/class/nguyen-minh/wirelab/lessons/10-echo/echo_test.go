// These are the visible tests: they are here to be read, copied and extended. Start with
//
//	go test ./lessons/10-echo
//
// and make them pass from top to bottom. Everything in them is ordinary Go: a server from net/http/httptest on
// a free port of your own machine, the client of github.com/coder/websocket, and assertions from testify
// (require stops a test at its first failure, which is what you want when the next line needs the last one).
package echo_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"wirelab/grader/wiretest"
	echo "wirelab/lessons/10-echo"
)

// limit is the longest message, in bytes, that the servers of these tests accept.
const limit = 100

// A client that asks for a WebSocket gets one.
//
//wirelab:es Un cliente que pide un WebSocket lo obtiene.
//wirelab:hint websocket.Accept(w, r, nil) does the handshake and returns the connection, or an error when it has already answered.
//wirelab:hint.es websocket.Accept(w, r, nil) hace el saludo y devuelve la conexión, o un error si ya respondió.
//wirelab:notes Your task
func TestAcceptsTheHandshake(t *testing.T) {
	dial(t)
}

// What was sent comes back, and text comes back as text.
//
//wirelab:es Lo que se envió vuelve, y el texto vuelve como texto.
//wirelab:hint conn.Read gives a type, the bytes and an error. Hand the first two to conn.Write.
//wirelab:hint.es conn.Read da un tipo, los bytes y un error. Entrégale los dos primeros a conn.Write.
//wirelab:notes The API
func TestEchoesAMessage(t *testing.T) {
	conn := dial(t)

	require.NoError(t, conn.Write(soon(t), websocket.MessageText, []byte("hola")))

	typ, message, err := conn.Read(soon(t))
	require.NoError(t, err, "the server sent no echo")
	require.Equal(t, "hola", string(message))
	require.Equal(t, websocket.MessageText, typ, "what came as text goes back as text")
}

// A conversation has more than one message.
//
//wirelab:es Una conversación tiene más de un mensaje.
//wirelab:hint Put the two calls into a for loop that only an error leaves.
//wirelab:hint.es Mete las dos llamadas en un bucle for del que solo se sale con un error.
//wirelab:notes The idea
func TestEchoesEveryMessage(t *testing.T) {
	conn := dial(t) // one connection for the whole conversation

	for _, sent := range []struct {
		typ     websocket.MessageType
		message string
	}{
		{websocket.MessageText, "one"},
		{websocket.MessageText, "dos 🐙"},
		{websocket.MessageBinary, "\x00\xff\x10"}, // not UTF-8, and that is fine in a binary message
		{websocket.MessageText, "and once more"},
	} {
		require.NoError(t, conn.Write(soon(t), sent.typ, []byte(sent.message)))

		typ, message, err := conn.Read(soon(t))
		require.NoErrorf(t, err, "no echo of %v %q", sent.typ, sent.message)
		require.Equal(t, sent.message, string(message))
		require.Equal(t, sent.typ, typ)
	}
}

// A message may be as long as the limit, and not a byte longer.
//
//wirelab:es Un mensaje puede ser tan largo como el límite, ni un byte más.
//wirelab:hint conn.SetReadLimit, before the first Read. The close frame with 1009 is then sent for you.
//wirelab:hint.es conn.SetReadLimit, antes del primer Read. La trama de cierre con 1009 la envía entonces la biblioteca.
//wirelab:notes The idea
func TestLimitsTheMessage(t *testing.T) {
	for _, tt := range []struct {
		length int
		echoed bool
	}{
		{limit - 1, true},
		{limit, true},
		{limit + 1, false},
	} {
		t.Run(fmt.Sprintf("%d bytes", tt.length), func(t *testing.T) {
			conn := dial(t)
			sent := strings.Repeat("x", tt.length)
			require.NoError(t, conn.Write(soon(t), websocket.MessageText, []byte(sent)))

			_, message, err := conn.Read(soon(t))
			if tt.echoed {
				require.NoErrorf(t, err, "%d bytes are allowed: the limit is %d", tt.length, limit)
				require.Equal(t, sent, string(message))
				return
			}
			// CloseStatus finds the close code of the peer in an error, or -1 if the peer sent none.
			require.Equalf(t, websocket.StatusMessageTooBig, websocket.CloseStatus(err),
				"%d bytes are more than the limit of %d; Read gave %q, %v", tt.length, limit, message, err)
		})
	}
}

// A goodbye is answered.
//
//wirelab:es Una despedida recibe respuesta.
//wirelab:hint Be in Read when it comes: there the library answers. Did your loop end before?
//wirelab:hint.es Tienes que estar en Read cuando llega: ahí responde la biblioteca. ¿Acabó antes tu bucle?
//wirelab:notes On the wire
func TestClientCloses(t *testing.T) {
	conn := dial(t)

	// Close sends a close frame and waits for the server's answer; without one it gives up after 5 seconds.
	err := conn.Close(websocket.StatusNormalClosure, "that was all")
	require.NoError(t, err, "the server did not answer the close frame")
}

// Bye is echoed, and then the server says goodbye with 1000.
//
//wirelab:es Bye se devuelve, y después el servidor se despide con 1000.
//wirelab:hint After the echo, compare type and text with Bye, and call conn.Close with StatusNormalClosure.
//wirelab:hint.es Después del eco, compara tipo y texto con Bye, y llama a conn.Close con StatusNormalClosure.
//wirelab:notes The API
func TestServerClosesAfterBye(t *testing.T) {
	conn := dial(t)
	require.NoError(t, conn.Write(soon(t), websocket.MessageText, []byte(echo.Bye)))

	_, message, err := conn.Read(soon(t))
	require.NoError(t, err, "%q is echoed too, before the server closes", echo.Bye)
	require.Equal(t, echo.Bye, string(message))

	_, _, err = conn.Read(soon(t))
	require.Equalf(t, websocket.StatusNormalClosure, websocket.CloseStatus(err),
		"after the echo the server closes with 1000; Read gave %v", err)
}

// dial starts your handler on a server of its own and opens a WebSocket connection to it. Both end with the
// test: cleanups run in reverse order, the connection's first.
func dial(t *testing.T) *websocket.Conn {
	t.Helper()
	server := wiretest.NewServer(t, echo.Handler(limit)) // net/http/httptest, and a failure shows what went over the wire
	t.Cleanup(server.Close)

	conn, _, err := websocket.Dial(soon(t), server.URL, nil)
	require.NoError(t, err, "no WebSocket yet: begin with websocket.Accept in Handler, in echo.go")
	t.Cleanup(func() { conn.CloseNow() })
	return conn
}

// soon is a context for one step of a test. Without a deadline, a server that stays silent would hang the
// test for the ten minutes that go test allows.
func soon(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	t.Cleanup(cancel)
	return ctx
}

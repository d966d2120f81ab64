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
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	echo "wirelab/lessons/10-echo"
)

// limit is the longest message, in bytes, that the servers of these tests accept.
const limit = 100

func TestAcceptsTheHandshake(t *testing.T) {
	dial(t)
}

func TestEchoesAMessage(t *testing.T) {
	conn := dial(t)

	require.NoError(t, conn.Write(soon(t), websocket.MessageText, []byte("hola")))

	typ, message, err := conn.Read(soon(t))
	require.NoError(t, err, "the server sent no echo")
	require.Equal(t, "hola", string(message))
	require.Equal(t, websocket.MessageText, typ, "what came as text goes back as text")
}

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

func TestClientCloses(t *testing.T) {
	conn := dial(t)

	// Close sends a close frame and waits for the server's answer; without one it gives up after 5 seconds.
	err := conn.Close(websocket.StatusNormalClosure, "that was all")
	require.NoError(t, err, "the server did not answer the close frame")
}

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
	server := httptest.NewServer(echo.Handler(limit))
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

// Package echo is a WebSocket server that sends every message back to whoever sent it.
package echo

import (
	"context"
	"net/http"

	"github.com/coder/websocket"
)

// Bye is the text message with which a client asks the server to end the conversation.
const Bye = "bye"

// Handler returns a handler that accepts WebSocket connections and, on each of them, sends every message
// back: same type, same bytes, same order, until one of the two sides ends the conversation.
//
//   - A message of up to maxMessage bytes is echoed. A longer one is not: the connection ends with close
//     code 1009 (message too big, RFC 6455 §7.4.1).
//   - The text message [Bye] is echoed like any other, and then the server closes with code 1000 (normal
//     closure).
//   - When the client closes or disappears, the handler returns and nothing of the connection is left.
//   - A request that is no WebSocket handshake gets status 426; a handshake that a page of another origin
//     asks for gets 403.
//
// One handler serves any number of connections at the same time.
func Handler(maxMessage int64) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			return // Accept has already answered, with 426, 403 or 400
		}
		// Once hijacked, a connection outlives its handler unless somebody closes it. After a finished
		// close handshake this does nothing.
		defer conn.CloseNow()

		conn.SetReadLimit(maxMessage)
		echo(r.Context(), conn)
	})
}

// echo sends back what arrives on conn, until the peer closes, disappears or breaks a rule (in these cases
// the library has answered inside Read, with the peer's code or with the right one) or says [Bye].
func echo(ctx context.Context, conn *websocket.Conn) {
	for {
		typ, message, err := conn.Read(ctx)
		if err != nil {
			return
		}
		if err := conn.Write(ctx, typ, message); err != nil {
			return
		}
		if typ == websocket.MessageText && string(message) == Bye {
			_ = conn.Close(websocket.StatusNormalClosure, "") // the peer may be gone; there is nobody to tell
			return
		}
	}
}

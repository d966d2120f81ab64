// Package echo is a WebSocket server that sends every message back to whoever sent it.
package echo

import "net/http"

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
		http.Error(w, "the handler in echo.go is not written yet", http.StatusNotImplemented)
	})
}

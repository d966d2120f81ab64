package echo

import (
	"net/http"

	"github.com/coder/websocket"
)

// Bye is the text message with which a client asks the server to end the conversation.
const Bye = "bye"

// Handler returns a handler that echoes text.
func Handler(maxMessage int64) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer conn.CloseNow()
		conn.SetReadLimit(maxMessage)
		ctx := r.Context()
		for {
			_, message, err := conn.Read(ctx)
			if err != nil {
				return
			}
			if err := conn.Write(ctx, websocket.MessageText, message); err != nil {
				return
			}
			if string(message) == Bye {
				conn.Close(websocket.StatusNormalClosure, "")
				return
			}
		}
	})
}

// Package echo is a WebSocket server that sends every message back to whoever sent it.
package echo

import (
	"context"
	"net/http"

	"github.com/coder/websocket"
)

// Bye is the text message with which a client asks the server to end the conversation.
const Bye = "bye"

// Handler returns a handler that echoes messages of up to maxMessage bytes.
func Handler(maxMessage int64) http.Handler {
	return server{maxMessage}
}

type server struct {
	limit int64
}

func (s server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c, err := websocket.Accept(w, r, &websocket.AcceptOptions{CompressionMode: websocket.CompressionDisabled})
	if err != nil {
		return // it has sent the right status
	}
	c.SetReadLimit(s.limit)
	if err := converse(r.Context(), c); err != nil {
		c.CloseNow()
		return
	}
	c.Close(websocket.StatusNormalClosure, "")
}

// converse returns nil after the client has said Bye, otherwise the error that ended the conversation.
func converse(ctx context.Context, c *websocket.Conn) error {
	for {
		kind, data, err := c.Read(ctx)
		if err != nil {
			return err
		}
		if err := c.Write(ctx, kind, data); err != nil {
			return err
		}
		if kind == websocket.MessageText && string(data) == Bye {
			return nil
		}
	}
}
